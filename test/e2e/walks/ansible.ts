// What the modules of Ansible's collection amazon.aws call: ec2_key, ec2_security_group, ec2_instance, ec2_vol, ec2_snapshot and
// ec2_eip, with `state: present`, run again, changed, and with `state: absent`.
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachVolumeCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeAddressesCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  DetachVolumeCommand,
  DisassociateAddressCommand,
  ImportKeyPairCommand,
  ModifyInstanceAttributeCommand,
  ModifyInstanceMetadataOptionsCommand,
  RebootInstancesCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2'
import { ANYWHERE, filters, IMAGE, made, PUBLIC_KEY, rule, tags, type Walk, walkWith } from './walk.ts'

type Name = 'vpc' | 'subnet' | 'group' | 'instance' | 'interface' | 'volume' | 'snapshot' | 'address' | 'association'

const { step, look } = walkWith<Name>()

const NAME = 'ansible'
/** With which it finds its instance again. */
const own = { 'tag:Name': NAME, 'instance-state-name': 'running' }

const state = (Name: string) => () => ({ Reservations: [{ Instances: [{ State: { Name } }] }] })
const ofInstance = ({ instance }: { instance: string }) => ({ InstanceIds: [instance] })
const described = (FromPort: number, Description: string) => ({
  ...{ IpProtocol: 'tcp', FromPort, ToPort: FromPort, IpRanges: [{ CidrIp: ANYWHERE, Description }] },
})

export const ansible: Walk<Name> = {
  apply: [
    // ec2_key: a key is imported under another name, to compare the fingerprints
    step(DescribeKeyPairsCommand, () => ({ KeyNames: [NAME] }), { refused: 'InvalidKeyPair.NotFound' }),
    step(ImportKeyPairCommand, () => ({ KeyName: NAME, PublicKeyMaterial: PUBLIC_KEY, ...made('key-pair', {}) })),
    // ec2_security_group
    step(DescribeVpcsCommand, () => ({ Filters: filters({ isDefault: 'true' }) }), {
      notes: ({ Vpcs }) => ({ vpc: Vpcs?.[0]?.VpcId }),
    }),
    step(CreateSecurityGroupCommand, ({ vpc }) => ({ GroupName: NAME, Description: 'of Ansible', VpcId: vpc }), {
      notes: ({ GroupId }) => ({ group: GroupId }),
    }),
    step(CreateTagsCommand, ({ group }) => ({ Resources: [group], Tags: tags({ Name: NAME }) })),
    step(AuthorizeSecurityGroupIngressCommand, ({ group }) => ({
      ...{ GroupId: group, IpPermissions: [described(22, 'ssh')] },
    })),
    // ec2_instance
    step(DescribeInstancesCommand, () => ({ Filters: filters(own) }), { shows: () => ({ Reservations: [] }) }),
    step(
      DescribeSubnetsCommand,
      ({ vpc }) => ({ Filters: filters({ 'vpc-id': vpc, state: 'available', 'default-for-az': 'true' }) }),
      { notes: ({ Subnets }) => ({ subnet: Subnets?.[0]?.SubnetId }) },
    ),
    step(
      RunInstancesCommand,
      ({ subnet, group }) => ({
        ...{ ImageId: IMAGE, InstanceType: 'm1.small', KeyName: NAME, MinCount: 1, MaxCount: 1, ClientToken: NAME },
        ...{
          NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet, Groups: [group] }],
          ...made('instance', { Name: NAME }),
        },
      }),
      { notes: ({ Instances }) => ({ instance: Instances?.[0]?.InstanceId }) },
    ),
    step(DescribeInstanceStatusCommand, ofInstance, {
      until: () => ({ InstanceStatuses: [{ InstanceStatus: { Status: 'ok' } }] }),
    }),
    step(DescribeInstancesCommand, ofInstance, {
      until: state('running'),
      notes: ({ Reservations }) => ({
        interface: Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId,
      }),
    }),
    // ec2_vol, ec2_snapshot
    step(DescribeVolumesCommand, () => ({ Filters: filters({ 'tag:Name': NAME, 'availability-zone': 'one-a' }) }), {
      shows: () => ({ Volumes: [] }),
    }),
    step(CreateVolumeCommand, () => ({ AvailabilityZone: 'one-a', Size: 1, ...made('volume', { Name: NAME }) }), {
      shows: () => ({ SnapshotId: '', MultiAttachEnabled: false }),
      notes: ({ VolumeId }) => ({ volume: VolumeId }),
    }),
    step(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ Volumes: [{ State: 'available' }] }),
    }),
    step(AttachVolumeCommand, ({ volume, instance }) => ({
      ...{ VolumeId: volume, InstanceId: instance, Device: '/dev/xvdf' },
    })),
    step(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ Volumes: [{ State: 'in-use', Attachments: [{ State: 'attached' }] }] }),
    }),
    step(ModifyInstanceAttributeCommand, ({ instance, volume }) => ({
      InstanceId: instance,
      BlockDeviceMappings: [{ DeviceName: '/dev/xvdf', Ebs: { VolumeId: volume, DeleteOnTermination: false } }],
    })),
    step(CreateSnapshotCommand, ({ volume }) => ({ VolumeId: volume, ...made('snapshot', { Name: NAME }) }), {
      notes: ({ SnapshotId }) => ({ snapshot: SnapshotId }),
    }),
    step(DescribeSnapshotsCommand, ({ snapshot }) => ({ SnapshotIds: [snapshot] }), {
      until: () => ({ Snapshots: [{ State: 'completed' }] }),
    }),
    // ec2_eip
    step(AllocateAddressCommand, () => ({ Domain: 'vpc' }), {
      notes: ({ AllocationId }) => ({ address: AllocationId }),
    }),
    step(
      AssociateAddressCommand,
      ({ address, interface: id }) => ({ AllocationId: address, NetworkInterfaceId: id, AllowReassociation: false }),
      { notes: ({ AssociationId }) => ({ association: AssociationId }) },
    ),
    step(DescribeAddressesCommand, ({ address }) => ({ AllocationIds: [address] }), {
      until: ({ association }) => ({ Addresses: [{ AssociationId: association }] }),
    }),
  ],

  looks: [
    look(DescribeKeyPairsCommand, () => ({ KeyNames: [NAME] }), {
      made: () => ({ KeyPairs: [{ KeyName: NAME, KeyType: 'ed25519' }] }),
      gone: 'InvalidKeyPair.NotFound',
    }),
    look(DescribeSecurityGroupsCommand, ({ vpc }) => ({ Filters: filters({ 'group-name': NAME, 'vpc-id': vpc }) }), {
      made: () => ({ SecurityGroups: [{ IpPermissions: [described(22, 'ssh')], Tags: tags({ Name: NAME }) }] }),
      changed: () => ({ SecurityGroups: [{ IpPermissions: [described(22, 'ssh of all'), described(80, 'http')] }] }),
      gone: () => ({ SecurityGroups: [] }),
    }),
    look(DescribeInstancesCommand, () => ({ Filters: filters(own) }), {
      made: ({ instance, interface: id, volume }) => ({
        Reservations: [
          {
            Instances: [
              {
                ...{
                  InstanceId: instance,
                  NetworkInterfaces: [{ NetworkInterfaceId: id, Attachment: { DeviceIndex: 0 } }],
                },
                ...{ BlockDeviceMappings: [{}, { Ebs: { VolumeId: volume, DeleteOnTermination: false } }] },
              },
            ],
          },
        ],
      }),
      changed: () => ({
        Reservations: [
          {
            Instances: [
              {
                InstanceType: 'm1.large',
                MetadataOptions: { HttpTokens: 'required' },
                Tags: tags({ Name: NAME, team: 'blue' }),
              },
            ],
          },
        ],
      }),
      gone: () => ({ Reservations: [] }),
    }),
    look(
      DescribeInstanceAttributeCommand,
      ({ instance }) => ({ InstanceId: instance, Attribute: 'disableApiTermination' }),
      {
        made: () => ({ DisableApiTermination: { Value: false } }),
      },
    ),
    look(
      DescribeIamInstanceProfileAssociationsCommand,
      ({ instance }) => ({ Filters: filters({ 'instance-id': instance }) }),
      { made: () => ({ IamInstanceProfileAssociations: [] }) },
    ),
    look(
      DescribeInstancesCommand,
      ({ interface: id }) => ({ Filters: filters({ 'network-interface.network-interface-id': id }) }),
      {
        made: ({ instance }) => ({ Reservations: [{ Instances: [{ InstanceId: instance }] }] }),
        gone: () => ({}),
      },
    ),
    look(DescribeVolumesCommand, () => ({ Filters: filters({ 'tag:Name': NAME }) }), {
      made: ({ volume, instance }) => ({
        Volumes: [{ VolumeId: volume, Attachments: [{ InstanceId: instance, Device: '/dev/xvdf' }] }],
      }),
      gone: () => ({ Volumes: [] }),
    }),
    look(DescribeSnapshotsCommand, () => ({ OwnerIds: ['self'], Filters: filters({ 'tag:Name': NAME }) }), {
      made: ({ snapshot, volume }) => ({ Snapshots: [{ SnapshotId: snapshot, VolumeId: volume }] }),
      gone: () => ({ Snapshots: [] }),
    }),
    look(DescribeNetworkInterfacesCommand, ({ interface: id }) => ({ NetworkInterfaceIds: [id] }), {
      made: ({ address }) => ({ NetworkInterfaces: [{ Association: { AllocationId: address } }] }),
      gone: 'InvalidNetworkInterfaceID.NotFound',
    }),
  ],

  update: [
    step(AuthorizeSecurityGroupIngressCommand, ({ group }) => ({
      ...{ GroupId: group, IpPermissions: [described(80, 'http')] },
    })),
    step(UpdateSecurityGroupRuleDescriptionsIngressCommand, ({ group }) => ({
      ...{ GroupId: group, IpPermissions: [described(22, 'ssh of all')] },
    })),
    step(ModifyInstanceMetadataOptionsCommand, ({ instance }) => ({ InstanceId: instance, HttpTokens: 'required' })),
    step(CreateTagsCommand, ({ instance }) => ({ Resources: [instance], Tags: tags({ team: 'blue', color: 'red' }) })),
    step(DeleteTagsCommand, ({ instance }) => ({ Resources: [instance], Tags: tags({ color: 'red' }) })),
    // `state: restarted`, `state: stopped`, another type, `state: started`
    step(RebootInstancesCommand, ofInstance),
    step(StopInstancesCommand, ofInstance),
    step(DescribeInstancesCommand, ofInstance, { until: state('stopped') }),
    step(ModifyInstanceAttributeCommand, ({ instance }) => ({
      InstanceId: instance,
      InstanceType: { Value: 'm1.large' },
    })),
    step(StartInstancesCommand, ofInstance),
    step(DescribeInstancesCommand, ofInstance, { until: state('running') }),
  ],

  remove: [
    step(DisassociateAddressCommand, ({ association }) => ({ AssociationId: association })),
    step(ReleaseAddressCommand, ({ address }) => ({ AllocationId: address })),
    step(DetachVolumeCommand, ({ volume }) => ({ VolumeId: volume })),
    step(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ Volumes: [{ State: 'available' }] }),
    }),
    step(DeleteVolumeCommand, ({ volume }) => ({ VolumeId: volume })),
    step(DeleteSnapshotCommand, ({ snapshot }) => ({ SnapshotId: snapshot })),
    step(TerminateInstancesCommand, ofInstance),
    step(DescribeInstancesCommand, ofInstance, { until: state('terminated') }),
    step(RevokeSecurityGroupIngressCommand, ({ group }) => ({ GroupId: group, ...rule('tcp', 80) })),
    step(DeleteSecurityGroupCommand, ({ group }) => ({ GroupId: group })),
    step(DeleteKeyPairCommand, () => ({ KeyName: NAME })),
  ],
}
