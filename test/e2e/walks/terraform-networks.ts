// What Terraform's AWS provider calls for a VPC of one's own with a subnet, a gateway and a route table, and for a launch template
// with an instance of it in that subnet: `apply`, `plan`, `apply` of what changed, `destroy`.
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteLaunchTemplateCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  ModifyLaunchTemplateCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { ANYWHERE, filters, IMAGE, made, tags, type Walk, walkWith } from './walk.ts'

type Name = 'vpc' | 'subnet' | 'gateway' | 'table' | 'association' | 'template' | 'instance'

const { step, look } = walkWith<Name>()

const BLOCK = '10.20.0.0/16'
const ofInstance = ({ instance }: { instance: string }) => ({ InstanceIds: [instance] })
const ofTable = ({ table }: { table: string }) => ({ RouteTableIds: [table] })
const state = (Name: string) => () => ({ Reservations: [{ Instances: [{ State: { Name } }] }] })

export const terraformNetworks: Walk<Name> = {
  apply: [
    // resource "aws_vpc", and what belongs to it
    step(CreateVpcCommand, () => ({ CidrBlock: BLOCK, InstanceTenancy: 'default', ...made('vpc', { Name: 'main' }) }), {
      notes: ({ Vpc }) => ({ vpc: Vpc?.VpcId }),
    }),
    step(DescribeVpcsCommand, ({ vpc }) => ({ VpcIds: [vpc] }), { until: () => ({ Vpcs: [{ State: 'available' }] }) }),
    step(ModifyVpcAttributeCommand, ({ vpc }) => ({ VpcId: vpc, EnableDnsHostnames: { Value: true } })),
    step(DescribeVpcAttributeCommand, ({ vpc }) => ({ VpcId: vpc, Attribute: 'enableDnsHostnames' }), {
      until: () => ({ EnableDnsHostnames: { Value: true } }),
    }),
    step(DescribeNetworkAclsCommand, ({ vpc }) => ({ Filters: filters({ default: 'true', 'vpc-id': vpc }) }), {
      shows: () => ({ NetworkAcls: [{ IsDefault: true }] }),
    }),
    step(
      DescribeRouteTablesCommand,
      ({ vpc }) => ({ Filters: filters({ 'association.main': 'true', 'vpc-id': vpc }) }),
      { shows: () => ({ RouteTables: [{ Routes: [{ DestinationCidrBlock: BLOCK }] }] }) },
    ),
    step(
      DescribeSecurityGroupsCommand,
      ({ vpc }) => ({ Filters: filters({ 'group-name': 'default', 'vpc-id': vpc }) }),
      { shows: ({ vpc }) => ({ SecurityGroups: [{ GroupName: 'default', VpcId: vpc }] }) },
    ),
    // resource "aws_subnet"
    step(
      CreateSubnetCommand,
      ({ vpc }) => ({ VpcId: vpc, CidrBlock: '10.20.1.0/24', ...made('subnet', { Name: 'main' }) }),
      { notes: ({ Subnet }) => ({ subnet: Subnet?.SubnetId }) },
    ),
    step(DescribeSubnetsCommand, ({ subnet }) => ({ SubnetIds: [subnet] }), {
      until: () => ({ Subnets: [{ State: 'available', MapPublicIpOnLaunch: false }] }),
    }),
    // resource "aws_internet_gateway", "aws_route_table", "aws_route", "aws_route_table_association"
    step(CreateInternetGatewayCommand, () => made('internet-gateway', { Name: 'main' }), {
      notes: ({ InternetGateway }) => ({ gateway: InternetGateway?.InternetGatewayId }),
    }),
    step(AttachInternetGatewayCommand, ({ gateway, vpc }) => ({ InternetGatewayId: gateway, VpcId: vpc })),
    step(DescribeInternetGatewaysCommand, ({ gateway }) => ({ InternetGatewayIds: [gateway] }), {
      until: ({ vpc }) => ({ InternetGateways: [{ Attachments: [{ State: 'available', VpcId: vpc }] }] }),
    }),
    step(CreateRouteTableCommand, ({ vpc }) => ({ VpcId: vpc, ...made('route-table', { Name: 'main' }) }), {
      notes: ({ RouteTable }) => ({ table: RouteTable?.RouteTableId }),
    }),
    step(CreateRouteCommand, ({ table, gateway }) => ({
      ...{ RouteTableId: table, DestinationCidrBlock: ANYWHERE, GatewayId: gateway },
    })),
    step(AssociateRouteTableCommand, ({ table, subnet }) => ({ RouteTableId: table, SubnetId: subnet }), {
      notes: ({ AssociationId }) => ({ association: AssociationId }),
    }),
    step(DescribeRouteTablesCommand, ofTable, {
      until: ({ subnet }) => ({
        RouteTables: [{ Associations: [{ SubnetId: subnet, AssociationState: { State: 'associated' } }] }],
      }),
    }),
    // resource "aws_launch_template", and an "aws_instance" of it
    step(
      CreateLaunchTemplateCommand,
      () => ({
        ...{ LaunchTemplateName: 'terraform', ClientToken: 'terraform-template' },
        LaunchTemplateData: { ImageId: IMAGE, InstanceType: 'm1.small' },
        ...made('launch-template', { Name: 'main' }),
      }),
      { notes: ({ LaunchTemplate }) => ({ template: LaunchTemplate?.LaunchTemplateId }) },
    ),
    step(
      RunInstancesCommand,
      ({ template, subnet }) => ({
        ...{ MinCount: 1, MaxCount: 1, SubnetId: subnet, ClientToken: 'terraform-of-template' },
        LaunchTemplate: { LaunchTemplateId: template, Version: '$Default' },
      }),
      { notes: ({ Instances }) => ({ instance: Instances?.[0]?.InstanceId }) },
    ),
    step(DescribeInstancesCommand, ofInstance, { until: state('running') }),
  ],

  looks: [
    look(DescribeVpcsCommand, ({ vpc }) => ({ VpcIds: [vpc] }), {
      made: () => ({ Vpcs: [{ CidrBlock: BLOCK, IsDefault: false, Tags: tags({ Name: 'main' }) }] }),
      changed: () => ({ Vpcs: [{ CidrBlock: BLOCK, Tags: tags({ Name: 'renamed' }) }] }),
      gone: 'InvalidVpcID.NotFound',
    }),
    look(DescribeVpcAttributeCommand, ({ vpc }) => ({ VpcId: vpc, Attribute: 'enableDnsSupport' }), {
      made: () => ({ EnableDnsSupport: { Value: true } }),
      gone: 'InvalidVpcID.NotFound',
    }),
    look(DescribeSubnetsCommand, ({ subnet }) => ({ SubnetIds: [subnet] }), {
      made: ({ vpc }) => ({ Subnets: [{ VpcId: vpc, CidrBlock: '10.20.1.0/24', MapPublicIpOnLaunch: false }] }),
      changed: () => ({ Subnets: [{ MapPublicIpOnLaunch: true }] }),
      gone: 'InvalidSubnetID.NotFound',
    }),
    look(DescribeInternetGatewaysCommand, ({ gateway }) => ({ InternetGatewayIds: [gateway] }), {
      made: ({ vpc }) => ({ InternetGateways: [{ Attachments: [{ VpcId: vpc }], Tags: tags({ Name: 'main' }) }] }),
      gone: 'InvalidInternetGatewayID.NotFound',
    }),
    look(DescribeRouteTablesCommand, ofTable, {
      made: ({ gateway }) => ({
        RouteTables: [{ Routes: [{ GatewayId: 'local' }, { DestinationCidrBlock: ANYWHERE, GatewayId: gateway }] }],
      }),
      changed: () => ({
        RouteTables: [{ Routes: [{ GatewayId: 'local' }, { DestinationCidrBlock: '192.0.2.0/24' }] }],
      }),
      gone: 'InvalidRouteTableID.NotFound',
    }),
    look(DescribeLaunchTemplatesCommand, ({ template }) => ({ LaunchTemplateIds: [template] }), {
      made: () => ({ LaunchTemplates: [{ DefaultVersionNumber: 1, LatestVersionNumber: 1 }] }),
      changed: () => ({ LaunchTemplates: [{ DefaultVersionNumber: 2, LatestVersionNumber: 2 }] }),
      gone: 'InvalidLaunchTemplateId.NotFound',
    }),
    look(
      DescribeLaunchTemplateVersionsCommand,
      ({ template }) => ({ LaunchTemplateId: template, Versions: ['$Latest'] }),
      {
        made: () => ({ LaunchTemplateVersions: [{ LaunchTemplateData: { InstanceType: 'm1.small' } }] }),
        changed: () => ({ LaunchTemplateVersions: [{ LaunchTemplateData: { InstanceType: 'm1.large' } }] }),
        gone: 'InvalidLaunchTemplateId.NotFound',
      },
    ),
    look(DescribeInstancesCommand, ofInstance, {
      made: ({ vpc, subnet }) => ({
        Reservations: [{ Instances: [{ InstanceType: 'm1.small', VpcId: vpc, SubnetId: subnet }] }],
      }),
      gone: state('terminated'),
    }),
    look(
      DescribeTagsCommand,
      ({ instance }) => ({ Filters: filters({ 'resource-id': instance, key: 'aws:ec2launchtemplate:id' }) }),
      { made: ({ template }) => ({ Tags: [{ Value: template }] }), gone: () => ({}) },
    ),
  ],

  update: [
    step(CreateTagsCommand, ({ vpc }) => ({ Resources: [vpc], Tags: tags({ Name: 'renamed' }) })),
    step(ModifySubnetAttributeCommand, ({ subnet }) => ({ SubnetId: subnet, MapPublicIpOnLaunch: { Value: true } })),
    step(CreateRouteCommand, ({ table, gateway }) => ({
      ...{ RouteTableId: table, DestinationCidrBlock: '192.0.2.0/24', GatewayId: gateway },
    })),
    step(DeleteRouteCommand, ({ table }) => ({ RouteTableId: table, DestinationCidrBlock: ANYWHERE })),
    step(CreateLaunchTemplateVersionCommand, ({ template }) => ({
      ...{ LaunchTemplateId: template, SourceVersion: '1', LaunchTemplateData: { InstanceType: 'm1.large' } },
    })),
    step(ModifyLaunchTemplateCommand, ({ template }) => ({ LaunchTemplateId: template, DefaultVersion: '2' })),
  ],

  remove: [
    step(DeleteSubnetCommand, ({ subnet }) => ({ SubnetId: subnet }), { refused: 'DependencyViolation' }),
    step(TerminateInstancesCommand, ofInstance),
    step(DescribeInstancesCommand, ofInstance, { until: state('terminated') }),
    step(DeleteLaunchTemplateCommand, ({ template }) => ({ LaunchTemplateId: template })),
    step(DisassociateRouteTableCommand, ({ association }) => ({ AssociationId: association })),
    step(DeleteVpcCommand, ({ vpc }) => ({ VpcId: vpc }), { refused: 'DependencyViolation' }),
    step(DeleteRouteTableCommand, ({ table }) => ({ RouteTableId: table })),
    step(DescribeNetworkInterfacesCommand, ({ subnet }) => ({ Filters: filters({ 'subnet-id': subnet }) }), {
      until: () => ({ NetworkInterfaces: [] }),
    }),
    step(DeleteSubnetCommand, ({ subnet }) => ({ SubnetId: subnet })),
    step(DetachInternetGatewayCommand, ({ gateway, vpc }) => ({ InternetGatewayId: gateway, VpcId: vpc })),
    step(DeleteInternetGatewayCommand, ({ gateway }) => ({ InternetGatewayId: gateway })),
    step(DeleteVpcCommand, ({ vpc }) => ({ VpcId: vpc })),
  ],
}
