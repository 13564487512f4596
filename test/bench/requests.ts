// A call of each action, from the life of everything an account can have: for whoever measures, counts or looks at all of them.
import { absent } from '../../src/ec2/absent/rows.ts'
import { elements, numbered, type Parameters, until } from './asking.ts'

/**
 * One call. In the parameters `$name` stands for what an earlier step kept under that name, and a parameter `X.N` for
 * `X.1`, `X.2` and so on with all of it.
 */
export interface Step {
  readonly action: string
  /** What is special about the call. */
  readonly what?: string
  readonly parameters?: Parameters
  /** A smaller limit that was promised. */
  readonly limit?: number
  readonly times?: number
  /** What later steps need: by name, the element of the answer that has it. */
  readonly keep?: Readonly<Record<string, string>>
  /** A call whose answer shows this text when the step has had its effect. */
  readonly until?: readonly [action: string, parameters: Parameters, shows: string]
}

const AMI = { 'ImageId.1': '$ami' }
const INSTANCE = { InstanceId: '$instance' }
const INSTANCES = { 'InstanceId.1': '$instance' }
const HUNDRED = { 'InstanceId.N': '$hundred' }
const VOLUMES = { 'VolumeId.1': '$volume' }
const RUN = { ImageId: 'ami-00000000', InstanceType: 'm1.small', KeyName: 'admin' }
const TEMPLATE = { LaunchTemplateId: '$template' }
const OWN_VPC = { VpcId: '$ownVpc' }
const GATEWAY = { InternetGatewayId: '$gateway', ...OWN_VPC }
const TABLE = { RouteTableId: '$table' }
const ANOTHER_TABLE = { RouteTableId: '$another' }
const EVERYWHERE = { ...TABLE, DestinationCidrBlock: '0.0.0.0/0' }
const OPTIONS = { DhcpOptionsId: '$options' }
const OWN_INTERFACE = { NetworkInterfaceId: '$own' }
const OWN_INTERFACES = { 'NetworkInterfaceId.1': '$own' }
const GROUP = { GroupId: '$group' }
const HTTP = { IpProtocol: 'tcp', FromPort: '80', ToPort: '80', CidrIp: '0.0.0.0/0' }
const HTTP_PERMISSION = {
  ...{ 'IpPermissions.1.IpProtocol': 'tcp', 'IpPermissions.1.FromPort': '80', 'IpPermissions.1.ToPort': '80' },
  'IpPermissions.1.IpRanges.1.CidrIp': '0.0.0.0/0',
}
const count = (number: number) => ({ MinCount: String(number), MaxCount: String(number) })
const state = (name: string) => `<name>${name}</name>`
const status = (name: string) => `<status>${name}</status>`
const imageState = (name: string) => `<imageState>${name}</imageState>`

/** In the order of a life: a new action is a row where what it needs exists. */
export const steps: readonly Step[] = [
  { action: 'GetCallerIdentity' },
  { action: 'GetSessionToken' },
  { action: 'GetFederationToken', parameters: { Name: 'partner' } },
  { action: 'GetUser' },
  { action: 'CreateAccessKey', keep: { key: 'AccessKeyId' } },
  { action: 'ListAccessKeys' },
  { action: 'GetAccessKeyLastUsed', parameters: { AccessKeyId: '$key' } },
  { action: 'UpdateAccessKey', parameters: { AccessKeyId: '$key', Status: 'Inactive' } },
  { action: 'DeleteAccessKey', parameters: { AccessKeyId: '$key' } },
  { action: 'ListAccountAliases' },
  { action: 'ListRoles' },
  { action: 'ListInstanceProfiles' },
  { action: 'DescribeRegions' },
  { action: 'DescribeAvailabilityZones' },
  { action: 'DescribeIdFormat' },
  { action: 'DescribeIdentityIdFormat', parameters: { PrincipalArn: 'all' } },
  { action: 'DescribePrincipalIdFormat' },
  { action: 'DescribeAggregateIdFormat' },
  { action: 'ModifyIdFormat', parameters: { Resource: 'all-current', UseLongIds: 'true' } },
  { action: 'GetEbsEncryptionByDefault' },
  { action: 'GetEbsDefaultKmsKeyId' },
  { action: 'DescribeAccountAttributes', parameters: numbered('AttributeName', ['supported-platforms']) },
  { action: 'DescribeInstanceTypes' },
  { action: 'DescribeInstanceTypeOfferings' },
  ...Object.keys(absent).map(action => ({ action })),

  { action: 'CreateKeyPair', parameters: { KeyName: 'admin', KeyType: 'ed25519' } },
  { action: 'ImportKeyPair', parameters: { KeyName: 'imported', PublicKeyMaterial: publicKey() } },
  { action: 'DescribeKeyPairs' },
  { action: 'DeleteKeyPair', parameters: { KeyName: 'imported' } },

  {
    ...{ action: 'CreateSecurityGroup', parameters: { GroupName: 'web', GroupDescription: 'bench' } },
    keep: { group: 'groupId' },
  },
  {
    action: 'AuthorizeSecurityGroupIngress',
    parameters: { ...GROUP, IpProtocol: 'tcp', FromPort: '22', ToPort: '22', CidrIp: '10.0.0.0/8' },
    keep: { rule: 'securityGroupRuleId' },
  },
  { action: 'AuthorizeSecurityGroupIngress', what: 'by name', parameters: { GroupName: 'web', ...HTTP } },
  {
    ...{ action: 'AuthorizeSecurityGroupIngress', what: 'a group as source' },
    parameters: { GroupName: 'web', SourceSecurityGroupName: 'web' },
  },
  { action: 'AuthorizeSecurityGroupEgress', parameters: { ...GROUP, ...HTTP } },
  { action: 'DescribeSecurityGroups' },
  { action: 'DescribeSecurityGroups', what: 'by id', limit: 1, parameters: { 'GroupId.1': '$group' } },
  { action: 'DescribeSecurityGroupRules' },
  { action: 'GetSecurityGroupsForVpc', parameters: { VpcId: 'vpc-00000002' } },
  { action: 'DescribeSecurityGroupReferences', parameters: { 'GroupId.1': '$group' } },
  { action: 'DescribeStaleSecurityGroups', parameters: { VpcId: 'vpc-00000002' } },
  {
    action: 'ModifySecurityGroupRules',
    parameters: {
      ...{ ...GROUP, 'SecurityGroupRule.1.SecurityGroupRuleId': '$rule' },
      'SecurityGroupRule.1.SecurityGroupRule.IpProtocol': '-1',
      'SecurityGroupRule.1.SecurityGroupRule.CidrIpv4': '10.0.0.0/8',
    },
  },
  {
    action: 'UpdateSecurityGroupRuleDescriptionsIngress',
    parameters: { ...GROUP, 'SecurityGroupRuleDescription.1.SecurityGroupRuleId': '$rule' },
  },
  { action: 'UpdateSecurityGroupRuleDescriptionsEgress', parameters: { ...GROUP, ...HTTP_PERMISSION } },
  { action: 'RevokeSecurityGroupIngress', parameters: { ...GROUP, 'SecurityGroupRuleId.1': '$rule' } },
  { action: 'RevokeSecurityGroupEgress', parameters: { ...GROUP, ...HTTP } },
  { action: 'DeleteSecurityGroup', parameters: GROUP },

  { action: 'RegisterImage', what: 'by econe', parameters: { ImageLocation: 'ami-00000001' } },
  { action: 'RegisterImage', what: 'by its address', parameters: { Name: 'fetched', ImageLocation: '$url' } },
  { action: 'DescribeImages', parameters: { 'Owner.1': 'self' } },

  {
    ...{ action: 'RunInstances', parameters: { ...RUN, ...count(1) }, keep: { instance: 'instanceId' } },
    until: ['DescribeInstances', INSTANCES, state('running')],
  },
  {
    ...{ action: 'RunInstances', what: 'of 20', limit: 3, times: 5 },
    parameters: { ...RUN, ...count(20), UserData: 'aGVsbG8=' },
    keep: { hundred: 'instanceId' },
    until: ['DescribeInstances', { 'Filter.1.Name': 'instance-state-name', 'Filter.1.Value.1': 'running' }, '$hundred'],
  },
  { action: 'DescribeInstances', what: 'all, 101 of them' },
  {
    action: 'CreateLaunchTemplate',
    parameters: { LaunchTemplateName: 'web', 'LaunchTemplateData.ImageId': 'ami-00000000' },
    keep: { template: 'launchTemplateId' },
  },
  {
    action: 'CreateLaunchTemplateVersion',
    parameters: { ...TEMPLATE, SourceVersion: '1', 'LaunchTemplateData.InstanceType': 'm1.small' },
  },
  { action: 'DescribeLaunchTemplates', limit: 1 },
  { action: 'DescribeLaunchTemplateVersions', limit: 1, parameters: TEMPLATE },
  { action: 'ModifyLaunchTemplate', parameters: { ...TEMPLATE, SetDefaultVersion: '2' } },
  { action: 'GetLaunchTemplateData', limit: 1, parameters: INSTANCE },
  {
    action: 'RunInstances',
    what: 'from a launch template',
    limit: 3,
    parameters: { ...count(1), 'LaunchTemplate.LaunchTemplateId': '$template' },
    keep: { launched: 'instanceId' },
  },
  { action: 'TerminateInstances', what: 'of it', parameters: { 'InstanceId.1': '$launched' } },
  { action: 'CreatePlacementGroup', parameters: { GroupName: 'spread', Strategy: 'spread' } },
  { action: 'DescribePlacementGroups', limit: 1 },
  {
    ...{ action: 'RunInstances', what: 'into a placement group', keep: { placed: 'instanceId' } },
    parameters: { ...RUN, ...count(1), 'Placement.GroupName': 'spread' },
  },
  {
    ...{ action: 'TerminateInstances', what: 'in it', parameters: { 'InstanceId.1': '$placed' } },
    until: ['DescribeInstances', { 'InstanceId.1': '$placed' }, state('terminated')],
  },
  { action: 'DeletePlacementGroup', parameters: { GroupName: 'spread' } },
  { action: 'DeleteLaunchTemplateVersions', parameters: { ...TEMPLATE, 'LaunchTemplateVersion.1': '1' } },
  { action: 'DeleteLaunchTemplate', parameters: TEMPLATE },
  { action: 'DescribeInstances', what: 'by 100 ids', limit: 1, parameters: HUNDRED },
  { action: 'DescribeInstances', what: 'a page of 20', parameters: { MaxResults: '20' } },
  { action: 'DescribeInstanceStatus', parameters: INSTANCES },
  { action: 'DescribeInstanceAttribute', parameters: { ...INSTANCE, Attribute: 'userData' } },
  { action: 'ModifyInstanceAttribute', parameters: { ...INSTANCE, 'DisableApiStop.Value': 'false' } },
  { action: 'ResetInstanceAttribute', parameters: { ...INSTANCE, Attribute: 'sourceDestCheck' } },
  { action: 'ModifyInstanceMetadataOptions', parameters: { ...INSTANCE, HttpTokens: 'required' } },
  { action: 'ModifyInstanceMaintenanceOptions', parameters: { ...INSTANCE, AutoRecovery: 'disabled' } },
  {
    action: 'ModifyInstanceCapacityReservationAttributes',
    parameters: { ...INSTANCE, 'CapacityReservationSpecification.CapacityReservationPreference': 'none' },
  },
  { action: 'MonitorInstances', what: '100', parameters: HUNDRED },
  { action: 'UnmonitorInstances', what: '100', parameters: HUNDRED },
  { action: 'GetConsoleOutput', parameters: INSTANCE },
  { action: 'GetPasswordData', parameters: INSTANCE },
  { action: 'GetInstanceUefiData', parameters: INSTANCE },
  { action: 'DescribeInstanceCreditSpecifications', limit: 1, parameters: INSTANCES },
  {
    action: 'ModifyInstanceCreditSpecification',
    parameters: {
      'InstanceCreditSpecification.1.InstanceId': '$instance',
      'InstanceCreditSpecification.1.CpuCredits': 'unlimited',
    },
  },
  { action: 'DescribeInstanceTopology', limit: 1, parameters: INSTANCES },
  {
    ...{ action: 'ReportInstanceStatus', limit: 1 },
    parameters: { ...INSTANCES, Status: 'impaired', 'ReasonCode.1': 'unresponsive' },
  },
  { action: 'ModifyInstancePlacement', limit: 1, parameters: { ...INSTANCE, Affinity: 'default' } },
  {
    action: 'CreateTags',
    what: 'on 100 instances',
    parameters: { ...tag('ResourceId.N', '$hundred'), 'Tag.1.Value': 'x' },
  },
  { action: 'DescribeTags' },
  { action: 'DeleteTags', what: 'of 100 instances', parameters: tag('ResourceId.N', '$hundred') },
  { action: 'RebootInstances', what: '100', parameters: HUNDRED },

  {
    action: 'CreateVolume',
    parameters: { Size: '1', AvailabilityZone: 'opennebulaa' },
    keep: { volume: 'volumeId' },
    until: ['DescribeVolumes', VOLUMES, status('available')],
  },
  { action: 'DescribeVpcs', limit: 1, keep: { vpc: 'vpcId' } },
  { action: 'DescribeVpcAttribute', limit: 1, parameters: { VpcId: '$vpc', Attribute: 'enableDnsSupport' } },
  { action: 'DescribeVpcClassicLink', limit: 1 },
  { action: 'CreateVpc', parameters: { CidrBlock: '10.7.0.0/16' }, keep: { ownVpc: 'vpcId' } },
  { action: 'ModifyVpcAttribute', parameters: { ...OWN_VPC, 'EnableDnsHostnames.Value': 'true' } },
  {
    action: 'CreateSubnet',
    parameters: { ...OWN_VPC, CidrBlock: '10.7.1.0/24' },
    keep: { ownSubnet: 'subnetId' },
    until: ['DescribeSubnets', { 'SubnetId.1': '$ownSubnet' }, '<state>available</state>'],
  },
  {
    action: 'ModifySubnetAttribute',
    parameters: { SubnetId: '$ownSubnet', 'MapPublicIpOnLaunch.Value': 'true' },
  },
  { action: 'DeleteSubnet', parameters: { SubnetId: '$ownSubnet' } },
  { action: 'CreateInternetGateway', keep: { gateway: 'internetGatewayId' } },
  { action: 'AttachInternetGateway', limit: 2, parameters: GATEWAY },
  { action: 'CreateRouteTable', parameters: OWN_VPC, keep: { table: 'routeTableId' } },
  { action: 'CreateRoute', limit: 2, parameters: { ...EVERYWHERE, GatewayId: '$gateway' } },
  { action: 'ReplaceRoute', limit: 2, parameters: { ...EVERYWHERE, GatewayId: '$gateway' } },
  { action: 'DeleteRoute', limit: 2, parameters: EVERYWHERE },
  { action: 'DeleteRouteTable', parameters: TABLE },
  { action: 'DetachInternetGateway', limit: 3, parameters: GATEWAY },
  { action: 'DeleteInternetGateway', parameters: { InternetGatewayId: '$gateway' } },
  {
    action: 'CreateDhcpOptions',
    parameters: { 'DhcpConfiguration.1.Key': 'domain-name', 'DhcpConfiguration.1.Value.1': 'example.com' },
    keep: { options: 'dhcpOptionsId' },
  },
  { action: 'AssociateDhcpOptions', limit: 2, parameters: { ...OPTIONS, ...OWN_VPC } },
  { action: 'DeleteVpc', parameters: OWN_VPC },
  { action: 'DeleteDhcpOptions', parameters: OPTIONS },
  {
    action: 'CreateRouteTable',
    what: 'of the default VPC',
    parameters: { VpcId: '$vpc' },
    keep: { another: 'routeTableId' },
  },
  {
    ...{ action: 'AssociateRouteTable', limit: 2, parameters: { ...ANOTHER_TABLE, SubnetId: 'subnet-00000000' } },
    keep: { tableOfSubnet: 'associationId' },
  },
  {
    ...{ action: 'ReplaceRouteTableAssociation', limit: 2 },
    parameters: { ...ANOTHER_TABLE, AssociationId: '$tableOfSubnet' },
    keep: { replaced: 'newAssociationId' },
  },
  { action: 'DisassociateRouteTable', limit: 2, parameters: { AssociationId: '$replaced' } },
  { action: 'DescribeSubnets', limit: 1 },
  { action: 'DescribeRouteTables', limit: 1 },
  { action: 'DescribeInternetGateways', limit: 1 },
  { action: 'DescribeNetworkAcls', limit: 1 },
  { action: 'DescribeDhcpOptions', limit: 1 },
  { action: 'DescribeNetworkInterfaces', what: 'all, 101 of them', keep: { interface: 'networkInterfaceId' } },
  {
    action: 'DescribeNetworkInterfaceAttribute',
    limit: 1,
    parameters: { NetworkInterfaceId: '$interface', Attribute: 'groupSet' },
  },
  {
    action: 'ModifyNetworkInterfaceAttribute',
    parameters: { NetworkInterfaceId: '$interface', 'SourceDestCheck.Value': 'false' },
  },
  {
    action: 'ModifyNetworkInterfaceAttribute',
    what: 'groups',
    parameters: { NetworkInterfaceId: '$interface', 'SecurityGroupId.1': 'sg-00000000' },
  },
  {
    action: 'ResetNetworkInterfaceAttribute',
    parameters: { NetworkInterfaceId: '$interface', SourceDestCheck: 'true' },
  },
  {
    action: 'AssignPrivateIpAddresses',
    parameters: { NetworkInterfaceId: '$interface', SecondaryPrivateIpAddressCount: '1' },
    keep: { secondary: 'privateIpAddress' },
  },
  {
    action: 'UnassignPrivateIpAddresses',
    parameters: { NetworkInterfaceId: '$interface', 'PrivateIpAddress.1': '$secondary' },
  },
  {
    action: 'CreateNetworkInterface',
    parameters: { SubnetId: 'subnet-00000000' },
    keep: { own: 'networkInterfaceId' },
  },
  {
    action: 'AttachNetworkInterface',
    parameters: { ...INSTANCE, ...OWN_INTERFACE, DeviceIndex: '1' },
    keep: { attachment: 'attachmentId' },
    until: ['DescribeNetworkInterfaces', OWN_INTERFACES, status('attached')],
  },
  {
    action: 'DetachNetworkInterface',
    parameters: { AttachmentId: '$attachment' },
    until: ['DescribeNetworkInterfaces', OWN_INTERFACES, status('available')],
  },
  { action: 'DeleteNetworkInterface', parameters: OWN_INTERFACE },

  { action: 'DescribeVolumes', what: 'all' },
  { action: 'DescribeVolumes', what: 'by id', parameters: VOLUMES },
  {
    action: 'AttachVolume',
    parameters: { ...INSTANCE, VolumeId: '$volume', Device: '/dev/sdf' },
    until: ['DescribeVolumes', VOLUMES, status('attached')],
  },
  { action: 'ModifyVolume', parameters: { VolumeId: '$volume', Size: '2' } },
  { action: 'DescribeVolumesModifications', parameters: VOLUMES },
  { action: 'DescribeVolumeStatus', parameters: VOLUMES },
  { action: 'DescribeVolumeAttribute', parameters: { VolumeId: '$volume', Attribute: 'autoEnableIO' } },
  { action: 'ModifyVolumeAttribute', parameters: { VolumeId: '$volume', 'AutoEnableIO.Value': 'true' } },
  { action: 'EnableVolumeIO', parameters: { VolumeId: '$volume' } },
  {
    ...{ action: 'CreateSnapshot', what: 'of an attached volume', parameters: { VolumeId: '$volume' } },
    keep: { snapshot: 'snapshotId' },
    until: ['DescribeSnapshots', { 'SnapshotId.1': '$snapshot' }, status('completed')],
  },
  {
    ...{ action: 'CreateSnapshots', parameters: { 'InstanceSpecification.InstanceId': '$instance' } },
    keep: { both: 'snapshotId' },
    until: [
      'DescribeSnapshots',
      { 'Filter.1.Name': 'status', 'Filter.1.Value.1': 'completed', 'Owner.1': 'self' },
      '$both',
    ],
  },
  {
    action: 'DetachVolume',
    parameters: { VolumeId: '$volume' },
    until: ['DescribeVolumes', VOLUMES, status('available')],
  },
  { action: 'DescribeSnapshots', parameters: { 'Owner.1': 'self' } },
  {
    ...{ action: 'CopySnapshot', parameters: { SourceRegion: 'opennebula', SourceSnapshotId: '$snapshot' } },
    keep: { copy: 'snapshotId' },
    until: ['DescribeSnapshots', { 'SnapshotId.1': '$copy' }, status('completed')],
  },
  { action: 'DescribeSnapshotAttribute', parameters: { SnapshotId: '$copy', Attribute: 'createVolumePermission' } },
  {
    action: 'ModifySnapshotAttribute',
    parameters: { SnapshotId: '$copy', 'CreateVolumePermission.Add.1.Group': 'all' },
  },
  { action: 'ResetSnapshotAttribute', parameters: { SnapshotId: '$copy', Attribute: 'createVolumePermission' } },
  { action: 'DeleteSnapshot', parameters: { SnapshotId: '$copy' } },
  {
    action: 'CreateVolume',
    what: 'from a snapshot',
    parameters: { SnapshotId: '$snapshot', AvailabilityZone: 'opennebulaa' },
    keep: { restored: 'volumeId' },
    until: ['DescribeVolumes', { 'VolumeId.1': '$restored' }, status('available')],
  },
  { action: 'DeleteVolume', parameters: { VolumeId: '$restored' } },

  {
    ...{ action: 'CreateImage', parameters: { ...INSTANCE, Name: 'made', NoReboot: 'true' }, keep: { ami: 'imageId' } },
    until: ['DescribeImages', AMI, imageState('available')],
  },
  { action: 'DescribeImages', what: 'by id', parameters: AMI },
  { action: 'DescribeImageAttribute', parameters: { ImageId: '$ami', Attribute: 'launchPermission' } },
  {
    action: 'ModifyImageAttribute',
    parameters: { ImageId: '$ami', 'LaunchPermission.Add.1.Group': 'all' },
  },
  {
    action: 'EnableImageDeprecation',
    parameters: { ImageId: '$ami', DeprecateAt: new Date(Date.now() + 365 * 86_400_000).toISOString() },
  },
  { action: 'DisableImageDeprecation', parameters: { ImageId: '$ami' } },
  { action: 'DisableImage', parameters: { ImageId: '$ami' } },
  { action: 'EnableImage', parameters: { ImageId: '$ami' } },
  { action: 'ResetImageAttribute', parameters: { ImageId: '$ami', Attribute: 'launchPermission' } },
  {
    ...{ action: 'CopyImage', keep: { amiCopy: 'imageId' } },
    parameters: { Name: 'copied', SourceImageId: '$ami', SourceRegion: 'opennebula' },
    until: ['DescribeImages', { 'ImageId.1': '$amiCopy' }, imageState('available')],
  },
  { action: 'DeregisterImage', parameters: { ImageId: '$amiCopy' } },
  {
    action: 'DescribeImages',
    what: 'of the marketplace',
    parameters: { 'Owner.1': 'aws-marketplace' },
    keep: { appliance: 'imageId' },
  },
  {
    action: 'CopyImage',
    what: 'of the marketplace',
    parameters: { Name: 'had', SourceImageId: '$appliance', SourceRegion: 'opennebula' },
  },

  { action: 'ImportImage', parameters: { 'DiskContainer.1.Url': '$url' }, keep: { imported: 'importTaskId' } },
  { action: 'DescribeImportImageTasks', parameters: { 'ImportTaskId.1': '$imported' } },
  { action: 'ImportImage', parameters: { 'DiskContainer.1.Url': '$endless' }, keep: { unwanted: 'importTaskId' } },
  { action: 'CancelImportTask', parameters: { ImportTaskId: '$unwanted' } },
  { action: 'ImportSnapshot', parameters: { 'DiskContainer.Url': '$url' }, keep: { fetched: 'importTaskId' } },
  { action: 'DescribeImportSnapshotTasks', parameters: { 'ImportTaskId.1': '$fetched' } },

  {
    ...{ action: 'StopInstances', what: '50', parameters: { 'InstanceId.N': '$fifty' } },
    until: ['DescribeInstances', { 'Filter.1.Name': 'instance-state-name', 'Filter.1.Value.1': 'stopped' }, '$fifty'],
  },
  { action: 'StartInstances', what: '50', parameters: { 'InstanceId.N': '$fifty' } },
  { action: 'TerminateInstances', what: '50', limit: 3, parameters: { 'InstanceId.N': '$fifty' } },

  // Last: what they leave behind is cleared away some time later, by requests that would be counted elsewhere
  { action: 'AllocateAddress', keep: { address: 'allocationId', ip: 'publicIp' } },
  { action: 'MoveAddressToVpc', parameters: { PublicIp: '$ip' } },
  { action: 'ResetAddressAttribute', parameters: { AllocationId: '$address', Attribute: 'domain-name' } },
  { action: 'DescribeAddresses' },
  { action: 'DescribeAddressesAttribute', parameters: { Attribute: 'domain-name', 'AllocationId.1': '$address' } },
  {
    ...{ action: 'AssociateAddress', limit: 3, parameters: { ...INSTANCE, AllocationId: '$address' } },
    keep: { association: 'associationId' },
  },
  { action: 'DisassociateAddress', parameters: { AssociationId: '$association' } },
  { action: 'ReleaseAddress', parameters: { AllocationId: '$address' } },
]

function tag(name: string, resources: string): Parameters {
  return { [name]: resources, 'Tag.1.Key': 'Role' }
}

function publicKey(): string {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO+w7QRYVSlhASFuTaKGqELOiWmQk8p+LUPPCmfnIYU5 imported'
  return Buffer.from(key).toString('base64')
}

/** The cloud that they begin with. */
export const seed = {
  images: [
    { name: 'gentoo', owner: 'helen', template: 'EC2_AMI="YES"' },
    { name: 'plain', owner: 'helen' },
  ],
  appliances: [{ name: 'Debian 12', size: 1 }],
}

/** Sends a request of an action and gives the answer's text. Throws what it says where it is an error. */
export type Ask = (action: string, parameters?: Parameters) => Promise<string>

/** Where disks can be fetched from: one that comes, and one that never ends. */
export interface DiskAddresses {
  readonly url: string
  readonly endless: string
}

/** What goes on from step to step, whoever makes the calls. */
export class Story {
  readonly #call: Ask
  readonly #wait: typeof until
  readonly #kept: Map<string, string[]>

  /**
   * @param host from which the cloud can fetch disks
   * @param wait until something is true
   */
  constructor(call: Ask, { url, endless }: DiskAddresses, wait = until) {
    this.#call = call
    this.#wait = wait
    this.#kept = new Map(Object.entries({ url: [url], endless: [endless] }))
  }

  /** Makes the call of a step, and keeps what later ones need. @returns the answer */
  async take({ action, parameters = {}, keep = {} }: Step): Promise<string> {
    const text = await this.#call(action, this.#filled(parameters))
    for (const [name, element] of Object.entries(keep)) {
      this.#kept.set(name, [...(this.#kept.get(name) ?? []), ...elements(text, element)])
    }
    return text
  }

  /** Waits until a step has had its effect. */
  async seeDone({ until: awaited }: Step): Promise<void> {
    if (!awaited) return
    const [action, parameters, shows] = awaited
    await this.#wait(`${action} showing ${shows}`, async () => {
      const text = await this.#call(action, this.#filled(parameters))
      return this.#valuesOf(shows).every(value => text.includes(value))
    })
  }

  #filled(parameters: Parameters): Parameters {
    const pairs = Object.entries(parameters).flatMap(([name, value]) => {
      const values = this.#valuesOf(value)
      return name.endsWith('.N')
        ? Object.entries(numbered(name.slice(0, -2), values))
        : [[name, values[0] ?? ''] as const]
    })
    return Object.fromEntries(pairs)
  }

  #valuesOf(value: string): readonly string[] {
    if (!value.startsWith('$')) return [value]
    if (value === '$fifty') return this.#valuesOf('$hundred').slice(0, 50)
    return this.#kept.get(value.slice(1)) ?? []
  }
}
