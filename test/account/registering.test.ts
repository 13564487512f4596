// RegisterImage of a disk that OpenNebula fetches: what is said of the AMI, of its other disks and of its snapshot.
import type { DescribeImagesResult, DescribeSnapshotsResult, RegisterImageResult } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { aDisk, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ImageLocation = 'https://images.example.org/disk.img'
const SNAPSHOT = 'snap-00000001'

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(aDisk()))
})
afterEach(() => vi.restoreAllMocks())

const seed = {
  images: [
    { name: 'data', owner: 'helen', size: 2048, template: 'EBS_SNAPSHOT="YES"' },
    { name: 'theirs', owner: 'rival', template: 'EBS_SNAPSHOT="YES"' },
  ],
}

const made = ({ sandbox }: Stage) => sandbox.world.images.all().filter(({ name }) => /^ami-[0-9a-f]{17}$/.test(name))

const register = (stage: Stage, input: object = {}) =>
  stage.perform('RegisterImage', { Name: 'fetched', ImageLocation, ...input })

describe('an image that is registered by its address', () => {
  it('is pending, then available, with all that was said of it and its snapshot', async () => {
    const stage = setStage({}, seed)
    const { ImageId = '' } = await stage.succeed<RegisterImageResult>('RegisterImage', {
      ...{ Name: 'fetched', ImageLocation, Description: 'a disk', Architecture: 'arm64', RootDeviceName: '/dev/xvda' },
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 5, VolumeType: 'gp3' } },
        { DeviceName: '/dev/sdb', Ebs: { SnapshotId: SNAPSHOT, VolumeSize: 3, DeleteOnTermination: false } },
        { DeviceName: '/dev/sdc', Ebs: { VolumeSize: 1 } },
      ],
      TagSpecifications: [
        { ResourceType: 'image', Tags: [{ Key: 'of', Value: 'the image' }] },
        { ResourceType: 'snapshot', Tags: [{ Key: 'of', Value: 'the snapshot' }] },
      ],
    })
    expect(stage.most.upstream).toBeLessThanOrEqual(3)
    const described = async () =>
      (await stage.read<DescribeImagesResult>('DescribeImages', { ImageIds: [ImageId] })).Images?.[0]
    expect((await described())?.State).toBe('pending')
    await expect.poll(() => made(stage)[0]?.sha256).toBeDefined()
    await stage.pass(MINUTE)
    const image = await described()
    expect(image).toMatchObject({
      ...{ State: 'available', Name: 'fetched', Description: 'a disk', Architecture: 'arm64' },
      ...{ RootDeviceName: '/dev/xvda', Tags: [{ Key: 'of', Value: 'the image' }] },
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 5, VolumeType: 'gp3' } },
        { DeviceName: '/dev/sdb', Ebs: { SnapshotId: SNAPSHOT, VolumeSize: 3, DeleteOnTermination: false } },
        { DeviceName: '/dev/sdc', Ebs: { VolumeSize: 1 } },
      ],
    })
    const SnapshotId = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? ''
    expect(SnapshotId).toMatch(/^snap-[0-9a-f]{17}$/)
    const { Snapshots } = await stage.read<DescribeSnapshotsResult>('DescribeSnapshots', { SnapshotIds: [SnapshotId] })
    expect(Snapshots).toMatchObject([
      { SnapshotId, VolumeId: 'vol-ffffffff', State: 'completed', Tags: [{ Key: 'of', Value: 'the snapshot' }] },
    ])
    await stage.pass(HOUR)
    expect(await stage.unfinished()).toEqual([])
    await stage.succeed('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 })
  })

  it('has a name that no other AMI of the account has', async () => {
    const stage = setStage({}, seed)
    await stage.succeed('RegisterImage', { Name: 'fetched', ImageLocation })
    expect((await register(stage)).error).toMatchObject({ code: 'InvalidAMIName.Duplicate', status: 400 })
    expect((await register(stage, { Name: undefined })).error?.code).toBe('MissingParameter')
    expect((await register(stage, { Name: 'a?' })).error?.code).toBe('InvalidAMIName.Malformed')
    expect(made(stage)).toHaveLength(1)
  })

  const disk = (DeviceName: string, Ebs: object) => ({ BlockDeviceMappings: [{ DeviceName, Ebs }] })

  it.each<[string, object, string]>([
    ['a snapshot for its root', disk('/dev/sda1', { SnapshotId: SNAPSHOT }), 'InvalidBlockDeviceMapping'],
    [
      'a snapshot that there is not',
      disk('/dev/sdb', { SnapshotId: 'snap-0123456789abcdef0' }),
      'InvalidSnapshot.NotFound',
    ],
    ["another's snapshot", disk('/dev/sdb', { SnapshotId: 'snap-00000002' }), 'InvalidSnapshot.NotFound'],
    [
      'a disk smaller than its snapshot',
      disk('/dev/sdb', { SnapshotId: SNAPSHOT, VolumeSize: 1 }),
      'InvalidBlockDeviceMapping',
    ],
    ['an empty disk of no size', disk('/dev/sdb', {}), 'MissingParameter'],
    [
      'another disk at its root',
      { RootDeviceName: '/dev/sda1', ...disk('/dev/sda', { VolumeSize: 1 }) },
      'InvalidBlockDeviceMapping',
    ],
    ['tags for something else', { TagSpecifications: [{ ResourceType: 'volume', Tags: [] }] }, 'InvalidParameterValue'],
    ['a path', { ImageLocation: '/etc/passwd' }, 'InvalidParameterValue'],
    ['a path in other words', { ImageLocation: 'file:///etc/passwd' }, 'InvalidParameterValue'],
    ['another host', { ImageLocation: 'https://mirror.example.net/disk.img' }, 'InvalidParameterValue'],
    ['an own network', { ImageLocation: 'http://169.254.169.254/latest' }, 'InvalidParameterValue'],
    ['a link of the endpoint', { ImageLocation: 'http://localhost/_image/abc?a=1' }, 'InvalidParameterValue'],
    ['an id that is none', { ImageLocation: 'ami-' }, 'InvalidAMIID.Malformed'],
  ])('is refused with %s', async (_, input, code) => {
    const stage = setStage({}, seed)
    expect((await register(stage, input)).error).toMatchObject({ code, status: 400 })
    expect(made(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is only looked at by a dry run', async () => {
    const stage = setStage({}, seed)
    expect((await register(stage, { DryRun: true })).error?.code).toBe('DryRunOperation')
    expect((await register(stage, { DryRun: true, ImageLocation: 'http://127.0.0.1/' })).error?.code).toBe(
      'InvalidParameterValue',
    )
    expect(made(stage)).toEqual([])
  })

  it('is there once or not at all, wherever its request is killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage({}, seed)
      stage.killAt(step)
      await register(stage).catch(error => expect(error).toBeInstanceOf(Killed))
      if (!stage.disarm()) return
      await stage.pass(HOUR)
      expect(made(stage).length).toBeLessThanOrEqual(1)
      expect(await stage.unfinished()).toEqual([])
    }
  })
})

it.each([
  ['ImportVolume', 'ImportSnapshot'],
  ['ImportInstance', 'ImportImage'],
])('%s is refused, with the way to go', async (action, instead) => {
  await expect(setStage().read(action, {})).rejects.toThrow(instead)
})
