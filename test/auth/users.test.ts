// econe's scheme: who may enter, and how often the user pool is read.
import { describe, expect, it } from 'vitest'
import { UserDirectory } from '../../src/auth/users.ts'
import type { Keep } from '../../src/lib/shared-reads.ts'
import type { UserCredentials } from '../../src/opennebula/documents.ts'

const HASH = '32145d662f3331ba2e96541b97b8a8884e1f1b248ab554c619db6ed1a24c7198'

function user(changes: Partial<UserCredentials> = {}): UserCredentials {
  const name = { ID: 2, GID: 1, GROUPS: { ID: [1] }, NAME: 'helen' }
  return { ...name, PASSWORD: HASH, AUTH_DRIVER: 'core', ENABLED: true, ...changes }
}

/** A directory over a pool and a clock that the test moves. */
function directory(pool: UserCredentials[] = [user()]) {
  const state = { time: 1_000_000, reads: 0, pool, failure: undefined as Error | undefined, gate: Promise.resolve() }
  const kept: Promise<unknown>[] = []
  const all = new UserDirectory({
    async *readUsers() {
      state.reads++
      const { gate, failure } = state
      await gate
      if (failure) throw failure
      yield* state.pool
    },
    now: () => state.time,
  })
  const keepOwn: Keep = work => kept.push(work)
  const users = { find: (name: string, keep = keepOwn) => all.find(name, keep) }
  return { users, state, kept }
}

describe('who may enter', () => {
  it('is a user, with the password hash for a secret', async () => {
    expect(await directory().users.find('helen')).toEqual({
      accessKeyId: 'helen',
      secret: HASH,
      user: { id: 2, name: 'helen' },
      source: 'econe',
    })
  })

  it.each([
    ['core', true],
    ['public', true],
    ['ldap', false],
    ['x509', false],
    ['server_cipher', false],
    ['ssh', false],
    ['CORE', false],
    ['', false],
  ])('of the driver %j: %s', async (AUTH_DRIVER, enters) => {
    expect((await directory([user({ AUTH_DRIVER })]).users.find('helen')) !== undefined).toBe(enters)
  })

  it('is enabled and has a password', async () => {
    expect(await directory([user({ ENABLED: false })]).users.find('helen')).toBeUndefined()
    expect(await directory([user({ PASSWORD: '' })]).users.find('helen')).toBeUndefined()
  })

  it.each([
    ['first', { GID: 0, GROUPS: { ID: [0] } }],
    ['besides another', { GROUPS: { ID: [0, 1] } }],
  ])('is not in group 0, be it %s', async (_, groups) => {
    expect(await directory([user(groups)]).users.find('helen')).toBeUndefined()
  })

  it('is known by the exact name', async () => {
    const { users } = directory()
    expect(await users.find('Helen')).toBeUndefined()
    expect(await users.find('constructor')).toBeUndefined()
    expect(await users.find('')).toBeUndefined()
  })
})

describe('the pool', () => {
  it('is read once in a minute and answers for no longer', async () => {
    const { users, state } = directory()
    await users.find('helen')
    state.pool = []
    state.time += 59_999
    expect(await users.find('helen')).toBeDefined()
    expect(state.reads).toBe(1)
    state.time += 1
    expect(await users.find('helen')).toBeUndefined()
    expect(state.reads).toBe(2)
  })

  it('is read once for all who wait for it', async () => {
    const { users, state, kept } = directory()
    let open = () => {}
    state.gate = new Promise(resolve => {
      open = resolve
    })
    const found = Promise.all(['helen', 'nobody', 'helen'].map(name => users.find(name)))
    expect(state.reads).toBe(1)
    expect(kept).toHaveLength(1)
    open()
    expect((await found).map(key => key?.accessKeyId)).toEqual(['helen', undefined, 'helen'])
    expect(state.reads).toBe(1)
  })

  it('counts as old as its reading began', async () => {
    const { users, state } = directory()
    let open = () => {}
    state.gate = new Promise(resolve => {
      open = resolve
    })
    const found = users.find('helen')
    state.time += 40_000
    open()
    await found
    state.time += 20_000
    await users.find('helen')
    expect(state.reads).toBe(2)
  })

  it('is read anew after a failure, which everybody who waited hears of', async () => {
    const { users, state, kept } = directory()
    state.failure = new Error('down')
    const attempts = await Promise.allSettled([users.find('helen'), users.find('helen')])
    expect(attempts.map(attempt => attempt.status)).toEqual(['rejected', 'rejected'])
    await expect(Promise.all(kept)).resolves.toHaveLength(1)
    state.failure = undefined
    expect(await users.find('helen')).toBeDefined()
    expect(state.reads).toBe(2)
  })

  it('never answers from an expired reading when the next one fails', async () => {
    const { users, state } = directory()
    await users.find('helen')
    state.time += 60_000
    state.failure = new Error('down')
    await expect(users.find('helen')).rejects.toThrow('down')
  })

  it('is read anew when the clock was set back', async () => {
    const { users, state } = directory()
    await users.find('helen')
    state.time -= 1
    await users.find('helen')
    expect(state.reads).toBe(2)
  })
})

describe('an unknown name', () => {
  it('is looked for again behind the answer, as it may be a new one', async () => {
    const { users, state, kept } = directory()
    await users.find('helen')
    state.pool.push(user({ ID: 7, NAME: 'rival' }))
    state.time += 5_000
    let open = () => {}
    state.gate = new Promise(resolve => {
      open = resolve
    })
    expect(await users.find('rival')).toBeUndefined()
    open()
    await Promise.all(kept)
    expect((await users.find('rival'))?.user).toEqual({ id: 7, name: 'rival' })
    expect(state.reads).toBe(2)
  })

  it('but every few seconds at most, whoever asks', async () => {
    const { users, state } = directory()
    await users.find('helen')
    for (let second = 0; second < 60; second++) {
      for (let caller = 0; caller < 3; caller++) await users.find(`nobody-${second}-${caller}`)
      state.time += 1_000
    }
    expect(state.reads).toBe(12)
  })

  it('counts failed attempts, and known names do without them', async () => {
    const { users, state } = directory()
    await users.find('helen')
    state.time += 5_000
    state.failure = new Error('down')
    expect(await users.find('nobody')).toBeUndefined()
    expect(await users.find('nobody')).toBeUndefined()
    expect(await users.find('helen')).toBeDefined()
    expect(state.reads).toBe(2)
  })

  it('is kept going by the request that began it, not by one that came later', async () => {
    const { users, state, kept } = directory()
    const gate = Promise.withResolvers<void>()
    state.gate = gate.promise
    const later: Promise<unknown>[] = []
    const both = [users.find('helen'), users.find('helen', work => later.push(work))]
    gate.resolve()
    await Promise.all(both)
    expect([kept.length, later.length]).toEqual([1, 0])
    state.time += 120_000
    await users.find('helen', work => later.push(work))
    expect([kept.length, later.length]).toEqual([1, 1])
  })
})
