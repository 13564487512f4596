// The client tokens of an account: how many are remembered, and for how long.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { Locks } from '../../src/account/locks.ts'
import { Rows } from '../../src/account/rows.ts'
import { ClientTokens } from '../../src/account/tokens.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000

/** Counts how often all rows of a kind are read. */
class Counted extends Rows {
  lists = 0

  override list<T>(prefix: string): Map<string, T> {
    this.lists++
    return super.list(prefix)
  }
}

/** Works on the storage of an account's object of its own. */
const within = <T>(name: string, work: (storage: DurableObjectStorage) => T | Promise<T>): Promise<T> =>
  runInDurableObject((env as Env).ACCOUNT.getByName(name), (_, { storage }) => work(storage))

const row = (created: number, answered = true) => ({ fingerprint: 'x', seed: 'y', created, answered })

it('are so many at most: of more the oldest are forgotten, and what may be resumed last', async () => {
  const { most } = limits.clientTokens
  const { left, names } = await within('many-tokens', async storage => {
    for (let n = 0; n < most; n++) storage.kv.put(`token:A:${n}`, row(NOW + n, n !== 0))
    const rows = new Rows(storage)
    const tokens = new ClientTokens(rows, new Locks(), () => NOW + most)
    await tokens.once({ action: 'A', token: 'new', request: {} }, async () => ({}))
    return {
      left: rows.list('token:').size,
      names: [0, 1, most - 1, 'new'].filter(n => storage.kv.get(`token:A:${n}`)),
    }
  })
  expect(left).toBeLessThan(most)
  expect(left).toBeGreaterThan(0.8 * most)
  expect(names).toEqual([0, most - 1, 'new'])
})

it('are looked through when the day of one may be over, and not at every ring of the alarm', async () => {
  const told = await within('old-tokens', storage => {
    storage.kv.put('token:A:old', row(NOW - 23 * HOUR))
    storage.kv.put('token:A:new', row(NOW))
    const rows = new Counted(storage)
    let time = NOW
    const tokens = new ClientTokens(rows, new Locks(), () => time)
    const expired = (at: number) => {
      time = at
      tokens.expire()
      return [rows.lists, storage.kv.get('token:A:old') === undefined, storage.kv.get('token:A:new') === undefined]
    }
    return [NOW, NOW + 1, NOW + HOUR - 1, NOW + HOUR, NOW + 2 * HOUR, NOW + 24 * HOUR].map(expired)
  })
  expect(told).toEqual([
    [1, false, false],
    [1, false, false],
    [1, false, false],
    [2, true, false],
    [2, true, false],
    [3, true, true],
  ])
})
