// The bucket of a user whom OpenNebula has deleted goes with everything in it, but never because OpenNebula is away or has too little.
import { beforeEach, expect, it, vi } from 'vitest'
import { limits } from '../../../src/limits.ts'
import { addUser } from '../../../src/sandbox/users/users.ts'
import { type Stage, setStage } from '../stage.ts'
import { bytes, piecesOf, put, putPart } from './support.ts'

const DAY = 24 * 60 * 60 * 1000
const KEPT = limits.departedBucket.most

let stage: Stage

const days = async (count: number) => {
  for (let day = 0; day < count; day++) await stage.pass(DAY)
}
const objects = async () => (await stage.ask('list', { prefix: '', delimiter: '', most: 10 })).items.length

/** Deletes the user in OpenNebula. @returns brings it back, as from a backup */
function leave(): () => void {
  const { users } = stage.sandbox.world
  const saved = users.save()
  users.remove(stage.account.user.id)
  return () => users.load(saved)
}

beforeEach(async () => {
  vi.spyOn(console, 'log').mockReturnValue()
  vi.spyOn(console, 'error').mockReturnValue()
  stage = setStage()
  await put(stage.askNamed, 'one', bytes(10))
  await put(stage.askNamed, 'two', bytes(20))
  const { uploadId } = await stage.askNamed('createUpload', { key: 'many', headers: {} })
  await putPart(stage.askNamed, { key: 'many', uploadId }, 1, bytes(30))
})

it('is kept for a while, and is gone then', async () => {
  leave()
  await days(KEPT)
  expect(await objects()).toBe(2)
  await days(2)
  expect(await objects()).toBe(0)
  await expect.poll(() => piecesOf(stage.account.id)).toEqual([])
})

it('stays while its user is there, disabled or under another name', async () => {
  const { users } = stage.sandbox.world
  Object.assign(users.get(stage.account.user.id) ?? {}, { enabled: false, name: 'helena' })
  await days(KEPT + 3)
  expect(await objects()).toBe(2)
})

it.each([
  ['does not answer', { method: '*', kind: 'drop', when: 'before' }],
  ['is behind a proxy that answers', { method: '*', kind: 'status', status: 404, when: 'before' }],
  ['refuses the server', { method: 'one.user.info', kind: 'error', code: 0x0100, message: 'no' }],
  ['has an error of its own', { method: 'one.user.info', kind: 'error', code: 0x2000, message: 'no' }],
] as const)('stays while OpenNebula %s', async (_, fault) => {
  stage.sandbox.faults.add(fault)
  leave()
  await days(KEPT + 3)
  expect(await objects()).toBe(2)
})

it('has all of its time again when the user was there once more', async () => {
  const comeBack = leave()
  await days(KEPT - 2)
  comeBack()
  await days(2)
  leave()
  await days(KEPT)
  expect(await objects()).toBe(2)
  await days(2)
  expect(await objects()).toBe(0)
})

it('is not that of another user of the name, who came after', async () => {
  leave()
  addUser(stage.sandbox.world, { name: 'helen', secret: 'another', groups: [1] })
  await days(KEPT + 2)
  expect(await objects()).toBe(0)
})
