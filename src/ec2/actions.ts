// The list of all actions: serving another one is its function, a row here, and `npm run model`.
import type { Operation } from '../protocol/model.ts'
import { getEbsDefaultKmsKeyId, getEbsEncryptionByDefault } from './absent/encryption.ts'
import { absent } from './absent/rows.ts'
import { allocateAddress } from './addresses/allocate.ts'
import { associateAddress } from './addresses/associate.ts'
import { modifyAddressAttribute, resetAddressAttribute } from './addresses/attribute.ts'
import { describeAddresses, describeAddressesAttribute } from './addresses/describe.ts'
import { disassociateAddress } from './addresses/disassociate.ts'
import { moveAddressToVpc } from './addresses/move.ts'
import { releaseAddress } from './addresses/release.ts'
import type { ActionTable, AnyAction, AnyChange } from './core/action.ts'
import { associateDhcpOptions, createDhcpOptions, deleteDhcpOptions } from './dhcp-options/change.ts'
import { describeDhcpOptions } from './dhcp-options/describe.ts'
import { mappingInputs } from './disk-images/mapping-inputs.ts'
import { getCallerIdentity, getUser } from './identity/caller.ts'
import { getInstanceProfile, getRole, listAccountAliases, listInstanceProfiles, listRoles } from './identity/roles.ts'
import { describeImageAttribute, modifyImageAttribute, resetImageAttribute } from './images/attributes.ts'
import { copyImage } from './images/copy.ts'
import { createImage } from './images/create.ts'
import { disableImageDeprecation, enableImageDeprecation } from './images/deprecation.ts'
import { deregisterImage } from './images/deregister.ts'
import { describeImages } from './images/describe.ts'
import { disableImage, enableImage } from './images/disable.ts'
import { registerImage } from './images/register.ts'
import { stageImage, unstageImage } from './images/stage.ts'
import { uploadImage } from './images/upload.ts'
import { cancelImportTask } from './imports/cancel.ts'
import { describeImportImageTasks, describeImportSnapshotTasks } from './imports/describe.ts'
import { importImage, importSnapshot } from './imports/import.ts'
import { cancelConversionTask, importInstance, importVolume } from './imports/old.ts'
import { describeInstanceTypes } from './instance-types/describe.ts'
import { describeInstanceTypeOfferings } from './instance-types/offerings.ts'
import { describeInstanceAttribute } from './instances/attributes/describe.ts'
import { modifyInstanceAttribute } from './instances/attributes/modify.ts'
import { resetInstanceAttribute } from './instances/attributes/reset.ts'
import { modifyInstanceCapacityReservationAttributes } from './instances/capacity-reservation.ts'
import { getConsoleOutput, getConsoleScreenshot, getInstanceUefiData, getPasswordData } from './instances/console.ts'
import { describeInstanceCreditSpecifications, modifyInstanceCreditSpecification } from './instances/credits.ts'
import { describeInstances } from './instances/describe.ts'
import { describeLaunch } from './instances/launch/answer.ts'
import { runInstances } from './instances/launch/run.ts'
import { modifyInstanceMaintenanceOptions } from './instances/maintenance-options.ts'
import { modifyInstanceMetadataOptions } from './instances/metadata-options.ts'
import { monitorInstances, unmonitorInstances } from './instances/monitor.ts'
import { modifyInstancePlacement } from './instances/placement.ts'
import { createPlacementGroup, deletePlacementGroup } from './instances/placement-groups/change.ts'
import { describePlacementGroups } from './instances/placement-groups/describe.ts'
import { rebootInstances } from './instances/reboot.ts'
import { reportInstanceStatus } from './instances/report-status.ts'
import { runInputs } from './instances/run-inputs.ts'
import { startInstances } from './instances/start.ts'
import { describeInstanceStatus } from './instances/status.ts'
import { stopInstances } from './instances/stop.ts'
import {
  deleteLaunchTemplate,
  deleteLaunchTemplateVersions,
  modifyLaunchTemplate,
} from './instances/templates/change.ts'
import { createLaunchTemplate, createLaunchTemplateVersion } from './instances/templates/create.ts'
import { describeLaunchTemplates, describeLaunchTemplateVersions } from './instances/templates/describe.ts'
import { dataInputs } from './instances/templates/inputs.ts'
import { getLaunchTemplateData } from './instances/templates/of-instance.ts'
import { terminateInstances } from './instances/terminate.ts'
import { describeInstanceTopology } from './instances/topology.ts'
import {
  attachInternetGateway,
  createInternetGateway,
  deleteInternetGateway,
  detachInternetGateway,
} from './internet-gateways/change.ts'
import { describeInternetGateways } from './internet-gateways/describe.ts'
import { createKeyPair } from './key-pairs/create.ts'
import { deleteKeyPair } from './key-pairs/delete.ts'
import { describeKeyPairs } from './key-pairs/describe.ts'
import { importKeyPair } from './key-pairs/import.ts'
import { describeNetworkAcls } from './network-acls/describe.ts'
import { attachNetworkInterface } from './network-interfaces/attach.ts'
import { describeNetworkInterfaceAttribute } from './network-interfaces/attribute.ts'
import { createNetworkInterface } from './network-interfaces/create.ts'
import { deleteNetworkInterface } from './network-interfaces/delete.ts'
import { describeNetworkInterfaces } from './network-interfaces/describe.ts'
import { detachNetworkInterface } from './network-interfaces/detach.ts'
import { modifyNetworkInterfaceAttribute, resetNetworkInterfaceAttribute } from './network-interfaces/modify.ts'
import { assignPrivateIpAddresses, unassignPrivateIpAddresses } from './network-interfaces/private-addresses.ts'
import { describeAccountAttributes } from './regions/account.ts'
import { describeAvailabilityZones, describeRegions } from './regions/describe.ts'
import {
  describeAggregateIdFormat,
  describeIdentityIdFormat,
  describeIdFormat,
  describePrincipalIdFormat,
  modifyIdFormat,
} from './regions/id-formats.ts'
import { resources } from './resources.ts'
import { associateRouteTable, disassociateRouteTable, replaceRouteTableAssociation } from './route-tables/associate.ts'
import { createRoute, deleteRoute, replaceRoute } from './route-tables/change-routes.ts'
import { describeRouteTables } from './route-tables/describe.ts'
import { createRouteTable, deleteRouteTable } from './route-tables/tables.ts'
import {
  authorizeSecurityGroupEgress,
  authorizeSecurityGroupIngress,
  modifySecurityGroupRules,
  revokeSecurityGroupEgress,
  revokeSecurityGroupIngress,
  updateSecurityGroupRuleDescriptionsEgress,
  updateSecurityGroupRuleDescriptionsIngress,
} from './security-groups/change-rules.ts'
import {
  describeSecurityGroupReferences,
  describeSecurityGroups,
  describeStaleSecurityGroups,
  getSecurityGroupsForVpc,
} from './security-groups/describe.ts'
import { describeSecurityGroupRules } from './security-groups/describe-rules.ts'
import { createSecurityGroup, deleteSecurityGroup } from './security-groups/groups.ts'
import { describeSnapshotAttribute, modifySnapshotAttribute, resetSnapshotAttribute } from './snapshots/attributes.ts'
import { copySnapshot } from './snapshots/copy.ts'
import { createSnapshot } from './snapshots/create.ts'
import { createSnapshots } from './snapshots/create-many.ts'
import { deleteSnapshot } from './snapshots/delete.ts'
import { describeSnapshots } from './snapshots/describe.ts'
import { createSubnet } from './subnets/create.ts'
import { createDefaultSubnet } from './subnets/defaults.ts'
import { deleteSubnet } from './subnets/delete.ts'
import { describeSubnets } from './subnets/describe.ts'
import { modifySubnetAttribute } from './subnets/modify.ts'
import { createTags } from './tags/create.ts'
import { deleteTags } from './tags/delete.ts'
import { describeTags } from './tags/describe.ts'
import { attachVolume } from './volumes/attach.ts'
import { describeVolumeAttribute, modifyVolumeAttribute } from './volumes/attribute.ts'
import { createVolume } from './volumes/create.ts'
import { deleteVolume } from './volumes/delete.ts'
import { describeVolumes } from './volumes/describe.ts'
import { detachVolume } from './volumes/detach.ts'
import { enableVolumeIo } from './volumes/enable-io.ts'
import { describeVolumesModifications } from './volumes/modifications.ts'
import { modifyVolume } from './volumes/modify.ts'
import { describeVolumeStatus } from './volumes/status.ts'
import { createVpc } from './vpcs/create.ts'
import { createDefaultVpc } from './vpcs/defaults.ts'
import { deleteVpc } from './vpcs/delete.ts'
import { describeVpcAttribute, describeVpcClassicLink, describeVpcs } from './vpcs/describe.ts'
import { modifyVpcAttribute } from './vpcs/modify.ts'

/** What of a permission names the rules that it is about. */
const PERMISSIONS = [
  'IpPermissions.IpProtocol',
  'IpPermissions.FromPort',
  'IpPermissions.ToPort',
  'IpPermissions.IpRanges',
  'IpPermissions.Ipv6Ranges',
  'IpPermissions.UserIdGroupPairs.Description',
  'IpPermissions.UserIdGroupPairs.UserId',
  'IpPermissions.UserIdGroupPairs.GroupName',
  'IpPermissions.UserIdGroupPairs.GroupId',
] as const

/** The same of one rule, as clients of old have it. */
const FLAT = [
  ...(['IpProtocol', 'FromPort', 'ToPort', 'CidrIp'] as const),
  ...(['SourceSecurityGroupName', 'SourceSecurityGroupOwnerId'] as const),
] as const

/** How a launch template is named. */
const TEMPLATE = ['LaunchTemplateId', 'LaunchTemplateName'] as const

/** What every list that is given page by page is asked with. */
const PAGED = ['Filters', 'NextToken', 'MaxResults'] as const

/** How a route is named: by the addresses that it is for. */
const DESTINATIONS = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock'] as const

/** What a route leads to. */
const TARGETS = ['GatewayId', 'InstanceId', 'NetworkInterfaceId'] as const

const DHCP_CONFIGURATIONS = ['DhcpConfigurations', 'DhcpConfigurations.Key', 'DhcpConfigurations.Values'] as const

/**
 * All actions, by what they are about. A row says what its action runs, and whether that is a read or a change; what of the
 * input it honours, and which values of the rest ask for what is the case anyway: all else is refused by name
 * (protocol/treatment.ts). The served model and the lists of the documentation are written from here.
 */
export const groups = {
  Instances: {
    RunInstances: { change: runInstances, replay: describeLaunch, ...runInputs },
    DescribeInstances: { read: describeInstances, honours: ['InstanceIds', ...PAGED, 'IncludeManagedResources'] },
    StartInstances: { change: startInstances, honours: ['InstanceIds'] },
    StopInstances: {
      change: stopInstances,
      honours: ['InstanceIds', 'Force', 'Hibernate'],
      harmless: { SkipOsShutdown: [false] },
    },
    RebootInstances: { change: rebootInstances, honours: ['InstanceIds'] },
    TerminateInstances: { change: terminateInstances, honours: ['InstanceIds', 'Force', 'SkipOsShutdown'] },
    DescribeInstanceStatus: {
      read: describeInstanceStatus,
      honours: ['InstanceIds', 'IncludeAllInstances', ...PAGED, 'IncludeManagedResources'],
    },
    DescribeInstanceAttribute: { read: describeInstanceAttribute, honours: ['InstanceId', 'Attribute'] },
    ModifyInstanceAttribute: {
      change: modifyInstanceAttribute,
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
    ResetInstanceAttribute: { change: resetInstanceAttribute, honours: ['InstanceId', 'Attribute'] },
    ModifyInstanceMetadataOptions: {
      change: modifyInstanceMetadataOptions,
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
      change: modifyInstanceMaintenanceOptions,
      honours: ['InstanceId', 'AutoRecovery'],
    },
    ModifyInstanceCapacityReservationAttributes: {
      change: modifyInstanceCapacityReservationAttributes,
      honours: ['InstanceId'],
      harmless: { 'CapacityReservationSpecification.CapacityReservationPreference': ['open', 'none'] },
    },
    MonitorInstances: { change: monitorInstances, honours: ['InstanceIds'] },
    UnmonitorInstances: { change: unmonitorInstances, honours: ['InstanceIds'] },
    GetConsoleOutput: {
      read: getConsoleOutput,
      honours: ['InstanceId', 'Latest'],
      static: 'an empty text, for OpenNebula reads no console',
    },
    GetPasswordData: {
      read: getPasswordData,
      honours: ['InstanceId'],
      static: 'no password, as for every guest but Windows',
    },
    GetConsoleScreenshot: {
      read: getConsoleScreenshot,
      honours: ['InstanceId'],
      harmless: { WakeUp: [false] },
      static: 'refused, for OpenNebula makes no pictures of consoles',
    },
    GetInstanceUefiData: {
      read: getInstanceUefiData,
      honours: ['InstanceId'],
      static: 'refused, for instances boot by their BIOS',
    },
    DescribeInstanceCreditSpecifications: {
      read: describeInstanceCreditSpecifications,
      honours: ['InstanceIds', ...PAGED],
    },
    ModifyInstanceCreditSpecification: {
      change: modifyInstanceCreditSpecification,
      honours: ['ClientToken', 'InstanceCreditSpecifications'],
    },
    DescribeInstanceTopology: { read: describeInstanceTopology, honours: ['InstanceIds', 'GroupNames', ...PAGED] },
    ReportInstanceStatus: {
      read: reportInstanceStatus,
      honours: ['Instances', 'Status', 'ReasonCodes', 'StartTime', 'EndTime', 'Description'],
      static: 'it is checked, and kept nowhere',
    },
    ModifyInstancePlacement: {
      read: modifyInstancePlacement,
      honours: ['InstanceId', 'GroupName'],
      harmless: { Affinity: ['default'], Tenancy: ['default'] },
      static: 'taken where it asks for what is the case: no host can be chosen',
    },
  },
  'Instance types': {
    DescribeInstanceTypes: {
      read: describeInstanceTypes,
      honours: ['InstanceTypes', ...PAGED],
      harmless: { IncludeUnsupportedInRegion: [false] },
    },
    DescribeInstanceTypeOfferings: { read: describeInstanceTypeOfferings, honours: ['LocationType', ...PAGED] },
  },
  'Launch templates': {
    CreateLaunchTemplate: {
      change: createLaunchTemplate,
      honours: ['LaunchTemplateName', 'VersionDescription', 'TagSpecifications', 'ClientToken', ...dataInputs.honours],
      harmless: dataInputs.harmless,
    },
    CreateLaunchTemplateVersion: {
      change: createLaunchTemplateVersion,
      // No image is named by a parameter of the Systems Manager: there is none to resolve
      honours: [
        ...TEMPLATE,
        'SourceVersion',
        'VersionDescription',
        'ResolveAlias',
        'ClientToken',
        ...dataInputs.honours,
      ],
      harmless: dataInputs.harmless,
    },
    DescribeLaunchTemplates: {
      read: describeLaunchTemplates,
      honours: ['LaunchTemplateIds', 'LaunchTemplateNames', ...PAGED, 'IncludeManagedResources'],
    },
    DescribeLaunchTemplateVersions: {
      read: describeLaunchTemplateVersions,
      honours: [
        ...TEMPLATE,
        'Versions',
        'MinVersion',
        'MaxVersion',
        ...PAGED,
        'ResolveAlias',
        'IncludeManagedResources',
      ],
    },
    ModifyLaunchTemplate: { change: modifyLaunchTemplate, honours: [...TEMPLATE, 'DefaultVersion', 'ClientToken'] },
    DeleteLaunchTemplate: { change: deleteLaunchTemplate, honours: [...TEMPLATE] },
    DeleteLaunchTemplateVersions: { change: deleteLaunchTemplateVersions, honours: [...TEMPLATE, 'Versions'] },
    GetLaunchTemplateData: { read: getLaunchTemplateData, honours: ['InstanceId'] },
  },
  'Placement groups': {
    CreatePlacementGroup: {
      change: createPlacementGroup,
      honours: ['GroupName', 'Strategy', 'PartitionCount', 'TagSpecifications'],
      harmless: { SpreadLevel: ['rack'] },
    },
    DescribePlacementGroups: {
      read: describePlacementGroups,
      honours: ['GroupNames', 'GroupIds', 'Filters'],
    },
    DeletePlacementGroup: { change: deletePlacementGroup, honours: ['GroupName'] },
  },
  Images: {
    UploadImage: {
      change: uploadImage,
      honours: [],
      form: {
        answeredAs: 'RegisterImage',
        steps: { StageImage: { change: stageImage }, UnstageImage: { change: unstageImage } },
      },
    },
    DescribeImages: {
      read: describeImages,
      honours: ['ImageIds', 'ExecutableUsers', 'Owners', 'IncludeDeprecated', 'IncludeDisabled', ...PAGED],
    },
    RegisterImage: {
      change: registerImage,
      honours: [
        'Name',
        'ImageLocation',
        'Description',
        'Architecture',
        'RootDeviceName',
        'TagSpecifications',
        'SriovNetSupport',
        'EnaSupport',
        ...mappingInputs.honours,
        'BlockDeviceMappings.Ebs.SnapshotId',
      ],
      harmless: { ...mappingInputs.harmless, VirtualizationType: ['hvm'], BootMode: ['legacy-bios'] },
      // econe names an uploaded image by its ImageLocation alone
      optional: ['Name'],
    },
    DeregisterImage: { change: deregisterImage, honours: ['ImageId', 'DeleteAssociatedSnapshots'] },
    CreateImage: {
      change: createImage,
      honours: ['InstanceId', 'Name', 'Description', 'NoReboot', 'TagSpecifications', ...mappingInputs.honours],
      harmless: { ...mappingInputs.harmless, SnapshotLocation: ['regional'] },
    },
    CopyImage: {
      change: copyImage,
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
    DescribeImageAttribute: { read: describeImageAttribute, honours: ['ImageId', 'Attribute'] },
    ModifyImageAttribute: {
      change: modifyImageAttribute,
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
    ResetImageAttribute: { change: resetImageAttribute, honours: ['ImageId', 'Attribute'] },
    EnableImage: { change: enableImage, honours: ['ImageId'] },
    DisableImage: { change: disableImage, honours: ['ImageId'] },
    EnableImageDeprecation: { change: enableImageDeprecation, honours: ['ImageId', 'DeprecateAt'] },
    DisableImageDeprecation: { change: disableImageDeprecation, honours: ['ImageId'] },
  },
  Volumes: {
    CreateVolume: {
      change: createVolume,
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
    DeleteVolume: { change: deleteVolume, honours: ['VolumeId'] },
    DescribeVolumes: { read: describeVolumes, honours: ['VolumeIds', ...PAGED, 'IncludeManagedResources'] },
    AttachVolume: {
      change: attachVolume,
      honours: ['Device', 'InstanceId', 'VolumeId'],
      harmless: { EbsCardIndex: [0] },
    },
    DetachVolume: {
      change: detachVolume,
      honours: ['VolumeId', 'Device', 'InstanceId'],
      harmless: { Force: [false] },
    },
    ModifyVolume: {
      change: modifyVolume,
      honours: ['VolumeId', 'Size', 'VolumeType', 'Iops', 'Throughput'],
      harmless: { MultiAttachEnabled: [false] },
    },
    DescribeVolumesModifications: {
      read: describeVolumesModifications,
      honours: ['VolumeIds', ...PAGED, 'IncludeManagedResources'],
    },
    DescribeVolumeStatus: { read: describeVolumeStatus, honours: ['VolumeIds', ...PAGED, 'IncludeManagedResources'] },
    DescribeVolumeAttribute: { read: describeVolumeAttribute, honours: ['VolumeId', 'Attribute'] },
    ModifyVolumeAttribute: { change: modifyVolumeAttribute, honours: ['VolumeId', 'AutoEnableIO'] },
    EnableVolumeIO: { read: enableVolumeIo, honours: ['VolumeId'], static: 'volumes have their I/O enabled' },
  },
  Snapshots: {
    CreateSnapshot: {
      change: createSnapshot,
      honours: ['VolumeId', 'Description', 'TagSpecifications'],
      harmless: { Location: ['regional'] },
    },
    CreateSnapshots: {
      change: createSnapshots,
      honours: [
        'Description',
        'InstanceSpecification.InstanceId',
        'InstanceSpecification.ExcludeBootVolume',
        'InstanceSpecification.ExcludeDataVolumeIds',
        'TagSpecifications',
        'CopyTagsFromSource',
      ],
      harmless: { Location: ['regional'] },
    },
    DeleteSnapshot: { change: deleteSnapshot, honours: ['SnapshotId'] },
    DescribeSnapshots: {
      read: describeSnapshots,
      honours: ['SnapshotIds', 'OwnerIds', 'RestorableByUserIds', ...PAGED],
    },
    CopySnapshot: {
      change: copySnapshot,
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
    DescribeSnapshotAttribute: { read: describeSnapshotAttribute, honours: ['SnapshotId', 'Attribute'] },
    ModifySnapshotAttribute: {
      change: modifySnapshotAttribute,
      honours: ['SnapshotId', 'Attribute', 'CreateVolumePermission', 'GroupNames', 'OperationType', 'UserIds'],
    },
    ResetSnapshotAttribute: { change: resetSnapshotAttribute, honours: ['SnapshotId', 'Attribute'] },
  },
  Imports: {
    ImportImage: {
      change: importImage,
      honours: [
        'Architecture',
        'ClientToken',
        'Description',
        'DiskContainers.Description',
        'DiskContainers.Format',
        'DiskContainers.Url',
        'DiskContainers.UserBucket.S3Bucket',
        'DiskContainers.UserBucket.S3Key',
      ],
      harmless: {
        BootMode: ['legacy-bios'],
        'DiskContainers.DeviceName': ['/dev/sda1'],
        Encrypted: [false],
        Hypervisor: ['xen'],
        LicenseType: ['BYOL'],
        Platform: ['Linux'],
        RoleName: ['vmimport'],
        UsageOperation: ['RunInstances'],
      },
    },
    DescribeImportImageTasks: { read: describeImportImageTasks, honours: ['ImportTaskIds', ...PAGED] },
    ImportSnapshot: {
      change: importSnapshot,
      honours: [
        'ClientToken',
        'Description',
        'DiskContainer.Description',
        'DiskContainer.Format',
        'DiskContainer.Url',
        'DiskContainer.UserBucket.S3Bucket',
        'DiskContainer.UserBucket.S3Key',
      ],
      harmless: { Encrypted: [false], RoleName: ['vmimport'] },
    },
    DescribeImportSnapshotTasks: { read: describeImportSnapshotTasks, honours: ['ImportTaskIds', ...PAGED] },
    CancelImportTask: { change: cancelImportTask, honours: ['ImportTaskId', 'CancelReason'] },
    ImportVolume: {
      read: importVolume,
      honours: ['AvailabilityZone', 'AvailabilityZoneId', 'Description', 'Image', 'Volume'],
      static: 'refused, for ImportSnapshot and CreateVolume do the same',
    },
    ImportInstance: {
      read: importInstance,
      honours: ['Description', 'DiskImages', 'LaunchSpecification', 'Platform'],
      static: 'refused, for ImportImage and RunInstances do the same',
    },
    CancelConversionTask: {
      read: cancelConversionTask,
      honours: ['ConversionTaskId', 'ReasonMessage'],
      static: 'refused, for there is none',
    },
  },
  'Security groups': {
    CreateSecurityGroup: {
      change: createSecurityGroup,
      honours: ['GroupName', 'Description', 'VpcId', 'TagSpecifications'],
    },
    DeleteSecurityGroup: { change: deleteSecurityGroup, honours: ['GroupId', 'GroupName'] },
    DescribeSecurityGroups: { read: describeSecurityGroups, honours: ['GroupIds', 'GroupNames', ...PAGED] },
    GetSecurityGroupsForVpc: { read: getSecurityGroupsForVpc, honours: ['VpcId', ...PAGED] },
    AuthorizeSecurityGroupIngress: {
      change: authorizeSecurityGroupIngress,
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, ...FLAT, 'TagSpecifications'],
    },
    AuthorizeSecurityGroupEgress: {
      change: authorizeSecurityGroupEgress,
      honours: ['GroupId', ...PERMISSIONS, ...FLAT, 'TagSpecifications'],
    },
    RevokeSecurityGroupIngress: {
      change: revokeSecurityGroupIngress,
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, ...FLAT, 'SecurityGroupRuleIds'],
    },
    RevokeSecurityGroupEgress: {
      change: revokeSecurityGroupEgress,
      honours: ['GroupId', ...PERMISSIONS, ...FLAT, 'SecurityGroupRuleIds'],
    },
    DescribeSecurityGroupRules: {
      read: describeSecurityGroupRules,
      honours: ['SecurityGroupRuleIds', ...PAGED],
    },
    ModifySecurityGroupRules: {
      change: modifySecurityGroupRules,
      honours: [
        'GroupId',
        'SecurityGroupRules.SecurityGroupRuleId',
        'SecurityGroupRules.SecurityGroupRule.IpProtocol',
        'SecurityGroupRules.SecurityGroupRule.FromPort',
        'SecurityGroupRules.SecurityGroupRule.ToPort',
        'SecurityGroupRules.SecurityGroupRule.CidrIpv4',
        'SecurityGroupRules.SecurityGroupRule.CidrIpv6',
        'SecurityGroupRules.SecurityGroupRule.ReferencedGroupId',
        'SecurityGroupRules.SecurityGroupRule.Description',
      ],
    },
    UpdateSecurityGroupRuleDescriptionsIngress: {
      change: updateSecurityGroupRuleDescriptionsIngress,
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, 'SecurityGroupRuleDescriptions'],
    },
    UpdateSecurityGroupRuleDescriptionsEgress: {
      change: updateSecurityGroupRuleDescriptionsEgress,
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, 'SecurityGroupRuleDescriptions'],
    },
    DescribeSecurityGroupReferences: {
      read: describeSecurityGroupReferences,
      honours: ['GroupId'],
      static: 'there are none',
    },
    DescribeStaleSecurityGroups: {
      read: describeStaleSecurityGroups,
      honours: ['VpcId', 'NextToken', 'MaxResults'],
      static: 'there are none',
    },
  },
  'Key pairs': {
    CreateKeyPair: { change: createKeyPair, honours: ['KeyName', 'KeyType', 'KeyFormat', 'TagSpecifications'] },
    ImportKeyPair: { change: importKeyPair, honours: ['KeyName', 'PublicKeyMaterial', 'TagSpecifications'] },
    DescribeKeyPairs: { read: describeKeyPairs, honours: ['KeyNames', 'KeyPairIds', 'IncludePublicKey', 'Filters'] },
    DeleteKeyPair: { change: deleteKeyPair, honours: ['KeyName', 'KeyPairId'] },
  },
  Addresses: {
    AllocateAddress: {
      change: allocateAddress,
      honours: ['Domain', 'Address', 'PublicIpv4Pool', 'NetworkBorderGroup', 'TagSpecifications'],
    },
    ReleaseAddress: { change: releaseAddress, honours: ['AllocationId', 'PublicIp', 'NetworkBorderGroup'] },
    DescribeAddresses: { read: describeAddresses, honours: ['PublicIps', 'AllocationIds', 'Filters'] },
    DescribeAddressesAttribute: {
      read: describeAddressesAttribute,
      honours: ['AllocationIds', 'Attribute', 'NextToken', 'MaxResults'],
    },
    AssociateAddress: {
      change: associateAddress,
      honours: [
        'AllocationId',
        'InstanceId',
        'PublicIp',
        'NetworkInterfaceId',
        'PrivateIpAddress',
        'AllowReassociation',
      ],
      // Perl's Net::Amazon::EC2 takes an answer without it for a failure
      returnsTrue: true,
    },
    DisassociateAddress: { change: disassociateAddress, honours: ['AssociationId', 'PublicIp'] },
    MoveAddressToVpc: { change: moveAddressToVpc, honours: ['PublicIp'] },
    ModifyAddressAttribute: {
      read: modifyAddressAttribute,
      honours: ['AllocationId', 'DomainName'],
      static: 'refused, for addresses have no names of their own in the DNS',
    },
    ResetAddressAttribute: {
      read: resetAddressAttribute,
      honours: ['AllocationId', 'Attribute'],
      static: 'an address has no name of its own in the DNS',
    },
  },
  Networks: {
    CreateVpc: {
      change: createVpc,
      honours: ['CidrBlock', 'TagSpecifications'],
      harmless: { InstanceTenancy: ['default'], AmazonProvidedIpv6CidrBlock: [false] },
    },
    DeleteVpc: { change: deleteVpc, honours: ['VpcId'] },
    ModifyVpcAttribute: {
      change: modifyVpcAttribute,
      honours: ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames', 'EnableNetworkAddressUsageMetrics'],
    },
    DescribeVpcs: { read: describeVpcs, honours: ['VpcIds', ...PAGED] },
    DescribeVpcAttribute: { read: describeVpcAttribute, honours: ['VpcId', 'Attribute'] },
    DescribeVpcClassicLink: {
      read: describeVpcClassicLink,
      honours: ['VpcIds', 'Filters'],
      static: 'no VPC is linked',
    },
    CreateDefaultVpc: { change: createDefaultVpc, honours: [], static: 'refused, for every account has one' },
    CreateSubnet: {
      change: createSubnet,
      honours: ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'TagSpecifications'],
      harmless: { Ipv6Native: [false] },
    },
    DeleteSubnet: { change: deleteSubnet, honours: ['SubnetId'] },
    ModifySubnetAttribute: {
      change: modifySubnetAttribute,
      honours: ['SubnetId', 'MapPublicIpOnLaunch'],
      harmless: {
        'AssignIpv6AddressOnCreation.Value': [false],
        'MapCustomerOwnedIpOnLaunch.Value': [false],
        'EnableDns64.Value': [false],
        PrivateDnsHostnameTypeOnLaunch: ['ip-name'],
        'EnableResourceNameDnsARecordOnLaunch.Value': [false],
        'EnableResourceNameDnsAAAARecordOnLaunch.Value': [false],
        'DisableLniAtDeviceIndex.Value': [true],
      },
    },
    CreateDefaultSubnet: {
      change: createDefaultSubnet,
      honours: ['AvailabilityZone', 'AvailabilityZoneId'],
      harmless: { Ipv6Native: [false] },
      static: 'refused, for the operator has those of the default VPC',
    },
    DescribeSubnets: { read: describeSubnets, honours: ['SubnetIds', ...PAGED] },
    DescribeNetworkAcls: { read: describeNetworkAcls, honours: ['NetworkAclIds', ...PAGED] },
  },
  'Network interfaces': {
    CreateNetworkInterface: {
      change: createNetworkInterface,
      honours: [
        ...(['SubnetId', 'Description', 'Groups', 'ClientToken', 'TagSpecifications'] as const),
        ...(['PrivateIpAddress', 'PrivateIpAddresses', 'SecondaryPrivateIpAddressCount'] as const),
      ],
      harmless: {
        InterfaceType: ['interface'],
        Ipv6AddressCount: [0],
        Ipv4PrefixCount: [0],
        Ipv6PrefixCount: [0],
        EnablePrimaryIpv6: [false],
      },
    },
    AttachNetworkInterface: {
      change: attachNetworkInterface,
      honours: ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex'],
      harmless: { NetworkCardIndex: [0], 'EnaSrdSpecification.EnaSrdEnabled': [false] },
    },
    DetachNetworkInterface: { change: detachNetworkInterface, honours: ['AttachmentId', 'Force'] },
    DeleteNetworkInterface: { change: deleteNetworkInterface, honours: ['NetworkInterfaceId'] },
    ModifyNetworkInterfaceAttribute: {
      change: modifyNetworkInterfaceAttribute,
      honours: [
        ...(['NetworkInterfaceId', 'Description', 'SourceDestCheck', 'Groups'] as const),
        ...(['Attachment.AttachmentId', 'Attachment.DeleteOnTermination'] as const),
      ],
    },
    ResetNetworkInterfaceAttribute: {
      change: resetNetworkInterfaceAttribute,
      honours: ['NetworkInterfaceId', 'SourceDestCheck'],
    },
    AssignPrivateIpAddresses: {
      change: assignPrivateIpAddresses,
      honours: ['NetworkInterfaceId', 'PrivateIpAddresses', 'SecondaryPrivateIpAddressCount'],
      harmless: { AllowReassignment: [false], Ipv4PrefixCount: [0] },
    },
    UnassignPrivateIpAddresses: {
      change: unassignPrivateIpAddresses,
      honours: ['NetworkInterfaceId', 'PrivateIpAddresses'],
    },
    DescribeNetworkInterfaces: {
      read: describeNetworkInterfaces,
      honours: ['NetworkInterfaceIds', ...PAGED, 'IncludeManagedResources'],
    },
    DescribeNetworkInterfaceAttribute: {
      read: describeNetworkInterfaceAttribute,
      honours: ['NetworkInterfaceId', 'Attribute'],
    },
  },
  'Gateways, route tables and DHCP options': {
    CreateInternetGateway: { change: createInternetGateway, honours: ['TagSpecifications'] },
    AttachInternetGateway: { change: attachInternetGateway, honours: ['InternetGatewayId', 'VpcId'] },
    DetachInternetGateway: { change: detachInternetGateway, honours: ['InternetGatewayId', 'VpcId'] },
    DeleteInternetGateway: { change: deleteInternetGateway, honours: ['InternetGatewayId'] },
    DescribeInternetGateways: { read: describeInternetGateways, honours: ['InternetGatewayIds', ...PAGED] },
    CreateRouteTable: { change: createRouteTable, honours: ['VpcId', 'TagSpecifications', 'ClientToken'] },
    DeleteRouteTable: { change: deleteRouteTable, honours: ['RouteTableId'] },
    DescribeRouteTables: { read: describeRouteTables, honours: ['RouteTableIds', ...PAGED] },
    CreateRoute: { change: createRoute, honours: ['RouteTableId', ...DESTINATIONS, ...TARGETS] },
    ReplaceRoute: { change: replaceRoute, honours: ['RouteTableId', ...DESTINATIONS, ...TARGETS, 'LocalTarget'] },
    DeleteRoute: { change: deleteRoute, honours: ['RouteTableId', ...DESTINATIONS] },
    AssociateRouteTable: { change: associateRouteTable, honours: ['RouteTableId', 'SubnetId'] },
    DisassociateRouteTable: { change: disassociateRouteTable, honours: ['AssociationId'] },
    ReplaceRouteTableAssociation: {
      change: replaceRouteTableAssociation,
      honours: ['AssociationId', 'RouteTableId'],
    },
    CreateDhcpOptions: { change: createDhcpOptions, honours: [...DHCP_CONFIGURATIONS, 'TagSpecifications'] },
    AssociateDhcpOptions: { change: associateDhcpOptions, honours: ['DhcpOptionsId', 'VpcId'] },
    DeleteDhcpOptions: { change: deleteDhcpOptions, honours: ['DhcpOptionsId'] },
    DescribeDhcpOptions: { read: describeDhcpOptions, honours: ['DhcpOptionsIds', ...PAGED] },
  },
  Tags: {
    CreateTags: { change: createTags(resources), honours: ['Resources', 'Tags'] },
    DeleteTags: { change: deleteTags(resources), honours: ['Resources', 'Tags'] },
    DescribeTags: { read: describeTags(resources), honours: [...PAGED] },
  },
  'Regions and the account': {
    DescribeRegions: { read: describeRegions, honours: ['RegionNames', 'Filters', 'AllRegions'] },
    DescribeAvailabilityZones: {
      read: describeAvailabilityZones,
      honours: ['ZoneNames', 'ZoneIds', 'Filters', 'AllAvailabilityZones'],
    },
    DescribeAccountAttributes: { read: describeAccountAttributes, honours: ['AttributeNames'] },
    DescribeIdFormat: { read: describeIdFormat, honours: ['Resource'], static: 'ids are long' },
    DescribeIdentityIdFormat: {
      read: describeIdentityIdFormat,
      honours: ['Resource', 'PrincipalArn'],
      static: 'ids are long',
    },
    DescribePrincipalIdFormat: {
      read: describePrincipalIdFormat,
      honours: ['Resources', 'NextToken', 'MaxResults'],
      static: 'nobody has other formats',
    },
    DescribeAggregateIdFormat: { read: describeAggregateIdFormat, honours: [], static: 'ids are long' },
    ModifyIdFormat: {
      change: modifyIdFormat,
      honours: ['Resource'],
      harmless: { UseLongIds: [true] },
      static: 'ids are long',
    },
  },
  'What no cloud of OpenNebula has': {
    ...absent,
    GetEbsEncryptionByDefault: { read: getEbsEncryptionByDefault, honours: [], static: 'there is no encryption' },
    GetEbsDefaultKmsKeyId: { read: getEbsDefaultKmsKeyId, honours: [], static: 'there is no encryption' },
  },
  STS: {
    GetCallerIdentity: { read: getCallerIdentity, honours: [] },
  },
  IAM: {
    GetUser: { read: getUser, honours: ['UserName'] },
    ListAccountAliases: { read: listAccountAliases, honours: ['MaxItems'], static: 'there are none' },
    ListRoles: { read: listRoles, honours: ['PathPrefix', 'MaxItems'], static: 'there are none' },
    GetRole: { read: getRole, honours: ['RoleName'], static: 'refused, for there is none of any name' },
    ListInstanceProfiles: { read: listInstanceProfiles, honours: ['PathPrefix', 'MaxItems'], static: 'there are none' },
    GetInstanceProfile: {
      read: getInstanceProfile,
      honours: ['InstanceProfileName'],
      static: 'refused, for there is none of any name',
    },
  },
} satisfies Readonly<Record<string, ActionTable>>

type NamesIn<Group> = Group extends unknown ? keyof Group : never

/** The name of an action that is served. */
export type Action = NamesIn<(typeof groups)[keyof typeof groups]>

/** The rows of all actions, by name. */
export const actions: ReadonlyMap<string, AnyAction> = new Map(
  Object.values<Readonly<Record<string, AnyAction>>>(groups).flatMap(group => Object.entries(group)),
)

/** The row of an operation: the model has those of the table, and no other. */
export function rowOf({ name }: Pick<Operation, 'name'>): AnyAction {
  const row = actions.get(name)
  if (!row) throw new TypeError(`${name} has no row`)
  return row
}

/** All that runs in the account's object, by name: what is asked for, and the steps of forms. */
export const changes: ReadonlyMap<string, AnyChange> = new Map(
  [...actions].flatMap(([name, row]) =>
    'change' in row ? [[name, row], ...Object.entries(row.form?.steps ?? {})] : [],
  ),
)
