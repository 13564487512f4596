// Who was let in when a change was accepted, and is not the same any more when the alarm comes to finish it.
import type { Reservation } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { addUser } from '../../src/sandbox/users/users.ts'
import type { User } from '../../src/sandbox/world/model.ts'
import { IMAGE, type Stage, setStage } from './stage.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** A stage on which helen's only instance is to be terminated, which OpenNebula does not do at this moment. */
async function accepted(changes: object = {}): Promise<{ stage: Stage; helen: User }> {
  const stage = setStage()
  const { world } = stage.sandbox
  const account = { ...stage.account, ...changes }
  stage.sandbox.setDelays({ pending: 0, prolog: 2 * MINUTE })
  await stage.perform('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1 }, account)
  stage.sandbox.advance(SECOND)
  await stage.perform('TerminateInstances', { InstanceIds: stage.ids() }, account)
  expect(await stage.unfinished()).toHaveLength(1)
  const helen = world.users.find(({ name }) => name === 'helen')
  if (!helen) throw new Error('the seed has no helen')
  return { stage, helen }
}

const ways: readonly [string, (helen: User) => void, (helen: User) => void][] = [
  [
    'disabled',
    helen => {
      helen.enabled = false
    },
    helen => {
      helen.enabled = true
    },
  ],
  [
    'renamed',
    helen => {
      helen.name = 'hélène'
    },
    helen => {
      helen.name = 'helen'
    },
  ],
  [
    'moved into group 0',
    helen => {
      helen.groups = [0]
    },
    helen => {
      helen.groups = [1]
    },
  ],
]

describe('what was accepted from a user', () => {
  it.each(ways)('who was %s waits until that is undone', async (_, change, undo) => {
    const { stage, helen } = await accepted()
    change(helen)
    await stage.pass(60 * MINUTE)
    expect(stage.vms()).toHaveLength(1)
    expect(await stage.unfinished()).toHaveLength(1)
    undo(helen)
    // However long that took: the alarm comes again within ten minutes, and in as many sees that all is done
    await stage.pass(11 * MINUTE)
    expect(stage.vms()).toEqual([])
    await stage.pass(10 * MINUTE)
    expect(await stage.unfinished()).toEqual([])
  })

  it.each(ways)('who was %s in the middle is left undone within a minute', async (_, change) => {
    const { stage, helen } = await accepted()
    await stage.pass(SECOND)
    change(helen)
    // By then the prolog is over, and nothing else would keep the instance from being terminated
    await stage.pass(10 * MINUTE)
    expect(stage.vms().map(({ state, lcm }) => [state, lcm])).toEqual([[3, 3]])
  })

  it('who was deleted is forgotten, whoever has the name by now', async () => {
    const { stage, helen } = await accepted()
    const { world } = stage.sandbox
    world.users.remove(helen.id)
    addUser(world, { name: 'helen', secret: 'helen', groups: [1] })
    await stage.pass(5 * MINUTE)
    expect(await stage.unfinished()).toEqual([])
    expect(stage.vms()).toHaveLength(1)
  })

  it('goes on under a new name when the user has come with it', async () => {
    const { stage, helen } = await accepted()
    helen.name = 'hélène'
    await stage.pass(MINUTE)
    expect(stage.vms()).toHaveLength(1)
    const account = { ...stage.account, user: { id: helen.id, name: 'hélène' } }
    const { error } = await stage.perform('CreateKeyPair', { KeyName: 'a', KeyType: 'ed25519' }, account)
    expect(error).toBeUndefined()
    await stage.pass(11 * MINUTE)
    expect(stage.vms()).toEqual([])
  })

  it('of group 0 is done where the operator allowed it', async () => {
    const { stage, helen } = await accepted({ allowAdmin: true })
    helen.groups = [0]
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toEqual([])
  })

  it('waits while OpenNebula does not say who the user is', async () => {
    const { stage } = await accepted()
    stage.sandbox.faults.add({ method: 'one.group.info', kind: 'error', code: 8192, message: 'no' })
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toHaveLength(1)
    stage.sandbox.faults.clear()
    await stage.pass(11 * MINUTE)
    expect(stage.vms()).toEqual([])
  })

  it('costs no question where nothing is unfinished', async () => {
    const stage = setStage()
    await stage.succeed<Reservation>('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1, ClientToken: 'a' })
    await stage.pass(MINUTE)
    stage.sandbox.faults.add({ method: 'one.group.info', kind: 'error', code: 8192, message: 'no' })
    await stage.pass(25 * 60 * MINUTE)
    expect(stage.sandbox.faults.list()).toHaveLength(1)
  })
})
