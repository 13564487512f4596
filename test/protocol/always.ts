// What AWS never leaves out of an answer.

/** CreateSnapshots has a shape of its own for the same. */
const SNAPSHOT = [
  ...['SnapshotId', 'VolumeId', 'State', 'StartTime', 'Progress', 'OwnerId', 'Description', 'VolumeSize', 'Encrypted'],
]

/** By the names of structures, the members that AWS always gives: clients read them without asking whether they are there. */
export const ALWAYS: Readonly<Record<string, readonly string[]>> = {
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
