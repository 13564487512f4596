// Which actions the facade has schemas for. Serving another one starts with a name here and a run of generate.ts.

/** EC2 actions whose shapes are in ec2.ts. Every other EC2 action is answered with UnsupportedOperation. */
export const ec2Actions = [
  'RunInstances',
  'DescribeInstances',
  'StartInstances',
  'StopInstances',
  'RebootInstances',
  'TerminateInstances',
  'DescribeInstanceStatus',
  'DescribeInstanceAttribute',
  'ModifyInstanceAttribute',
  'ResetInstanceAttribute',
  'ModifyInstanceMetadataOptions',
  'ModifyInstanceMaintenanceOptions',
  'ModifyInstanceCapacityReservationAttributes',
  'MonitorInstances',
  'UnmonitorInstances',
  'GetConsoleOutput',
  'GetPasswordData',
  'DescribeInstanceTypes',
  'DescribeInstanceTypeOfferings',

  'RegisterImage',
  'DeregisterImage',
  'DescribeImages',
  'CreateImage',
  'CopyImage',
  'DescribeImageAttribute',
  'ModifyImageAttribute',
  'ResetImageAttribute',

  'CreateVolume',
  'DeleteVolume',
  'DescribeVolumes',
  'AttachVolume',
  'DetachVolume',
  'ModifyVolume',
  'DescribeVolumesModifications',
  'DescribeVolumeStatus',
  'DescribeVolumeAttribute',
  'ModifyVolumeAttribute',

  'CreateSnapshot',
  'DeleteSnapshot',
  'DescribeSnapshots',
  'CopySnapshot',
  'DescribeSnapshotAttribute',
  'ModifySnapshotAttribute',

  'AllocateAddress',
  'ReleaseAddress',
  'DescribeAddresses',
  'AssociateAddress',
  'DisassociateAddress',
  'DescribeAddressesAttribute',

  'CreateKeyPair',
  'ImportKeyPair',
  'DeleteKeyPair',
  'DescribeKeyPairs',

  'CreateTags',
  'DeleteTags',
  'DescribeTags',

  'DescribeRegions',
  'DescribeAvailabilityZones',
  'DescribeAccountAttributes',
] as const

/** STS actions whose shapes are in ec2.ts. */
export const stsActions = ['GetCallerIdentity'] as const

/**
 * Members that AWS requires and this endpoint does not: econe's `RegisterImage` names an uploaded image by its
 * `ImageLocation` alone.
 */
export const optionalHere: readonly string[] = ['RegisterImageRequest.Name']

/**
 * Actions that AWS answers with `<return>true</return>` beside an output whose schema does not have it. Perl's
 * Net::Amazon::EC2 takes an answer without it for a failure.
 */
export const alsoReturnTrue: readonly string[] = ['AssociateAddress']
