// The whole life of snapshots with AWS's own SDK: of free volumes, attached ones and root disks, and volumes made of them.
import {
  AttachVolumeCommand,
  CopySnapshotCommand,
  CreateSnapshotCommand,
  type CreateSnapshotCommandInput,
  CreateTagsCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  type DescribeSnapshotsCommandInput,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  type Snapshot,
  waitUntilInstanceRunning,
  waitUntilSnapshotCompleted,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2'
import { beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2, sandbox, until, upstream, WAITING } from './cloud.ts'

const client = ec2()
const rival = ec2('rival')
const waiting = { client, ...WAITING }
const OWNER = '000000000002'
const RIVAL = '000000000003'
let ImageId = ''
let InstanceId = ''
let root = ''

beforeAll(async () => {
  ImageId = await anImage()
  const { Instances } = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }))
  InstanceId = Instances?.[0]?.InstanceId ?? ''
  await waitUntilInstanceRunning(waiting, { InstanceIds: [InstanceId] })
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
  root = Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? ''
})

async function aVolume(input: Partial<CreateVolumeCommandInput> = { Size: 1 }): Promise<string> {
  const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', ...input }))
  await waitUntilVolumeAvailable(waiting, { VolumeIds: [VolumeId] })
  return VolumeId
}

async function anAttachedVolume(Device: string): Promise<string> {
  const VolumeId = await aVolume()
  await client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device }))
  await until('the attachment', async () => {
    const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))
    return Volumes?.[0]?.Attachments?.[0]?.State === 'attached'
  })
  return VolumeId
}

const begin = (VolumeId: string, input: Partial<CreateSnapshotCommandInput> = {}) =>
  client.send(new CreateSnapshotCommand({ VolumeId, ...input }))

async function aSnapshot(VolumeId: string, input: Partial<CreateSnapshotCommandInput> = {}): Promise<string> {
  const { SnapshotId = '' } = await begin(VolumeId, input)
  await waitUntilSnapshotCompleted(waiting, { SnapshotIds: [SnapshotId] })
  return SnapshotId
}

async function describeSnapshot(id: string, as = client): Promise<Snapshot> {
  const { Snapshots = [] } = await as.send(new DescribeSnapshotsCommand({ SnapshotIds: [id] }))
  expect(Snapshots).toHaveLength(1)
  return Snapshots[0] ?? {}
}

const list = async (input: DescribeSnapshotsCommandInput, as = client) => {
  const { Snapshots = [] } = await as.send(new DescribeSnapshotsCommand(input))
  return Snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? [])
}

const drop = (SnapshotId: string) => client.send(new DeleteSnapshotCommand({ SnapshotId }))

async function dropVolume(VolumeId: string): Promise<void> {
  await client.send(new DetachVolumeCommand({ VolumeId })).catch(({ name }) => expect(name).toBe('IncorrectState'))
  await waitUntilVolumeAvailable(waiting, { VolumeIds: [VolumeId] })
  await client.send(new DeleteVolumeCommand({ VolumeId }))
}

/** How many upstream requests some work costs. */
const cost = async (work: () => Promise<unknown>): Promise<number> => (await upstream(work)).length

describe('a snapshot', () => {
  it.each<[string, () => Promise<string>]>([
    ['a free volume', () => aVolume()],
    ['an attached volume', () => anAttachedVolume('/dev/sdf')],
    ['a root disk', async () => root],
  ])('of %s is pending, then completed, then gone', async (_, volume) => {
    const VolumeId = await volume()
    const begun = await begin(VolumeId, {
      Description: 'before "it" \\ ☃ 🐧',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'k', Value: 'v' }] }],
    })
    const id = begun.SnapshotId ?? ''
    expect(id).toMatch(/^snap-[1-9a-f][0-9a-f]{16}$/)
    const lasting = {
      VolumeId,
      VolumeSize: 1,
      OwnerId: OWNER,
      Description: 'before "it" \\ ☃ 🐧',
      Encrypted: false,
      Tags: [{ Key: 'k', Value: 'v' }],
    }
    expect(begun).toMatchObject({ ...lasting, State: 'pending' })
    expect(begun.StartTime).toBeInstanceOf(Date)
    await waitUntilSnapshotCompleted(waiting, { SnapshotIds: [id] })
    expect(await describeSnapshot(id)).toMatchObject({ ...lasting, State: 'completed', Progress: '100%' })
    await drop(id)
    await expect(describeSnapshot(id)).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' })
    expect(await list({ OwnerIds: ['self'] })).not.toContain(id)
    if (VolumeId !== root) await dropVolume(VolumeId)
  })

  it('leaves its volume what it was, and its id to it alone', async () => {
    const Tags = [{ Key: 'of', Value: 'the volume' }]
    const VolumeId = await aVolume({ Size: 1, TagSpecifications: [{ ResourceType: 'volume', Tags }] })
    const SnapshotId = await aSnapshot(VolumeId)
    expect((await describeSnapshot(SnapshotId)).Tags).toEqual([])
    const { Volumes } = await client.send(
      new DescribeVolumesCommand({ Filters: [{ Name: 'tag:of', Values: ['the volume'] }] }),
    )
    expect(Volumes?.map(volume => volume.VolumeId)).toEqual([VolumeId])
    await dropVolume(VolumeId)
    expect(await describeSnapshot(SnapshotId)).toMatchObject({ State: 'completed', VolumeId })
    await drop(SnapshotId)
  })

  it('waits for its turn where an instance has several volumes', async () => {
    const volumes = [await anAttachedVolume('/dev/sdg'), await anAttachedVolume('/dev/sdh')]
    const ids = await Promise.all([...volumes, root].map(volume => aSnapshot(volume)))
    const taken = await Promise.all(ids.map(id => describeSnapshot(id)))
    expect(taken.map(({ VolumeId }) => VolumeId)).toEqual([...volumes, root])
    for (const id of ids) await drop(id)
    for (const volume of volumes) await dropVolume(volume)
  })

  it('takes at most three upstream requests', async () => {
    const free = await aVolume()
    const attached = await anAttachedVolume('/dev/sdi')
    const ids: string[] = []
    const taken = (volume: string) =>
      cost(async () => {
        ids.push((await begin(volume)).SnapshotId ?? '')
      })
    expect(await taken(free)).toBe(3)
    expect(await taken(root)).toBe(3)
    await waitUntilSnapshotCompleted(waiting, { SnapshotIds: ids })
    expect(await taken(attached)).toBe(3)
    await waitUntilSnapshotCompleted(waiting, { SnapshotIds: ids })
    const [id = ''] = ids
    expect(await cost(() => describeSnapshot(id))).toBe(1)
    expect(await cost(() => list({ OwnerIds: ['self'] }))).toBe(1)
    const copies: string[] = []
    const copied = cost(async () => {
      const input = { SourceSnapshotId: id, SourceRegion: 'opennebula' }
      copies.push((await client.send(new CopySnapshotCommand(input))).SnapshotId ?? '')
    })
    expect(await copied).toBe(3)
    await waitUntilSnapshotCompleted(waiting, { SnapshotIds: copies })
    for (const each of [...ids, ...copies]) expect(await cost(() => drop(each))).toBe(2)
    await dropVolume(free)
    await dropVolume(attached)
  })
})

describe('what breaks off', () => {
  it('on the way back is no failure', async () => {
    const VolumeId = await aVolume()
    await sandbox('POST', 'faults', { method: 'one.image.clone', times: 1, kind: 'drop', when: 'after' })
    const id = await aSnapshot(VolumeId, { Description: 'once' })
    expect(await list({ Filters: [{ Name: 'volume-id', Values: [VolumeId] }] })).toEqual([id])
    await drop(id)
    await dropVolume(VolumeId)
  })

  it('between the copy and what makes it one is finished later, and is nothing meanwhile', async () => {
    const VolumeId = await aVolume({
      Size: 1,
      TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'half', Value: 'x' }] }],
    })
    await sandbox('POST', 'faults', { method: 'one.image.chtype', times: 1, kind: 'drop', when: 'before' })
    await expect(begin(VolumeId, { Description: 'finished' })).rejects.toMatchObject({ name: 'Unavailable' })
    const half = await client.send(new DescribeVolumesCommand({ Filters: [{ Name: 'tag:half', Values: ['x'] }] }))
    expect(half.Volumes?.map(volume => volume.VolumeId)).toEqual([VolumeId])
    const Filters = [{ Name: 'volume-id', Values: [VolumeId] }]
    const [id = ''] = await until('the snapshot', async () => {
      const found = await list({ Filters })
      return found.length > 0 && found
    })
    await waitUntilSnapshotCompleted(waiting, { SnapshotIds: [id] })
    expect(await describeSnapshot(id)).toMatchObject({ Description: 'finished', VolumeId, Tags: [] })
    await drop(id)
    await dropVolume(VolumeId)
  })
})

describe('a volume of a snapshot', () => {
  it('is one like any other', async () => {
    const source = await aVolume({ Size: 2 })
    const SnapshotId = await aSnapshot(source)
    const ClientToken = crypto.randomUUID()
    const Tags = [{ Key: 'of', Value: 'a snapshot' }]
    const input = {
      SnapshotId,
      ClientToken,
      VolumeType: 'gp3' as const,
      TagSpecifications: [{ ResourceType: 'volume' as const, Tags }],
    }
    const VolumeId = await aVolume(input)
    const again = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', ...input }))
    expect(again.VolumeId).toBe(VolumeId)
    const { Volumes } = await client.send(
      new DescribeVolumesCommand({ Filters: [{ Name: 'snapshot-id', Values: [SnapshotId] }] }),
    )
    expect(Volumes).toHaveLength(1)
    expect(Volumes?.[0]).toMatchObject({ VolumeId, Size: 2, SnapshotId, State: 'available', VolumeType: 'gp3', Tags })
    await client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdp' }))
    await until('the attachment', async () => {
      const described = await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))
      return described.Volumes?.[0]?.Attachments?.[0]?.State === 'attached'
    })
    await drop(SnapshotId)
    for (const id of [VolumeId, source]) await dropVolume(id)
  })

  it('may be larger, and grows when it is attached', async () => {
    const source = await aVolume()
    const SnapshotId = await aSnapshot(source)
    const VolumeId = await aVolume({ SnapshotId, Size: 3 })
    await client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdj' }))
    await until('the growth', async () => {
      const world = JSON.stringify(await sandbox('GET', 'snapshot'))
      return new RegExp(`"name":"${VolumeId}"[^{}]*"size":3072`).test(world)
    })
    const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [VolumeId] }))
    expect(Volumes?.[0]).toMatchObject({ Size: 3, SnapshotId })
    await expect(aVolume({ SnapshotId: await aSnapshot(VolumeId), Size: 1 })).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
    for (const id of [VolumeId, source]) await dropVolume(id)
    await drop(SnapshotId)
  })

  it('may be made of the disk of an AMI', async () => {
    const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [ImageId] }))
    const SnapshotId = Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? ''
    expect(await describeSnapshot(SnapshotId)).toMatchObject({ SnapshotId, State: 'completed', VolumeSize: 1 })
    await expect(drop(SnapshotId)).rejects.toMatchObject({
      name: 'InvalidSnapshot.InUse',
      message: `The snapshot ${SnapshotId} is currently in use by ${ImageId}`,
    })
    await dropVolume(await aVolume({ SnapshotId }))
  })
})

describe('what is refused', () => {
  const unknown = 'snap-1234567890abcdef0'

  it.each<[string, Record<string, string>, string]>([
    ['CreateSnapshot', { VolumeId: 'vol-1234567890abcdef0' }, 'InvalidVolume.NotFound'],
    ['CreateSnapshot', {}, 'MissingParameter'],
    ['DescribeSnapshots', { 'SnapshotId.1': unknown }, 'InvalidSnapshot.NotFound'],
    ['DescribeSnapshots', { 'SnapshotId.1': 'snap_1' }, 'InvalidSnapshotID.Malformed'],
    ['DescribeSnapshots', { 'SnapshotId.1': unknown, MaxResults: '10' }, 'InvalidParameterCombination'],
    ['DescribeSnapshots', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' }, 'InvalidParameterValue'],
    ['DeleteSnapshot', { SnapshotId: unknown }, 'InvalidSnapshot.NotFound'],
    ['CopySnapshot', { SourceSnapshotId: unknown, SourceRegion: 'opennebula' }, 'InvalidSnapshot.NotFound'],
    ['CopySnapshot', { SourceSnapshotId: unknown, SourceRegion: 'elsewhere-1' }, 'InvalidParameterValue'],
    [
      'CopySnapshot',
      { SourceSnapshotId: unknown, SourceRegion: 'opennebula', Encrypted: 'true' },
      'UnsupportedOperation',
    ],
    ['DescribeSnapshotAttribute', { SnapshotId: unknown, Attribute: 'productCodes' }, 'InvalidSnapshot.NotFound'],
    ['ModifySnapshotAttribute', { SnapshotId: unknown, Attribute: 'productCodes' }, 'InvalidParameterValue'],
    ['ModifySnapshotAttribute', { SnapshotId: unknown }, 'InvalidParameterCombination'],
    ['ModifySnapshotAttribute', { SnapshotId: unknown, 'UserId.1': RIVAL }, 'MissingParameter'],
    [
      'ModifySnapshotAttribute',
      { SnapshotId: unknown, OperationType: 'add', 'UserId.1': RIVAL, 'CreateVolumePermission.Remove.1.Group': 'all' },
      'InvalidParameterCombination',
    ],
    [
      'ModifySnapshotAttribute',
      { SnapshotId: unknown, OperationType: 'add', 'UserGroup.1': 'few' },
      'InvalidParameterValue',
    ],
  ])('%s %j', async (action, parameters, code) => {
    const answer = await call(action, parameters)
    expect([answer.code, answer.status]).toEqual([code, 400])
  })

  it('by DryRun is nothing but that', async () => {
    const before = await list({ OwnerIds: ['self'] })
    const answer = await call('CreateSnapshot', { VolumeId: root, DryRun: 'true' })
    expect(answer.code).toBe('DryRunOperation')
    expect(await list({ OwnerIds: ['self'] })).toEqual(before)
  })
})

describe('sharing', () => {
  it('goes by account, or with all', async () => {
    const VolumeId = await aVolume()
    const SnapshotId = await aSnapshot(VolumeId)
    const permissions = async () => {
      const Attribute = 'createVolumePermission' as const
      const shown = await client.send(new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute }))
      return shown.CreateVolumePermissions
    }
    expect(await permissions()).toEqual([])
    await expect(describeSnapshot(SnapshotId, rival)).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' })

    const share = { Add: [{ UserId: RIVAL }] }
    await client.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: share }))
    expect(await permissions()).toEqual([{ UserId: RIVAL }])
    expect(await describeSnapshot(SnapshotId, rival)).toMatchObject({ OwnerId: OWNER })
    expect(await list({ RestorableByUserIds: [RIVAL] })).toContain(SnapshotId)
    expect(await list({ RestorableByUserIds: ['all'] })).not.toContain(SnapshotId)
    expect(await list({ OwnerIds: ['self'] }, rival)).not.toContain(SnapshotId)
    expect(await list({ OwnerIds: [OWNER] }, rival)).toContain(SnapshotId)
    await expect(rival.send(new DeleteSnapshotCommand({ SnapshotId }))).rejects.toMatchObject({
      name: 'UnauthorizedOperation',
    })

    await client.send(
      new ModifySnapshotAttributeCommand({
        SnapshotId,
        OperationType: 'add',
        Attribute: 'createVolumePermission',
        GroupNames: ['all'],
      }),
    )
    expect(await list({ RestorableByUserIds: ['all'] }, rival)).toContain(SnapshotId)
    const copy = await rival.send(new CopySnapshotCommand({ SourceSnapshotId: SnapshotId, SourceRegion: 'opennebula' }))
    expect(await describeSnapshot(copy.SnapshotId ?? '', rival)).toMatchObject({
      OwnerId: RIVAL,
      VolumeId: 'vol-ffffffff',
      Description: '',
    })

    const Remove = [{ UserId: RIVAL }, { Group: 'all' as const }]
    await client.send(new ModifySnapshotAttributeCommand({ SnapshotId, CreateVolumePermission: { Remove } }))
    expect(await permissions()).toEqual([])
    await expect(describeSnapshot(SnapshotId, rival)).rejects.toMatchObject({ name: 'InvalidSnapshot.NotFound' })
    await drop(SnapshotId)
    await dropVolume(VolumeId)
  })
})

describe('listing', () => {
  const tag = { Key: 'snapped', Value: crypto.randomUUID() }
  const mine = { Name: 'tag:snapped', Values: [tag.Value] }
  const ids: string[] = []
  let one: Snapshot = {}

  beforeAll(async () => {
    const VolumeId = await aVolume()
    for (let index = 0; index < 6; index++) {
      const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags: [tag] }]
      ids.push(await aSnapshot(VolumeId, { Description: `number ${index}`, TagSpecifications }))
    }
    one = await describeSnapshot(ids[0] ?? '')
    await dropVolume(VolumeId)
    return async () => {
      for (const id of ids) await drop(id)
    }
  })

  it.each<[string, (snapshot: Snapshot) => string | undefined]>([
    ['description', () => 'number 0'],
    ['encrypted', () => 'false'],
    ['owner-id', () => OWNER],
    ['progress', () => '100%'],
    ['snapshot-id', snapshot => snapshot.SnapshotId],
    ['start-time', snapshot => snapshot.StartTime?.toISOString()],
    ['status', () => 'completed'],
    ['storage-tier', () => 'standard'],
    ['tag-key', () => 'snapped'],
    ['volume-id', snapshot => snapshot.VolumeId],
    ['volume-size', () => '1'],
  ])('filters by %s', async (Name, value) => {
    expect(await list({ Filters: [mine, { Name, Values: [value(one) ?? 'nothing'] }] })).toContain(ids[0])
    expect(await list({ Filters: [mine, { Name, Values: ['something else'] }] })).toEqual([])
  })

  it.each(['owner-alias', 'transfer-type'])('filters by %s, which none has', async Name => {
    expect(await list({ Filters: [mine, { Name, Values: ['*'] }] })).toEqual([])
  })

  it('goes by owner', async () => {
    expect((await list({ OwnerIds: ['self'], Filters: [mine] })).toSorted()).toEqual(ids.toSorted())
    expect(await list({ OwnerIds: ['amazon'], Filters: [mine] })).toEqual([])
    expect((await list({ RestorableByUserIds: ['self'], Filters: [mine] })).length).toBe(ids.length)
  })

  it('comes in pages', async () => {
    const first = await client.send(new DescribeSnapshotsCommand({ Filters: [mine], MaxResults: 5 }))
    expect(first.Snapshots).toHaveLength(5)
    const { NextToken = '' } = first
    const second = await client.send(new DescribeSnapshotsCommand({ Filters: [mine], MaxResults: 5, NextToken }))
    const all = [...(first.Snapshots ?? []), ...(second.Snapshots ?? [])].flatMap(({ SnapshotId }) => SnapshotId ?? [])
    expect(all.toSorted()).toEqual(ids.toSorted())
    expect(second.NextToken).toBeUndefined()
  })

  it('shows tags that were added', async () => {
    const [, id = ''] = ids
    await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'more', Value: 'yes' }] }))
    expect((await describeSnapshot(id)).Tags).toEqual([tag, { Key: 'more', Value: 'yes' }])
  })
})
