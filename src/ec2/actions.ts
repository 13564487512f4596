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
import { NEW } from './core/permissions.ts'
import { associateDhcpOptions, createDhcpOptions, deleteDhcpOptions } from './dhcp-options/change.ts'
import { describeDhcpOptions } from './dhcp-options/describe.ts'
import { mappingInputs } from './disk-images/mapping-inputs.ts'
import {
  createAccessKey,
  deleteAccessKey,
  getAccessKeyLastUsed,
  listAccessKeys,
  updateAccessKey,
} from './identity/access-keys.ts'
import { getCallerIdentity, getUser } from './identity/caller.ts'
import { getInstanceProfile, getRole, listAccountAliases, listInstanceProfiles, listRoles } from './identity/roles.ts'
import { assumeRole, getFederationToken, getSessionToken } from './identity/sessions.ts'
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
import { describeAccountAttributes } from './quotas/account-attributes.ts'
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
    RunInstances: { change: runInstances, authorizes: true, replay: describeLaunch, ...runInputs },
    DescribeInstances: { read: describeInstances, honours: ['InstanceIds', ...PAGED, 'IncludeManagedResources'] },
    StartInstances: { change: startInstances, on: { instance: ['InstanceIds'] }, honours: ['InstanceIds'] },
    StopInstances: {
      change: stopInstances,
      on: { instance: ['InstanceIds'] },
      honours: ['InstanceIds', 'Force', 'Hibernate'],
      harmless: { SkipOsShutdown: [false] },
    },
    RebootInstances: { change: rebootInstances, on: { instance: ['InstanceIds'] }, honours: ['InstanceIds'] },
    TerminateInstances: {
      change: terminateInstances,
      on: { instance: ['InstanceIds'] },
      honours: ['InstanceIds', 'Force', 'SkipOsShutdown'],
    },
    DescribeInstanceStatus: {
      read: describeInstanceStatus,
      honours: ['InstanceIds', 'IncludeAllInstances', ...PAGED, 'IncludeManagedResources'],
    },
    DescribeInstanceAttribute: {
      read: describeInstanceAttribute,
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId', 'Attribute'],
    },
    ModifyInstanceAttribute: {
      change: modifyInstanceAttribute,
      on: { instance: ['InstanceId'], 'security-group': ['Groups'], volume: ['BlockDeviceMappings.Ebs.VolumeId'] },
      touches: { volume: ['BlockDeviceMappings.DeviceName'] },
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
      change: resetInstanceAttribute,
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId', 'Attribute'],
    },
    ModifyInstanceMetadataOptions: {
      change: modifyInstanceMetadataOptions,
      on: { instance: ['InstanceId'] },
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
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId', 'AutoRecovery'],
    },
    ModifyInstanceCapacityReservationAttributes: {
      change: modifyInstanceCapacityReservationAttributes,
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId'],
      harmless: { 'CapacityReservationSpecification.CapacityReservationPreference': ['open', 'none'] },
    },
    MonitorInstances: { change: monitorInstances, on: { instance: ['InstanceIds'] }, honours: ['InstanceIds'] },
    UnmonitorInstances: { change: unmonitorInstances, on: { instance: ['InstanceIds'] }, honours: ['InstanceIds'] },
    GetConsoleOutput: {
      read: getConsoleOutput,
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId', 'Latest'],
      static: 'an empty text, for OpenNebula reads no console',
    },
    GetPasswordData: {
      read: getPasswordData,
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId'],
      static: 'no password, as for every guest but Windows',
    },
    GetConsoleScreenshot: {
      read: getConsoleScreenshot,
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId'],
      harmless: { WakeUp: [false] },
      static: 'refused, for OpenNebula makes no pictures of consoles',
    },
    GetInstanceUefiData: {
      read: getInstanceUefiData,
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId'],
      static: 'nothing, for instances boot by their BIOS',
    },
    DescribeInstanceCreditSpecifications: {
      read: describeInstanceCreditSpecifications,
      honours: ['InstanceIds', ...PAGED],
    },
    ModifyInstanceCreditSpecification: {
      change: modifyInstanceCreditSpecification,
      on: { instance: ['InstanceCreditSpecifications.InstanceId'] },
      honours: ['ClientToken', 'InstanceCreditSpecifications'],
    },
    DescribeInstanceTopology: { read: describeInstanceTopology, honours: ['InstanceIds', 'GroupNames', ...PAGED] },
    ReportInstanceStatus: {
      read: reportInstanceStatus,
      on: { instance: ['Instances'] },
      honours: ['Instances', 'Status', 'ReasonCodes', 'StartTime', 'EndTime', 'Description'],
      static: 'it is checked, and kept nowhere',
    },
    ModifyInstancePlacement: {
      read: modifyInstancePlacement,
      on: { instance: ['InstanceId'], 'placement-group': ['GroupName'] },
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
      makes: { 'launch-template': NEW },
      honours: ['LaunchTemplateName', 'VersionDescription', 'TagSpecifications', 'ClientToken', ...dataInputs.honours],
      harmless: dataInputs.harmless,
    },
    CreateLaunchTemplateVersion: {
      change: createLaunchTemplateVersion,
      on: { 'launch-template': TEMPLATE },
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
    ModifyLaunchTemplate: {
      change: modifyLaunchTemplate,
      on: { 'launch-template': TEMPLATE },
      honours: [...TEMPLATE, 'DefaultVersion', 'ClientToken'],
    },
    DeleteLaunchTemplate: { change: deleteLaunchTemplate, on: { 'launch-template': TEMPLATE }, honours: [...TEMPLATE] },
    DeleteLaunchTemplateVersions: {
      change: deleteLaunchTemplateVersions,
      on: { 'launch-template': TEMPLATE },
      honours: [...TEMPLATE, 'Versions'],
    },
    GetLaunchTemplateData: { read: getLaunchTemplateData, on: { instance: ['InstanceId'] }, honours: ['InstanceId'] },
  },
  'Placement groups': {
    CreatePlacementGroup: {
      change: createPlacementGroup,
      makes: { 'placement-group': 'GroupName' },
      honours: ['GroupName', 'Strategy', 'PartitionCount', 'TagSpecifications'],
      harmless: { SpreadLevel: ['rack'] },
    },
    DescribePlacementGroups: {
      read: describePlacementGroups,
      honours: ['GroupNames', 'GroupIds', 'Filters'],
    },
    DeletePlacementGroup: {
      change: deletePlacementGroup,
      on: { 'placement-group': ['GroupName'] },
      honours: ['GroupName'],
    },
  },
  Images: {
    UploadImage: {
      change: uploadImage,
      makes: { image: NEW },
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
      makes: { image: 'ImageLocation' },
      on: { snapshot: ['BlockDeviceMappings.Ebs.SnapshotId'] },
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
    DeregisterImage: {
      change: deregisterImage,
      on: { image: ['ImageId'] },
      honours: ['ImageId', 'DeleteAssociatedSnapshots'],
    },
    CreateImage: {
      change: createImage,
      makes: { image: NEW, snapshot: NEW },
      on: { instance: ['InstanceId'] },
      honours: ['InstanceId', 'Name', 'Description', 'NoReboot', 'TagSpecifications', ...mappingInputs.honours],
      harmless: { ...mappingInputs.harmless, SnapshotLocation: ['regional'] },
    },
    CopyImage: {
      change: copyImage,
      makes: { image: NEW, snapshot: NEW },
      on: { image: ['SourceImageId'] },
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
      read: describeImageAttribute,
      on: { image: ['ImageId'] },
      honours: ['ImageId', 'Attribute'],
    },
    ModifyImageAttribute: {
      change: modifyImageAttribute,
      on: { image: ['ImageId'] },
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
    ResetImageAttribute: { change: resetImageAttribute, on: { image: ['ImageId'] }, honours: ['ImageId', 'Attribute'] },
    EnableImage: { change: enableImage, on: { image: ['ImageId'] }, honours: ['ImageId'] },
    DisableImage: { change: disableImage, on: { image: ['ImageId'] }, honours: ['ImageId'] },
    EnableImageDeprecation: {
      change: enableImageDeprecation,
      on: { image: ['ImageId'] },
      honours: ['ImageId', 'DeprecateAt'],
    },
    DisableImageDeprecation: { change: disableImageDeprecation, on: { image: ['ImageId'] }, honours: ['ImageId'] },
  },
  Volumes: {
    CreateVolume: {
      change: createVolume,
      makes: { volume: NEW },
      on: { snapshot: ['SnapshotId'] },
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
    DeleteVolume: { change: deleteVolume, on: { volume: ['VolumeId'] }, honours: ['VolumeId'] },
    DescribeVolumes: { read: describeVolumes, honours: ['VolumeIds', ...PAGED, 'IncludeManagedResources'] },
    AttachVolume: {
      change: attachVolume,
      on: { instance: ['InstanceId'], volume: ['VolumeId'] },
      honours: ['Device', 'InstanceId', 'VolumeId'],
      harmless: { EbsCardIndex: [0] },
    },
    DetachVolume: {
      change: detachVolume,
      on: { instance: ['InstanceId'], volume: ['VolumeId'] },
      touches: { instance: ['VolumeId'] },
      honours: ['VolumeId', 'Device', 'InstanceId'],
      harmless: { Force: [false] },
    },
    ModifyVolume: {
      change: modifyVolume,
      on: { volume: ['VolumeId'] },
      honours: ['VolumeId', 'Size', 'VolumeType', 'Iops', 'Throughput'],
      harmless: { MultiAttachEnabled: [false] },
    },
    DescribeVolumesModifications: {
      read: describeVolumesModifications,
      honours: ['VolumeIds', ...PAGED, 'IncludeManagedResources'],
    },
    DescribeVolumeStatus: { read: describeVolumeStatus, honours: ['VolumeIds', ...PAGED, 'IncludeManagedResources'] },
    DescribeVolumeAttribute: {
      read: describeVolumeAttribute,
      on: { volume: ['VolumeId'] },
      honours: ['VolumeId', 'Attribute'],
    },
    ModifyVolumeAttribute: {
      change: modifyVolumeAttribute,
      on: { volume: ['VolumeId'] },
      honours: ['VolumeId', 'AutoEnableIO'],
    },
    EnableVolumeIO: {
      read: enableVolumeIo,
      on: { volume: ['VolumeId'] },
      honours: ['VolumeId'],
      static: 'volumes have their I/O enabled',
    },
  },
  Snapshots: {
    CreateSnapshot: {
      change: createSnapshot,
      makes: { snapshot: NEW },
      on: { volume: ['VolumeId'] },
      honours: ['VolumeId', 'Description', 'TagSpecifications'],
      harmless: { Location: ['regional'] },
    },
    CreateSnapshots: {
      change: createSnapshots,
      makes: { snapshot: NEW },
      on: { instance: ['InstanceSpecification.InstanceId'], volume: ['InstanceSpecification.InstanceId'] },
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
    DeleteSnapshot: { change: deleteSnapshot, on: { snapshot: ['SnapshotId'] }, honours: ['SnapshotId'] },
    DescribeSnapshots: {
      read: describeSnapshots,
      honours: ['SnapshotIds', 'OwnerIds', 'RestorableByUserIds', ...PAGED],
    },
    CopySnapshot: {
      change: copySnapshot,
      makes: { snapshot: NEW },
      on: { snapshot: ['SourceSnapshotId'] },
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
      read: describeSnapshotAttribute,
      on: { snapshot: ['SnapshotId'] },
      honours: ['SnapshotId', 'Attribute'],
    },
    ModifySnapshotAttribute: {
      change: modifySnapshotAttribute,
      on: { snapshot: ['SnapshotId'] },
      honours: ['SnapshotId', 'Attribute', 'CreateVolumePermission', 'GroupNames', 'OperationType', 'UserIds'],
    },
    ResetSnapshotAttribute: {
      change: resetSnapshotAttribute,
      on: { snapshot: ['SnapshotId'] },
      honours: ['SnapshotId', 'Attribute'],
    },
  },
  Imports: {
    ImportImage: {
      change: importImage,
      makes: { image: NEW, 'import-image-task': NEW },
      honours: [
        'Architecture',
        'ClientData',
        'ClientToken',
        'Description',
        'DiskContainers.Description',
        'DiskContainers.Format',
        'DiskContainers.Url',
        'DiskContainers.UserBucket.S3Bucket',
        'DiskContainers.UserBucket.S3Key',
        'TagSpecifications',
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
      makes: { snapshot: NEW, 'import-snapshot-task': NEW },
      honours: [
        'ClientData',
        'ClientToken',
        'Description',
        'DiskContainer.Description',
        'DiskContainer.Format',
        'DiskContainer.Url',
        'DiskContainer.UserBucket.S3Bucket',
        'DiskContainer.UserBucket.S3Key',
        'TagSpecifications',
      ],
      harmless: { Encrypted: [false], RoleName: ['vmimport'] },
    },
    DescribeImportSnapshotTasks: { read: describeImportSnapshotTasks, honours: ['ImportTaskIds', ...PAGED] },
    CancelImportTask: {
      change: cancelImportTask,
      on: { any: ['ImportTaskId'] },
      honours: ['ImportTaskId', 'CancelReason'],
    },
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
      makes: { 'security-group': NEW },
      on: { vpc: ['VpcId'] },
      defaults: { vpc: 'VpcId' },
      honours: ['GroupName', 'Description', 'VpcId', 'TagSpecifications'],
    },
    DeleteSecurityGroup: {
      change: deleteSecurityGroup,
      on: { 'security-group': ['GroupId', 'GroupName'] },
      honours: ['GroupId', 'GroupName'],
    },
    DescribeSecurityGroups: { read: describeSecurityGroups, honours: ['GroupIds', 'GroupNames', ...PAGED] },
    GetSecurityGroupsForVpc: { read: getSecurityGroupsForVpc, on: { vpc: ['VpcId'] }, honours: ['VpcId', ...PAGED] },
    AuthorizeSecurityGroupIngress: {
      change: authorizeSecurityGroupIngress,
      on: { 'security-group': ['GroupId', 'GroupName'] },
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, ...FLAT, 'TagSpecifications'],
    },
    AuthorizeSecurityGroupEgress: {
      change: authorizeSecurityGroupEgress,
      on: { 'security-group': ['GroupId'] },
      honours: ['GroupId', ...PERMISSIONS, ...FLAT, 'TagSpecifications'],
    },
    RevokeSecurityGroupIngress: {
      change: revokeSecurityGroupIngress,
      on: { 'security-group': ['GroupId', 'GroupName'] },
      touches: { 'security-group-rule': ['SecurityGroupRuleIds'] },
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, ...FLAT, 'SecurityGroupRuleIds'],
    },
    RevokeSecurityGroupEgress: {
      change: revokeSecurityGroupEgress,
      on: { 'security-group': ['GroupId'] },
      touches: { 'security-group-rule': ['SecurityGroupRuleIds'] },
      honours: ['GroupId', ...PERMISSIONS, ...FLAT, 'SecurityGroupRuleIds'],
    },
    DescribeSecurityGroupRules: {
      read: describeSecurityGroupRules,
      honours: ['SecurityGroupRuleIds', ...PAGED],
    },
    ModifySecurityGroupRules: {
      change: modifySecurityGroupRules,
      on: { 'security-group': ['GroupId'], 'security-group-rule': ['SecurityGroupRules.SecurityGroupRuleId'] },
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
      on: { 'security-group': ['GroupId', 'GroupName'] },
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, 'SecurityGroupRuleDescriptions'],
    },
    UpdateSecurityGroupRuleDescriptionsEgress: {
      change: updateSecurityGroupRuleDescriptionsEgress,
      on: { 'security-group': ['GroupId', 'GroupName'] },
      honours: ['GroupId', 'GroupName', ...PERMISSIONS, 'SecurityGroupRuleDescriptions'],
    },
    DescribeSecurityGroupReferences: {
      read: describeSecurityGroupReferences,
      on: { 'security-group': ['GroupId'] },
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
    CreateKeyPair: {
      change: createKeyPair,
      makes: { 'key-pair': 'KeyName' },
      honours: ['KeyName', 'KeyType', 'KeyFormat', 'TagSpecifications'],
    },
    ImportKeyPair: {
      change: importKeyPair,
      makes: { 'key-pair': 'KeyName' },
      honours: ['KeyName', 'PublicKeyMaterial', 'TagSpecifications'],
    },
    DescribeKeyPairs: { read: describeKeyPairs, honours: ['KeyNames', 'KeyPairIds', 'IncludePublicKey', 'Filters'] },
    DeleteKeyPair: {
      change: deleteKeyPair,
      on: { 'key-pair': ['KeyName', 'KeyPairId'] },
      honours: ['KeyName', 'KeyPairId'],
    },
  },
  Addresses: {
    AllocateAddress: {
      change: allocateAddress,
      makes: { 'elastic-ip': NEW },
      honours: ['Domain', 'Address', 'PublicIpv4Pool', 'NetworkBorderGroup', 'TagSpecifications'],
    },
    ReleaseAddress: {
      change: releaseAddress,
      on: { 'elastic-ip': ['AllocationId', 'PublicIp'] },
      honours: ['AllocationId', 'PublicIp', 'NetworkBorderGroup'],
    },
    DescribeAddresses: { read: describeAddresses, honours: ['PublicIps', 'AllocationIds', 'Filters'] },
    DescribeAddressesAttribute: {
      read: describeAddressesAttribute,
      honours: ['AllocationIds', 'Attribute', 'NextToken', 'MaxResults'],
    },
    AssociateAddress: {
      change: associateAddress,
      on: {
        'elastic-ip': ['AllocationId', 'PublicIp'],
        instance: ['InstanceId'],
        'network-interface': ['NetworkInterfaceId'],
      },
      touches: { instance: ['NetworkInterfaceId'], 'network-interface': ['InstanceId'] },
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
    DisassociateAddress: {
      change: disassociateAddress,
      on: { 'elastic-ip': ['AssociationId', 'PublicIp'] },
      touches: { 'network-interface': ['AssociationId', 'PublicIp'] },
      honours: ['AssociationId', 'PublicIp'],
    },
    MoveAddressToVpc: { change: moveAddressToVpc, honours: ['PublicIp'] },
    ModifyAddressAttribute: {
      read: modifyAddressAttribute,
      on: { 'elastic-ip': ['AllocationId'] },
      honours: ['AllocationId', 'DomainName'],
      static: 'refused, for addresses have no names of their own in the DNS',
    },
    ResetAddressAttribute: {
      read: resetAddressAttribute,
      on: { 'elastic-ip': ['AllocationId'] },
      honours: ['AllocationId', 'Attribute'],
      static: 'an address has no name of its own in the DNS',
    },
  },
  Networks: {
    CreateVpc: {
      change: createVpc,
      makes: { vpc: NEW },
      honours: ['CidrBlock', 'TagSpecifications'],
      harmless: { InstanceTenancy: ['default'], AmazonProvidedIpv6CidrBlock: [false] },
    },
    DeleteVpc: { change: deleteVpc, on: { vpc: ['VpcId'] }, honours: ['VpcId'] },
    ModifyVpcAttribute: {
      change: modifyVpcAttribute,
      on: { vpc: ['VpcId'] },
      honours: ['VpcId', 'EnableDnsSupport', 'EnableDnsHostnames', 'EnableNetworkAddressUsageMetrics'],
    },
    DescribeVpcs: { read: describeVpcs, honours: ['VpcIds', ...PAGED] },
    DescribeVpcAttribute: { read: describeVpcAttribute, on: { vpc: ['VpcId'] }, honours: ['VpcId', 'Attribute'] },
    DescribeVpcClassicLink: {
      read: describeVpcClassicLink,
      honours: ['VpcIds', 'Filters'],
      static: 'no VPC is linked',
    },
    CreateDefaultVpc: { change: createDefaultVpc, honours: [], static: 'refused, for every account has one' },
    CreateSubnet: {
      change: createSubnet,
      makes: { subnet: NEW },
      on: { vpc: ['VpcId'] },
      honours: ['VpcId', 'CidrBlock', 'AvailabilityZone', 'AvailabilityZoneId', 'TagSpecifications'],
      harmless: { Ipv6Native: [false] },
    },
    DeleteSubnet: { change: deleteSubnet, on: { subnet: ['SubnetId'] }, honours: ['SubnetId'] },
    ModifySubnetAttribute: {
      change: modifySubnetAttribute,
      on: { subnet: ['SubnetId'] },
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
      makes: { 'network-interface': NEW },
      on: { subnet: ['SubnetId'], 'security-group': ['Groups'] },
      defaults: { 'security-group': 'Groups' },
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
      on: { instance: ['InstanceId'], 'network-interface': ['NetworkInterfaceId'] },
      honours: ['NetworkInterfaceId', 'InstanceId', 'DeviceIndex'],
      harmless: { NetworkCardIndex: [0], 'EnaSrdSpecification.EnaSrdEnabled': [false] },
    },
    DetachNetworkInterface: {
      change: detachNetworkInterface,
      on: { instance: ['AttachmentId'], 'network-interface': ['AttachmentId'] },
      honours: ['AttachmentId', 'Force'],
    },
    DeleteNetworkInterface: {
      change: deleteNetworkInterface,
      on: { 'network-interface': ['NetworkInterfaceId'] },
      honours: ['NetworkInterfaceId'],
    },
    ModifyNetworkInterfaceAttribute: {
      change: modifyNetworkInterfaceAttribute,
      on: { 'network-interface': ['NetworkInterfaceId'], 'security-group': ['Groups'] },
      touches: { instance: ['Attachment.AttachmentId'] },
      honours: [
        ...(['NetworkInterfaceId', 'Description', 'SourceDestCheck', 'Groups'] as const),
        ...(['Attachment.AttachmentId', 'Attachment.DeleteOnTermination'] as const),
      ],
    },
    ResetNetworkInterfaceAttribute: {
      change: resetNetworkInterfaceAttribute,
      on: { 'network-interface': ['NetworkInterfaceId'] },
      honours: ['NetworkInterfaceId', 'SourceDestCheck'],
    },
    AssignPrivateIpAddresses: {
      change: assignPrivateIpAddresses,
      on: { 'network-interface': ['NetworkInterfaceId'] },
      honours: ['NetworkInterfaceId', 'PrivateIpAddresses', 'SecondaryPrivateIpAddressCount'],
      harmless: { AllowReassignment: [false], Ipv4PrefixCount: [0] },
    },
    UnassignPrivateIpAddresses: {
      change: unassignPrivateIpAddresses,
      on: { 'network-interface': ['NetworkInterfaceId'] },
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
    CreateInternetGateway: {
      change: createInternetGateway,
      makes: { 'internet-gateway': NEW },
      honours: ['TagSpecifications'],
    },
    AttachInternetGateway: {
      change: attachInternetGateway,
      on: { 'internet-gateway': ['InternetGatewayId'], vpc: ['VpcId'] },
      honours: ['InternetGatewayId', 'VpcId'],
    },
    DetachInternetGateway: {
      change: detachInternetGateway,
      on: { 'internet-gateway': ['InternetGatewayId'], vpc: ['VpcId'] },
      honours: ['InternetGatewayId', 'VpcId'],
    },
    DeleteInternetGateway: {
      change: deleteInternetGateway,
      on: { 'internet-gateway': ['InternetGatewayId'] },
      honours: ['InternetGatewayId'],
    },
    DescribeInternetGateways: { read: describeInternetGateways, honours: ['InternetGatewayIds', ...PAGED] },
    CreateRouteTable: {
      change: createRouteTable,
      makes: { 'route-table': NEW },
      on: { vpc: ['VpcId'] },
      honours: ['VpcId', 'TagSpecifications', 'ClientToken'],
    },
    DeleteRouteTable: { change: deleteRouteTable, on: { 'route-table': ['RouteTableId'] }, honours: ['RouteTableId'] },
    DescribeRouteTables: { read: describeRouteTables, honours: ['RouteTableIds', ...PAGED] },
    CreateRoute: {
      change: createRoute,
      on: { 'route-table': ['RouteTableId'] },
      honours: ['RouteTableId', ...DESTINATIONS, ...TARGETS],
    },
    ReplaceRoute: {
      change: replaceRoute,
      on: { 'route-table': ['RouteTableId'] },
      honours: ['RouteTableId', ...DESTINATIONS, ...TARGETS, 'LocalTarget'],
    },
    DeleteRoute: {
      change: deleteRoute,
      on: { 'route-table': ['RouteTableId'] },
      honours: ['RouteTableId', ...DESTINATIONS],
    },
    AssociateRouteTable: {
      change: associateRouteTable,
      on: { 'route-table': ['RouteTableId'], subnet: ['SubnetId'] },
      honours: ['RouteTableId', 'SubnetId'],
    },
    DisassociateRouteTable: {
      change: disassociateRouteTable,
      on: { 'route-table': ['AssociationId'] },
      touches: { subnet: ['AssociationId'] },
      honours: ['AssociationId'],
    },
    ReplaceRouteTableAssociation: {
      change: replaceRouteTableAssociation,
      on: { 'route-table': ['RouteTableId'] },
      touches: { 'route-table': ['AssociationId'], subnet: ['AssociationId'] },
      honours: ['AssociationId', 'RouteTableId'],
    },
    CreateDhcpOptions: {
      change: createDhcpOptions,
      makes: { 'dhcp-options': NEW },
      honours: [...DHCP_CONFIGURATIONS, 'TagSpecifications'],
    },
    AssociateDhcpOptions: {
      change: associateDhcpOptions,
      on: { 'dhcp-options': ['DhcpOptionsId'], vpc: ['VpcId'] },
      honours: ['DhcpOptionsId', 'VpcId'],
    },
    DeleteDhcpOptions: {
      change: deleteDhcpOptions,
      on: { 'dhcp-options': ['DhcpOptionsId'] },
      honours: ['DhcpOptionsId'],
    },
    DescribeDhcpOptions: { read: describeDhcpOptions, honours: ['DhcpOptionsIds', ...PAGED] },
  },
  Tags: {
    CreateTags: { change: createTags(resources), on: { any: ['Resources'] }, honours: ['Resources', 'Tags'] },
    DeleteTags: { change: deleteTags(resources), on: { any: ['Resources'] }, honours: ['Resources', 'Tags'] },
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
    GetSessionToken: { read: getSessionToken, honours: ['DurationSeconds'] },
    GetFederationToken: { read: getFederationToken, honours: ['Name', 'Policy', 'DurationSeconds'] },
    AssumeRole: {
      read: assumeRole,
      on: { role: ['RoleArn'] },
      honours: ['RoleArn', 'RoleSessionName', 'Policy', 'DurationSeconds', 'ExternalId'],
    },
  },
  IAM: {
    GetUser: { read: getUser, on: { user: ['UserName'] }, honours: ['UserName'] },
    CreateAccessKey: { change: createAccessKey, on: { user: ['UserName'] }, honours: ['UserName'] },
    ListAccessKeys: { read: listAccessKeys, on: { user: ['UserName'] }, honours: ['UserName', 'Marker', 'MaxItems'] },
    UpdateAccessKey: {
      change: updateAccessKey,
      on: { user: ['UserName'] },
      honours: ['UserName', 'AccessKeyId', 'Status'],
    },
    DeleteAccessKey: { change: deleteAccessKey, on: { user: ['UserName'] }, honours: ['UserName', 'AccessKeyId'] },
    GetAccessKeyLastUsed: { read: getAccessKeyLastUsed, on: { user: [] }, honours: ['AccessKeyId'] },
    ListAccountAliases: { read: listAccountAliases, honours: ['MaxItems'], static: 'there are none' },
    ListRoles: { read: listRoles, honours: ['PathPrefix', 'MaxItems'], static: 'there are none' },
    GetRole: {
      read: getRole,
      on: { role: ['RoleName'] },
      honours: ['RoleName'],
      static: 'refused, for there is none of any name',
    },
    ListInstanceProfiles: { read: listInstanceProfiles, honours: ['PathPrefix', 'MaxItems'], static: 'there are none' },
    GetInstanceProfile: {
      read: getInstanceProfile,
      on: { 'instance-profile': ['InstanceProfileName'] },
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
