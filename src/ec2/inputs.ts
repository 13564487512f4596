// What of its input each action honours, and which values of the rest ask for what is the case anyway: all else is refused.
import type { HarmlessValue, Treatment } from '../protocol/treatment.ts'
import type { Action, Input } from './model/types.ts'

type Plain = string | number | boolean | Date | Uint8Array
type Item<T> = T extends readonly (infer I)[] ? I : T

/** The members of an input by their paths: `Placement`, `Placement.Tenancy`. */
type Path<T> = T extends Plain
  ? never
  : {
      [K in keyof T & string]: K | `${K}.${Path<Item<NonNullable<T[K]>>>}`
    }[keyof T & string]

/** Every path exists: a member that AWS does not have, or no more, does not compile. */
interface TreatmentOf<I> extends Treatment {
  readonly honours: readonly Path<I>[]
  readonly harmless?: { readonly [P in Path<I>]?: readonly HarmlessValue[] }
}

/** Every action: one that is not here does not compile. */
export const inputs: { readonly [A in Action]: TreatmentOf<Input<A>> } = {
  RunInstances: {
    honours: [
      'MinCount',
      'MaxCount',
      'ImageId',
      'InstanceType',
      'KeyName',
      'UserData',
      'ClientToken',
      'SecurityGroupIds',
      'SecurityGroups',
      'SubnetId',
      'PrivateIpAddress',
      'TagSpecifications',
      'Monitoring.Enabled',
      'Placement.AvailabilityZone',
      'Placement.AvailabilityZoneId',
      'EbsOptimized',
      'DisableApiTermination',
      'DisableApiStop',
      'InstanceInitiatedShutdownBehavior',
      'MetadataOptions.HttpTokens',
      'MetadataOptions.HttpPutResponseHopLimit',
      'MetadataOptions.HttpEndpoint',
      'MetadataOptions.InstanceMetadataTags',
      'MetadataOptions.HttpProtocolIpv6',
      'MaintenanceOptions.AutoRecovery',
      'CpuOptions.CoreCount',
      'BlockDeviceMappings.DeviceName',
      'BlockDeviceMappings.NoDevice',
      'BlockDeviceMappings.Ebs.VolumeSize',
      'BlockDeviceMappings.Ebs.VolumeType',
      'BlockDeviceMappings.Ebs.Iops',
      'BlockDeviceMappings.Ebs.Throughput',
      'BlockDeviceMappings.Ebs.DeleteOnTermination',
      'BlockDeviceMappings.Ebs.SnapshotId',
      'NetworkInterfaces.DeviceIndex',
      'NetworkInterfaces.SubnetId',
      'NetworkInterfaces.Groups',
      'NetworkInterfaces.PrivateIpAddress',
      'NetworkInterfaces.PrivateIpAddresses',
      'NetworkInterfaces.AssociatePublicIpAddress',
    ],
    harmless: {
      // No type has instance store volumes, and AWS passes by those that a type does not have
      'BlockDeviceMappings.VirtualName': ['ephemeral0', 'ephemeral1', 'ephemeral2', 'ephemeral3'],
      'BlockDeviceMappings.Ebs.Encrypted': [false],
      'BlockDeviceMappings.Ebs.EbsCardIndex': [0],
      Ipv6AddressCount: [0],
      'Placement.Tenancy': ['default'],
      'Placement.PartitionNumber': [0],
      // Nothing is counted by which an instance could be slowed down
      'CreditSpecification.CpuCredits': ['standard', 'unlimited'],
      'CpuOptions.ThreadsPerCore': [1],
      'CpuOptions.AmdSevSnp': ['disabled'],
      'CpuOptions.NestedVirtualization': ['disabled'],
      'CapacityReservationSpecification.CapacityReservationPreference': ['open', 'none'],
      'HibernationOptions.Configured': [false],
      'EnclaveOptions.Enabled': [false],
      'PrivateDnsNameOptions.HostnameType': ['ip-name'],
      'PrivateDnsNameOptions.EnableResourceNameDnsARecord': [false],
      'PrivateDnsNameOptions.EnableResourceNameDnsAAAARecord': [false],
      EnablePrimaryIpv6: [false],
      'NetworkPerformanceOptions.BandwidthWeighting': ['default'],
      'NetworkInterfaces.DeleteOnTermination': [true],
      'NetworkInterfaces.Ipv6AddressCount': [0],
      'NetworkInterfaces.SecondaryPrivateIpAddressCount': [0],
      'NetworkInterfaces.InterfaceType': ['interface'],
      'NetworkInterfaces.NetworkCardIndex': [0],
      'NetworkInterfaces.Ipv4PrefixCount': [0],
      'NetworkInterfaces.Ipv6PrefixCount': [0],
      'NetworkInterfaces.PrimaryIpv6': [false],
      'NetworkInterfaces.AssociateCarrierIpAddress': [false],
      'NetworkInterfaces.EnaSrdSpecification.EnaSrdEnabled': [false],
    },
  },
  DescribeInstances: {
    honours: ['InstanceIds', 'Filters', 'NextToken', 'MaxResults', 'IncludeManagedResources'],
  },
  StartInstances: {
    honours: ['InstanceIds'],
  },
  StopInstances: {
    honours: ['InstanceIds', 'Force', 'Hibernate'],
    harmless: { SkipOsShutdown: [false] },
  },
  RebootInstances: {
    honours: ['InstanceIds'],
  },
  TerminateInstances: {
    honours: ['InstanceIds', 'Force', 'SkipOsShutdown'],
  },
  DescribeInstanceStatus: {
    honours: ['InstanceIds', 'IncludeAllInstances', 'Filters', 'NextToken', 'MaxResults', 'IncludeManagedResources'],
  },
  DescribeInstanceAttribute: {
    honours: ['InstanceId', 'Attribute'],
  },
  ModifyInstanceAttribute: {
    honours: [
      'InstanceId',
      'Attribute',
      'Value',
      'SourceDestCheck',
      'DisableApiStop',
      'DisableApiTermination',
      'InstanceType',
      'UserData',
      'InstanceInitiatedShutdownBehavior',
      'Groups',
      'EbsOptimized',
      'SriovNetSupport',
      'EnaSupport',
      'BlockDeviceMappings.DeviceName',
      'BlockDeviceMappings.Ebs.VolumeId',
      'BlockDeviceMappings.Ebs.DeleteOnTermination',
    ],
    harmless: { 'EnclaveOptions.Enabled': [false] },
  },
  ResetInstanceAttribute: {
    honours: ['InstanceId', 'Attribute'],
  },
  ModifyInstanceMetadataOptions: {
    honours: [
      'InstanceId',
      'HttpTokens',
      'HttpPutResponseHopLimit',
      'HttpEndpoint',
      'HttpProtocolIpv6',
      'InstanceMetadataTags',
    ],
  },
  ModifyInstanceMaintenanceOptions: {
    honours: ['InstanceId', 'AutoRecovery'],
  },
  ModifyInstanceCapacityReservationAttributes: {
    honours: ['InstanceId'],
    harmless: { 'CapacityReservationSpecification.CapacityReservationPreference': ['open', 'none'] },
  },
  MonitorInstances: {
    honours: ['InstanceIds'],
  },
  UnmonitorInstances: {
    honours: ['InstanceIds'],
  },
  GetConsoleOutput: {
    honours: ['InstanceId', 'Latest'],
  },
  GetPasswordData: {
    honours: ['InstanceId'],
  },
  DescribeInstanceTypes: {
    honours: ['InstanceTypes', 'Filters', 'NextToken', 'MaxResults'],
    harmless: { IncludeUnsupportedInRegion: [false] },
  },
  DescribeInstanceTypeOfferings: {
    honours: ['LocationType', 'Filters', 'NextToken', 'MaxResults'],
  },
  DescribeImages: {
    honours: [
      'ImageIds',
      'ExecutableUsers',
      'Owners',
      'IncludeDeprecated',
      'IncludeDisabled',
      'Filters',
      'NextToken',
      'MaxResults',
    ],
  },
  RegisterImage: {
    honours: [
      'Name',
      'ImageLocation',
      'Description',
      'Architecture',
      'RootDeviceName',
      'TagSpecifications',
      'SriovNetSupport',
      'EnaSupport',
      'BlockDeviceMappings.DeviceName',
      'BlockDeviceMappings.NoDevice',
      'BlockDeviceMappings.Ebs.SnapshotId',
      'BlockDeviceMappings.Ebs.VolumeSize',
      'BlockDeviceMappings.Ebs.VolumeType',
      'BlockDeviceMappings.Ebs.Iops',
      'BlockDeviceMappings.Ebs.Throughput',
      'BlockDeviceMappings.Ebs.DeleteOnTermination',
    ],
    harmless: {
      // No type has instance store volumes, and AWS passes by those that a type does not have
      'BlockDeviceMappings.VirtualName': ['ephemeral0', 'ephemeral1', 'ephemeral2', 'ephemeral3'],
      VirtualizationType: ['hvm'],
      BootMode: ['legacy-bios'],
      'BlockDeviceMappings.Ebs.Encrypted': [false],
    },
  },
  DeregisterImage: {
    honours: ['ImageId', 'DeleteAssociatedSnapshots'],
  },
  CreateImage: {
    honours: [
      'InstanceId',
      'Name',
      'Description',
      'NoReboot',
      'TagSpecifications',
      'BlockDeviceMappings.DeviceName',
      'BlockDeviceMappings.NoDevice',
      'BlockDeviceMappings.Ebs.VolumeSize',
      'BlockDeviceMappings.Ebs.VolumeType',
      'BlockDeviceMappings.Ebs.Iops',
      'BlockDeviceMappings.Ebs.Throughput',
      'BlockDeviceMappings.Ebs.DeleteOnTermination',
    ],
    harmless: {
      // No type has instance store volumes, and AWS passes by those that a type does not have
      'BlockDeviceMappings.VirtualName': ['ephemeral0', 'ephemeral1', 'ephemeral2', 'ephemeral3'],
      'BlockDeviceMappings.Ebs.Encrypted': [false],
      SnapshotLocation: ['regional'],
    },
  },
  CopyImage: {
    honours: [
      'Name',
      'SourceImageId',
      'SourceRegion',
      'ClientToken',
      'Description',
      'CopyImageTags',
      'TagSpecifications',
    ],
    harmless: { Encrypted: [false] },
  },
  DescribeImageAttribute: {
    honours: ['ImageId', 'Attribute'],
  },
  ModifyImageAttribute: {
    honours: [
      'ImageId',
      'Attribute',
      'Description',
      'LaunchPermission.Add.UserId',
      'LaunchPermission.Add.Group',
      'LaunchPermission.Remove.UserId',
      'LaunchPermission.Remove.Group',
      'OperationType',
      'UserGroups',
      'UserIds',
      'Value',
    ],
  },
  ResetImageAttribute: {
    honours: ['ImageId', 'Attribute'],
  },
  CreateVolume: {
    honours: [
      'AvailabilityZone',
      'AvailabilityZoneId',
      'Iops',
      'Size',
      'SnapshotId',
      'VolumeType',
      'TagSpecifications',
      'Throughput',
      'ClientToken',
    ],
    harmless: { Encrypted: [false], MultiAttachEnabled: [false] },
  },
  DeleteVolume: {
    honours: ['VolumeId'],
  },
  DescribeVolumes: {
    honours: ['VolumeIds', 'Filters', 'NextToken', 'MaxResults', 'IncludeManagedResources'],
  },
  AttachVolume: {
    honours: ['Device', 'InstanceId', 'VolumeId'],
    harmless: { EbsCardIndex: [0] },
  },
  DetachVolume: {
    honours: ['VolumeId', 'Device', 'InstanceId'],
    harmless: { Force: [false] },
  },
  ModifyVolume: {
    honours: ['VolumeId', 'Size', 'VolumeType', 'Iops', 'Throughput'],
    harmless: { MultiAttachEnabled: [false] },
  },
  DescribeVolumesModifications: {
    honours: ['VolumeIds', 'Filters', 'NextToken', 'MaxResults', 'IncludeManagedResources'],
  },
  DescribeVolumeStatus: {
    honours: ['VolumeIds', 'Filters', 'NextToken', 'MaxResults', 'IncludeManagedResources'],
  },
  DescribeVolumeAttribute: {
    honours: ['VolumeId', 'Attribute'],
  },
  ModifyVolumeAttribute: {
    honours: ['VolumeId', 'AutoEnableIO'],
  },
  CreateSnapshot: {
    honours: ['VolumeId', 'Description', 'TagSpecifications'],
    harmless: { Location: ['regional'] },
  },
  DeleteSnapshot: {
    honours: ['SnapshotId'],
  },
  DescribeSnapshots: {
    honours: ['SnapshotIds', 'OwnerIds', 'RestorableByUserIds', 'Filters', 'NextToken', 'MaxResults'],
  },
  CopySnapshot: {
    honours: [
      'SourceRegion',
      'SourceSnapshotId',
      'Description',
      'DestinationRegion',
      'PresignedUrl',
      'TagSpecifications',
    ],
    harmless: { Encrypted: [false] },
  },
  DescribeSnapshotAttribute: {
    honours: ['SnapshotId', 'Attribute'],
  },
  ModifySnapshotAttribute: {
    honours: ['SnapshotId', 'Attribute', 'CreateVolumePermission', 'GroupNames', 'OperationType', 'UserIds'],
  },
  CreateKeyPair: {
    honours: ['KeyName', 'KeyType', 'KeyFormat', 'TagSpecifications'],
  },
  ImportKeyPair: {
    honours: ['KeyName', 'PublicKeyMaterial', 'TagSpecifications'],
  },
  DescribeKeyPairs: {
    honours: ['KeyNames', 'KeyPairIds', 'IncludePublicKey', 'Filters'],
  },
  DeleteKeyPair: {
    honours: ['KeyName', 'KeyPairId'],
  },
  AllocateAddress: {
    honours: ['Domain', 'Address', 'PublicIpv4Pool', 'NetworkBorderGroup', 'TagSpecifications'],
  },
  ReleaseAddress: {
    honours: ['AllocationId', 'PublicIp', 'NetworkBorderGroup'],
  },
  DescribeAddresses: {
    honours: ['PublicIps', 'AllocationIds', 'Filters'],
  },
  DescribeAddressesAttribute: {
    honours: ['AllocationIds', 'Attribute', 'NextToken', 'MaxResults'],
  },
  AssociateAddress: {
    honours: ['AllocationId', 'InstanceId', 'PublicIp', 'NetworkInterfaceId', 'PrivateIpAddress', 'AllowReassociation'],
  },
  DisassociateAddress: {
    honours: ['AssociationId', 'PublicIp'],
  },
  CreateTags: {
    honours: ['Resources', 'Tags'],
  },
  DeleteTags: {
    honours: ['Resources', 'Tags'],
  },
  DescribeTags: {
    honours: ['Filters', 'NextToken', 'MaxResults'],
  },
  DescribeRegions: {
    honours: ['RegionNames', 'Filters', 'AllRegions'],
  },
  DescribeAvailabilityZones: {
    honours: ['ZoneNames', 'ZoneIds', 'Filters', 'AllAvailabilityZones'],
  },
  DescribeAccountAttributes: {
    honours: ['AttributeNames'],
  },
  GetCallerIdentity: {
    honours: [],
  },
}
