// Every member that a changing action honours is sent over HTTP, and shown by the matching Describe, or it is said why none
// shows it. A member without a row fails.
import { generateKeyPairSync } from 'node:crypto'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Action, actions } from '../../src/ec2/actions.ts'
import { dataInputs } from '../../src/ec2/instances/templates/inputs.ts'
import { anImage, call, diskPort, until } from './cloud.ts'
import { DEFAULT_GROUP } from './default-group.ts'
import { startDiskHost } from './disk-host.ts'
import { s3 } from './s3/support.ts'

type Parameters = Record<string, string>

/** What shows something: an action and its parameters. */
type Look = readonly [action: string, parameters: Parameters]

interface Shown {
  /** What is sent, beside what the action acts on. */
  readonly sent: Parameters | (() => Promise<Parameters>)
  /** What of what the action acts on is not sent then. */
  readonly without?: string
  /** What is in the answer of the look. */
  readonly shown: string | RegExp | ((sent: Parameters) => string | RegExp)
  /** Another look than that of the action. */
  readonly look?: (id: string, sent: Parameters) => Look
}

/** A member is in the answer itself, or makes that the same one when the request is sent again. */
type Answered = Pick<Shown, 'sent' | 'without'> & { readonly answered: RegExp | 'again' }

/** A member is shown or answered; or here is why it is not: it names what every request acts on, or there is nothing to see. */
type Row = Shown | Answered | string

interface Rows {
  /** What each request acts on, made anew or not. */
  readonly on: () => Promise<Parameters>
  /** The id that the look is for: in the answer, or else in the parameters. */
  readonly id: RegExp | string
  readonly look: (id: string) => Look
  readonly members: Readonly<Record<string, Row>>
}

// How a look names what it looks at, and what stands in an answer

const byId =
  (action: string, parameter: string) =>
  (id: string): Look => [action, { [parameter]: id }]

const volumes = byId('DescribeVolumes', 'VolumeId.1')
const snapshots = byId('DescribeSnapshots', 'SnapshotId.1')
const images = byId('DescribeImages', 'ImageId.1')
const instances = byId('DescribeInstances', 'InstanceId.1')
const addresses = byId('DescribeAddresses', 'AllocationId.1')
const interfaces = byId('DescribeNetworkInterfaces', 'NetworkInterfaceId.1')
const byAttachment = (id: string): Look => [
  'DescribeNetworkInterfaces',
  { 'Filter.1.Name': 'attachment.attachment-id', 'Filter.1.Value.1': id },
]
const NO_INTERFACES = /<networkInterfaceSet\/>|<networkInterfaceSet><\/networkInterfaceSet>/
const tagsOf = (id: string): Look => ['DescribeTags', { 'Filter.1.Name': 'resource-id', 'Filter.1.Value.1': id }]

const attributeOf =
  (kind: 'Instance' | 'Image' | 'Snapshot' | 'Volume', Attribute: string) =>
  (id: string): Look => [`Describe${kind}Attribute`, { [`${kind}Id`]: id, Attribute }]

const element = (name: string, value: string | number | boolean) => `<${name}>${value}</${name}>`

const idIn = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`)

const tagged = (kind: string): Shown => ({
  sent: {
    'TagSpecification.1.ResourceType': kind,
    'TagSpecification.1.Tag.1.Key': 'Honoured',
    'TagSpecification.1.Tag.1.Value': kind,
  },
  shown: `${element('key', 'Honoured')}${element('value', kind)}`,
})

/** A member that is sent by its own name and shown by another. */
const as = (parameter: string, value: string, shown: string, more: Parameters = {}, showsAs = value): Shown => ({
  sent: { [parameter]: value, ...more },
  shown: element(shown, showsAs),
})

/** Something that the cloud can fetch. */
const host = await startDiskHost(diskPort)
const DISK = host.url

const NAMED = 'names what is acted on'

/** The same in the account's bucket. */
const UPLOADED = { bucket: 'images_000000000002', key: 'honoured/disk.img' }

/** A member that names it, in place of an address. */
const ofBucket = (container: string, member: 'S3Bucket' | 'S3Key'): Shown => ({
  sent: {
    [`${container}.UserBucket.S3Bucket`]: UPLOADED.bucket,
    [`${container}.UserBucket.S3Key`]: UPLOADED.key,
  },
  without: `${container}.Url`,
  shown: member === 'S3Bucket' ? element('s3Bucket', UPLOADED.bucket) : element('s3Key', UPLOADED.key),
})
const SAFE: Answered = { sent: { ClientToken: 'honoured' }, answered: 'again' }

// What is acted on

async function made(action: string, parameters: Parameters, name: string): Promise<string> {
  const { text } = await call(action, parameters)
  const [, id] = idIn(name).exec(text) ?? []
  if (id === undefined) throw new Error(text)
  return id
}

/** Made once for all rows that do not mind each other. */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let thing: Promise<T> | undefined
  return () => (thing ??= make())
}

async function shows([action, parameters]: Look, text: string): Promise<void> {
  await until(`${text} in ${action}`, async () => (await call(action, parameters)).text.includes(text))
}

async function volume(more: Parameters = {}): Promise<string> {
  const id = await made('CreateVolume', { AvailabilityZone: 'one-a', Size: '1', ...more }, 'volumeId')
  await shows(volumes(id), element('status', 'available'))
  return id
}

async function snapshot(): Promise<string> {
  const id = await made('CreateSnapshot', { VolumeId: await volume() }, 'snapshotId')
  await shows(snapshots(id), element('status', 'completed'))
  return id
}

async function instance(state: 'running' | 'stopped' = 'running'): Promise<string> {
  const base = { ImageId: await anImage(), InstanceType: 'm1.small', MinCount: '1', MaxCount: '1' }
  const id = await made('RunInstances', base, 'instanceId')
  launched.add(id)
  await shows(instances(id), element('name', 'running'))
  if (state === 'stopped') {
    await call('StopInstances', { 'InstanceId.1': id })
    await shows(instances(id), element('name', 'stopped'))
  }
  return id
}

/** The keys that were made are deleted again: there are two at most. */
async function freeKeys(): Promise<Parameters> {
  for (const [, id = ''] of (await call('ListAccessKeys')).text.matchAll(/<AccessKeyId>(\w+)</g)) {
    await call('DeleteAccessKey', { AccessKeyId: id })
  }
  return {}
}

const accessKey = async () => made('CreateAccessKey', await freeKeys(), 'AccessKeyId')

const ownInterface = () => made('CreateNetworkInterface', { SubnetId: 'subnet-00000000' }, 'networkInterfaceId')

/** Device indices of the instance that all interfaces are attached to. */
let nextIndex = 1

async function plugged(parameters: Parameters): Promise<string> {
  const id = await made('AttachNetworkInterface', parameters, 'attachmentId')
  await shows(interfaces(parameters['NetworkInterfaceId'] ?? ''), element('status', 'attached'))
  return id
}

/** Ended when all is done: the cloud is small. */
const launched = new Set<string>()

const aSnapshot = once(snapshot)
const running = once(() => instance())
/** One that keeps its only interface: a route to it needs no other word. */
const router = once(() => instance())
const stopped = once(() => instance('stopped'))

let names = 0
const aName = () => `honoured-${names++}`

async function image(of?: string): Promise<string> {
  const root = {
    'BlockDeviceMapping.1.DeviceName': '/dev/sda1',
    'BlockDeviceMapping.1.Ebs.SnapshotId': of ?? (await aSnapshot()),
  }
  const id = await made('RegisterImage', { Name: aName(), RootDeviceName: '/dev/sda1', ...root }, 'imageId')
  await shows(images(id), element('imageState', 'available'))
  return id
}

const ownImage = once(() => image())

/** A volume of the stopped instance, at /dev/sdk. */
const attached = once(async () => {
  const VolumeId = await volume()
  await call('AttachVolume', { VolumeId, InstanceId: await stopped(), Device: '/dev/sdk' })
  await shows(volumes(VolumeId), element('status', 'attached'))
  return VolumeId
})

/** An instance that is off and has a volume at /dev/sdf besides its root. */
const withVolume = once(async () => {
  const [InstanceId, VolumeId] = [await instance('stopped'), await volume()]
  await call('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdf' })
  await shows(volumes(VolumeId), element('status', 'attached'))
  return InstanceId
})

/** The id of that volume. */
const dataVolume = once(async () => {
  const { text } = await call('DescribeVolumes', {
    ...{ 'Filter.1.Name': 'attachment.instance-id', 'Filter.1.Value.1': await withVolume() },
    ...{ 'Filter.2.Name': 'attachment.device', 'Filter.2.Value.1': '/dev/sdf' },
  })
  return idIn('volumeId').exec(text)?.[1] ?? ''
})

const doomed: Look = ['DescribeSnapshots', { 'Filter.1.Name': 'tag-key', 'Filter.1.Value.1': 'Doomed' }]

/** A snapshot that is to go with its image. */
async function doomedSnapshot(): Promise<string> {
  const id = await snapshot()
  await call('CreateTags', { 'ResourceId.1': id, 'Tag.1.Key': 'Doomed', 'Tag.1.Value': '' })
  await shows(doomed, id)
  return id
}

/** An address that goes by itself, not by an id. */
const standardAddress = () => made('AllocateAddress', {}, 'publicIp')

const byAddress = (_: string, { PublicIp = '' }: Parameters): Look => ['DescribeAddresses', { 'PublicIp.1': PublicIp }]

/** The first text of a name that an instance is described with. */
async function seen(id: string, name: string): Promise<string> {
  const [action, parameters] = instances(id)
  const [, text = ''] = idIn(name).exec((await call(action, parameters)).text) ?? []
  return text
}

const rulesOf = (id: string): Look => [
  'DescribeSecurityGroupRules',
  { 'Filter.1.Name': 'group-id', 'Filter.1.Value.1': id },
]

const group = (name = aName()) =>
  made('CreateSecurityGroup', { GroupName: name, GroupDescription: 'honoured' }, 'groupId')

const launchTemplate = (LaunchTemplateName = aName()) =>
  made(
    'CreateLaunchTemplate',
    { LaunchTemplateName, 'LaunchTemplateData.InstanceType': 'm1.small' },
    'launchTemplateId',
  )

const placementGroup = async () => {
  const GroupName = aName()
  return { GroupName, id: await made('CreatePlacementGroup', { GroupName, Strategy: 'spread' }, 'groupId') }
}

/** The newest version of a launch template. */
const templateVersions = (LaunchTemplateId: string): Look => [
  'DescribeLaunchTemplateVersions',
  { LaunchTemplateId, 'LaunchTemplateVersion.1': '$Latest' },
]

const vpc = () => made('CreateVpc', { CidrBlock: '10.7.0.0/16' }, 'vpcId')
const vpcOfSubnets = once(vpc)
let blocks = 0
/** What makes another subnet. */
const aSubnet = async (): Promise<Parameters> => ({ VpcId: await vpcOfSubnets(), CidrBlock: `10.7.${++blocks}.0/24` })
const subnet = async () => made('CreateSubnet', await aSubnet(), 'subnetId')
const subnets = byId('DescribeSubnets', 'SubnetId.1')

const vpcs = byId('DescribeVpcs', 'VpcId.1')

const vpcSwitch = (Attribute: string, on: boolean): Pick<Shown, 'shown' | 'look'> => ({
  shown: element('value', on),
  look: VpcId => ['DescribeVpcAttribute', { VpcId, Attribute }],
})

const internetGateway = () => made('CreateInternetGateway', {}, 'internetGatewayId')

/** A gateway that is attached to a VPC. */
async function attachedGateway(VpcId: string): Promise<Parameters> {
  const ids = { InternetGatewayId: await internetGateway(), VpcId }
  await call('AttachInternetGateway', ids)
  return ids
}

/** A VPC with a gateway. */
const withGateway = once(async () => attachedGateway(await vpc()))

const withVpc = async () => ({ VpcId: (await withGateway())['VpcId'] ?? '' })

const gateways = byId('DescribeInternetGateways', 'InternetGatewayId.1')

const routeTable = async () => made('CreateRouteTable', await withVpc(), 'routeTableId')

const routeTables = byId('DescribeRouteTables', 'RouteTableId.1')

/** A route that a request makes, or changes. */
const routed = async (): Promise<Parameters> => ({
  ...{ RouteTableId: await routeTable(), DestinationCidrBlock: '0.0.0.0/0' },
  GatewayId: (await withGateway())['InternetGatewayId'] ?? '',
})

/** Where a route can lead to instances: a table of the default VPC. */
const here = async (): Promise<Parameters> => ({
  RouteTableId: await made('CreateRouteTable', { VpcId: 'vpc-00000002' }, 'routeTableId'),
})

/** A table of the default VPC with a route, to where it can lead to instances as well. */
async function routedHere(): Promise<Parameters> {
  const route = { ...(await here()), DestinationCidrBlock: '192.0.2.0/24' }
  await call('CreateRoute', { ...route, GatewayId: 'igw-00000002' })
  return route
}

async function interfaceOf(id: string): Promise<Parameters> {
  const [, NetworkInterfaceId = ''] = idIn('networkInterfaceId').exec((await call(...instances(id))).text) ?? []
  return { NetworkInterfaceId }
}

/** A route that leads to an instance in place of a gateway. */
const toInstance = (sent: () => Promise<Parameters>): Shown => ({
  sent,
  without: 'GatewayId',
  shown: ({ InstanceId, NetworkInterfaceId = '' }) =>
    InstanceId ? element('instanceId', InstanceId) : element('networkInterfaceId', NetworkInterfaceId),
})

/** The subnet with a table of its own. */
async function associated(): Promise<Parameters> {
  const SubnetId = 'subnet-00000000'
  const taken = await call('DescribeRouteTables', {
    ...{ 'Filter.1.Name': 'association.subnet-id', 'Filter.1.Value.1': SubnetId },
  })
  for (const [AssociationId] of taken.text.matchAll(/rtbassoc-[0-9a-f]{17}/g)) {
    await call('DisassociateRouteTable', { AssociationId })
  }
  return { ...(await here()), SubnetId }
}
const association = async () => made('AssociateRouteTable', await associated(), 'associationId')

const DHCP: Parameters = {
  'DhcpConfiguration.1.Key': 'domain-name',
  'DhcpConfiguration.1.Value.1': 'honoured.example',
}
const dhcpOptions = () => made('CreateDhcpOptions', DHCP, 'dhcpOptionsId')

/** A set without anything in it. */
const nothingIn = (set: string) => new RegExp(`<${set}/>|<${set}></${set}>`)

/** What is looked for by a filter is not there any more. */
const gone = (action: string, filter: string, set: string): Shown => ({
  sent: {},
  shown: nothingIn(set),
  look: id => [action, { 'Filter.1.Name': filter, 'Filter.1.Value.1': id }],
})
const OWNER = '000000000002'

/** A group that rules name. */
const source = once(() => group('honoured source'))

const FROM_GROUP: Parameters = { SourceSecurityGroupName: 'honoured source', SourceSecurityGroupOwnerId: OWNER }

const PERMISSION: Parameters = {
  'IpPermissions.1.IpProtocol': 'tcp',
  'IpPermissions.1.FromPort': '22',
  'IpPermissions.1.ToPort': '23',
  'IpPermissions.1.IpRanges.1.CidrIp': '192.0.2.0/24',
  'IpPermissions.1.IpRanges.1.Description': 'honoured',
  'IpPermissions.1.Ipv6Ranges.1.CidrIpv6': '2001:db8::/120',
  'IpPermissions.1.Groups.1.GroupName': 'honoured source',
  'IpPermissions.1.Groups.1.UserId': OWNER,
  'IpPermissions.1.Groups.1.Description': 'honoured members',
}

const FLAT: Parameters = { IpProtocol: 'tcp', FromPort: '22', ToPort: '23', CidrIp: '192.0.2.0/24' }

const PORTS = {
  IpProtocol: element('ipProtocol', 'tcp'),
  FromPort: element('fromPort', 22),
  ToPort: element('toPort', 23),
}
const IPV4 = element('cidrIpv4', '192.0.2.0/24')
/** Each member of a permission, and what shows it. */
const PERMITTED = {
  ...{ ...PORTS, IpRanges: IPV4, Ipv6Ranges: element('cidrIpv6', '2001:db8::/120') },
  'UserIdGroupPairs.GroupName': '<referencedGroup',
  'UserIdGroupPairs.UserId': '<referencedGroup',
  'UserIdGroupPairs.Description': element('description', 'honoured members'),
}

/** The same, but that the group goes by its id. */
async function permissionById(): Promise<Parameters> {
  const { 'IpPermissions.1.Groups.1.GroupName': _, ...others } = PERMISSION
  return { ...others, 'IpPermissions.1.Groups.1.GroupId': await source() }
}

/** A row for each way to say what a rule lets pass. */
const ruleRows = (row: (sent: Shown['sent'], shown: string) => Row): Record<string, Row> => ({
  ...Object.fromEntries(
    Object.entries(PERMITTED).map(([name, shown]) => [`IpPermissions.${name}`, row(PERMISSION, shown)]),
  ),
  'IpPermissions.UserIdGroupPairs.GroupId': row(permissionById, '<referencedGroup'),
  ...Object.fromEntries(Object.entries({ ...PORTS, CidrIp: IPV4 }).map(([name, shown]) => [name, row(FLAT, shown)])),
})

const authorized = (): Record<string, Row> => ({
  GroupId: NAMED,
  ...ruleRows((sent, shown) => ({ sent, shown })),
  ...Object.fromEntries(Object.keys(FROM_GROUP).map(name => [name, { sent: FROM_GROUP, shown: '<referencedGroup' }])),
  TagSpecifications: {
    sent: {
      ...FLAT,
      'TagSpecification.1.ResourceType': 'security-group-rule',
      'TagSpecification.1.Tag.1.Key': 'Honoured',
      'TagSpecification.1.Tag.1.Value': 'rule',
    },
    shown: element('key', 'Honoured'),
  },
})

/** A group with two rules, and the id of the first. */
async function openGroup(direction: 'Ingress' | 'Egress') {
  const GroupName = aName()
  const GroupId = await group(GroupName)
  const { text } = await call(`AuthorizeSecurityGroup${direction}`, { GroupId, ...PERMISSION })
  const [, rule = ''] = idIn('securityGroupRuleId').exec(text) ?? []
  return { GroupId, GroupName, rule }
}

const revoked = (direction: 'Ingress' | 'Egress'): Record<string, Row> => ({
  GroupId: NAMED,
  ...ruleRows((sent, shown) => ({ sent, answered: new RegExp(shown) })),
  ...Object.fromEntries(
    Object.keys(FROM_GROUP).map(name => [
      name,
      {
        sent: async () => {
          const GroupId = await group()
          await call(`AuthorizeSecurityGroup${direction}`, { GroupId, ...FROM_GROUP })
          return { GroupId, ...FROM_GROUP }
        },
        answered: /<referencedGroup/,
      },
    ]),
  ),
  SecurityGroupRuleIds: {
    sent: async () => {
      const { GroupId, rule } = await openGroup(direction)
      return { GroupId, 'SecurityGroupRuleId.1': rule }
    },
    answered: new RegExp(IPV4),
  },
})

const inGroup = (_: string, { GroupName = '' }: Parameters): Look => [
  'DescribeSecurityGroups',
  { 'GroupName.1': GroupName },
]

/** A group goes by its name as well. */
const byName = (sent: Parameters, shown: string, direction?: 'Ingress'): Shown => ({
  sent: async () => {
    const GroupName = aName()
    if (direction) return { ...sent, GroupName: (await openGroup(direction)).GroupName }
    await group(GroupName)
    return { ...sent, GroupName }
  },
  ...{ without: 'GroupId', shown, look: inGroup },
})

/** The parameter of the sources that a member of permissions is about. */
const listOf = (member: string): string =>
  member.startsWith('UserIdGroupPairs') ? 'Groups' : member === 'Ipv6Ranges' ? member : 'IpRanges'

const redescribed = (direction: 'Ingress' | 'Egress'): Rows => ({
  on: async () => ({ GroupId: (await openGroup(direction)).GroupId }),
  id: 'GroupId',
  look: rulesOf,
  members: {
    GroupId: NAMED,
    GroupName: byName(
      { ...PERMISSION, 'IpPermissions.1.IpRanges.1.Description': 'by name' },
      element('description', 'by name'),
      'Ingress',
    ),
    ...Object.fromEntries(
      [...Object.keys(PERMITTED), 'UserIdGroupPairs.GroupId'].map(name => [
        `IpPermissions.${name}`,
        {
          sent: async () => ({
            ...(name.endsWith('GroupId') ? await permissionById() : PERMISSION),
            [`IpPermissions.1.${listOf(name)}.1.Description`]: 'by what it lets pass',
          }),
          shown: element('description', 'by what it lets pass'),
        },
      ]),
    ),
    SecurityGroupRuleDescriptions: {
      sent: async () => {
        const { GroupId, rule } = await openGroup(direction)
        const by = 'SecurityGroupRuleDescription.1'
        return { GroupId, [`${by}.SecurityGroupRuleId`]: rule, [`${by}.Description`]: 'by id' }
      },
      shown: element('description', 'by id'),
    },
  },
})

const modified = (name: string, value: string, shown: string): [string, Shown] => [
  `SecurityGroupRules.SecurityGroupRule.${name}`,
  { sent: { [`SecurityGroupRule.1.SecurityGroupRule.${name}`]: value }, shown: element(shown, value) },
]

const PUBLIC_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString()

const RIVAL = '000000000003'

/** What a launch may ask for. */
const launchRows: Readonly<Record<string, Row>> = {
  MinCount: { ...several('at-least'), shown: element('amiLaunchIndex', 1) },
  MaxCount: { ...several('at-most'), shown: element('amiLaunchIndex', 0) },
  ImageId: { sent: {}, shown: ({ ImageId = '' }) => element('imageId', ImageId) },
  InstanceType: as('InstanceType', 'm1.large', 'instanceType'),
  KeyName: as('KeyName', 'honoured', 'keyName'),
  UserData: {
    sent: { UserData: 'aGVsbG8=' },
    shown: element('value', 'aGVsbG8='),
    look: attributeOf('Instance', 'userData'),
  },
  ClientToken: as('ClientToken', 'honoured', 'clientToken'),
  'Placement.GroupName': {
    sent: async () => ({ 'Placement.GroupName': (await placementGroup()).GroupName }),
    shown: sent => element('groupName', sent['Placement.GroupName'] ?? ''),
  },
  'Placement.GroupId': {
    sent: async () => ({ 'Placement.GroupId': (await placementGroup()).id }),
    shown: sent => element('groupId', sent['Placement.GroupId'] ?? ''),
  },
  LaunchTemplate: {
    sent: async () => ({ 'LaunchTemplate.LaunchTemplateId': await launchTemplate() }),
    shown: sent => element('value', sent['LaunchTemplate.LaunchTemplateId'] ?? ''),
  },
  SecurityGroupIds: as('SecurityGroupId.1', DEFAULT_GROUP, 'groupId'),
  SecurityGroups: as('SecurityGroup.1', 'default', 'groupName'),
  SubnetId: as('SubnetId', 'subnet-00000000', 'subnetId'),
  PrivateIpAddress: as('PrivateIpAddress', '10.0.8.1', 'privateIpAddress', { SubnetId: 'subnet-00000000' }),
  TagSpecifications: tagged('instance'),
  'Monitoring.Enabled': {
    sent: { 'Monitoring.Enabled': 'true' },
    shown: `<monitoring>${element('state', 'enabled')}`,
  },
  'Placement.AvailabilityZone': as('Placement.AvailabilityZone', 'one-b', 'availabilityZone'),
  'Placement.AvailabilityZoneId': {
    sent: { 'Placement.AvailabilityZoneId': 'opennebula-az2' },
    shown: element('availabilityZone', 'one-b'),
  },
  EbsOptimized: as('EbsOptimized', 'true', 'ebsOptimized'),
  DisableApiTermination: {
    sent: { DisableApiTermination: 'true' },
    shown: element('value', true),
    look: attributeOf('Instance', 'disableApiTermination'),
  },
  DisableApiStop: {
    sent: { DisableApiStop: 'true' },
    shown: element('value', true),
    look: attributeOf('Instance', 'disableApiStop'),
  },
  InstanceInitiatedShutdownBehavior: {
    sent: { InstanceInitiatedShutdownBehavior: 'terminate' },
    shown: element('value', 'terminate'),
    look: attributeOf('Instance', 'instanceInitiatedShutdownBehavior'),
  },
  'MetadataOptions.HttpTokens': as('MetadataOptions.HttpTokens', 'required', 'httpTokens'),
  'MetadataOptions.HttpPutResponseHopLimit': as(
    'MetadataOptions.HttpPutResponseHopLimit',
    '7',
    'httpPutResponseHopLimit',
  ),
  'MetadataOptions.HttpEndpoint': as('MetadataOptions.HttpEndpoint', 'disabled', 'httpEndpoint'),
  'MetadataOptions.InstanceMetadataTags': as(
    'MetadataOptions.InstanceMetadataTags',
    'disabled',
    'instanceMetadataTags',
  ),
  'MetadataOptions.HttpProtocolIpv6': as('MetadataOptions.HttpProtocolIpv6', 'disabled', 'httpProtocolIpv6'),
  'MaintenanceOptions.AutoRecovery': as('MaintenanceOptions.AutoRecovery', 'disabled', 'autoRecovery'),
  'CreditSpecification.CpuCredits': {
    ...as('CreditSpecification.CpuCredits', 'unlimited', 'cpuCredits'),
    look: byId('DescribeInstanceCreditSpecifications', 'InstanceId.1'),
  },
  'CpuOptions.CoreCount': as('CpuOptions.CoreCount', '1', 'coreCount'),
  'BlockDeviceMappings.DeviceName': disk({ Size: '1' }, element('deviceName', '/dev/sdf')),
  'BlockDeviceMappings.NoDevice': {
    sent: { 'BlockDeviceMapping.1.DeviceName': '/dev/sdq', 'BlockDeviceMapping.1.NoDevice': '' },
    shown: /<blockDeviceMapping>(?!.*sdq)/,
  },
  'BlockDeviceMappings.Ebs.VolumeSize': disk({ Size: '3' }, element('size', 3), '/dev/sdf'),
  'BlockDeviceMappings.Ebs.VolumeType': disk({ Size: '1', Type: 'gp3' }, element('volumeType', 'gp3'), '/dev/sdf'),
  'BlockDeviceMappings.Ebs.Iops': disk({ Size: '4', Type: 'io1', Iops: '150' }, element('iops', 150), '/dev/sdf'),
  'BlockDeviceMappings.Ebs.Throughput': disk(
    { Size: '1', Type: 'gp3', Throughput: '200' },
    element('throughput', 200),
    '/dev/sdf',
  ),
  'BlockDeviceMappings.Ebs.DeleteOnTermination': disk(
    { Size: '1', DeleteOnTermination: 'false' },
    /sdf<.*?<deleteOnTermination>false/,
  ),
  'BlockDeviceMappings.Ebs.SnapshotId': {
    ...disk({}, /<snapshotId>snap-[0-9a-f]{17}</, '/dev/sdf'),
    sent: async () => ({
      'BlockDeviceMapping.1.DeviceName': '/dev/sdf',
      'BlockDeviceMapping.1.Ebs.SnapshotId': await aSnapshot(),
    }),
  },
  'NetworkInterfaces.DeviceIndex': nic({}, element('deviceIndex', 0)),
  'NetworkInterfaces.SubnetId': nic({}, element('subnetId', 'subnet-00000000')),
  'NetworkInterfaces.Groups': nic({ 'SecurityGroupId.1': DEFAULT_GROUP }, element('groupId', DEFAULT_GROUP)),
  'NetworkInterfaces.PrivateIpAddress': nic({ PrivateIpAddress: '10.0.8.2' }, element('privateIpAddress', '10.0.8.2')),
  'NetworkInterfaces.PrivateIpAddresses': nic(
    { 'PrivateIpAddresses.1.PrivateIpAddress': '10.0.8.3', 'PrivateIpAddresses.1.Primary': 'true' },
    element('privateIpAddress', '10.0.8.3'),
  ),
  'NetworkInterfaces.SecondaryPrivateIpAddressCount': nic(
    { SecondaryPrivateIpAddressCount: '1' },
    element('primary', false),
  ),
  'NetworkInterfaces.Description': nic({ Description: 'the front' }, element('description', 'the front')),
  'NetworkInterfaces.NetworkInterfaceId': {
    sent: async () => ({
      ...{ 'NetworkInterface.1.DeviceIndex': '0', 'NetworkInterface.1.NetworkInterfaceId': await ownInterface() },
    }),
    shown: sent => element('networkInterfaceId', sent['NetworkInterface.1.NetworkInterfaceId'] ?? ''),
  },
  'NetworkInterfaces.DeleteOnTermination': nic({ DeleteOnTermination: 'true' }, element('deleteOnTermination', true)),
  'NetworkInterfaces.AssociatePublicIpAddress': nic(
    { AssociatePublicIpAddress: 'true' },
    /<ipAddress>203\.0\.113\.\d+</,
  ),
}

/** What shows a launch template's data: each value that was sent, and the member by its name. */
const inData =
  (member: string) =>
  (sent: Parameters): RegExp => {
    const name = member.slice(member.lastIndexOf('.') + 1)
    const given = Object.entries(sent).filter(([parameter]) => parameter.startsWith('LaunchTemplateData.'))
    const values = given.map(([, value]) => (value === '' ? '' : `(?=.*>${RegExp.escape(value)}<)`))
    const named = given.some(([parameter]) => parameter.endsWith(`.${name}`))
    return new RegExp(
      `launchTemplateData>${values.join('')}${named ? `.*<${name.charAt(0).toLowerCase()}${name.slice(1)}` : ''}`,
      's',
    )
  }

/** A row for each member of a launch template's data: what a launch is asked for with the same. */
const dataRows = Object.fromEntries(
  dataInputs.honours.map((member): [string, Row] => {
    const row = launchRows[member.replace('LaunchTemplateData.', '')]
    if (typeof row !== 'object') throw new Error(`no launch is asked for ${member}`)
    const { sent } = row
    const prefixed = async () => {
      const of = typeof sent === 'function' ? await sent() : sent
      const given = Object.entries(Object.keys(of).length > 0 ? of : { ImageId: await anImage() })
      return Object.fromEntries(given.map(([name, value]) => [`LaunchTemplateData.${name}`, value]))
    }
    return [member, { sent: prefixed, shown: inData(member) }]
  }),
)

/** A template goes by its name as well. */
const templateByName = (more: Parameters, answered: RegExp): Answered => ({
  sent: async () => {
    const LaunchTemplateName = aName()
    await launchTemplate(LaunchTemplateName)
    return { ...more, LaunchTemplateName }
  },
  ...{ without: 'LaunchTemplateId', answered },
})

const rows: { readonly [A in Action]?: Rows } = {
  RunInstances: {
    on: async () => ({ ImageId: await anImage(), MinCount: '1', MaxCount: '1' }),
    id: idIn('instanceId'),
    look: instances,
    members: launchRows,
  },
  CreatePlacementGroup: {
    on: async () => ({ GroupName: aName(), Strategy: 'partition' }),
    ...{ id: idIn('groupId'), look: byId('DescribePlacementGroups', 'GroupId.1') },
    members: {
      GroupName: as('GroupName', 'placed', 'groupName'),
      Strategy: as('Strategy', 'cluster', 'strategy'),
      PartitionCount: as('PartitionCount', '5', 'partitionCount'),
      TagSpecifications: tagged('placement-group'),
    },
  },
  DeletePlacementGroup: {
    on: async () => ({ GroupName: (await placementGroup()).GroupName }),
    id: 'GroupName',
    look: name => ['DescribePlacementGroups', { 'Filter.1.Name': 'group-name', 'Filter.1.Value.1': name }],
    members: { GroupName: { sent: {}, shown: /<placementGroupSet\/>|<placementGroupSet><\/placementGroupSet>/ } },
  },
  CreateLaunchTemplate: {
    on: async () => ({ LaunchTemplateName: aName(), 'LaunchTemplateData.InstanceType': 'm1.small' }),
    ...{ id: idIn('launchTemplateId'), look: templateVersions },
    members: {
      LaunchTemplateName: as('LaunchTemplateName', 'called', 'launchTemplateName'),
      VersionDescription: as('VersionDescription', 'what it is for', 'versionDescription'),
      TagSpecifications: { ...tagged('launch-template'), look: byId('DescribeLaunchTemplates', 'LaunchTemplateId.1') },
      ClientToken: SAFE,
      ...dataRows,
    },
  },
  CreateLaunchTemplateVersion: {
    on: async () => ({ LaunchTemplateId: await launchTemplate(), 'LaunchTemplateData.KeyName': 'honoured' }),
    ...{ id: 'LaunchTemplateId', look: templateVersions },
    members: {
      LaunchTemplateId: NAMED,
      LaunchTemplateName: templateByName({}, /<versionNumber>2</),
      ResolveAlias: 'no image is named by a parameter that could be resolved',
      SourceVersion: { sent: { SourceVersion: '1' }, shown: element('instanceType', 'm1.small') },
      VersionDescription: as('VersionDescription', 'what it is for', 'versionDescription'),
      ClientToken: SAFE,
      ...dataRows,
    },
  },
  ModifyLaunchTemplate: {
    on: async () => {
      const LaunchTemplateId = await launchTemplate()
      await call('CreateLaunchTemplateVersion', { LaunchTemplateId, 'LaunchTemplateData.KeyName': 'honoured' })
      return { LaunchTemplateId, SetDefaultVersion: '2' }
    },
    ...{ id: 'LaunchTemplateId', look: byId('DescribeLaunchTemplates', 'LaunchTemplateId.1') },
    members: {
      LaunchTemplateId: NAMED,
      LaunchTemplateName: templateByName({ SetDefaultVersion: '1' }, /<defaultVersionNumber>1</),
      DefaultVersion: { sent: {}, shown: element('defaultVersionNumber', 2) },
      ClientToken: SAFE,
    },
  },
  DeleteLaunchTemplateVersions: {
    on: async () => {
      const LaunchTemplateId = await launchTemplate()
      await call('CreateLaunchTemplateVersion', { LaunchTemplateId, 'LaunchTemplateData.KeyName': 'honoured' })
      return { LaunchTemplateId, 'LaunchTemplateVersion.1': '2' }
    },
    ...{ id: 'LaunchTemplateId', look: byId('DescribeLaunchTemplateVersions', 'LaunchTemplateId') },
    members: {
      LaunchTemplateId: NAMED,
      LaunchTemplateName: templateByName({ 'LaunchTemplateVersion.1': '1' }, /<code>unexpectedError</),
      Versions: { sent: {}, shown: /<launchTemplateVersionSet>(?!.*<versionNumber>2<)/ },
    },
  },
  DeleteLaunchTemplate: {
    on: async () => ({ LaunchTemplateId: await launchTemplate() }),
    ...{ id: 'LaunchTemplateId', look: templateVersions },
    members: {
      LaunchTemplateId: { sent: {}, answered: /<launchTemplateId>lt-/ },
      LaunchTemplateName: templateByName({}, /<launchTemplateId>lt-/),
    },
  },
  StartInstances: {
    on: async () => ({ 'InstanceId.1': await instance('stopped') }),
    id: 'InstanceId.1',
    look: instances,
    members: { InstanceIds: { sent: {}, shown: element('name', 'running') } },
  },
  StopInstances: {
    on: async () => ({ 'InstanceId.1': await instance() }),
    id: 'InstanceId.1',
    look: instances,
    members: {
      InstanceIds: { sent: {}, shown: element('name', 'stopped') },
      Force: { sent: { Force: 'true' }, shown: element('name', 'stopped') },
      Hibernate: { sent: { Hibernate: 'false' }, shown: element('name', 'stopped') },
    },
  },
  RebootInstances: {
    on: async () => ({ 'InstanceId.1': await instance() }),
    id: 'InstanceId.1',
    look: instances,
    members: { InstanceIds: { sent: {}, shown: element('name', 'running') } },
  },
  TerminateInstances: {
    on: async () => ({ 'InstanceId.1': await instance() }),
    id: 'InstanceId.1',
    look: instances,
    members: {
      InstanceIds: { sent: {}, shown: element('name', 'terminated') },
      Force: { sent: { Force: 'true' }, shown: element('name', 'terminated') },
      SkipOsShutdown: { sent: { SkipOsShutdown: 'true' }, shown: element('name', 'terminated') },
    },
  },
  ModifyInstanceAttribute: {
    on: async () => ({ InstanceId: await stopped() }),
    id: 'InstanceId',
    look: instances,
    members: {
      InstanceId: NAMED,
      Attribute: { ...switched('sourceDestCheck'), sent: { Attribute: 'sourceDestCheck', Value: 'false' } },
      Value: { ...switched('sourceDestCheck', true), sent: { Attribute: 'sourceDestCheck', Value: 'true' } },
      SourceDestCheck: { ...switched('sourceDestCheck'), sent: { 'SourceDestCheck.Value': 'false' } },
      DisableApiStop: { ...switched('disableApiStop', true), sent: { 'DisableApiStop.Value': 'true' } },
      DisableApiTermination: {
        ...switched('disableApiTermination', true),
        sent: { 'DisableApiTermination.Value': 'true' },
      },
      InstanceType: as('InstanceType.Value', 'm1.large', 'instanceType'),
      UserData: {
        sent: { 'UserData.Value': 'aGk=' },
        shown: element('value', 'aGk='),
        look: attributeOf('Instance', 'userData'),
      },
      InstanceInitiatedShutdownBehavior: {
        sent: { 'InstanceInitiatedShutdownBehavior.Value': 'terminate' },
        shown: element('value', 'terminate'),
        look: attributeOf('Instance', 'instanceInitiatedShutdownBehavior'),
      },
      Groups: as('GroupId.1', DEFAULT_GROUP, 'groupId'),
      EbsOptimized: as('EbsOptimized.Value', 'true', 'ebsOptimized'),
      SriovNetSupport: as('SriovNetSupport.Value', 'simple', 'sriovNetSupport'),
      EnaSupport: as('EnaSupport.Value', 'true', 'enaSupport'),
      'BlockDeviceMappings.DeviceName': ending('/dev/sdk', true),
      'BlockDeviceMappings.Ebs.VolumeId': ending('/dev/sdk', false, 'Ebs.VolumeId'),
      'BlockDeviceMappings.Ebs.DeleteOnTermination': ending('/dev/sdk', true),
    },
  },
  ResetInstanceAttribute: {
    on: async () => ({ InstanceId: await stopped() }),
    id: 'InstanceId',
    look: attributeOf('Instance', 'sourceDestCheck'),
    members: {
      InstanceId: NAMED,
      Attribute: { sent: { Attribute: 'sourceDestCheck' }, shown: element('value', true) },
    },
  },
  ModifyInstanceMetadataOptions: {
    on: async () => ({ InstanceId: await running() }),
    id: 'InstanceId',
    look: instances,
    members: {
      InstanceId: NAMED,
      HttpTokens: as('HttpTokens', 'required', 'httpTokens'),
      HttpPutResponseHopLimit: as('HttpPutResponseHopLimit', '9', 'httpPutResponseHopLimit'),
      HttpEndpoint: as('HttpEndpoint', 'disabled', 'httpEndpoint'),
      HttpProtocolIpv6: as('HttpProtocolIpv6', 'disabled', 'httpProtocolIpv6'),
      InstanceMetadataTags: as('InstanceMetadataTags', 'disabled', 'instanceMetadataTags'),
    },
  },
  ModifyInstanceMaintenanceOptions: {
    on: async () => ({ InstanceId: await running() }),
    id: 'InstanceId',
    look: instances,
    members: { InstanceId: NAMED, AutoRecovery: as('AutoRecovery', 'disabled', 'autoRecovery') },
  },
  ModifyInstanceCapacityReservationAttributes: {
    on: async () => ({ InstanceId: await running() }),
    id: 'InstanceId',
    look: instances,
    members: { InstanceId: NAMED },
  },
  ModifyInstanceCreditSpecification: {
    on: async () => ({ 'InstanceCreditSpecification.1.InstanceId': await running() }),
    id: 'InstanceCreditSpecification.1.InstanceId',
    look: byId('DescribeInstanceCreditSpecifications', 'InstanceId.1'),
    members: {
      InstanceCreditSpecifications: as('InstanceCreditSpecification.1.CpuCredits', 'unlimited', 'cpuCredits'),
      ClientToken: {
        sent: { ClientToken: 'honoured', 'InstanceCreditSpecification.1.CpuCredits': 'standard' },
        shown: element('cpuCredits', 'standard'),
      },
    },
  },
  ModifyIdFormat: {
    on: async () => ({ UseLongIds: 'true' }),
    id: 'Resource',
    look: () => ['DescribeIdFormat', {}],
    members: { Resource: NAMED },
  },
  MonitorInstances: {
    on: async () => ({ 'InstanceId.1': await running() }),
    id: 'InstanceId.1',
    look: instances,
    members: { InstanceIds: { sent: {}, shown: `<monitoring>${element('state', 'enabled')}` } },
  },
  UnmonitorInstances: {
    on: async () => ({ 'InstanceId.1': await running() }),
    id: 'InstanceId.1',
    look: instances,
    members: { InstanceIds: { sent: {}, shown: `<monitoring>${element('state', 'disabled')}` } },
  },
  RegisterImage: {
    on: async () => ({
      Name: aName(),
      RootDeviceName: '/dev/sda1',
      'BlockDeviceMapping.1.DeviceName': '/dev/sda1',
      'BlockDeviceMapping.1.Ebs.SnapshotId': await aSnapshot(),
    }),
    id: idIn('imageId'),
    look: images,
    members: {
      Name: as('Name', 'of its own name', 'name'),
      ImageLocation:
        'test/e2e/images.test.ts and bucket-imports.test.ts register what is uploaded and what OpenNebula has',
      Description: as('Description', 'described', 'description'),
      Architecture: as('Architecture', 'i386', 'architecture'),
      RootDeviceName: as('RootDeviceName', '/dev/sdz', 'rootDeviceName', {
        'BlockDeviceMapping.1.DeviceName': '/dev/sdz',
      }),
      TagSpecifications: tagged('image'),
      SriovNetSupport: as('SriovNetSupport', 'simple', 'sriovNetSupport'),
      EnaSupport: as('EnaSupport', 'true', 'enaSupport'),
      'BlockDeviceMappings.DeviceName': { sent: {}, shown: element('deviceName', '/dev/sda1') },
      'BlockDeviceMappings.NoDevice': {
        sent: { 'BlockDeviceMapping.2.DeviceName': '/dev/sdq', 'BlockDeviceMapping.2.NoDevice': '' },
        shown: /<blockDeviceMapping>(?!.*sdq)/,
      },
      'BlockDeviceMappings.Ebs.SnapshotId': { sent: {}, shown: /<snapshotId>snap-[0-9a-f]{17}</ },
      'BlockDeviceMappings.Ebs.VolumeSize': as('BlockDeviceMapping.1.Ebs.VolumeSize', '3', 'volumeSize'),
      'BlockDeviceMappings.Ebs.VolumeType': as('BlockDeviceMapping.1.Ebs.VolumeType', 'gp3', 'volumeType'),
      'BlockDeviceMappings.Ebs.Iops': as('BlockDeviceMapping.1.Ebs.Iops', '150', 'iops', {
        'BlockDeviceMapping.1.Ebs.VolumeType': 'io1',
        'BlockDeviceMapping.1.Ebs.VolumeSize': '4',
      }),
      'BlockDeviceMappings.Ebs.Throughput': as('BlockDeviceMapping.1.Ebs.Throughput', '200', 'throughput', {
        'BlockDeviceMapping.1.Ebs.VolumeType': 'gp3',
      }),
      'BlockDeviceMappings.Ebs.DeleteOnTermination': as(
        'BlockDeviceMapping.1.Ebs.DeleteOnTermination',
        'true',
        'deleteOnTermination',
      ),
    },
  },
  DeregisterImage: {
    on: async () => ({ ImageId: await image() }),
    id: 'ImageId',
    look: images,
    members: {
      ImageId: { sent: {}, shown: element('Code', 'InvalidAMIID.NotFound') },
      DeleteAssociatedSnapshots: {
        sent: async () => ({ ImageId: await image(await doomedSnapshot()), DeleteAssociatedSnapshots: 'true' }),
        shown: /<snapshotSet\/>|<snapshotSet><\/snapshotSet>/,
        look: () => doomed,
      },
    },
  },
  CreateImage: {
    on: async () => ({ InstanceId: await stopped(), Name: aName(), NoReboot: 'true' }),
    id: idIn('imageId'),
    look: images,
    members: {
      InstanceId: NAMED,
      Name: as('Name', 'an instance', 'name'),
      Description: as('Description', 'captured', 'description'),
      NoReboot: 'test/e2e/images.test.ts looks at the instance',
      TagSpecifications: tagged('image'),
      'BlockDeviceMappings.DeviceName': captured('Ebs.DeleteOnTermination', 'true', element('deviceName', '/dev/sda')),
      'BlockDeviceMappings.NoDevice': {
        sent: async () => ({
          InstanceId: await withVolume(),
          'BlockDeviceMapping.1.DeviceName': '/dev/sdf',
          'BlockDeviceMapping.1.NoDevice': '',
        }),
        shown: /<blockDeviceMapping>(?!.*sdf)/,
      },
      'BlockDeviceMappings.Ebs.VolumeSize': captured('Ebs.VolumeSize', '3', element('volumeSize', 3)),
      'BlockDeviceMappings.Ebs.VolumeType': captured('Ebs.VolumeType', 'gp3', element('volumeType', 'gp3')),
      'BlockDeviceMappings.Ebs.Iops': captured('Ebs.Iops', '150', element('iops', 150), {
        'Ebs.VolumeType': 'io1',
        'Ebs.VolumeSize': '4',
      }),
      'BlockDeviceMappings.Ebs.Throughput': captured('Ebs.Throughput', '200', element('throughput', 200), {
        'Ebs.VolumeType': 'gp3',
      }),
      'BlockDeviceMappings.Ebs.DeleteOnTermination': captured(
        'Ebs.DeleteOnTermination',
        'true',
        element('deleteOnTermination', true),
      ),
    },
  },
  CopyImage: {
    on: async () => ({ SourceImageId: await taggedImage(), SourceRegion: 'opennebula', Name: aName() }),
    id: idIn('imageId'),
    look: images,
    members: {
      Name: as('Name', 'a copy', 'name'),
      SourceImageId: NAMED,
      SourceRegion: 'there is one region: another is refused',
      ClientToken: SAFE,
      Description: as('Description', 'copied', 'description'),
      CopyImageTags: { sent: { CopyImageTags: 'true' }, shown: element('key', 'Copied') },
      TagSpecifications: tagged('image'),
    },
  },
  ModifyImageAttribute: {
    on: async () => ({ ImageId: await ownImage() }),
    id: 'ImageId',
    look: attributeOf('Image', 'launchPermission'),
    members: {
      ImageId: NAMED,
      Description: { ...as('Description.Value', 'changed', 'description'), look: images },
      Attribute: { ...as('Value', 'in the old form', 'description', { Attribute: 'description' }), look: images },
      Value: { ...as('Value', 'in the oldest form', 'description', { Attribute: 'description' }), look: images },
      'LaunchPermission.Add.UserId': as('LaunchPermission.Add.1.UserId', RIVAL, 'userId'),
      'LaunchPermission.Remove.UserId': {
        sent: { 'LaunchPermission.Remove.1.UserId': RIVAL },
        shown: /<launchPermission\/?>(?!.*userId)/,
      },
      'LaunchPermission.Add.Group': as('LaunchPermission.Add.1.Group', 'all', 'group'),
      'LaunchPermission.Remove.Group': {
        sent: { 'LaunchPermission.Remove.1.Group': 'all' },
        shown: /<launchPermission\/?>(?!.*group)/,
      },
      OperationType: as('UserId.1', RIVAL, 'userId', { OperationType: 'add' }),
      UserIds: { sent: { OperationType: 'remove', 'UserId.1': RIVAL }, shown: /<launchPermission\/?>(?!.*userId)/ },
      UserGroups: as('UserGroup.1', 'all', 'group', { OperationType: 'add' }),
    },
  },
  ResetImageAttribute: {
    on: async () => ({ ImageId: await ownImage() }),
    id: 'ImageId',
    look: attributeOf('Image', 'launchPermission'),
    members: {
      ImageId: NAMED,
      Attribute: { sent: { Attribute: 'launchPermission' }, shown: /<launchPermission\/?>(?!.*group)/ },
    },
  },
  EnableImageDeprecation: {
    on: async () => ({ ImageId: await ownImage(), DeprecateAt: '2030-01-02T03:04:05Z' }),
    ...{ id: 'ImageId', look: images },
    members: {
      ImageId: NAMED,
      DeprecateAt: { sent: {}, shown: element('deprecationTime', '2030-01-02T03:04:00.000Z') },
    },
  },
  DisableImageDeprecation: {
    on: async () => ({ ImageId: await ownImage() }),
    ...{ id: 'ImageId', look: images },
    members: { ImageId: { sent: {}, shown: /^(?!.*deprecationTime)/s } },
  },
  DisableImage: {
    on: async () => ({ ImageId: await image() }),
    ...{ id: 'ImageId', look: images },
    members: { ImageId: { sent: {}, shown: element('imageState', 'disabled') } },
  },
  EnableImage: {
    on: async () => {
      const ImageId = await image()
      await call('DisableImage', { ImageId })
      return { ImageId }
    },
    ...{ id: 'ImageId', look: images },
    members: { ImageId: { sent: {}, shown: element('imageState', 'available') } },
  },
  CreateVolume: {
    on: async () => ({ AvailabilityZone: 'one-a', Size: '4' }),
    id: idIn('volumeId'),
    look: volumes,
    members: {
      AvailabilityZone: as('AvailabilityZone', 'one-b', 'availabilityZone'),
      AvailabilityZoneId: {
        sent: { AvailabilityZoneId: 'opennebula-az2' },
        without: 'AvailabilityZone',
        shown: element('availabilityZone', 'one-b'),
      },
      Iops: as('Iops', '150', 'iops', { VolumeType: 'io1' }),
      Size: as('Size', '2', 'size'),
      SnapshotId: {
        sent: async () => ({ SnapshotId: await aSnapshot() }),
        shown: ({ SnapshotId = '' }) => element('snapshotId', SnapshotId),
      },
      VolumeType: as('VolumeType', 'gp3', 'volumeType'),
      TagSpecifications: tagged('volume'),
      Throughput: as('Throughput', '200', 'throughput', { VolumeType: 'gp3' }),
      ClientToken: SAFE,
    },
  },
  DeleteVolume: {
    on: async () => ({ VolumeId: await volume() }),
    id: 'VolumeId',
    look: volumes,
    members: { VolumeId: { sent: {}, shown: element('Code', 'InvalidVolume.NotFound') } },
  },
  AttachVolume: {
    on: async () => ({
      VolumeId: await volume(),
      InstanceId: await running(),
      Device: `/dev/sd${'hijklmn'[names++ % 7]}`,
    }),
    id: 'VolumeId',
    look: volumes,
    members: {
      Device: as('Device', '/dev/sdx', 'device'),
      InstanceId: { sent: {}, shown: /<attachmentSet>.*<instanceId>i-/ },
      VolumeId: { sent: {}, shown: element('status', 'in-use') },
    },
  },
  DetachVolume: {
    on: async () => {
      const attachment = { VolumeId: await volume(), InstanceId: await running(), Device: '/dev/sdo' }
      await call('AttachVolume', attachment)
      await shows(volumes(attachment.VolumeId), element('status', 'attached'))
      return attachment
    },
    id: 'VolumeId',
    look: volumes,
    members: {
      VolumeId: { sent: {}, shown: element('status', 'available') },
      Device: NAMED,
      InstanceId: NAMED,
    },
  },
  ModifyVolume: {
    on: once(async () => {
      const attachment = { VolumeId: await volume({ Size: '4' }), InstanceId: await running(), Device: '/dev/sdp' }
      await call('AttachVolume', attachment)
      await shows(volumes(attachment.VolumeId), element('status', 'attached'))
      return { VolumeId: attachment.VolumeId }
    }),
    id: 'VolumeId',
    look: volumes,
    members: {
      VolumeId: NAMED,
      Size: as('Size', '5', 'size'),
      VolumeType: as('VolumeType', 'gp3', 'volumeType'),
      Throughput: as('Throughput', '200', 'throughput', { VolumeType: 'gp3' }),
      Iops: as('Iops', '200', 'iops', { VolumeType: 'io1' }),
    },
  },
  ModifyVolumeAttribute: {
    on: async () => ({ VolumeId: await volume() }),
    id: 'VolumeId',
    look: attributeOf('Volume', 'autoEnableIO'),
    members: {
      VolumeId: NAMED,
      AutoEnableIO: { sent: { 'AutoEnableIO.Value': 'true' }, shown: element('value', true) },
    },
  },
  CreateSnapshot: {
    on: async () => ({ VolumeId: await volume() }),
    id: idIn('snapshotId'),
    look: snapshots,
    members: {
      VolumeId: { sent: {}, shown: /<volumeId>vol-[0-9a-f]{17}</ },
      Description: as('Description', 'a moment', 'description'),
      TagSpecifications: tagged('snapshot'),
    },
  },
  CreateSnapshots: {
    on: async () => ({ 'InstanceSpecification.InstanceId': await withVolume() }),
    id: idIn('snapshotId'),
    look: snapshots,
    members: {
      'InstanceSpecification.InstanceId': NAMED,
      'InstanceSpecification.ExcludeBootVolume': {
        sent: { 'InstanceSpecification.ExcludeBootVolume': 'true' },
        answered: /^(?:(?!<snapshotId>).)*<snapshotId>(?!.*<snapshotId>)/s,
      },
      'InstanceSpecification.ExcludeDataVolumeIds': {
        sent: async () => ({ 'InstanceSpecification.ExcludeDataVolumeId.1': await dataVolume() }),
        answered: /^(?:(?!<snapshotId>).)*<snapshotId>(?!.*<snapshotId>)/s,
      },
      Description: as('Description', 'all of them', 'description'),
      TagSpecifications: tagged('snapshot'),
      CopyTagsFromSource: {
        sent: async () => {
          await call('CreateTags', { 'ResourceId.1': await dataVolume(), 'Tag.1.Key': 'Copied' })
          return { CopyTagsFromSource: 'volume', 'InstanceSpecification.ExcludeBootVolume': 'true' }
        },
        shown: element('key', 'Copied'),
      },
    },
  },
  DeleteSnapshot: {
    on: async () => ({ SnapshotId: await snapshot() }),
    id: 'SnapshotId',
    look: snapshots,
    members: { SnapshotId: { sent: {}, shown: element('Code', 'InvalidSnapshot.NotFound') } },
  },
  CopySnapshot: {
    on: async () => ({ SourceSnapshotId: await aSnapshot(), SourceRegion: 'opennebula' }),
    id: idIn('snapshotId'),
    look: snapshots,
    members: {
      SourceSnapshotId: NAMED,
      SourceRegion: 'there is one region: another is refused',
      DestinationRegion: 'there is one region: another is refused',
      PresignedUrl: 'says once more what is copied',
      Description: as('Description', 'a copy', 'description'),
      TagSpecifications: tagged('snapshot'),
    },
  },
  ModifySnapshotAttribute: {
    on: async () => ({ SnapshotId: await aSnapshot() }),
    id: 'SnapshotId',
    look: attributeOf('Snapshot', 'createVolumePermission'),
    members: {
      SnapshotId: NAMED,
      Attribute: as('UserId.1', RIVAL, 'userId', { OperationType: 'add', Attribute: 'createVolumePermission' }),
      CreateVolumePermission: as('CreateVolumePermission.Add.1.UserId', RIVAL, 'userId'),
      UserIds: {
        sent: { OperationType: 'remove', 'UserId.1': RIVAL },
        shown: /<createVolumePermission\/?>(?!.*userId)/,
      },
      OperationType: as('UserId.1', RIVAL, 'userId', { OperationType: 'add' }),
      GroupNames: as('UserGroup.1', 'all', 'group', { OperationType: 'add' }),
    },
  },
  ResetSnapshotAttribute: {
    on: async () => ({ SnapshotId: await aSnapshot() }),
    id: 'SnapshotId',
    look: attributeOf('Snapshot', 'createVolumePermission'),
    members: {
      SnapshotId: NAMED,
      Attribute: { sent: { Attribute: 'createVolumePermission' }, shown: /<createVolumePermission\/?>(?!.*group)/ },
    },
  },
  ImportImage: {
    on: async () => ({ 'DiskContainer.1.Url': DISK }),
    ...{ id: idIn('importTaskId'), look: byId('DescribeImportImageTasks', 'ImportTaskId.1') },
    members: {
      Architecture: as('Architecture', 'arm64', 'architecture'),
      ClientData: 'tells of an upload that is over, and is told to nobody, as AWS has it',
      ClientToken: SAFE,
      Description: as('Description', 'fetched', 'description'),
      'DiskContainers.Description': as('DiskContainer.1.Description', 'its disk', 'description'),
      'DiskContainers.Format': as('DiskContainer.1.Format', 'qcow2', 'format', {}, 'QCOW2'),
      'DiskContainers.Url': { sent: {}, shown: element('url', DISK) },
      'DiskContainers.UserBucket.S3Bucket': ofBucket('DiskContainer.1', 'S3Bucket'),
      'DiskContainers.UserBucket.S3Key': ofBucket('DiskContainer.1', 'S3Key'),
      TagSpecifications: tagged('import-image-task'),
    },
  },
  ImportSnapshot: {
    on: async () => ({ 'DiskContainer.Url': DISK }),
    ...{ id: idIn('importTaskId'), look: byId('DescribeImportSnapshotTasks', 'ImportTaskId.1') },
    members: {
      ClientData: 'tells of an upload that is over, and is told to nobody, as AWS has it',
      ClientToken: SAFE,
      Description: as('Description', 'fetched', 'description'),
      'DiskContainer.Description': as('DiskContainer.Description', 'its disk', 'description'),
      'DiskContainer.Format': as('DiskContainer.Format', 'qcow2', 'format', {}, 'QCOW2'),
      'DiskContainer.Url': { sent: {}, shown: element('url', DISK) },
      'DiskContainer.UserBucket.S3Bucket': ofBucket('DiskContainer', 'S3Bucket'),
      'DiskContainer.UserBucket.S3Key': ofBucket('DiskContainer', 'S3Key'),
      TagSpecifications: tagged('import-snapshot-task'),
    },
  },
  CancelImportTask: {
    on: async () => ({
      ImportTaskId: await made('ImportImage', { 'DiskContainer.1.Url': host.endless }, 'importTaskId'),
    }),
    ...{ id: 'ImportTaskId', look: byId('DescribeImportImageTasks', 'ImportTaskId.1') },
    members: {
      ImportTaskId: { sent: {}, shown: element('Code', 'InvalidConversionTaskId') },
      CancelReason: 'is told to nobody, as AWS has it',
    },
  },
  CreateAccessKey: {
    on: freeKeys,
    id: idIn('AccessKeyId'),
    look: () => ['ListAccessKeys', {}],
    members: { UserName: { sent: { UserName: 'helen' }, answered: /<UserName>helen</ } },
  },
  UpdateAccessKey: {
    on: async () => ({ AccessKeyId: await accessKey(), Status: 'Inactive' }),
    id: 'AccessKeyId',
    look: () => ['ListAccessKeys', {}],
    members: {
      UserName: 'the user who asks, and no other',
      AccessKeyId: NAMED,
      Status: { sent: { Status: 'Inactive' }, shown: element('Status', 'Inactive') },
    },
  },
  DeleteAccessKey: {
    on: async () => ({ AccessKeyId: await accessKey() }),
    id: 'AccessKeyId',
    look: byId('GetAccessKeyLastUsed', 'AccessKeyId'),
    members: {
      UserName: 'the user who asks, and no other',
      AccessKeyId: { sent: {}, shown: element('Code', 'NoSuchEntity') },
    },
  },
  CreateKeyPair: {
    on: async () => ({ KeyName: aName() }),
    id: idIn('keyName'),
    look: byId('DescribeKeyPairs', 'KeyName.1'),
    members: {
      KeyName: as('KeyName', 'a pair', 'keyName'),
      KeyType: as('KeyType', 'ed25519', 'keyType'),
      KeyFormat: { sent: { KeyFormat: 'ppk' }, answered: /PuTTY-User-Key-File/ },
      TagSpecifications: tagged('key-pair'),
    },
  },
  ImportKeyPair: {
    on: async () => ({ KeyName: aName(), PublicKeyMaterial: Buffer.from(PUBLIC_KEY).toString('base64') }),
    id: idIn('keyName'),
    look: byId('DescribeKeyPairs', 'KeyName.1'),
    members: {
      KeyName: as('KeyName', 'an import', 'keyName'),
      PublicKeyMaterial: {
        sent: {},
        shown: '<publicKey>ssh-rsa ',
        look: name => ['DescribeKeyPairs', { 'KeyName.1': name, IncludePublicKey: 'true' }],
      },
      TagSpecifications: tagged('key-pair'),
    },
  },
  DeleteKeyPair: {
    on: async () => ({ KeyName: await made('CreateKeyPair', { KeyName: aName() }, 'keyName') }),
    id: 'KeyName',
    look: byId('DescribeKeyPairs', 'KeyName.1'),
    members: {
      KeyName: { sent: {}, shown: element('Code', 'InvalidKeyPair.NotFound') },
      KeyPairId: {
        sent: async () => ({ KeyPairId: await made('CreateKeyPair', { KeyName: aName() }, 'keyPairId') }),
        without: 'KeyName',
        shown: element('Code', 'InvalidKeyPair.NotFound'),
        look: (_, { KeyPairId = '' }) => ['DescribeKeyPairs', { 'KeyPairId.1': KeyPairId }],
      },
    },
  },
  AllocateAddress: {
    on: async () => ({}),
    id: idIn('allocationId'),
    look: addresses,
    members: {
      Domain: as('Domain', 'vpc', 'domain'),
      Address: as('Address', '203.0.113.8', 'publicIp'),
      PublicIpv4Pool: as('PublicIpv4Pool', 'amazon', 'publicIpv4Pool'),
      NetworkBorderGroup: as('NetworkBorderGroup', 'opennebula', 'networkBorderGroup'),
      TagSpecifications: tagged('elastic-ip'),
    },
  },
  ReleaseAddress: {
    on: async () => ({ AllocationId: await made('AllocateAddress', { Domain: 'vpc' }, 'allocationId') }),
    id: 'AllocationId',
    look: addresses,
    members: {
      AllocationId: { sent: {}, shown: element('Code', 'InvalidAllocationID.NotFound') },
      PublicIp: {
        sent: async () => ({ PublicIp: await standardAddress() }),
        without: 'AllocationId',
        shown: element('Code', 'InvalidAddress.NotFound'),
        look: byAddress,
      },
      NetworkBorderGroup: {
        sent: { NetworkBorderGroup: 'opennebula' },
        shown: element('Code', 'InvalidAllocationID.NotFound'),
      },
    },
  },
  AssociateAddress: {
    on: once(async () => ({
      AllocationId: await made('AllocateAddress', { Domain: 'vpc' }, 'allocationId'),
      InstanceId: await running(),
    })),
    id: 'AllocationId',
    look: addresses,
    members: {
      AllocationId: NAMED,
      PublicIp: {
        sent: async () => ({ PublicIp: await standardAddress(), InstanceId: await stopped() }),
        without: 'AllocationId',
        shown: /<instanceId>i-/,
        look: byAddress,
      },
      InstanceId: { sent: {}, shown: /<instanceId>i-/ },
      NetworkInterfaceId: {
        sent: async () => ({ NetworkInterfaceId: await seen(await running(), 'networkInterfaceId') }),
        without: 'InstanceId',
        shown: ({ NetworkInterfaceId = '' }) => element('networkInterfaceId', NetworkInterfaceId),
      },
      PrivateIpAddress: {
        sent: async () => ({ PrivateIpAddress: await seen(await running(), 'privateIpAddress') }),
        shown: ({ PrivateIpAddress = '' }) => element('privateIpAddress', PrivateIpAddress),
      },
      AllowReassociation: {
        sent: async () => ({ InstanceId: await stopped(), AllowReassociation: 'true' }),
        shown: ({ InstanceId = '' }) => element('instanceId', InstanceId),
      },
    },
  },
  MoveAddressToVpc: {
    on: async () => ({ PublicIp: await standardAddress() }),
    ...{ id: 'PublicIp', look: id => ['DescribeAddresses', { 'PublicIp.1': id }] },
    members: { PublicIp: { sent: {}, shown: element('domain', 'vpc') } },
  },
  DisassociateAddress: {
    on: async () => {
      const AllocationId = await made('AllocateAddress', { Domain: 'vpc' }, 'allocationId')
      const InstanceId = await instance()
      return { AssociationId: await made('AssociateAddress', { AllocationId, InstanceId }, 'associationId') }
    },
    id: 'AssociationId',
    look: id => ['DescribeAddresses', { 'Filter.1.Name': 'association-id', 'Filter.1.Value.1': id }],
    members: {
      AssociationId: { sent: {}, shown: /<addressesSet\/>|<addressesSet><\/addressesSet>/ },
      PublicIp: {
        sent: async () => {
          const PublicIp = await standardAddress()
          await call('AssociateAddress', { PublicIp, InstanceId: await instance() })
          return { PublicIp }
        },
        without: 'AssociationId',
        shown: /<addressesSet>(?!.*associationId)/,
        look: byAddress,
      },
    },
  },
  CreateNetworkInterface: {
    on: async () => ({ SubnetId: 'subnet-00000000' }),
    ...{ id: idIn('networkInterfaceId'), look: interfaces },
    members: {
      SubnetId: { sent: {}, shown: element('subnetId', 'subnet-00000000') },
      Description: as('Description', 'the front', 'description'),
      PrivateIpAddress: as('PrivateIpAddress', '10.0.8.21', 'privateIpAddress'),
      PrivateIpAddresses: {
        sent: { 'PrivateIpAddresses.1.PrivateIpAddress': '10.0.8.22', 'PrivateIpAddresses.1.Primary': 'true' },
        shown: element('privateIpAddress', '10.0.8.22'),
      },
      SecondaryPrivateIpAddressCount: {
        sent: { SecondaryPrivateIpAddressCount: '0' },
        shown: /<primary>true(?!.*<primary>)/,
      },
      Groups: { sent: async () => ({ 'SecurityGroupId.1': await group() }), shown: /<groupId>sg-[0-9a-f]{17}</ },
      TagSpecifications: tagged('network-interface'),
      ClientToken: SAFE,
    },
  },
  AttachNetworkInterface: {
    on: async () => ({
      ...{ NetworkInterfaceId: await ownInterface(), DeviceIndex: String(nextIndex++) },
      InstanceId: await running(),
    }),
    ...{ id: 'NetworkInterfaceId', look: interfaces },
    members: {
      NetworkInterfaceId: NAMED,
      InstanceId: { sent: {}, shown: ({ InstanceId = '' }) => element('instanceId', InstanceId) },
      DeviceIndex: { sent: {}, shown: ({ DeviceIndex = '' }) => element('deviceIndex', DeviceIndex) },
    },
  },
  ModifyNetworkInterfaceAttribute: {
    on: async () => ({ NetworkInterfaceId: await ownInterface() }),
    ...{ id: 'NetworkInterfaceId', look: interfaces },
    members: {
      NetworkInterfaceId: NAMED,
      Description: { sent: { 'Description.Value': 'the back' }, shown: element('description', 'the back') },
      SourceDestCheck: { sent: { 'SourceDestCheck.Value': 'false' }, shown: element('sourceDestCheck', false) },
      Groups: { sent: async () => ({ 'SecurityGroupId.1': await group() }), shown: /<groupId>sg-[0-9a-f]{17}</ },
      'Attachment.AttachmentId': 'names what is changed',
      'Attachment.DeleteOnTermination': {
        sent: async () => {
          const parameters = { NetworkInterfaceId: await ownInterface(), InstanceId: await running() }
          const id = await plugged({ ...parameters, DeviceIndex: String(nextIndex++) })
          return {
            NetworkInterfaceId: parameters.NetworkInterfaceId,
            ...{ 'Attachment.AttachmentId': id, 'Attachment.DeleteOnTermination': 'true' },
          }
        },
        shown: element('deleteOnTermination', true),
        look: (_, { NetworkInterfaceId = '' }) => interfaces(NetworkInterfaceId),
      },
    },
  },
  ResetNetworkInterfaceAttribute: {
    on: async () => {
      const NetworkInterfaceId = await ownInterface()
      await call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, 'SourceDestCheck.Value': 'false' })
      return { NetworkInterfaceId }
    },
    ...{ id: 'NetworkInterfaceId', look: interfaces },
    members: {
      NetworkInterfaceId: NAMED,
      SourceDestCheck: { sent: { SourceDestCheck: 'true' }, shown: element('sourceDestCheck', true) },
    },
  },
  AssignPrivateIpAddresses: {
    on: async () => ({ NetworkInterfaceId: await seen(await running(), 'networkInterfaceId') }),
    ...{ id: 'NetworkInterfaceId', look: interfaces },
    members: {
      NetworkInterfaceId: NAMED,
      PrivateIpAddresses: {
        sent: { 'PrivateIpAddress.1': '10.0.8.31' },
        shown: element('privateIpAddress', '10.0.8.31'),
      },
      SecondaryPrivateIpAddressCount: {
        sent: { SecondaryPrivateIpAddressCount: '1' },
        shown: element('primary', false),
      },
    },
  },
  UnassignPrivateIpAddresses: {
    on: async () => {
      const NetworkInterfaceId = await seen(await instance(), 'networkInterfaceId')
      await call('AssignPrivateIpAddresses', { NetworkInterfaceId, 'PrivateIpAddress.1': '10.0.8.32' })
      return { NetworkInterfaceId, 'PrivateIpAddress.1': '10.0.8.32' }
    },
    ...{ id: 'NetworkInterfaceId', look: interfaces },
    members: {
      NetworkInterfaceId: NAMED,
      PrivateIpAddresses: { sent: {}, shown: /<primary>true(?!.*<primary>)/ },
    },
  },
  DetachNetworkInterface: {
    on: async () => {
      const [NetworkInterfaceId, InstanceId] = [await ownInterface(), await instance()]
      const AttachmentId = await plugged({ NetworkInterfaceId, InstanceId, DeviceIndex: '1' })
      return { AttachmentId }
    },
    id: 'AttachmentId',
    look: byAttachment,
    members: {
      AttachmentId: { sent: {}, shown: NO_INTERFACES },
      Force: { sent: { Force: 'true' }, shown: NO_INTERFACES },
    },
  },
  DeleteNetworkInterface: {
    on: async () => ({ NetworkInterfaceId: await ownInterface() }),
    id: 'NetworkInterfaceId',
    look: id => ['DescribeNetworkInterfaces', { 'Filter.1.Name': 'network-interface-id', 'Filter.1.Value.1': id }],
    members: { NetworkInterfaceId: { sent: {}, shown: NO_INTERFACES } },
  },
  CreateTags: {
    on: async () => ({ 'ResourceId.1': await aSnapshot() }),
    id: 'ResourceId.1',
    look: tagsOf,
    members: {
      Resources: NAMED,
      Tags: { sent: { 'Tag.1.Key': 'Colour', 'Tag.1.Value': 'red' }, shown: element('value', 'red') },
    },
  },
  CreateVpc: {
    on: async () => ({ CidrBlock: '10.7.0.0/16' }),
    ...{ id: idIn('vpcId'), look: vpcs },
    members: {
      CidrBlock: as('CidrBlock', '10.8.0.0/20', 'cidrBlock'),
      TagSpecifications: tagged('vpc'),
    },
  },
  DeleteVpc: {
    on: async () => ({ VpcId: await vpc() }),
    id: 'VpcId',
    look: id => ['DescribeVpcs', { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': id }],
    members: { VpcId: { sent: {}, shown: /<vpcSet\/>|<vpcSet><\/vpcSet>/ } },
  },
  ModifyVpcAttribute: {
    on: async () => ({ VpcId: await vpc() }),
    ...{ id: 'VpcId', look: vpcs },
    members: {
      VpcId: NAMED,
      EnableDnsSupport: { sent: { 'EnableDnsSupport.Value': 'false' }, ...vpcSwitch('enableDnsSupport', false) },
      EnableDnsHostnames: { sent: { 'EnableDnsHostnames.Value': 'true' }, ...vpcSwitch('enableDnsHostnames', true) },
      EnableNetworkAddressUsageMetrics: {
        sent: { 'EnableNetworkAddressUsageMetrics.Value': 'true' },
        ...vpcSwitch('enableNetworkAddressUsageMetrics', true),
      },
    },
  },
  CreateSubnet: {
    on: aSubnet,
    ...{ id: idIn('subnetId'), look: subnets },
    members: {
      VpcId: { sent: {}, shown: ({ VpcId = '' }) => element('vpcId', VpcId) },
      CidrBlock: as('CidrBlock', '10.7.200.0/28', 'cidrBlock'),
      AvailabilityZone: as('AvailabilityZone', 'one-b', 'availabilityZone'),
      AvailabilityZoneId: as('AvailabilityZoneId', 'opennebula-az2', 'availabilityZoneId'),
      TagSpecifications: tagged('subnet'),
    },
  },
  DeleteSubnet: {
    on: async () => ({ SubnetId: await subnet() }),
    id: 'SubnetId',
    look: id => ['DescribeSubnets', { 'Filter.1.Name': 'subnet-id', 'Filter.1.Value.1': id }],
    members: { SubnetId: { sent: {}, shown: /<subnetSet\/>|<subnetSet><\/subnetSet>/ } },
  },
  ModifySubnetAttribute: {
    on: async () => ({ SubnetId: await subnet() }),
    ...{ id: 'SubnetId', look: subnets },
    members: {
      SubnetId: NAMED,
      MapPublicIpOnLaunch: {
        sent: { 'MapPublicIpOnLaunch.Value': 'true' },
        shown: element('mapPublicIpOnLaunch', true),
      },
    },
  },
  CreateDefaultSubnet: {
    ...{ on: async () => ({}), id: /$/, look: subnets },
    members: {
      AvailabilityZone: 'none is ever made: that of the zone is in the error',
      AvailabilityZoneId: 'the same',
    },
  },
  CreateInternetGateway: {
    on: async () => ({}),
    ...{ id: idIn('internetGatewayId'), look: gateways },
    members: { TagSpecifications: tagged('internet-gateway') },
  },
  AttachInternetGateway: {
    on: async () => ({ InternetGatewayId: await internetGateway(), VpcId: await vpc() }),
    ...{ id: 'InternetGatewayId', look: gateways },
    members: {
      InternetGatewayId: NAMED,
      VpcId: { sent: {}, shown: ({ VpcId = '' }) => element('vpcId', VpcId) },
    },
  },
  DetachInternetGateway: {
    on: async () => attachedGateway(await vpc()),
    ...{ id: 'InternetGatewayId', look: gateways },
    members: { InternetGatewayId: NAMED, VpcId: { sent: {}, shown: nothingIn('attachmentSet') } },
  },
  DeleteInternetGateway: {
    on: async () => ({ InternetGatewayId: await internetGateway() }),
    ...{ id: 'InternetGatewayId', look: gateways },
    members: { InternetGatewayId: gone('DescribeInternetGateways', 'internet-gateway-id', 'internetGatewaySet') },
  },
  CreateRouteTable: {
    on: withVpc,
    ...{ id: idIn('routeTableId'), look: routeTables },
    members: {
      VpcId: { sent: {}, shown: ({ VpcId = '' }) => element('vpcId', VpcId) },
      TagSpecifications: tagged('route-table'),
      ClientToken: { sent: { ClientToken: 'honoured' }, answered: /<clientToken>honoured</ },
    },
  },
  DeleteRouteTable: {
    on: async () => ({ RouteTableId: await routeTable() }),
    ...{ id: 'RouteTableId', look: routeTables },
    members: { RouteTableId: gone('DescribeRouteTables', 'route-table-id', 'routeTableSet') },
  },
  CreateRoute: {
    on: routed,
    ...{ id: 'RouteTableId', look: routeTables },
    members: {
      RouteTableId: NAMED,
      DestinationCidrBlock: as('DestinationCidrBlock', '192.0.2.0/24', 'destinationCidrBlock'),
      DestinationIpv6CidrBlock: {
        ...as('DestinationIpv6CidrBlock', '::/0', 'destinationIpv6CidrBlock'),
        without: 'DestinationCidrBlock',
      },
      GatewayId: { sent: {}, shown: ({ GatewayId = '' }) => element('gatewayId', GatewayId) },
      InstanceId: toInstance(async () => ({ ...(await here()), InstanceId: await router() })),
      NetworkInterfaceId: toInstance(async () => ({ ...(await here()), ...(await interfaceOf(await router())) })),
    },
  },
  ReplaceRoute: {
    on: async () => ({ ...(await routedHere()), GatewayId: 'igw-00000002' }),
    ...{ id: 'RouteTableId', look: routeTables },
    members: {
      RouteTableId: NAMED,
      DestinationCidrBlock: 'names the route: another one is not there',
      DestinationIpv6CidrBlock: 'names the route, as DestinationCidrBlock does',
      GatewayId: {
        sent: async () => {
          const other = { RouteTableId: await routeTable(), DestinationCidrBlock: '0.0.0.0/0' }
          const GatewayId = (await withGateway())['InternetGatewayId'] ?? ''
          await call('CreateRoute', { ...other, GatewayId })
          return { ...other, GatewayId }
        },
        shown: ({ GatewayId = '' }) => element('gatewayId', GatewayId),
      },
      InstanceId: toInstance(async () => ({ InstanceId: await router() })),
      NetworkInterfaceId: toInstance(async () => interfaceOf(await router())),
      LocalTarget: {
        sent: async () => ({
          ...{ RouteTableId: await routeTable(), DestinationCidrBlock: '10.7.0.0/16', LocalTarget: 'true' },
        }),
        without: 'GatewayId',
        shown: element('gatewayId', 'local'),
      },
    },
  },
  DeleteRoute: {
    on: routedHere,
    ...{ id: 'RouteTableId', look: routeTables },
    members: {
      RouteTableId: NAMED,
      DestinationCidrBlock: { sent: {}, shown: /^(?!.*192\.0\.2\.0)/s },
      DestinationIpv6CidrBlock: {
        sent: async () => {
          const route = { RouteTableId: (await routed())['RouteTableId'] ?? '', DestinationIpv6CidrBlock: '::/0' }
          await call('CreateRoute', { ...route, GatewayId: (await withGateway())['InternetGatewayId'] ?? '' })
          return route
        },
        without: 'DestinationCidrBlock',
        shown: /^(?!.*::\/0)/s,
      },
    },
  },
  AssociateRouteTable: {
    on: associated,
    ...{ id: 'RouteTableId', look: routeTables },
    members: {
      RouteTableId: NAMED,
      SubnetId: { sent: {}, shown: element('subnetId', 'subnet-00000000') },
    },
  },
  DisassociateRouteTable: {
    on: async () => ({ AssociationId: await association() }),
    id: 'AssociationId',
    look: routeTables,
    members: {
      AssociationId: gone('DescribeRouteTables', 'association.route-table-association-id', 'routeTableSet'),
    },
  },
  ReplaceRouteTableAssociation: {
    on: async () => ({ AssociationId: await association(), ...(await here()) }),
    ...{ id: 'RouteTableId', look: routeTables },
    members: {
      AssociationId: { sent: {}, shown: element('subnetId', 'subnet-00000000') },
      RouteTableId: NAMED,
    },
  },
  CreateDhcpOptions: {
    on: async () => DHCP,
    ...{ id: idIn('dhcpOptionsId'), look: byId('DescribeDhcpOptions', 'DhcpOptionsId.1') },
    members: {
      DhcpConfigurations: 'is its keys and their values',
      'DhcpConfigurations.Key': {
        ...as('DhcpConfiguration.1.Key', 'ntp-servers', 'key', { 'DhcpConfiguration.1.Value.1': '192.0.2.1' }),
      },
      'DhcpConfigurations.Values': as('DhcpConfiguration.1.Value.1', 'another.example', 'value'),
      TagSpecifications: tagged('dhcp-options'),
    },
  },
  AssociateDhcpOptions: {
    on: async () => ({ ...(await withVpc()), DhcpOptionsId: await dhcpOptions() }),
    ...{ id: 'VpcId', look: vpcs },
    members: {
      DhcpOptionsId: { sent: {}, shown: ({ DhcpOptionsId = '' }) => element('dhcpOptionsId', DhcpOptionsId) },
      VpcId: NAMED,
    },
  },
  DeleteDhcpOptions: {
    on: async () => ({ DhcpOptionsId: await dhcpOptions() }),
    ...{ id: 'DhcpOptionsId', look: vpcs },
    members: { DhcpOptionsId: gone('DescribeDhcpOptions', 'dhcp-options-id', 'dhcpOptionsSet') },
  },
  CreateSecurityGroup: {
    on: async () => ({ GroupName: aName(), GroupDescription: 'honoured' }),
    id: idIn('groupId'),
    look: byId('DescribeSecurityGroups', 'GroupId.1'),
    members: {
      GroupName: as('GroupName', 'an honoured name', 'groupName'),
      Description: as('GroupDescription', 'what it is for', 'groupDescription'),
      VpcId: as('VpcId', 'vpc-00000002', 'vpcId'),
      TagSpecifications: tagged('security-group'),
    },
  },
  DeleteSecurityGroup: {
    on: async () => ({}),
    id: 'GroupId',
    look: rulesOf,
    members: {
      GroupId: { sent: async () => ({ GroupId: await group() }), answered: /<groupId>sg-/ },
      GroupName: {
        sent: async () => {
          const GroupName = aName()
          await group(GroupName)
          return { GroupName }
        },
        answered: /<groupId>sg-/,
      },
    },
  },
  AuthorizeSecurityGroupIngress: {
    on: async () => ({ GroupId: await group() }),
    ...{ id: 'GroupId', look: rulesOf },
    members: { ...authorized(), GroupName: byName(FLAT, element('cidrIp', '192.0.2.0/24')) },
  },
  AuthorizeSecurityGroupEgress: {
    on: async () => ({ GroupId: await group() }),
    ...{ id: 'GroupId', look: rulesOf },
    members: authorized(),
  },
  RevokeSecurityGroupIngress: {
    on: async () => ({ GroupId: (await openGroup('Ingress')).GroupId }),
    ...{ id: 'GroupId', look: rulesOf },
    members: { ...revoked('Ingress'), GroupName: byName(FLAT, '<ipPermissions><item>', 'Ingress') },
  },
  RevokeSecurityGroupEgress: {
    on: async () => ({ GroupId: (await openGroup('Egress')).GroupId }),
    ...{ id: 'GroupId', look: rulesOf },
    members: revoked('Egress'),
  },
  ModifySecurityGroupRules: {
    on: async () => {
      const { GroupId, rule } = await openGroup('Ingress')
      const by = 'SecurityGroupRule.1'
      const made = { IpProtocol: 'udp', FromPort: '53', ToPort: '54', CidrIpv4: '198.51.100.0/24' }
      const content = Object.entries(made).map(([name, value]): [string, string] => [
        `${by}.SecurityGroupRule.${name}`,
        value,
      ])
      return { GroupId, [`${by}.SecurityGroupRuleId`]: rule, ...Object.fromEntries(content) }
    },
    ...{ id: 'GroupId', look: rulesOf },
    members: {
      GroupId: NAMED,
      'SecurityGroupRules.SecurityGroupRuleId': NAMED,
      ...Object.fromEntries([
        modified('IpProtocol', 'udp', 'ipProtocol'),
        modified('FromPort', '51', 'fromPort'),
        modified('ToPort', '55', 'toPort'),
        modified('CidrIpv4', '203.0.113.0/24', 'cidrIpv4'),
        modified('Description', 'modified', 'description'),
      ]),
      'SecurityGroupRules.SecurityGroupRule.CidrIpv6': {
        sent: { 'SecurityGroupRule.1.SecurityGroupRule.CidrIpv6': '2001:db8:1::/120' },
        ...{
          without: 'SecurityGroupRule.1.SecurityGroupRule.CidrIpv4',
          shown: element('cidrIpv6', '2001:db8:1::/120'),
        },
      },
      'SecurityGroupRules.SecurityGroupRule.ReferencedGroupId': {
        sent: async () => ({ 'SecurityGroupRule.1.SecurityGroupRule.ReferencedGroupId': await source() }),
        without: 'SecurityGroupRule.1.SecurityGroupRule.CidrIpv4',
        shown: '<referencedGroupInfo>',
      },
    },
  },
  UpdateSecurityGroupRuleDescriptionsIngress: redescribed('Ingress'),
  UpdateSecurityGroupRuleDescriptionsEgress: {
    ...redescribed('Egress'),
    members: {
      ...redescribed('Egress').members,
      GroupName: {
        sent: async () => {
          const { GroupName } = await openGroup('Egress')
          return { ...PERMISSION, GroupName, 'IpPermissions.1.IpRanges.1.Description': 'by name' }
        },
        ...{ without: 'GroupId', shown: element('description', 'by name'), look: inGroup },
      },
    },
  },
  DeleteTags: {
    on: async () => ({ 'ResourceId.1': await aSnapshot() }),
    id: 'ResourceId.1',
    look: tagsOf,
    members: {
      Resources: NAMED,
      Tags: { sent: { 'Tag.1.Key': 'Colour' }, shown: /<tagSet\/?>(?!.*Colour)/ },
    },
  },
}

const taggedImage = once(async () => {
  const id = await image()
  await call('CreateTags', { 'ResourceId.1': id, 'Tag.1.Key': 'Copied', 'Tag.1.Value': 'yes' })
  return id
})

/** A launch of two, of which both are looked at. */
function several(ClientToken: string): Pick<Shown, 'sent' | 'look'> {
  return {
    sent: { MinCount: '2', MaxCount: '2', ClientToken },
    look: () => ['DescribeInstances', { 'Filter.1.Name': 'client-token', 'Filter.1.Value.1': ClientToken }],
  }
}

/** What becomes of a volume of the stopped instance when that ends. */
function ending(DeviceName: string, ends: boolean, named?: string): Shown {
  return {
    sent: async () => {
      const VolumeId = await attached()
      return {
        'BlockDeviceMapping.1.DeviceName': DeviceName,
        'BlockDeviceMapping.1.Ebs.DeleteOnTermination': String(ends),
        ...(named !== undefined && { [`BlockDeviceMapping.1.${named}`]: VolumeId }),
      }
    },
    shown: new RegExp(`${DeviceName}<.*?${element('deleteOnTermination', ends)}`, 's'),
  }
}

/** What is said of the root of an image that is made. */
function captured(member: string, value: string, shown: string, more: Parameters = {}): Shown {
  const members = Object.entries({ DeviceName: '/dev/sda', [member]: value, ...more })
  return { sent: Object.fromEntries(members.map(([name, each]) => [`BlockDeviceMapping.1.${name}`, each])), shown }
}

/** A switch of an instance, looked at as an attribute. */
function switched(attribute: string, on = false): Pick<Shown, 'shown' | 'look'> {
  return { shown: element('value', on), look: attributeOf('Instance', attribute) }
}

/** A data volume of a launch; at a device, it is looked at as a volume. */
function disk({ Size, Type, ...more }: Parameters, shown: string | RegExp, device?: string): Shown {
  const sent: Parameters = { 'BlockDeviceMapping.1.DeviceName': '/dev/sdf' }
  for (const [name, value] of Object.entries({ VolumeSize: Size, VolumeType: Type, ...more })) {
    if (value !== undefined) sent[`BlockDeviceMapping.1.Ebs.${name}`] = value
  }
  return {
    sent,
    shown,
    ...(device !== undefined && {
      look: id => [
        'DescribeVolumes',
        {
          'Filter.1.Name': 'attachment.instance-id',
          'Filter.1.Value.1': id,
          'Filter.2.Name': 'attachment.device',
          'Filter.2.Value.1': device,
        },
      ],
    }),
  }
}

/** The interface of a launch. */
function nic(more: Parameters, shown: string | RegExp): Shown {
  const members = { DeviceIndex: '0', SubnetId: 'subnet-00000000', ...more }
  return {
    sent: Object.fromEntries(Object.entries(members).map(([name, value]) => [`NetworkInterface.1.${name}`, value])),
    shown,
  }
}

const rowsOf: ReadonlyMap<string, Rows> = new Map(Object.entries(rows))

const changing = [...actions].filter(([, row]) => 'change' in row)

beforeAll(async () => {
  await call('CreateKeyPair', { KeyName: 'honoured' })
  const { bucket: Bucket, key: Key } = UPLOADED
  await s3().send(new PutObjectCommand({ Bucket, Key, Body: 'a disk' }))
  await source()
})

afterAll(async () => {
  await host[Symbol.asyncDispose]()
  for (const id of launched) {
    await call('ModifyInstanceAttribute', { InstanceId: id, 'DisableApiTermination.Value': 'false' })
    await call('TerminateInstances', { 'InstanceId.1': id })
  }
  // Other tests count them
  await until('all addresses to be free', async () => !(await call('DescribeAddresses')).text.includes('associationId'))
  const { text } = await call('DescribeAddresses')
  for (const [AllocationId] of text.matchAll(/eipalloc-\d+/g)) await call('ReleaseAddress', { AllocationId })
})

describe.each(changing)('%s', (action, { honours }) => {
  const { on, id, look, members = {} } = rowsOf.get(action) ?? {}

  it('has a row for every member that it honours, and for no other', () => {
    expect(Object.keys(members).toSorted()).toEqual([...honours].toSorted())
  })

  for (const [member, row] of Object.entries(members)) {
    if (typeof row === 'string' || !on || id === undefined || !look) continue
    it(`does and shows ${member}`, async () => {
      const own = typeof row.sent === 'function' ? await row.sent() : row.sent
      const sent = { ...(await on()), ...own }
      if ('without' in row && row.without !== undefined) delete sent[row.without]
      const answer = await call(action, sent)
      expect(answer.message).toBeUndefined()
      const [, named = ''] = typeof id === 'string' ? ['', sent[id]] : (id.exec(answer.text) ?? [])
      if (action === 'RunInstances')
        for (const [each] of answer.text.matchAll(/\bi-[0-9a-f]{17}\b/g)) launched.add(each)
      if ('answered' in row) return expectAnswered(row, answer.text, async () => (await call(action, sent)).text)
      const { shown } = row
      const expected = typeof shown === 'function' ? shown(sent) : shown
      const [by, parameters] = (row.look ?? look)(named, sent)
      let text = ''
      const found = async () => {
        text = (await call(by, parameters)).text
        return typeof expected === 'string' ? text.includes(expected) : expected.test(text)
      }
      await until(`${member} in ${by}`, found).catch(() => expect(text).toMatch(expected))
      if (action === 'AllocateAddress') await call('ReleaseAddress', { AllocationId: named })
    })
  }
})

async function expectAnswered({ answered }: Answered, text: string, again: () => Promise<string>): Promise<void> {
  if (answered !== 'again') return expect(text).toMatch(answered)
  const id = /<(?:imageId|volumeId|importTaskId|versionNumber|launchTemplateId)>([^<]*)</
  expect(id.exec(await again())?.[1]).toBe(id.exec(text)?.[1])
}
