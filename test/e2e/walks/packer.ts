// What Packer's amazon-ebs builder calls for an AMI: a key pair and a group for a while, an instance to make it of, the image.
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateImageCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeKeyPairsCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  ModifyImageAttributeCommand,
  ModifyInstanceAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { filters, IMAGE, made, rule, tags, type Walk, walkWith } from './walk.ts'

type Name = 'vpc' | 'subnet' | 'group' | 'instance' | 'root' | 'image' | 'snapshot'

const { step, look } = walkWith<Name>()

const KEY = 'packer_0123'
const AMI = 'made by packer'
/** Another account: the one of the user 3. */
const FRIEND = '000000000003'

const state = (Name: string) => () => ({ Reservations: [{ Instances: [{ State: { Name } }] }] })
const ofInstance = ({ instance }: { instance: string }) => ({ InstanceIds: [instance] })

export const packer: Walk<Name> = {
  apply: [
    step(DescribeRegionsCommand, () => ({}), { shows: () => ({ Regions: [{ RegionName: 'opennebula' }] }) }),
    step(DescribeVpcsCommand, () => ({ Filters: filters({ 'is-default': 'true' }) }), {
      notes: ({ Vpcs }) => ({ vpc: Vpcs?.[0]?.VpcId }),
    }),
    // There is none of that name yet
    step(DescribeImagesCommand, () => ({ Owners: ['self'], Filters: filters({ name: AMI }) }), {
      shows: () => ({ Images: [] }),
    }),
    step(DescribeImagesCommand, () => ({ ImageIds: [IMAGE] }), {
      shows: () => ({ Images: [{ RootDeviceType: 'ebs' }] }),
    }),
    step(DescribeInstanceTypeOfferingsCommand, () => ({ Filters: filters({ 'instance-type': 'm1.small' }) }), {
      shows: () => ({ InstanceTypeOfferings: [{ InstanceType: 'm1.small' }] }),
    }),
    step(DescribeSubnetsCommand, ({ vpc }) => ({ Filters: filters({ 'vpc-id': vpc, state: 'available' }) }), {
      notes: ({ Subnets }) => ({ subnet: Subnets?.[0]?.SubnetId }),
    }),
    step(
      CreateKeyPairCommand,
      () => ({ KeyName: KEY, KeyType: 'ed25519', ...made('key-pair', { Builder: 'packer' }) }),
      {
        shows: () => ({ KeyName: KEY }),
      },
    ),
    step(CreateSecurityGroupCommand, () => ({ GroupName: KEY, Description: 'Temporary group for Packer', VpcId: '' }), {
      notes: ({ GroupId }) => ({ group: GroupId }),
    }),
    step(DescribeSecurityGroupsCommand, ({ group }) => ({ GroupIds: [group] }), {
      until: ({ group }) => ({ SecurityGroups: [{ GroupId: group }] }),
    }),
    step(AuthorizeSecurityGroupIngressCommand, ({ group }) => ({ GroupId: group, ...rule('tcp', 22) })),
    step(
      RunInstancesCommand,
      ({ subnet, group }) => ({
        ...{ ImageId: IMAGE, InstanceType: 'm1.small', KeyName: KEY, MinCount: 1, MaxCount: 1, EbsOptimized: false },
        IamInstanceProfile: { Name: '' },
        ...{ NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet, Groups: [group], DeleteOnTermination: true }] },
        TagSpecifications: [
          { ResourceType: 'instance', Tags: tags({ Name: 'Packer Builder' }) },
          { ResourceType: 'volume', Tags: tags({ Name: 'Packer Builder' }) },
        ],
      }),
      { notes: ({ Instances }) => ({ instance: Instances?.[0]?.InstanceId }) },
    ),
    step(DescribeInstancesCommand, ofInstance, { until: state('running') }),
    // The work is done: it is stopped, and made an image of
    step(StopInstancesCommand, ofInstance),
    step(DescribeInstancesCommand, ofInstance, {
      until: state('stopped'),
      notes: ({ Reservations }) => ({
        root: Reservations?.[0]?.Instances?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId,
      }),
    }),
    step(ModifyInstanceAttributeCommand, ({ instance }) => ({ InstanceId: instance, EnaSupport: { Value: true } })),
    step(
      CreateImageCommand,
      ({ instance }) => ({
        ...{ InstanceId: instance, Name: AMI },
        TagSpecifications: [
          { ResourceType: 'image', Tags: tags({ Release: '1' }) },
          { ResourceType: 'snapshot', Tags: tags({ Release: '1' }) },
        ],
      }),
      { notes: ({ ImageId }) => ({ image: ImageId }) },
    ),
    step(DescribeImagesCommand, ({ image }) => ({ ImageIds: [image] }), {
      until: () => ({ Images: [{ State: 'available' }] }),
      notes: ({ Images }) => ({ snapshot: Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId }),
    }),
    step(TerminateInstancesCommand, ofInstance),
    step(DescribeInstancesCommand, ofInstance, { until: state('terminated') }),
    step(DescribeVolumesCommand, ({ root }) => ({ Filters: filters({ 'volume-id': root }) }), {
      until: () => ({ Volumes: [] }),
    }),
    step(DeleteSecurityGroupCommand, ({ group }) => ({ GroupId: group })),
    step(DeleteKeyPairCommand, () => ({ KeyName: KEY })),
  ],

  looks: [
    look(DescribeImagesCommand, () => ({ Owners: ['self'], Filters: filters({ name: AMI }) }), {
      made: ({ image }) => ({ Images: [{ ImageId: image, Public: false, Tags: tags({ Release: '1' }) }] }),
      changed: ({ image }) => ({ Images: [{ ImageId: image, Description: 'checked', Tags: tags({ Release: '2' }) }] }),
      gone: () => ({ Images: [] }),
    }),
    look(DescribeSnapshotsCommand, ({ snapshot }) => ({ SnapshotIds: [snapshot] }), {
      made: () => ({ Snapshots: [{ State: 'completed', Tags: tags({ Release: '1' }) }] }),
      gone: 'InvalidSnapshot.NotFound',
    }),
    look(DescribeKeyPairsCommand, () => ({ Filters: filters({ 'key-name': KEY }) }), {
      made: () => ({ KeyPairs: [] }),
    }),
    look(DescribeSecurityGroupsCommand, () => ({ Filters: filters({ 'group-name': KEY }) }), {
      made: () => ({ SecurityGroups: [] }),
    }),
  ],

  update: [
    // `ami_users`, in both forms at once
    step(ModifyImageAttributeCommand, ({ image }) => ({
      ImageId: image,
      UserIds: [FRIEND],
      LaunchPermission: { Add: [{ UserId: FRIEND }] },
    })),
    // `snapshot_users`: the snapshot of an AMI of one disk is that disk, which the AMI's permissions are for
    step(
      ModifySnapshotAttributeCommand,
      ({ snapshot }) => ({ SnapshotId: snapshot, CreateVolumePermission: { Add: [{ UserId: FRIEND }] } }),
      { refused: 'OperationNotPermitted' },
    ),
    step(ModifyImageAttributeCommand, ({ image }) => ({ ImageId: image, Description: { Value: 'checked' } })),
    step(CreateTagsCommand, ({ image }) => ({ Resources: [image], Tags: tags({ Release: '2' }) })),
  ],

  // As `force_deregister` and `force_delete_snapshot` have it
  remove: [
    step(DeregisterImageCommand, ({ image }) => ({ ImageId: image })),
    step(DeleteSnapshotCommand, ({ snapshot }) => ({ SnapshotId: snapshot })),
  ],
}
