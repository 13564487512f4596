// The default VPC, its subnets, and what belongs to both: with the SDK, over HTTP.
import {
  CreateTagsCommand,
  DescribeAccountAttributesCommand,
  DescribeDhcpOptionsCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcClassicLinkCommand,
  DescribeVpcsCommand,
  type EC2Client,
  type Filter,
  RunInstancesCommand,
  type Subnet,
  waitUntilSubnetAvailable,
  waitUntilVpcAvailable,
  waitUntilVpcExists,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WAITING } from './cloud.ts'
import { oneOf, publish } from './neighbours/one.ts'
import { codeOf, ec2Of } from './neighbours/support.ts'
import { type Cloud, startCloud } from './stage.ts'

const ACCOUNT = '000000000002'
const VPC = 'vpc-00000002'

let cloud: Cloud
let helen: EC2Client
let rival: EC2Client

/** Numbers of networks: the operator's, helen's own, and the rival's. */
let numbers: Record<'dmz' | 'office' | 'ranged' | 'wired' | 'reserved' | 'single' | 'elastic' | 'rivals', number>

beforeAll(async () => {
  cloud = await startCloud({
    seed: {
      images: [{ name: 'linux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }],
    },
  })
  helen = ec2Of(cloud)
  rival = ec2Of(cloud, 'rival')
  const admin = oneOf(cloud, 'oneadmin')
  const own = oneOf(cloud, 'helen')
  const theirs = oneOf(cloud, 'rival')
  const network = (name: string, rest: string) =>
    admin('one.vn.allocate', `NAME="${name}" VN_MAD="dummy" BRIDGE="br2" ${rest}`, -1)
  const shared = async (name: string, rest: string) => {
    const id = await network(name, rest)
    await publish(admin, 'vn', id)
    return id
  }
  const range = (ip: string, size: number) => `AR=[TYPE="IP4",IP="${ip}",SIZE="${size}"]`
  const dmz = await shared(
    'dmz',
    `NETWORK_MASK="255.255.255.0" ${range('192.168.7.20', 50)} ${range('192.168.7.90', 10)}`,
  )
  // What an owner writes that the ranges do not agree with does not count
  const office = await shared(
    'office',
    `NETWORK_ADDRESS="172.31.0.0" NETWORK_MASK="255.0.255.0" ${range('10.0.64.4', 251)}`,
  )
  const ranged = await shared('ranged', `${range('10.1.0.1', 6)} ${range('10.1.0.33', 2)}`)
  const wired = await shared('wired', 'AR=[TYPE="ETHER",SIZE="5"]')
  const reserved = await own('one.vn.reserve', 0, 'NAME="mine" SIZE="20"')
  const single = await own('one.vn.reserve', 0, 'NAME="one" SIZE="1"')
  const elastic = await own('one.vn.reserve', 1, 'NAME="several" SIZE="2"')
  const rivals = await theirs('one.vn.reserve', 0, 'NAME="theirs" SIZE="9"')
  await publish(theirs, 'vn', rivals)
  numbers = { dmz, office, ranged, wired, reserved, single, elastic, rivals }
})

afterAll(() => cloud.stop())

const idOf = (number: number) => `subnet-${String(number).padStart(8, '0')}`
const filters = (of: Record<string, string>): Filter[] =>
  Object.entries(of).map(([Name, value]) => ({ Name, Values: [value] }))

const subnets = async (of: Record<string, string> = {}, client = helen): Promise<Subnet[]> =>
  (await client.send(new DescribeSubnetsCommand({ Filters: filters(of) }))).Subnets ?? []
const subnetIds = async (of?: Record<string, string>, client?: EC2Client) =>
  (await subnets(of, client)).map(({ SubnetId }) => SubnetId)
const subnet = async (number: number) =>
  (await helen.send(new DescribeSubnetsCommand({ SubnetIds: [idOf(number)] }))).Subnets?.[0]

describe('DescribeSubnets', () => {
  it("has the operator's networks that the caller may use, and the caller's own; no addresses", async () => {
    const { dmz, office, ranged, wired, reserved } = numbers
    expect(await subnetIds()).toEqual([0, dmz, office, ranged, wired, reserved].map(idOf))
  })

  it("never has another tenant's, though everybody may use it", async () => {
    const { dmz, office, ranged, wired, rivals, reserved } = numbers
    expect(await subnetIds({}, rival)).toEqual([0, dmz, office, ranged, wired, rivals].map(idOf))
    for (const number of [rivals, 1, numbers.single, numbers.elastic]) {
      expect(await codeOf(subnet(number)), String(number)).toBe('InvalidSubnetID.NotFound')
    }
    const ofHelen = new DescribeSubnetsCommand({ SubnetIds: [idOf(reserved)] })
    expect(await codeOf(rival.send(ofHelen))).toBe('InvalidSubnetID.NotFound')
  })

  it('says of each all that AWS says', async () => {
    const [first] = await subnets({ 'subnet-id': idOf(0) })
    expect(first).toEqual({
      SubnetId: 'subnet-00000000',
      SubnetArn: `arn:aws:ec2:opennebula:${ACCOUNT}:subnet/subnet-00000000`,
      VpcId: VPC,
      OwnerId: ACCOUNT,
      State: 'available',
      CidrBlock: '10.0.0.0/19',
      Ipv6CidrBlockAssociationSet: [],
      AvailableIpAddressCount: 5000 - 20 - 1 - 9,
      AvailabilityZone: 'one-a',
      AvailabilityZoneId: 'opennebula-az1',
      DefaultForAz: true,
      MapPublicIpOnLaunch: false,
      MapCustomerOwnedIpOnLaunch: false,
      AssignIpv6AddressOnCreation: false,
      EnableDns64: false,
      Ipv6Native: false,
      PrivateDnsNameOptionsOnLaunch: {
        HostnameType: 'ip-name',
        EnableResourceNameDnsARecord: false,
        EnableResourceNameDnsAAAARecord: false,
      },
      BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
      Tags: [],
    })
  })

  it('has the block that is written on the network, else the smallest around its ranges', async () => {
    const found = new Map((await subnets()).map(each => [each.SubnetId, each]))
    const of = (number: number) => {
      const { CidrBlock, AvailableIpAddressCount } = found.get(idOf(number)) ?? {}
      return [CidrBlock, AvailableIpAddressCount]
    }
    expect(of(numbers.dmz)).toEqual(['192.168.7.0/24', 60])
    expect(of(numbers.office)).toEqual(['10.0.64.0/24', 251])
    expect(of(numbers.ranged)).toEqual(['10.1.0.0/26', 8])
    expect(of(numbers.wired)).toEqual([undefined, 5])
    expect(of(numbers.reserved)).toEqual(['10.0.0.0/27', 20])
  })

  it('counts an address less while an instance has it', async () => {
    const before = (await subnet(0))?.AvailableIpAddressCount ?? 0
    await helen.send(new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1 }))
    expect((await subnet(0))?.AvailableIpAddressCount).toBe(before - 1)
  })

  it('are the only ones that an instance can be launched in', async () => {
    const into = (number: number) =>
      codeOf(
        helen.send(
          new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, SubnetId: idOf(number) }),
        ),
      )
    for (const number of [1, numbers.single, numbers.elastic, numbers.rivals]) {
      expect(await into(number), String(number)).toBe('InvalidSubnetID.NotFound')
    }
    expect(await into(numbers.reserved)).toBeUndefined()
    expect((await subnet(numbers.reserved))?.AvailableIpAddressCount).toBe(19)
  })

  it('takes the names that AWS takes', async () => {
    for (const name of ['cidr-block', 'cidr', 'cidrBlock']) {
      expect(await subnetIds({ [name]: '192.168.7.0/24' })).toEqual([idOf(numbers.dmz)])
    }
    for (const name of ['default-for-az', 'defaultForAz'])
      expect(await subnetIds({ [name]: 'true' })).toEqual([idOf(0)])
    for (const name of ['availability-zone', 'availabilityZone']) {
      expect(await subnetIds({ [name]: 'one-a' })).toHaveLength(6)
      expect(await subnetIds({ [name]: 'one-b' })).toEqual([])
    }
    const code = codeOf(subnets({ 'cidr block': '*' }))
    expect(await code).toBe('InvalidParameterValue')
  })

  it('gives pages, and none of what is named', async () => {
    const { Subnets: first, NextToken } = await helen.send(new DescribeSubnetsCommand({ MaxResults: 5 }))
    const { Subnets: rest, NextToken: end } = await helen.send(new DescribeSubnetsCommand({ MaxResults: 5, NextToken }))
    const ids = [...(first ?? []), ...(rest ?? [])].map(({ SubnetId }) => SubnetId)
    expect([first?.length, ids, end]).toEqual([5, await subnetIds(), undefined])
    const both = new DescribeSubnetsCommand({ SubnetIds: [idOf(0)], MaxResults: 5 })
    expect(await codeOf(helen.send(both))).toBe('InvalidParameterCombination')
    const few = new DescribeSubnetsCommand({ MaxResults: 4 })
    expect(await codeOf(helen.send(few))).toBe('InvalidParameterValue')
  })

  it('knows ids however they are written, and no others', async () => {
    const named = async (id: string) => helen.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))
    expect((await named('subnet-0')).Subnets?.[0]?.SubnetId).toBe(idOf(0))
    expect(await codeOf(named('subnet-1234567890abcdef0'))).toBe('InvalidSubnetID.NotFound')
    expect(await codeOf(named('vpc-00000000'))).toBe('InvalidSubnetID.Malformed')
  })
})

describe('the default VPC', () => {
  it('is one, around its subnets', async () => {
    const { Vpcs } = await helen.send(new DescribeVpcsCommand({}))
    const block = (first: string, CidrBlock: string) => ({
      AssociationId: `vpc-cidr-assoc-000000002${first}`,
      CidrBlock,
      CidrBlockState: { State: 'associated' },
    })
    expect(Vpcs).toEqual([
      {
        VpcId: VPC,
        OwnerId: ACCOUNT,
        State: 'available',
        // Private addresses of different kinds are in blocks of their own: whoever lets one in lets no public ones in
        CidrBlock: '10.0.0.0/15',
        CidrBlockAssociationSet: [block('0a000000', '10.0.0.0/15'), block('c0a80700', '192.168.7.0/24')],
        Ipv6CidrBlockAssociationSet: [],
        DhcpOptionsId: 'dopt-00000002',
        InstanceTenancy: 'default',
        IsDefault: true,
        BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
        Tags: [],
      },
    ])
  })

  it('is named by the account, by subnets and by instances', async () => {
    const { AccountAttributes } = await helen.send(
      new DescribeAccountAttributesCommand({ AttributeNames: ['default-vpc'] }),
    )
    expect(AccountAttributes?.[0]?.AttributeValues).toEqual([{ AttributeValue: VPC }])
    const { Reservations } = await helen.send(new DescribeInstancesCommand({ Filters: filters({ 'vpc-id': VPC }) }))
    const instances = (Reservations ?? []).flatMap(({ Instances = [] }) => Instances)
    expect(instances.map(({ VpcId }) => VpcId)).toEqual([VPC, VPC])
    for (const { SubnetId = '' } of instances) {
      expect(await subnetIds({ 'subnet-id': SubnetId, 'vpc-id': VPC })).toEqual([SubnetId])
    }
  })

  it('is what waiters wait for, and so are its subnets', async () => {
    const waiting = { client: helen, ...WAITING }
    const [SubnetId = ''] = await subnetIds({ 'vpc-id': VPC })
    const ended = await Promise.all([
      waitUntilVpcExists(waiting, { VpcIds: [VPC] }),
      waitUntilVpcAvailable(waiting, { VpcIds: [VPC] }),
      waitUntilSubnetAvailable(waiting, { SubnetIds: [SubnetId] }),
    ])
    expect(ended.map(({ state }) => state)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS'])
  })

  it("is the caller's, and nobody else's", async () => {
    const named = (id: string, client = helen) => client.send(new DescribeVpcsCommand({ VpcIds: [id] }))
    expect((await named('vpc-2')).Vpcs).toHaveLength(1)
    expect(await codeOf(named(VPC, rival))).toBe('InvalidVpcID.NotFound')
    expect(await codeOf(named('vpc-00000003'))).toBe('InvalidVpcID.NotFound')
    expect(await codeOf(named('subnet-00000002'))).toBe('InvalidVpcID.Malformed')
  })

  it.each([
    ['enableDnsSupport', { EnableDnsSupport: { Value: true } }],
    ['enableDnsHostnames', { EnableDnsHostnames: { Value: true } }],
    ['enableNetworkAddressUsageMetrics', { EnableNetworkAddressUsageMetrics: { Value: false } }],
  ] as const)('has the attribute %s', async (Attribute, expected) => {
    const answer = await helen.send(new DescribeVpcAttributeCommand({ VpcId: VPC, Attribute }))
    expect(answer).toMatchObject({ VpcId: VPC, ...expected })
  })

  it('has no other attribute', async () => {
    const asked = (VpcId: string, Attribute: string) =>
      codeOf(helen.send(new DescribeVpcAttributeCommand({ VpcId, Attribute: Attribute as never })))
    expect(await asked(VPC, 'toString')).toBe('InvalidParameterValue')
    expect(await asked('vpc-00000003', 'enableDnsSupport')).toBe('InvalidVpcID.NotFound')
    expect(await asked('x', 'enableDnsSupport')).toBe('InvalidVpcID.Malformed')
  })

  it('has a main route table, which leads to its subnets and to the Internet', async () => {
    const { RouteTables } = await helen.send(new DescribeRouteTablesCommand({ Filters: filters({ 'vpc-id': VPC }) }))
    const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' }
    expect(RouteTables).toEqual([
      {
        RouteTableId: 'rtb-00000002',
        VpcId: VPC,
        OwnerId: ACCOUNT,
        Routes: [
          { DestinationCidrBlock: '10.0.0.0/15', ...local },
          { DestinationCidrBlock: '192.168.7.0/24', ...local },
          { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-00000002', Origin: 'CreateRoute', State: 'active' },
        ],
        Associations: [
          {
            RouteTableAssociationId: 'rtbassoc-00000002',
            RouteTableId: 'rtb-00000002',
            Main: true,
            AssociationState: { State: 'associated' },
          },
        ],
        PropagatingVgws: [],
        Tags: [],
      },
    ])
  })

  it('has an internet gateway', async () => {
    const { InternetGateways } = await helen.send(new DescribeInternetGatewaysCommand({}))
    expect(InternetGateways).toEqual([
      {
        InternetGatewayId: 'igw-00000002',
        OwnerId: ACCOUNT,
        Attachments: [{ VpcId: VPC, State: 'available' }],
        Tags: [],
      },
    ])
  })

  it('has a network ACL that lets everything pass, for all its subnets', async () => {
    const { NetworkAcls: [acl] = [] } = await helen.send(new DescribeNetworkAclsCommand({}))
    const entry = { Protocol: '-1', CidrBlock: '0.0.0.0/0' }
    expect(acl).toMatchObject({ NetworkAclId: 'acl-00000002', VpcId: VPC, OwnerId: ACCOUNT, IsDefault: true, Tags: [] })
    expect(acl?.Entries).toEqual([
      { ...entry, Egress: true, RuleNumber: 100, RuleAction: 'allow' },
      { ...entry, Egress: true, RuleNumber: 32767, RuleAction: 'deny' },
      { ...entry, Egress: false, RuleNumber: 100, RuleAction: 'allow' },
      { ...entry, Egress: false, RuleNumber: 32767, RuleAction: 'deny' },
    ])
    expect(acl?.Associations?.map(({ SubnetId }) => SubnetId)).toEqual(await subnetIds())
    expect(acl?.Associations?.[0]).toEqual({
      NetworkAclAssociationId: 'aclassoc-00000000200000000',
      NetworkAclId: 'acl-00000002',
      SubnetId: idOf(0),
    })
  })

  it('has DHCP options', async () => {
    const { DhcpOptions } = await helen.send(new DescribeDhcpOptionsCommand({ DhcpOptionsIds: ['dopt-00000002'] }))
    expect(DhcpOptions).toEqual([
      {
        DhcpOptionsId: 'dopt-00000002',
        OwnerId: ACCOUNT,
        DhcpConfigurations: [
          { Key: 'domain-name', Values: [{ Value: expect.any(String) as string }] },
          { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
        ],
        Tags: [],
      },
    ])
  })

  it('has no links to instances outside of it', async () => {
    const { Vpcs } = await helen.send(new DescribeVpcClassicLinkCommand({ VpcIds: [VPC] }))
    expect(Vpcs).toEqual([{ VpcId: VPC, ClassicLinkEnabled: false, Tags: [] }])
  })

  it.each([
    ['InvalidRouteTableID.NotFound', () => new DescribeRouteTablesCommand({ RouteTableIds: ['rtb-00000003'] })],
    ['InvalidRouteTableId.Malformed', () => new DescribeRouteTablesCommand({ RouteTableIds: ['rtb-x'] })],
    ['InvalidInternetGatewayID.NotFound', () => new DescribeInternetGatewaysCommand({ InternetGatewayIds: ['igw-3'] })],
    ['InvalidInternetGatewayId.Malformed', () => new DescribeInternetGatewaysCommand({ InternetGatewayIds: ['x'] })],
    ['InvalidNetworkAclID.NotFound', () => new DescribeNetworkAclsCommand({ NetworkAclIds: ['acl-0'] })],
    ['InvalidNetworkAclId.Malformed', () => new DescribeNetworkAclsCommand({ NetworkAclIds: ['acl'] })],
    ['InvalidDhcpOptionID.NotFound', () => new DescribeDhcpOptionsCommand({ DhcpOptionsIds: ['dopt-00000001'] })],
    ['InvalidDhcpOptionsId.Malformed', () => new DescribeDhcpOptionsCommand({ DhcpOptionsIds: ['default'] })],
  ] as const)('answers %s for what is not there', async (code, command) => {
    // Each command is sent by its own overload
    const send = helen.send.bind(helen) as (command: unknown) => Promise<unknown>
    expect(await codeOf(send(command()))).toBe(code)
  })
})

describe('tags', () => {
  const tag = (id: string, client = helen) =>
    codeOf(client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'role', Value: 'back end' }] })))

  it("are kept on the caller's own networks", async () => {
    const id = idOf(numbers.reserved)
    expect(await tag(id)).toBeUndefined()
    const [found] = await subnets({ 'tag:role': 'back end' })
    expect(found).toMatchObject({ SubnetId: id, Tags: [{ Key: 'role', Value: 'back end' }] })
    const { Tags } = await helen.send(new DescribeTagsCommand({ Filters: filters({ 'resource-type': 'subnet' }) }))
    expect(Tags).toEqual([{ Key: 'role', Value: 'back end', ResourceId: id, ResourceType: 'subnet' }])
  })

  it("are refused for what is the operator's, and for what is not there", async () => {
    for (const id of [idOf(0), VPC, 'igw-00000002', 'acl-00000002', 'dopt-00000002']) {
      expect(await tag(id), id).toBe('UnauthorizedOperation')
    }
    expect(await tag(VPC, rival)).toBe('InvalidVpcID.NotFound')
    expect(await tag(idOf(numbers.reserved), rival)).toBe('InvalidSubnetID.NotFound')
    expect(await tag(idOf(numbers.single))).toBe('InvalidSubnetID.NotFound')
  })
})
