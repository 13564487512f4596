// What requests cost at their limits, in an account of thousands of things: never more than the free plan allows.
import { env } from 'cloudflare:workers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { absent } from '../../src/ec2/absent/rows.ts'
import { type Action, actions } from '../../src/ec2/actions.ts'
import { toEc2Error } from '../../src/ec2/core/failures.ts'
import { services } from '../../src/ec2/model/services.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'
import type { SeedImage } from '../../src/sandbox/seed.ts'
import { aDisk, IMAGE, type Stage, setStage } from './stage.ts'

const MANY = limits.listMembers.most
const EACH = 1100
const VMS = 2200

const id = (prefix: string, number: number) => `${prefix}-${String(number).padStart(8, '0')}`
const ids = (prefix: string, first: number) => Array.from({ length: MANY }, (_, index) => id(prefix, first + index))

const kinds = ['EC2_AMI', 'EBS_VOLUME', 'EBS_SNAPSHOT']
const images = kinds.flatMap(mark =>
  Array.from(
    { length: EACH },
    (_, index): SeedImage => ({
      name: `${mark} ${index}`,
      owner: 'helen',
      size: 1,
      template: `${mark}="YES"`,
    }),
  ),
)
// The image of the seed is number 0
const [AMIS, VOLUMES, SNAPSHOTS] = [1, 1 + EACH, 1 + 2 * EACH]
const appliances = Array.from({ length: EACH }, (_, index) => ({ name: `appliance ${index}`, size: 1 }))
const instances = [{ owner: 'helen', count: VMS, image: 'ttylinux' }]

const tags = Array.from({ length: limits.tagsPerResource.most }, (_, index) => ({ Key: `k${index}`, Value: 'v' }))
const everything = [
  ...ids('i', 0).slice(0, 300),
  ...ids('ami', AMIS).slice(100, 400),
  ...ids('vol', VOLUMES).slice(100, 300),
  ...ids('snap', SNAPSHOTS).slice(100, 300),
]
const [InstanceId, ImageId, VolumeId, SnapshotId] = [
  ...[id('i', 7), id('ami', AMIS + 7), id('vol', VOLUMES + 7), id('snap', SNAPSHOTS + 7)],
]
const VpcId = id('vpc', 2)
const noVpc = 'vpc-1234567890abcdef0'
const noSubnet = 'subnet-1234567890abcdef0'
/** Those of the default VPC. */
const [InternetGatewayId, RouteTableId] = [id('igw', 2), id('rtb', 2)]
const route = { RouteTableId, DestinationCidrBlock: '192.0.2.0/24' }
const dns = [{ Key: 'domain-name-servers', Values: ['192.0.2.1'] }]
const interfaces = Array.from({ length: MANY }, (_, index) => `eni-0${index.toString(16).padStart(8, '0')}00000000`)
const SubnetId = id('subnet', 0)
const NetworkInterfaceId = 'eni-1234567890abcdef0'
/** The default group, which is the operator's. */
const GroupId = id('sg', 0)
const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }
const modified = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '10.0.0.0/8' }
const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }
const gone = ids('i', VMS)
const unknown = Array.from({ length: MANY }, (_, index) => `f${index.toString(16).padStart(16, '0')}`)
/** Appliances of marketplace 0. */
const toBeHad = Array.from({ length: MANY - 1 }, (_, index) => `ami-0${index.toString(16).padStart(16, '0')}`)
const page = { MaxResults: 5 }
const LaunchTemplateName = 'web'
const GroupName = 'spread'
const uploaded = { ImageId: 'ami-1234567890abcdef0', Name: 'uploaded' }

/** What finds nothing looks for nothing. */
const empty = <A extends string>(rows: Readonly<Record<A, unknown>>) =>
  Object.fromEntries<readonly object[]>(Object.keys(rows).map(name => [name, [{}]])) as Record<A, readonly object[]>

/** The most that each action may be asked for, and what makes it look for something that is not there. */
const requests: Record<Action, readonly object[]> = {
  DescribeInstances: [{}, page, { InstanceIds: ids('i', 500) }, { InstanceIds: unknown.map(hex => `i-${hex}`) }],
  DescribeInstanceStatus: [{}, page, { InstanceIds: ids('i', 500) }],
  DescribeInstanceAttribute: [{ InstanceId, Attribute: 'userData' }],
  GetConsoleOutput: [{ InstanceId }],
  GetPasswordData: [{ InstanceId }],
  GetConsoleScreenshot: [{ InstanceId }],
  GetInstanceUefiData: [{ InstanceId }],
  DescribeInstanceCreditSpecifications: [{}, page, { InstanceIds: ids('i', 500) }],
  DescribeInstanceTopology: [{}, page, { InstanceIds: ids('i', 500) }],
  ReportInstanceStatus: [{ Instances: ids('i', 500), Status: 'ok', ReasonCodes: ['other'] }],
  ModifyInstancePlacement: [{ InstanceId, Affinity: 'default' }],
  DescribeInstanceTypes: [{}, page],
  DescribeInstanceTypeOfferings: [{}, page],
  DescribeImages: [
    ...[{}, page, { ImageIds: ids('ami', AMIS) }, { ImageIds: unknown.map(hex => `ami-${hex}`) }],
    ...[{ Owners: ['self', 'aws-marketplace'] }, { ImageIds: [ImageId, ...toBeHad] }],
  ],
  DescribeImageAttribute: [{ ImageId, Attribute: 'description' }],
  DescribeVolumes: [{}, page, { VolumeIds: ids('vol', VOLUMES) }, { VolumeIds: unknown.map(hex => `vol-${hex}`) }],
  DescribeVolumesModifications: [{}, page],
  DescribeVolumeStatus: [{}, page, { VolumeIds: ids('vol', VOLUMES) }],
  DescribeVolumeAttribute: [{ VolumeId, Attribute: 'autoEnableIO' }],
  EnableVolumeIO: [{ VolumeId }],
  DescribeSnapshots: [{}, page, { SnapshotIds: ids('snap', SNAPSHOTS) }],
  DescribeSnapshotAttribute: [{ SnapshotId, Attribute: 'createVolumePermission' }],
  DescribeSecurityGroups: [{}, page, { GroupIds: ids('sg', 0) }, { GroupNames: ['default'] }],
  DescribeSecurityGroupRules: [{}, page, { SecurityGroupRuleIds: unknown.map(hex => `sgr-${hex}`) }],
  GetSecurityGroupsForVpc: [{ VpcId }, { VpcId, ...page }],
  DescribeSecurityGroupReferences: [{ GroupId: ['sg-00000000'] }],
  DescribeStaleSecurityGroups: [{ VpcId }],
  DescribeLaunchTemplates: [{}, page, { LaunchTemplateIds: unknown.map(hex => `lt-${hex}`) }],
  DescribeLaunchTemplateVersions: [{ Versions: ['$Latest'] }, { ...page, Versions: ['$Default'] }],
  DescribePlacementGroups: [{}, { GroupNames: ids('pg', 0) }],
  GetLaunchTemplateData: [{ InstanceId }],
  DescribeKeyPairs: [{}, { KeyNames: ids('k', 0) }],
  DescribeAddresses: [{}, { AllocationIds: ids('eipalloc', 0) }],
  DescribeAddressesAttribute: [{ AllocationIds: ids('eipalloc', 0) }],
  CreateVpc: [{ CidrBlock: '10.0.0.0/16', TagSpecifications: [{ ResourceType: 'vpc', Tags: tags }] }],
  ModifyVpcAttribute: [{ VpcId: noVpc, EnableDnsSupport: { Value: true } }],
  DeleteVpc: [{ VpcId: noVpc }],
  ModifyAddressAttribute: [{ AllocationId: id('eipalloc', 0) }],
  ResetAddressAttribute: [{ AllocationId: id('eipalloc', 0), Attribute: 'domain-name' }],
  DescribeVpcs: [{}, page, { VpcIds: [VpcId] }],
  DescribeVpcAttribute: [{ VpcId, Attribute: 'enableDnsSupport' }],
  DescribeVpcClassicLink: [{ VpcIds: [VpcId] }],
  CreateDefaultVpc: [{}],
  CreateSubnet: [{ VpcId: noVpc, CidrBlock: '10.0.0.0/24' }],
  ModifySubnetAttribute: [{ SubnetId: id('subnet', 0), MapPublicIpOnLaunch: { Value: true } }],
  DeleteSubnet: [{ SubnetId: noSubnet }],
  CreateDefaultSubnet: [{ AvailabilityZone: 'opennebulaa' }],
  DescribeSubnets: [{}, page, { SubnetIds: [id('subnet', 0)] }],
  CreateInternetGateway: [{ TagSpecifications: [{ ResourceType: 'internet-gateway', Tags: tags }] }],
  AttachInternetGateway: [{ InternetGatewayId, VpcId }],
  DetachInternetGateway: [{ InternetGatewayId, VpcId }],
  DeleteInternetGateway: [{ InternetGatewayId }],
  DescribeInternetGateways: [{}, page],
  CreateRouteTable: [{ VpcId, TagSpecifications: [{ ResourceType: 'route-table', Tags: tags }] }],
  AssociateRouteTable: [{ RouteTableId, SubnetId: id('subnet', 0) }],
  ReplaceRouteTableAssociation: [{ RouteTableId, AssociationId: id('rtbassoc', 2) }],
  DisassociateRouteTable: [{ AssociationId: id('rtbassoc', 2) }],
  DeleteRouteTable: [{ RouteTableId }],
  CreateDhcpOptions: [{ DhcpConfigurations: dns, TagSpecifications: [{ ResourceType: 'dhcp-options', Tags: tags }] }],
  AssociateDhcpOptions: [{ DhcpOptionsId: 'default', VpcId }],
  DeleteDhcpOptions: [{ DhcpOptionsId: id('dopt', 2) }],
  DescribeDhcpOptions: [{}, page],
  DescribeNetworkAcls: [{}, page],
  DescribeRouteTables: [{}, page],
  CreateRoute: [{ ...route, InstanceId: id('i', 1103) }],
  ReplaceRoute: [{ ...route, NetworkInterfaceId: interfaces[0] }],
  DeleteRoute: [route],
  DescribeNetworkInterfaces: [{}, page, { NetworkInterfaceIds: interfaces }],
  DescribeNetworkInterfaceAttribute: [{ NetworkInterfaceId: interfaces[0], Attribute: 'groupSet' }],
  DescribeTags: [{}, page],
  DescribeRegions: [{}],
  DescribeAvailabilityZones: [{}],
  DescribeAccountAttributes: [{}],
  GetCallerIdentity: [{}],
  GetSessionToken: [{}],
  GetFederationToken: [{ Name: 'partner' }],
  AssumeRole: [{ RoleArn: 'arn:aws:iam::000000000002:role/auditor', RoleSessionName: 'costs' }],
  CreateAccessKey: [{}],
  ListAccessKeys: [{}],
  UpdateAccessKey: [{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA', Status: 'Inactive' }],
  DeleteAccessKey: [{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }],
  GetAccessKeyLastUsed: [{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }],
  GetUser: [{}],
  ListAccountAliases: [{}],
  ListRoles: [{}],
  GetRole: [{ RoleName: 'admin' }],
  ListInstanceProfiles: [{}],
  GetInstanceProfile: [{ InstanceProfileName: 'web' }],
  DescribeIdFormat: [{}],
  DescribeIdentityIdFormat: [{}],
  DescribePrincipalIdFormat: [{}, page],
  DescribeAggregateIdFormat: [{}],
  ModifyIdFormat: [{ Resource: 'instance' }],
  GetEbsEncryptionByDefault: [{}],
  GetEbsDefaultKmsKeyId: [{}],
  ...empty(absent),

  CreateLaunchTemplate: [{ LaunchTemplateName, LaunchTemplateData: { ImageId: IMAGE } }],
  CreateLaunchTemplateVersion: [{ LaunchTemplateName, SourceVersion: '1', LaunchTemplateData: { ImageId: IMAGE } }],
  ModifyLaunchTemplate: [{ LaunchTemplateName, DefaultVersion: '2' }],
  DeleteLaunchTemplateVersions: [{ LaunchTemplateName, Versions: ['1'] }],
  CreatePlacementGroup: [{ GroupName, Strategy: 'spread' }],
  RunInstances: [
    { ImageId: IMAGE, MinCount: 2, MaxCount: 2, Placement: { GroupName } },
    { LaunchTemplate: { LaunchTemplateName }, MinCount: 2, MaxCount: 2 },
    { ImageId: IMAGE, MinCount: 200, MaxCount: 200, ClientToken: 'most' },
    { ImageId: IMAGE, MinCount: 200, MaxCount: 200, ClientToken: 'most' },
    {
      ...{ ImageId: IMAGE, MinCount: 12, MaxCount: 12, TagSpecifications: [{ ResourceType: 'volume', Tags: tags }] },
      BlockDeviceMappings: Array.from({ length: limits.blockDevices.most }, (_, index) => ({
        DeviceName: `/dev/sd${String.fromCharCode(97 + (index % 2))}${String.fromCharCode(98 + (index >> 1))}`,
        Ebs: { VolumeSize: 1 },
      })),
    },
  ],
  StopInstances: [{ InstanceIds: ids('i', 0) }, { InstanceIds: gone }],
  StartInstances: [{ InstanceIds: ids('i', 1000) }],
  RebootInstances: [{ InstanceIds: ids('i', 1000) }],
  MonitorInstances: [{ InstanceIds: ids('i', 1000) }],
  UnmonitorInstances: [{ InstanceIds: ids('i', 1000) }],
  TerminateInstances: [{ InstanceIds: ids('i', 1200) }],
  ModifyInstanceAttribute: [{ InstanceId, Groups: ['sg-00000000'] }],
  ResetInstanceAttribute: [{ InstanceId, Attribute: 'sourceDestCheck' }],
  ModifyInstanceMetadataOptions: [{ InstanceId, HttpTokens: 'required' }],
  ModifyInstanceMaintenanceOptions: [{ InstanceId, AutoRecovery: 'disabled' }],
  ModifyInstanceCapacityReservationAttributes: [
    { InstanceId, CapacityReservationSpecification: { CapacityReservationPreference: 'none' } },
  ],
  ModifyInstanceCreditSpecification: [
    { InstanceCreditSpecifications: ids('i', 500).map(each => ({ InstanceId: each, CpuCredits: 'unlimited' })) },
  ],
  UploadImage: [uploaded],
  RegisterImage: [
    { ImageLocation: id('ami', AMIS) },
    { Name: 'fetched', ImageLocation: 'https://images.example.org/disk.img' },
  ],
  DeregisterImage: [{ ImageId }],
  CreateImage: [{ InstanceId: id('i', 1100), Name: 'made' }],
  CopyImage: [
    { SourceImageId: id('ami', AMIS + 8), SourceRegion: 'opennebula', Name: 'copied' },
    { SourceImageId: toBeHad[0], SourceRegion: 'opennebula', Name: 'had' },
  ],
  ModifyImageAttribute: [{ ImageId: id('ami', AMIS + 8), Description: { Value: 'x' } }],
  EnableImageDeprecation: [{ ImageId: id('ami', AMIS + 8), DeprecateAt: new Date(Date.UTC(2030, 0)) }],
  DisableImageDeprecation: [{ ImageId: id('ami', AMIS + 8) }],
  DisableImage: [{ ImageId: id('ami', AMIS + 8) }],
  EnableImage: [{ ImageId: id('ami', AMIS + 8) }],
  ResetImageAttribute: [{ ImageId: id('ami', AMIS + 8), Attribute: 'launchPermission' }],
  CreateVolume: [{ Size: 1, AvailabilityZone: 'opennebulaa' }],
  DeleteVolume: [{ VolumeId: id('vol', VOLUMES + 9) }],
  AttachVolume: [{ VolumeId, InstanceId: id('i', 1101), Device: '/dev/sdf' }],
  DetachVolume: [{ VolumeId }],
  ModifyVolume: [{ VolumeId, VolumeType: 'gp3' }],
  ModifyVolumeAttribute: [{ VolumeId, AutoEnableIO: { Value: true } }],
  CreateSnapshot: [{ VolumeId }, { VolumeId: id('vol', VOLUMES + 8) }],
  CreateSnapshots: [{ InstanceSpecification: { InstanceId: id('i', 1103) } }],
  DeleteSnapshot: [{ SnapshotId }],
  CopySnapshot: [{ SourceSnapshotId: id('snap', SNAPSHOTS + 8), SourceRegion: 'opennebula' }],
  ModifySnapshotAttribute: [
    { SnapshotId: id('snap', SNAPSHOTS + 8), CreateVolumePermission: { Add: [{ UserId: '000000000003' }] } },
  ],
  ResetSnapshotAttribute: [{ SnapshotId: id('snap', SNAPSHOTS + 8), Attribute: 'createVolumePermission' }],
  ImportImage: [{ DiskContainers: [{ Url: 'https://images.example.org/disk.img' }] }],
  ImportSnapshot: [{ DiskContainer: { Url: 'https://images.example.org/disk.img' } }],
  DescribeImportImageTasks: [{}, page, { ImportTaskIds: unknown.map(hex => `import-ami-${hex}`) }],
  DescribeImportSnapshotTasks: [{}, page, { ImportTaskIds: unknown.map(hex => `import-snap-${hex}`) }],
  CancelImportTask: [{ ImportTaskId: 'import-ami-0123456789abcdef0' }],
  ImportVolume: [{}],
  ImportInstance: [{}],
  CancelConversionTask: [{ ConversionTaskId: 'import-i-1' }],
  CreateSecurityGroup: [{ GroupName: 'web', Description: 'x', VpcId }],
  AuthorizeSecurityGroupIngress: [
    { GroupName: 'web', ...rule },
    { GroupName: 'web', IpPermissions: [{ ...permission, IpRanges: [], UserIdGroupPairs: [{ GroupName: 'web' }] }] },
  ],
  AuthorizeSecurityGroupEgress: [{ GroupName: 'web', GroupId, ...rule }],
  UpdateSecurityGroupRuleDescriptionsIngress: [{ GroupName: 'web', IpPermissions: [permission] }],
  UpdateSecurityGroupRuleDescriptionsEgress: [{ GroupId, IpPermissions: [permission] }],
  ModifySecurityGroupRules: [
    { GroupId, SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-00000001', SecurityGroupRule: modified }] },
  ],
  RevokeSecurityGroupIngress: [{ GroupName: 'web', ...rule }],
  RevokeSecurityGroupEgress: [{ GroupId, ...rule }],
  DeleteSecurityGroup: [{ GroupName: 'web' }],
  DeletePlacementGroup: [{ GroupName }],
  DeleteLaunchTemplate: [{ LaunchTemplateName }],
  CreateKeyPair: [{ KeyName: 'a', KeyType: 'ed25519' }],
  ImportKeyPair: [{ KeyName: 'b', PublicKeyMaterial: new Uint8Array([1]) }],
  DeleteKeyPair: [{ KeyName: 'a' }],
  AllocateAddress: [{}, {}],
  AssociateAddress: [{ PublicIp: '203.0.113.1', InstanceId: id('i', 1102) }],
  DisassociateAddress: [{ PublicIp: '203.0.113.1' }],
  MoveAddressToVpc: [{ PublicIp: '203.0.113.2' }],
  ReleaseAddress: [{ PublicIp: '203.0.113.1' }],
  CreateNetworkInterface: [
    {
      ...{ SubnetId, Description: 'front', Groups: [GroupId], PrivateIpAddress: '10.0.19.1', ClientToken: 'most' },
      TagSpecifications: [{ ResourceType: 'network-interface', Tags: tags }],
    },
  ],
  AttachNetworkInterface: [{ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }],
  ModifyNetworkInterfaceAttribute: [
    { NetworkInterfaceId: interfaces[0], Groups: [GroupId] },
    { NetworkInterfaceId: interfaces[0], Description: { Value: 'x' } },
  ],
  ResetNetworkInterfaceAttribute: [{ NetworkInterfaceId: interfaces[0], SourceDestCheck: 'true' }],
  AssignPrivateIpAddresses: [{ NetworkInterfaceId: interfaces[0], SecondaryPrivateIpAddressCount: 7 }],
  UnassignPrivateIpAddresses: [{ NetworkInterfaceId: interfaces[0], PrivateIpAddresses: ['10.0.19.2'] }],
  DetachNetworkInterface: [{ AttachmentId: 'eni-attach-1234567890abcdef0' }],
  DeleteNetworkInterface: [{ NetworkInterfaceId }],
  CreateTags: [{ Resources: everything, Tags: tags }],
  DeleteTags: [{ Resources: everything }],
}

/** What is asked for though it is not there. */
const inVain: readonly string[] = [
  'DescribeInstances InvalidInstanceID.NotFound',
  'GetConsoleScreenshot UnsupportedOperation',
  'DescribeImages InvalidAMIID.NotFound',
  'DescribeVolumes InvalidVolume.NotFound',
  'DescribeSecurityGroups InvalidGroup.NotFound',
  'DescribeSecurityGroupRules InvalidSecurityGroupRuleId.NotFound',
  'DescribeLaunchTemplates InvalidLaunchTemplateId.NotFound',
  'DescribePlacementGroups InvalidPlacementGroup.Unknown',
  'DescribeKeyPairs InvalidKeyPair.NotFound',
  'DescribeAddresses InvalidAllocationID.NotFound',
  'DescribeAddressesAttribute InvalidAllocationID.NotFound',
  'ModifyVpcAttribute InvalidVpcID.NotFound',
  'DeleteVpc InvalidVpcID.NotFound',
  'ModifyAddressAttribute InvalidAllocationID.NotFound',
  'ResetAddressAttribute InvalidAllocationID.NotFound',
  'CreateDefaultVpc DefaultVpcAlreadyExists',
  'CreateSubnet InvalidVpcID.NotFound',
  'ModifySubnetAttribute OperationNotPermitted',
  'DeleteSubnet InvalidSubnetID.NotFound',
  'CreateDefaultSubnet DefaultSubnetAlreadyExistsInAvailabilityZone',
  'AttachInternetGateway Resource.AlreadyAssociated',
  'DetachInternetGateway UnauthorizedOperation',
  'DeleteInternetGateway UnauthorizedOperation',
  'DisassociateRouteTable InvalidParameterValue',
  'DeleteRouteTable DependencyViolation',
  'DeleteDhcpOptions DependencyViolation',
  'AssumeRole AccessDenied',
  'UpdateAccessKey NoSuchEntity',
  'DeleteAccessKey NoSuchEntity',
  'GetAccessKeyLastUsed NoSuchEntity',
  'GetRole NoSuchEntity',
  'GetInstanceProfile NoSuchEntity',
  'StopInstances InvalidInstanceID.NotFound',
  'DescribeImportImageTasks InvalidConversionTaskId',
  'DescribeImportSnapshotTasks InvalidConversionTaskId',
  'CancelImportTask InvalidConversionTaskId',
  'ImportVolume UnsupportedOperation',
  'ImportInstance UnsupportedOperation',
  'CancelConversionTask InvalidConversionTaskId',
  'AuthorizeSecurityGroupEgress UnauthorizedOperation',
  'UpdateSecurityGroupRuleDescriptionsEgress UnauthorizedOperation',
  'ModifySecurityGroupRules UnauthorizedOperation',
  'RevokeSecurityGroupEgress UnauthorizedOperation',
  'DeletePlacementGroup InvalidPlacementGroup.InUse',
  'ImportKeyPair InvalidKey.Format',
  'AttachNetworkInterface InvalidNetworkInterfaceID.NotFound',
  'UnassignPrivateIpAddresses InvalidParameterValue',
  'DetachNetworkInterface InvalidAttachmentID.NotFound',
  'DeleteNetworkInterface InvalidNetworkInterfaceID.NotFound',
]

/** What no policy takes away. */
const FREE = ['GetCallerIdentity', 'GetSessionToken']

/** A policy about one action: that of tags goes with those that give some to what they make. */
function policyFor(element: 'Action' | 'NotAction', name: string) {
  const service = services.find(each => each.knows(name))?.signingName ?? ''
  const about = element === 'Action' ? [`${service}:${name}`, 'ec2:CreateTags'] : `${service}:${name}`
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', [element]: about, Resource: '*' } }
}

const outcomeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    (error: unknown) => toEc2Error(error).code,
  )

/** What every tool asks for before it does anything. */
const first = [
  ...['DescribeVpcs', 'DescribeVpcAttribute', 'DescribeSubnets', 'DescribeRouteTables', 'DescribeInternetGateways'],
  ...['DescribeNetworkAcls', 'DescribeDhcpOptions'],
]

describe('in an account of thousands of instances, images, volumes and snapshots', { timeout: 240_000 }, () => {
  let stage: Stage
  const spent: Record<string, number> = {}

  it('every action is asked for', () => {
    expect(Object.keys(requests).toSorted()).toEqual([...actions.keys()].toSorted())
  })

  it('no action takes more requests than the free plan has', async () => {
    // OpenNebula's downloads
    const downloads = vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(aDisk()))
    onTestFinished(() => downloads.mockRestore())
    stage = setStage({}, { instances, images, appliances, privateAddresses: 5000 })
    await stage.pass(60_000)
    await stage.succeed('StageImage', uploaded)
    await (env as Env).STAGING.put(`staging/${stage.account.id}/${uploaded.ImageId}`, 'x'.repeat(1024))
    const refusals: string[] = []
    for (const [name, inputs] of Object.entries(requests)) {
      for (const input of inputs) {
        Object.assign(stage.most, { upstream: 0, operations: 0 })
        // As a key asks that may do everything else, and as one that may do nothing else
        const barred = await outcomeOf(stage.askAs(policyFor('NotAction', name), name, { ...input, ClientToken: '' }))
        if (!FREE.includes(name)) {
          expect(barred, name).toMatch(/^(UnauthorizedOperation|AccessDenied)$/)
          expect(stage.most.upstream, name).toBe(0)
        }
        const refused = await outcomeOf(stage.askAs(policyFor('Action', name), name, input))
        if (refused !== undefined) refusals.push(`${name} ${refused}`)
        spent[name] = Math.max(spent[name] ?? 0, stage.most.upstream)
        // Even if those on KV and R2 counted, too
        expect(stage.most.upstream + stage.most.operations, name).toBeLessThanOrEqual(limits.subrequests.most)
      }
    }
    // What was asked for to be looked for in vain, and no other
    expect(refusals).toEqual(inVain)
    Object.assign(stage.most, { upstream: 0 })
    await stage.pass(60 * 60_000)
    expect(stage.most.upstream, 'the alarm').toBeLessThanOrEqual(limits.subrequests.most)
    expect(first.filter(name => spent[name] === undefined || spent[name] > 1)).toEqual([])
    expect(Math.max(...Object.values(spent)), JSON.stringify(spent)).toBeLessThanOrEqual(12)
  })
})
