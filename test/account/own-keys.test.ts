// What a user decides about the own access keys, and what becomes of it when the operator, or who can write to KV, does otherwise.
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import type { AccountObject } from '../../src/account/object.ts'
import { AccessKeys } from '../../src/auth/keys.ts'
import { documentOf } from '../../src/auth/policy/short.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'
import { fromTold } from '../../src/protocol/errors.ts'
import { type Stage, setStage } from './stage.ts'

const { INDEX } = env as Env
const SECRETS = ['a secret of the unit tests'] as const
const MINUTE = 60_000

/** An account of its own for each test: KV is one for all. */
let users = 500

function scene() {
  const stage = setStage()
  const user = { id: ++users, name: 'helen' }
  const account = { ...stage.account, user }
  const perform = async (action: string, input: object = {}) => {
    const performed = await stage.perform(action, input, account)
    if (performed.error) throw fromTold(performed.error)
    return performed.output
  }
  const create = async () =>
    ((await perform('CreateAccessKey')) as { AccessKey: { AccessKeyId: string } }).AccessKey.AccessKeyId
  return {
    ...{ stage, user, account, perform, create },
    operator: new AccessKeys({ store: INDEX, secrets: SECRETS, now: () => Date.now() }),
    /** Whether a key counts, as an isolate finds it that has not looked before. */
    counts: async (accessKeyId: string) => (await isolate(stage).find(accessKeyId)) !== undefined,
    set: (AccessKeyId: string, Status: string) => perform('UpdateAccessKey', { AccessKeyId, Status }),
    remove: (AccessKeyId: string) => perform('DeleteAccessKey', { AccessKeyId }),
    listed: () => listed(stage, account),
  }
}

const objectOf = ({ account }: Stage) => (env as Env).ACCOUNT.getByName(account.id) as unknown as AccountObject

const isolate = (stage: Stage) =>
  new AccessKeys({
    ...{ store: INDEX, secrets: SECRETS, now: () => Date.now() },
    isNewest: async ({ accessKeyId, version, isOwn }) =>
      objectOf(stage).isNewestKey({ accessKeyId, version, ...(isOwn && { isOwn }) }),
  })

async function listed(stage: Stage, account: Stage['account']): Promise<Record<string, string>> {
  const { AccessKeyMetadata } = await stage.read<{ AccessKeyMetadata: { AccessKeyId: string; Status: string }[] }>(
    'ListAccessKeys',
    {},
    account,
  )
  return Object.fromEntries(AccessKeyMetadata.map(({ AccessKeyId, Status }) => [AccessKeyId, Status]))
}

it('a key that its user made may do what the one that made it may, and as long', async () => {
  const { stage, user, create, operator } = scene()
  const id = await create()
  expect(await operator.show(id)).toMatchObject({ user, madeWith: 'helen', status: 'active' })
  expect(await isolate(stage).find(id)).toMatchObject({ user })
})

it('one is made of what its key is by now, whatever that was when its request was let in', async () => {
  const { stage, user, account, operator } = scene()
  const { accessKeyId } = await operator.create({ user })
  // As an isolate knows the key that has not looked for half a minute
  const create = async () => {
    const performed = await stage.perform('CreateAccessKey', {}, account, undefined, { accessKeyId })
    if (performed.error) throw fromTold(performed.error)
    return (performed.output as { AccessKey: { AccessKeyId: string } }).AccessKey.AccessKeyId
  }
  const text = JSON.stringify(documentOf({ readOnly: true }))
  await operator.setPolicy(accessKeyId, { text, statements: [] })
  expect(await operator.show(await create())).toMatchObject({ policy: text, madeWith: accessKeyId })
  const before = (await INDEX.get(`key:${accessKeyId}`)) ?? ''
  await operator.disable(accessKeyId)
  await expect(create()).rejects.toMatchObject({ code: 'InvalidClientTokenId', status: 403 })
  // Somebody has seen that it is disabled: KV may say again what it was
  const isolated = await isolate(stage).find(accessKeyId)
  expect(isolated).toBeUndefined()
  await INDEX.put(`key:${accessKeyId}`, before)
  await expect(create()).rejects.toMatchObject({ code: 'InvalidClientTokenId' })
})

it('two are active at most, however many are asked for at once', async () => {
  const { perform, create, set, remove, listed: all } = scene()
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => perform('CreateAccessKey')))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  await expect(create()).rejects.toMatchObject({ code: 'LimitExceeded', status: 409 })
  const [one = '', other = ''] = Object.keys(await all())
  await set(one, 'Inactive')
  const third = await create()
  await expect(set(one, 'Active')).rejects.toMatchObject({ code: 'LimitExceeded' })
  await remove(third)
  await set(one, 'Active')
  expect(await all()).toEqual({ [one]: 'Active', [other]: 'Active' })
})

it('no more are kept than a few, active or not', async () => {
  const { create, set } = scene()
  for (let count = 0; count < limits.ownKeys.most; count++) await set(await create(), 'Inactive')
  await expect(create()).rejects.toMatchObject({ code: 'LimitExceeded' })
})

it('what is switched off does not count until it is switched on again', async () => {
  const { create, set, counts, listed: all, operator } = scene()
  const id = await create()
  await set(id, 'Inactive')
  expect([await counts(id), await all(), (await operator.show(id)).status]).toEqual([
    false,
    { [id]: 'Inactive' },
    'inactive',
  ])
  await set(id, 'Active')
  expect([await counts(id), await all(), (await operator.show(id)).status]).toEqual([
    true,
    { [id]: 'Active' },
    'active',
  ])
})

it('what the operator disables stays so, whatever its user does', async () => {
  const { user, set, counts, operator, listed: all } = scene()
  const { accessKeyId: id } = await operator.create({ user })
  expect(await all()).toEqual({ [id]: 'Active' })
  await set(id, 'Inactive')
  await operator.disable(id)
  await expect(set(id, 'Active')).rejects.toMatchObject({ code: 'AccessDenied', status: 403 })
  // A change of the user's that comes before the operator's is known writes over nothing
  const stale = await INDEX.get(`key:${id}`)
  await set(id, 'Inactive')
  expect(await INDEX.get(`key:${id}`)).toBe(stale)
  expect(await counts(id)).toBe(false)
  await operator.enable(id)
  await set(id, 'Active')
  expect(await counts(id)).toBe(true)
})

it('what was deleted does not come back with its record, whoever made it', async () => {
  const { user, create, remove, counts, operator, listed: all } = scene()
  const { accessKeyId: issued } = await operator.create({ user })
  for (const id of [issued, await create()]) {
    expect(await counts(id)).toBe(true)
    const record = (await INDEX.get(`key:${id}`)) ?? ''
    await remove(id)
    expect(await counts(id)).toBe(false)
    await INDEX.put(`key:${id}`, record)
    expect(await counts(id)).toBe(false)
    await expect(remove(id)).rejects.toMatchObject({ code: 'NoSuchEntity', status: 404 })
  }
  expect(await all()).toEqual({})
})

it('a key whose record never came about takes no place', async () => {
  const { stage, create, listed: all } = scene()
  const ids = [await create(), await create()]
  for (const id of ids) await INDEX.delete(`key:${id}`)
  expect(await all()).toEqual({})
  // It may be on its way
  await expect(create()).rejects.toMatchObject({ code: 'LimitExceeded' })
  await stage.pass(6 * MINUTE)
  expect(await create()).toMatch(/^AKIA/)
})
