// Every filter of every Describe: of two objects it finds those that have what it asks for, and no other.
import {
  type Address,
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateDhcpOptionsCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AttachVolumeCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  type AvailabilityZone,
  CreateDhcpOptionsCommand,
  CreateImageCommand,
  CreateInternetGatewayCommand,
  CreateKeyPairCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateNetworkInterfaceCommand,
  CreatePlacementGroupCommand,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeDhcpOptionsCommand,
  DescribeImagesCommand,
  DescribeImportImageTasksCommand,
  DescribeImportSnapshotTasksCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeInstanceTopologyCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePlacementGroupsCommand,
  DescribeRegionsCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVolumeStatusCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DescribeVpcClassicLinkCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  type DhcpOptions,
  EC2Client,
  type Filter,
  GetSecurityGroupsForVpcCommand,
  type Image,
  ImportImageCommand,
  type ImportImageTask,
  ImportSnapshotCommand,
  type ImportSnapshotTask,
  type Instance,
  type InstanceCreditSpecification,
  type InstanceStatus,
  type InstanceTopology,
  type InstanceTypeInfo,
  type InstanceTypeOffering,
  type InternetGateway,
  type IpPermission,
  type KeyPairInfo,
  type LaunchTemplate,
  type LaunchTemplateVersion,
  ModifyInstanceAttributeCommand,
  ModifySubnetAttributeCommand,
  ModifyVolumeCommand,
  type NetworkAcl,
  type NetworkInterface,
  type PlacementGroup,
  type Region,
  RegisterImageCommand,
  type ResourceType,
  RevokeSecurityGroupEgressCommand,
  type RouteTable,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  type SecurityGroup,
  type SecurityGroupForVpc,
  type SecurityGroupRule,
  type Snapshot,
  StopInstancesCommand,
  type Subnet,
  type Tag,
  type TagDescription,
  type Volume,
  type VolumeModification,
  type VolumeStatusItem,
  type Vpc,
  type VpcClassicLink,
  waitUntilImageAvailable,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
  waitUntilSnapshotCompleted,
  waitUntilSubnetAvailable,
  waitUntilVolumeAvailable,
  waitUntilVolumeInUse,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { absentFilters } from '../../src/ec2/absent/filters.ts'
import { actions } from '../../src/ec2/actions.ts'
import type { addressFilters } from '../../src/ec2/addresses/describe.ts'
import type { dhcpOptionsFilters } from '../../src/ec2/dhcp-options/describe.ts'
import type { imageFilters } from '../../src/ec2/images/describe.ts'
import type { importImageFilters, importSnapshotFilters } from '../../src/ec2/imports/describe.ts'
import type { instanceTypeFilters } from '../../src/ec2/instance-types/describe.ts'
import type { offeringFilters } from '../../src/ec2/instance-types/offerings.ts'
import type { creditFilters } from '../../src/ec2/instances/credits.ts'
import type { instanceFilters } from '../../src/ec2/instances/filters.ts'
import type { placementGroupFilters } from '../../src/ec2/instances/placement-groups/describe.ts'
import type { instanceStatusFilters } from '../../src/ec2/instances/status.ts'
import type { launchTemplateFilters, launchTemplateVersionFilters } from '../../src/ec2/instances/templates/describe.ts'
import type { topologyFilters } from '../../src/ec2/instances/topology.ts'
import type { internetGatewayFilters } from '../../src/ec2/internet-gateways/describe.ts'
import type { keyPairFilters } from '../../src/ec2/key-pairs/describe.ts'
import { ec2 } from '../../src/ec2/model/services.ts'
import type { networkAclFilters } from '../../src/ec2/network-acls/describe.ts'
import type { networkInterfaceFilters } from '../../src/ec2/network-interfaces/describe.ts'
import type { regionFilters, zoneFilters } from '../../src/ec2/regions/describe.ts'
import type { routeTableFilters } from '../../src/ec2/route-tables/describe.ts'
import type { groupForVpcFilters, securityGroupFilters } from '../../src/ec2/security-groups/describe.ts'
import type { securityGroupRuleFilters } from '../../src/ec2/security-groups/describe-rules.ts'
import type { snapshotFilters } from '../../src/ec2/snapshots/describe.ts'
import type { subnetFilters } from '../../src/ec2/subnets/describe.ts'
import type { tagFilters } from '../../src/ec2/tags/describe.ts'
import type { volumeFilters } from '../../src/ec2/volumes/describe.ts'
import type { modificationFilters } from '../../src/ec2/volumes/modifications.ts'
import type { volumeStatusFilters } from '../../src/ec2/volumes/status.ts'
import type { classicLinkFilters, vpcFilters } from '../../src/ec2/vpcs/describe.ts'
import { call, credentials, until, WAITING } from './cloud.ts'
import { startDiskHost } from './disk-host.ts'
import { documentedFilters } from './documented-filters.ts'
import { oneOf } from './neighbours/one.ts'
import { type Cloud, startCloud } from './stage.ts'

const ACCOUNT = '000000000002'

let cloud: Cloud
let client: EC2Client

const waiting = () => ({ client, ...WAITING })

/** What an item has of what a filter looks at: a value, or all of several. */
type Look<Item> = (item: Item) => unknown

/** What all objects have the same of, since nothing in this cloud has another. */
interface Alike<Item> {
  readonly alike: Look<Item>
}

const alike = <Item>(look: Look<Item>): Alike<Item> => ({ alike: look })

/** Of a filter that AWS has, and by which nothing in this cloud can be found. */
const nowhere = 'nowhere'

type Case<Item> = Look<Item> | Alike<Item> | typeof nowhere

/** A case for each filter of a table: a filter without one does not compile. */
type Cases<Name extends string, Item> = { readonly [N in Name]: Case<Item> }

/** What an action is asked for. */
interface Listed<Item> {
  /** Those of a few objects that match: of two at least, where there is more than one. */
  readonly list: (Filters?: Filter[]) => Promise<readonly Item[] | undefined>
  readonly idOf: (item: Item) => string | undefined
  /** Where tags are filters, too; each object has one with its own key and value, or none has any. */
  readonly tagsOf?: ((item: Item) => readonly Tag[] | undefined) | typeof nowhere
}

const textOf = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value))

const textsOf = (found: unknown): string[] =>
  (Array.isArray(found) ? found : [found]).filter(value => value !== undefined).map(textOf)

function tagCases<Item>(tagsOf: Listed<Item>['tagsOf']): [string, Case<Item>][] {
  if (tagsOf === undefined) return []
  if (tagsOf === nowhere) return ['tag-key', 'tag-value', 'tag:first'].map(name => [name, nowhere])
  return [
    ['tag-key', item => tagsOf(item)?.map(({ Key }) => Key)],
    ['tag-value', item => tagsOf(item)?.map(({ Value }) => Value)],
    ['tag:first', item => tagsOf(item)?.flatMap(({ Key, Value }) => (Key === 'first' ? Value : []))],
  ]
}

/** The actions whose filters are tried, with the names of those that they take besides tags. */
const tried = new Map<string, readonly string[]>()

/** What AWS says that an action takes. */
const documented = documentedFilters()

function eachFilter<Name extends string, Item>(
  action: string,
  { list, idOf, tagsOf }: Listed<Item>,
  cases: Cases<Name, Item>,
): void {
  tried.set(action, Object.keys(cases))
  const found = async (Name: string, value: string) =>
    ((await list([{ Name, Values: [value] }])) ?? []).flatMap(item => idOf(item) ?? []).toSorted()

  let items: Promise<readonly Item[] | undefined> | undefined

  /** By a value that tells them apart, where there is one. */
  async function check(name: string, look: Look<Item>, isAlike: boolean): Promise<void> {
    items ??= list()
    const having = ((await items) ?? []).map(item => ({ id: idOf(item) ?? '', texts: textsOf(look(item)) }))
    const owners = (value: string) => having.filter(({ texts }) => texts.includes(value)).map(({ id }) => id)
    const values = having.flatMap(({ texts }) => texts)
    const telling = values.find(value => owners(value).length < having.length)
    const [value = 'nothing has any'] = telling === undefined ? values : [telling]
    if (having.length > 1) expect(telling === undefined, 'all have the same').toBe(isAlike)
    expect(owners(value), value).not.toEqual([])
    expect(await found(name, value), value).toEqual(owners(value).toSorted())
    if (isAlike) expect(await found(name, 'what nothing has')).toEqual([])
  }

  const tags = tagCases(tagsOf)
  const all: [string, Case<Item>][] = [...Object.entries<Case<Item>>(cases), ...tags]

  describe(action, () => {
    it.each(all)('by %s', async (name, of) => {
      if (of === nowhere) expect(await found(name, '*')).toEqual([])
      else if (typeof of === 'function') await check(name, of, false)
      else await check(name, of.alike, true)
    })

    it('by no filter that is not one', async () => {
      await expect(found('colour', 'red')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
      if (!tagsOf) await expect(found('tag:first', 'x')).rejects.toMatchObject({ name: 'InvalidParameterValue' })
    })

    it('by all that AWS documents', () => {
      const names = new Set(all.map(([name]) => name.replace(/^tag:.*/, 'tag')))
      expect(documented.get(action)?.filter(name => !names.has(name))).toEqual([])
    })
  })
}

/** Of each kind those that its filters are asked for, the first with whatever can be asked for. */
const ids = {
  instances: ['', ''],
  images: ['', ''],
  volumes: ['', ''],
  broken: '',
  snapshots: ['', ''],
  addresses: ['', ''],
  keyPairs: ['', ''],
  interfaces: ['', '', ''],
  groups: ['', ''],
  rules: ['', ''],
  routeTables: ['', ''],
  gateways: ['', ''],
  dhcpOptions: ['', ''],
}

/** The tags of the first of a kind, or of the second. */
const taggedAs = (ResourceType: ResourceType, which: string) => ({
  TagSpecifications: [{ ResourceType, Tags: [{ Key: which, Value: `the ${which}` }] }],
})
const tagged = (ResourceType: ResourceType, which: 'first' | 'second') => taggedAs(ResourceType, which)

const template = (type: string, nic: string) => ({
  name: type,
  template: `CPU="1" VCPU="1" MEMORY="128" EC2_INSTANCE_TYPE="${type}" NIC=[NETWORK_ID="0"${nic}]`,
})

beforeAll(async () => {
  cloud = await startCloud(
    {
      seed: {
        images: [
          { name: 'system', owner: 'helen', size: 2048 },
          { name: 'theirs', owner: 'rival', size: 100, public: true, template: 'EC2_AMI="YES"' },
        ],
        templates: [template('t.six', ',IP6_GLOBAL="2001:db8::7"')],
        appliances: [{ name: 'to be had' }],
      },
    },
    { DNS_DOMAIN: 'cloud.example.com' },
  )
  client = new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(), maxAttempts: 1 })
  await client.send(
    new RegisterImageCommand({
      ...{ ImageLocation: 'ami-00000000', Name: 'system', RootDeviceName: '/dev/xvda' },
      ...{ EnaSupport: true, SriovNetSupport: 'simple' },
    }),
  )
  await makeKeyPairs()
  await makeLaunchTemplates()
  await makePlacementGroups()
  await makeSecurityGroups()
  await makeInstances()
  await Promise.all([makeAddresses(), makeVolumes()])
  await makeImages()
  await Promise.all([makeNetworks(), makeVpcs(), makeImports()])
})

afterAll(() => cloud.stop())

async function makeKeyPairs(): Promise<void> {
  const first = await client.send(new CreateKeyPairCommand({ KeyName: 'first', ...tagged('key-pair', 'first') }))
  const second = await client.send(
    new CreateKeyPairCommand({ KeyName: 'second', KeyType: 'ed25519', ...tagged('key-pair', 'second') }),
  )
  ids.keyPairs = [first.KeyPairId ?? '', second.KeyPairId ?? '']
}

async function makePlacementGroups(): Promise<void> {
  for (const [which, Strategy] of [
    ['first', 'spread'],
    ['second', 'cluster'],
  ] as const) {
    const tags = tagged('placement-group', which)
    await client.send(new CreatePlacementGroupCommand({ GroupName: `the ${which}`, Strategy, ...tags }))
  }
}

/** The first has two versions. */
async function makeLaunchTemplates(): Promise<void> {
  for (const which of ['second', 'first'] as const) {
    await client.send(
      new CreateLaunchTemplateCommand({
        ...{ LaunchTemplateName: `the ${which}`.replace(' ', '-'), ...tagged('launch-template', which) },
        LaunchTemplateData: {
          ...{ ImageId: 'ami-00000000', InstanceType: 'm1.small', EbsOptimized: true },
          MetadataOptions: { HttpEndpoint: 'enabled', HttpTokens: 'required' },
          NetworkInterfaces: [{ DeviceIndex: 0, NetworkCardIndex: 0 }],
        },
      }),
    )
    await until('the next second', async () => Date.now() % 1000 < 100)
  }
  await client.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateName: 'the-first',
      LaunchTemplateData: {
        ...{ ImageId: 'ami-00000001', InstanceType: 'm1.large', EbsOptimized: false },
        MetadataOptions: { HttpEndpoint: 'disabled', HttpTokens: 'optional' },
      },
    }),
  )
}

async function makeSecurityGroups(): Promise<void> {
  const make = async (which: 'first' | 'second', inbound: IpPermission, outbound: IpPermission) => {
    const group = { GroupName: `the ${which}`, Description: `described as the ${which}` }
    const command = new CreateSecurityGroupCommand({ ...group, ...tagged('security-group', which) })
    const { GroupId = '' } = await client.send(command)
    const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
    await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [all] }))
    const self = { UserIdGroupPairs: [{ GroupId }] }
    await client.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [{ ...outbound, ...self }] }))
    const tags = tagged('security-group-rule', which)
    const ingress = new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ ...inbound, ...self }],
      ...tags,
    })
    const { SecurityGroupRules } = await client.send(ingress)
    return [GroupId, SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? ''] as const
  }
  const [first, ruleOfFirst] = await make(
    'first',
    permission('tcp', 22, '10.0.0.0/8', '2001:db8::/120'),
    permission('udp', 53, '192.0.2.0/24', '2001:db8:1::/120'),
  )
  const [second, ruleOfSecond] = await make(
    'second',
    permission('udp', 123, '198.51.100.0/24', '2001:db8:2::/120'),
    permission('tcp', 443, '203.0.113.0/24', '2001:db8:3::/120'),
  )
  ids.groups = [first, second]
  ids.rules = [ruleOfFirst, ruleOfSecond]
}

const permission = (IpProtocol: string, FromPort: number, CidrIp: string, CidrIpv6: string): IpPermission => ({
  ...{ IpProtocol, FromPort, ToPort: FromPort + 1, IpRanges: [{ CidrIp }], Ipv6Ranges: [{ CidrIpv6 }] },
})

async function run(input: Partial<RunInstancesCommandInput>): Promise<string> {
  const { Instances } = await client.send(
    new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, ...input }),
  )
  const id = Instances?.[0]?.InstanceId ?? ''
  await waitUntilInstanceRunning(waiting(), { InstanceIds: [id] })
  return id
}

async function makeInstances(): Promise<void> {
  const second = await run({ ImageId: 'ami-00000001', ...tagged('instance', 'second') })
  // Times are told in seconds
  const { LaunchTime } = await described(second)
  await until('the next second', async () => Date.now() >= (LaunchTime?.getTime() ?? 0) + 1000)
  const { TagSpecifications } = tagged('instance', 'first')
  const first = await run({
    KeyName: 'first',
    InstanceType: 't.six' as never,
    Placement: { AvailabilityZone: 'one-b', GroupName: 'the first' },
    ClientToken: 'the token of the first',
    EbsOptimized: true,
    CapacityReservationSpecification: { CapacityReservationPreference: 'none' },
    Monitoring: { Enabled: true },
    MaintenanceOptions: { AutoRecovery: 'disabled' },
    MetadataOptions: {
      ...{ HttpTokens: 'required', HttpPutResponseHopLimit: 2, HttpEndpoint: 'disabled' },
      ...{ HttpProtocolIpv6: 'enabled', InstanceMetadataTags: 'enabled' },
    },
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }],
    TagSpecifications: [
      ...TagSpecifications,
      { ResourceType: 'network-interface', Tags: [{ Key: 'of the interface', Value: 'of the first' }] },
    ],
  })
  await client.send(new StopInstancesCommand({ InstanceIds: [second] }))
  await waitUntilInstanceStopped(waiting(), { InstanceIds: [second] })
  await client.send(new ModifyInstanceAttributeCommand({ InstanceId: second, SourceDestCheck: { Value: false } }))
  ids.instances = [first, second]
}

async function described(InstanceId: string): Promise<Instance> {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
  return Reservations?.[0]?.Instances?.[0] ?? {}
}

async function makeAddresses(): Promise<void> {
  const first = await client.send(new AllocateAddressCommand({ Domain: 'vpc', ...tagged('elastic-ip', 'first') }))
  const second = await client.send(new AllocateAddressCommand(tagged('elastic-ip', 'second')))
  ids.addresses = [first.AllocationId ?? '', second.AllocationId ?? '']
  const [InstanceId = ''] = ids.instances
  await client.send(new AssociateAddressCommand({ AllocationId: first.AllocationId, InstanceId }))
  await until('the address', async () => (await described(InstanceId)).PublicIpAddress)
}

/** The second is made of a snapshot of the first. */
async function makeVolumes(): Promise<void> {
  const { VolumeId: first = '' } = await client.send(
    new CreateVolumeCommand({
      ...{ AvailabilityZone: 'one-b', Size: 8, VolumeType: 'gp3', Iops: 3000 },
      ...tagged('volume', 'first'),
    }),
  )
  await waitUntilVolumeAvailable(waiting(), { VolumeIds: [first] })
  const snap = async (VolumeId: string, which: 'first' | 'second') => {
    const { SnapshotId = '' } = await client.send(
      new CreateSnapshotCommand({ VolumeId, Description: `of the ${which}`, ...tagged('snapshot', which) }),
    )
    await waitUntilSnapshotCompleted(waiting(), { SnapshotIds: [SnapshotId] })
    return SnapshotId
  }
  const SnapshotId = await snap(first, 'first')
  await until('the next second', async () => Date.now() % 1000 < 100)
  const { VolumeId: second = '' } = await client.send(
    new CreateVolumeCommand({ AvailabilityZone: 'one-a', SnapshotId, Size: 9, ...tagged('volume', 'second') }),
  )
  await waitUntilVolumeAvailable(waiting(), { VolumeIds: [second] })
  await client.send(new ModifyVolumeCommand({ VolumeId: first, Iops: 3500 }))
  await client.send(new ModifyVolumeCommand({ VolumeId: second, Size: 10, VolumeType: 'gp2' }))
  const [InstanceId] = ids.instances
  await client.send(new AttachVolumeCommand({ VolumeId: first, InstanceId, Device: '/dev/sdx' }))
  await waitUntilVolumeInUse(waiting(), { VolumeIds: [first] })
  const { VolumeId: empty = '' } = await client.send(new CreateVolumeCommand({ AvailabilityZone: 'one-a', Size: 1 }))
  await waitUntilVolumeAvailable(waiting(), { VolumeIds: [empty] })
  ids.snapshots = [SnapshotId, await snap(empty, 'second')]
  ids.volumes = [first, second]
  ids.broken = await broken('vol', 'TYPE="DATABLOCK" PERSISTENT="YES" EBS_VOLUME="YES"')
}

/** An image that OpenNebula would not make. @returns its id */
async function broken(prefix: 'ami' | 'vol', attributes: string): Promise<string> {
  const helen = oneOf(cloud, 'helen')
  const number = await helen('one.image.allocate', `NAME="broken ${prefix}" PATH="/etc/passwd" ${attributes}`, 1)
  return `${prefix}-${String(number).padStart(8, '0')}`
}

/** The first is made of the first instance; the second could not be made, and there are what both instances were launched from, one of them another's. */
async function makeImages(): Promise<void> {
  const [InstanceId] = ids.instances
  const { ImageId = '' } = await client.send(
    new CreateImageCommand({
      ...{ InstanceId, Name: 'the first', Description: 'of the first instance', NoReboot: true },
      ...tagged('image', 'first'),
    }),
  )
  await waitUntilImageAvailable(waiting(), { ImageIds: [ImageId] })
  const second = await broken('ami', 'TYPE="OS" EC2_AMI="YES" ARCH="i386" EC2_TAGS=[SECOND="the second"]')
  ids.images = [ImageId, second, 'ami-00000000', 'ami-00000001', 'ami-00000000000000000']
}

/** VPCs of the account's, besides its default one. */
async function makeVpcs(): Promise<void> {
  const make = async (which: 'first' | 'second', CidrBlock: string) => {
    const { Vpc: { VpcId = '' } = {} } = await client.send(new CreateVpcCommand({ CidrBlock, ...tagged('vpc', which) }))
    const { InternetGateway } = await client.send(new CreateInternetGatewayCommand(tagged('internet-gateway', which)))
    const { DhcpOptions } = await client.send(
      new CreateDhcpOptionsCommand({
        DhcpConfigurations: [
          which === 'first'
            ? { Key: 'domain-name', Values: ['first.example'] }
            : { Key: 'ntp-servers', Values: ['192.0.2.1'] },
        ],
        ...tagged('dhcp-options', which),
      }),
    )
    return [VpcId, InternetGateway?.InternetGatewayId ?? '', DhcpOptions?.DhcpOptionsId ?? ''] as const
  }
  const [first, gatewayOfFirst, dhcpOfFirst] = await make('first', '10.7.0.0/16')
  const [second, gatewayOfSecond, dhcpOfSecond] = await make('second', '10.8.0.0/16')
  await makeSubnet(first)
  ids.gateways = [gatewayOfFirst, gatewayOfSecond]
  ids.dhcpOptions = [dhcpOfFirst, dhcpOfSecond]
  await client.send(new AssociateDhcpOptionsCommand({ VpcId: first, DhcpOptionsId: dhcpOfFirst }))
  await client.send(new AttachInternetGatewayCommand({ VpcId: first, InternetGatewayId: gatewayOfFirst }))
  await makeRouteTables(second, gatewayOfSecond)
}

/** One of the default VPC, with a subnet and ways to an instance and out, and the main one of a VPC that has lost its gateway. */
async function makeRouteTables(VpcId: string, InternetGatewayId: string): Promise<void> {
  const [here] =
    (await client.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }))).Vpcs ?? []
  const { RouteTable: { RouteTableId: first = '' } = {} } = await client.send(
    new CreateRouteTableCommand({ VpcId: here?.VpcId, ...tagged('route-table', 'first') }),
  )
  const second = VpcId.replace('vpc', 'rtb')
  ids.routeTables = [first, second]
  await client.send(new AssociateRouteTableCommand({ RouteTableId: first, SubnetId: 'subnet-00000000' }))
  const add = (route: Omit<CreateRouteCommandInput, 'RouteTableId'>, RouteTableId = first) =>
    client.send(new CreateRouteCommand({ RouteTableId, ...route }))
  await add({ DestinationCidrBlock: '192.0.2.0/24', InstanceId: ids.instances[0] })
  await add({ DestinationIpv6CidrBlock: '::/0', GatewayId: here?.VpcId?.replace('vpc', 'igw') })
  const attachment = { VpcId, InternetGatewayId }
  await client.send(new AttachInternetGatewayCommand(attachment))
  await add({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId }, second)
  await client.send(new DetachInternetGatewayCommand(attachment))
  await client.send(new CreateTagsCommand({ Resources: [second], Tags: [{ Key: 'second', Value: 'the second' }] }))
}

/** One that differs from the operator's in all that can differ. */
async function makeSubnet(VpcId: string): Promise<void> {
  const block = { CidrBlock: '10.7.1.0/24', AvailabilityZone: 'one-b' }
  const { Subnet: { SubnetId } = {} } = await client.send(new CreateSubnetCommand({ VpcId, ...block }))
  await client.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } }))
  await waitUntilSubnetAvailable(waiting(), { SubnetIds: [SubnetId ?? ''] })
}

/** Two of each. */
async function makeImports(): Promise<void> {
  await using host = await startDiskHost(cloud.diskPort)
  const Url = host.url
  for (const which of ['first', 'second'] as const) {
    await client.send(new ImportImageCommand({ DiskContainers: [{ Url }], ...tagged('import-image-task', which) }))
    await client.send(new ImportSnapshotCommand({ DiskContainer: { Url }, ...tagged('import-snapshot-task', which) }))
  }
  const active = [{ Name: 'task-state', Values: ['active'] }]
  await until('the imports', async () => {
    const images = await client.send(new DescribeImportImageTasksCommand({ Filters: active }))
    const snapshots = await client.send(new DescribeImportSnapshotTasksCommand({ Filters: active }))
    return [images.ImportImageTasks, snapshots.ImportSnapshotTasks].flat().length === 0
  })
}

/** Reservations of the account's: subnets besides the operator's. And the interfaces of the instances have tags. */
async function makeNetworks(): Promise<void> {
  const helen = oneOf(cloud, 'helen')
  const [first = '', second = ''] = await Promise.all(
    ids.instances.map(async id => nic(await described(id))?.NetworkInterfaceId),
  )
  const { NetworkInterface: free } = await client.send(
    new CreateNetworkInterfaceCommand({
      ...{ SubnetId: 'subnet-00000000', Description: 'free', Groups: [ids.groups[0] ?? ''] },
      ...taggedAs('network-interface', 'third'),
    }),
  )
  ids.interfaces = [first, second, free?.NetworkInterfaceId ?? '']
  for (const [which, size] of [
    ['first', 20],
    ['second', 10],
  ] as const) {
    const number = await helen('one.vn.reserve', 0, `NAME="${which}" SIZE="${size}"`)
    const subnet = `subnet-${String(number).padStart(8, '0')}`
    const Tags = [{ Key: which, Value: `the ${which}` }]
    const Resources = [subnet, which === 'first' ? first : second]
    await client.send(new CreateTagsCommand({ Resources, Tags }))
  }
}

const nic = ({ NetworkInterfaces: [first] = [] }: Instance) => first
const association = (of: Instance) => nic(of)?.Association
const disks = ({ BlockDeviceMappings = [] }: Instance) => BlockDeviceMappings.map(({ Ebs }) => Ebs)
const addressOf = async () =>
  (await client.send(new DescribeAddressesCommand({ AllocationIds: ids.addresses }))).Addresses?.[0]

/** Of what DescribeInstances does not show but DescribeAddresses does. */
let elastic: Address | undefined
const ofElastic =
  (member: 'AllocationId' | 'AssociationId'): Look<Instance> =>
  ({ PublicIpAddress }) =>
    PublicIpAddress && elastic?.[member]

let reservations: ReadonlyMap<string | undefined, string | undefined> = new Map()

eachFilter<keyof typeof instanceFilters, Instance>(
  'DescribeInstances',
  {
    list: async Filters => {
      elastic ??= await addressOf()
      const { Reservations = [] } = await client.send(
        new DescribeInstancesCommand({ InstanceIds: ids.instances, Filters }),
      )
      const all = Reservations.flatMap(({ ReservationId, Instances = [] }) =>
        Instances.map(instance => ({ instance, ReservationId })),
      )
      reservations = new Map([
        ...reservations,
        ...all.map(each => [each.instance.InstanceId, each.ReservationId] as const),
      ])
      return all.map(({ instance }) => instance)
    },
    idOf: of => of.InstanceId,
    tagsOf: of => of.Tags,
  },
  {
    affinity: nowhere,
    architecture: alike(of => of.Architecture),
    'availability-zone': of => of.Placement?.AvailabilityZone,
    'availability-zone-id': of => of.Placement?.AvailabilityZoneId,
    'block-device-mapping.attach-time': of => disks(of).map(ebs => ebs?.AttachTime),
    'block-device-mapping.delete-on-termination': of => disks(of).map(ebs => ebs?.DeleteOnTermination),
    'block-device-mapping.device-name': of => of.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName),
    'block-device-mapping.status': alike(of => disks(of).map(ebs => ebs?.Status)),
    'block-device-mapping.volume-id': of => disks(of).map(ebs => ebs?.VolumeId),
    'boot-mode': nowhere,
    'capacity-reservation-id': nowhere,
    'capacity-reservation-specification.capacity-reservation-preference': of =>
      of.CapacityReservationSpecification?.CapacityReservationPreference,
    'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id': nowhere,
    'capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn': nowhere,
    'client-token': of => of.ClientToken,
    'current-instance-boot-mode': nowhere,
    'dns-name': of => of.PublicDnsName,
    'ebs-optimized': of => of.EbsOptimized,
    'ena-support': of => of.EnaSupport,
    'enclave-options.enabled': alike(of => of.EnclaveOptions?.Enabled),
    'hibernation-options.configured': alike(of => of.HibernationOptions?.Configured),
    'host-id': nowhere,
    hypervisor: alike(of => of.Hypervisor),
    'iam-instance-profile.arn': nowhere,
    'iam-instance-profile.id': nowhere,
    'image-id': of => of.ImageId,
    'instance-id': of => of.InstanceId,
    'instance-lifecycle': nowhere,
    'instance-state-code': of => of.State?.Code,
    'instance-state-name': of => of.State?.Name,
    'instance-type': of => of.InstanceType,
    'instance.group-id': alike(of => of.SecurityGroups?.map(({ GroupId }) => GroupId)),
    'instance.group-name': alike(of => of.SecurityGroups?.map(({ GroupName }) => GroupName)),
    'ip-address': of => of.PublicIpAddress,
    'ipv6-address': of => nic(of)?.Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address),
    'kernel-id': nowhere,
    'key-name': of => of.KeyName,
    'launch-index': alike(of => of.AmiLaunchIndex),
    'launch-time': of => of.LaunchTime,
    'maintenance-options.auto-recovery': of => of.MaintenanceOptions?.AutoRecovery,
    'metadata-options.http-endpoint': of => of.MetadataOptions?.HttpEndpoint,
    'metadata-options.http-protocol-ipv4': nowhere,
    'metadata-options.http-protocol-ipv6': of => of.MetadataOptions?.HttpProtocolIpv6,
    'metadata-options.http-put-response-hop-limit': of => of.MetadataOptions?.HttpPutResponseHopLimit,
    'metadata-options.http-tokens': of => of.MetadataOptions?.HttpTokens,
    'metadata-options.instance-metadata-tags': of => of.MetadataOptions?.InstanceMetadataTags,
    'metadata-options.state': alike(of => of.MetadataOptions?.State),
    'monitoring-state': of => of.Monitoring?.State,
    'network-interface.addresses.association.allocation-id': ofElastic('AllocationId'),
    'network-interface.addresses.association.association-id': ofElastic('AssociationId'),
    'network-interface.addresses.association.carrier-ip': nowhere,
    'network-interface.addresses.association.customer-owned-ip': nowhere,
    'network-interface.addresses.association.ip-owner-id': of => association(of)?.IpOwnerId,
    'network-interface.addresses.association.public-dns-name': of => association(of)?.PublicDnsName,
    'network-interface.addresses.association.public-ip': of => association(of)?.PublicIp,
    'network-interface.addresses.primary': alike(of => nic(of)?.PrivateIpAddresses?.map(({ Primary }) => Primary)),
    'network-interface.addresses.private-dns-name': of => nic(of)?.PrivateDnsName,
    'network-interface.addresses.private-ip-address': of => nic(of)?.PrivateIpAddress,
    'network-interface.association.allocation-id': ofElastic('AllocationId'),
    'network-interface.association.association-id': ofElastic('AssociationId'),
    'network-interface.association.carrier-ip': nowhere,
    'network-interface.association.customer-owned-ip': nowhere,
    'network-interface.association.ip-owner-id': of => association(of)?.IpOwnerId,
    'network-interface.association.public-dns-name': of => association(of)?.PublicDnsName,
    'network-interface.association.public-ip': of => association(of)?.PublicIp,
    'network-interface.attachment.attach-time': of => nic(of)?.Attachment?.AttachTime,
    'network-interface.attachment.attachment-id': of => nic(of)?.Attachment?.AttachmentId,
    'network-interface.attachment.delete-on-termination': alike(of => nic(of)?.Attachment?.DeleteOnTermination),
    'network-interface.attachment.device-index': alike(of => nic(of)?.Attachment?.DeviceIndex),
    'network-interface.attachment.instance-id': of => of.InstanceId,
    'network-interface.attachment.instance-owner-id': alike(() => ACCOUNT),
    'network-interface.attachment.network-card-index': alike(of => nic(of)?.Attachment?.NetworkCardIndex),
    'network-interface.attachment.status': alike(of => nic(of)?.Attachment?.Status),
    'network-interface.availability-zone': of => of.Placement?.AvailabilityZone,
    'network-interface.deny-all-igw-traffic': alike(() => false),
    'network-interface.description': alike(of => nic(of)?.Description),
    'network-interface.group-id': alike(of => nic(of)?.Groups?.map(({ GroupId }) => GroupId)),
    'network-interface.group-name': alike(of => nic(of)?.Groups?.map(({ GroupName }) => GroupName)),
    'network-interface.ipv4-prefixes.ipv4-prefix': nowhere,
    'network-interface.ipv6-address': of => nic(of)?.Ipv6Addresses?.map(({ Ipv6Address }) => Ipv6Address),
    'network-interface.ipv6-addresses.ipv6-address': of => nic(of)?.Ipv6Addresses?.map(each => each.Ipv6Address),
    'network-interface.ipv6-addresses.is-primary-ipv6': of =>
      nic(of)?.Ipv6Addresses?.map(({ IsPrimaryIpv6 }) => IsPrimaryIpv6),
    'network-interface.ipv6-native': alike(() => false),
    'network-interface.ipv6-prefixes.ipv6-prefix': nowhere,
    'network-interface.mac-address': of => nic(of)?.MacAddress,
    'network-interface.network-interface-id': of => nic(of)?.NetworkInterfaceId,
    'network-interface.operator.managed': alike(() => false),
    'network-interface.operator.principal': nowhere,
    'network-interface.outpost-arn': nowhere,
    'network-interface.owner-id': alike(of => nic(of)?.OwnerId),
    'network-interface.private-dns-name': of => nic(of)?.PrivateDnsName,
    'network-interface.private-ip-address': of => nic(of)?.PrivateIpAddress,
    'network-interface.public-dns-name': of => association(of)?.PublicDnsName,
    'network-interface.requester-id': nowhere,
    'network-interface.requester-managed': alike(() => false),
    'network-interface.source-dest-check': of => nic(of)?.SourceDestCheck,
    'network-interface.status': alike(of => nic(of)?.Status),
    'network-interface.subnet-id': alike(of => nic(of)?.SubnetId),
    // What DescribeInstances does not show of interfaces
    'network-interface.tag-key': of => (of.InstanceId === ids.instances[0] ? 'of the interface' : undefined),
    'network-interface.tag-value': of => (of.InstanceId === ids.instances[0] ? 'of the first' : undefined),
    'network-interface.vpc-id': alike(of => nic(of)?.VpcId),
    'network-performance-options.bandwidth-weighting': nowhere,
    'operator.managed': alike(() => false),
    'operator.principal': nowhere,
    'outpost-arn': nowhere,
    'owner-id': alike(() => ACCOUNT),
    'placement-group-name': of => of.Placement?.GroupName,
    'placement-partition-number': nowhere,
    platform: nowhere,
    'platform-details': alike(of => of.PlatformDetails),
    'private-dns-name': of => of.PrivateDnsName,
    'private-dns-name-options.enable-resource-name-dns-a-record': alike(() => false),
    'private-dns-name-options.enable-resource-name-dns-aaaa-record': alike(() => false),
    'private-dns-name-options.hostname-type': alike(of => of.PrivateDnsNameOptions?.HostnameType),
    'private-ip-address': of => of.PrivateIpAddress,
    'product-code': nowhere,
    'product-code.type': nowhere,
    'ramdisk-id': nowhere,
    reason: of => of.StateTransitionReason,
    'requester-id': nowhere,
    'reservation-id': of => reservations.get(of.InstanceId),
    'root-device-name': of => of.RootDeviceName,
    'root-device-type': alike(of => of.RootDeviceType),
    'source-dest-check': of => of.SourceDestCheck,
    'spot-instance-request-id': nowhere,
    'state-reason-code': of => of.StateReason?.Code,
    'state-reason-message': of => of.StateReason?.Message,
    'subnet-id': alike(of => of.SubnetId),
    tenancy: alike(of => of.Placement?.Tenancy),
    'tpm-support': nowhere,
    'usage-operation': alike(of => of.UsageOperation),
    'usage-operation-update-time': nowhere,
    'virtualization-type': alike(of => of.VirtualizationType),
    'vpc-id': alike(of => of.VpcId),
  },
)

eachFilter<keyof typeof creditFilters, InstanceCreditSpecification>(
  'DescribeInstanceCreditSpecifications',
  {
    list: async Filters => {
      const command = new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: ids.instances, Filters })
      return (await client.send(command)).InstanceCreditSpecifications
    },
    idOf: of => of.InstanceId,
  },
  { 'instance-id': of => of.InstanceId },
)

eachFilter<keyof typeof topologyFilters, InstanceTopology>(
  'DescribeInstanceTopology',
  {
    list: async Filters => {
      const command = new DescribeInstanceTopologyCommand({ InstanceIds: ids.instances, Filters })
      return (await client.send(command)).Instances
    },
    idOf: of => of.InstanceId,
  },
  {
    'availability-zone': of => of.AvailabilityZone,
    'instance-type': of => of.InstanceType,
    'zone-id': of => of.ZoneId,
  },
)

eachFilter<keyof typeof instanceStatusFilters, InstanceStatus>(
  'DescribeInstanceStatus',
  {
    list: async Filters =>
      (
        await client.send(
          new DescribeInstanceStatusCommand({ InstanceIds: ids.instances, IncludeAllInstances: true, Filters }),
        )
      ).InstanceStatuses,
    idOf: of => of.InstanceId,
  },
  {
    'application-status.status': nowhere,
    'attached-ebs-status.status': of => of.AttachedEbsStatus?.Status,
    'availability-zone': of => of.AvailabilityZone,
    'availability-zone-id': of => of.AvailabilityZoneId,
    'event.code': nowhere,
    'event.description': nowhere,
    'event.instance-event-id': nowhere,
    'event.not-after': nowhere,
    'event.not-before': nowhere,
    'event.not-before-deadline': nowhere,
    'instance-state-code': of => of.InstanceState?.Code,
    'instance-state-name': of => of.InstanceState?.Name,
    'instance-status.reachability': of => of.InstanceStatus?.Details?.map(({ Status }) => Status),
    'instance-status.status': of => of.InstanceStatus?.Status,
    'operator.managed': alike(() => false),
    'operator.principal': nowhere,
    'system-status.reachability': of => of.SystemStatus?.Details?.map(({ Status }) => Status),
    'system-status.status': of => of.SystemStatus?.Status,
  },
)

const mappings = ({ BlockDeviceMappings = [] }: Image) => BlockDeviceMappings.map(({ Ebs }) => Ebs)

eachFilter<keyof typeof imageFilters, Image>(
  'DescribeImages',
  {
    list: async Filters => (await client.send(new DescribeImagesCommand({ ImageIds: ids.images, Filters }))).Images,
    idOf: of => of.ImageId,
    tagsOf: of => of.Tags,
  },
  {
    architecture: of => of.Architecture,
    'block-device-mapping.delete-on-termination': of => mappings(of).map(ebs => ebs?.DeleteOnTermination),
    'block-device-mapping.device-name': of => of.BlockDeviceMappings?.map(({ DeviceName }) => DeviceName),
    'block-device-mapping.encrypted': alike(of => mappings(of).map(ebs => ebs?.Encrypted)),
    'block-device-mapping.snapshot-id': of => mappings(of).map(ebs => ebs?.SnapshotId),
    'block-device-mapping.volume-size': of => mappings(of).map(ebs => ebs?.VolumeSize),
    'block-device-mapping.volume-type': of => mappings(of).map(ebs => ebs?.VolumeType),
    'boot-mode': nowhere,
    'creation-date': of => of.CreationDate,
    description: of => of.Description,
    'ena-support': of => of.EnaSupport,
    'free-tier-eligible': alike(() => false),
    hypervisor: alike(of => of.Hypervisor),
    'image-allowed': alike(() => true),
    'image-id': of => of.ImageId,
    'image-type': alike(of => of.ImageType),
    'image-watermark.source-image-creation-time': nowhere,
    'image-watermark.source-image-id': nowhere,
    'image-watermark.source-image-region': nowhere,
    'image-watermark.watermark-creation-time': nowhere,
    'image-watermark.watermark-key': nowhere,
    'instance-type-specification.supported-instance-type': nowhere,
    'instance-type-specification.unsupported-instance-type': nowhere,
    'is-public': of => of.Public,
    'kernel-id': nowhere,
    'manifest-location': of => of.ImageLocation,
    name: of => of.Name,
    'owner-alias': of => of.ImageOwnerAlias,
    'owner-id': of => of.OwnerId,
    platform: nowhere,
    'product-code': nowhere,
    'product-code.type': nowhere,
    'public-ssm-parameter-name': nowhere,
    'ramdisk-id': nowhere,
    'root-device-name': of => of.RootDeviceName,
    'root-device-type': alike(of => of.RootDeviceType),
    'scan-result.critical-fix-available-since': nowhere,
    'scan-result.finding-scan-date': nowhere,
    'scan-result.high-fix-available-since': nowhere,
    'scan-result.highest-finding-severity-label': nowhere,
    'scan-result.informational-fix-available-since': nowhere,
    'scan-result.low-fix-available-since': nowhere,
    'scan-result.medium-fix-available-since': nowhere,
    'source-image-id': of => of.SourceImageId,
    'source-image-region': of => of.SourceImageRegion,
    'source-instance-id': of => of.SourceInstanceId,
    'sriov-net-support': of => of.SriovNetSupport,
    state: of => of.State,
    'state-reason-code': of => of.StateReason?.Code,
    'state-reason-message': of => of.StateReason?.Message,
    'virtualization-type': alike(of => of.VirtualizationType),
  },
)

const attachment = ({ Attachments: [first] = [] }: Volume) => first

eachFilter<keyof typeof volumeFilters, Volume>(
  'DescribeVolumes',
  {
    list: async Filters => (await client.send(new DescribeVolumesCommand({ VolumeIds: ids.volumes, Filters }))).Volumes,
    idOf: of => of.VolumeId,
    tagsOf: of => of.Tags,
  },
  {
    'attachment.attach-time': of => attachment(of)?.AttachTime,
    'attachment.delete-on-termination': of => attachment(of)?.DeleteOnTermination,
    'attachment.device': of => attachment(of)?.Device,
    'attachment.instance-id': of => attachment(of)?.InstanceId,
    'attachment.status': of => attachment(of)?.State,
    'availability-zone': of => of.AvailabilityZone,
    'availability-zone-id': of => (of.AvailabilityZone === 'one-b' ? 'opennebula-az2' : 'opennebula-az1'),
    'create-time': of => of.CreateTime,
    encrypted: alike(of => of.Encrypted),
    'fast-restored': alike(() => false),
    'multi-attach-enabled': alike(of => of.MultiAttachEnabled),
    'operator.managed': alike(() => false),
    'operator.principal': nowhere,
    size: of => of.Size,
    'snapshot-id': of => of.SnapshotId || undefined,
    status: of => of.State,
    'volume-id': of => of.VolumeId,
    'volume-type': of => of.VolumeType,
  },
)

eachFilter<keyof typeof modificationFilters, VolumeModification>(
  'DescribeVolumesModifications',
  {
    list: async Filters =>
      (await client.send(new DescribeVolumesModificationsCommand({ VolumeIds: ids.volumes, Filters })))
        .VolumesModifications,
    idOf: of => of.VolumeId,
  },
  {
    'modification-state': alike(of => of.ModificationState),
    'original-iops': of => of.OriginalIops,
    'original-size': of => of.OriginalSize,
    'original-volume-type': of => of.OriginalVolumeType,
    originalMultiAttachEnabled: alike(of => of.OriginalMultiAttachEnabled),
    'start-time': of => of.StartTime,
    'target-iops': of => of.TargetIops,
    'target-size': of => of.TargetSize,
    'target-volume-type': of => of.TargetVolumeType,
    targetMultiAttachEnabled: alike(of => of.TargetMultiAttachEnabled),
    'volume-id': of => of.VolumeId,
  },
)

eachFilter<keyof typeof volumeStatusFilters, VolumeStatusItem>(
  'DescribeVolumeStatus',
  {
    list: async Filters =>
      (
        await client.send(
          new DescribeVolumeStatusCommand({ VolumeIds: [...ids.volumes.slice(0, 1), ids.broken], Filters }),
        )
      ).VolumeStatuses,
    idOf: of => of.VolumeId,
  },
  {
    'action.code': nowhere,
    'action.description': nowhere,
    'action.event-id': nowhere,
    'attachment-status.instance-id': of => of.AttachmentStatuses?.map(({ InstanceId }) => InstanceId),
    'attachment-status.io-performance': nowhere,
    'availability-zone': of => of.AvailabilityZone,
    'availability-zone-id': of => of.AvailabilityZoneId,
    'event.description': nowhere,
    'event.event-id': nowhere,
    'event.event-type': nowhere,
    'event.not-after': nowhere,
    'event.not-before': nowhere,
    'volume-status.details-name': alike(of => of.VolumeStatus?.Details?.map(({ Name }) => Name)),
    'volume-status.details-status': of => of.VolumeStatus?.Details?.map(({ Status }) => Status),
    'volume-status.status': of => of.VolumeStatus?.Status,
  },
)

eachFilter<keyof typeof snapshotFilters, Snapshot>(
  'DescribeSnapshots',
  {
    list: async Filters =>
      (await client.send(new DescribeSnapshotsCommand({ SnapshotIds: ids.snapshots, Filters }))).Snapshots,
    idOf: of => of.SnapshotId,
    tagsOf: of => of.Tags,
  },
  {
    description: of => of.Description,
    encrypted: alike(of => of.Encrypted),
    'owner-alias': nowhere,
    'owner-id': alike(of => of.OwnerId),
    progress: alike(of => of.Progress),
    'snapshot-id': of => of.SnapshotId,
    'start-time': of => of.StartTime,
    status: alike(of => of.State),
    'storage-tier': alike(of => of.StorageTier),
    'transfer-type': nowhere,
    'volume-id': of => of.VolumeId,
    'volume-size': of => of.VolumeSize,
  },
)

eachFilter<keyof typeof importImageFilters, ImportImageTask>(
  'DescribeImportImageTasks',
  {
    list: async Filters => (await client.send(new DescribeImportImageTasksCommand({ Filters }))).ImportImageTasks,
    idOf: of => of.ImportTaskId,
    tagsOf: of => of.Tags,
  },
  { 'task-state': alike(of => of.Status) },
)

eachFilter<keyof typeof importSnapshotFilters, ImportSnapshotTask>(
  'DescribeImportSnapshotTasks',
  {
    list: async Filters => (await client.send(new DescribeImportSnapshotTasksCommand({ Filters }))).ImportSnapshotTasks,
    idOf: of => of.ImportTaskId,
    tagsOf: of => of.Tags,
  },
  { 'task-state': alike(of => of.SnapshotTaskDetail?.Status) },
)

eachFilter<keyof typeof addressFilters, Address>(
  'DescribeAddresses',
  {
    list: async Filters =>
      (await client.send(new DescribeAddressesCommand({ AllocationIds: ids.addresses, Filters }))).Addresses,
    idOf: of => of.AllocationId,
    tagsOf: of => of.Tags,
  },
  {
    'allocation-id': of => of.AllocationId,
    'association-id': of => of.AssociationId,
    domain: of => of.Domain,
    'instance-id': of => of.InstanceId,
    'network-border-group': alike(of => of.NetworkBorderGroup),
    'network-interface-id': of => of.NetworkInterfaceId,
    'network-interface-owner-id': of => of.NetworkInterfaceOwnerId,
    'private-ip-address': of => of.PrivateIpAddress,
    'public-ip': of => of.PublicIp,
  },
)

eachFilter<keyof typeof keyPairFilters, KeyPairInfo>(
  'DescribeKeyPairs',
  {
    list: async Filters =>
      (await client.send(new DescribeKeyPairsCommand({ KeyPairIds: ids.keyPairs, Filters }))).KeyPairs,
    idOf: of => of.KeyPairId,
    tagsOf: of => of.Tags,
  },
  {
    fingerprint: of => of.KeyFingerprint,
    'key-name': of => of.KeyName,
    'key-pair-id': of => of.KeyPairId,
  },
)

eachFilter<keyof typeof placementGroupFilters, PlacementGroup>(
  'DescribePlacementGroups',
  {
    list: async Filters => (await client.send(new DescribePlacementGroupsCommand({ Filters }))).PlacementGroups,
    idOf: of => of.GroupId,
    tagsOf: of => of.Tags,
  },
  {
    'group-arn': of => of.GroupArn,
    'group-name': of => of.GroupName,
    'spread-level': of => of.SpreadLevel,
    state: alike(of => of.State),
    strategy: of => of.Strategy,
  },
)

eachFilter<keyof typeof launchTemplateFilters, LaunchTemplate>(
  'DescribeLaunchTemplates',
  {
    list: async Filters => (await client.send(new DescribeLaunchTemplatesCommand({ Filters }))).LaunchTemplates,
    idOf: of => of.LaunchTemplateId,
    tagsOf: of => of.Tags,
  },
  {
    'create-time': of => of.CreateTime,
    'launch-template-name': of => of.LaunchTemplateName,
  },
)

eachFilter<keyof typeof launchTemplateVersionFilters, LaunchTemplateVersion>(
  'DescribeLaunchTemplateVersions',
  {
    list: async Filters => {
      const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateName: 'the-first', Filters })
      return (await client.send(command)).LaunchTemplateVersions
    },
    idOf: of => String(of.VersionNumber),
  },
  {
    'create-time': of => of.CreateTime,
    'ebs-optimized': of => of.LaunchTemplateData?.EbsOptimized,
    'host-resource-group-arn': nowhere,
    'http-endpoint': of => of.LaunchTemplateData?.MetadataOptions?.HttpEndpoint,
    'http-protocol-ipv4': nowhere,
    'http-tokens': of => of.LaunchTemplateData?.MetadataOptions?.HttpTokens,
    'iam-instance-profile': nowhere,
    'image-id': of => of.LaunchTemplateData?.ImageId,
    'instance-type': of => of.LaunchTemplateData?.InstanceType,
    'is-default-version': of => of.DefaultVersion,
    'kernel-id': nowhere,
    'license-configuration-arn': nowhere,
    'network-card-index': of => of.LaunchTemplateData?.NetworkInterfaces?.map(each => each.NetworkCardIndex),
    'ram-disk-id': nowhere,
  },
)

eachFilter<keyof typeof tagFilters, TagDescription>(
  'DescribeTags',
  {
    list: async (Filters = []) => {
      const ofBoth = { Name: 'resource-id', Values: [ids.instances[0] ?? '', ids.volumes[1] ?? ''] }
      return (await client.send(new DescribeTagsCommand({ Filters: [ofBoth, ...Filters] }))).Tags
    },
    idOf: of => of.ResourceId,
    tagsOf: of => [of],
  },
  {
    key: of => of.Key,
    'resource-id': of => of.ResourceId,
    'resource-type': of => of.ResourceType,
    value: of => of.Value,
  },
)

eachFilter<keyof typeof instanceTypeFilters, InstanceTypeInfo>(
  'DescribeInstanceTypes',
  {
    list: async Filters =>
      (await client.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['m1.small', 'm1.large'], Filters })))
        .InstanceTypes,
    idOf: of => of.InstanceType,
  },
  {
    'auto-recovery-supported': alike(of => of.AutoRecoverySupported),
    'bare-metal': alike(of => of.BareMetal),
    'burstable-performance-supported': alike(of => of.BurstablePerformanceSupported),
    'current-generation': alike(of => of.CurrentGeneration),
    'dedicated-hosts-supported': alike(of => of.DedicatedHostsSupported),
    'ebs-info.attachment-limit-type': nowhere,
    'ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps': nowhere,
    'ebs-info.ebs-optimized-info.baseline-iops': nowhere,
    'ebs-info.ebs-optimized-info.baseline-throughput-in-mbps': nowhere,
    'ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps': nowhere,
    'ebs-info.ebs-optimized-info.maximum-iops': nowhere,
    'ebs-info.ebs-optimized-info.maximum-throughput-in-mbps': nowhere,
    'ebs-info.ebs-optimized-support': alike(of => of.EbsInfo?.EbsOptimizedSupport),
    'ebs-info.encryption-support': alike(of => of.EbsInfo?.EncryptionSupport),
    'ebs-info.maximum-ebs-attachments': nowhere,
    'ebs-info.nvme-support': alike(of => of.EbsInfo?.NvmeSupport),
    'free-tier-eligible': alike(of => of.FreeTierEligible),
    'hibernation-supported': alike(of => of.HibernationSupported),
    hypervisor: alike(of => of.Hypervisor),
    'instance-storage-info.disk.count': nowhere,
    'instance-storage-info.disk.size-in-gb': nowhere,
    'instance-storage-info.disk.type': nowhere,
    'instance-storage-info.encryption-support': nowhere,
    'instance-storage-info.nvme-support': nowhere,
    'instance-storage-info.total-size-in-gb': nowhere,
    'instance-storage-supported': alike(of => of.InstanceStorageSupported),
    'instance-type': of => of.InstanceType,
    'memory-info.size-in-mib': of => of.MemoryInfo?.SizeInMiB,
    'network-info.bandwidth-weightings': nowhere,
    'network-info.efa-info.maximum-efa-interfaces': nowhere,
    'network-info.efa-supported': alike(of => of.NetworkInfo?.EfaSupported),
    'network-info.ena-support': alike(of => of.NetworkInfo?.EnaSupport),
    'network-info.encryption-in-transit-supported': alike(of => of.NetworkInfo?.EncryptionInTransitSupported),
    'network-info.flexible-ena-queues-support': alike(() => 'unsupported'),
    'network-info.ipv4-addresses-per-interface': alike(of => of.NetworkInfo?.Ipv4AddressesPerInterface),
    'network-info.ipv6-addresses-per-interface': alike(of => of.NetworkInfo?.Ipv6AddressesPerInterface),
    'network-info.ipv6-supported': alike(of => of.NetworkInfo?.Ipv6Supported),
    'network-info.maximum-network-cards': alike(of => of.NetworkInfo?.MaximumNetworkCards),
    'network-info.maximum-network-interfaces': alike(of => of.NetworkInfo?.MaximumNetworkInterfaces),
    'network-info.network-performance': alike(of => of.NetworkInfo?.NetworkPerformance),
    'nitro-enclaves-support': alike(() => 'unsupported'),
    'nitro-tpm-info.supported-versions': nowhere,
    'nitro-tpm-support': alike(() => 'unsupported'),
    'processor-info.supported-architecture': alike(of => of.ProcessorInfo?.SupportedArchitectures),
    'processor-info.supported-features': nowhere,
    'processor-info.sustained-clock-speed-in-ghz': nowhere,
    'reboot-migration-support': alike(() => 'unsupported'),
    'supported-boot-mode': alike(of => of.SupportedBootModes),
    'supported-root-device-type': alike(of => of.SupportedRootDeviceTypes),
    'supported-usage-class': alike(of => of.SupportedUsageClasses),
    'supported-virtualization-type': alike(of => of.SupportedVirtualizationTypes),
    'vcpu-info.default-cores': of => of.VCpuInfo?.DefaultCores,
    'vcpu-info.default-threads-per-core': alike(of => of.VCpuInfo?.DefaultThreadsPerCore),
    'vcpu-info.default-vcpus': of => of.VCpuInfo?.DefaultVCpus,
    'vcpu-info.valid-cores': of => of.VCpuInfo?.ValidCores,
    'vcpu-info.valid-threads-per-core': alike(of => of.VCpuInfo?.ValidThreadsPerCore),
  },
)

eachFilter<keyof typeof offeringFilters, InstanceTypeOffering>(
  'DescribeInstanceTypeOfferings',
  {
    list: async Filters =>
      (await client.send(new DescribeInstanceTypeOfferingsCommand({ LocationType: 'availability-zone', Filters })))
        .InstanceTypeOfferings,
    idOf: of => `${of.InstanceType} in ${of.Location}`,
  },
  {
    'instance-type': of => of.InstanceType,
    location: of => of.Location,
  },
)

const inbound =
  (look: Look<IpPermission>): Look<SecurityGroup> =>
  of =>
    of.IpPermissions?.flatMap(look)

const outbound =
  (look: Look<IpPermission>): Look<SecurityGroup> =>
  of =>
    of.IpPermissionsEgress?.flatMap(look)

const cidrs: Look<IpPermission> = of => of.IpRanges?.map(({ CidrIp }) => CidrIp)
const groupIds: Look<IpPermission> = of => of.UserIdGroupPairs?.map(({ GroupId }) => GroupId)
const userIds: Look<IpPermission> = of => of.UserIdGroupPairs?.map(({ UserId }) => UserId)
const ipv6Cidrs: Look<IpPermission> = of => of.Ipv6Ranges?.map(({ CidrIpv6 }) => CidrIpv6)

eachFilter<keyof typeof securityGroupFilters, SecurityGroup>(
  'DescribeSecurityGroups',
  {
    list: async Filters =>
      (await client.send(new DescribeSecurityGroupsCommand({ GroupIds: ids.groups, Filters }))).SecurityGroups,
    idOf: of => of.GroupId,
    tagsOf: of => of.Tags,
  },
  {
    description: of => of.Description,
    'egress.ip-permission.cidr': outbound(cidrs),
    'egress.ip-permission.from-port': outbound(of => of.FromPort),
    'egress.ip-permission.group-id': outbound(groupIds),
    // Their rules name themselves
    'egress.ip-permission.group-name': of => of.GroupName,
    'egress.ip-permission.ipv6-cidr': outbound(ipv6Cidrs),
    'egress.ip-permission.prefix-list-id': nowhere,
    'egress.ip-permission.protocol': outbound(of => of.IpProtocol),
    'egress.ip-permission.to-port': outbound(of => of.ToPort),
    'egress.ip-permission.user-id': alike(outbound(userIds)),
    'group-id': of => of.GroupId,
    'group-name': of => of.GroupName,
    'ip-permission.cidr': inbound(cidrs),
    'ip-permission.from-port': inbound(of => of.FromPort),
    'ip-permission.group-id': inbound(groupIds),
    // Their rules name themselves
    'ip-permission.group-name': of => of.GroupName,
    'ip-permission.ipv6-cidr': inbound(ipv6Cidrs),
    'ip-permission.prefix-list-id': nowhere,
    'ip-permission.protocol': inbound(of => of.IpProtocol),
    'ip-permission.to-port': inbound(of => of.ToPort),
    'ip-permission.user-id': alike(inbound(userIds)),
    'owner-id': alike(of => of.OwnerId),
    'vpc-id': alike(of => of.VpcId),
  },
)

eachFilter<keyof typeof securityGroupRuleFilters, SecurityGroupRule>(
  'DescribeSecurityGroupRules',
  {
    list: async Filters =>
      (await client.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: ids.rules, Filters })))
        .SecurityGroupRules,
    idOf: of => of.SecurityGroupRuleId,
    tagsOf: of => of.Tags,
  },
  {
    'group-id': of => of.GroupId,
    'security-group-rule-id': of => of.SecurityGroupRuleId,
  },
)

eachFilter<keyof typeof groupForVpcFilters, SecurityGroupForVpc>(
  'GetSecurityGroupsForVpc',
  {
    list: async (Filters = []) => {
      const ours = { Name: 'group-id', Values: ids.groups }
      const command = new GetSecurityGroupsForVpcCommand({ VpcId: 'vpc-00000002', Filters: [ours, ...Filters] })
      return (await client.send(command)).SecurityGroupForVpcs
    },
    idOf: of => of.GroupId,
    tagsOf: of => of.Tags,
  },
  {
    description: of => of.Description,
    'group-id': of => of.GroupId,
    'group-name': of => of.GroupName,
    'owner-id': alike(of => of.OwnerId),
    'primary-vpc-id': alike(of => of.PrimaryVpcId),
  },
)

// There is one region
eachFilter<keyof typeof regionFilters, Region>(
  'DescribeRegions',
  {
    list: async Filters => (await client.send(new DescribeRegionsCommand({ Filters }))).Regions,
    idOf: of => of.RegionName,
  },
  {
    endpoint: alike(of => of.Endpoint),
    'opt-in-status': alike(of => of.OptInStatus),
    'region-name': alike(of => of.RegionName),
  },
)

eachFilter<keyof typeof zoneFilters, AvailabilityZone>(
  'DescribeAvailabilityZones',
  {
    list: async Filters => (await client.send(new DescribeAvailabilityZonesCommand({ Filters }))).AvailabilityZones,
    idOf: of => of.ZoneName,
  },
  {
    'group-long-name': nowhere,
    'group-name': alike(of => of.GroupName),
    message: nowhere,
    'opt-in-status': alike(of => of.OptInStatus),
    'parent-zone-id': nowhere,
    'parent-zone-name': nowhere,
    'region-name': alike(of => of.RegionName),
    state: alike(of => of.State),
    'zone-id': of => of.ZoneId,
    'zone-name': of => of.ZoneName,
    'zone-type': alike(of => of.ZoneType),
  },
)

eachFilter<keyof typeof vpcFilters, Vpc>(
  'DescribeVpcs',
  {
    list: async Filters => (await client.send(new DescribeVpcsCommand({ Filters }))).Vpcs,
    idOf: of => of.VpcId,
    tagsOf: of => of.Tags,
  },
  {
    cidr: of => of.CidrBlock,
    cidrBlock: of => of.CidrBlock,
    'cidr-block': of => of.CidrBlock,
    'cidr-block-association.association-id': of => of.CidrBlockAssociationSet?.map(each => each.AssociationId),
    'cidr-block-association.cidr-block': of => of.CidrBlockAssociationSet?.map(each => each.CidrBlock),
    'cidr-block-association.state': alike(of => of.CidrBlockAssociationSet?.map(each => each.CidrBlockState?.State)),
    'dhcp-options-id': of => of.DhcpOptionsId,
    'ipv6-cidr-block-association.association-id': nowhere,
    'ipv6-cidr-block-association.ipv6-cidr-block': nowhere,
    'ipv6-cidr-block-association.ipv6-pool': nowhere,
    'ipv6-cidr-block-association.state': nowhere,
    'is-default': of => of.IsDefault,
    isDefault: of => of.IsDefault,
    'owner-id': alike(of => of.OwnerId),
    state: alike(of => of.State),
    'vpc-id': of => of.VpcId,
  },
)

eachFilter<keyof typeof classicLinkFilters, VpcClassicLink>(
  'DescribeVpcClassicLink',
  {
    list: async Filters => (await client.send(new DescribeVpcClassicLinkCommand({ Filters }))).Vpcs,
    idOf: of => of.VpcId,
    tagsOf: of => of.Tags,
  },
  { 'is-classic-link-enabled': alike(of => of.ClassicLinkEnabled) },
)

eachFilter<keyof typeof subnetFilters, Subnet>(
  'DescribeSubnets',
  {
    list: async Filters => (await client.send(new DescribeSubnetsCommand({ Filters }))).Subnets,
    idOf: of => of.SubnetId,
    tagsOf: of => of.Tags,
  },
  {
    'availability-zone': of => of.AvailabilityZone,
    availabilityZone: of => of.AvailabilityZone,
    'availability-zone-id': of => of.AvailabilityZoneId,
    availabilityZoneId: of => of.AvailabilityZoneId,
    'available-ip-address-count': of => of.AvailableIpAddressCount,
    'cidr-block': of => of.CidrBlock,
    cidr: of => of.CidrBlock,
    cidrBlock: of => of.CidrBlock,
    'customer-owned-ipv4-pool': nowhere,
    'default-for-az': of => of.DefaultForAz,
    defaultForAz: of => of.DefaultForAz,
    'enable-dns64': alike(of => of.EnableDns64),
    'enable-lni-at-device-index': nowhere,
    'ipv6-cidr-block-association.association-id': nowhere,
    'ipv6-cidr-block-association.ipv6-cidr-block': nowhere,
    'ipv6-cidr-block-association.state': nowhere,
    'ipv6-native': alike(of => of.Ipv6Native),
    'map-customer-owned-ip-on-launch': alike(of => of.MapCustomerOwnedIpOnLaunch),
    'map-public-ip-on-launch': of => of.MapPublicIpOnLaunch,
    'outpost-arn': nowhere,
    'owner-id': alike(of => of.OwnerId),
    'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': alike(
      of => of.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsARecord,
    ),
    'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': alike(
      of => of.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsAAAARecord,
    ),
    'private-dns-name-options-on-launch.hostname-type': alike(of => of.PrivateDnsNameOptionsOnLaunch?.HostnameType),
    state: alike(of => of.State),
    'subnet-arn': of => of.SubnetArn,
    'subnet-id': of => of.SubnetId,
    'vpc-id': of => of.VpcId,
  },
)

eachFilter<keyof typeof routeTableFilters, RouteTable>(
  'DescribeRouteTables',
  {
    list: async Filters =>
      (await client.send(new DescribeRouteTablesCommand({ RouteTableIds: ids.routeTables, Filters }))).RouteTables,
    idOf: of => of.RouteTableId,
    tagsOf: of => of.Tags,
  },
  {
    'association.gateway-id': nowhere,
    'association.main': of => of.Associations?.map(({ Main }) => Main),
    'association.route-table-association-id': of => of.Associations?.map(each => each.RouteTableAssociationId),
    'association.route-table-id': of => of.Associations?.map(({ RouteTableId }) => RouteTableId),
    'association.subnet-id': of => of.Associations?.map(({ SubnetId }) => SubnetId),
    'owner-id': alike(of => of.OwnerId),
    'route-table-id': of => of.RouteTableId,
    'route.destination-cidr-block': of => of.Routes?.map(each => each.DestinationCidrBlock),
    'route.destination-ipv6-cidr-block': of => of.Routes?.map(each => each.DestinationIpv6CidrBlock),
    'route.destination-prefix-list-id': nowhere,
    'route.egress-only-internet-gateway-id': nowhere,
    'route.gateway-id': of => of.Routes?.map(({ GatewayId }) => GatewayId),
    'route.instance-id': of => of.Routes?.map(({ InstanceId }) => InstanceId),
    'route.nat-gateway-id': nowhere,
    'route.origin': alike(of => of.Routes?.map(({ Origin }) => Origin)),
    'route.state': of => of.Routes?.map(({ State }) => State),
    'route.transit-gateway-id': nowhere,
    'route.vpc-peering-connection-id': nowhere,
    'vpc-id': of => of.VpcId,
  },
)

eachFilter<keyof typeof internetGatewayFilters, InternetGateway>(
  'DescribeInternetGateways',
  {
    list: async Filters =>
      (await client.send(new DescribeInternetGatewaysCommand({ InternetGatewayIds: ids.gateways, Filters })))
        .InternetGateways,
    idOf: of => of.InternetGatewayId,
    tagsOf: of => of.Tags,
  },
  {
    'attachment.state': of => of.Attachments?.map(({ State }) => State),
    'attachment.vpc-id': of => of.Attachments?.map(({ VpcId }) => VpcId),
    'internet-gateway-id': of => of.InternetGatewayId,
    'owner-id': alike(of => of.OwnerId),
  },
)

eachFilter<keyof typeof networkAclFilters, NetworkAcl>(
  'DescribeNetworkAcls',
  {
    list: async Filters => (await client.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls,
    idOf: of => of.NetworkAclId,
    tagsOf: nowhere,
  },
  {
    'association.association-id': of => of.Associations?.map(each => each.NetworkAclAssociationId),
    'association.network-acl-id': of => of.Associations?.map(({ NetworkAclId }) => NetworkAclId),
    'association.subnet-id': of => of.Associations?.map(({ SubnetId }) => SubnetId),
    default: alike(of => of.IsDefault),
    'entry.cidr': alike(of => of.Entries?.map(({ CidrBlock }) => CidrBlock)),
    'entry.egress': alike(of => of.Entries?.map(({ Egress }) => Egress)),
    'entry.icmp.code': nowhere,
    'entry.icmp.type': nowhere,
    'entry.ipv6-cidr': nowhere,
    'entry.port-range.from': nowhere,
    'entry.port-range.to': nowhere,
    'entry.protocol': alike(of => of.Entries?.map(({ Protocol }) => Protocol)),
    'entry.rule-action': alike(of => of.Entries?.map(({ RuleAction }) => RuleAction)),
    'entry.rule-number': alike(of => of.Entries?.map(({ RuleNumber }) => RuleNumber)),
    'network-acl-id': of => of.NetworkAclId,
    'owner-id': alike(of => of.OwnerId),
    'vpc-id': of => of.VpcId,
  },
)

eachFilter<keyof typeof dhcpOptionsFilters, DhcpOptions>(
  'DescribeDhcpOptions',
  {
    list: async Filters =>
      (await client.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: ids.dhcpOptions, Filters }))).DhcpOptions,
    idOf: of => of.DhcpOptionsId,
    tagsOf: of => of.Tags,
  },
  {
    'dhcp-options-id': of => of.DhcpOptionsId,
    key: of => of.DhcpConfigurations?.map(({ Key }) => Key),
    'owner-id': alike(of => of.OwnerId),
    value: of => of.DhcpConfigurations?.flatMap(each => each.Values?.map(({ Value }) => Value)),
  },
)

const addressesOf = ({ PrivateIpAddresses = [] }: NetworkInterface) => PrivateIpAddresses

eachFilter<keyof typeof networkInterfaceFilters, NetworkInterface>(
  'DescribeNetworkInterfaces',
  {
    list: async Filters => {
      const { NetworkInterfaces } = await client.send(
        new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: ids.interfaces, Filters }),
      )
      return NetworkInterfaces
    },
    idOf: of => of.NetworkInterfaceId,
    tagsOf: of => of.TagSet,
  },
  {
    'addresses.association.owner-id': of => addressesOf(of).map(each => each.Association?.IpOwnerId),
    'addresses.association.public-ip': of => addressesOf(of).map(each => each.Association?.PublicIp),
    'addresses.primary': alike(of => addressesOf(of).map(({ Primary }) => Primary)),
    'addresses.private-ip-address': of => addressesOf(of).map(each => each.PrivateIpAddress),
    'association.allocation-id': of => of.Association?.AllocationId,
    'association.association-id': of => of.Association?.AssociationId,
    'association.ip-owner-id': of => of.Association?.IpOwnerId,
    'association.public-dns-name': of => of.Association?.PublicDnsName,
    'association.public-ip': of => of.Association?.PublicIp,
    'attachment.attach-time': of => of.Attachment?.AttachTime,
    'attachment.attachment-id': of => of.Attachment?.AttachmentId,
    'attachment.delete-on-termination': of => of.Attachment?.DeleteOnTermination,
    'attachment.device-index': of => of.Attachment?.DeviceIndex,
    'attachment.instance-id': of => of.Attachment?.InstanceId,
    'attachment.instance-owner-id': of => of.Attachment?.InstanceOwnerId,
    'attachment.nat-gateway-id': nowhere,
    'attachment.status': of => of.Attachment?.Status,
    'availability-zone': of => of.AvailabilityZone,
    'availability-zone-id': of => of.AvailabilityZoneId,
    description: of => of.Description,
    'group-id': of => of.Groups?.map(({ GroupId }) => GroupId),
    'group-name': of => of.Groups?.map(({ GroupName }) => GroupName),
    'interface-type': alike(of => of.InterfaceType),
    'ipv6-addresses.ipv6-address': of => of.Ipv6Addresses?.map(each => each.Ipv6Address),
    'mac-address': of => of.MacAddress,
    'network-interface-id': of => of.NetworkInterfaceId,
    'operator.managed': alike(() => false),
    'operator.principal': nowhere,
    'owner-id': alike(of => of.OwnerId),
    'private-dns-name': of => of.PrivateDnsName,
    'private-ip-address': of => of.PrivateIpAddress,
    'requester-id': nowhere,
    'requester-managed': alike(of => of.RequesterManaged),
    'source-dest-check': of => of.SourceDestCheck,
    status: of => of.Status,
    'subnet-id': alike(of => of.SubnetId),
    'vpc-id': alike(of => of.VpcId),
  },
)

describe.each(Object.entries<readonly string[]>(absentFilters))('%s', (action, names) => {
  tried.set(action, names)
  const asked = async (name: string) => {
    // Nearly all have `Filter` as a query, whatever their inputs call it
    const members = ec2.operation(action)?.input.members ?? []
    const { queryName } = members.find(member => /^Filters?$/.test(member.name)) ?? { queryName: 'none' }
    const answer = await call(action, { [`${queryName}.1.Name`]: name, [`${queryName}.1.Value.1`]: '*' })
    return answer.code
  }

  it.each([...new Set([...names, ...(documented.get(action) ?? [])])])('by %s', async name =>
    expect(await asked(name === 'tag' ? 'tag:first' : name)).toBeUndefined(),
  )

  it('by no filter that is not one', async () => expect(await asked('colour')).toBe('InvalidParameterValue'))
})

it('is tried of every Describe that takes filters', () => {
  const takes = ({ honours }: { readonly honours: readonly string[] }) =>
    honours.includes('Filters') || honours.includes('Filter')
  const filtered = [...actions].filter(([, row]) => takes(row)).map(([name]) => name)
  expect([...tried.keys()].toSorted()).toEqual(filtered.toSorted())
})

it('takes no others than AWS documents, but for those that it takes all the same', () => {
  const besides = [...tried].map(([action, names]): [string, string[]] => [
    action,
    names.filter(name => !documented.get(action)?.includes(name)),
  ])
  expect(Object.fromEntries(besides.filter(([, names]) => names.length > 0))).toEqual({
    // Documented earlier
    DescribeAddresses: ['domain'],
    DescribeNetworkInterfaces: ['attachment.nat-gateway-id', 'group-name'],
    DescribeVpcs: ['cidrBlock', 'cidr-block', 'isDefault'],
    // Documented of members or of the like alone
    DescribeCapacityReservations: ['availability-zone-id'],
    DescribeExportTasks: ['source-instance-id', 'target-environment'],
    DescribeImportSnapshotTasks: ['task-state'],
    DescribeVolumeStatus: ['availability-zone-id'],
  })
})
