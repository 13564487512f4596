// Every answer of every action: by AWS's schema, and with the members that AWS never leaves out. The calls are those of the
// bench, which has one of each action, in the order of the life of everything that an account can have.
import { expect, it } from 'vitest'
import { actions } from '../../src/ec2/actions.ts'
import { services } from '../../src/ec2/model/services.ts'
import { findOperation } from '../../src/protocol/model.ts'
import { sign, textOf } from '../bench/edge.ts'
import { Story, seed, steps } from '../bench/requests.ts'
import { problemsIn } from '../protocol/schema.ts'
import { startDiskHost } from './disk-host.ts'
import { startCloud } from './stage.ts'

/** CreateSnapshots has a shape of its own for the same. */
const SNAPSHOT = [
  ...['SnapshotId', 'VolumeId', 'State', 'StartTime', 'Progress', 'OwnerId', 'Description', 'VolumeSize', 'Encrypted'],
]

/** By the names of structures, the members that AWS always gives: clients read them without asking whether they are there. */
const ALWAYS: Readonly<Record<string, readonly string[]>> = {
  Reservation: ['ReservationId', 'OwnerId', 'Groups', 'Instances'],
  Instance: [
    ...['AmiLaunchIndex', 'ImageId', 'InstanceId', 'InstanceType', 'LaunchTime', 'Monitoring', 'Placement'],
    ...['PrivateDnsName', 'PublicDnsName', 'ProductCodes', 'State', 'StateTransitionReason', 'Architecture'],
    ...['BlockDeviceMappings', 'ClientToken', 'EbsOptimized', 'Hypervisor', 'NetworkInterfaces', 'RootDeviceName'],
    ...['RootDeviceType', 'SecurityGroups', 'VirtualizationType', 'CpuOptions', 'MetadataOptions', 'EnclaveOptions'],
    ...['CapacityReservationSpecification', 'HibernationOptions', 'MaintenanceOptions', 'PrivateDnsNameOptions'],
  ],
  InstanceState: ['Code', 'Name'],
  Placement: ['AvailabilityZone', 'GroupName', 'Tenancy'],
  InstanceNetworkInterface: [
    ...['Attachment', 'Description', 'Groups', 'Ipv6Addresses', 'MacAddress', 'NetworkInterfaceId', 'OwnerId'],
    ...['PrivateIpAddress', 'PrivateIpAddresses', 'SourceDestCheck', 'Status', 'SubnetId', 'VpcId', 'InterfaceType'],
  ],
  InstanceNetworkInterfaceAttachment: ['AttachTime', 'AttachmentId', 'DeleteOnTermination', 'DeviceIndex', 'Status'],
  InstanceBlockDeviceMapping: ['DeviceName', 'Ebs'],
  EbsInstanceBlockDevice: ['AttachTime', 'DeleteOnTermination', 'Status', 'VolumeId'],
  InstanceStateChange: ['CurrentState', 'InstanceId', 'PreviousState'],
  InstanceStatus: ['AvailabilityZone', 'InstanceId', 'InstanceState', 'InstanceStatus', 'SystemStatus'],
  InstanceTypeInfo: [
    ...['InstanceType', 'CurrentGeneration', 'FreeTierEligible', 'SupportedUsageClasses', 'SupportedRootDeviceTypes'],
    ...['SupportedVirtualizationTypes', 'BareMetal', 'ProcessorInfo', 'VCpuInfo', 'MemoryInfo', 'EbsInfo'],
    ...['InstanceStorageSupported', 'NetworkInfo', 'PlacementGroupInfo', 'HibernationSupported', 'SupportedBootModes'],
    ...['BurstablePerformanceSupported', 'DedicatedHostsSupported', 'AutoRecoverySupported'],
  ],
  Image: [
    ...['Architecture', 'CreationDate', 'ImageId', 'ImageLocation', 'ImageType', 'Public', 'OwnerId', 'State'],
    ...['PlatformDetails', 'UsageOperation', 'BlockDeviceMappings', 'Hypervisor', 'Name', 'RootDeviceName'],
    ...['RootDeviceType', 'VirtualizationType'],
  ],
  Volume: [
    ...['AvailabilityZone', 'CreateTime', 'Encrypted', 'Size', 'SnapshotId', 'State', 'VolumeId'],
    ...['VolumeType', 'MultiAttachEnabled'],
  ],
  'DescribeVolumes Volume': ['Attachments'],
  VolumeAttachment: ['AttachTime', 'Device', 'InstanceId', 'State', 'VolumeId', 'DeleteOnTermination'],
  VolumeStatusItem: ['Actions', 'AvailabilityZone', 'Events', 'VolumeId', 'VolumeStatus'],
  VolumeModification: [
    ...['VolumeId', 'ModificationState', 'TargetSize', 'TargetVolumeType', 'OriginalSize', 'OriginalVolumeType'],
    ...['Progress', 'StartTime'],
  ],
  Snapshot: SNAPSHOT,
  SnapshotInfo: SNAPSHOT,
  KeyPairInfo: ['KeyPairId', 'KeyFingerprint', 'KeyName', 'KeyType', 'CreateTime', 'Tags'],
  Address: ['PublicIp', 'AllocationId', 'Domain', 'PublicIpv4Pool', 'NetworkBorderGroup'],
  SecurityGroup: ['GroupId', 'GroupName', 'Description', 'OwnerId', 'IpPermissions', 'IpPermissionsEgress', 'VpcId'],
  SecurityGroupRule: [
    ...['SecurityGroupRuleId', 'GroupId', 'GroupOwnerId', 'IsEgress', 'IpProtocol', 'FromPort', 'ToPort'],
  ],
  Vpc: [
    ...['CidrBlock', 'DhcpOptionsId', 'State', 'VpcId', 'OwnerId', 'InstanceTenancy', 'CidrBlockAssociationSet'],
    ...['IsDefault'],
  ],
  Subnet: [
    ...['AvailabilityZone', 'AvailabilityZoneId', 'AvailableIpAddressCount', 'CidrBlock', 'DefaultForAz', 'State'],
    ...['MapPublicIpOnLaunch', 'MapCustomerOwnedIpOnLaunch', 'SubnetId', 'VpcId', 'OwnerId', 'SubnetArn'],
    ...['AssignIpv6AddressOnCreation', 'Ipv6CidrBlockAssociationSet', 'EnableDns64', 'Ipv6Native'],
    ...['PrivateDnsNameOptionsOnLaunch'],
  ],
  NetworkInterface: [
    ...['AvailabilityZone', 'Description', 'Groups', 'InterfaceType', 'Ipv6Addresses', 'MacAddress', 'OwnerId'],
    ...['NetworkInterfaceId', 'PrivateIpAddress', 'PrivateIpAddresses', 'RequesterManaged', 'SourceDestCheck'],
    ...['Status', 'SubnetId', 'VpcId', 'TagSet'],
  ],
  RouteTable: ['Associations', 'PropagatingVgws', 'RouteTableId', 'Routes', 'VpcId', 'OwnerId', 'Tags'],
  Route: ['Origin', 'State'],
  InternetGateway: ['Attachments', 'InternetGatewayId', 'OwnerId', 'Tags'],
  NetworkAcl: ['Associations', 'Entries', 'IsDefault', 'NetworkAclId', 'VpcId', 'OwnerId', 'Tags'],
  DhcpOptions: ['DhcpConfigurations', 'DhcpOptionsId', 'OwnerId', 'Tags'],
  LaunchTemplate: [
    ...['LaunchTemplateId', 'LaunchTemplateName', 'CreateTime', 'CreatedBy', 'DefaultVersionNumber'],
    ...['LatestVersionNumber'],
  ],
  LaunchTemplateVersion: [
    ...['LaunchTemplateId', 'LaunchTemplateName', 'VersionNumber', 'CreateTime', 'CreatedBy', 'DefaultVersion'],
    ...['LaunchTemplateData'],
  ],
  PlacementGroup: ['GroupName', 'State', 'Strategy', 'GroupId', 'GroupArn'],
  Region: ['Endpoint', 'RegionName', 'OptInStatus'],
  AvailabilityZone: [
    ...['State', 'OptInStatus', 'Messages', 'RegionName', 'ZoneName', 'ZoneId', 'GroupName', 'NetworkBorderGroup'],
    ...['ZoneType'],
  ],
  Credentials: ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'],
  AccessKey: ['UserName', 'AccessKeyId', 'Status', 'SecretAccessKey'],
  AccessKeyLastUsed: ['ServiceName', 'Region'],
  Tag: ['Key', 'Value'],
  TagDescription: ['Key', 'ResourceId', 'ResourceType', 'Value'],
}

/** What is refused whatever there is, or has no query. */
const unanswered = [...actions].filter(([, { form, static: told }]) => form || told?.startsWith('refused'))

it('validates, and says what AWS’s always do', { timeout: 120_000 }, async () => {
  const cloud = await startCloud({ seed }, { ZONES: 'opennebulaa' })
  try {
    const problems = new Set<string>()
    const answered = new Set(unanswered.map(([action]) => action))
    const call = async (action: string, parameters?: Readonly<Record<string, string>>) => {
      const text = await textOf(await fetch(await sign(cloud.endpoint, action, parameters)))
      for (const problem of problemsIn(text, findOperation(services, action), ALWAYS)) {
        problems.add(`${action}: ${problem}`)
      }
      answered.add(action)
      return text
    }
    await using host = await startDiskHost(cloud.diskPort)
    const story = new Story(call, host)
    for (const step of steps) {
      for (let time = 0; time < (step.times ?? 1); time++) await story.take(step)
      await story.seeDone(step)
    }
    await cloud.define({ name: 'auditor', assumableBy: ['helen'], duration: 3600 })
    const role = { RoleArn: 'arn:aws:iam::000000000002:role/auditor', RoleSessionName: 'answers' }
    await call('AssumeRole', role)
    expect([...problems]).toEqual([])
    expect([...actions.keys()].filter(action => !answered.has(action))).toEqual([])
  } finally {
    await cloud.stop()
  }
})
