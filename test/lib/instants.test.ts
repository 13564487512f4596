import { expect, it } from 'vitest'
import { compactDate, dateAt, instantAt, isCompactDate, parseCompactDate } from '../../src/lib/instants.ts'

const time = Date.UTC(2026, 10, 23, 10, 15, 9, 876)

it('writes instants to the second, days and the dates of signatures, of numbers and of dates', () => {
  for (const each of [time, new Date(time)]) {
    expect(instantAt(each)).toBe('2026-11-23T10:15:09Z')
    expect(dateAt(each)).toBe('2026-11-23')
    expect(compactDate(each)).toBe('20261123T101509Z')
  }
})

it('writes years that do not have four digits so that nothing of them is lost', () => {
  const late = Date.UTC(12026, 0, 2)
  expect([instantAt(late), dateAt(late)]).toEqual(['+012026-01-02T00:00:00Z', '+012026-01-02'])
})

it('reads dates of signatures, and nothing that only looks like one', () => {
  expect(parseCompactDate('20261123T101509Z')).toBe(Date.UTC(2026, 10, 23, 10, 15, 9))
  for (const text of ['20260230T000000Z', '2026-11-23T10:15:09Z', '20261123', '20261123T101509', '']) {
    expect(parseCompactDate(text), text).toBeUndefined()
  }
  expect(['20260230T000000Z', '20261123'].map(isCompactDate)).toEqual([true, false])
})
