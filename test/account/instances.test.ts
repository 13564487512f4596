// Stopping and terminating what OpenNebula is busy with: accepted, shown at once, and done as soon as it can be.
import type {
  CreateImageResult,
  Volume as CreateVolumeResult,
  DescribeImagesResult,
  DescribeInstancesResult,
  Reservation,
  StopInstancesResult,
  TerminateInstancesResult,
} from '@aws-sdk/client-ec2'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { LATE_WITHIN } from '../../src/ec2/core/tasks.ts'
import { limits } from '../../src/limits.ts'
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

describe('an instance that the hypervisor does not shut down', () => {
  const [DONE, RUNNING] = [6, 3]
  const only = (stage: Stage) => stage.vms()[0]?.id ?? -1

  async function running(stage: Stage, more: object = {}): Promise<string[]> {
    const ids = await launched(stage, 1, more)
    await stage.pass(MINUTE)
    expect(stage.vms().map(({ lcm }) => lcm)).toEqual([RUNNING])
    return ids
  }

  it('is terminated all the same, with its volumes, and shown as going meanwhile', async () => {
    const stage = setStage()
    const InstanceIds = await running(stage, volume)
    stage.sandbox.setDelays({ shutdown: 3 * SECOND })
    stage.sandbox.refuseShutdowns(only(stage), 5)
    await stage.succeed('TerminateInstances', { InstanceIds })
    await stage.pass(10 * SECOND)
    expect(goals(stage)).toEqual(['terminate'])
    const { Reservations } = await stage.read<DescribeInstancesResult>('DescribeInstances', { InstanceIds })
    expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('shutting-down')
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toEqual([])
    expect(volumesOf(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is stopped all the same, by force if its guest does not want to', async () => {
    const stage = setStage()
    const InstanceIds = await running(stage)
    stage.sandbox.refuseShutdowns(only(stage), 3)
    await stage.succeed('StopInstances', { InstanceIds })
    await stage.pass(10 * MINUTE)
    expect(stage.vms().map(({ state }) => state)).toEqual([8])
    expect(goals(stage)).toEqual([''])
    expect(await stage.unfinished()).toEqual([])
  })

  it('runs on when it is started meanwhile', async () => {
    const stage = setStage()
    const InstanceIds = await running(stage)
    stage.sandbox.refuseShutdowns(only(stage), 1)
    await stage.succeed('StopInstances', { InstanceIds })
    stage.sandbox.advance(20 * SECOND)
    await stage.succeed('StartInstances', { InstanceIds })
    expect(await stage.unfinished()).toEqual([])
    await stage.pass(5 * MINUTE)
    expect(stage.vms().map(({ lcm }) => lcm)).toEqual([RUNNING])
  })

  it('is still terminated when it is started meanwhile', async () => {
    const stage = setStage()
    const InstanceIds = await running(stage)
    stage.sandbox.refuseShutdowns(only(stage), 1)
    await stage.succeed('TerminateInstances', { InstanceIds })
    stage.sandbox.advance(20 * SECOND)
    await stage.succeed('StartInstances', { InstanceIds })
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toEqual([])
  })

  it('is given up in the end, with few tries and a line in the log, and shown as it is', async () => {
    const stage = setStage()
    const InstanceIds = await running(stage)
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => error.mockRestore())
    const most = 1_000_000
    stage.sandbox.refuseShutdowns(only(stage), most)
    await stage.succeed('TerminateInstances', { InstanceIds })
    await stage.pass(17 * MINUTE)
    const tries = most - (stage.vms()[0]?.refusals ?? 0)
    expect(tries).toBeGreaterThan(5)
    expect(tries).toBeLessThan(20)
    await stage.pass(limits.goalAge.most * 60 * MINUTE)
    expect(await stage.unfinished()).toEqual([])
    expect(goals(stage)).toEqual([''])
    const lines = error.mock.calls.map(([line]) => JSON.parse(String(line)) as object)
    expect(lines).toEqual([
      expect.objectContaining({ event: 'given-up', task: `vm:${only(stage)}`, wanted: 'terminate' }),
    ])
    expect(stage.vms().map(({ state }) => state)).not.toEqual([DONE])
  })
})

describe('volumes that end with their instance', () => {
  it('do so whatever name their owner gave them', async () => {
    const stage = setStage()
    const InstanceIds = await launched(stage, 1, volume)
    await stage.pass(MINUTE)
    const [image] = volumesOf(stage)
    if (image) image.name = 'mine'
    await stage.succeed('TerminateInstances', { InstanceIds })
    await stage.pass(5 * MINUTE)
    expect(volumesOf(stage)).toEqual([])
  })

  it('stay where they were detached before it came to its end', async () => {
    const stage = setStage()
    const InstanceIds = await launched(stage, 1, volume)
    await stage.pass(MINUTE)
    const [vm] = stage.vms()
    stage.sandbox.refuseShutdowns(vm?.id ?? -1, 1)
    await stage.succeed('TerminateInstances', { InstanceIds })
    stage.sandbox.advance(20 * SECOND)
    const disks = vm?.template['DISK']
    const disk = disks?.pop()
    expect(disk).toMatchObject({ PERSISTENT: 'YES' })
    await stage.pass(5 * MINUTE)
    expect(stage.vms()).toEqual([])
    expect(volumesOf(stage)).toHaveLength(1)
  })
})

describe('an image of an instance whose host does not answer', () => {
  it('has failed after a while', async () => {
    const stage = setStage()
    const [InstanceId = ''] = await launched(stage)
    await stage.pass(MINUTE)
    const [UNKNOWN, vm] = [16, stage.vms()[0]?.id ?? -1]
    stage.sandbox.setVmState(vm, 3, UNKNOWN)
    const { ImageId = '' } = await stage.succeed<CreateImageResult>('CreateImage', { InstanceId, Name: 'mine' })
    await stage.pass(limits.unknownHost.most * SECOND * 2)
    const { Images } = await stage.read<DescribeImagesResult>('DescribeImages', { ImageIds: [ImageId] })
    expect(Images?.[0]?.State).toBe('failed')
    await stage.pass(limits.lateSave.most * SECOND)
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('a request whose time is over', () => {
  it('asks OpenNebula for nothing more, and is answered', async () => {
    const stage = setStage()
    const InstanceIds = await launched(stage)
    Object.assign(stage.most, { upstream: 0 })
    const { error } = await stage.perform('StopInstances', { InstanceIds }, undefined, Date.now() - 1)
    expect(error).toMatchObject({ code: 'Unavailable', status: 503 })
    expect(error?.cause).toContain('The request has taken too long')
    expect(stage.most.upstream).toBe(0)
  })
})

describe('an object with an id of its own', () => {
  it('is not named by its number', async () => {
    const stage = setStage()
    const [id = ''] = await launched(stage)
    const asked = [
      { action: 'TerminateInstances', input: { InstanceIds: ['i-0'] } },
      { action: 'StopInstances', input: { InstanceIds: [id, 'i-00000000'] } },
      { action: 'CreateTags', input: { Resources: ['i-00000000'], Tags: [{ Key: 'a', Value: 'b' }] } },
    ]
    for (const { action, input } of asked) {
      expect((await stage.perform(action, input)).error?.code).toBe('InvalidInstanceID.NotFound')
    }
    expect(stage.ids()).toEqual([id])
  })
})

describe('an object that ends in this moment', () => {
  it('is not found by who wants its tags gone', async () => {
    const stage = setStage()
    const { VolumeId } = await stage.succeed<CreateVolumeResult>('CreateVolume', {
      ...{ Size: 1, AvailabilityZone: 'opennebulaa' },
    })
    stage.sandbox.faults.add({
      ...{ method: 'one.image.update', kind: 'error', code: 1024, message: 'Error getting image [1].', times: 1 },
    })
    const { error } = await stage.perform('DeleteTags', { Resources: [VolumeId] })
    expect(error).toMatchObject({
      code: 'InvalidVolume.NotFound',
      message: `The volume '${VolumeId}' does not exist.`,
    })
  })
})

describe('an object that is named by several ids', () => {
  it('is changed by one request at a time', async () => {
    const stage = setStage({}, { instances: [{ owner: 'helen', count: 1, image: 'ttylinux' }] })
    const add = (Resources: string[], Key: string) =>
      stage.succeed('CreateTags', { Resources, Tags: [{ Key, Value: '' }] })
    await Promise.all(Array.from({ length: 25 }, (_, index) => add([index % 2 ? 'i-0' : 'i-00000000'], `tag ${index}`)))
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
      await stage.pass(2 * LATE_WITHIN)
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
