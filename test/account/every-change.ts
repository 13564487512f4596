// Every action that changes something, with its ordinary input and what has to be there before: `every-change.test.ts` breaks each of
// them off.
import { env } from 'cloudflare:workers'
import type {
  AllocateAddressResult,
  AssociateAddressResult,
  AttachNetworkInterfaceResult,
  CreateDhcpOptionsResult,
  CreateInternetGatewayResult,
  CreateNetworkInterfaceResult,
  CreateRouteTableResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeSecurityGroupRulesResult,
  ImportImageResult,
  Reservation,
  Volume,
} from '@aws-sdk/client-ec2'
import { type Action, actions, type groups } from '../../src/ec2/actions.ts'
import type { Env } from '../../src/edge/services.ts'
import type { Seed } from '../../src/sandbox/seed.ts'
import { IMAGE, type Stage, setStage } from './stage.ts'

type Rows = (typeof groups)[keyof typeof groups]
type ChangeIn<Group> = Group extends unknown
  ? { [Name in keyof Group]: Group[Name] extends { readonly change: unknown } ? Name : never }[keyof Group]
  : never

/** The name of an action that changes something. */
export type ChangeAction = Extract<ChangeIn<Rows>, Action>

export interface EveryChange {
  /** Its input; made with what it is about. */
  readonly input: Readonly<Record<string, unknown>> | ((stage: Stage) => Promise<object>)
  /** What a repeat is answered that comes when all is done, where it has no client token; nothing but its output if absent. */
  readonly told?: string
  /** Whether such a repeat asks for another one. */
  readonly another?: true
  /** Whether it changes nothing that there is. */
  readonly inert?: true
  /** Whether a repeat may be told so of what goes nevertheless, for nobody was told that it is there. */
  readonly goes?: true
  /** Why it may be done in part where nobody asks again. */
  readonly part?: string
  /** Why more than that is left where a call takes effect after a repeat of its request has done the same. */
  readonly late?: string
}

/** What is there before: images of the user's, numbered from 1 on, and an appliance. */
export const seed: Seed = {
  privateAddresses: 1000,
  images: [
    { name: 'mine', owner: 'helen', size: 10, template: 'EC2_AMI="YES"' },
    { name: 'disk', owner: 'helen', size: 1024, template: 'EBS_VOLUME="YES"' },
    { name: 'state', owner: 'helen', size: 1024, template: 'EBS_SNAPSHOT="YES"' },
  ],
  appliances: [{ name: 'Debian 12', size: 10 }],
}

const MINE = 'ami-00000001'
const DISK = 'vol-00000002'
const STATE = 'snap-00000003'
const SUBNET = 'subnet-00000000'
const DEFAULT_TABLE = 'rtb-00000002'
const MINUTE = 60_000
const AvailabilityZone = 'opennebulaa'
const SourceRegion = 'opennebula'
const Url = 'https://images.example.org/disk.img'
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBn0mVSxLRKvEYqHFqBBbCqEyqBWGnvbkTYbZkKyL2Cp helen'
const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }
const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }
const Tags = [{ Key: 'role', Value: 'web' }]
const tagged = (ResourceType: string) => ({ TagSpecifications: [{ ResourceType, Tags }] })

// What is made before

async function instance(stage: Stage, more: object = {}): Promise<string> {
  const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...more }
  const { Instances: [made] = [] } = await stage.succeed<Reservation>('RunInstances', input)
  await stage.pass(MINUTE)
  return made?.InstanceId ?? ''
}

async function stopped(stage: Stage): Promise<string> {
  const InstanceId = await instance(stage)
  await stage.succeed('StopInstances', { InstanceIds: [InstanceId] })
  await stage.pass(MINUTE)
  return InstanceId
}

async function volume(stage: Stage): Promise<string> {
  const { VolumeId = '' } = await stage.succeed<Volume>('CreateVolume', { Size: 1, AvailabilityZone })
  await stage.pass(MINUTE)
  return VolumeId
}

async function attached(stage: Stage): Promise<{ VolumeId: string; InstanceId: string }> {
  const InstanceId = await instance(stage)
  const VolumeId = await volume(stage)
  await stage.succeed('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdf' })
  await stage.pass(MINUTE)
  return { VolumeId, InstanceId }
}

async function vpc(stage: Stage): Promise<string> {
  return (await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.0.0/16' })).Vpc?.VpcId ?? ''
}

async function subnet(stage: Stage, VpcId?: string): Promise<string> {
  const input = { VpcId: VpcId ?? (await vpc(stage)), CidrBlock: '10.7.1.0/24' }
  const { Subnet } = await stage.succeed<CreateSubnetResult>('CreateSubnet', input)
  await stage.pass(MINUTE)
  return Subnet?.SubnetId ?? ''
}

async function gateway(stage: Stage): Promise<string> {
  const { InternetGateway } = await stage.succeed<CreateInternetGatewayResult>('CreateInternetGateway', {})
  return InternetGateway?.InternetGatewayId ?? ''
}

async function attachedGateway(stage: Stage): Promise<{ InternetGatewayId: string; VpcId: string }> {
  const between = { InternetGatewayId: await gateway(stage), VpcId: await vpc(stage) }
  await stage.succeed('AttachInternetGateway', between)
  return between
}

async function table(stage: Stage, VpcId?: string): Promise<string> {
  const input = { VpcId: VpcId ?? (await vpc(stage)) }
  const { RouteTable } = await stage.succeed<CreateRouteTableResult>('CreateRouteTable', input)
  return RouteTable?.RouteTableId ?? ''
}

async function route(stage: Stage): Promise<{ RouteTableId: string; DestinationCidrBlock: string; GatewayId: string }> {
  const { InternetGatewayId, VpcId } = await attachedGateway(stage)
  const DestinationCidrBlock = '0.0.0.0/0'
  return { RouteTableId: await table(stage, VpcId), DestinationCidrBlock, GatewayId: InternetGatewayId }
}

async function association(stage: Stage): Promise<{ AssociationId: string | undefined; VpcId: string }> {
  const VpcId = await vpc(stage)
  const input = { RouteTableId: await table(stage, VpcId), SubnetId: await subnet(stage, VpcId) }
  const { AssociationId } = await stage.succeed<{ AssociationId?: string }>('AssociateRouteTable', input)
  return { AssociationId, VpcId }
}

const dns = [{ Key: 'domain-name-servers', Values: ['192.0.2.1'] }]

async function dhcpOptions(stage: Stage): Promise<string> {
  const input = { DhcpConfigurations: dns }
  const { DhcpOptions } = await stage.succeed<CreateDhcpOptionsResult>('CreateDhcpOptions', input)
  return DhcpOptions?.DhcpOptionsId ?? ''
}

async function interfaceOf(stage: Stage): Promise<string> {
  const input = { SubnetId: SUBNET }
  const { NetworkInterface } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', input)
  await stage.pass(MINUTE)
  return NetworkInterface?.NetworkInterfaceId ?? ''
}

async function attachedInterface(
  stage: Stage,
): Promise<{ AttachmentId: string | undefined; NetworkInterfaceId: string }> {
  const NetworkInterfaceId = await interfaceOf(stage)
  const input = { NetworkInterfaceId, InstanceId: await instance(stage), DeviceIndex: 1 }
  const { AttachmentId } = await stage.succeed<AttachNetworkInterfaceResult>('AttachNetworkInterface', input)
  await stage.pass(MINUTE)
  return { AttachmentId, NetworkInterfaceId }
}

async function address(stage: Stage): Promise<string> {
  const { AllocationId = '' } = await stage.succeed<AllocateAddressResult>('AllocateAddress', { Domain: 'vpc' })
  await stage.pass(MINUTE)
  return AllocationId
}

async function associated(stage: Stage): Promise<string | undefined> {
  const input = { AllocationId: await address(stage), InstanceId: await instance(stage) }
  const { AssociationId } = await stage.succeed<AssociateAddressResult>('AssociateAddress', input)
  await stage.pass(MINUTE)
  return AssociationId
}

async function group(stage: Stage, more: object = {}): Promise<string> {
  const input = { GroupName: 'web', Description: 'of the test', ...more }
  return (await stage.succeed<{ GroupId?: string }>('CreateSecurityGroup', input)).GroupId ?? ''
}

/** A group with a rule each way. */
async function ruled(stage: Stage): Promise<string> {
  const GroupId = await group(stage)
  await stage.succeed('AuthorizeSecurityGroupIngress', { GroupId, ...rule })
  await stage.succeed('AuthorizeSecurityGroupEgress', { GroupId, IpPermissions: [permission] })
  return GroupId
}

async function template(stage: Stage): Promise<{ LaunchTemplateName: string }> {
  const LaunchTemplateName = 'web'
  await stage.succeed('CreateLaunchTemplate', { LaunchTemplateName, LaunchTemplateData: { ImageId: IMAGE } })
  return { LaunchTemplateName }
}

/** With a version besides the default one. */
async function versions(stage: Stage): Promise<{ LaunchTemplateName: string }> {
  const named = await template(stage)
  await stage.succeed('CreateLaunchTemplateVersion', { ...named, LaunchTemplateData: { InstanceType: 'm1.large' } })
  return named
}

async function accessKey(stage: Stage): Promise<string | undefined> {
  const { AccessKey } = await stage.succeed<{ AccessKey?: { AccessKeyId?: string } }>('CreateAccessKey', {})
  return AccessKey?.AccessKeyId
}

/** An uploaded image, before it is told of. */
async function staged(stage: Stage): Promise<object> {
  const uploaded = { ImageId: `ami-1${stage.account.id.padStart(16, '0')}`, Name: 'uploaded' }
  await stage.succeed('StageImage', uploaded)
  await (env as Env).STAGING.put(`staging/${stage.account.id}/${uploaded.ImageId}`, 'x'.repeat(1024))
  return uploaded
}

const onInstance = (more: object) => async (stage: Stage) => ({ InstanceId: await instance(stage), ...more })
const onStopped = (more: object) => async (stage: Stage) => ({ InstanceId: await stopped(stage), ...more })
const disabled = async (stage: Stage) => {
  await stage.succeed('DisableImage', { ImageId: MINE })
  return { ImageId: MINE }
}

export const everyChange: Record<ChangeAction, EveryChange> = {
  RunInstances: {
    input: {
      ...{ ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...tagged('instance') },
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 1 } }],
    },
  },
  StartInstances: { input: async stage => ({ InstanceIds: [await stopped(stage)] }) },
  StopInstances: { input: async stage => ({ InstanceIds: [await instance(stage)] }) },
  RebootInstances: { input: async stage => ({ InstanceIds: [await instance(stage)] }), inert: true },
  TerminateInstances: { input: async stage => ({ InstanceIds: [(await attached(stage)).InstanceId] }) },
  ModifyInstanceAttribute: { input: onStopped({ InstanceType: { Value: 'm1.large' } }) },
  ResetInstanceAttribute: {
    input: async stage => {
      const InstanceId = await instance(stage)
      await stage.succeed('ModifyInstanceAttribute', { InstanceId, SourceDestCheck: { Value: false } })
      return { InstanceId, Attribute: 'sourceDestCheck' }
    },
  },
  ModifyInstanceMetadataOptions: { input: onInstance({ HttpTokens: 'required' }) },
  ModifyInstanceMaintenanceOptions: { input: onInstance({ AutoRecovery: 'disabled' }) },
  ModifyInstanceCapacityReservationAttributes: {
    input: onInstance({ CapacityReservationSpecification: { CapacityReservationPreference: 'none' } }),
  },
  MonitorInstances: { input: async stage => ({ InstanceIds: [await instance(stage)] }) },
  UnmonitorInstances: {
    input: async stage => ({ InstanceIds: [await instance(stage, { Monitoring: { Enabled: true } })] }),
  },
  ModifyInstanceCreditSpecification: {
    input: async stage => ({
      InstanceCreditSpecifications: [{ InstanceId: await instance(stage), CpuCredits: 'unlimited' }],
    }),
  },

  CreateLaunchTemplate: {
    input: { LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: IMAGE }, ...tagged('launch-template') },
  },
  CreateLaunchTemplateVersion: {
    input: async stage => ({ ...(await template(stage)), LaunchTemplateData: { InstanceType: 'm1.large' } }),
  },
  ModifyLaunchTemplate: { input: async stage => ({ ...(await versions(stage)), DefaultVersion: '2' }) },
  DeleteLaunchTemplateVersions: { input: async stage => ({ ...(await versions(stage)), Versions: ['2'] }) },
  DeleteLaunchTemplate: { input: template, told: 'InvalidLaunchTemplateName.NotFoundException' },

  CreatePlacementGroup: {
    input: { GroupName: 'near', Strategy: 'cluster', ...tagged('placement-group') },
    told: 'InvalidPlacementGroup.Duplicate',
  },
  DeletePlacementGroup: {
    input: async stage => {
      const GroupName = 'near'
      await stage.succeed('CreatePlacementGroup', { GroupName, Strategy: 'cluster' })
      const InstanceIds = [await instance(stage, { Placement: { GroupName } })]
      await stage.succeed('TerminateInstances', { InstanceIds })
      await stage.pass(MINUTE)
      return { GroupName }
    },
    told: 'InvalidPlacementGroup.Unknown',
  },

  UploadImage: {
    ...{ input: staged, another: true },
    part: 'what is staged goes with it, where nobody asked for that',
  },
  RegisterImage: {
    ...{ input: { Name: 'fetched', ImageLocation: Url }, told: 'InvalidAMIName.Duplicate' },
    late: 'there are two AMIs of the name',
  },
  DeregisterImage: { input: { ImageId: MINE }, told: 'InvalidAMIID.NotFound' },
  CreateImage: {
    input: async stage => ({ InstanceId: (await attached(stage)).InstanceId, Name: 'made', ...tagged('image') }),
    told: 'InvalidAMIName.Duplicate',
    goes: true,
    late: 'there are two AMIs of the name, and the instance is stopped once more',
  },
  CopyImage: { input: { SourceImageId: MINE, SourceRegion, Name: 'copied' } },
  ModifyImageAttribute: { input: { ImageId: MINE, LaunchPermission: { Add: [{ Group: 'all' }] } } },
  ResetImageAttribute: {
    input: async stage => {
      await stage.succeed('ModifyImageAttribute', { ImageId: MINE, LaunchPermission: { Add: [{ Group: 'all' }] } })
      return { ImageId: MINE, Attribute: 'launchPermission' }
    },
  },
  EnableImage: { input: disabled },
  DisableImage: { input: { ImageId: MINE } },
  EnableImageDeprecation: { input: { ImageId: MINE, DeprecateAt: new Date(Date.UTC(2030, 0)) } },
  DisableImageDeprecation: {
    input: async stage => {
      await stage.succeed('EnableImageDeprecation', { ImageId: MINE, DeprecateAt: new Date(Date.UTC(2030, 0)) })
      return { ImageId: MINE }
    },
  },

  CreateVolume: { input: { Size: 1, AvailabilityZone, ...tagged('volume') } },
  DeleteVolume: { input: { VolumeId: DISK }, told: 'InvalidVolume.NotFound' },
  AttachVolume: { input: onInstance({ VolumeId: DISK, Device: '/dev/sdf' }), told: 'VolumeInUse' },
  DetachVolume: { input: async stage => ({ VolumeId: (await attached(stage)).VolumeId }), told: 'IncorrectState' },
  ModifyVolume: { input: { VolumeId: DISK, VolumeType: 'gp3' }, another: true },
  ModifyVolumeAttribute: { input: { VolumeId: DISK, AutoEnableIO: { Value: true } } },
  CreateSnapshot: {
    input: async stage => ({ VolumeId: await volume(stage), Description: 'nightly', ...tagged('snapshot') }),
    another: true,
  },
  CreateSnapshots: {
    input: async stage => ({ InstanceSpecification: { InstanceId: (await attached(stage)).InstanceId } }),
    another: true,
  },
  DeleteSnapshot: { input: { SnapshotId: STATE }, told: 'InvalidSnapshot.NotFound' },
  CopySnapshot: { input: { SourceSnapshotId: STATE, SourceRegion }, another: true },
  ModifySnapshotAttribute: {
    part: 'what is taken is taken first, and what is given is given last: see disk-images/write-sharing.ts',
    input: { SnapshotId: STATE, CreateVolumePermission: { Add: [{ UserId: '000000000003' }] } },
  },
  ResetSnapshotAttribute: {
    part: 'what is taken is taken first, and what is given is given last: see disk-images/write-sharing.ts',
    input: async stage => {
      const CreateVolumePermission = { Add: [{ UserId: '000000000003' }] }
      await stage.succeed('ModifySnapshotAttribute', { SnapshotId: STATE, CreateVolumePermission })
      return { SnapshotId: STATE, Attribute: 'createVolumePermission' }
    },
  },
  ImportImage: { input: { DiskContainers: [{ Url }] } },
  ImportSnapshot: { input: { DiskContainer: { Url } } },
  CancelImportTask: {
    input: async stage => {
      const { ImportTaskId } = await stage.succeed<ImportImageResult>('ImportImage', { DiskContainers: [{ Url }] })
      return { ImportTaskId }
    },
    told: 'InvalidConversionTaskId',
  },

  CreateSecurityGroup: {
    input: { GroupName: 'web', Description: 'of the test', ...tagged('security-group') },
    told: 'InvalidGroup.Duplicate',
  },
  DeleteSecurityGroup: { input: async stage => ({ GroupId: await group(stage) }), told: 'InvalidGroup.NotFound' },
  AuthorizeSecurityGroupIngress: {
    input: async stage => ({ GroupId: await group(stage), ...rule }),
    told: 'InvalidPermission.Duplicate',
  },
  AuthorizeSecurityGroupEgress: {
    input: async stage => ({ GroupId: await group(stage), IpPermissions: [permission] }),
    told: 'InvalidPermission.Duplicate',
  },
  RevokeSecurityGroupIngress: {
    input: async stage => ({ GroupId: await ruled(stage), ...rule }),
    told: 'InvalidPermission.NotFound',
  },
  RevokeSecurityGroupEgress: {
    input: async stage => ({ GroupId: await ruled(stage), IpPermissions: [permission] }),
    told: 'InvalidPermission.NotFound',
  },
  ModifySecurityGroupRules: {
    input: async stage => {
      const GroupId = await ruled(stage)
      const { SecurityGroupRules = [] } = await stage.read<DescribeSecurityGroupRulesResult>(
        'DescribeSecurityGroupRules',
        { Filters: [{ Name: 'group-id', Values: [GroupId] }] },
      )
      const found = SecurityGroupRules.find(({ IsEgress, FromPort }) => !IsEgress && FromPort === 22)
      const SecurityGroupRule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIpv4: '10.0.0.0/8' }
      return {
        GroupId,
        SecurityGroupRules: [{ SecurityGroupRuleId: found?.SecurityGroupRuleId, SecurityGroupRule }],
      }
    },
  },
  UpdateSecurityGroupRuleDescriptionsIngress: {
    input: async stage => ({
      GroupId: await ruled(stage),
      IpPermissions: [{ ...permission, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'ours' }] }],
    }),
  },
  UpdateSecurityGroupRuleDescriptionsEgress: {
    input: async stage => ({
      GroupId: await ruled(stage),
      IpPermissions: [{ ...permission, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'ours' }] }],
    }),
  },

  CreateKeyPair: {
    input: { KeyName: 'mine', KeyType: 'ed25519', ...tagged('key-pair') },
    told: 'InvalidKeyPair.Duplicate',
  },
  ImportKeyPair: {
    input: { KeyName: 'mine', PublicKeyMaterial: new TextEncoder().encode(KEY) },
    told: 'InvalidKeyPair.Duplicate',
  },
  DeleteKeyPair: {
    input: async stage => {
      await stage.succeed('CreateKeyPair', { KeyName: 'mine', KeyType: 'ed25519' })
      return { KeyName: 'mine' }
    },
  },

  AllocateAddress: { input: { Domain: 'vpc', ...tagged('elastic-ip') }, another: true },
  ReleaseAddress: {
    input: async stage => ({ AllocationId: await address(stage) }),
    told: 'InvalidAllocationID.NotFound',
  },
  AssociateAddress: {
    input: async stage => ({ AllocationId: await address(stage), InstanceId: await instance(stage) }),
  },
  DisassociateAddress: {
    input: async stage => ({ AssociationId: await associated(stage) }),
    told: 'InvalidAssociationID.NotFound',
  },
  MoveAddressToVpc: {
    input: async stage => {
      const { PublicIp } = await stage.succeed<AllocateAddressResult>('AllocateAddress', { Domain: 'standard' })
      await stage.pass(MINUTE)
      return { PublicIp }
    },
  },

  CreateVpc: { input: { CidrBlock: '10.7.0.0/16', ...tagged('vpc') }, another: true },
  DeleteVpc: { input: async stage => ({ VpcId: await vpc(stage) }), told: 'InvalidVpcID.NotFound' },
  ModifyVpcAttribute: { input: async stage => ({ VpcId: await vpc(stage), EnableDnsHostnames: { Value: true } }) },
  CreateDefaultVpc: { input: {}, told: 'DefaultVpcAlreadyExists', inert: true },
  CreateSubnet: {
    input: async stage => ({ VpcId: await vpc(stage), CidrBlock: '10.7.1.0/24', ...tagged('subnet') }),
    told: 'InvalidSubnet.Conflict',
    goes: true,
  },
  DeleteSubnet: { input: async stage => ({ SubnetId: await subnet(stage) }), told: 'InvalidSubnetID.NotFound' },
  ModifySubnetAttribute: {
    input: async stage => ({ SubnetId: await subnet(stage), MapPublicIpOnLaunch: { Value: true } }),
  },
  CreateDefaultSubnet: {
    input: { AvailabilityZone },
    told: 'DefaultSubnetAlreadyExistsInAvailabilityZone',
    inert: true,
  },

  CreateNetworkInterface: {
    input: { SubnetId: SUBNET, Description: 'front', ...tagged('network-interface') },
    another: true,
  },
  AttachNetworkInterface: {
    input: async stage => ({
      NetworkInterfaceId: await interfaceOf(stage),
      InstanceId: await instance(stage),
      DeviceIndex: 1,
    }),
    told: 'InvalidNetworkInterface.InUse',
    goes: true,
  },
  DetachNetworkInterface: {
    input: async stage => ({ AttachmentId: (await attachedInterface(stage)).AttachmentId }),
    told: 'InvalidAttachmentID.NotFound',
  },
  DeleteNetworkInterface: {
    input: async stage => ({ NetworkInterfaceId: await interfaceOf(stage) }),
    told: 'InvalidNetworkInterfaceID.NotFound',
  },
  ModifyNetworkInterfaceAttribute: {
    input: async stage => {
      const { NetworkInterfaceId } = await attachedInterface(stage)
      return { NetworkInterfaceId, Groups: [await group(stage)] }
    },
  },
  ResetNetworkInterfaceAttribute: {
    input: async stage => {
      const NetworkInterfaceId = await interfaceOf(stage)
      await stage.succeed('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: { Value: false } })
      return { NetworkInterfaceId, SourceDestCheck: 'true' }
    },
  },
  AssignPrivateIpAddresses: {
    input: async stage => ({
      NetworkInterfaceId: (await attachedInterface(stage)).NetworkInterfaceId,
      PrivateIpAddresses: ['10.0.0.77'],
    }),
  },
  UnassignPrivateIpAddresses: {
    input: async stage => {
      const { NetworkInterfaceId } = await attachedInterface(stage)
      const named = { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.77'] }
      await stage.succeed('AssignPrivateIpAddresses', named)
      await stage.pass(MINUTE)
      return named
    },
    told: 'InvalidParameterValue',
  },

  CreateInternetGateway: { input: tagged('internet-gateway'), another: true },
  AttachInternetGateway: {
    input: async stage => ({ InternetGatewayId: await gateway(stage), VpcId: await vpc(stage) }),
    told: 'Resource.AlreadyAssociated',
  },
  DetachInternetGateway: { input: attachedGateway, told: 'Gateway.NotAttached' },
  DeleteInternetGateway: {
    input: async stage => ({ InternetGatewayId: await gateway(stage) }),
    told: 'InvalidInternetGatewayID.NotFound',
  },

  CreateRouteTable: { input: async stage => ({ VpcId: await vpc(stage), ...tagged('route-table') }) },
  DeleteRouteTable: {
    input: async stage => ({ RouteTableId: await table(stage) }),
    told: 'InvalidRouteTableID.NotFound',
  },
  CreateRoute: { input: route, told: 'RouteAlreadyExists' },
  ReplaceRoute: {
    input: async stage => {
      const existing = { RouteTableId: DEFAULT_TABLE, DestinationCidrBlock: '192.0.2.0/24' }
      await stage.succeed('CreateRoute', { ...existing, InstanceId: await instance(stage) })
      return { ...existing, NetworkInterfaceId: (await attachedInterface(stage)).NetworkInterfaceId }
    },
  },
  DeleteRoute: {
    input: async stage => {
      const existing = await route(stage)
      await stage.succeed('CreateRoute', existing)
      const { RouteTableId, DestinationCidrBlock } = existing
      return { RouteTableId, DestinationCidrBlock }
    },
    told: 'InvalidRoute.NotFound',
  },
  AssociateRouteTable: {
    input: async stage => {
      const VpcId = await vpc(stage)
      return { RouteTableId: await table(stage, VpcId), SubnetId: await subnet(stage, VpcId) }
    },
  },
  DisassociateRouteTable: {
    input: async stage => ({ AssociationId: (await association(stage)).AssociationId }),
    told: 'InvalidAssociationID.NotFound',
  },
  ReplaceRouteTableAssociation: {
    input: async stage => {
      const { AssociationId, VpcId } = await association(stage)
      return { AssociationId, RouteTableId: await table(stage, VpcId) }
    },
    told: 'InvalidAssociationID.NotFound',
  },

  CreateDhcpOptions: { input: { DhcpConfigurations: dns, ...tagged('dhcp-options') }, another: true },
  AssociateDhcpOptions: {
    input: async stage => ({ DhcpOptionsId: await dhcpOptions(stage), VpcId: await vpc(stage) }),
  },
  DeleteDhcpOptions: {
    input: async stage => ({ DhcpOptionsId: await dhcpOptions(stage) }),
    told: 'InvalidDhcpOptionID.NotFound',
  },

  CreateTags: { input: { Resources: [DISK], Tags } },
  DeleteTags: {
    input: async stage => {
      await stage.succeed('CreateTags', { Resources: [DISK], Tags })
      return { Resources: [DISK], Tags }
    },
  },
  ModifyIdFormat: { input: { Resource: 'instance', UseLongIds: true }, inert: true },

  CreateAccessKey: { input: {}, another: true },
  UpdateAccessKey: { input: async stage => ({ AccessKeyId: await accessKey(stage), Status: 'Inactive' }) },
  DeleteAccessKey: { input: async stage => ({ AccessKeyId: await accessKey(stage) }), told: 'NoSuchEntity' },
}

/** All of them. */
export const allChanges = Object.keys(everyChange) as ChangeAction[]

/** Whether all that can be tried is: `npm run fuzz`. */
export const ALL = import.meta.env['VITE_STEPS'] === 'all'

/** Rules that name groups are looked after for as long as they do. */
export const STAYING = /^task:group-references:/

const { INDEX, STAGING } = env as Env

/** A change that is about to be asked for, in a world of its own. */
export interface Scene {
  readonly stage: Stage
  readonly request: object
  readonly perform: () => ReturnType<Stage['perform']>
}

export const hasToken = (action: string) => actions.get(action)?.honours.includes('ClientToken') ?? false

/** Sets the scene for one. @param token whether it can be repeated by its token, where it has one */
export async function begin(action: ChangeAction, token: boolean): Promise<Scene> {
  for (const { name } of (await INDEX.list({ prefix: 'key' })).keys) await INDEX.delete(name)
  for (const { key } of (await STAGING.list()).objects) await STAGING.delete(key)
  const stage = setStage({}, seed)
  const { input }: EveryChange = everyChange[action]
  const made: object = typeof input === 'function' ? await input(stage) : input
  const request = token && hasToken(action) ? { ...made, ClientToken: 'once' } : made
  return { stage, request, perform: () => stage.perform(action, request) }
}
