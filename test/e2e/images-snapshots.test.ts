// AMIs and the snapshots that they are made of: things of their own, each with its id, tags, description and life.
import {
  CopyImageCommand,
  CopySnapshotCommand,
  CreateImageCommand,
  type CreateImageCommandInput,
  CreateTagsCommand,
  CreateVolumeCommand,
  type CreateVolumePermissionModifications,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  type EC2Client,
  type Image,
  type LaunchPermissionModifications,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RegisterImageCommand,
  type RegisterImageCommandInput,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  type Snapshot,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
  waitUntilInstanceTerminated,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { element, client as rpc } from '../sandbox/rpc.ts'
import { anImage, call, control, ec2, sandbox, until, upstream, WAITING } from './cloud.ts'

const client = ec2()
const rival = ec2('rival')
/** OpenNebula, for its own tools. */
const one = rpc(new URL('/RPC2', control).href, 'helen:helen')
const waiting = { client, ...WAITING }
/** Stopped for good, with a root disk and two volumes of 2 and 4 GiB. */
let off = ''

beforeAll(async () => {
  const launched = await client.send(
    new RunInstancesCommand({
      ImageId: await anImage(),
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 2 } },
        { DeviceName: '/dev/sdg', Ebs: { VolumeSize: 4, VolumeType: 'gp3', DeleteOnTermination: false } },
      ],
    }),
  )
  off = launched.Instances?.[0]?.InstanceId ?? ''
  const InstanceIds = [off]
  await waitUntilInstanceRunning(waiting, { InstanceIds })
  await client.send(new StopInstancesCommand({ InstanceIds }))
  await waitUntilInstanceStopped(waiting, { InstanceIds })
})

afterAll(() => client.send(new TerminateInstancesCommand({ InstanceIds: [off] })))

let names = 0
const name = () => `disks test ${++names}`

const ONLY_ROOT = [
  { DeviceName: '/dev/sdf', NoDevice: '' },
  { DeviceName: '/dev/sdg', NoDevice: '' },
]

async function create(input: Partial<CreateImageCommandInput> = {}): Promise<string> {
  const { ImageId = '' } = await client.send(new CreateImageCommand({ InstanceId: off, Name: name(), ...input }))
  return ImageId
}

async function created(input: Partial<CreateImageCommandInput> = {}): Promise<Image> {
  const ImageId = await create({ BlockDeviceMappings: ONLY_ROOT, ...input })
  await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
  return described(ImageId)
}

const described = async (ImageId: string | undefined): Promise<Image> => {
  const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [ImageId ?? ''] }))
  return Images?.[0] ?? {}
}

const snapshotsOf = ({ BlockDeviceMappings = [] }: Image) =>
  BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? [])

async function snapshot(SnapshotId: string): Promise<Snapshot> {
  const { Snapshots } = await client.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }))
  return Snapshots?.[0] ?? {}
}

const deregister = (ImageId: string | undefined, DeleteAssociatedSnapshots?: boolean) =>
  client.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots }))

const drop = (SnapshotId: string) => client.send(new DeleteSnapshotCommand({ SnapshotId }))

const failing = (code: string): unknown => expect.objectContaining({ name: code })

/** Whether OpenNebula has anything of these names. */
async function isLeft(...ids: (string | undefined)[]): Promise<boolean> {
  const text = JSON.stringify(await sandbox('GET', 'snapshot'))
  return ids.some(id => text.includes(`"name":"${id}`))
}

describe('the snapshot of an image', () => {
  it('has its own id, description and tags', async () => {
    const image = await created({
      TagSpecifications: [
        { ResourceType: 'image', Tags: [{ Key: 'of', Value: 'image' }] },
        { ResourceType: 'snapshot', Tags: [{ Key: 'of', Value: 'snapshot' }] },
      ],
    })
    const [id = ''] = snapshotsOf(image)
    expect(id).toMatch(/^snap-[1-9a-f][0-9a-f]{16}$/)
    expect(await snapshot(id)).toMatchObject({
      SnapshotId: id,
      State: 'completed',
      Description: `Created by CreateImage(${off}) for ${image.ImageId}`,
      Tags: [{ Key: 'of', Value: 'snapshot' }],
    })
    await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'more', Value: 's' }] }))
    await client.send(new CreateTagsCommand({ Resources: [image.ImageId ?? ''], Tags: [{ Key: 'more', Value: 'i' }] }))
    await client.send(new DeleteTagsCommand({ Resources: [image.ImageId ?? ''], Tags: [{ Key: 'of' }] }))
    expect((await described(image.ImageId)).Tags).toEqual([{ Key: 'more', Value: 'i' }])
    const tags = [
      { Key: 'of', Value: 'snapshot' },
      { Key: 'more', Value: 's' },
    ]
    expect((await snapshot(id)).Tags).toEqual(tags)
    const Filters = [{ Name: 'resource-id', Values: [id, image.ImageId ?? ''] }]
    const listed = (await client.send(new DescribeTagsCommand({ Filters }))).Tags ?? []
    expect(listed.map(({ ResourceType, Key, Value }) => [ResourceType, Key, Value])).toEqual([
      ['image', 'more', 'i'],
      ['snapshot', 'more', 's'],
      ['snapshot', 'of', 'snapshot'],
    ])
    await deregister(image.ImageId, true)
  })

  it('outlives it, and is deleted by itself', async () => {
    const image = await created({ TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'a', Value: 'b' }] }] })
    const [id = ''] = snapshotsOf(image)
    const before = await snapshot(id)
    await client.send(
      new ModifyImageAttributeCommand({ ImageId: image.ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } }),
    )
    await expect(drop(id)).rejects.toMatchObject({
      name: 'InvalidSnapshot.InUse',
      message: `The snapshot ${id} is currently in use by ${image.ImageId}`,
    })
    const requests = await upstream(() => deregister(image.ImageId))
    expect(requests.length).toBeLessThanOrEqual(3)
    const images = (by: EC2Client) => by.send(new DescribeImagesCommand({ ImageIds: [image.ImageId ?? ''] }))
    // To its owner it was there; others have never heard of it
    expect((await images(client)).Images).toEqual([])
    await expect(images(rival)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    await expect(deregister(image.ImageId)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    expect(await snapshot(id)).toEqual(before)
    // What was shared was the image
    const seen = rival.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))
    await expect(seen).rejects.toThrow(failing('InvalidSnapshot.NotFound'))
    await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'c' }] }))
    expect((await snapshot(id)).Tags).toEqual([{ Key: 'a', Value: 'c' }])
    const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', SnapshotId: id }))
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [VolumeId] })
    await drop(id)
    await expect(snapshot(id)).rejects.toThrow(failing('InvalidSnapshot.NotFound'))
    await until('the end of it', async () => !(await isLeft(image.ImageId)))
  })

  it('of an uploaded image is the same, by its number', async () => {
    const image = await created()
    const copy = await client.send(
      new CopyImageCommand({ SourceImageId: image.ImageId, SourceRegion: 'opennebula', Name: name() }),
    )
    await waitUntilImageAvailable(waiting, { ImageIds: [copy.ImageId ?? ''] })
    const [own = ''] = snapshotsOf(await described(copy.ImageId))
    expect(snapshotsOf(image)).not.toContain(own)
    // As `terraform destroy` does
    await deregister(copy.ImageId)
    await drop(own)
    expect(await described(image.ImageId)).toMatchObject({ State: 'available' })
    await deregister(image.ImageId, true)
  })

  it('goes with it where that is asked for, unless another image is made of it', async () => {
    const image = await created()
    const [id = ''] = snapshotsOf(image)
    const BlockDeviceMappings = [{ DeviceName: '/dev/sda', Ebs: { SnapshotId: id } }]
    const register = () => client.send(new RegisterImageCommand({ Name: name(), BlockDeviceMappings }))
    const other = await register()
    await waitUntilImageAvailable(waiting, { ImageIds: [other.ImageId ?? ''] })
    expect((await deregister(image.ImageId, true)).DeleteSnapshotResults).toEqual([
      { SnapshotId: id, ReturnCode: 'skipped' },
    ])
    await expect(drop(id)).rejects.toMatchObject({
      name: 'InvalidSnapshot.InUse',
      message: `The snapshot ${id} is currently in use by ${other.ImageId}`,
    })
    await deregister(other.ImageId)
    await until('the end of the copy', async () => !(await isLeft(other.ImageId)))
    expect((await snapshot(id)).State).toBe('completed')
    const again = await register()
    await waitUntilImageAvailable(waiting, { ImageIds: [again.ImageId ?? ''] })
    const requests = await upstream(async () => {
      expect((await deregister(again.ImageId, true)).DeleteSnapshotResults).toEqual([
        { SnapshotId: id, ReturnCode: 'success' },
      ])
    })
    expect(requests.length).toBeLessThanOrEqual(3)
    await expect(snapshot(id)).rejects.toThrow(failing('InvalidSnapshot.NotFound'))
    await until('the end of it', async () => !(await isLeft(image.ImageId, again.ImageId)))
  })
})

describe('an image of several disks', () => {
  it('has a snapshot of each, and is pending until all are there', async () => {
    let ImageId = ''
    const requests = await upstream(async () => {
      ImageId = await create({
        BlockDeviceMappings: [
          { DeviceName: '/dev/sda', Ebs: { VolumeType: 'io1', VolumeSize: 8, Iops: 100, DeleteOnTermination: false } },
          { DeviceName: '/dev/sdf', Ebs: { VolumeType: 'gp3', Throughput: 200, VolumeSize: 3 } },
        ],
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'a', Value: 'b' }] }],
      })
    })
    expect(requests.length).toBeLessThanOrEqual(3)
    const pending = await described(ImageId)
    const ids = snapshotsOf(pending)
    expect([pending.State, new Set(ids).size]).toEqual(['pending', 3])
    const listed = async (): Promise<string[]> => {
      const { Images = [] } = await client.send(new DescribeImagesCommand({ Owners: ['self'] }))
      const { Snapshots = [] } = await client.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }))
      return [...Images.map(image => image.ImageId), ...Snapshots.map(each => each.SnapshotId)].filter(
        id => id === ImageId || ids.includes(id ?? ''),
      ) as string[]
    }
    await until('the image', async () => {
      expect((await listed()).toSorted()).toEqual([ImageId, ...ids].toSorted())
      const { State } = await described(ImageId)
      const states = await Promise.all(ids.map(async id => (await snapshot(id)).State))
      if (State !== 'available') return false
      expect(states).toEqual(['completed', 'completed', 'completed'])
      return true
    })
    expect((await described(ImageId)).BlockDeviceMappings).toMatchObject([
      {
        DeviceName: '/dev/sda',
        Ebs: { SnapshotId: ids[0], VolumeSize: 8, VolumeType: 'io1', Iops: 100, DeleteOnTermination: false },
      },
      {
        DeviceName: '/dev/sdf',
        Ebs: { SnapshotId: ids[1], VolumeSize: 3, VolumeType: 'gp3', Throughput: 200, DeleteOnTermination: true },
      },
      {
        DeviceName: '/dev/sdg',
        Ebs: { SnapshotId: ids[2], VolumeSize: 4, VolumeType: 'gp3', DeleteOnTermination: false },
      },
    ])
    expect(await snapshot(ids[2] ?? '')).toMatchObject({ VolumeSize: 4, Tags: [{ Key: 'a', Value: 'b' }] })
    await expect(drop(ids[1] ?? '')).rejects.toThrow(failing('InvalidSnapshot.InUse'))
    const copying = new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: 'opennebula', Name: name() })
    const copy = await client.send(copying)
    await waitUntilImageAvailable(waiting, { ImageIds: [copy.ImageId ?? ''] })
    const copied = await described(copy.ImageId)
    expect(copied.BlockDeviceMappings?.map(({ DeviceName, Ebs }) => [DeviceName, Ebs?.VolumeSize, Ebs?.Iops])).toEqual([
      ['/dev/sda', 8, 100],
      ['/dev/sdf', 3, undefined],
      ['/dev/sdg', 4, undefined],
    ])
    expect(snapshotsOf(copied).filter(id => ids.includes(id))).toEqual([])
    expect((await deregister(copy.ImageId, true)).DeleteSnapshotResults).toHaveLength(3)
    await until('the end of the copy', async () => !(await isLeft(copy.ImageId, ...snapshotsOf(copied))))
    await deregister(ImageId)
    expect((await Promise.all(ids.map(snapshot))).map(({ State }) => State)).toEqual(ids.map(() => 'completed'))
    for (const id of ids) await drop(id)
    await until('the end of all', async () => !(await isLeft(ImageId, ...ids)))
  })

  it('leaves out what is not to be a part of it, and refuses what cannot be', async () => {
    const refused = async (mapping: Record<string, string>) => {
      const members: Record<string, string> = {}
      for (const [key, value] of Object.entries(mapping)) members[`BlockDeviceMapping.1.${key}`] = value
      const answer = await call('CreateImage', { InstanceId: off, Name: name(), ...members })
      return answer.code
    }
    expect(await refused({ DeviceName: '/dev/sda', NoDevice: '' })).toBe('InvalidBlockDeviceMapping')
    expect(await refused({ DeviceName: '/dev/sdz', 'Ebs.VolumeType': 'gp3' })).toBe('MissingParameter')
    expect(await refused({ DeviceName: '/dev/sdz', 'Ebs.VolumeSize': '0' })).toBe('InvalidParameterValue')
    expect(await refused({ DeviceName: 'nowhere', 'Ebs.VolumeSize': '1' })).toBe('InvalidBlockDeviceMapping')
    expect(await refused({ DeviceName: '/dev/sdf', 'Ebs.VolumeSize': '1' })).toBe('InvalidBlockDeviceMapping')
    expect(await refused({ DeviceName: '/dev/sdf', 'Ebs.VolumeType': 'gp2', 'Ebs.Iops': '100' })).toBe(
      'InvalidParameterCombination',
    )
    // Another name of the same device
    const image = await created({ BlockDeviceMappings: [{ DeviceName: '/dev/xvdf', NoDevice: '' }] })
    expect(image.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName)).toEqual(['/dev/sda', '/dev/sdg'])
    await deregister(image.ImageId, true)
  })

  it('is registered by its snapshots, each of which it uses', async () => {
    const source = await created({ BlockDeviceMappings: [{ DeviceName: '/dev/sdg', NoDevice: '' }] })
    const [root = '', data = ''] = snapshotsOf(source)
    await deregister(source.ImageId)
    const registered = await client.send(
      new RegisterImageCommand({
        Name: name(),
        RootDeviceName: '/dev/sda1',
        BlockDeviceMappings: [
          { DeviceName: '/dev/sdh', Ebs: { SnapshotId: data, VolumeType: 'io2', Iops: 200, VolumeSize: 4 } },
          { DeviceName: '/dev/sda1', Ebs: { SnapshotId: root, DeleteOnTermination: false } },
        ],
      }),
    )
    await waitUntilImageAvailable(waiting, { ImageIds: [registered.ImageId ?? ''] })
    expect((await described(registered.ImageId)).BlockDeviceMappings).toMatchObject([
      { DeviceName: '/dev/sda1', Ebs: { SnapshotId: root, VolumeSize: 1, DeleteOnTermination: false } },
      { DeviceName: '/dev/sdh', Ebs: { SnapshotId: data, VolumeSize: 4, VolumeType: 'io2', Iops: 200 } },
    ])
    await expect(drop(data)).rejects.toThrow(failing('InvalidSnapshot.InUse'))
    expect((await deregister(registered.ImageId, true)).DeleteSnapshotResults).toEqual([
      { SnapshotId: root, ReturnCode: 'success' },
      { SnapshotId: data, ReturnCode: 'success' },
    ])
    await until('the end of all', async () => !(await isLeft(registered.ImageId, source.ImageId, data)))
  })
})

describe('an image with an empty volume', () => {
  const EMPTY = {
    DeviceName: '/dev/sdh',
    Ebs: { VolumeSize: 5, VolumeType: 'gp3', Throughput: 200, DeleteOnTermination: false },
  } as const
  const ROOT = '/dev/sda'

  /** The volumes of an instance, by their devices. */
  async function launched(
    ImageId: string | undefined,
    BlockDeviceMappings: RunInstancesCommandInput['BlockDeviceMappings'],
  ) {
    const { Instances } = await client.send(
      new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, BlockDeviceMappings }),
    )
    const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
    await waitUntilInstanceRunning(waiting, { InstanceIds })
    const Filters = [{ Name: 'attachment.instance-id', Values: InstanceIds }]
    const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ Filters }))
    await client.send(new TerminateInstancesCommand({ InstanceIds }))
    await waitUntilInstanceTerminated(waiting, { InstanceIds })
    const kept = Volumes.filter(({ Attachments }) => Attachments?.[0]?.DeleteOnTermination === false)
    for (const { VolumeId } of kept) await client.send(new DeleteVolumeCommand({ VolumeId }))
    return new Map(Volumes.map(volume => [volume.Attachments?.[0]?.Device ?? '', volume]))
  }

  const mappings = ({ BlockDeviceMappings = [] }: Image) => BlockDeviceMappings.slice(-1)

  const SHOWN = [{ ...EMPTY, Ebs: { ...EMPTY.Ebs, Encrypted: false } }]

  it('is made of an instance, launched with it or without, and copied with it', async () => {
    const image = await created({ BlockDeviceMappings: [{ DeviceName: '/dev/sdg', NoDevice: '' }, EMPTY] })
    expect(mappings(image)).toEqual(SHOWN)
    const { ImageId = '' } = image
    const born = await launched(ImageId, [])
    expect(born.get('/dev/sdh')).toMatchObject({ Size: 5, VolumeType: 'gp3', Throughput: 200, SnapshotId: '' })
    expect([...(await launched(ImageId, [{ DeviceName: '/dev/sdh', NoDevice: '' }])).keys()].toSorted()).toEqual([
      ROOT,
      '/dev/sdf',
    ])
    const other = await launched(ImageId, [
      { DeviceName: '/dev/sdh', Ebs: { VolumeSize: 6, DeleteOnTermination: true } },
    ])
    expect(other.get('/dev/sdh')).toMatchObject({ Size: 6, VolumeType: 'gp3', Throughput: 200 })
    const [root = '', of = ''] = snapshotsOf(image)
    const filled = await launched(ImageId, [{ DeviceName: '/dev/sdh', Ebs: { SnapshotId: of } }])
    expect(filled.get('/dev/sdh')).toMatchObject({ SnapshotId: of, VolumeType: 'gp3' })

    const copying = new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: 'opennebula', Name: name() })
    const copy = await client.send(copying)
    await waitUntilImageAvailable(waiting, { ImageIds: [copy.ImageId ?? ''] })
    const copied = await described(copy.ImageId)
    expect(mappings(copied)).toEqual(SHOWN)
    expect((await deregister(copy.ImageId, true)).DeleteSnapshotResults).toHaveLength(2)
    await deregister(ImageId)
    for (const id of [root, of]) await drop(id)
    await until('the end of all', async () => !(await isLeft(ImageId, root, of, copy.ImageId, ...snapshotsOf(copied))))
  })

  it('is registered by the snapshot of its root', async () => {
    const source = await created()
    const [root = ''] = snapshotsOf(source)
    await deregister(source.ImageId)
    const register = (input: Partial<RegisterImageCommandInput>) =>
      client.send(new RegisterImageCommand({ Name: name(), RootDeviceName: ROOT, ...input }))
    const { ImageId = '' } = await register({
      BlockDeviceMappings: [EMPTY, { DeviceName: ROOT, Ebs: { SnapshotId: root } }],
    })
    await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    expect(mappings(await described(ImageId))).toEqual(SHOWN)
    expect((await launched(ImageId, [])).get('/dev/sdh')).toMatchObject({ Size: 5, VolumeType: 'gp3', Throughput: 200 })
    expect((await deregister(ImageId, true)).DeleteSnapshotResults).toEqual([
      { SnapshotId: root, ReturnCode: 'success' },
    ])
    const wrong = [
      EMPTY,
      { DeviceName: ROOT, Ebs: { SnapshotId: root } },
      { ...EMPTY, DeviceName: '/dev/sdi', Ebs: { VolumeType: 'gp3' as const } },
    ]
    await expect(register({ BlockDeviceMappings: wrong })).rejects.toThrow(failing('MissingParameter'))
    const none = register({ BlockDeviceMappings: [{ DeviceName: ROOT, Ebs: { VolumeSize: 1 } }] })
    await expect(none).rejects.toThrow(failing('MissingParameter'))
  })
})

describe('an image of several disks that is for others', () => {
  const RIVAL = '000000000003'
  const permit = (ImageId: string | undefined, LaunchPermission: LaunchPermissionModifications) =>
    client.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission }))
  const open = (SnapshotId: string, CreateVolumePermission: CreateVolumePermissionModifications) =>
    client.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission }))

  /** What OpenNebula lets others do with an image, and what is noted of it. */
  async function isOpen(id: string): Promise<boolean> {
    const { value } = await one('one.imagepool.info', -1, -1, -1)
    const [document] = value.match(new RegExp(`<IMAGE>(?:(?!</IMAGE>)[^])*<NAME>${id}</NAME>[^]*?</IMAGE>`)) ?? ['']
    return element(document, 'GROUP_U') === '1' || element(document, 'OTHER_U') === '1'
  }

  async function launches(ImageId: string | undefined, mappings?: RunInstancesCommandInput['BlockDeviceMappings']) {
    const input = { ImageId, MinCount: 1, MaxCount: 1, BlockDeviceMappings: mappings }
    const { Instances } = await rival.send(new RunInstancesCommand(input))
    const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
    await waitUntilInstanceRunning({ ...waiting, client: rival }, { InstanceIds })
    const Filters = [{ Name: 'attachment.instance-id', Values: InstanceIds }]
    const { Volumes = [] } = await rival.send(new DescribeVolumesCommand({ Filters }))
    await rival.send(new TerminateInstancesCommand({ InstanceIds }))
    return Volumes.map(({ SnapshotId }) => SnapshotId)
  }

  /** Whether the other account finds a snapshot in any way but the launch of an image. */
  async function isSeen(id: string, launchable: string | undefined): Promise<boolean> {
    const { Snapshots = [] } = await rival.send(new DescribeSnapshotsCommand({}))
    const isListed = Snapshots.some(({ SnapshotId }) => SnapshotId === id)
    const mapping = { DeviceName: '/dev/sdq', Ebs: { SnapshotId: id } }
    const attempts = [
      () => rival.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] })),
      () => rival.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', SnapshotId: id, DryRun: true })),
      () => rival.send(new CopySnapshotCommand({ SourceSnapshotId: id, SourceRegion: 'opennebula', DryRun: true })),
      ...(launchable === undefined ? [] : [() => launches(launchable, [mapping])]),
    ]
    const names = await Promise.all(attempts.map(attempt => attempt().then(String, (error: Error) => error.name)))
    expect(new Set(names.map(name => name === 'InvalidSnapshot.NotFound')).size).toBe(1)
    expect(names[0] === 'InvalidSnapshot.NotFound').toBe(!isListed)
    return isListed
  }

  const withoutG = { BlockDeviceMappings: [{ DeviceName: '/dev/sdg', NoDevice: '' }] }

  it('is launched with all of them, which are not seen by themselves', async () => {
    const { ImageId } = await created(withoutG)
    const [root = '', data = ''] = snapshotsOf(await described(ImageId))
    const requests = await upstream(() => permit(ImageId, { Add: [{ UserId: RIVAL }] }))
    expect(requests.length).toBeLessThanOrEqual(4)
    expect(await launches(ImageId)).toEqual(expect.arrayContaining([data]))
    expect(await isSeen(data, ImageId)).toBe(false)
    expect((await snapshot(data)).SnapshotId).toBe(data)
    const shown = await client.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId: data, Attribute: 'createVolumePermission' }),
    )
    expect(shown.CreateVolumePermissions).toEqual([])
    const copying = new CopyImageCommand({ SourceImageId: ImageId, SourceRegion: 'opennebula', Name: name() })
    await expect(rival.send(copying)).rejects.toThrow(failing('InvalidRequest'))

    // Once more, for all, and back
    await permit(ImageId, { Add: [{ UserId: RIVAL }] })
    await permit(ImageId, { Add: [{ Group: 'all' }], Remove: [{ UserId: RIVAL }] })
    expect(await launches(ImageId)).toEqual(expect.arrayContaining([data]))
    expect(await isSeen(data, ImageId)).toBe(false)
    await permit(ImageId, { Remove: [{ Group: 'all' }] })
    await expect(launches(ImageId)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    expect(await isOpen(data)).toBe(false)

    await permit(ImageId, { Add: [{ UserId: RIVAL }] })
    expect(await isOpen(data)).toBe(true)
    await deregister(ImageId)
    expect([await isOpen(data), await isOpen(ImageId ?? '')]).toEqual([false, false])
    for (const id of [root, data]) await drop(id)
  })

  it('leaves a snapshot shared that is shared by itself, and one that another image has', async () => {
    const { ImageId } = await created(withoutG)
    const [root = '', data = ''] = snapshotsOf(await described(ImageId))
    const BlockDeviceMappings = [
      { DeviceName: '/dev/sda', Ebs: { SnapshotId: data } },
      // The root of the first is another disk of this one
      { DeviceName: '/dev/sdg', Ebs: { SnapshotId: root } },
      { DeviceName: '/dev/sdf', Ebs: { SnapshotId: data } },
    ]
    const other = await client.send(
      new RegisterImageCommand({ Name: name(), RootDeviceName: '/dev/sda', BlockDeviceMappings }),
    )
    await waitUntilImageAvailable(waiting, { ImageIds: [other.ImageId ?? ''] })
    await permit(other.ImageId, { Add: [{ UserId: RIVAL }] })
    // The first image is open for the sake of its root, and is not seen for that
    expect(await isOpen(ImageId ?? '')).toBe(true)
    await expect(launches(ImageId)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
    expect((await described(ImageId)).Public).toBe(false)
    expect(await isSeen(root, other.ImageId)).toBe(false)
    expect(await launches(other.ImageId)).toEqual(expect.arrayContaining([root, data]))

    await permit(ImageId, { Add: [{ Group: 'all' }] })
    await open(data, { Add: [{ UserId: RIVAL }] })
    expect(await isSeen(data, undefined)).toBe(true)
    await permit(other.ImageId, { Remove: [{ UserId: RIVAL }] })
    expect(await launches(ImageId)).toEqual(expect.arrayContaining([data]))
    await permit(ImageId, { Remove: [{ Group: 'all' }] })
    expect([await isSeen(data, undefined), await isOpen(ImageId ?? '')]).toEqual([true, false])

    // By itself it is taken back, and the image keeps it
    await permit(other.ImageId, { Add: [{ UserId: RIVAL }] })
    await open(data, { Remove: [{ UserId: RIVAL }] })
    expect([await isSeen(data, undefined), await isOpen(data)]).toEqual([false, true])
    expect(await launches(other.ImageId)).toEqual(expect.arrayContaining([root, data]))
    // What the first image leaves is still a disk of the other
    await deregister(ImageId)
    expect([await isSeen(root, undefined), await isOpen(ImageId ?? '')]).toEqual([false, true])
    expect(await launches(other.ImageId)).toEqual(expect.arrayContaining([root, data]))
    await deregister(other.ImageId)
    expect(await Promise.all([data, ImageId ?? '', other.ImageId ?? ''].map(isOpen))).toEqual([false, false, false])
    for (const id of [root, data]) await drop(id)
  })

  it('is refused while it is being made', async () => {
    const ImageId = await create(withoutG)
    await expect(permit(ImageId, { Add: [{ UserId: RIVAL }] })).rejects.toThrow(failing('InvalidAMIID.Unavailable'))
    await waitUntilImageAvailable(waiting, { ImageIds: [ImageId] })
    await deregister(ImageId, true)
  })
})

describe('what is deleted while it is being made', () => {
  it('is gone at once, and leaves nothing', async () => {
    await sandbox('POST', 'clock', { delays: { saveas: 500, clone: 500, image: 500 } })
    try {
      const whole = await create()
      const ids = snapshotsOf(await described(whole))
      await deregister(whole)
      for (const id of ids) await expect(snapshot(id)).rejects.toThrow(failing('InvalidSnapshot.NotFound'))
      const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1 }))
      expect((await call('DeleteVolume', { VolumeId })).status).toBe(200)
      const base = await anImage()
      const copy = await client.send(
        new CopyImageCommand({ SourceImageId: base, SourceRegion: 'opennebula', Name: name() }),
      )
      await deregister(copy.ImageId)
      await expect(described(copy.ImageId)).rejects.toThrow(failing('InvalidAMIID.NotFound'))
      await until('the end of all', async () => !(await isLeft(whole, ...ids, VolumeId, copy.ImageId)))
    } finally {
      await sandbox('POST', 'clock', { delays: { saveas: 20, clone: 20, image: 20 } })
    }
  })
})
