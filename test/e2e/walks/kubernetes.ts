// What Kubernetes' cloud provider for AWS calls: of the nodes, and for the group of a load balancer that reaches them.
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeInstanceTopologyCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  ModifyInstanceAttributeCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { filters, IMAGE, made, rule, type Walk, walkWith } from './walk.ts'

type Name = 'vpc' | 'subnet' | 'nodes' | 'balancer' | 'node' | 'dns' | 'interface'

const { step, look } = walkWith<Name>()

const OWNED = { 'kubernetes.io/cluster/blue': 'owned' }

/** A rule that lets the load balancer in, by its group. */
const fromBalancer = ({ nodes, balancer }: { nodes: string; balancer: string }) => ({
  GroupId: nodes,
  IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: balancer }] }],
})

const group = (GroupName: string, vpc: string) => ({
  ...{ GroupName, Description: 'of Kubernetes', VpcId: vpc },
  ...made('security-group', OWNED),
})

export const kubernetes: Walk<Name> = {
  apply: [
    step(DescribeVpcsCommand, () => ({ Filters: filters({ isDefault: 'true' }) }), {
      notes: ({ Vpcs }) => ({ vpc: Vpcs?.[0]?.VpcId }),
    }),
    step(CreateSecurityGroupCommand, ({ vpc }) => group('nodes.blue', vpc), {
      notes: ({ GroupId }) => ({ nodes: GroupId }),
    }),
    step(
      RunInstancesCommand,
      ({ nodes }) => ({
        ...{ ImageId: IMAGE, MinCount: 1, MaxCount: 1, SecurityGroupIds: [nodes], ...made('instance', OWNED) },
      }),
      { notes: ({ Instances }) => ({ node: Instances?.[0]?.InstanceId }) },
    ),
    step(DescribeInstancesCommand, ({ node }) => ({ InstanceIds: [node] }), {
      until: () => ({ Reservations: [{ Instances: [{ State: { Name: 'running' } }] }] }),
      notes: ({ Reservations }) => {
        const instance = Reservations?.[0]?.Instances?.[0]
        return {
          dns: instance?.PrivateDnsName,
          subnet: instance?.SubnetId,
          interface: instance?.NetworkInterfaces?.[0]?.NetworkInterfaceId,
        }
      },
    }),
    // A route to a node's pods
    step(ModifyInstanceAttributeCommand, ({ node }) => ({ InstanceId: node, SourceDestCheck: { Value: false } })),
    // A service of the type LoadBalancer
    step(DescribeSubnetsCommand, ({ vpc }) => ({ Filters: filters({ 'vpc-id': vpc }) }), {
      shows: ({ subnet }) => ({ Subnets: [{ SubnetId: subnet }] }),
    }),
    step(
      DescribeSecurityGroupsCommand,
      ({ vpc }) => ({ Filters: filters({ 'group-name': 'k8s-elb-a', 'vpc-id': vpc }) }),
      {
        shows: () => ({ SecurityGroups: [] }),
      },
    ),
    step(CreateSecurityGroupCommand, ({ vpc }) => group('k8s-elb-a', vpc), {
      notes: ({ GroupId }) => ({ balancer: GroupId }),
    }),
    step(AuthorizeSecurityGroupIngressCommand, ({ balancer }) => ({ GroupId: balancer, ...rule('tcp', 80) })),
    step(AuthorizeSecurityGroupIngressCommand, fromBalancer),
    step(AuthorizeSecurityGroupIngressCommand, fromBalancer, { refused: 'InvalidPermission.Duplicate' }),
  ],

  looks: [
    look(
      DescribeInstancesCommand,
      ({ dns }) => ({ Filters: filters({ 'private-dns-name': dns, 'instance-state-name': 'running' }) }),
      {
        made: ({ node }) => ({ Reservations: [{ Instances: [{ InstanceId: node, SourceDestCheck: false }] }] }),
        gone: () => ({ Reservations: [] }),
      },
    ),
    look(DescribeInstancesCommand, () => ({ Filters: filters({ 'tag-key': 'kubernetes.io/cluster/blue' }) }), {
      made: ({ node }) => ({ Reservations: [{ Instances: [{ InstanceId: node }] }] }),
    }),
    look(DescribeInstanceTopologyCommand, ({ node }) => ({ InstanceIds: [node] }), {
      made: ({ node }) => ({ Instances: [{ InstanceId: node, AvailabilityZone: 'one-a' }] }),
    }),
    look(DescribeNetworkInterfacesCommand, ({ node }) => ({ Filters: filters({ 'attachment.instance-id': node }) }), {
      made: ({ interface: id, nodes }) => ({
        NetworkInterfaces: [{ NetworkInterfaceId: id, SourceDestCheck: false, Groups: [{ GroupId: nodes }] }],
      }),
      gone: () => ({ NetworkInterfaces: [] }),
    }),
    look(DescribeAvailabilityZonesCommand, () => ({ ZoneNames: ['one-a'] }), {
      made: () => ({ AvailabilityZones: [{ State: 'available' }] }),
    }),
    look(
      DescribeRouteTablesCommand,
      ({ vpc }) => ({ Filters: filters({ 'vpc-id': vpc, 'association.main': 'true' }) }),
      {
        made: ({ vpc }) => ({ RouteTables: [{ VpcId: vpc }] }),
      },
    ),
    look(DescribeSecurityGroupsCommand, ({ nodes }) => ({ GroupIds: [nodes] }), {
      made: ({ balancer }) => ({
        SecurityGroups: [{ IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: balancer }] }] }],
      }),
      gone: 'InvalidGroup.NotFound',
    }),
    look(
      DescribeSecurityGroupsCommand,
      () => ({ Filters: filters({ 'tag:kubernetes.io/cluster/blue': 'owned', 'group-name': 'k8s-elb-*' }) }),
      {
        made: ({ balancer }) => ({ SecurityGroups: [{ GroupId: balancer, IpPermissions: [{ FromPort: 80 }] }] }),
        changed: () => ({ SecurityGroups: [{ IpPermissions: [{ FromPort: 443 }] }] }),
        gone: () => ({ SecurityGroups: [] }),
      },
    ),
  ],

  update: [
    step(AuthorizeSecurityGroupIngressCommand, ({ balancer }) => ({ GroupId: balancer, ...rule('tcp', 443) })),
    step(RevokeSecurityGroupIngressCommand, ({ balancer }) => ({ GroupId: balancer, ...rule('tcp', 80) })),
    step(CreateTagsCommand, ({ node }) => ({ Resources: [node], Tags: [{ Key: 'zone', Value: 'a' }] })),
    step(DeleteTagsCommand, ({ node }) => ({ Resources: [node], Tags: [{ Key: 'zone' }] })),
  ],

  remove: [
    // Others' rules name it still
    step(DeleteSecurityGroupCommand, ({ balancer }) => ({ GroupId: balancer }), { refused: 'DependencyViolation' }),
    step(RevokeSecurityGroupIngressCommand, fromBalancer),
    step(DeleteSecurityGroupCommand, ({ balancer }) => ({ GroupId: balancer })),
    step(TerminateInstancesCommand, ({ node }) => ({ InstanceIds: [node] })),
    step(DescribeInstancesCommand, ({ node }) => ({ InstanceIds: [node] }), {
      until: () => ({ Reservations: [{ Instances: [{ State: { Name: 'terminated' } }] }] }),
    }),
    step(DescribeNetworkInterfacesCommand, ({ nodes }) => ({ Filters: filters({ 'group-id': nodes }) }), {
      until: () => ({ NetworkInterfaces: [] }),
    }),
    step(DeleteSecurityGroupCommand, ({ nodes }) => ({ GroupId: nodes })),
  ],
}
