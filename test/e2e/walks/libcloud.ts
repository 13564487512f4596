// What Apache Libcloud's EC2 driver calls, with the parameters that it sends: `create_node` to `destroy_node`, with all that it
// has of volumes, snapshots, images and addresses.
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachVolumeCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CopyImageCommand,
  CreateImageCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  DescribeAccountAttributesCommand,
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  DetachVolumeCommand,
  DisassociateAddressCommand,
  GetConsoleOutputCommand,
  ModifyImageAttributeCommand,
  ModifyInstanceAttributeCommand,
  ModifyVolumeCommand,
  RebootInstancesCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { filters, IMAGE, rule, tags, type Walk, walkWith } from './walk.ts'

type Name = 'group' | 'node' | 'volume' | 'snapshot' | 'image' | 'copy' | 'address' | 'association'

const { step, look } = walkWith<Name>()

const NAME = 'libcloud'

const state = (Name: string) => () => ({ Reservations: [{ Instances: [{ State: { Name } }] }] })
const ofNode = ({ node }: { node: string }) => ({ InstanceIds: [node] })
const ofVolume = ({ volume }: { volume: string }) => ({ VolumeIds: [volume] })

export const libcloud: Walk<Name> = {
  apply: [
    // ex_describe_..., list_locations, list_images: what there is
    step(DescribeAccountAttributesCommand, () => ({}), {
      shows: () => ({ AccountAttributes: [{ AttributeName: 'supported-platforms' }, {}, {}, {}, {}, {}] }),
    }),
    step(DescribeAvailabilityZonesCommand, () => ({}), {
      shows: () => ({ AvailabilityZones: [{ ZoneName: 'one-a' }, {}] }),
    }),
    step(DescribeImagesCommand, () => ({ ImageIds: [IMAGE] }), { shows: () => ({ Images: [{ Name: 'linux' }] }) }),
    ...[DescribeVpcsCommand, DescribeSubnetsCommand, DescribeInternetGatewaysCommand, DescribeRouteTablesCommand].map(
      Kind => step(Kind, () => ({})),
    ),
    step(DescribeVpcPeeringConnectionsCommand, () => ({}), { shows: () => ({ VpcPeeringConnections: [] }) }),
    step(CreateKeyPairCommand, () => ({ KeyName: NAME })),
    step(CreateSecurityGroupCommand, () => ({ GroupName: NAME, Description: 'of libcloud' }), {
      notes: ({ GroupId }) => ({ group: GroupId }),
    }),
    step(AuthorizeSecurityGroupIngressCommand, ({ group }) => ({ GroupId: group, ...rule('tcp', 22) })),
    step(AuthorizeSecurityGroupEgressCommand, ({ group }) => ({ GroupId: group, ...rule('udp', 53) })),
    // create_node: the tags come after
    step(
      RunInstancesCommand,
      () => ({
        ...{ ImageId: IMAGE, MinCount: 1, MaxCount: 1, InstanceType: 'm1.small' },
        ...{ KeyName: NAME, SecurityGroups: [NAME], UserData: Buffer.from('#!/bin/sh').toString('base64') },
      }),
      { notes: ({ Instances }) => ({ node: Instances?.[0]?.InstanceId }) },
    ),
    step(CreateTagsCommand, ({ node }) => ({ Resources: [node], Tags: tags({ Name: NAME }) })),
    step(DescribeInstancesCommand, ofNode, { until: state('running') }),
    // create_volume, attach_volume, create_volume_snapshot
    step(CreateVolumeCommand, () => ({ AvailabilityZone: 'one-a', Size: 1, VolumeType: 'standard' }), {
      notes: ({ VolumeId }) => ({ volume: VolumeId }),
    }),
    step(CreateTagsCommand, ({ volume }) => ({ Resources: [volume], Tags: tags({ Name: NAME }) })),
    step(DescribeVolumesCommand, ofVolume, { until: () => ({ Volumes: [{ State: 'available' }] }) }),
    step(AttachVolumeCommand, ({ volume, node }) => ({ VolumeId: volume, InstanceId: node, Device: '/dev/sdf' })),
    step(DescribeVolumesCommand, ofVolume, { until: () => ({ Volumes: [{ Attachments: [{ State: 'attached' }] }] }) }),
    step(CreateSnapshotCommand, ({ volume }) => ({ VolumeId: volume, Description: 'of libcloud' }), {
      notes: ({ SnapshotId }) => ({ snapshot: SnapshotId }),
    }),
    step(DescribeSnapshotsCommand, ({ snapshot }) => ({ SnapshotIds: [snapshot] }), {
      until: () => ({ Snapshots: [{ State: 'completed' }] }),
    }),
    // create_image, copy_image
    step(CreateImageCommand, ({ node }) => ({ InstanceId: node, Name: NAME, NoReboot: true }), {
      notes: ({ ImageId }) => ({ image: ImageId }),
    }),
    step(DescribeImagesCommand, ({ image }) => ({ ImageIds: [image] }), {
      until: () => ({ Images: [{ State: 'available' }] }),
    }),
    step(
      CopyImageCommand,
      ({ image }) => ({ SourceRegion: 'opennebula', SourceImageId: image, Name: 'copy', Description: 'of libcloud' }),
      { notes: ({ ImageId }) => ({ copy: ImageId }) },
    ),
    step(DescribeImagesCommand, ({ copy }) => ({ ImageIds: [copy] }), {
      until: () => ({ Images: [{ State: 'available' }] }),
    }),
    // ex_allocate_address, ex_associate_address_with_node
    step(AllocateAddressCommand, () => ({ Domain: 'vpc' }), {
      notes: ({ AllocationId }) => ({ address: AllocationId }),
    }),
    step(AssociateAddressCommand, ({ address, node }) => ({ AllocationId: address, InstanceId: node }), {
      notes: ({ AssociationId }) => ({ association: AssociationId }),
    }),
    step(DescribeAddressesCommand, ({ address }) => ({ AllocationIds: [address] }), {
      until: ({ node }) => ({ Addresses: [{ InstanceId: node }] }),
    }),
    step(DescribeInstancesCommand, ofNode, {
      until: ({ volume }) => ({
        Reservations: [
          { Instances: [{ BlockDeviceMappings: [{}, { Ebs: { VolumeId: volume, Status: 'attached' } }] }] },
        ],
      }),
    }),
  ],

  looks: [
    // list_nodes, list_volumes, list_snapshots, list_key_pairs and the like: of all, by filters at most
    look(
      DescribeInstancesCommand,
      () => ({ Filters: filters({ 'instance-state-name': 'running', 'tag:Name': NAME }) }),
      {
        made: ({ node }) => ({ Reservations: [{ Instances: [{ InstanceId: node, InstanceType: 'm1.small' }] }] }),
        changed: ({ node }) => ({ Reservations: [{ Instances: [{ InstanceId: node, InstanceType: 'm1.large' }] }] }),
        gone: () => ({ Reservations: [] }),
      },
    ),
    look(DescribeKeyPairsCommand, () => ({ KeyNames: [NAME] }), {
      made: () => ({ KeyPairs: [{ KeyType: 'rsa' }] }),
      gone: 'InvalidKeyPair.NotFound',
    }),
    look(DescribeSecurityGroupsCommand, () => ({ GroupNames: [NAME] }), {
      made: () => ({ SecurityGroups: [{ IpPermissions: [{ FromPort: 22 }], IpPermissionsEgress: [{}, {}] }] }),
      changed: () => ({ SecurityGroups: [{ IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: '-1' }] }] }),
      gone: 'InvalidGroup.NotFound',
    }),
    look(DescribeVolumesCommand, () => ({ Filters: filters({ 'tag:Name': NAME }) }), {
      made: ({ node }) => ({ Volumes: [{ Size: 1, Attachments: [{ InstanceId: node, Device: '/dev/sdf' }] }] }),
      changed: () => ({ Volumes: [{ Size: 2 }] }),
      gone: () => ({ Volumes: [] }),
    }),
    look(DescribeSnapshotsCommand, () => ({ OwnerIds: ['self'], Filters: filters({ description: 'of libcloud' }) }), {
      made: ({ volume }) => ({ Snapshots: [{ VolumeId: volume, State: 'completed' }] }),
      gone: () => ({ Snapshots: [] }),
    }),
    look(DescribeImagesCommand, ({ image, copy }) => ({ ImageIds: [image, copy] }), {
      made: () => ({ Images: [{ State: 'available', Public: false }, { Description: 'of libcloud' }] }),
      changed: () => ({ Images: [{ Public: true }, { Public: false }] }),
      gone: 'InvalidAMIID.NotFound',
    }),
    look(DescribeAddressesCommand, () => ({ Filters: filters({ domain: 'vpc' }) }), {
      made: ({ node }) => ({ Addresses: [{ InstanceId: node }] }),
      gone: () => ({ Addresses: [] }),
    }),
    look(DescribeNetworkInterfacesCommand, ({ node }) => ({ Filters: filters({ 'attachment.instance-id': node }) }), {
      made: ({ group }) => ({ NetworkInterfaces: [{ Groups: [{ GroupId: group }] }] }),
      gone: () => ({ NetworkInterfaces: [] }),
    }),
    // ex_describe_tags
    look(DescribeTagsCommand, ({ volume }) => ({ Filters: filters({ 'resource-id': volume }) }), {
      made: () => ({ Tags: [{ Key: 'Name', Value: NAME, ResourceType: 'volume' }] }),
      gone: () => ({ Tags: [] }),
    }),
  ],

  update: [
    step(CreateTagsCommand, ({ node }) => ({ Resources: [node], Tags: tags({ color: 'red' }) })),
    step(DeleteTagsCommand, ({ node }) => ({ Resources: [node], Tags: tags({ color: 'red' }) })),
    step(ModifyVolumeCommand, ({ volume }) => ({ VolumeId: volume, Size: 2 })),
    step(DescribeVolumesModificationsCommand, ofVolume, {
      until: () => ({ VolumesModifications: [{ ModificationState: 'completed' }] }),
    }),
    step(ModifyImageAttributeCommand, ({ image }) => ({
      ImageId: image,
      LaunchPermission: { Add: [{ Group: 'all' }] },
    })),
    step(RevokeSecurityGroupIngressCommand, ({ group }) => ({ GroupId: group, ...rule('tcp', 22) })),
    step(RevokeSecurityGroupEgressCommand, ({ group }) => ({ GroupId: group, ...rule('udp', 53) })),
    step(RebootInstancesCommand, ofNode),
    step(GetConsoleOutputCommand, ({ node }) => ({ InstanceId: node }), {
      shows: ({ node }) => ({ InstanceId: node }),
    }),
    // ex_change_node_size
    step(StopInstancesCommand, ofNode),
    step(DescribeInstancesCommand, ofNode, { until: state('stopped') }),
    step(ModifyInstanceAttributeCommand, ({ node }) => ({ InstanceId: node, InstanceType: { Value: 'm1.large' } })),
    step(StartInstancesCommand, ofNode),
    step(DescribeInstancesCommand, ofNode, { until: state('running') }),
  ],

  remove: [
    step(DisassociateAddressCommand, ({ association }) => ({ AssociationId: association })),
    step(ReleaseAddressCommand, ({ address }) => ({ AllocationId: address })),
    step(DetachVolumeCommand, ({ volume }) => ({ VolumeId: volume })),
    step(DescribeVolumesCommand, ofVolume, { until: () => ({ Volumes: [{ State: 'available' }] }) }),
    step(DeleteVolumeCommand, ({ volume }) => ({ VolumeId: volume })),
    step(DeleteSnapshotCommand, ({ snapshot }) => ({ SnapshotId: snapshot })),
    step(DeregisterImageCommand, ({ copy }) => ({ ImageId: copy, DeleteAssociatedSnapshots: true })),
    step(DeregisterImageCommand, ({ image }) => ({ ImageId: image, DeleteAssociatedSnapshots: true })),
    step(TerminateInstancesCommand, ofNode),
    step(DescribeInstancesCommand, ofNode, { until: state('terminated') }),
    step(DeleteSecurityGroupCommand, () => ({ GroupName: NAME })),
    step(DeleteKeyPairCommand, () => ({ KeyName: NAME })),
  ],
}
