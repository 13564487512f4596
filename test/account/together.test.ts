// Changes of one account that have nothing to do with each other: none waits for another.
import { expect, it } from 'vitest'
import { IMAGE, setStage } from './stage.ts'

/** How many changes are under way at once. */
const MANY = 16

const ids = (prefix: string) =>
  Array.from({ length: MANY }, (_, number) => `${prefix}-${number.toString().padStart(8, '0')}`)

const names = Array.from({ length: MANY }, (_, number) => `name-${number}`)

const tag = { Key: 'Role', Value: 'worker' }

/** What is asked for as often, each time of something else, and how many requests to OpenNebula it takes. */
const changes: readonly (readonly [action: string, requests: number, inputs: readonly object[]])[] = [
  ['CreateTags', 2, ids('i').map(id => ({ Resources: [id], Tags: [tag] }))],
  ['StopInstances', 2, ids('i').map(id => ({ InstanceIds: [id] }))],
  ['RebootInstances', 2, ids('i').map(id => ({ InstanceIds: [id] }))],
  ['ModifyInstanceAttribute', 2, ids('i').map(InstanceId => ({ InstanceId, DisableApiTermination: { Value: true } }))],
  ['CreateVolume', 1, names.map(() => ({ Size: 1, AvailabilityZone: 'opennebulaa' }))],
  ['RunInstances', 3, names.map(() => ({ ImageId: IMAGE, MinCount: 1, MaxCount: 1 }))],
]

it.each(changes)(
  '%s: each request to OpenNebula, %i of them, is made for all at once',
  async (action, requests, inputs) => {
    const stage = setStage({}, { instances: [{ owner: 'helen', count: MANY, image: 'ttylinux' }] })
    await stage.pass(60_000)
    const crowded = stage.together(MANY, requests)
    const performed = inputs.map(input => stage.succeed(action, input))
    await Promise.race([crowded, Promise.all(performed)])
    await crowded
    await Promise.all(performed)
    expect(stage.most.requests).toBe(MANY)
  },
)
