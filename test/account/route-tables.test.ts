// Route tables in the account's object: their routes, which subnets have them, and which is the main one.
import type {
  AssociateRouteTableResult,
  AttachNetworkInterfaceResult,
  CreateInternetGatewayResult,
  CreateNetworkInterfaceResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeRouteTablesResult,
  DescribeTagsResult,
  ReplaceRouteTableAssociationResult,
  Reservation,
  RouteTable,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { IdMint } from '../../src/ec2/core/ids.ts'
import { limits } from '../../src/limits.ts'
import { expectOnceOrNever } from './kills.ts'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const [DEFAULT, DEFAULT_VPC, SUBNET] = ['rtb-00000002', 'vpc-00000002', 'subnet-00000000']
const ALL = '0.0.0.0/0'
const NOWHERE = 'rtb-1234567890abcdef0'
const Tags = [{ Key: 'role', Value: 'ways' }]
const LOCAL = { DestinationCidrBlock: '10.7.0.0/16', GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' }

const mint = new IdMint(['a secret of the unit tests'])

const vpc = async (stage: Stage): Promise<string> =>
  (await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.0.0/16' })).Vpc?.VpcId ?? ''
const create = async (stage: Stage, VpcId: string, input: Partial<CreateRouteTableRequest> = {}): Promise<string> => {
  const { RouteTable } = await stage.succeed<CreateRouteTableResult>('CreateRouteTable', { VpcId, ...input })
  return RouteTable?.RouteTableId ?? ''
}
/** An internet gateway, attached. */
async function gateway(stage: Stage, VpcId: string): Promise<string> {
  const { InternetGateway } = await stage.succeed<CreateInternetGatewayResult>('CreateInternetGateway', {})
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
  await stage.succeed('AttachInternetGateway', { InternetGatewayId, VpcId })
  return InternetGatewayId
}
async function instance(stage: Stage): Promise<{ InstanceId: string; NetworkInterfaceId: string }> {
  const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1 }
  const { Instances: [made] = [] } = await stage.succeed<Reservation>('RunInstances', input)
  const { InstanceId = '', NetworkInterfaces: [nic] = [] } = made ?? {}
  return { InstanceId, NetworkInterfaceId: nic?.NetworkInterfaceId ?? '' }
}

const listed = async (stage: Stage, ids?: readonly string[]) =>
  (await stage.read<DescribeRouteTablesResult>('DescribeRouteTables', { RouteTableIds: ids })).RouteTables ?? []
const only = async (stage: Stage, id: string): Promise<RouteTable> => (await listed(stage, [id]))[0] ?? {}
const inVpc = async (stage: Stage, vpcId: string) => (await listed(stage)).filter(({ VpcId }) => VpcId === vpcId)
/** The routes of a table besides the local ones. */
const routes = async (stage: Stage, id: string) =>
  ((await only(stage, id)).Routes ?? []).filter(({ GatewayId }) => GatewayId !== 'local')
const associations = async (stage: Stage, id: string) =>
  ((await only(stage, id)).Associations ?? []).map(({ SubnetId, Main }) => (Main ? 'main' : SubnetId))
const refused = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error
const codeOf = async (stage: Stage, action: string, input: object) => (await refused(stage, action, input))?.code
const documents = ({ sandbox }: Stage) => sandbox.world.documents.all().map(({ name }) => name)
const dependencies = (id: string) => ({
  code: 'DependencyViolation',
  message: `The routeTable '${id}' has dependencies and cannot be deleted.`,
})

describe('a route table', () => {
  it('is made in a VPC with its local route, and deleted', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const { RouteTable, ClientToken } = await stage.succeed<CreateRouteTableResult>('CreateRouteTable', {
      ...{ VpcId, ClientToken: 'once' },
      TagSpecifications: [{ ResourceType: 'route-table', Tags }],
    })
    expect(ClientToken).toBe('once')
    expect(RouteTable).toEqual({
      RouteTableId: expect.stringMatching(/^rtb-[1-9a-f][0-9a-f]{16}$/) as string,
      VpcId,
      OwnerId: stage.account.id,
      Routes: [LOCAL],
      Associations: [],
      PropagatingVgws: [],
      Tags,
    })
    const RouteTableId = RouteTable?.RouteTableId ?? ''
    expect(
      await create(stage, VpcId, { ClientToken: 'once', TagSpecifications: [{ ResourceType: 'route-table', Tags }] }),
    ).toBe(RouteTableId)
    expect(await inVpc(stage, VpcId)).toEqual(
      [
        {
          ...RouteTable,
          RouteTableId: VpcId.replace('vpc', 'rtb'),
          Associations: [
            {
              RouteTableAssociationId: VpcId.replace('vpc', 'rtbassoc'),
              RouteTableId: VpcId.replace('vpc', 'rtb'),
              Main: true,
              AssociationState: { State: 'associated' },
            },
          ],
          Tags: [],
        },
        RouteTable,
      ].toSorted((a, b) => ((a?.RouteTableId ?? '') < (b?.RouteTableId ?? '') ? -1 : 1)),
    )
    await stage.succeed('DeleteRouteTable', { RouteTableId })
    expect(await inVpc(stage, VpcId)).toHaveLength(1)
    expect(await codeOf(stage, 'DeleteRouteTable', { RouteTableId })).toBe('InvalidRouteTableID.NotFound')
    expect(await stage.unfinished()).toEqual([])
  })

  it('is in the way of its VPC, but for the main one, which goes with it', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const [main, RouteTableId] = [VpcId.replace('vpc', 'rtb'), await create(stage, VpcId)]
    expect(await codeOf(stage, 'DeleteVpc', { VpcId })).toBe('DependencyViolation')
    await stage.succeed('DeleteRouteTable', { RouteTableId })
    // What is kept of the main one, and of what is associated with the VPC, goes as well
    await stage.succeed('CreateTags', { Resources: [main], Tags })
    await stage.succeed('AssociateDhcpOptions', { VpcId, DhcpOptionsId: 'default' })
    expect(documents(stage)).toHaveLength(3)
    await stage.succeed('DeleteVpc', { VpcId })
    expect(documents(stage)).toEqual([])
    expect((await stage.read<DescribeTagsResult>('DescribeTags', {})).Tags).toEqual([])
  })

  it('is in a VPC of the account, and one of so many at most', async () => {
    const stage = setStage()
    for (const [VpcId, code] of [
      ['vpc-1234567890abcdef0', 'InvalidVpcID.NotFound'],
      ['vpc-00000003', 'InvalidVpcID.NotFound'],
      ['x', 'InvalidVpcID.Malformed'],
    ] as const) {
      expect(await codeOf(stage, 'CreateRouteTable', { VpcId })).toBe(code)
    }
    await create(stage, DEFAULT_VPC)
    const { documents: kept } = stage.sandbox.world
    const [first] = kept.all()
    if (!first) throw new Error('there is no document')
    for (let count = 1; count < limits.routeTables.most; count++) {
      const name = `rtb-1${count.toString(16).padStart(16, '0')}`
      kept.add(id => ({ ...first, id, name, template: { ...first.template, EC2_ID: [mint.attribute(name, 2)] } }))
    }
    expect(await codeOf(stage, 'CreateRouteTable', { VpcId: DEFAULT_VPC })).toBe('RouteTableLimitExceeded')
    expect(await listed(stage)).toHaveLength(limits.routeTables.most + 1)
  })

  it('has tags, that which a VPC was born with as well', async () => {
    const stage = setStage()
    const RouteTableId = await create(stage, DEFAULT_VPC)
    await stage.succeed('CreateTags', { Resources: [RouteTableId, 'rtb-2', DEFAULT], Tags })
    expect((await listed(stage)).map(table => table.Tags)).toEqual([Tags, Tags])
    const { Tags: all = [] } = await stage.read<DescribeTagsResult>('DescribeTags', {})
    expect(new Set(all.map(({ ResourceId }) => ResourceId))).toEqual(new Set([DEFAULT, RouteTableId]))
    await stage.succeed('DeleteTags', { Resources: [DEFAULT] })
    expect((await only(stage, DEFAULT)).Tags).toEqual([])
    expect(await codeOf(stage, 'CreateTags', { Resources: [NOWHERE], Tags })).toBe('InvalidRouteTableID.NotFound')
  })

  it('is there once or not at all, wherever its request is killed', () =>
    expectOnceOrNever(
      'CreateRouteTable',
      { VpcId: DEFAULT_VPC },
      async stage => (await inVpc(stage, DEFAULT_VPC)).length - 1,
    ))
})

describe('a route', () => {
  it('leads to the internet gateway of its VPC, and nowhere when that is gone', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const [RouteTableId, GatewayId] = [await create(stage, VpcId), await gateway(stage, VpcId)]
    const answer = await stage.succeed('CreateRoute', { RouteTableId, GatewayId, DestinationCidrBlock: ALL })
    expect(answer).toEqual({ Return: true })
    await stage.succeed('CreateRoute', { RouteTableId, GatewayId, DestinationIpv6CidrBlock: '2000:0::/3' })
    const route = { GatewayId, Origin: 'CreateRoute', State: 'active' }
    expect(await routes(stage, RouteTableId)).toEqual([
      { DestinationCidrBlock: ALL, ...route },
      { DestinationIpv6CidrBlock: '2000::/3', ...route },
    ])
    await stage.succeed('DetachInternetGateway', { InternetGatewayId: GatewayId, VpcId })
    const states = async () => (await routes(stage, RouteTableId)).map(({ State }) => State)
    expect(await states()).toEqual(['blackhole', 'blackhole'])
    const other = await gateway(stage, VpcId)
    expect(await states()).toEqual(['blackhole', 'blackhole'])
    await stage.succeed('ReplaceRoute', { RouteTableId, GatewayId: other, DestinationCidrBlock: ALL })
    expect(await states()).toEqual(['active', 'blackhole'])
    await stage.succeed('DeleteRoute', { RouteTableId, DestinationIpv6CidrBlock: '2000::/3' })
    expect(await routes(stage, RouteTableId)).toEqual([{ DestinationCidrBlock: ALL, ...route, GatewayId: other }])
  })

  it('leads to an instance or its interface, while that runs', async () => {
    const stage = setStage()
    const RouteTableId = await create(stage, DEFAULT_VPC)
    const { InstanceId, NetworkInterfaceId } = await instance(stage)
    await stage.succeed('CreateRoute', { RouteTableId, InstanceId, DestinationCidrBlock: '192.168.0.0/24' })
    await stage.succeed('CreateRoute', { RouteTableId, NetworkInterfaceId, DestinationCidrBlock: '192.168.1.9/24' })
    const hop = { InstanceId, NetworkInterfaceId, InstanceOwnerId: stage.account.id, Origin: 'CreateRoute' }
    const shown = async () => routes(stage, RouteTableId)
    expect(await shown()).toEqual([
      { DestinationCidrBlock: '192.168.0.0/24', ...hop, State: 'active' },
      { DestinationCidrBlock: '192.168.1.0/24', ...hop, State: 'active' },
    ])
    await stage.pass(MINUTE)
    await stage.succeed('StopInstances', { InstanceIds: [InstanceId] })
    expect((await shown()).map(({ State }) => State)).toEqual(['blackhole', 'blackhole'])
    await stage.pass(MINUTE)
    await stage.succeed('StartInstances', { InstanceIds: [InstanceId] })
    await stage.pass(MINUTE)
    expect((await shown()).map(({ State }) => State)).toEqual(['active', 'active'])
    await stage.succeed('TerminateInstances', { InstanceIds: [InstanceId] })
    await stage.pass(MINUTE)
    expect((await shown()).map(({ State }) => State)).toEqual(['blackhole', 'blackhole'])
  })

  it('leads to an interface with an address of its own, wherever that is attached', async () => {
    const stage = setStage()
    const RouteTableId = await create(stage, DEFAULT_VPC)
    const { NetworkInterface } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', {
      SubnetId: SUBNET,
    })
    const { NetworkInterfaceId } = NetworkInterface ?? {}
    const route = { RouteTableId, NetworkInterfaceId, DestinationCidrBlock: '192.168.0.0/24' }
    await stage.succeed('CreateRoute', route)
    const shown = { DestinationCidrBlock: '192.168.0.0/24', NetworkInterfaceId, Origin: 'CreateRoute' }
    expect(await routes(stage, RouteTableId)).toEqual([{ ...shown, State: 'blackhole' }])
    const { InstanceId } = await instance(stage)
    await stage.pass(MINUTE)
    const attachment = { NetworkInterfaceId, InstanceId, DeviceIndex: 1 }
    const { AttachmentId } = await stage.succeed<AttachNetworkInterfaceResult>('AttachNetworkInterface', attachment)
    await stage.pass(MINUTE)
    const held = { ...shown, InstanceId, InstanceOwnerId: stage.account.id, State: 'active' }
    expect(await routes(stage, RouteTableId)).toEqual([held])
    // An instance of two interfaces is none of them
    const other = { RouteTableId, InstanceId, DestinationCidrBlock: '192.168.1.0/24' }
    expect(await codeOf(stage, 'CreateRoute', other)).toBe('InvalidInstanceID')
    await stage.succeed('DetachNetworkInterface', { AttachmentId })
    await stage.pass(MINUTE)
    await stage.succeed('DeleteNetworkInterface', { NetworkInterfaceId })
    expect(await routes(stage, RouteTableId)).toEqual([{ ...shown, State: 'blackhole' }])
  })

  it('is one of its destination, however that is written, and the local one is nobody’s', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const [RouteTableId, GatewayId] = [await create(stage, VpcId), await gateway(stage, VpcId)]
    const to = (action: string, DestinationCidrBlock: string, rest: object = { GatewayId }) =>
      refused(stage, action, { RouteTableId, DestinationCidrBlock, ...rest })
    await stage.succeed('CreateRoute', { RouteTableId, GatewayId, DestinationCidrBlock: '192.168.0.0/16' })
    expect(await to('CreateRoute', '192.168.7.7/16')).toMatchObject({
      code: 'RouteAlreadyExists',
      message: 'The route identified by 192.168.0.0/16 already exists.',
    })
    expect(await to('CreateRoute', '10.7.0.0/16')).toMatchObject({ code: 'RouteAlreadyExists' })
    expect(await to('CreateRoute', '10.7.1.0/24')).toMatchObject({ code: 'InvalidParameterValue' })
    expect(await to('ReplaceRoute', '10.7.0.0/16')).toMatchObject({ code: 'InvalidParameterValue' })
    expect(await to('ReplaceRoute', '10.7.0.0/16', { LocalTarget: true })).toBeUndefined()
    expect(await to('ReplaceRoute', '192.168.0.0/16', { LocalTarget: true })).toMatchObject({
      code: 'InvalidParameterValue',
    })
    expect(await to('ReplaceRoute', ALL)).toMatchObject({
      code: 'InvalidParameterValue',
      message: "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.",
    })
    expect(await to('DeleteRoute', '10.7.0.0/16', {})).toMatchObject({
      code: 'InvalidParameterValue',
      message: `cannot remove local route 10.7.0.0/16 in route table ${RouteTableId}`,
    })
    expect(await to('DeleteRoute', ALL, {})).toMatchObject({
      code: 'InvalidRoute.NotFound',
      message: `no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`,
    })
    expect(await to('DeleteRoute', '192.168.0.0/16', {})).toBeUndefined()
    expect((await only(stage, RouteTableId)).Routes).toEqual([LOCAL])
  })

  it('is none that cannot be', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const [RouteTableId, GatewayId] = [await create(stage, VpcId), await gateway(stage, VpcId)]
    const { InstanceId, NetworkInterfaceId } = await instance(stage)
    const code = (input: object) =>
      codeOf(stage, 'CreateRoute', { RouteTableId, GatewayId, DestinationCidrBlock: ALL, ...input })
    expect(await code({ RouteTableId: NOWHERE })).toBe('InvalidRouteTableID.NotFound')
    expect(await code({ RouteTableId: 'vpc-1' })).toBe('InvalidRouteTableId.Malformed')
    for (const block of ['10.0.0.0', '10.0.0.0/33', 'x', '2000::/3']) {
      expect(await code({ DestinationCidrBlock: block }), block).toBe('InvalidParameterValue')
    }
    expect(await code({ DestinationCidrBlock: undefined })).toBe('MissingParameter')
    expect(await code({ DestinationIpv6CidrBlock: '::/0' })).toBe('InvalidParameterCombination')
    expect(await code({ DestinationCidrBlock: undefined, DestinationIpv6CidrBlock: ALL })).toBe('InvalidParameterValue')
    expect(await code({ GatewayId: undefined })).toBe('MissingParameter')
    expect(await code({ InstanceId })).toBe('InvalidParameterCombination')
    for (const other of ['igw-1234567890abcdef0', 'local', 'vgw-12345678', 'x']) {
      expect(await code({ GatewayId: other }), other).toBe('InvalidGatewayID.NotFound')
    }
    // Those of another VPC
    expect(await code({ GatewayId: 'igw-00000002' })).toBe('InvalidParameterValue')
    expect(await code({ GatewayId: undefined, InstanceId })).toBe('InvalidParameterValue')
    expect(await code({ GatewayId: undefined, NetworkInterfaceId })).toBe('InvalidParameterValue')
    const unknown = { GatewayId: undefined, InstanceId: 'i-1234567890abcdef0' }
    expect(await code(unknown)).toBe('InvalidInstanceID.NotFound')
    expect(await routes(stage, RouteTableId)).toEqual([])
  })

  it('is one of so many at most, and none is lost that comes at the same time', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const [RouteTableId, GatewayId] = [await create(stage, VpcId), await gateway(stage, VpcId)]
    const add = (index: number) =>
      codeOf(stage, 'CreateRoute', { RouteTableId, GatewayId, DestinationCidrBlock: `192.168.${index}.0/24` })
    const count = limits.routes.most + 2
    const answers = await Promise.all(Array.from({ length: count }, (_, index) => add(index)))
    expect(answers.filter(code => code !== undefined)).toEqual(['RouteLimitExceeded', 'RouteLimitExceeded'])
    expect(await routes(stage, RouteTableId)).toHaveLength(limits.routes.most)
  })

  it.each([
    ['CreateRoute', {}, 1],
    ['DeleteRoute', { GatewayId: undefined }, 0],
  ])('is there or not, wherever %s is killed', async (action, rest, expected) => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const VpcId = await vpc(stage)
      const [RouteTableId, GatewayId] = [VpcId.replace('vpc', 'rtb'), await gateway(stage, VpcId)]
      const route = { RouteTableId, GatewayId, DestinationCidrBlock: ALL }
      if (action === 'DeleteRoute') await stage.succeed('CreateRoute', route)
      stage.killAt(step)
      await stage.perform(action, { ...route, ...rest }).catch(error => expect(error).toBeInstanceOf(Killed))
      if (!stage.disarm()) break
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      const again = await codeOf(stage, action, { ...route, ...rest })
      expect([undefined, 'RouteAlreadyExists', 'InvalidRoute.NotFound'], `step ${step}`).toContain(again)
      expect(await routes(stage, RouteTableId), `step ${step}`).toHaveLength(expected)
      // The table that the VPC was born with is kept once
      expect(documents(stage).filter(name => name === RouteTableId)).toHaveLength(1)
    }
  })
})

describe('the table of a subnet', () => {
  it('is another one while it is associated', async () => {
    const stage = setStage()
    const RouteTableId = await create(stage, DEFAULT_VPC)
    const { AssociationId = '', AssociationState } = await stage.succeed<AssociateRouteTableResult>(
      'AssociateRouteTable',
      { RouteTableId, SubnetId: 'subnet-0' },
    )
    expect(AssociationId).toMatch(/^rtbassoc-[1-9a-f][0-9a-f]{16}$/)
    expect(AssociationState).toEqual({ State: 'associated' })
    expect((await only(stage, RouteTableId)).Associations).toEqual([
      {
        RouteTableAssociationId: AssociationId,
        RouteTableId,
        SubnetId: SUBNET,
        Main: false,
        AssociationState: { State: 'associated' },
      },
    ])
    expect(await stage.succeed('AssociateRouteTable', { RouteTableId, SubnetId: SUBNET })).toMatchObject({
      AssociationId,
    })
    expect(await refused(stage, 'DeleteRouteTable', { RouteTableId })).toMatchObject(dependencies(RouteTableId))
    const other = await create(stage, DEFAULT_VPC)
    const conflict = await refused(stage, 'AssociateRouteTable', { RouteTableId: other, SubnetId: SUBNET })
    expect(conflict).toMatchObject({
      code: 'Resource.AlreadyAssociated',
      message: `the specified association for route table ${other} conflicts with an existing association`,
    })
    await stage.succeed('DisassociateRouteTable', { AssociationId })
    expect(await codeOf(stage, 'DisassociateRouteTable', { AssociationId })).toBe('InvalidAssociationID.NotFound')
    expect(await associations(stage, RouteTableId)).toEqual([])
    await stage.succeed('DeleteRouteTable', { RouteTableId })
    expect(await stage.unfinished()).toEqual([])
  })

  it('of a VPC that the account made is no more when the subnet is gone', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const RouteTableId = await create(stage, VpcId)
    const { Subnet } = await stage.succeed<CreateSubnetResult>('CreateSubnet', { VpcId, CidrBlock: '10.7.1.0/24' })
    const SubnetId = Subnet?.SubnetId ?? ''
    await stage.succeed('AssociateRouteTable', { RouteTableId, SubnetId })
    expect(await associations(stage, RouteTableId)).toEqual([SubnetId])
    await stage.pass(MINUTE)
    await stage.succeed('DeleteSubnet', { SubnetId })
    await stage.pass(MINUTE)
    expect(await associations(stage, RouteTableId)).toEqual([])
    await stage.succeed('DeleteRouteTable', { RouteTableId })
    await stage.succeed('DeleteVpc', { VpcId })
    expect(documents(stage)).toEqual([])
  })

  it('is replaced under another id', async () => {
    const stage = setStage()
    const [one, other] = [await create(stage, DEFAULT_VPC), await create(stage, DEFAULT_VPC)]
    const { AssociationId } = await stage.succeed<AssociateRouteTableResult>('AssociateRouteTable', {
      ...{ RouteTableId: one, SubnetId: SUBNET },
    })
    const replaced = await stage.succeed<ReplaceRouteTableAssociationResult>('ReplaceRouteTableAssociation', {
      ...{ AssociationId, RouteTableId: other },
    })
    expect(replaced).toEqual({
      NewAssociationId: expect.stringMatching(/^rtbassoc-[1-9a-f][0-9a-f]{16}$/) as string,
      AssociationState: { State: 'associated' },
    })
    expect(replaced.NewAssociationId).not.toBe(AssociationId)
    expect(await associations(stage, one)).toEqual([])
    expect(await associations(stage, other)).toEqual([SUBNET])
    const again = { AssociationId, RouteTableId: one }
    expect(await codeOf(stage, 'ReplaceRouteTableAssociation', again)).toBe('InvalidAssociationID.NotFound')
  })

  it('is of the same VPC', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const [RouteTableId, own] = [await create(stage, VpcId), await create(stage, DEFAULT_VPC)]
    const associate = (input: object) =>
      codeOf(stage, 'AssociateRouteTable', { RouteTableId, SubnetId: SUBNET, ...input })
    expect(await associate({})).toBe('InvalidParameterValue')
    expect(await associate({ RouteTableId: NOWHERE })).toBe('InvalidRouteTableID.NotFound')
    expect(await associate({ SubnetId: 'subnet-1234567890abcdef0' })).toBe('InvalidSubnetID.NotFound')
    expect(await associate({ SubnetId: 'x' })).toBe('InvalidSubnetID.Malformed')
    expect(await associate({ SubnetId: undefined })).toBe('MissingParameter')
    const { AssociationId } = await stage.succeed<AssociateRouteTableResult>('AssociateRouteTable', {
      ...{ RouteTableId: own, SubnetId: SUBNET },
    })
    for (const id of [AssociationId, VpcId.replace('vpc', 'rtbassoc')]) {
      const input = { AssociationId: id, RouteTableId: id === AssociationId ? RouteTableId : own }
      expect(await codeOf(stage, 'ReplaceRouteTableAssociation', input)).toBe('InvalidParameterValue')
    }
    expect(await codeOf(stage, 'DisassociateRouteTable', { AssociationId: 'rtb-1' })).toBe(
      'InvalidAssociationID.Malformed',
    )
  })
})

describe('the main table', () => {
  it('is that which the VPC was born with, until another is', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const [first, other] = [VpcId.replace('vpc', 'rtb'), await create(stage, VpcId)]
    const main = async () => {
      const { Associations = [] } = (await inVpc(stage, VpcId)).find(table => table.Associations?.[0]?.Main) ?? {}
      return Associations[0] ?? {}
    }
    const replace = async (RouteTableId: string) => {
      const { RouteTableAssociationId: AssociationId } = await main()
      const input = { AssociationId, RouteTableId }
      return stage.succeed<ReplaceRouteTableAssociationResult>('ReplaceRouteTableAssociation', input)
    }
    expect(await refused(stage, 'DeleteRouteTable', { RouteTableId: first })).toMatchObject(dependencies(first))
    const disassociated = await codeOf(stage, 'DisassociateRouteTable', {
      AssociationId: VpcId.replace('vpc', 'rtbassoc'),
    })
    expect(disassociated).toBe('InvalidParameterValue')
    const { NewAssociationId } = await replace(other)
    expect(await main()).toMatchObject({ RouteTableAssociationId: NewAssociationId, RouteTableId: other })
    expect(await associations(stage, first)).toEqual([])
    expect(await refused(stage, 'DeleteRouteTable', { RouteTableId: other })).toMatchObject(dependencies(other))
    // The first is one as any other now
    expect(await codeOf(stage, 'DeleteVpc', { VpcId })).toBe('DependencyViolation')
    await replace(first)
    expect(await main()).toMatchObject({ RouteTableId: first })
    await replace(other)
    await stage.succeed('DeleteRouteTable', { RouteTableId: first })
    expect((await inVpc(stage, VpcId)).map(({ RouteTableId }) => RouteTableId)).toEqual([other])
    expect(await codeOf(stage, 'DeleteRouteTable', { RouteTableId: first })).toBe('InvalidRouteTableID.NotFound')
    await stage.succeed('DeleteVpc', { VpcId })
    expect(documents(stage)).toEqual([])
  })

  it('of the default VPC has its routes changed as any other', async () => {
    const stage = setStage()
    const RouteTableId = 'rtb-2'
    await stage.succeed('DeleteRoute', { RouteTableId, DestinationCidrBlock: ALL })
    expect(await routes(stage, DEFAULT)).toEqual([])
    await stage.succeed('CreateRoute', { RouteTableId, DestinationCidrBlock: ALL, GatewayId: 'igw-00000002' })
    expect(await routes(stage, DEFAULT)).toMatchObject([{ DestinationCidrBlock: ALL, State: 'active' }])
    expect(documents(stage)).toEqual([DEFAULT])
  })
})

describe('another account', () => {
  it('does not see a table, nor change it', async () => {
    const stage = setStage()
    const RouteTableId = await create(stage, DEFAULT_VPC)
    const rival = { id: stage.account.id, user: { id: 3, name: 'rival' } }
    const route = { RouteTableId, DestinationCidrBlock: ALL }
    for (const [action, input] of [
      ['DeleteRouteTable', { RouteTableId }],
      ['CreateRoute', { ...route, GatewayId: 'igw-00000003' }],
      ['ReplaceRoute', { ...route, GatewayId: 'igw-00000003' }],
      ['DeleteRoute', route],
      ['AssociateRouteTable', { RouteTableId, SubnetId: SUBNET }],
      ['CreateTags', { Resources: [RouteTableId], Tags }],
    ] as const) {
      expect((await stage.perform(action, input, rival)).error?.code, action).toBe('InvalidRouteTableID.NotFound')
    }
    const { AssociationId } = await stage.succeed<AssociateRouteTableResult>('AssociateRouteTable', {
      ...{ RouteTableId, SubnetId: SUBNET },
    })
    for (const action of ['DisassociateRouteTable', 'ReplaceRouteTableAssociation']) {
      const { error } = await stage.perform(action, { AssociationId, RouteTableId: 'rtb-00000003' }, rival)
      expect(error?.code, action).toBe('InvalidAssociationID.NotFound')
    }
    const theirs = { RouteTableId: 'rtb-00000003', DestinationCidrBlock: '192.168.0.0/16' }
    const { InstanceId } = await instance(stage)
    expect((await stage.perform('CreateRoute', { ...theirs, InstanceId }, rival)).error?.code).toBe(
      'InvalidInstanceID.NotFound',
    )
    expect(await associations(stage, RouteTableId)).toEqual([SUBNET])
  })
})
