// Waiting for each other in memory: in turn, and no longer than whoever waits has time for.
import { describe, expect, it } from 'vitest'
import { Locks } from '../../src/account/locks.ts'

describe('a lock', () => {
  it('is given up by whoever has no time left, and still keeps those behind waiting for those ahead', async () => {
    const locks = new Locks()
    const order: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const first = locks.hold(['a'], async () => {
      await promise
      order.push('first')
    })
    const late = locks.hold(['a'], async () => order.push('late'), Date.now() + 20)
    const last = locks.hold(['a'], async () => order.push('last'), Date.now() + 60_000)
    await expect(late).rejects.toMatchObject({ code: 'RequestLimitExceeded' })
    expect(order).toEqual([])
    resolve()
    await Promise.all([first, last])
    expect(order).toEqual(['first', 'last'])
    expect(locks.isHeld('a')).toBe(false)
  })

  it('says whether anybody else had it since a moment', async () => {
    const locks = new Locks()
    const left = (...names: string[]) => locks.hold(names, async moment => moment)
    const before = locks.moment()
    expect(await left('a', 'b')).toBeLessThan(before)
    const between = locks.moment()
    expect(await left('b', 'c')).toBeGreaterThan(before)
    expect(await left('a')).toBeLessThan(between)
    const { promise, resolve } = Promise.withResolvers<void>()
    const ahead = locks.hold(['a'], () => promise)
    const waiting = locks.moment()
    const behind = left('a')
    resolve()
    await ahead
    expect(await behind).toBeGreaterThan(waiting)
  })

  it('is taken for one that somebody had where that is forgotten', async () => {
    const locks = new Locks()
    const moment = locks.moment()
    const names = Array.from({ length: 1001 }, (_, number) => `name ${number}`)
    for (const name of names) await locks.hold([name], async () => undefined)
    expect(await locks.hold(['a'], async left => left)).toBeGreaterThan(moment)
    expect(await locks.hold(['a'], async left => left)).toBeLessThan(locks.moment())
  })

  it('is had at once where nobody has it, whatever time is left', async () => {
    expect(await new Locks().hold(['a'], async () => 'done', Date.now() + 60_000)).toBe('done')
  })
})
