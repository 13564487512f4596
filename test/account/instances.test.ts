// Stopping and terminating what OpenNebula is busy with: accepted, shown at once, and done as soon as it can be.
import type { Reservation, StopInstancesResult, TerminateInstancesResult } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { attribute, IMAGE, Killed, type Stage, setStage } from './stage.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

const volume = { BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }] }

async function launched(stage: Stage, count = 1, more: object = {}): Promise<string[]> {
  const input = { ImageId: IMAGE, MinCount: count, MaxCount: count, ...more }
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', input)
  return Instances.map(({ InstanceId = '' }) => InstanceId)
}

/** Instances whose disks are being copied: OpenNebula neither stops nor terminates those. */
async function inProlog(stage: Stage, count = 1, more: object = {}): Promise<string[]> {
  stage.sandbox.setDelays({ pending: 0, prolog: MINUTE })
  const ids = await launched(stage, count, more)
  stage.sandbox.advance(SECOND)
  expect(stage.vms().map(({ state, lcm }) => [state, lcm])).toEqual(Array.from({ length: count }, () => [3, 1]))
  return ids
}

const goals = (stage: Stage) => stage.vms().map(vm => attribute(vm.userTemplate, 'EC2_GOAL'))

const decoded = (text: string, alphabet: 'base64' | 'base64url') =>
  new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet }))

const volumesOf = ({ sandbox }: Stage) =>
  sandbox.world.images
    .all()
    .slice(1)
    .filter(({ state }) => state !== 7)

describe('an instance that OpenNebula is busy with', () => {
  it('is terminated as soon as it can be, and shown as going until then', async () => {
    const stage = setStage()
    const InstanceIds = await inProlog(stage, 2, volume)
    const { TerminatingInstances } = await stage.succeed<TerminateInstancesResult>('TerminateInstances', {
      InstanceIds,
    })
    expect(TerminatingInstances?.map(each => [each.PreviousState?.Name, each.CurrentState?.Name])).toEqual([
      ['pending', 'shutting-down'],
      ['pending', 'shutting-down'],
    ])
    expect(goals(stage)).toEqual(['terminate', 'terminate'])
    await stage.pass(10 * SECOND)
    expect(stage.vms()).toHaveLength(2)
    await stage.pass(3 * MINUTE)
    expect(stage.vms()).toEqual([])
    expect(volumesOf(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is stopped as soon as it can be, and may be started then', async () => {
    const stage = setStage()
    const InstanceIds = await inProlog(stage)
    const { StoppingInstances } = await stage.succeed<StopInstancesResult>('StopInstances', { InstanceIds })
    expect(StoppingInstances?.[0]?.CurrentState?.Name).toBe('stopping')
    expect(goals(stage)).toEqual(['stop'])
    const early = await stage.perform('StartInstances', { InstanceIds })
    expect(early.error?.code).toBe('IncorrectInstanceState')
    await stage.pass(5 * MINUTE)
    expect(stage.vms().map(({ state }) => state)).toEqual([8])
    expect(goals(stage)).toEqual([''])
    expect(await stage.unfinished()).toEqual([])
    await stage.succeed('StartInstances', { InstanceIds })
    await stage.pass(5 * MINUTE)
    expect(stage.vms().map(({ state, lcm }) => [state, lcm])).toEqual([[3, 3]])
  })

  it('is terminated although it was to be stopped', async () => {
    const stage = setStage()
    const InstanceIds = await inProlog(stage)
    await stage.succeed('StopInstances', { InstanceIds })
    await stage.succeed('TerminateInstances', { InstanceIds })
    await stage.succeed('StopInstances', { InstanceIds: ['i-00000000'] }).catch(() => undefined)
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is left to a start that comes before the alarm has seen that it stopped', async () => {
    const stage = setStage()
    const InstanceIds = await inProlog(stage)
    await stage.succeed('StopInstances', { InstanceIds })
    const [vm] = stage.vms()
    stage.sandbox.setVmState(vm?.id ?? -1, 8)
    await stage.succeed('StartInstances', { InstanceIds })
    await stage.pass(10 * MINUTE)
    expect(stage.vms().map(({ state, lcm }) => [state, lcm])).toEqual([[3, 3]])
    expect(goals(stage)).toEqual([''])
  })

  it('is switched off when its guest ignores a polite shutdown, or at once by force', async () => {
    const stage = setStage()
    const InstanceIds = await inProlog(stage)
    await stage.succeed('StopInstances', { InstanceIds, Force: true })
    await stage.pass(2 * MINUTE)
    expect(stage.vms().map(({ state }) => state)).toEqual([8])
  })
})

describe('termination', () => {
  it.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'that is killed at its step %i ends the volumes too when it is repeated',
    async step => {
      const stage = setStage()
      const InstanceIds = await launched(stage, 2, volume)
      stage.killAt(step)
      await stage.perform('TerminateInstances', { InstanceIds }).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      stage.disarm()
      await stage.succeed('TerminateInstances', { InstanceIds })
      await stage.pass(5 * MINUTE)
      expect(stage.vms()).toEqual([])
      expect(volumesOf(stage)).toEqual([])
      expect(await stage.unfinished()).toEqual([])
    },
  )

  it('keeps the volumes of an instance that it may not touch', async () => {
    const stage = setStage()
    const InstanceIds = await launched(stage, 1, volume)
    stage.sandbox.faults.add({ method: 'one.vm.action', kind: 'error', code: 512, message: 'Not authorized', times: 1 })
    expect((await stage.perform('TerminateInstances', { InstanceIds })).error?.code).toBe('UnauthorizedOperation')
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toHaveLength(1)
    expect(volumesOf(stage)).toHaveLength(1)
    expect(await stage.unfinished()).toEqual([])
  })

  it('remembers those that are busy even where another one fails', async () => {
    const stage = setStage()
    const InstanceIds = await inProlog(stage, 2)
    stage.sandbox.faults.add({ method: 'one.vm.action', kind: 'error', code: 512, message: 'Not authorized', times: 1 })
    expect((await stage.perform('TerminateInstances', { InstanceIds })).error?.code).toBe('UnauthorizedOperation')
    await stage.pass(5 * MINUTE)
    expect(stage.ids()).toEqual([InstanceIds[0]])
  })

  it('goes on in an object that was killed meanwhile', async () => {
    const stage = setStage()
    const InstanceIds = await inProlog(stage)
    await stage.succeed('TerminateInstances', { InstanceIds })
    stage.killAt(1)
    await stage
      .perform('CreateTags', { Resources: InstanceIds, Tags: [{ Key: 'a', Value: 'b' }] })
      .catch(() => undefined)
    expect(stage.disarm()).toBe(true)
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toEqual([])
  })
})

describe('an object that is named by several ids', () => {
  it('is changed by one request at a time', async () => {
    const stage = setStage()
    const [id = ''] = await launched(stage)
    const add = (Resources: string[], Key: string) =>
      stage.succeed('CreateTags', { Resources, Tags: [{ Key, Value: '' }] })
    await Promise.all(Array.from({ length: 25 }, (_, index) => add([index % 2 ? id : 'i-00000000'], `tag ${index}`)))
    const text = attribute(stage.vms()[0]?.userTemplate, 'EC2_TAGS')
    expect(JSON.parse(decoded(text, 'base64url'))).toHaveLength(25)
  })
})

describe('key pairs', () => {
  const pairs = (stage: Stage) => {
    const text = attribute(stage.sandbox.world.users.get(2)?.template, 'EC2_KEYPAIRS')
    return text === '' ? [] : Object.keys(JSON.parse(decoded(text, 'base64')) as object)
  }
  const create = (KeyName: string) => ({ KeyName, KeyType: 'ed25519' })

  it('whose private key nobody was told are made again under the same name', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      stage.killAt(step)
      await stage.perform('CreateKeyPair', create('mine')).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      if (!stage.disarm()) break
      const again = await stage.perform('CreateKeyPair', create('mine'))
      // The very last steps come after it is done: only the answer can still be lost
      if (again.error) expect([again.error.code, pairs(stage)]).toEqual(['InvalidKeyPair.Duplicate', ['mine']])
      else expect(again.output).toHaveProperty('KeyMaterial')
      await stage.pass(MINUTE)
      expect(pairs(stage)).toEqual(['mine'])
      expect(await stage.unfinished()).toEqual([])
    }
  })

  it('whose connection broke are deleted when nobody asks again', async () => {
    const stage = setStage()
    stage.sandbox.faults.add({ method: 'one.user.update', kind: 'drop', when: 'after', times: 1 })
    expect((await stage.perform('CreateKeyPair', create('mine'))).error?.status).toBe(503)
    expect(pairs(stage)).toEqual(['mine'])
    await stage.pass(MINUTE)
    expect(pairs(stage)).toEqual([])
  })
})
