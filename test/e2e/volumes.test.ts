// The whole life of volumes with AWS's own SDK: made, attached, grown, detached, deleted; and what is refused on the way.
import {
  AttachVolumeCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeTagsCommand,
  DescribeVolumeAttributeCommand,
  DescribeVolumeStatusCommand,
  DescribeVolumesCommand,
  type DescribeVolumesCommandInput,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  ModifyInstanceAttributeCommand,
  ModifyVolumeAttributeCommand,
  ModifyVolumeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type Volume,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
  waitUntilInstanceTerminated,
  waitUntilVolumeAvailable,
  waitUntilVolumeDeleted,
  waitUntilVolumeInUse,
} from '@aws-sdk/client-ec2'
import { beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2, sandbox, until, upstream, WAITING } from './cloud.ts'

const client = ec2()
const waiting = { client, ...WAITING }
let ImageId = ''
let InstanceId = ''

beforeAll(async () => {
  ImageId = await anImage()
  InstanceId = await aRunningInstance()
})

async function aRunningInstance(input: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const { Instances } = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, ...input }))
  const id = Instances?.[0]?.InstanceId ?? ''
  await waitUntilInstanceRunning(waiting, { InstanceIds: [id] })
  return id
}

const create = async (input: Partial<CreateVolumeCommandInput> = {}): Promise<string> => {
  const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1, ...input }))
  return VolumeId
}

async function anAvailableVolume(input: Partial<CreateVolumeCommandInput> = {}): Promise<string> {
  const id = await create(input)
  await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
  return id
}

async function describeVolume(id: string): Promise<Volume> {
  const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ VolumeIds: [id] }))
  expect(Volumes).toHaveLength(1)
  return Volumes[0] ?? {}
}

const list = async (input: DescribeVolumesCommandInput) => {
  const { Volumes = [] } = await client.send(new DescribeVolumesCommand(input))
  return Volumes.flatMap(({ VolumeId }) => VolumeId ?? [])
}

const attach = (VolumeId: string, Device: string, instance = InstanceId) =>
  client.send(new AttachVolumeCommand({ VolumeId, InstanceId: instance, Device }))

const detach = (VolumeId: string) => client.send(new DetachVolumeCommand({ VolumeId }))

const isAttached = (id: string) =>
  until(`the attachment of ${id}`, async () => (await describeVolume(id)).Attachments?.[0]?.State === 'attached')

async function remove(...ids: string[]): Promise<void> {
  for (const id of ids) {
    if ((await describeVolume(id)).Attachments?.length) await detach(id)
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
    await client.send(new DeleteVolumeCommand({ VolumeId: id }))
  }
}

/** Has OpenNebula take its time for something, in milliseconds. */
async function slowly<T>(delays: Partial<typeof QUICK>, work: () => Promise<T>): Promise<T> {
  await sandbox('POST', 'clock', { delays })
  try {
    return await work()
  } finally {
    await sandbox('POST', 'clock', { delays: QUICK })
  }
}

/** As setup.ts has them. */
const QUICK = { boot: 40, hotplug: 40 }

/** How many upstream requests some work costs. */
const cost = async (work: () => Promise<unknown>): Promise<number> => (await upstream(work)).length

describe('the life of a volume', () => {
  it('goes from creating to deleted, as the waiters of the SDK see it', async () => {
    const created = await client.send(
      new CreateVolumeCommand({
        AvailabilityZone: 'one-b',
        Size: 2,
        VolumeType: 'gp3',
        Iops: 3000,
        Throughput: 125,
        TagSpecifications: [{ ResourceType: 'volume', Tags: [{ Key: 'Name', Value: 'dätä "1"' }] }],
      }),
    )
    const id = created.VolumeId ?? ''
    expect(id).toMatch(/^vol-[1-9a-f][0-9a-f]{16}$/)
    const lasting = {
      VolumeId: id,
      Size: 2,
      VolumeType: 'gp3',
      Iops: 3000,
      Throughput: 125,
      AvailabilityZone: 'one-b',
      SnapshotId: '',
      Encrypted: false,
      MultiAttachEnabled: false,
      Tags: [{ Key: 'Name', Value: 'dätä "1"' }],
    }
    expect(created).toMatchObject({ ...lasting, State: 'creating' })
    expect(created.CreateTime).toBeInstanceOf(Date)
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
    expect(await describeVolume(id)).toMatchObject({ ...lasting, State: 'available', Attachments: [] })

    const instance = await aRunningInstance({ Placement: { AvailabilityZone: 'one-b' } })
    const attached = await attach(id, '/dev/xvdh', instance)
    expect(attached).toMatchObject({ VolumeId: id, InstanceId: instance, Device: '/dev/xvdh', State: 'attaching' })
    await waitUntilVolumeInUse(waiting, { VolumeIds: [id] })
    await isAttached(id)
    const attachment = { InstanceId: instance, Device: '/dev/xvdh', State: 'attached', DeleteOnTermination: false }
    expect(await describeVolume(id)).toMatchObject({ State: 'in-use', Attachments: [attachment] })
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [instance] }))
    const mappings = Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings
    expect(mappings?.[1]).toMatchObject({
      DeviceName: '/dev/xvdh',
      Ebs: { VolumeId: id, Status: 'attached', DeleteOnTermination: false, AttachTime: attached.AttachTime },
    })

    const detached = await client.send(
      new DetachVolumeCommand({ VolumeId: id, InstanceId: instance, Device: '/dev/xvdh', Force: false }),
    )
    expect(detached).toMatchObject({ VolumeId: id, InstanceId: instance, Device: '/dev/xvdh', State: 'detaching' })
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
    await client.send(new DeleteVolumeCommand({ VolumeId: id }))
    await waitUntilVolumeDeleted(waiting, { VolumeIds: [id] })
    await expect(describeVolume(id)).rejects.toMatchObject({ name: 'InvalidVolume.NotFound' })
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))
  })

  it('never shows a deleted volume as available again', async () => {
    const id = await anAvailableVolume()
    await client.send(new DeleteVolumeCommand({ VolumeId: id }))
    const states = new Set<string | undefined>()
    await until('the end of the volume', async () => {
      const { text, code } = await call('DescribeVolumes', { 'VolumeId.1': id })
      states.add(/<status>([^<]+)<\/status><createTime>/.exec(text)?.[1])
      return code === 'InvalidVolume.NotFound'
    })
    states.delete(undefined)
    expect([...states]).not.toContain('available')
  })

  it('has the elements that Ansible does not do without, and the zone `default` of econe', async () => {
    const { text } = await call('CreateVolume', { Size: '1', AvailabilityZone: 'default' })
    expect(text).toContain('<snapshotId></snapshotId>')
    expect(text).toContain('<multiAttachEnabled>false</multiAttachEnabled>')
    expect(text).toContain('<availabilityZone>one-a</availabilityZone>')
    await remove(/<volumeId>([^<]+)</.exec(text)?.[1] ?? '')
  })

  it('is made once, however often it is asked for with one token', async () => {
    const ClientToken = crypto.randomUUID()
    const ids = await Promise.all(Array.from({ length: 5 }, () => create({ ClientToken })))
    expect(new Set(ids).size).toBe(1)
    await expect(create({ ClientToken, Size: 2 })).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' })
    await remove(ids[0] ?? '')
  })

  it('is found when the connection breaks after OpenNebula has made it', async () => {
    await sandbox('POST', 'faults', { method: 'one.image.allocate', times: 1, kind: 'drop', when: 'after' })
    const id = await anAvailableVolume()
    await remove(id)
  })

  it('takes at most three upstream requests for anything', async () => {
    let id = ''
    const costs: [string, number][] = []
    const count = async (action: string, work: () => Promise<unknown>) => costs.push([action, await cost(work)])
    await count('CreateVolume', async () => {
      id = await create()
    })
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
    await count('DescribeVolumes', () => list({}))
    await count('DescribeVolumes of one', () => describeVolume(id))
    await count('AttachVolume', () => attach(id, '/dev/sdq'))
    await isAttached(id)
    await count('DescribeVolumes of one attached', () => describeVolume(id))
    await count('ModifyVolume', () => client.send(new ModifyVolumeCommand({ VolumeId: id, VolumeType: 'gp3' })))
    await count('DescribeVolumeStatus', () => client.send(new DescribeVolumeStatusCommand({ VolumeIds: [id] })))
    await count('DescribeVolumesModifications', () => modifications(id))
    await count('DetachVolume', () => detach(id))
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
    await count('DeleteVolume', () => client.send(new DeleteVolumeCommand({ VolumeId: id })))
    expect(costs).toEqual([
      ['CreateVolume', 1],
      ['DescribeVolumes', 1],
      ['DescribeVolumes of one', 1],
      ['AttachVolume', 2],
      ['DescribeVolumes of one attached', 1],
      ['ModifyVolume', 2],
      ['DescribeVolumeStatus', 1],
      ['DescribeVolumesModifications', 1],
      ['DetachVolume', 2],
      ['DeleteVolume', 2],
    ])
  })
})

describe('attaching', () => {
  it.each(['/dev/sdh', 'sdi', '/dev/vdj', 'xvdk', '/dev/xvdba'])(
    'echoes the device %s as it was said',
    async device => {
      const id = await anAvailableVolume()
      await attach(id, device)
      await isAttached(id)
      const filters = [
        { Name: 'attachment.device', Values: [device] },
        { Name: 'attachment.instance-id', Values: [InstanceId] },
      ]
      expect(await list({ VolumeIds: [id], Filters: filters })).toEqual([id])
      await remove(id)
    },
  )

  it('does ten at once, one after the other', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => anAvailableVolume()))
    const answers = await Promise.all(ids.map((id, index) => attach(id, `/dev/sd${'klmnopqrst'[index]}`)))
    expect(answers.map(({ State }) => State)).toEqual(ids.map(() => 'attaching'))
    const shown = await list({ VolumeIds: ids, Filters: [{ Name: 'status', Values: ['in-use'] }] })
    expect(shown.toSorted()).toEqual(ids.toSorted())
    await until('all of them to be attached', async () => {
      const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ VolumeIds: ids }))
      const states = Volumes.map(({ Attachments }) => Attachments?.[0]?.State)
      expect(new Set(states).difference(new Set(['attaching', 'attached'])).size).toBe(0)
      return states.length === ids.length && states.every(state => state === 'attached')
    })
    const detached = await Promise.all(ids.map(detach))
    expect(detached.map(({ State }) => State)).toEqual(ids.map(() => 'detaching'))
    for (const id of ids) {
      await waitUntilVolumeAvailable({ ...waiting, maxWaitTime: 30 }, { VolumeIds: [id] })
      await remove(id)
    }
  })

  it('takes a volume once, and a device once', async () => {
    const [one, two] = [await anAvailableVolume(), await anAvailableVolume()]
    const results = await Promise.allSettled([attach(one, '/dev/sdu'), attach(one, '/dev/sdv')])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'VolumeInUse' } })
    const { Attachments } = await describeVolume(one)
    const device = Attachments?.[0]?.Device ?? ''
    await expect(attach(two, device)).rejects.toMatchObject({
      name: 'InvalidParameterValue',
      message: `Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`,
    })
    await isAttached(one)
    await expect(attach(two, '/dev/sda')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await expect(attach(two, 'C:')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    await remove(one, two)
  })

  it('works on a stopped instance, and not on one that is not up yet', async () => {
    const id = await anAvailableVolume()
    const instance = await slowly({ boot: 1000 }, async () => {
      const { Instances } = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }))
      const booting = Instances?.[0]?.InstanceId ?? ''
      await expect(attach(id, '/dev/sdf', booting)).rejects.toMatchObject({
        name: 'IncorrectState',
        message: `Instance '${booting}' is not 'running'.`,
      })
      return booting
    })
    await waitUntilInstanceRunning(waiting, { InstanceIds: [instance] })
    await client.send(new StopInstancesCommand({ InstanceIds: [instance] }))
    await waitUntilInstanceStopped(waiting, { InstanceIds: [instance] })
    await attach(id, '/dev/sdf', instance)
    await isAttached(id)
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
    await remove(id)
  })

  it('tells zones apart', async () => {
    const id = await anAvailableVolume({ AvailabilityZone: 'one-b' })
    await expect(attach(id, '/dev/sdf')).rejects.toMatchObject({ name: 'InvalidVolume.ZoneMismatch' })
    await remove(id)
  })

  it('is undone by detaching while it still waits', async () => {
    const [first, second] = [await anAvailableVolume(), await anAvailableVolume()]
    await slowly({ hotplug: 1500 }, async () => {
      await attach(first, '/dev/sdw')
      await attach(second, '/dev/sdx')
      expect(await describeVolume(second)).toMatchObject({ State: 'in-use', Attachments: [{ State: 'attaching' }] })
      await expect(client.send(new DeleteVolumeCommand({ VolumeId: second }))).rejects.toMatchObject({
        name: 'VolumeInUse',
      })
      await detach(second)
      await waitUntilVolumeAvailable(waiting, { VolumeIds: [second] })
      await isAttached(first)
      expect(await describeVolume(second)).toMatchObject({ State: 'available', Attachments: [] })
    })
    await remove(first, second)
  })
})

describe('what breaks off', () => {
  /** Lets the connection break at the next call of this method, before OpenNebula does it or after. */
  const breakAt = (method: string, when: 'before' | 'after') =>
    sandbox('POST', 'faults', { method, times: 1, kind: 'drop', when })

  const settled = async (id: string) =>
    until('an end', async () => {
      const { State, Attachments = [] } = await describeVolume(id)
      const state = Attachments[0]?.State
      return (state === undefined || state === 'attached') && `${State} ${state ?? 'detached'}`
    })

  it.each([
    ['one.vm.attach', 'before', 'available detached'],
    ['one.vm.attach', 'after', 'in-use attached'],
  ] as const)('at %s, %s it is done, leaves the volume attached or not', async (method, when, end) => {
    const id = await anAvailableVolume()
    await breakAt(method, when)
    await expect(attach(id, '/dev/sdo')).rejects.toMatchObject({ name: 'Unavailable' })
    expect(await settled(id)).toBe(end)
    await remove(id)
  })

  it.each([
    ['one.vm.detach', 'before', 'in-use attached'],
    ['one.vm.detach', 'after', 'available detached'],
  ] as const)('at %s, %s it is done, leaves the volume attached or not', async (method, when, end) => {
    const id = await anAvailableVolume()
    await attach(id, '/dev/sdo')
    await isAttached(id)
    await breakAt(method, when)
    await expect(detach(id)).rejects.toMatchObject({ name: 'Unavailable' })
    expect(await settled(id)).toBe(end)
    await remove(id)
  })

  it('at the note of a volume that waits does not keep it from its turn', async () => {
    const [first, second] = [await anAvailableVolume(), await anAvailableVolume()]
    await slowly({ hotplug: 500 }, async () => {
      await attach(first, '/dev/sdm')
      await breakAt('one.image.update', 'before')
      await expect(attach(second, '/dev/sdn')).rejects.toMatchObject({ name: 'Unavailable' })
      await isAttached(second)
    })
    await remove(first, second)
  })

  it('when OpenNebula is busy all of a sudden is done later', async () => {
    const id = await anAvailableVolume()
    await sandbox('POST', 'faults', { method: 'one.vm.attach', times: 2, kind: 'error', code: 2048, message: 'busy' })
    expect((await attach(id, '/dev/sdo')).State).toBe('attaching')
    expect(await describeVolume(id)).toMatchObject({ State: 'in-use', Attachments: [{ Device: '/dev/sdo' }] })
    await isAttached(id)
    await sandbox('POST', 'faults', { method: 'one.vm.detach', times: 2, kind: 'error', code: 2048, message: 'busy' })
    await detach(id)
    expect((await describeVolume(id)).Attachments?.[0]?.State).toBe('detaching')
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [id] })
    await remove(id)
  })
})

describe('what is refused', () => {
  const unknown = 'vol-1234567890abcdef0'

  it.each<[string, Record<string, string>, string]>([
    ['CreateVolume', { AvailabilityZone: 'one-a' }, 'MissingParameter'],
    ['CreateVolume', { AvailabilityZone: 'mars', Size: '1' }, 'InvalidZone.NotFound'],
    ['CreateVolume', { AvailabilityZone: 'one-a', Size: '0' }, 'InvalidParameterValue'],
    ['CreateVolume', { AvailabilityZone: 'one-a', Size: '1', Encrypted: 'true' }, 'UnsupportedOperation'],
    ['CreateVolume', { AvailabilityZone: 'one-a', Size: '1', VolumeType: 'gp9' }, 'UnknownVolumeType'],
    ...(
      [
        [{ Size: '4', VolumeType: 'io1' }, 'MissingParameter'],
        [{ Size: '4', VolumeType: 'io2' }, 'MissingParameter'],
        [{ Size: '4', VolumeType: 'gp2', Iops: '100' }, 'InvalidParameterCombination'],
        [{ Size: '4', VolumeType: 'standard', Iops: '100' }, 'InvalidParameterCombination'],
        [{ Size: '4', Throughput: '125' }, 'InvalidParameterCombination'],
        [{ Size: '4', VolumeType: 'io1', Iops: '100', Throughput: '125' }, 'InvalidParameterCombination'],
        [{ Size: '3', VolumeType: 'io1', Iops: '100' }, 'InvalidParameterValue'],
        [{ Size: '4', VolumeType: 'io1', Iops: '99' }, 'InvalidParameterValue'],
        [{ Size: '4', VolumeType: 'io1', Iops: '201' }, 'InvalidParameterValue'],
        [{ Size: '4', VolumeType: 'gp3', Iops: '2999' }, 'InvalidParameterValue'],
        [{ Size: '4', VolumeType: 'gp3', Throughput: '124' }, 'InvalidParameterValue'],
        [{ Size: '4', VolumeType: 'gp3', Throughput: '751' }, 'InvalidParameterValue'],
        [{ Size: '124', VolumeType: 'st1' }, 'InvalidParameterValue'],
        [{ Size: '124', VolumeType: 'sc1' }, 'InvalidParameterValue'],
      ] as const
    ).map(([given, code]): [string, Record<string, string>, string] => [
      'CreateVolume',
      { AvailabilityZone: 'one-a', ...given },
      code,
    ]),
    ['DetachVolume', { VolumeId: unknown, Force: 'true' }, 'UnsupportedOperation'],
    [
      'AttachVolume',
      { VolumeId: unknown, InstanceId: 'i-1', Device: '/dev/sdf', EbsCardIndex: '1' },
      'UnsupportedOperation',
    ],
    ['CreateVolume', { AvailabilityZone: 'one-a', SnapshotId: 'snap-1234567890abcdef0' }, 'InvalidSnapshot.NotFound'],
    ['CreateVolume', { AvailabilityZone: 'one-a', Size: '60000' }, 'InsufficientVolumeCapacity'],
    ['CreateVolume', { AvailabilityZone: 'one-a', Size: '1', DryRun: 'true' }, 'DryRunOperation'],
    ['DescribeVolumes', { 'VolumeId.1': unknown }, 'InvalidVolume.NotFound'],
    ['DescribeVolumes', { 'VolumeId.1': 'vol-00000000000000001' }, 'InvalidVolume.NotFound'],
    ['DescribeVolumes', { 'VolumeId.1': 'vol-x' }, 'InvalidVolumeID.Malformed'],
    ['DescribeVolumes', { 'VolumeId.1': unknown, MaxResults: '10' }, 'InvalidParameterCombination'],
    ['DescribeVolumes', { MaxResults: '4' }, 'InvalidParameterValue'],
    ['DescribeVolumes', { 'Filter.1.Name': 'colour', 'Filter.1.Value.1': 'red' }, 'InvalidParameterValue'],
    ['DeleteVolume', { VolumeId: unknown }, 'InvalidVolume.NotFound'],
    ['AttachVolume', { VolumeId: unknown, InstanceId: 'i-1', Device: '/dev/sdf' }, 'InvalidVolume.NotFound'],
    ['DetachVolume', { VolumeId: unknown }, 'InvalidVolume.NotFound'],
    ['ModifyVolume', { VolumeId: unknown }, 'MissingParameter'],
    ['ModifyVolume', { VolumeId: unknown, Size: '2' }, 'InvalidVolume.NotFound'],
    ['DescribeVolumesModifications', { 'VolumeId.1': unknown }, 'InvalidVolume.NotFound'],
    ['DescribeVolumeAttribute', { VolumeId: unknown, Attribute: 'autoEnableIO' }, 'InvalidVolume.NotFound'],
  ])('%s %j', async (action, parameters, code) => {
    const answer = await call(action, parameters)
    expect([answer.code, answer.status]).toEqual([code, code === 'DryRunOperation' ? 412 : 400])
  })

  it('by the state of a volume', async () => {
    const id = await anAvailableVolume()
    await expect(detach(id)).rejects.toMatchObject({
      name: 'IncorrectState',
      message: `Volume '${id}' is in the 'available' state.`,
    })
    const refused = await call('AttachVolume', { VolumeId: id, InstanceId, Device: '/dev/sdf', DryRun: 'true' })
    expect(refused.code).toBe('DryRunOperation')
    expect(await describeVolume(id)).toMatchObject({ State: 'available', Attachments: [] })
    await attach(id, '/dev/sdf')
    await isAttached(id)
    await expect(client.send(new DeleteVolumeCommand({ VolumeId: id }))).rejects.toMatchObject({
      name: 'VolumeInUse',
      message: `Volume ${id} is currently attached to ${InstanceId}`,
    })
    const other = await aRunningInstance()
    await expect(client.send(new DetachVolumeCommand({ VolumeId: id, InstanceId: other }))).rejects.toMatchObject({
      name: 'InvalidAttachment.NotFound',
    })
    await expect(client.send(new DetachVolumeCommand({ VolumeId: id, Device: '/dev/sdz' }))).rejects.toMatchObject({
      name: 'InvalidAttachment.NotFound',
    })
    await client.send(new TerminateInstancesCommand({ InstanceIds: [other] }))
    await remove(id)
  })

  it("of others' volumes", async () => {
    const id = await anAvailableVolume()
    const answer = await call('DescribeVolumes', { 'VolumeId.1': id }, 'rival')
    expect(answer.code).toBe('InvalidVolume.NotFound')
    const all = await call('DescribeVolumes', {}, 'rival')
    expect(all.text).not.toContain(id)
    await remove(id)
  })
})

describe('the disks of instances', () => {
  const rootOf = async (instance: string) => {
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [instance] }))
    return Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? ''
  }

  it('are volumes that end with them', async () => {
    const instance = await aRunningInstance()
    const root = await rootOf(instance)
    expect(await describeVolume(root)).toMatchObject({
      VolumeId: root,
      State: 'in-use',
      Size: 1,
      AvailabilityZone: 'one-a',
      Attachments: [{ InstanceId: instance, Device: '/dev/sda', State: 'attached', DeleteOnTermination: true }],
    })
    const found = await list({ Filters: [{ Name: 'attachment.instance-id', Values: [instance] }] })
    expect(found).toEqual([root])
    await expect(detach(root)).rejects.toMatchObject({
      name: 'OperationNotPermitted',
      message: `Unable to detach root volume '${root}' from instance '${instance}'`,
    })
    await expect(client.send(new DeleteVolumeCommand({ VolumeId: root }))).rejects.toMatchObject({
      name: 'VolumeInUse',
    })
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))
    await waitUntilInstanceTerminated(waiting, { InstanceIds: [instance] })
    await expect(describeVolume(root)).rejects.toMatchObject({ name: 'InvalidVolume.NotFound' })
  })

  it('have tags of their own', async () => {
    const Tags = [{ Key: 'root', Value: 'of a launch' }]
    const instance = await aRunningInstance({ TagSpecifications: [{ ResourceType: 'volume', Tags }] })
    const root = await rootOf(instance)
    expect((await describeVolume(root)).Tags).toEqual(Tags)
    await client.send(new CreateTagsCommand({ Resources: [root], Tags: [{ Key: 'root', Value: 'of a disk' }] }))
    const found = await list({ Filters: [{ Name: 'tag:root', Values: ['of a disk'] }] })
    expect(found).toEqual([root])
    const described = await client.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [root, instance] }] }),
    )
    expect(described.Tags).toEqual([{ Key: 'root', Value: 'of a disk', ResourceId: root, ResourceType: 'volume' }])
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))
  })

  it('grow in place', async () => {
    const root = await rootOf(InstanceId)
    const { VolumeModification } = await client.send(new ModifyVolumeCommand({ VolumeId: root, Size: 3 }))
    expect(VolumeModification).toMatchObject({ VolumeId: root, OriginalSize: 1, TargetSize: 3 })
    await isGrown(root, 3)
  })

  it('end with the instance or not, as the launch says, while they are attached', async () => {
    const Ebs = { VolumeSize: 1 }
    const instance = await aRunningInstance({
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdb', Ebs },
        { DeviceName: '/dev/sdc', Ebs: { ...Ebs, DeleteOnTermination: false, VolumeType: 'gp3' } },
        { DeviceName: '/dev/sdd', Ebs },
      ],
    })
    const { Volumes = [] } = await client.send(
      new DescribeVolumesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instance] }] }),
    )
    const byDevice = new Map(Volumes.map(volume => [volume.Attachments?.[0]?.Device, volume]))
    const [goes = '', stays = '', detached = ''] = ['/dev/sdb', '/dev/sdc', '/dev/sdd'].map(
      device => byDevice.get(device)?.VolumeId,
    )
    expect(byDevice.get('/dev/sdb')?.Attachments?.[0]?.DeleteOnTermination).toBe(true)
    expect(byDevice.get('/dev/sdc')?.Attachments?.[0]?.DeleteOnTermination).toBe(false)
    expect(byDevice.get('/dev/sdc')).toMatchObject({ VolumeType: 'gp3', AvailabilityZone: 'one-a' })
    await detach(detached)
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [detached] })
    await attach(detached, '/dev/sdd', instance)
    await isAttached(detached)
    expect((await describeVolume(detached)).Attachments?.[0]?.DeleteOnTermination).toBe(false)
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))
    await waitUntilVolumeDeleted(waiting, { VolumeIds: [goes] })
    await waitUntilVolumeAvailable(waiting, { VolumeIds: [stays, detached] })
    await remove(stays, detached)
  })
})

const modifications = async (id: string) => {
  const { VolumesModifications = [] } = await client.send(new DescribeVolumesModificationsCommand({ VolumeIds: [id] }))
  return VolumesModifications
}

async function isGrown(id: string, size: number): Promise<void> {
  await until('the growth', async () => (await modifications(id))[0]?.ModificationState === 'completed')
  expect((await describeVolume(id)).Size).toBe(size)
}

describe('modifying', () => {
  it('grows a volume while it is attached', async () => {
    const id = await anAvailableVolume({ VolumeType: 'gp2', Size: 4 })
    await expect(modifications(id)).rejects.toMatchObject({ name: 'InvalidVolumeModification.NotFound' })
    await attach(id, '/dev/sdy')
    await isAttached(id)
    const { VolumeModification } = await client.send(
      new ModifyVolumeCommand({ VolumeId: id, Size: 8, VolumeType: 'gp3', Iops: 4000 }),
    )
    const told = {
      OriginalSize: 4,
      TargetSize: 8,
      OriginalVolumeType: 'gp2',
      TargetVolumeType: 'gp3',
      TargetIops: 4000,
    }
    expect(VolumeModification).toMatchObject({ VolumeId: id, ...told, ModificationState: 'modifying', Progress: 0 })
    await isGrown(id, 8)
    expect((await modifications(id))[0]).toMatchObject({ ...told, Progress: 100 })
    expect(await describeVolume(id)).toMatchObject({ VolumeType: 'gp3', Iops: 4000, Throughput: 125 })
    await expect(client.send(new ModifyVolumeCommand({ VolumeId: id, Size: 2 }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
    await remove(id)
  })

  it('waits for its turn, too', async () => {
    const [grown, other] = [await anAvailableVolume(), await anAvailableVolume()]
    await attach(grown, '/dev/sdm')
    await isAttached(grown)
    await attach(other, '/dev/sdn')
    await client.send(new ModifyVolumeCommand({ VolumeId: grown, Size: 2 }))
    await isGrown(grown, 2)
    await isAttached(other)
    await remove(grown, other)
  })

  it('changes a type at once, attached or not', async () => {
    const id = await anAvailableVolume({ Size: 4 })
    const { VolumeModification } = await client.send(
      new ModifyVolumeCommand({ VolumeId: id, VolumeType: 'io1', Iops: 100 }),
    )
    expect(VolumeModification?.ModificationState).toBe('completed')
    expect(await describeVolume(id)).toMatchObject({ VolumeType: 'io1', Iops: 100, Size: 4 })
    await remove(id)
  })

  it('takes what its new type has by itself, and leaves what its old one had', async () => {
    const id = await anAvailableVolume({ Size: 4, VolumeType: 'gp3', Throughput: 200 })
    expect(await describeVolume(id)).toMatchObject({ VolumeType: 'gp3', Iops: 3000, Throughput: 200 })
    await client.send(new ModifyVolumeCommand({ VolumeId: id, VolumeType: 'gp2' }))
    const asGp2 = await describeVolume(id)
    expect([asGp2.VolumeType, asGp2.Iops, asGp2.Throughput]).toEqual(['gp2', 100, undefined])
    await client.send(new ModifyVolumeCommand({ VolumeId: id, Size: 8, VolumeType: 'io2' }))
    expect(await describeVolume(id)).toMatchObject({ VolumeType: 'io2', Iops: 3000, Size: 8 })
    await remove(id)
  })

  it('grows a free volume when it is next attached, and shows it larger from now on', async () => {
    const id = await anAvailableVolume()
    expect(await cost(() => client.send(new ModifyVolumeCommand({ VolumeId: id, Size: 3 })))).toBeLessThanOrEqual(3)
    expect(await describeVolume(id)).toMatchObject({ State: 'available', Size: 3 })
    expect((await modifications(id))[0]).toMatchObject({
      ModificationState: 'completed',
      OriginalSize: 1,
      TargetSize: 3,
    })
    await attach(id, '/dev/sdx')
    await isAttached(id)
    const size = new RegExp(`"name":"${id}",.*?"size":(\\d+)`)
    await until('the growth', async () => size.exec(JSON.stringify(await sandbox('GET', 'snapshot')))?.[1] === '3072')
    await expect(client.send(new ModifyVolumeCommand({ VolumeId: id, Size: 2 }))).rejects.toMatchObject({
      name: 'InvalidParameterValue',
    })
    await remove(id)
  })

  it('keeps an attribute', async () => {
    const VolumeId = await anAvailableVolume()
    const ask = (Attribute: 'autoEnableIO' | 'productCodes') =>
      client.send(new DescribeVolumeAttributeCommand({ VolumeId, Attribute }))
    expect((await ask('autoEnableIO')).AutoEnableIO).toEqual({ Value: false })
    await client.send(new ModifyVolumeAttributeCommand({ VolumeId, AutoEnableIO: { Value: true } }))
    expect((await ask('autoEnableIO')).AutoEnableIO).toEqual({ Value: true })
    expect((await ask('productCodes')).ProductCodes).toEqual([])
    await remove(VolumeId)
  })
})

describe('listing', () => {
  const tag = { Key: 'listed', Value: crypto.randomUUID() }
  const mine = { Name: 'tag:listed', Values: [tag.Value] }
  let ids: string[] = []
  let inUse: Volume = {}

  beforeAll(async () => {
    const TagSpecifications = [{ ResourceType: 'volume' as const, Tags: [tag] }]
    ids = await Promise.all(
      [8, 2, 3, 4, 5, 6].map(Size => anAvailableVolume({ Size, VolumeType: 'gp3', Iops: 3000, TagSpecifications })),
    )
    await attach(ids[0] ?? '', '/dev/sdaz')
    await isAttached(ids[0] ?? '')
    inUse = await describeVolume(ids[0] ?? '')
    return () => remove(...ids)
  })

  it.each<[string, (volume: Volume) => string | undefined]>([
    ['attachment.attach-time', volume => volume.Attachments?.[0]?.AttachTime?.toISOString()],
    ['attachment.delete-on-termination', () => 'false'],
    ['attachment.device', () => '/dev/sdaz'],
    ['attachment.instance-id', () => InstanceId],
    ['attachment.status', () => 'attached'],
    ['availability-zone', () => 'one-a'],
    ['availability-zone-id', () => 'opennebula-az1'],
    ['create-time', volume => volume.CreateTime?.toISOString()],
    ['encrypted', () => 'false'],
    ['fast-restored', () => 'false'],
    ['multi-attach-enabled', () => 'false'],
    ['operator.managed', () => 'false'],
    ['size', () => '8'],
    ['status', () => 'in-use'],
    ['tag-key', () => 'listed'],
    ['volume-id', volume => volume.VolumeId],
    ['volume-type', () => 'gp3'],
  ])('filters by %s', async (Name, value) => {
    const found = await list({ Filters: [mine, { Name, Values: [value(inUse) ?? 'nothing'] }] })
    expect(found).toContain(ids[0])
    expect(await list({ Filters: [mine, { Name, Values: ['something else'] }] })).toEqual([])
  })

  it.each(['operator.principal', 'snapshot-id'])('filters by %s, which none of these has', async Name => {
    expect(await list({ Filters: [mine, { Name, Values: ['*'] }] })).toEqual([])
  })

  it('comes in pages', async () => {
    const pages: string[][] = []
    let NextToken: string | undefined
    do {
      const page = await client.send(
        new DescribeVolumesCommand({ Filters: [mine], MaxResults: 5, ...(NextToken && { NextToken }) }),
      )
      pages.push((page.Volumes ?? []).flatMap(({ VolumeId }) => VolumeId ?? []))
      NextToken = page.NextToken
    } while (NextToken)
    expect(pages.map(page => page.length)).toEqual([5, 1])
    expect(pages.flat().toSorted()).toEqual(ids.toSorted())
  })

  it('tells of their health', async () => {
    const Filters = [
      { Name: 'volume-status.status', Values: ['ok'] },
      { Name: 'volume-status.details-name', Values: ['io-enabled'] },
      { Name: 'volume-status.details-status', Values: ['passed'] },
      { Name: 'availability-zone', Values: ['one-a'] },
      { Name: 'availability-zone-id', Values: ['opennebula-az1'] },
    ]
    const { VolumeStatuses = [] } = await client.send(new DescribeVolumeStatusCommand({ VolumeIds: ids, Filters }))
    expect(VolumeStatuses.flatMap(({ VolumeId }) => VolumeId ?? []).toSorted()).toEqual(ids.toSorted())
    for (const name of [
      'action.code',
      'action.description',
      'action.event-id',
      'attachment-status.io-performance',
      'event.description',
      'event.event-id',
      'event.event-type',
      'event.not-after',
      'event.not-before',
    ]) {
      const none = await client.send(
        new DescribeVolumeStatusCommand({ VolumeIds: ids, Filters: [{ Name: name, Values: ['*'] }] }),
      )
      expect(none.VolumeStatuses).toEqual([])
    }
  })

  it('finds modifications by each filter', async () => {
    const [id = ''] = ids
    await client.send(new ModifyVolumeCommand({ VolumeId: id, Iops: 3500 }))
    const [change] = await modifications(id)
    const filters: Record<string, string | undefined> = {
      'modification-state': 'completed',
      'original-iops': '3000',
      'original-size': '8',
      'original-volume-type': 'gp3',
      originalMultiAttachEnabled: 'false',
      'start-time': change?.StartTime?.toISOString(),
      'target-iops': '3500',
      'target-size': '8',
      'target-volume-type': 'gp3',
      targetMultiAttachEnabled: 'false',
      'volume-id': id,
    }
    const find = async (filter: string, value: string) => {
      const Filters = [{ Name: filter, Values: [value] }]
      const { VolumesModifications = [] } = await client.send(new DescribeVolumesModificationsCommand({ Filters }))
      return VolumesModifications.map(({ VolumeId }) => VolumeId)
    }
    for (const [name, value = ''] of Object.entries(filters)) {
      expect(await find(name, value)).toContain(id)
      expect(await find(name, 'something else')).toEqual([])
    }
  })

  it('shows tags, and what was changed of them', async () => {
    const [, id = ''] = ids
    await client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'more', Value: 'yes' }] }))
    expect((await describeVolume(id)).Tags).toEqual([tag, { Key: 'more', Value: 'yes' }])
  })
})

it('ends with its instance when that is said later', async () => {
  const id = await anAvailableVolume()
  const instance = await aRunningInstance()
  await attach(id, '/dev/sdf', instance)
  await isAttached(id)
  const mapping = { DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: true } }
  await client.send(new ModifyInstanceAttributeCommand({ InstanceId: instance, BlockDeviceMappings: [mapping] }))
  expect((await describeVolume(id)).Attachments?.[0]?.DeleteOnTermination).toBe(true)
  await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))
  await waitUntilVolumeDeleted(waiting, { VolumeIds: [id] })
})
