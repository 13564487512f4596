// Rows of an earlier release: an object that wakes up with them goes on where that one ended.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { Rows } from '../../src/account/rows.ts'
import { upgrade } from '../../src/account/upgrade.ts'
import type { Env } from '../../src/edge/services.ts'

/** The rows that there are after others were brought into today's form, by an object of the test's own. */
const upgraded = (name: string, before: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> =>
  runInDurableObject((env as Env).ACCOUNT.getByName(name), (_, { storage }) => {
    for (const [key, row] of Object.entries(before)) storage.kv.put(key, row)
    upgrade(new Rows(storage))
    // The second time there is nothing to do
    upgrade(new Rows(storage))
    return Object.fromEntries(storage.kv.list())
  })

it('takes over what the first release had not finished, and its answers', async () => {
  const kept = new Map([['i-1', 7]])
  const rows = await upgraded('upgraded', {
    account: { id: '000000000002' },
    'goal:vm:7': { kind: 'vm', number: 7, id: 'i-1', goal: 'stop', since: 1 },
    'goal:launch:r-1': { kind: 'launch', reservation: 'r-1', births: [{ id: 'i-1', volumes: [] }], kept, since: 2 },
    'answer:RunInstances:a': { answer: { launched: { reservation: 'r-1', kept } } },
    'answer:CreateVolume:b': { answer: { output: { VolumeId: 'vol-1' } } },
    'task:lateWrite:image:1:0': { kind: 'lateWrite', object: 'image', number: 1, late: {}, attributes: {}, since: 3 },
    'task:lateWrite:image:2:attributes:0': { kind: 'lateWrite', aspect: 'attributes', late: {}, values: {}, since: 4 },
  })
  expect(rows).toEqual({
    form: 3,
    account: { id: '000000000002' },
    'task:vm:7': { kind: 'vm', number: 7, id: 'i-1', wanted: 'stop', since: 1 },
    'task:launch:r-1': {
      kind: 'launch',
      reservation: 'r-1',
      instances: [{ id: 'i-1', volumes: [] }],
      committed: kept,
      since: 2,
    },
    'task:lateWrite:image:2:attributes:0': { kind: 'lateWrite', aspect: 'attributes', late: {}, values: {}, since: 4 },
    'answer:RunInstances:a': { answer: { memo: { reservation: 'r-1', committed: kept } } },
    'answer:CreateVolume:b': { answer: { output: { VolumeId: 'vol-1' } } },
  })
})

it('writes nothing into an object without rows', async () => {
  expect(await upgraded('fresh', {})).toEqual({})
})
