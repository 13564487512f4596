// What Terraform's AWS provider calls for a group with its rules, a key pair, a volume, an interface, an instance with the
// volume attached, and an address: `apply`, `plan`, `apply` of what changed, `destroy`.
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachVolumeCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteKeyPairCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeAddressesAttributeCommand,
  DescribeAddressesCommand,
  DescribeDhcpOptionsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachVolumeCommand,
  DisassociateAddressCommand,
  ImportKeyPairCommand,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  ModifySecurityGroupRulesCommand,
  ModifyVolumeCommand,
  ReleaseAddressCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { expect } from 'vitest'
import { ANYWHERE, filters, IMAGE, made, PUBLIC_KEY, rule, tags, type Walk, walkWith } from './walk.ts'

type Name =
  | ('vpc' | 'options' | 'subnet' | 'defaultGroup' | 'group' | 'rule' | 'interface' | 'volume' | 'instance' | 'primary')
  | ('address' | 'association')

const { step, look } = walkWith<Name>()

const KEY = 'terraform'
const DEVICE = '/dev/sdf'
const everything = { IpProtocol: '-1', FromPort: 0, ToPort: 0 }

const instance = (State: string) => () => ({ Reservations: [{ Instances: [{ State: { Name: State } }] }] })
const attachment = {
  filters: ({ instance: id }: { instance: string }) =>
    filters({ 'attachment.device': DEVICE, 'attachment.instance-id': id }),
}
const attached = ({ volume, instance: id }: { volume: string; instance: string }) => ({
  VolumeIds: [volume],
  Filters: attachment.filters({ instance: id }),
})

export const terraform: Walk<Name> = {
  apply: [
    // data "aws_vpc", "aws_subnets", "aws_security_group"
    step(DescribeVpcsCommand, () => ({ Filters: filters({ isDefault: 'true' }) }), {
      shows: () => ({ Vpcs: [{ CidrBlockAssociationSet: [{ CidrBlockState: { State: 'associated' } }] }] }),
      notes: ({ Vpcs }) => ({ vpc: Vpcs?.[0]?.VpcId, options: Vpcs?.[0]?.DhcpOptionsId }),
    }),
    ...(['enableDnsHostnames', 'enableDnsSupport', 'enableNetworkAddressUsageMetrics'] as const).map(Attribute =>
      step(DescribeVpcAttributeCommand, ({ vpc }) => ({ VpcId: vpc, Attribute }), {
        shows: ({ vpc }) => ({ VpcId: vpc }),
      }),
    ),
    step(
      DescribeRouteTablesCommand,
      ({ vpc }) => ({ Filters: filters({ 'association.main': 'true', 'vpc-id': vpc }) }),
      { shows: ({ vpc }) => ({ RouteTables: [{ VpcId: vpc, Routes: [{}, { DestinationCidrBlock: ANYWHERE }] }] }) },
    ),
    step(DescribeNetworkAclsCommand, ({ vpc }) => ({ Filters: filters({ default: 'true', 'vpc-id': vpc }) }), {
      shows: () => ({ NetworkAcls: [{ IsDefault: true }] }),
    }),
    step(DescribeInternetGatewaysCommand, ({ vpc }) => ({ Filters: filters({ 'attachment.vpc-id': vpc }) }), {
      shows: ({ vpc }) => ({ InternetGateways: [{ Attachments: [{ VpcId: vpc }] }] }),
    }),
    step(DescribeDhcpOptionsCommand, ({ options }) => ({ DhcpOptionsIds: [options] }), {
      shows: ({ options }) => ({ DhcpOptions: [{ DhcpOptionsId: options }] }),
    }),
    step(DescribeSubnetsCommand, ({ vpc }) => ({ Filters: filters({ 'vpc-id': vpc, defaultForAz: 'true' }) }), {
      notes: ({ Subnets }) => ({ subnet: Subnets?.[0]?.SubnetId }),
    }),
    step(
      DescribeSecurityGroupsCommand,
      ({ vpc }) => ({ Filters: filters({ 'group-name': 'default', 'vpc-id': vpc }) }),
      {
        notes: ({ SecurityGroups }) => ({ defaultGroup: SecurityGroups?.[0]?.GroupId }),
      },
    ),
    // resource "aws_security_group"
    step(
      CreateSecurityGroupCommand,
      ({ vpc }) => ({
        ...{ GroupName: 'terraform', Description: 'Managed by Terraform', VpcId: vpc },
        ...made('security-group', { Name: 'web' }),
      }),
      { notes: ({ GroupId }) => ({ group: GroupId }) },
    ),
    step(DescribeSecurityGroupsCommand, ({ group }) => ({ GroupIds: [group] }), {
      shows: () => ({ SecurityGroups: [{ IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: '-1' }] }] }),
    }),
    step(
      RevokeSecurityGroupEgressCommand,
      ({ group }) => ({ GroupId: group, IpPermissions: [{ ...everything, IpRanges: [{ CidrIp: ANYWHERE }] }] }),
      { shows: () => ({ Return: true }) },
    ),
    step(
      RevokeSecurityGroupEgressCommand,
      ({ group }) => ({ GroupId: group, IpPermissions: [{ ...everything, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }] }),
      { refused: 'InvalidPermission.NotFound' },
    ),
    step(AuthorizeSecurityGroupIngressCommand, ({ group }) => ({ GroupId: group, ...rule('tcp', 22) })),
    step(AuthorizeSecurityGroupEgressCommand, ({ group }) => ({ GroupId: group, ...rule('-1', 0) })),
    // resource "aws_vpc_security_group_ingress_rule"
    step(
      AuthorizeSecurityGroupIngressCommand,
      ({ group }) => ({
        ...{ GroupId: group, ...rule('tcp', 443), ...made('security-group-rule', { Name: 'https' }) },
      }),
      { notes: ({ SecurityGroupRules }) => ({ rule: SecurityGroupRules?.[0]?.SecurityGroupRuleId }) },
    ),
    // resource "aws_key_pair"
    step(ImportKeyPairCommand, () => ({
      ...{ KeyName: KEY, PublicKeyMaterial: PUBLIC_KEY, ...made('key-pair', { Name: 'deploy' }) },
    })),
    // resource "aws_ebs_volume"
    step(
      CreateVolumeCommand,
      () => ({ AvailabilityZone: 'one-a', Size: 1, VolumeType: 'gp3', ...made('volume', { Name: 'data' }) }),
      { notes: ({ VolumeId }) => ({ volume: VolumeId }) },
    ),
    step(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ Volumes: [{ State: 'available', CreateTime: expect.any(Date) as unknown }] }),
    }),
    // resource "aws_network_interface"
    step(
      CreateNetworkInterfaceCommand,
      ({ subnet, group }) => ({
        ...{ SubnetId: subnet, Groups: [group], Description: 'second', ClientToken: 'terraform-eni' },
        ...made('network-interface', { Name: 'second' }),
      }),
      { notes: ({ NetworkInterface }) => ({ interface: NetworkInterface?.NetworkInterfaceId }) },
    ),
    step(DescribeNetworkInterfacesCommand, ({ interface: id }) => ({ NetworkInterfaceIds: [id] }), {
      until: () => ({ NetworkInterfaces: [{ Status: 'available' }] }),
    }),
    // resource "aws_instance"
    step(
      RunInstancesCommand,
      ({ subnet, group }) => ({
        ...{
          ImageId: IMAGE,
          InstanceType: 't3.micro',
          KeyName: KEY,
          MinCount: 1,
          MaxCount: 1,
          ClientToken: 'terraform',
        },
        ...{ SubnetId: subnet, SecurityGroupIds: [group], Monitoring: { Enabled: false }, EbsOptimized: false },
        ...{ Placement: { AvailabilityZone: '' }, DisableApiTermination: false, ...made('instance', { Name: 'web' }) },
      }),
      { notes: ({ Instances }) => ({ instance: Instances?.[0]?.InstanceId }) },
    ),
    step(DescribeInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] }), {
      until: instance('running'),
      shows: () => ({ Reservations: [{ Instances: [{ NetworkInterfaces: [{ Attachment: { DeviceIndex: 0 } }] }] }] }),
      notes: ({ Reservations }) => ({
        primary: Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId,
      }),
    }),
    // resource "aws_volume_attachment"
    step(DescribeVolumesCommand, attached, { shows: () => ({ Volumes: [] }) }),
    step(AttachVolumeCommand, ({ volume, instance: id }) => ({ VolumeId: volume, InstanceId: id, Device: DEVICE })),
    step(DescribeVolumesCommand, attached, {
      until: () => ({ Volumes: [{ Attachments: [{ State: 'attached', Device: DEVICE }] }] }),
    }),
    // resource "aws_eip"
    step(AllocateAddressCommand, () => ({ Domain: 'vpc', ...made('elastic-ip', { Name: 'web' }) }), {
      notes: ({ AllocationId }) => ({ address: AllocationId }),
    }),
    step(AssociateAddressCommand, ({ address, instance: id }) => ({ AllocationId: address, InstanceId: id }), {
      notes: ({ AssociationId }) => ({ association: AssociationId }),
    }),
    step(DescribeAddressesCommand, ({ association }) => ({ Filters: filters({ 'association-id': association }) }), {
      until: ({ instance: id }) => ({ Addresses: [{ InstanceId: id }] }),
    }),
    // What is attached and associated shows at the instance
    step(DescribeInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] }), {
      until: ({ volume }) => ({
        Reservations: [
          { Instances: [{ BlockDeviceMappings: [{}, { Ebs: { VolumeId: volume, Status: 'attached' } }] }] },
        ],
      }),
    }),
  ],

  looks: [
    look(DescribeSecurityGroupsCommand, ({ group }) => ({ GroupIds: [group] }), {
      made: () => ({
        SecurityGroups: [
          { IpPermissions: [{ FromPort: 22 }, { FromPort: 443 }], IpPermissionsEgress: [{ IpProtocol: '-1' }] },
        ],
      }),
      changed: () => ({ SecurityGroups: [{ IpPermissions: [{ FromPort: 8443 }, { FromPort: 80 }] }] }),
      gone: 'InvalidGroup.NotFound',
    }),
    look(DescribeSecurityGroupRulesCommand, ({ rule: id }) => ({ SecurityGroupRuleIds: [id] }), {
      made: () => ({ SecurityGroupRules: [{ FromPort: 443, ToPort: 443, Tags: tags({ Name: 'https' }) }] }),
      changed: () => ({ SecurityGroupRules: [{ FromPort: 8443, ToPort: 8443, Tags: tags({ Name: 'https' }) }] }),
      gone: 'InvalidSecurityGroupRuleId.NotFound',
    }),
    look(DescribeKeyPairsCommand, () => ({ KeyNames: [KEY] }), {
      made: () => ({ KeyPairs: [{ KeyType: 'ed25519', Tags: tags({ Name: 'deploy' }) }] }),
      gone: 'InvalidKeyPair.NotFound',
    }),
    look(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      made: () => ({ Volumes: [{ Size: 1, VolumeType: 'gp3', State: 'in-use' }] }),
      changed: () => ({ Volumes: [{ Size: 2, VolumeType: 'gp3', State: 'in-use' }] }),
      gone: 'InvalidVolume.NotFound',
    }),
    look(DescribeNetworkInterfacesCommand, ({ interface: id }) => ({ NetworkInterfaceIds: [id] }), {
      made: () => ({ NetworkInterfaces: [{ Description: 'second', SourceDestCheck: true }] }),
      changed: () => ({ NetworkInterfaces: [{ Description: 'renamed', SourceDestCheck: true }] }),
      gone: 'InvalidNetworkInterfaceID.NotFound',
    }),
    look(DescribeInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] }), {
      made: ({ group, subnet, vpc }) => ({
        Reservations: [
          {
            Instances: [
              {
                ...{ InstanceType: 't3.micro', KeyName: KEY, SubnetId: subnet, VpcId: vpc },
                ...{ SecurityGroups: [{ GroupId: group }], Tags: tags({ Name: 'web' }) },
              },
            ],
          },
        ],
      }),
      changed: ({ defaultGroup }) => ({
        Reservations: [
          {
            Instances: [
              {
                ...{ InstanceType: 'm1.large', SecurityGroups: [{ GroupId: defaultGroup }] },
                ...{ Tags: tags({ Name: 'renamed' }) },
              },
            ],
          },
        ],
      }),
      gone: instance('terminated'),
    }),
    look(DescribeInstanceTypesCommand, () => ({ InstanceTypes: ['t3.micro'] }), {
      made: () => ({ InstanceTypes: [{ InstanceType: 't3.micro' }] }),
    }),
    look(
      DescribeTagsCommand,
      ({ instance: id }) => ({ Filters: filters({ 'resource-id': id, key: 'aws:ec2launchtemplate:id' }) }),
      { made: () => ({ Tags: [] }) },
    ),
    ...(['disableApiStop', 'disableApiTermination', 'instanceInitiatedShutdownBehavior', 'userData'] as const).map(
      Attribute =>
        look(DescribeInstanceAttributeCommand, ({ instance: id }) => ({ InstanceId: id, Attribute }), {
          made: ({ instance: id }) => ({ InstanceId: id }),
        }),
    ),
    look(DescribeVolumesCommand, attached, {
      made: ({ volume }) => ({ Volumes: [{ VolumeId: volume, Attachments: [{ State: 'attached', Device: DEVICE }] }] }),
      gone: 'InvalidVolume.NotFound',
    }),
    look(DescribeAddressesCommand, ({ address }) => ({ AllocationIds: [address] }), {
      made: ({ instance: id, primary }) => ({ Addresses: [{ InstanceId: id, NetworkInterfaceId: primary }] }),
      gone: 'InvalidAllocationID.NotFound',
    }),
    look(DescribeAddressesAttributeCommand, ({ address }) => ({ AllocationIds: [address], Attribute: 'domain-name' }), {
      made: () => ({ Addresses: [] }),
      gone: 'InvalidAllocationID.NotFound',
    }),
  ],

  update: [
    step(ModifySecurityGroupRulesCommand, ({ group, rule: id }) => ({
      GroupId: group,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId: id,
          SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, CidrIpv4: ANYWHERE },
        },
      ],
    })),
    step(RevokeSecurityGroupIngressCommand, ({ group }) => ({ GroupId: group, ...rule('tcp', 22) })),
    step(AuthorizeSecurityGroupIngressCommand, ({ group }) => ({ GroupId: group, ...rule('tcp', 80) })),
    step(ModifyVolumeCommand, ({ volume }) => ({ VolumeId: volume, Size: 2 })),
    step(DescribeVolumesModificationsCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ VolumesModifications: [{ ModificationState: 'completed' }] }),
    }),
    step(ModifyNetworkInterfaceAttributeCommand, ({ interface: id }) => ({
      NetworkInterfaceId: id,
      Description: { Value: 'renamed' },
    })),
    step(DeleteTagsCommand, ({ instance: id }) => ({ Resources: [id], Tags: [{ Key: 'Name', Value: 'web' }] })),
    step(CreateTagsCommand, ({ instance: id }) => ({ Resources: [id], Tags: tags({ Name: 'renamed' }) })),
    // vpc_security_group_ids
    step(ModifyNetworkInterfaceAttributeCommand, ({ primary, defaultGroup }) => ({
      NetworkInterfaceId: primary,
      Groups: [defaultGroup],
    })),
    // instance_type
    step(StopInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] })),
    step(DescribeInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] }), { until: instance('stopped') }),
    step(ModifyInstanceAttributeCommand, ({ instance: id }) => ({
      InstanceId: id,
      InstanceType: { Value: 'm1.large' },
    })),
    step(StartInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] })),
    step(DescribeInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] }), { until: instance('running') }),
    step(DescribeVolumesCommand, attached, { until: () => ({ Volumes: [{ Size: 2 }] }) }),
  ],

  remove: [
    step(DisassociateAddressCommand, ({ association }) => ({ AssociationId: association })),
    step(DescribeAddressesCommand, ({ association }) => ({ Filters: filters({ 'association-id': association }) }), {
      until: () => ({ Addresses: [] }),
    }),
    step(ReleaseAddressCommand, ({ address }) => ({ AllocationId: address })),
    step(DetachVolumeCommand, ({ volume, instance: id }) => ({
      ...{ VolumeId: volume, InstanceId: id, Device: DEVICE, Force: false },
    })),
    step(DescribeVolumesCommand, attached, { until: () => ({ Volumes: [] }) }),
    step(DeleteVolumeCommand, ({ volume }) => ({ VolumeId: volume })),
    step(ModifyInstanceAttributeCommand, ({ instance: id }) => ({
      InstanceId: id,
      DisableApiTermination: { Value: false },
    })),
    step(TerminateInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] })),
    step(DescribeInstancesCommand, ({ instance: id }) => ({ InstanceIds: [id] }), { until: instance('terminated') }),
    step(DeleteNetworkInterfaceCommand, ({ interface: id }) => ({ NetworkInterfaceId: id })),
    step(RevokeSecurityGroupIngressCommand, ({ group, rule: id }) => ({ GroupId: group, SecurityGroupRuleIds: [id] })),
    step(DescribeNetworkInterfacesCommand, ({ group }) => ({ Filters: filters({ 'group-id': group }) }), {
      until: () => ({ NetworkInterfaces: [] }),
    }),
    step(DeleteSecurityGroupCommand, ({ group }) => ({ GroupId: group })),
    step(DeleteKeyPairCommand, () => ({ KeyName: KEY })),
  ],
}
