// Issued keys in a real KV namespace: their life, their seal, their notes of use, and KV's failures.
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AccountObject } from '../../src/account/object.ts'
import type { KeySummary } from '../../src/auth/key-record.ts'
import type { KeyStore } from '../../src/auth/key-store.ts'
import { AccessKeys, type KeyVersion } from '../../src/auth/keys.ts'
import { parsePolicy } from '../../src/auth/policy/parse.ts'
import type { MasterSecrets } from '../../src/config/derived-keys.ts'
import { NOW, refusal } from './support.ts'

const MASTER = 'a master secret of the Worker'
const user = { id: 2, name: 'helen' }

declare global {
  namespace Cloudflare {
    interface Env {
      readonly INDEX: KVNamespace
      readonly ACCOUNT: DurableObjectNamespace<AccountObject>
    }
  }
}

const store: KeyStore = env.INDEX

/** Keys over a clock that the test moves; every one has its own memory, as isolates have. */
function open({ from = store, secrets = [MASTER] }: { from?: KeyStore; secrets?: MasterSecrets } = {}) {
  const clock = { time: NOW }
  return { keys: new AccessKeys({ store: from, secrets, now: () => clock.time }), clock }
}

async function listed(keys: AccessKeys): Promise<KeySummary[]> {
  const all: KeySummary[] = []
  for await (const summary of keys.list()) all.push(summary)
  return all
}

/** The store with one of its operations replaced. */
function storeWith(changes: Partial<KeyStore>): KeyStore {
  return {
    get: (name, options) => store.get(name, options),
    put: (name, value) => store.put(name, value),
    delete: name => store.delete(name),
    list: options => store.list(options),
    ...changes,
  }
}

async function fail(): Promise<never> {
  throw new Error('KV GET failed: 500 Internal Server Error')
}

beforeEach(async () => {
  const { keys } = await env.INDEX.list({ prefix: 'key' })
  for (const { name } of keys) await store.delete(name)
})

describe('a key', () => {
  it('is issued in the form of AWS and found by its id', async () => {
    const { keys } = open()
    const { accessKeyId, secret, ...rest } = await keys.create({ user, description: 'Terraform' })
    expect(accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(secret).toMatch(/^[A-Za-z0-9+/]{40}$/)
    expect(rest).toEqual({ user, description: 'Terraform', status: 'active', created: NOW })
    for (const finder of [keys, open().keys]) {
      expect(await finder.find(accessKeyId)).toMatchObject({ accessKeyId, secret, user, source: 'issued' })
    }
    expect(await keys.create({ user })).not.toMatchObject({ accessKeyId })
  })

  it('is listed without its secret', async () => {
    const { keys } = open()
    const issued = [
      await keys.create({ user, expires: NOW + 1000 }),
      await keys.create({ user: { id: 3, name: 'rival' } }),
    ]
    const expected: KeySummary[] = issued.map(({ secret, ...summary }) => {
      expect(secret).toHaveLength(40)
      return summary
    })
    const byId = (one: KeySummary, other: KeySummary) => (one.accessKeyId < other.accessKeyId ? -1 : 1)
    expect(await listed(keys)).toEqual(expected.sort(byId))
    expect(JSON.stringify(await listed(keys))).not.toContain(issued[0]?.secret)
  })

  it('is listed page by page', async () => {
    const { keys } = open({
      from: storeWith({ list: options => env.INDEX.list({ ...options, limit: 2 }) }),
    })
    for (let count = 0; count < 5; count++) await keys.create({ user })
    expect(new Set((await listed(keys)).map(key => key.accessKeyId)).size).toBe(5)
  })

  it('can be disabled, enabled and deleted', async () => {
    const { keys } = open()
    const { accessKeyId } = await keys.create({ user })
    await keys.disable(accessKeyId)
    expect(await keys.find(accessKeyId)).toBeUndefined()
    expect((await listed(keys)).map(key => key.status)).toEqual(['disabled'])
    await keys.enable(accessKeyId)
    expect(await keys.find(accessKeyId)).toBeDefined()
    await keys.delete(accessKeyId)
    expect(await keys.find(accessKeyId)).toBeUndefined()
    expect(await listed(keys)).toEqual([])
    for (const change of ['disable', 'enable', 'delete'] as const) {
      expect(await refusal(keys[change](accessKeyId))).toEqual({
        code: 'NoSuchEntity',
        status: 404,
        message: `The Access Key with id ${accessKeyId} cannot be found.`,
      })
    }
  })

  it('expires', async () => {
    const { keys, clock } = open()
    const { accessKeyId } = await keys.create({ user, expires: NOW + 10_000 })
    clock.time = NOW + 9_999
    expect(await keys.find(accessKeyId)).toBeDefined()
    clock.time = NOW + 10_000
    expect(await keys.find(accessKeyId)).toBeUndefined()
  })

  it('that another isolate disabled or deleted is refused after half a minute', async () => {
    const { keys, clock } = open()
    for (const change of ['disable', 'delete'] as const) {
      const { accessKeyId } = await keys.create({ user })
      expect(await keys.find(accessKeyId)).toBeDefined()
      await open().keys[change](accessKeyId)
      clock.time += 29_999
      expect(await keys.find(accessKeyId)).toBeDefined()
      clock.time += 1
      expect(await keys.find(accessKeyId)).toBeUndefined()
    }
  })

  it('is read once while it is fresh, and never by an id of another form', async () => {
    const read: string[] = []
    const from = storeWith({
      get: (name, options) => {
        read.push(name)
        return store.get(name, options)
      },
    })
    const { keys } = open({ from })
    const { accessKeyId } = await keys.create({ user })
    for (let count = 0; count < 3; count++) await keys.find(accessKeyId)
    for (const id of ['helen', '', 'AKIA', `${accessKeyId}A`, accessKeyId.toLowerCase(), `key:${accessKeyId}`]) {
      expect(await keys.find(id)).toBeUndefined()
    }
    expect(read).toEqual([`key:${accessKeyId}`])
    await keys.find('AKIAAAAAAAAAAAAAAAAA')
    expect(read).toHaveLength(2)
  })

  it('has a description of bounded length', async () => {
    expect(await refusal(open().keys.create({ user, description: 'x'.repeat(257) }))).toMatchObject({
      code: 'InvalidParameterValue',
    })
  })
})

describe('the seal', () => {
  it('shows nothing of the record', async () => {
    const { accessKeyId, secret } = await open().keys.create({ user, description: 'Terraform' })
    const sealed = atob((await store.get(`key:${accessKeyId}`, { cacheTtl: 30 })) ?? '')
    expect(sealed.length).toBeGreaterThan(100)
    for (const text of [secret, 'helen', 'Terraform', 'active']) expect(sealed).not.toContain(text)
  })

  it('is never the same twice', async () => {
    const { keys } = open()
    const { accessKeyId } = await keys.create({ user })
    const read = () => store.get(`key:${accessKeyId}`, { cacheTtl: 30 })
    const before = await read()
    await keys.enable(accessKeyId)
    expect(await read()).not.toBe(before)
  })

  const cannotBeOpened = (accessKeyId: string) => ({
    code: 'InternalError',
    status: 500,
    message: `The record of access key ${accessKeyId} cannot be opened.`,
  })

  it('does not open under another id', async () => {
    const { keys } = open()
    const [one, other] = [await keys.create({ user }), await keys.create({ user: { id: 0, name: 'oneadmin' } })]
    const sealed = await store.get(`key:${other.accessKeyId}`, { cacheTtl: 30 })
    await store.put(`key:${one.accessKeyId}`, sealed ?? '')
    expect(await refusal(keys.find(one.accessKeyId))).toEqual(cannotBeOpened(one.accessKeyId))
    expect(await keys.find(other.accessKeyId)).toBeDefined()
  })

  it('does not open under another master secret', async () => {
    const { accessKeyId } = await open().keys.create({ user })
    const { keys } = open({ secrets: ['another one'] })
    expect(await refusal(keys.find(accessKeyId))).toEqual(cannotBeOpened(accessKeyId))
    await keys.delete(accessKeyId)
    expect(await keys.find(accessKeyId)).toBeUndefined()
  })

  it('opens under an earlier secret that still counts, and is sealed under the new one when it changes', async () => {
    const { accessKeyId } = await open().keys.create({ user })
    const { keys } = open({ secrets: ['another one', MASTER] })
    expect(await keys.find(accessKeyId)).toBeDefined()
    await keys.disable(accessKeyId)
    const { keys: later } = open({ secrets: ['another one'] })
    await later.enable(accessKeyId)
    expect(await later.find(accessKeyId)).toBeDefined()
    expect(await refusal(open().keys.find(accessKeyId))).toEqual(cannotBeOpened(accessKeyId))
  })

  it('is sealed anew with all others, so that the earlier secret can be forgotten', async () => {
    const { keys: before } = open()
    const [kept, off, gone] = [
      await before.create({ user }),
      await before.create({ user }),
      await before.create({ user }),
    ]
    await before.disable(off.accessKeyId)
    await before.delete(gone.accessKeyId)
    expect(await open({ secrets: ['another one', MASTER] }).keys.reseal()).toBe(3)
    const { keys } = open({ secrets: ['another one'] })
    expect(await keys.find(kept.accessKeyId)).toMatchObject({ secret: kept.secret, user })
    expect(await keys.find(off.accessKeyId)).toBeUndefined()
    expect(await keys.find(gone.accessKeyId)).toBeUndefined()
    expect((await listed(keys)).map(({ status }) => status).sort()).toEqual(['active', 'disabled'])
  })

  it('does not open when a byte of it was altered', async () => {
    const { accessKeyId } = await open().keys.create({ user })
    const bytes = Uint8Array.from(atob((await store.get(`key:${accessKeyId}`, { cacheTtl: 30 })) ?? ''), character =>
      character.charCodeAt(0),
    )
    let altered = ''
    const { keys } = open({ from: storeWith({ get: async () => altered }) })
    for (const index of bytes.keys()) {
      const copy = bytes.map((byte, at) => (at === index ? byte ^ 1 : byte))
      altered = btoa(String.fromCharCode(...copy))
      expect(await refusal(keys.find(accessKeyId))).toEqual(cannotBeOpened(accessKeyId))
    }
    for (altered of ['', '!', '{}', btoa('short')]) {
      expect(await refusal(keys.find(accessKeyId))).toEqual(cannotBeOpened(accessKeyId))
    }
  })
})

/** What an isolate does: it asks the account's object whether a record is the newest. */
const isNewest = ({ user: { id }, accessKeyId, version }: KeyVersion) =>
  env.ACCOUNT.getByName(`keys ${id}`).isNewestKey({ accessKeyId, version })

describe('a record that somebody put back into KV', () => {
  const isolate = () => new AccessKeys({ store, secrets: [MASTER], now: () => NOW, isNewest })
  const operator = () => open().keys
  const sealed = async (accessKeyId: string) => (await store.get(`key:${accessKeyId}`, { cacheTtl: 30 })) ?? ''

  it.each(['disable', 'delete'] as const)('is refused when %s was seen anywhere', async change => {
    const { accessKeyId } = await operator().create({ user })
    const before = await sealed(accessKeyId)
    expect(await isolate().find(accessKeyId)).toBeDefined()
    await operator()[change](accessKeyId)
    expect(await isolate().find(accessKeyId)).toBeUndefined()
    await store.put(`key:${accessKeyId}`, before)
    expect(await isolate().find(accessKeyId)).toBeUndefined()
  })

  it('cannot be told where nobody has looked since the change', async () => {
    const { accessKeyId } = await operator().create({ user })
    const before = await sealed(accessKeyId)
    await operator().disable(accessKeyId)
    await store.put(`key:${accessKeyId}`, before)
    expect(await isolate().find(accessKeyId)).toBeDefined()
  })

  it('gives way to what the operator does next', async () => {
    const { accessKeyId } = await operator().create({ user })
    const before = await sealed(accessKeyId)
    for (let count = 0; count < 3; count++) await operator().disable(accessKeyId)
    await isolate().find(accessKeyId)
    await store.put(`key:${accessKeyId}`, before)
    const later = new AccessKeys({ store, secrets: [MASTER], now: () => NOW + 1000 })
    await later.enable(accessKeyId)
    expect(await isolate().find(accessKeyId)).toBeDefined()
  })

  it('is asked about once while it is fresh, and so is one that does not count', async () => {
    const { accessKeyId } = await operator().create({ user })
    for (const newest of [true, false]) {
      const asked: KeyVersion[] = []
      const keys = new AccessKeys({
        ...{ store, secrets: [MASTER], now: () => NOW },
        isNewest: async found => {
          asked.push(found)
          return newest
        },
      })
      for (let count = 0; count < 3; count++) expect((await keys.find(accessKeyId)) !== undefined).toBe(newest)
      expect(asked).toEqual([{ accessKeyId, user, version: NOW }])
    }
  })

  it('is neither refused nor taken where the account cannot say', async () => {
    const { accessKeyId } = await operator().create({ user })
    const keys = new AccessKeys({ store, secrets: [MASTER], now: () => NOW, isNewest: fail })
    expect(await refusal(keys.find(accessKeyId))).toMatchObject({ code: 'Unavailable', status: 503 })
  })
})

describe('an administrator', () => {
  it('is named by the record alone', async () => {
    const { keys } = open()
    const marked = await keys.create({ user, allowAdmin: true })
    expect(await keys.find(marked.accessKeyId)).toMatchObject({ allowAdmin: true })
    const plain = await keys.create({ user })
    expect(await keys.find(plain.accessKeyId)).toMatchObject({ allowAdmin: false })
  })
})

describe('a policy', () => {
  const policyOf = (Action: string) => {
    const { policy } = parsePolicy(JSON.stringify({ Statement: { Effect: 'Allow', Action, Resource: '*' } }))
    if (!policy) throw new TypeError('a policy with flaws')
    return policy
  }

  it('goes with its key, and is changed without a new secret', async () => {
    const { keys } = open()
    const looking = policyOf('ec2:Describe*')
    const { accessKeyId, secret } = await keys.create({ user, policy: looking })
    const elsewhere = open()
    expect(await elsewhere.keys.find(accessKeyId)).toMatchObject({ secret, policy: looking.text })
    expect(await keys.show(accessKeyId)).toMatchObject({ accessKeyId, policy: looking.text, status: 'active' })
    const all = policyOf('*')
    await keys.setPolicy(accessKeyId, all)
    // Known here for half a minute at most
    expect((await elsewhere.keys.find(accessKeyId))?.policy).toBe(looking.text)
    elsewhere.clock.time += 30_000
    expect(await elsewhere.keys.find(accessKeyId)).toMatchObject({ secret, policy: all.text })
    await keys.setPolicy(accessKeyId, undefined)
    expect((await open().keys.find(accessKeyId))?.policy).toBeUndefined()
    expect(await keys.show(accessKeyId)).not.toHaveProperty('policy')
  })

  it('outlives what else becomes of its key, and is set back by nobody', async () => {
    const seen = new Map<string, number>()
    const isNewest = async ({ accessKeyId, version }: KeyVersion) => {
      const newest = seen.get(accessKeyId) ?? 0
      seen.set(accessKeyId, Math.max(newest, version))
      return version >= newest
    }
    const { keys, clock } = open()
    const worker = () => new AccessKeys({ store, secrets: [MASTER], now: () => clock.time, isNewest })
    const { accessKeyId } = await keys.create({ user, policy: policyOf('*') })
    const record = (await store.get(`key:${accessKeyId}`, { cacheTtl: 30 })) ?? ''
    const narrow = policyOf('ec2:Describe*')
    await keys.setPolicy(accessKeyId, narrow)
    await keys.disable(accessKeyId)
    await keys.enable(accessKeyId)
    expect((await worker().find(accessKeyId))?.policy).toBe(narrow.text)
    await store.put(`key:${accessKeyId}`, record)
    expect(await worker().find(accessKeyId)).toBeUndefined()
  })

  it('is nothing of a key that does not exist', async () => {
    const { keys } = open()
    const code = { code: 'NoSuchEntity' }
    expect(await refusal(keys.setPolicy('AKIAAAAAAAAAAAAAAAAA', policyOf('*')))).toMatchObject(code)
    expect(await refusal(keys.show('AKIAAAAAAAAAAAAAAAAA'))).toMatchObject(code)
  })
})

describe('the last use', () => {
  it('is noted by the day, apart from the record, once', async () => {
    const written: [string, string][] = []
    const from = storeWith({
      put: (name, value) => {
        written.push([name, value])
        return store.put(name, value)
      },
    })
    const { keys, clock } = open({ from })
    const { accessKeyId } = await keys.create({ user })
    written.length = 0
    for (let count = 0; count < 3; count++) await (await keys.find(accessKeyId))?.noteUse?.()
    expect(written).toEqual([[`key-used:${accessKeyId}`, '2026-11-23']])
    expect(await listed(keys)).toMatchObject([{ accessKeyId, lastUsed: '2026-11-23' }])

    const elsewhere = open({ from })
    await (await elsewhere.keys.find(accessKeyId))?.noteUse?.()
    expect(written).toHaveLength(1)

    clock.time += 24 * 60 * 60 * 1000
    await (await keys.find(accessKeyId))?.noteUse?.()
    expect(written.slice(1)).toEqual([[`key-used:${accessKeyId}`, '2026-11-24']])
  })

  it('brings no disabled key back to life', async () => {
    const { keys } = open()
    const { accessKeyId } = await keys.create({ user })
    const key = await keys.find(accessKeyId)
    await open().keys.disable(accessKeyId)
    await key?.noteUse?.()
    expect(await open().keys.find(accessKeyId)).toBeUndefined()
  })

  it('is not written by looking a key up', async () => {
    const { keys } = open()
    const { accessKeyId } = await keys.create({ user })
    await keys.find(accessKeyId)
    expect(await store.get(`key-used:${accessKeyId}`, { cacheTtl: 30 })).toBeNull()
  })
})

describe('a KV that fails', () => {
  const unavailable = {
    code: 'Unavailable',
    status: 503,
    message: 'The store of access keys cannot be reached at the moment. Please try again.',
  }

  it('is no unknown key, and is asked again', async () => {
    const { accessKeyId } = await open().keys.create({ user })
    let down = true
    const { keys } = open({ from: storeWith({ get: (name, options) => (down ? fail() : store.get(name, options)) }) })
    expect(await refusal(keys.find(accessKeyId))).toEqual(unavailable)
    down = false
    expect(await keys.find(accessKeyId)).toBeDefined()
  })

  it('answers for a key that is still fresh', async () => {
    let down = false
    const { keys } = open({ from: storeWith({ get: (name, options) => (down ? fail() : store.get(name, options)) }) })
    const { accessKeyId } = await keys.create({ user })
    await keys.find(accessKeyId)
    down = true
    expect(await keys.find(accessKeyId)).toBeDefined()
  })

  it('is told of by every operation', async () => {
    const { accessKeyId } = await open().keys.create({ user })
    const { keys } = open({ from: storeWith({ get: fail, put: fail, delete: fail, list: fail }) })
    expect(await refusal(keys.create({ user }))).toEqual(unavailable)
    expect(await refusal(keys.disable(accessKeyId))).toEqual(unavailable)
    expect(await refusal(keys.enable(accessKeyId))).toEqual(unavailable)
    expect(await refusal(keys.delete(accessKeyId))).toEqual(unavailable)
    expect(await refusal(listed(keys))).toEqual(unavailable)
  })
})
