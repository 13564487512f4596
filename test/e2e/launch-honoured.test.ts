// Everything that RunInstances honours, asked for and shown again; and what becomes of the disks and addresses of a launch.
import {
  AttachVolumeCommand,
  type BlockDeviceMapping,
  CreateImageCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  DescribeAddressesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  EC2Client,
  type EC2ServiceException,
  type Instance,
  type InstanceAttributeName,
  ModifyInstanceAttributeCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
  type Volume,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
  waitUntilSnapshotCompleted,
  waitUntilVolumeAvailable,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Lcm } from '../../src/sandbox/world/vm-states.ts'
import { credentials, until, WAITING } from './cloud.ts'
import { DEFAULT_GROUP } from './default-group.ts'
import { oneOf } from './neighbours/one.ts'
import { type Cloud, startCloud } from './stage.ts'

let cloud: Cloud
let client: EC2Client
const ImageId = 'ami-00000000'
const waiting = () => ({ client, ...WAITING })

const template = (type: string, more = '') => ({
  name: type,
  template: `CPU="1" VCPU="1" MEMORY="128" EC2_INSTANCE_TYPE="${type}" NIC=[NETWORK_ID="0"] ${more}`,
})

beforeAll(async () => {
  cloud = await startCloud(
    {
      seed: {
        images: [
          { name: 'system', owner: 'helen', size: 2048, template: 'EC2_AMI="YES" DEV_PREFIX="vd"' },
          { name: 'theirs', owner: 'rival', size: 100, public: true, template: 'EC2_AMI="YES"' },
        ],
        templates: [
          template('t.scratch', 'DISK=[IMAGE_ID="0"] DISK=[TYPE="swap",SIZE="64"] DISK=[TYPE="fs",SIZE="512"]'),
          { name: 't.alone', template: 'CPU="1" VCPU="1" MEMORY="128" EC2_INSTANCE_TYPE="t.alone"' },
          template('t.named', 'NIC=[NETWORK_ID="0",NAME="second"]'),
        ],
      },
    },
    { DNS_DOMAIN: 'cloud.example.com' },
  )
  client = new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(), maxAttempts: 1 })
})
afterAll(() => cloud.stop())

const run = async (input: Partial<RunInstancesCommandInput> = {}): Promise<Instance> => {
  const { Instances } = await client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, ...input }))
  return Instances?.[0] ?? {}
}

async function described({ InstanceId = '' }: Instance): Promise<Instance> {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
  return Reservations?.[0]?.Instances?.[0] ?? {}
}

async function running(input: Partial<RunInstancesCommandInput> = {}): Promise<Instance> {
  const { InstanceId = '' } = await run(input)
  await waitUntilInstanceRunning(waiting(), { InstanceIds: [InstanceId] })
  return described({ InstanceId })
}

async function terminate({ InstanceId = '' }: Instance): Promise<void> {
  await client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
  await waitUntilInstanceTerminated(waiting(), { InstanceIds: [InstanceId] })
}

async function volume(id: string | undefined): Promise<Volume> {
  const { Volumes } = await client.send(new DescribeVolumesCommand({ VolumeIds: [id ?? ''] }))
  return Volumes?.[0] ?? {}
}

async function attribute({ InstanceId }: Instance, Attribute: InstanceAttributeName): Promise<unknown> {
  return client.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute }))
}

const rootOf = ({ BlockDeviceMappings, RootDeviceName }: Instance) =>
  BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === RootDeviceName)?.Ebs

const root = (Ebs: BlockDeviceMapping['Ebs']) => ({ BlockDeviceMappings: [{ DeviceName: '/dev/vda', Ebs }] })
const nic = (spec: object) => ({ NetworkInterfaces: [{ DeviceIndex: 0, ...spec }] })

const failure = (work: Promise<unknown>): Promise<EC2ServiceException> =>
  work.then(
    () => Promise.reject(new Error('nothing was refused')),
    (error: EC2ServiceException) => error,
  )

/** How many upstream requests some work costs. */
async function requests(work: () => Promise<unknown>): Promise<number> {
  const before = cloud.sandbox.log.list().length
  await work()
  const log = cloud.sandbox.log.list().slice(before)
  return log.filter(({ requestId }) => requestId !== undefined).length
}

type Shown = (instance: Instance) => unknown
const volumeOfRoot: Shown = instance => volume(rootOf(instance)?.VolumeId)
const itself: Shown = instance => instance

/** Member, what is asked for, where it is shown, and what is to be there. */
const honoured: [string, Partial<RunInstancesCommandInput>, Shown, object][] = [
  ['InstanceType', { InstanceType: 'm1.large' as never }, itself, { InstanceType: 'm1.large' }],
  ['ClientToken', { ClientToken: 'a token' }, itself, { ClientToken: 'a token' }],
  ['UserData', { UserData: 'aGVsbG8=' }, i => attribute(i, 'userData'), { UserData: { Value: 'aGVsbG8=' } }],
  ['SubnetId', { SubnetId: 'subnet-00000000' }, itself, { SubnetId: 'subnet-00000000' }],
  ['PrivateIpAddress', { PrivateIpAddress: '10.0.5.1' }, itself, { PrivateIpAddress: '10.0.5.1' }],
  ['SecurityGroupIds', { SecurityGroupIds: [DEFAULT_GROUP] }, itself, { SecurityGroups: [{ GroupId: DEFAULT_GROUP }] }],
  ['SecurityGroups', { SecurityGroups: ['default'] }, itself, { SecurityGroups: [{ GroupName: 'default' }] }],
  ['Monitoring.Enabled', { Monitoring: { Enabled: true } }, itself, { Monitoring: { State: 'enabled' } }],
  [
    'Placement.AvailabilityZone',
    { Placement: { AvailabilityZone: 'one-b' } },
    itself,
    { Placement: { AvailabilityZone: 'one-b', AvailabilityZoneId: 'opennebula-az2' } },
  ],
  [
    'Placement.AvailabilityZoneId',
    { Placement: { AvailabilityZoneId: 'opennebula-az2' } },
    itself,
    { Placement: { AvailabilityZone: 'one-b', AvailabilityZoneId: 'opennebula-az2' } },
  ],
  ['EbsOptimized', { EbsOptimized: true }, itself, { EbsOptimized: true }],
  [
    'EbsOptimized, as an attribute',
    { EbsOptimized: true },
    i => attribute(i, 'ebsOptimized'),
    { EbsOptimized: { Value: true } },
  ],
  [
    'DisableApiTermination',
    { DisableApiTermination: true },
    i => attribute(i, 'disableApiTermination'),
    { DisableApiTermination: { Value: true } },
  ],
  [
    'DisableApiStop',
    { DisableApiStop: true },
    i => attribute(i, 'disableApiStop'),
    { DisableApiStop: { Value: true } },
  ],
  [
    'InstanceInitiatedShutdownBehavior',
    { InstanceInitiatedShutdownBehavior: 'terminate' },
    i => attribute(i, 'instanceInitiatedShutdownBehavior'),
    { InstanceInitiatedShutdownBehavior: { Value: 'terminate' } },
  ],
  [
    'MetadataOptions',
    {
      MetadataOptions: {
        ...{ HttpTokens: 'required', HttpPutResponseHopLimit: 3, HttpEndpoint: 'disabled' },
        ...{ InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled' },
      },
    },
    itself,
    {
      MetadataOptions: {
        ...{ HttpTokens: 'required', HttpPutResponseHopLimit: 3, HttpEndpoint: 'disabled' },
        ...{ InstanceMetadataTags: 'enabled', HttpProtocolIpv6: 'enabled' },
      },
    },
  ],
  [
    'no MetadataOptions',
    {},
    itself,
    {
      MetadataOptions: {
        ...{ HttpTokens: 'optional', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' },
        ...{ InstanceMetadataTags: 'disabled', HttpProtocolIpv6: 'disabled' },
      },
    },
  ],
  [
    'MaintenanceOptions.AutoRecovery',
    { MaintenanceOptions: { AutoRecovery: 'disabled' } },
    itself,
    { MaintenanceOptions: { AutoRecovery: 'disabled' } },
  ],
  [
    'CapacityReservationSpecification',
    { CapacityReservationSpecification: { CapacityReservationPreference: 'none' } },
    itself,
    { CapacityReservationSpecification: { CapacityReservationPreference: 'none' } },
  ],
  [
    'no CapacityReservationSpecification',
    {},
    itself,
    { CapacityReservationSpecification: { CapacityReservationPreference: 'open' } },
  ],
  [
    'CpuOptions that the type has',
    { InstanceType: 'm1.large' as never, CpuOptions: { CoreCount: 2, ThreadsPerCore: 1, AmdSevSnp: 'disabled' } },
    itself,
    { CpuOptions: { CoreCount: 2, ThreadsPerCore: 1 } },
  ],
  // Terraform asks it of every type whose name begins with t3
  ['unlimited credits', { CreditSpecification: { CpuCredits: 'unlimited' } }, itself, { InstanceType: 'm1.small' }],
  ['Ebs.VolumeSize', root({ VolumeSize: 5 }), volumeOfRoot, { Size: 5 }],
  [
    'Ebs.VolumeType, Iops, Throughput of the root',
    root({ VolumeType: 'gp3', VolumeSize: 8, Iops: 4000, Throughput: 200 }),
    volumeOfRoot,
    { VolumeType: 'gp3', Iops: 4000, Throughput: 200, SnapshotId: 'snap-00000000' },
  ],
  ['Ebs.SnapshotId of the root', root({ SnapshotId: 'snap-00000000' }), volumeOfRoot, { SnapshotId: 'snap-00000000' }],
  [
    'Ebs.DeleteOnTermination of the root',
    root({ DeleteOnTermination: false, VolumeType: 'io1', VolumeSize: 4, Iops: 100 }),
    volumeOfRoot,
    { VolumeType: 'io1', Iops: 100, Attachments: [{ Device: '/dev/vda', DeleteOnTermination: false }] },
  ],
  ['NetworkInterfaces.SubnetId', nic({ SubnetId: 'subnet-00000000' }), itself, { SubnetId: 'subnet-00000000' }],
  [
    'NetworkInterfaces.Groups',
    nic({ Groups: [DEFAULT_GROUP] }),
    itself,
    { SecurityGroups: [{ GroupName: 'default' }] },
  ],
  [
    'NetworkInterfaces.PrivateIpAddress',
    nic({ PrivateIpAddress: '10.0.5.2' }),
    itself,
    { PrivateIpAddress: '10.0.5.2' },
  ],
  [
    'NetworkInterfaces.PrivateIpAddresses',
    nic({ PrivateIpAddresses: [{ PrivateIpAddress: '10.0.5.3', Primary: true }] }),
    itself,
    { PrivateIpAddress: '10.0.5.3' },
  ],
  [
    'the name of its address',
    { PrivateIpAddress: '10.0.5.4' },
    itself,
    {
      PrivateDnsName: 'ip-10-0-5-4.cloud.example.com',
      PublicDnsName: '',
      NetworkInterfaces: [{ PrivateDnsName: 'ip-10-0-5-4.cloud.example.com' }],
    },
  ],
  [
    'NetworkInterfaces.PrivateIpAddresses: several',
    nic({ PrivateIpAddresses: [{ PrivateIpAddress: '10.0.5.5', Primary: true }, { PrivateIpAddress: '10.0.5.6' }] }),
    i => i.NetworkInterfaces?.[0]?.PrivateIpAddresses,
    [
      { PrivateIpAddress: '10.0.5.5', Primary: true },
      { PrivateIpAddress: '10.0.5.6', Primary: false },
    ],
  ],
  [
    'NetworkInterfaces.PrivateIpAddresses: a secondary one',
    nic({ PrivateIpAddresses: [{ PrivateIpAddress: '10.0.5.7' }] }),
    i => i.NetworkInterfaces?.[0]?.PrivateIpAddresses,
    [{ Primary: true }, { PrivateIpAddress: '10.0.5.7', Primary: false }],
  ],
  [
    'NetworkInterfaces: several',
    {
      NetworkInterfaces: [
        { DeviceIndex: 3, SubnetId: 'subnet-00000000', Description: 'back', SecondaryPrivateIpAddressCount: 1 },
        { DeviceIndex: 0, SubnetId: 'subnet-00000000', PrivateIpAddress: '10.0.5.11' },
      ],
    },
    i => i.NetworkInterfaces,
    [
      { PrivateIpAddress: '10.0.5.11', Attachment: { DeviceIndex: 0, DeleteOnTermination: true } },
      {
        ...{ Description: 'back', Attachment: { DeviceIndex: 3, DeleteOnTermination: true } },
        PrivateIpAddresses: [{ Primary: true }, { Primary: false }],
      },
    ],
  ],
  [
    'NetworkInterfaces.AssociatePublicIpAddress: false',
    nic({ AssociatePublicIpAddress: false }),
    ({ PublicIpAddress }) => ({ PublicIpAddress }),
    { PublicIpAddress: undefined },
  ],
]

describe('RunInstances honours', () => {
  it.concurrent.each(honoured)('%s', async (_, input, shown, expected) => {
    const launched = await running(input)
    expect(await shown(launched)).toMatchObject(expected)
    const { InstanceId } = launched
    for (const off of [{ DisableApiStop: { Value: false } }, { DisableApiTermination: { Value: false } }]) {
      await client.send(new ModifyInstanceAttributeCommand({ InstanceId, ...off }))
    }
    await client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId ?? ''] }))
  })

  it.each<[string, Partial<RunInstancesCommandInput>, string]>([
    ['another snapshot for the root', root({ SnapshotId: 'snap-00000001' }), 'InvalidBlockDeviceMapping'],
    ['no root', { BlockDeviceMappings: [{ DeviceName: '/dev/vda', NoDevice: '' }] }, 'InvalidBlockDeviceMapping'],
    ['a type of volumes that there is not', root({ VolumeType: 'fast' as never }), 'UnknownVolumeType'],
    ['more Iops than there are', root({ VolumeType: 'gp3', Iops: 1_000_000 }), 'InvalidParameterValue'],
    ['Iops of a type that has none', root({ Iops: 3000 }), 'InvalidParameterCombination'],
    [
      'one device twice',
      { BlockDeviceMappings: ['/dev/sdf', 'sdf'].map(DeviceName => ({ DeviceName, Ebs: { VolumeSize: 1 } })) },
      'InvalidBlockDeviceMapping',
    ],
    [
      'a snapshot that there is not',
      { BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: 'snap-00000099' } }] },
      'InvalidSnapshot.NotFound',
    ],
    [
      'a zone by name and by id',
      { Placement: { AvailabilityZone: 'one-a', AvailabilityZoneId: 'opennebula-az1' } },
      'InvalidParameterCombination',
    ],
    ['a zone that there is not', { Placement: { AvailabilityZoneId: 'mars-az1' } }, 'InvalidParameterValue'],
    ['a behaviour that there is not', { InstanceInitiatedShutdownBehavior: 'sleep' as never }, 'InvalidParameterValue'],
    ['a recovery that there is not', { MaintenanceOptions: { AutoRecovery: 'on' as never } }, 'InvalidParameterValue'],
    ['metadata that there is not', { MetadataOptions: { HttpTokens: 'some' as never } }, 'InvalidParameterValue'],
    [
      'two primary addresses',
      nic({ PrivateIpAddress: '10.0.5.8', PrivateIpAddresses: [{ PrivateIpAddress: '10.0.5.9', Primary: true }] }),
      'InvalidParameterCombination',
    ],
    ['an interface that stays', nic({ DeleteOnTermination: false }), 'UnsupportedOperation'],
    ['more cores than the type has', { CpuOptions: { CoreCount: 2, ThreadsPerCore: 1 } }, 'UnsupportedOperation'],
    ['several threads', { CpuOptions: { CoreCount: 1, ThreadsPerCore: 2 } }, 'UnsupportedOperation'],
    [
      'reservations only',
      { CapacityReservationSpecification: { CapacityReservationPreference: 'capacity-reservations-only' } },
      'UnsupportedOperation',
    ],
    [
      'a public address without an interface',
      { InstanceType: 't.alone' as never, ...nic({ AssociatePublicIpAddress: true }) },
      'InvalidParameterCombination',
    ],
    ['a list of IPv6 addresses', nic({ Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }] }), 'UnsupportedOperation'],
  ])('refuses %s', async (_, input, code) => {
    const { name, $metadata } = await failure(run(input))
    expect([name, $metadata.httpStatusCode]).toEqual([code, 400])
  })
})

describe('a root volume that is kept', () => {
  it('is there from birth, cannot be taken away, and stays when its instance has ended', async () => {
    const TagSpecifications = [{ ResourceType: 'volume' as const, Tags: [{ Key: 'of', Value: 'root' }] }]
    const launched = await running({ ...root({ DeleteOnTermination: false, VolumeSize: 3 }), TagSpecifications })
    const { VolumeId = '' } = rootOf(launched) ?? {}
    expect(launched).toMatchObject({ RootDeviceName: '/dev/vda', ImageId })
    expect(launched.BlockDeviceMappings).toHaveLength(1)
    expect(VolumeId).toMatch(/^vol-[1-9a-f][0-9a-f]{16}$/)
    expect(await volume(VolumeId)).toMatchObject({
      ...{ Size: 3, State: 'in-use', SnapshotId: 'snap-00000000', Tags: [{ Key: 'of', Value: 'root' }] },
    })
    expect(await failure(client.send(new DetachVolumeCommand({ VolumeId })))).toMatchObject({
      name: 'OperationNotPermitted',
    })
    await until('the growth', () => {
      const image = cloud.sandbox.world.images.all().find(({ name }) => name === VolumeId)
      return Promise.resolve(image?.size === 3 * 1024)
    })
    await terminate(launched)
    await waitUntilVolumeAvailable(waiting(), { VolumeIds: [VolumeId] })
    expect(await volume(VolumeId)).toMatchObject({ Size: 3, State: 'available', Attachments: [] })
  })

  it('ends with its instance after all where that is said later', async () => {
    const { InstanceId, ...launched } = await running(root({ DeleteOnTermination: false }))
    const { VolumeId = '' } = rootOf(launched) ?? {}
    const BlockDeviceMappings = [{ DeviceName: '/dev/vda', Ebs: { DeleteOnTermination: true } }]
    await client.send(new ModifyInstanceAttributeCommand({ InstanceId, BlockDeviceMappings }))
    expect(rootOf(await described({ InstanceId }))).toMatchObject({ VolumeId, DeleteOnTermination: true })
    await terminate({ InstanceId })
    await until('the end of the volume', async () => {
      const error = await volume(VolumeId).then(
        () => undefined,
        (error: unknown) => error,
      )
      return error instanceof Error && error.name === 'InvalidVolume.NotFound'
    })
  })
})

async function aSnapshot(Size: number): Promise<string> {
  const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size }))
  await waitUntilVolumeAvailable(waiting(), { VolumeIds: [VolumeId] })
  const { SnapshotId = '' } = await client.send(new CreateSnapshotCommand({ VolumeId }))
  await waitUntilSnapshotCompleted(waiting(), { SnapshotIds: [SnapshotId] })
  return SnapshotId
}

describe('volumes made of snapshots', () => {
  it('come with an instance, of their snapshot’s size or larger, in six upstream requests at most', async () => {
    const SnapshotId = await aSnapshot(2)
    let launched: Instance = {}
    const count = await requests(async () => {
      launched = await run({
        BlockDeviceMappings: [
          { DeviceName: '/dev/sdf', Ebs: { SnapshotId, VolumeType: 'gp2' } },
          { DeviceName: '/dev/xvdg', Ebs: { SnapshotId, VolumeSize: 4, DeleteOnTermination: false } },
          { DeviceName: '/dev/sdh', Ebs: { VolumeSize: 1 } },
        ],
      })
    })
    expect(count).toBeLessThanOrEqual(6)
    const { InstanceId = '' } = launched
    await waitUntilInstanceRunning(waiting(), { InstanceIds: [InstanceId] })
    const [, f, g, h] = (await described(launched)).BlockDeviceMappings ?? []
    expect([f?.DeviceName, g?.DeviceName, h?.DeviceName]).toEqual(['/dev/sdf', '/dev/xvdg', '/dev/sdh'])
    expect(await volume(f?.Ebs?.VolumeId)).toMatchObject({ Size: 2, SnapshotId, VolumeType: 'gp2' })
    expect(await volume(g?.Ebs?.VolumeId)).toMatchObject({
      ...{ Size: 4, SnapshotId, Attachments: [{ Device: '/dev/xvdg', DeleteOnTermination: false }] },
    })
    expect(await volume(h?.Ebs?.VolumeId)).toMatchObject({ Size: 1, SnapshotId: '' })
    // The hypervisor is told the device in the image's own terms
    const vm = cloud.sandbox.world.vms.all().find(({ name }) => name === InstanceId)
    expect(JSON.stringify(vm?.template['DISK'])).toContain('"TARGET":"vdg"')
    await until('the growth', () => {
      const image = cloud.sandbox.world.images.all().find(({ name }) => name === g?.Ebs?.VolumeId)
      return Promise.resolve(image?.size === 4 * 1024)
    })
    await terminate(launched)
    await waitUntilVolumeAvailable(waiting(), { VolumeIds: [g?.Ebs?.VolumeId ?? ''] })
  })

  it('cannot be smaller than their snapshot', async () => {
    const SnapshotId = await aSnapshot(2)
    const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId, VolumeSize: 1 } }]
    expect(await failure(run({ BlockDeviceMappings }))).toMatchObject({ name: 'InvalidBlockDeviceMapping' })
  })

  /** Writes on an AMI which disks it has besides the root. */
  function giveDisks(image: number, disks: object[]): void {
    const { template } = cloud.sandbox.world.images.get(image) ?? {}
    if (template) template['EC2_IMAGE'] = [Buffer.from(JSON.stringify({ disks })).toString('base64url')]
  }

  it('come with an AMI that has them, unless the request says otherwise', async () => {
    const [first, second] = [await aSnapshot(1), await aSnapshot(2)]
    giveDisks(0, [
      { device: '/dev/sdf', snapshot: first, size: 1, type: 'gp2', deleteOnTermination: false },
      { device: '/dev/sdg', snapshot: first },
      { device: '/dev/sdh', snapshot: first, size: 3 },
    ])
    const launched = await running({
      BlockDeviceMappings: [
        { DeviceName: '/dev/sdg', NoDevice: '' },
        { DeviceName: 'sdh', Ebs: { SnapshotId: second, DeleteOnTermination: false } },
      ],
    })
    giveDisks(0, [])
    const volumes = await Promise.all((launched.BlockDeviceMappings ?? []).map(({ Ebs }) => volume(Ebs?.VolumeId)))
    expect(volumes).toMatchObject([
      { SnapshotId: 'snap-00000000' },
      { Attachments: [{ Device: '/dev/sdf', DeleteOnTermination: false }], SnapshotId: first, VolumeType: 'gp2' },
      { Attachments: [{ Device: 'sdh', DeleteOnTermination: false }], SnapshotId: second, Size: 2 },
    ])
    await terminate(launched)
  })

  it('do not come with another’s AMI that names a snapshot of the caller', async () => {
    giveDisks(1, [{ device: '/dev/sdf', snapshot: await aSnapshot(1) }])
    expect(await failure(run({ ImageId: 'ami-00000001' }))).toMatchObject({ name: 'InvalidSnapshot.NotFound' })
    giveDisks(1, [])
  })
})

describe('a public address', () => {
  const asked = nic({ AssociatePublicIpAddress: true })

  it('comes with the interface and goes with the instance, and is no elastic one', async () => {
    const launched = await running(asked)
    const { PublicIpAddress = '', PublicDnsName, NetworkInterfaces } = launched
    expect(PublicIpAddress).toMatch(/^203\.0\.113\.\d$/)
    const name = `ec2-${PublicIpAddress.replaceAll('.', '-')}.cloud.example.com`
    expect(PublicDnsName).toBe(name)
    const Association = { PublicIp: PublicIpAddress, PublicDnsName: name, IpOwnerId: 'amazon' }
    expect(NetworkInterfaces).toMatchObject([{ Association, PrivateIpAddresses: [{ Association }] }])
    expect((await client.send(new DescribeAddressesCommand({}))).Addresses).toEqual([])
    await terminate(launched)
    expect((await described(launched)).PublicIpAddress).toBeUndefined()
  })

  it('is of the first interface, whatever that is called', async () => {
    const { template } = cloud.sandbox.world.templates.all().find(({ name }) => name === 't.named') ?? {}
    template?.['NIC']?.reverse()
    const launched = await running({ InstanceType: 't.named' as never, ...asked })
    expect(launched.NetworkInterfaces?.map(({ Association }) => Association?.PublicIp)).toEqual([
      launched.PublicIpAddress,
      undefined,
    ])
    await terminate(launched)
  })

  it('that is not to be had is said to be so', async () => {
    const { Instances = [] } = await client.send(
      new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 10, ...asked }),
    )
    expect(Instances).toHaveLength(8)
    const error = await failure(run(asked))
    expect([error.name, error.$metadata.httpStatusCode]).toEqual(['InsufficientFreeAddressesInSubnet', 400])
    await Promise.all(Instances.map(terminate))
  })

  it('is refused where the operator has no addresses', async () => {
    const other = await startCloud(
      { seed: { images: [{ name: 'a', owner: 'helen', template: 'EC2_AMI="YES"' }] } },
      { ADDRESS_NETWORK_ID: '' },
    )
    try {
      const there = new EC2Client({ endpoint: other.endpoint, region: 'us-east-1', credentials: credentials() })
      const input = { ImageId, MinCount: 1, MaxCount: 1, ...asked }
      expect(await failure(there.send(new RunInstancesCommand(input)))).toMatchObject({ name: 'UnsupportedOperation' })
    } finally {
      await other.stop()
    }
  })
})

describe('tags of a launch’s interface', () => {
  it('are kept, listed, found by, and changed', async () => {
    const value = crypto.randomUUID()
    const launched = await running({
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'net', Value: value }] }],
    })
    const ResourceId = launched.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? ''
    const Filters = [{ Name: 'resource-type', Values: ['network-interface'] }]
    const tags = async () => (await client.send(new DescribeTagsCommand({ Filters }))).Tags
    expect(await tags()).toEqual([{ ResourceId, ResourceType: 'network-interface', Key: 'net', Value: value }])
    const found = await client.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'network-interface.tag-value', Values: [value] }] }),
    )
    expect(found.Reservations?.flatMap(({ Instances = [] }) => Instances.map(each => each.InstanceId))).toEqual([
      launched.InstanceId,
    ])
    await client.send(new CreateTagsCommand({ Resources: [ResourceId], Tags: [{ Key: 'more', Value: '1' }] }))
    await client.send(new DeleteTagsCommand({ Resources: [ResourceId], Tags: [{ Key: 'net' }] }))
    expect(await tags()).toMatchObject([{ Key: 'more', Value: '1' }])
    await terminate(launched)
  })
})

describe('an instance as OpenNebula has it', () => {
  it('has the volatile disks of its type, and no image of it', async () => {
    const { InstanceId = '', ...launched } = await running({ InstanceType: 't.scratch' as never })
    expect(launched.BlockDeviceMappings).toHaveLength(3)
    const vm = cloud.sandbox.world.vms.all().find(({ name }) => name === InstanceId)
    expect(vm?.template['DISK']).toMatchObject([{ IMAGE_ID: '0' }, { TYPE: 'swap', SIZE: '64' }, { TYPE: 'fs' }])
    await terminate({ InstanceId })
  })

  it('shows its IPv6 addresses, and no address where an interface has none', async () => {
    const { InstanceId = '' } = await running()
    const vm = cloud.sandbox.world.vms.all().find(({ name }) => name === InstanceId)
    const [first] = vm?.template['NIC'] ?? []
    if (typeof first !== 'object') throw new Error('there is no interface')
    const { IP } = first
    Object.assign(first, { IP6_GLOBAL: '2001:db8::1', IP6_ULA: 'fd00::1', IP6_LINK: 'fe80::1' })
    delete first['IP']
    await oneOf(cloud, 'helen')('one.vm.update', vm?.id ?? -1, 'TOUCHED="1"', 1)
    const shown = await described({ InstanceId })
    expect(shown).toMatchObject({ Ipv6Address: '2001:db8::1', PrivateDnsName: '' })
    expect(shown.PrivateIpAddress).toBeUndefined()
    expect(shown.NetworkInterfaces?.[0]?.PrivateIpAddresses).toEqual([])
    expect(shown.NetworkInterfaces?.[0]?.Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address)).toEqual([
      '2001:db8::1',
      'fd00::1',
    ])
    const Filters = [{ Name: 'network-interface.ipv6-addresses.ipv6-address', Values: ['fd00::1'] }]
    const found = await client.send(new DescribeInstancesCommand({ Filters }))
    expect(found.Reservations).toHaveLength(1)
    Object.assign(first, { IP })
    await terminate({ InstanceId })
  })

  it('shows a volume on its way as DescribeVolumes does', async () => {
    cloud.sandbox.setDelays({ hotplug: 600 })
    const { InstanceId = '' } = await running()
    const free = async () => {
      const { VolumeId = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1 }))
      await waitUntilVolumeAvailable(waiting(), { VolumeIds: [VolumeId] })
      return VolumeId
    }
    const [first, second] = [await free(), await free()]
    const attach = (VolumeId: string, Device: string) =>
      client.send(new AttachVolumeCommand({ VolumeId, InstanceId, Device }))
    const shown = async () => {
      const { BlockDeviceMappings = [] } = await described({ InstanceId })
      return new Map(BlockDeviceMappings.slice(1).map(({ Ebs }) => [Ebs?.VolumeId, Ebs?.Status]))
    }
    const attached = async (VolumeId: string) => (await volume(VolumeId)).Attachments?.[0]?.State
    const settled = (...ids: string[]) =>
      until('the hot-plugs', async () => (await Promise.all(ids.map(attached))).every(state => state === 'attached'))
    await attach(first, '/dev/sdf')
    expect(await shown()).toEqual(new Map([[first, 'attaching']]))
    await attach(second, '/dev/sdg')
    await settled(first, second)
    expect(await shown()).toEqual(
      new Map([
        [first, 'attached'],
        [second, 'attached'],
      ]),
    )
    // The second has to wait until the first is out
    for (const VolumeId of [first, second]) await client.send(new DetachVolumeCommand({ VolumeId }))
    expect([await attached(first), await attached(second)]).toEqual(['detaching', 'detaching'])
    expect(await shown()).toEqual(
      new Map([
        [first, 'detaching'],
        [second, 'detaching'],
      ]),
    )
    await until('the detachments', async () => (await shown()).size === 0)
    await attach(second, '/dev/sdg')
    expect(await shown()).toEqual(new Map([[second, 'attaching']]))
    await settled(second)
    cloud.sandbox.setDelays({ hotplug: 40 })
    await terminate({ InstanceId })
  })

  it('whose host does not answer is booted anew by a reboot', async () => {
    const { InstanceId = '' } = await running()
    const vm = cloud.sandbox.world.vms.all().find(({ name }) => name === InstanceId)
    if (vm) vm.lcm = Lcm.UNKNOWN
    await oneOf(cloud, 'helen')('one.vm.update', vm?.id ?? -1, 'TOUCHED="1"', 1)
    await client.send(new RebootInstancesCommand({ InstanceIds: [InstanceId] }))
    expect(vm?.lcm).not.toBe(Lcm.UNKNOWN)
    await until('the boot', () => Promise.resolve(vm?.lcm === Lcm.RUNNING))
    await terminate({ InstanceId })
  })
})

it('an image of a kept root volume can be made as of any other', async () => {
  const launched = await running(root({ DeleteOnTermination: false }))
  const { InstanceId } = launched
  await client.send(new CreateImageCommand({ InstanceId, Name: 'of a kept root', NoReboot: true }))
  await terminate(launched)
})
