import { describe, expect, it } from 'vitest'
import { judgeRead, readConditions, readWriteConditions } from '../../src/s3/conditions.ts'
import { rangeOfPart, readRange } from '../../src/s3/range.ts'

const there = { etag: 'abc', modified: Date.parse('2026-01-01T00:00:00.700Z') }
const SAME = 'Thu, 01 Jan 2026 00:00:00 GMT'
const EARLIER = 'Wed, 31 Dec 2025 00:00:00 GMT'

describe('conditions of a read', () => {
  it.each([
    [{}, 'changed'],
    [{ 'if-match': '"abc"' }, 'changed'],
    [{ 'if-match': '"x", "abc"' }, 'changed'],
    [{ 'if-match': '*' }, 'changed'],
    [{ 'if-match': 'x' }, 412],
    [{ 'if-none-match': '"abc"' }, 'unchanged'],
    [{ 'if-none-match': 'W/"abc"' }, 'unchanged'],
    [{ 'if-none-match': '*' }, 'unchanged'],
    [{ 'if-none-match': '"x"' }, 'changed'],
    [{ 'if-modified-since': SAME }, 'unchanged'],
    [{ 'if-modified-since': EARLIER }, 'changed'],
    [{ 'if-modified-since': 'whenever' }, 'changed'],
    [{ 'if-unmodified-since': SAME }, 'changed'],
    [{ 'if-unmodified-since': EARLIER }, 412],
    // An ETag goes before a time
    [{ 'if-match': 'abc', 'if-unmodified-since': EARLIER }, 'changed'],
    [{ 'if-none-match': 'x', 'if-modified-since': SAME }, 'changed'],
    [{ 'if-none-match': 'abc', 'if-modified-since': EARLIER }, 'unchanged'],
  ] as [Record<string, string>, string | number][])('%o: %s', (headers, expected) => {
    const judge = () => judgeRead(readConditions(new Map(Object.entries(headers))), there)
    if (expected === 412) expect(judge).toThrow(expect.objectContaining({ code: 'PreconditionFailed', status: 412 }))
    else expect(judge()).toBe(expected)
  })

  it('of the source of a copy have a prefix', () => {
    const headers = new Map([['x-amz-copy-source-if-match', '"abc"']])
    expect(readConditions(headers, 'x-amz-copy-source-')).toEqual({ ifMatch: ['abc'] })
  })
})

describe('conditions of a write', () => {
  it('are an ETag, or that there is none', () => {
    expect(readWriteConditions(new Map())).toEqual({})
    expect(readWriteConditions(new Map([['if-none-match', '*']]))).toEqual({ ifNoneMatch: '*' })
    expect(readWriteConditions(new Map([['if-match', '"abc"']]))).toEqual({ ifMatch: 'abc' })
  })

  it.each([
    { 'if-none-match': '"abc"' },
    { 'if-match': 'a', 'if-none-match': '*' },
    { 'if-modified-since': SAME },
    { 'if-unmodified-since': SAME },
  ])('are not %o', headers => {
    const read = () => readWriteConditions(new Map(Object.entries(headers)))
    expect(read).toThrow(expect.objectContaining({ code: 'NotImplemented' }))
  })
})

describe('ranges', () => {
  const read = (range: string, size = 10, ifRange?: string) =>
    readRange(new Map([['range', range], ...(ifRange ? [['if-range', ifRange] as const] : [])]), {
      ...{ size, etag: 'abc', modified: Date.parse(SAME) + 999 },
    })

  it.each([
    ['bytes=0-0', { offset: 0, length: 1 }],
    ['bytes=2-', { offset: 2, length: 8 }],
    ['bytes=2-100', { offset: 2, length: 8 }],
    ['bytes=-3', { offset: 7, length: 3 }],
    ['bytes=-30', { offset: 0, length: 10 }],
    ['bytes=5-2', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['chars=0-1', undefined],
  ])('%s', (range, expected) => {
    expect(read(range)).toEqual(expected)
  })

  it.each([
    ['bytes=10-', 10],
    ['bytes=-0', 10],
    ['bytes=0-', 0],
  ])('%s of %d bytes is none', (range, size) => {
    expect(() => read(range, size)).toThrow(expect.objectContaining({ code: 'InvalidRange', status: 416 }))
  })

  it('are of the object that the client has a part of', () => {
    expect(read('bytes=0-0', 10, '"abc"')).toEqual({ offset: 0, length: 1 })
    expect(read('bytes=0-0', 10, SAME)).toEqual({ offset: 0, length: 1 })
    for (const other of ['"other"', 'W/"abc"', EARLIER]) expect(read('bytes=0-0', 10, other)).toBeUndefined()
  })

  it('are of a part', () => {
    expect(rangeOfPart(2, [3, 4, 5])).toEqual({ offset: 3, length: 4 })
    expect(() => rangeOfPart(4, [3, 4, 5])).toThrow(expect.objectContaining({ status: 416 }))
  })
})
