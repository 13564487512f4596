// Gateways, route tables and DHCP options in the order in which Terraform and Ansible ask for them: with the SDK, over HTTP.
import {
  AssociateDhcpOptionsCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateDhcpOptionsCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateVpcCommand,
  DeleteDhcpOptionsCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteVpcCommand,
  DescribeDhcpOptionsCommand,
  DescribeInternetGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  type EC2Client,
  type Filter,
  ModifyVpcAttributeCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
  type RouteTable,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, ec2Of } from './neighbours/support.ts'
import { type Cloud, startCloud } from './stage.ts'

const EVERYWHERE = { DestinationCidrBlock: '0.0.0.0/0' }

let cloud: Cloud
let helen: EC2Client
let rival: EC2Client

beforeAll(async () => {
  cloud = await startCloud({})
  helen = ec2Of(cloud)
  rival = ec2Of(cloud, 'rival')
})

afterAll(() => cloud.stop())

const filters = (of: Record<string, string>): Filter[] =>
  Object.entries(of).map(([Name, value]) => ({ Name, Values: [value] }))

const tables = async (of: Record<string, string>): Promise<RouteTable[]> =>
  (await helen.send(new DescribeRouteTablesCommand({ Filters: filters(of) }))).RouteTables ?? []

const vpc = async () => (await helen.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }))).Vpc?.VpcId ?? ''

async function attachedGateway(VpcId: string): Promise<string> {
  const { InternetGateway } = await helen.send(new CreateInternetGatewayCommand({}))
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
  await helen.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId }))
  return InternetGatewayId
}

const table = async (VpcId: string) =>
  (await helen.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId ?? ''

describe('a VPC with its way out', () => {
  it('is made, changed and removed as Terraform does it', async () => {
    const VpcId = await vpc()
    await helen.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }))
    const Attribute = 'enableDnsHostnames'
    const { EnableDnsHostnames } = await helen.send(new DescribeVpcAttributeCommand({ VpcId, Attribute }))
    expect(EnableDnsHostnames?.Value).toBe(true)
    const [main] = await tables({ 'association.main': 'true', 'vpc-id': VpcId })
    const mainId = main?.RouteTableId ?? ''

    const GatewayId = await attachedGateway(VpcId)
    const { InternetGateways } = await helen.send(
      new DescribeInternetGatewaysCommand({ InternetGatewayIds: [GatewayId] }),
    )
    expect(InternetGateways?.[0]?.Attachments).toEqual([{ VpcId, State: 'available' }])

    const RouteTableId = await table(VpcId)
    await helen.send(new CreateRouteCommand({ RouteTableId, GatewayId, ...EVERYWHERE }))
    await helen.send(new CreateRouteCommand({ RouteTableId, GatewayId, DestinationIpv6CidrBlock: '::/0' }))
    const [own] = await tables({ 'route-table-id': RouteTableId })
    expect(own?.Routes).toEqual([
      { DestinationCidrBlock: '10.7.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' },
      { ...EVERYWHERE, GatewayId, Origin: 'CreateRoute', State: 'active' },
      { DestinationIpv6CidrBlock: '::/0', GatewayId, Origin: 'CreateRoute', State: 'active' },
    ])

    // aws_main_route_table_association makes the table the main one, and in the end the first one again
    const [AssociationId] = (main?.Associations ?? []).map(each => each.RouteTableAssociationId)
    const replaced = await helen.send(new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId }))
    expect((await tables({ 'association.main': 'true', 'vpc-id': VpcId })).map(each => each.RouteTableId)).toEqual([
      RouteTableId,
    ])

    const { DhcpOptions } = await helen.send(
      new CreateDhcpOptionsCommand({
        DhcpConfigurations: [
          { Key: 'domain-name', Values: ['corp.example'] },
          { Key: 'domain-name-servers', Values: ['AmazonProvidedDNS'] },
          { Key: 'ntp-servers', Values: [] },
        ],
      }),
    )
    const DhcpOptionsId = DhcpOptions?.DhcpOptionsId ?? ''
    await helen.send(new AssociateDhcpOptionsCommand({ DhcpOptionsId, VpcId }))
    const { Vpcs } = await helen.send(
      new DescribeVpcsCommand({ Filters: filters({ 'dhcp-options-id': DhcpOptionsId }) }),
    )
    expect(Vpcs?.map(each => each.VpcId)).toEqual([VpcId])

    // In the wrong order nothing goes
    expect(await codeOf(helen.send(new DeleteVpcCommand({ VpcId })))).toBe('DependencyViolation')
    expect(await codeOf(helen.send(new DeleteDhcpOptionsCommand({ DhcpOptionsId })))).toBe('DependencyViolation')
    const deletion = new DeleteInternetGatewayCommand({ InternetGatewayId: GatewayId })
    expect(await codeOf(helen.send(deletion))).toBe('DependencyViolation')

    await helen.send(new AssociateDhcpOptionsCommand({ DhcpOptionsId: 'default', VpcId }))
    await helen.send(new DeleteDhcpOptionsCommand({ DhcpOptionsId }))
    await helen.send(
      new ReplaceRouteTableAssociationCommand({ AssociationId: replaced.NewAssociationId, RouteTableId: mainId }),
    )
    await helen.send(new DeleteRouteCommand({ RouteTableId, ...EVERYWHERE }))
    const again = helen.send(new DeleteRouteCommand({ RouteTableId, ...EVERYWHERE }))
    expect(await codeOf(again)).toBe('InvalidRoute.NotFound')
    await helen.send(new DeleteRouteTableCommand({ RouteTableId }))
    await helen.send(new DetachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }))
    await helen.send(deletion)
    await helen.send(new DeleteVpcCommand({ VpcId }))
    // What Terraform waits for
    const gone = new DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] })
    expect(await codeOf(helen.send(gone))).toBe('InvalidRouteTableID.NotFound')
    const sets = new DescribeDhcpOptionsCommand({ DhcpOptionsIds: [DhcpOptionsId] })
    expect(await codeOf(helen.send(sets))).toBe('InvalidDhcpOptionID.NotFound')
    expect(await tables({ 'vpc-id': VpcId })).toEqual([])
  })

  it('is found, changed where it differs, and removed as Ansible does it', async () => {
    const VpcId = await vpc()
    const first = await attachedGateway(VpcId)
    const RouteTableId = await table(VpcId)
    const routed = new CreateRouteCommand({ RouteTableId, GatewayId: first, ...EVERYWHERE })
    expect((await helen.send(routed)).Return).toBe(true)
    expect(await codeOf(helen.send(routed))).toBe('RouteAlreadyExists')
    // Another gateway: its route leads nowhere until it is replaced
    await helen.send(new DetachInternetGatewayCommand({ InternetGatewayId: first, VpcId }))
    const byState = async (state: string) =>
      (await tables({ 'vpc-id': VpcId, 'route.state': state, 'route.origin': 'CreateRoute' })).length
    expect(await byState('blackhole')).toBe(1)
    const second = await attachedGateway(VpcId)
    await helen.send(new ReplaceRouteCommand({ RouteTableId, GatewayId: second, ...EVERYWHERE }))
    expect(await byState('blackhole')).toBe(0)
    const attached = await helen.send(
      new DescribeInternetGatewaysCommand({ Filters: filters({ 'attachment.vpc-id': VpcId }) }),
    )
    expect(attached.InternetGateways?.map(each => each.InternetGatewayId)).toEqual([second])
    await helen.send(new DeleteRouteTableCommand({ RouteTableId }))
    await helen.send(new DetachInternetGatewayCommand({ InternetGatewayId: second, VpcId }))
    const detached = new DetachInternetGatewayCommand({ InternetGatewayId: second, VpcId })
    expect(await codeOf(helen.send(detached))).toBe('Gateway.NotAttached')
    await helen.send(new DeleteVpcCommand({ VpcId }))
  })

  it('has subnets with a table of their own, until they have another', async () => {
    const [VpcId, SubnetId] = ['vpc-00000002', 'subnet-00000000']
    const [one, other] = [await table(VpcId), await table(VpcId)]
    const associate = (RouteTableId: string) => helen.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }))
    const { AssociationId } = await associate(one)
    const bySubnet = async () => (await tables({ 'association.subnet-id': SubnetId })).map(each => each.RouteTableId)
    expect(await bySubnet()).toEqual([one])
    expect(await codeOf(associate(other))).toBe('Resource.AlreadyAssociated')
    const replacement = new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: other })
    const { NewAssociationId } = await helen.send(replacement)
    expect(await bySubnet()).toEqual([other])
    await helen.send(new DisassociateRouteTableCommand({ AssociationId: NewAssociationId }))
    expect(await bySubnet()).toEqual([])
    for (const RouteTableId of [one, other]) await helen.send(new DeleteRouteTableCommand({ RouteTableId }))
  })
})

describe('another tenant', () => {
  it('sees nothing of it', async () => {
    const VpcId = await vpc()
    const [GatewayId, RouteTableId] = [await attachedGateway(VpcId), await table(VpcId)]
    const listed = await rival.send(new DescribeRouteTablesCommand({}))
    expect(listed.RouteTables?.map(each => each.VpcId)).toEqual(['vpc-00000003'])
    const { InternetGateways } = await rival.send(new DescribeInternetGatewaysCommand({}))
    expect(InternetGateways?.map(each => each.InternetGatewayId)).toEqual(['igw-00000003'])
    const created = rival.send(new CreateRouteTableCommand({ VpcId }))
    expect(await codeOf(created)).toBe('InvalidVpcID.NotFound')
    const theirs = { RouteTableId: 'rtb-00000003', DestinationCidrBlock: '192.0.2.0/24' }
    expect(await codeOf(rival.send(new CreateRouteCommand({ ...theirs, GatewayId })))).toBe('InvalidGatewayID.NotFound')
    const deleted = rival.send(new DeleteRouteTableCommand({ RouteTableId }))
    expect(await codeOf(deleted)).toBe('InvalidRouteTableID.NotFound')
  })
})
