// CreateSnapshot of volumes of instances that OpenNebula is busy with, and CreateSnapshots: pending at once, and made as soon
// as it can be.
import type {
  CreateImageResult,
  CreateSnapshotsResult,
  DescribeImagesResult,
  DescribeSnapshotsResult,
  DescribeTagsResult,
  DescribeVolumesResult,
  RegisterImageResult,
  Reservation,
  Snapshot,
  Volume,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { attribute, IMAGE, Killed, type Stage, setStage } from './stage.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const READY = 1

/** An instance that runs, with its root disk and another volume. */
async function running(stage: Stage) {
  const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 2 } }]
  const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, BlockDeviceMappings }
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', input)
  await stage.pass(MINUTE)
  const [vm] = stage.vms()
  const [volume = ''] = stage.sandbox.world.images.all().flatMap(({ name }) => (name.startsWith('vol-') ? name : []))
  return { instance: Instances[0]?.InstanceId ?? '', vm: vm?.id ?? -1, volume }
}

const HOTPLUG = 17
const RUNNING = 3

const images = ({ sandbox }: Stage, prefix: string) =>
  sandbox.world.images.all().filter(({ name, state }) => name.startsWith(prefix) && state !== 7)

const snapshot = async (stage: Stage, VolumeId: string) => {
  const Tags = [{ Key: 'a', Value: 'b' }]
  const input = { VolumeId, Description: 'busy', TagSpecifications: [{ ResourceType: 'snapshot', Tags }] }
  return stage.succeed<Snapshot>('CreateSnapshot', input)
}

const tag = (stage: Stage, id: string) =>
  stage.succeed('CreateTags', { Resources: [id], Tags: [{ Key: 'c', Value: 'd' }] })

const tagsOf = async (stage: Stage, id: string) => {
  const Filters = [{ Name: 'resource-id', Values: [id] }]
  const { Tags = [] } = await stage.read<DescribeTagsResult>('DescribeTags', { Filters })
  return Tags.map(({ Key }) => Key)
}

describe('a snapshot of a volume of no instance', () => {
  it('keeps a tag that it gets in the moment in which what broke off is finished', async () => {
    const stage = setStage()
    const { VolumeId = '' } = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa' })
    await stage.pass(MINUTE)
    stage.delay('one.image.update')
    const Tags = [{ Key: 'a', Value: 'b' }]
    const TagSpecifications = [{ ResourceType: 'snapshot', Tags }]
    const { error } = await stage.perform('CreateSnapshot', { VolumeId, TagSpecifications })
    expect(error?.status).toBe(503)
    const [id = ''] = images(stage, 'snap-').map(({ name }) => name)
    const tagging = stage.meanwhile('one.image.update', async () => {
      await stage.workOff()
      await tag(stage, id)
    })
    await Promise.all([tagging, stage.pass(5 * MINUTE)])
    expect(await tagsOf(stage, id)).toEqual(['a', 'c'])
    await stage.pass(15 * MINUTE)
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('a snapshot of a volume that is to grow when it is attached', () => {
  const AvailabilityZone = 'opennebulaa'

  /** A volume of 1 GiB that is to have 3, and a snapshot of it. */
  const setUp = async () => {
    const stage = setStage()
    const { VolumeId } = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone })
    await stage.pass(MINUTE)
    await stage.succeed('ModifyVolume', { VolumeId, Size: 3 })
    const { SnapshotId = '', VolumeSize } = await stage.succeed<Snapshot>('CreateSnapshot', { VolumeId })
    await stage.pass(MINUTE)
    return { stage, SnapshotId, VolumeSize }
  }

  const sizeOf = async (stage: Stage, id: string) => {
    const { Snapshots = [] } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', { SnapshotIds: [id] })
    return Snapshots[0]?.VolumeSize
  }

  it('is as large as the volume is to be, and so is a copy of it', async () => {
    const { stage, SnapshotId, VolumeSize } = await setUp()
    expect([VolumeSize, await sizeOf(stage, SnapshotId)]).toEqual([3, 3])
    const copy = { SourceSnapshotId: SnapshotId, SourceRegion: 'opennebula' }
    const copied = await stage.succeed<Snapshot>('CopySnapshot', copy)
    expect(await sizeOf(stage, copied.SnapshotId ?? '')).toBe(3)
  })

  it('makes volumes of that size, and of no smaller one', async () => {
    const { stage, SnapshotId } = await setUp()
    const input = { SnapshotId, AvailabilityZone }
    expect((await stage.perform('CreateVolume', { ...input, Size: 2 })).error?.code).toBe('InvalidParameterValue')
    const { Size, VolumeId = '' } = await stage.succeed<Volume>('CreateVolume', input)
    expect(Size).toBe(3)
    const { instance: InstanceId } = await running(stage)
    await stage.succeed('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdg' })
    await stage.pass(5 * MINUTE)
    expect(images(stage, VolumeId).map(({ size }) => size)).toEqual([3072])
  })

  it('makes disks of that size at a launch, and in an AMI', async () => {
    const { stage, SnapshotId } = await setUp()
    const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId, DeleteOnTermination: false } }]
    const launch = { ImageId: IMAGE, MinCount: 1, MaxCount: 1 }
    const small = [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId, VolumeSize: 2 } }]
    const refused = await stage.perform('RunInstances', { ...launch, BlockDeviceMappings: small })
    expect(refused.error?.code).toBe('InvalidBlockDeviceMapping')
    await stage.succeed('RunInstances', { ...launch, BlockDeviceMappings })
    const { Volumes = [] } = await stage.read<DescribeVolumesResult>('DescribeVolumes', {
      Filters: [{ Name: 'snapshot-id', Values: [SnapshotId] }],
    })
    expect(Volumes.map(({ Size }) => Size)).toEqual([3])
    const root = { DeviceName: '/dev/sda1', Ebs: { SnapshotId } }
    const ami = { Name: 'ami', RootDeviceName: '/dev/sda1', BlockDeviceMappings: [root] }
    const { ImageId = '' } = await stage.succeed<RegisterImageResult>('RegisterImage', ami)
    const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', { ImageIds: [ImageId] })
    expect(Images[0]?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.VolumeSize)).toEqual([3])
  })
})

describe('a snapshot of which a call was refused', () => {
  const INTERNAL = { kind: 'error', code: 8192, message: 'Internal error', times: 1 } as const

  it('is one that many instances can use, as any other', async () => {
    const stage = setStage()
    const { VolumeId = '' } = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa' })
    await stage.pass(MINUTE)
    stage.sandbox.faults.add({ method: 'one.image.persistent', ...INTERNAL })
    expect((await stage.perform('CreateSnapshot', { VolumeId })).error?.status).toBe(500)
    await stage.pass(5 * MINUTE)
    expect(images(stage, 'snap-')).toMatchObject([{ persistent: false }])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is shared with whom it was shared while it was pending', async () => {
    const stage = setStage()
    const { vm, volume } = await running(stage)
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    const { SnapshotId } = await snapshot(stage, volume)
    const CreateVolumePermission = { Add: [{ Group: 'all' }] }
    await stage.succeed('ModifySnapshotAttribute', { SnapshotId, CreateVolumePermission })
    stage.sandbox.setVmState(vm, 3, RUNNING)
    stage.sandbox.faults.add({ method: 'one.image.chmod', ...INTERNAL })
    await stage.pass(5 * MINUTE)
    const Attribute = 'createVolumePermission'
    expect(await stage.read('DescribeSnapshotAttribute', { SnapshotId, Attribute })).toMatchObject({
      CreateVolumePermissions: [{ Group: 'all' }],
    })
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('a snapshot of a volume that leaves its instance before it can be saved', () => {
  const AvailabilityZone = 'opennebulaa'

  /** A volume of 1 GiB at an instance. */
  const setUp = async () => {
    const stage = setStage()
    const { instance, vm } = await running(stage)
    const { VolumeId = '' } = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone })
    await stage.pass(MINUTE)
    await stage.succeed('AttachVolume', { VolumeId, InstanceId: instance, Device: '/dev/sdg' })
    await stage.pass(MINUTE)
    return { stage, instance, vm, VolumeId }
  }

  const expectMade = async (stage: Stage, SnapshotId: string) => {
    const [made, another] = images(stage, 'snap-')
    expect([made?.name, made?.state, made?.size, made?.persistent, another]).toEqual([
      ...[SnapshotId, READY, 1024, false, undefined],
    ])
    expect(await tagsOf(stage, SnapshotId)).toEqual(['a'])
    expect(await stage.unfinished()).toEqual([])
  }

  it('is a copy of the volume, when that is detached', async () => {
    const { stage, VolumeId } = await setUp()
    stage.sandbox.setDelays({ hotplug: 3 * SECOND })
    await stage.succeed('DetachVolume', { VolumeId })
    const { SnapshotId = '', State } = await snapshot(stage, VolumeId)
    expect(State).toBe('pending')
    await stage.pass(5 * MINUTE)
    await expectMade(stage, SnapshotId)
  })

  it('is a copy of the volume, when the instance has ended', async () => {
    const { stage, VolumeId, instance, vm } = await setUp()
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    const { SnapshotId = '' } = await snapshot(stage, VolumeId)
    stage.sandbox.setVmState(vm, 3, RUNNING)
    await stage.succeed('TerminateInstances', { InstanceIds: [instance] })
    await stage.pass(5 * MINUTE)
    await expectMade(stage, SnapshotId)
  })

  it('is a part of an AMI, too', async () => {
    const { stage, VolumeId, instance } = await setUp()
    stage.sandbox.setDelays({ hotplug: 3 * SECOND })
    await stage.succeed('DetachVolume', { VolumeId })
    const input = { InstanceId: instance, Name: 'made', NoReboot: true }
    const { ImageId = '' } = await stage.succeed<CreateImageResult>('CreateImage', input)
    await stage.pass(10 * MINUTE)
    const { Images = [] } = await stage.read<DescribeImagesResult>('DescribeImages', { ImageIds: [ImageId] })
    expect(Images[0]?.State).toBe('available')
  })

  it('waits while nobody can copy the volume, and fails when that lasts', async () => {
    const { stage, VolumeId, vm } = await setUp()
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    const { SnapshotId = '' } = await snapshot(stage, VolumeId)
    const state = async () => {
      const input = { SnapshotIds: [SnapshotId] }
      return (await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', input)).Snapshots?.[0]?.State
    }
    // The volume is still in use then
    stage.sandbox.setVmState(vm, 6)
    await stage.pass(10 * MINUTE)
    expect(await state()).toBe('pending')
    await stage.pass(60 * MINUTE)
    expect(await state()).toBe('error')
  })
})

describe('a snapshot of a volume of a busy instance', () => {
  it('is pending at once, after few requests, and made when the instance is not busy any more', async () => {
    const stage = setStage()
    const { vm, volume } = await running(stage)
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    Object.assign(stage.most, { upstream: 0 })
    const { SnapshotId = '', State, VolumeSize } = await snapshot(stage, volume)
    expect([State, VolumeSize]).toEqual(['pending', 2])
    expect(stage.most.upstream).toBeLessThanOrEqual(4)
    expect(images(stage, 'snap-').map(({ name }) => name)).toEqual([`${SnapshotId}-pending`])
    await stage.succeed('CreateTags', { Resources: [SnapshotId], Tags: [{ Key: 'c', Value: 'd' }] })
    stage.sandbox.setVmState(vm, 3, RUNNING)
    await stage.pass(5 * MINUTE)
    const [made, another] = images(stage, 'snap-')
    expect([made?.name, made?.state, made?.size, another]).toEqual([SnapshotId, READY, 2048, undefined])
    expect(attribute(made?.template, 'EBS_SNAPSHOT')).toBe('YES')
    const tags = new TextDecoder().decode(
      Uint8Array.fromBase64(attribute(made?.template, 'EC2_TAGS'), { alphabet: 'base64url' }),
    )
    expect(JSON.parse(tags)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
    expect(await stage.unfinished()).toEqual([])
  })

  it('keeps a tag that it gets in the moment in which its disk is saved', async () => {
    const stage = setStage()
    const { vm, volume } = await running(stage)
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    const { SnapshotId = '' } = await snapshot(stage, volume)
    stage.sandbox.setVmState(vm, 3, RUNNING)
    const tagging = stage.meanwhile('one.vm.disksaveas', () => tag(stage, SnapshotId))
    await Promise.all([tagging, stage.pass(5 * MINUTE)])
    expect(await tagsOf(stage, SnapshotId)).toEqual(['a', 'c'])
    expect(images(stage, 'snap-').map(({ name }) => name)).toEqual([SnapshotId])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is nothing any more when it is deleted before it is made', async () => {
    const stage = setStage()
    const { vm, volume } = await running(stage)
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    const { SnapshotId } = await snapshot(stage, volume)
    await stage.succeed('DeleteSnapshot', { SnapshotId })
    stage.sandbox.setVmState(vm, 3, RUNNING)
    await stage.pass(5 * MINUTE)
    expect(images(stage, 'snap-')).toEqual([])
    await stage.pass(limits.lateSave.most * SECOND)
    expect(await stage.unfinished()).toEqual([])
  })

  it('fails where its instance is gone, and the disk with it', async () => {
    const stage = setStage()
    const { vm } = await running(stage)
    const Filters = [{ Name: 'attachment.device', Values: ['/dev/sda'] }]
    const { Volumes = [] } = await stage.read<DescribeVolumesResult>('DescribeVolumes', { Filters })
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    await snapshot(stage, Volumes[0]?.VolumeId ?? '')
    stage.sandbox.setVmState(vm, 6)
    await stage.pass(5 * MINUTE)
    expect(images(stage, 'snap-').map(({ template }) => attribute(template, 'EC2_CAPTURE'))).toEqual(['FAILED'])
    await stage.pass(limits.lateSave.most * SECOND)
    expect(await stage.unfinished()).toEqual([])
  })

  it('waits for its turn where there are many, with a few requests a round', async () => {
    const stage = setStage()
    const { vm, volume } = await running(stage)
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    for (let count = 0; count < 8; count++) await snapshot(stage, volume)
    stage.sandbox.setVmState(vm, 3, RUNNING)
    Object.assign(stage.most, { upstream: 0 })
    await stage.pass(60 * MINUTE)
    expect(images(stage, 'snap-').map(({ name, state }) => [name.endsWith('-pending'), state])).toEqual(
      Array.from({ length: 8 }, () => [false, READY]),
    )
    expect(stage.most.upstream).toBeLessThan(10)
    expect(await stage.unfinished()).toEqual([])
  })

  it('is no image and no source of a copy before it is made', async () => {
    const stage = setStage()
    const { vm, volume } = await running(stage)
    stage.sandbox.setVmState(vm, 3, HOTPLUG)
    const { SnapshotId } = await snapshot(stage, volume)
    const BlockDeviceMappings = [{ DeviceName: '/dev/sda', Ebs: { SnapshotId } }]
    const register = { Name: 'early', RootDeviceName: '/dev/sda', BlockDeviceMappings }
    expect((await stage.perform('RegisterImage', register)).error?.code).toBe('IncorrectState')
    const copy = { SourceSnapshotId: SnapshotId, SourceRegion: 'here', DestinationRegion: 'here' }
    expect((await stage.perform('CopySnapshot', copy)).error?.code).toBe('IncorrectState')
  })
})

describe('snapshots of all volumes of an instance', () => {
  const create = (InstanceId: string) => ({ InstanceSpecification: { InstanceId }, Description: 'together' })
  const shown = async (stage: Stage) => {
    const { Snapshots = [] } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', {})
    return Snapshots.filter(({ Description }) => Description === 'together')
  }

  it('are pending in their own sizes, and completed one after the other', async () => {
    const stage = setStage()
    const { instance, vm, volume } = await running(stage)
    Object.assign(stage.most, { upstream: 0 })
    const { Snapshots = [] } = await stage.succeed<CreateSnapshotsResult>('CreateSnapshots', create(instance))
    expect(stage.most.upstream).toBeLessThanOrEqual(3)
    expect(Snapshots.map(({ VolumeSize, State, VolumeId }) => [VolumeSize, State, VolumeId])).toEqual([
      [1, 'pending', expect.stringMatching(/^vol-/)],
      [2, 'pending', volume],
    ])
    expect(stage.vms().find(({ id }) => id === vm)).toMatchObject({ state: 3, lcm: RUNNING })
    await stage.pass(10 * MINUTE)
    expect((await shown(stage)).map(({ State, VolumeSize, SnapshotId }) => [State, VolumeSize, SnapshotId])).toEqual(
      expect.arrayContaining(Snapshots.map(({ SnapshotId, VolumeSize }) => ['completed', VolumeSize, SnapshotId])),
    )
    expect(await stage.unfinished()).toEqual([])
  })

  it('are all there or none, wherever the request is killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const { instance } = await running(stage)
      stage.killAt(step)
      await stage.perform('CreateSnapshots', create(instance)).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(60 * MINUTE)
      const states = (await shown(stage)).map(({ State }) => State)
      expect([[], ['completed', 'completed']]).toContainEqual(states)
      expect(await stage.unfinished()).toEqual([])
      if (!wasKilled) return expect(states).toHaveLength(2)
    }
  }, 60_000)

  it('leave out what they are told to, and nothing that is no data volume of the instance', async () => {
    const stage = setStage()
    const { instance, volume } = await running(stage)
    const InstanceSpecification = { InstanceId: instance, ExcludeDataVolumeIds: [volume] }
    const { Snapshots = [] } = await stage.succeed<CreateSnapshotsResult>('CreateSnapshots', { InstanceSpecification })
    expect(Snapshots.map(({ VolumeSize }) => VolumeSize)).toEqual([1])
    const [root = ''] = Snapshots.flatMap(({ VolumeId }) => VolumeId ?? [])
    const refused = async (specification: object) => {
      const input = { InstanceSpecification: { InstanceId: instance, ...specification } }
      return (await stage.perform('CreateSnapshots', input)).error?.code
    }
    expect(await refused({ ExcludeDataVolumeIds: [root] })).toBe('InvalidParameterValue')
    expect(await refused({ ExcludeDataVolumeIds: ['vol-0123456789abcdef0'] })).toBe('InvalidParameterValue')
    expect(await refused({ ExcludeDataVolumeIds: [volume], ExcludeBootVolume: true })).toBe(
      'InvalidParameterCombination',
    )
    expect(await refused({ InstanceId: 'i-0123456789abcdef0' })).toBe('InvalidInstanceID.NotFound')
  })
})
