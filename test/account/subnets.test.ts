// Subnets that an account makes, in its object: the networks that they are, who may use them, and where requests break off.
import type {
  CreateNetworkInterfaceResult,
  CreateSubnetRequest,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeInstancesResult,
  DescribeNetworkAclsResult,
  DescribeNetworkInterfacesResult,
  DescribeSecurityGroupsResult,
  DescribeSubnetsResult,
  DescribeVpcsResult,
  Reservation,
  Subnet,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import type { Network } from '../../src/sandbox/world/model.ts'
import { attribute, IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const DEFAULT_VPC = 'vpc-00000002'
const PRIVATE = 'subnet-00000000'
const rival = { id: '000000000003', user: { id: 3, name: 'rival' } }

const refused = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error?.code

async function vpc(stage: Stage, CidrBlock = '10.7.0.0/16'): Promise<string> {
  const { Vpc } = await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock })
  return Vpc?.VpcId ?? ''
}

const create = async (stage: Stage, input: CreateSubnetRequest): Promise<Subnet> =>
  (await stage.succeed<CreateSubnetResult>('CreateSubnet', input)).Subnet ?? {}

/** One that is available, in a VPC of its own. */
async function subnet(stage: Stage, CidrBlock = '10.7.1.0/24'): Promise<{ VpcId: string; SubnetId: string }> {
  const VpcId = await vpc(stage)
  const { SubnetId = '' } = await create(stage, { VpcId, CidrBlock })
  await stage.pass(5000)
  return { VpcId, SubnetId }
}

const listed = async (stage: Stage, input: object = {}) =>
  (await stage.read<DescribeSubnetsResult>('DescribeSubnets', input)).Subnets ?? []
const own = async (stage: Stage) => (await listed(stage)).filter(({ VpcId }) => VpcId !== DEFAULT_VPC)

/** The networks of the sandbox that have the name of a subnet. */
const networks = ({ sandbox }: Stage): Network[] =>
  sandbox.world.networks.all().filter(({ name }) => name.startsWith('subnet-'))

const launch = async (stage: Stage, input: object) => {
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', {
    ...{ ImageId: IMAGE, MinCount: 1, MaxCount: 1 },
    ...input,
  })
  await stage.pass(MINUTE)
  return Instances[0] ?? {}
}

describe('a subnet of the operator’s template', () => {
  it('is a network with the block that was asked for, but for the addresses that EC2 keeps', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const TagSpecifications = [{ ResourceType: 'subnet' as const, Tags: [{ Key: 'role', Value: 'web' }] }]
    const made = await create(stage, { VpcId, CidrBlock: '10.7.1.9/24', TagSpecifications })
    expect(made).toMatchObject({
      SubnetId: expect.stringMatching(/^subnet-[1-9a-f][0-9a-f]{16}$/) as string,
      ...{ VpcId, State: 'pending', CidrBlock: '10.7.1.0/24', AvailableIpAddressCount: 251, DefaultForAz: false },
      ...{ MapPublicIpOnLaunch: false, OwnerId: stage.account.id, Tags: [{ Key: 'role', Value: 'web' }] },
    })
    expect(await listed(stage, { SubnetIds: [made.SubnetId] })).toEqual([made])
    await stage.pass(5000)
    expect(await listed(stage, { SubnetIds: [made.SubnetId] })).toEqual([{ ...made, State: 'available' }])
    const [network] = networks(stage)
    expect(network?.name).toBe(made.SubnetId)
    expect(network?.ranges.map(({ attributes, size }) => [attributes['IP'], size])).toEqual([['10.7.1.4', 251]])
    const words = ['NETWORK_ADDRESS', 'NETWORK_MASK', 'GATEWAY', 'SECURITY_GROUPS']
    const written = words.map(name => attribute(network?.template, name))
    expect(written).toEqual(['10.7.1.0', '255.255.255.0', '10.7.1.1', ''])
    expect(await stage.unfinished()).toEqual([])
  })

  it('can be used as soon as it was made', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const { SubnetId } = await create(stage, { VpcId, CidrBlock: '10.7.1.0/24' })
    const made = stage.perform('CreateNetworkInterface', { SubnetId, PrivateIpAddress: '10.7.1.9' })
    await stage.meanwhile('one.vn.info', () => stage.pass(1000))
    expect((await made).error).toBeUndefined()
    const { SubnetId: another } = await create(stage, { VpcId, CidrBlock: '10.7.2.0/24' })
    const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, SubnetId: another, PrivateIpAddress: '10.7.2.9' }
    const launched = stage.perform('RunInstances', input)
    await stage.meanwhile('one.vn.info', () => stage.pass(1000))
    expect((await launched).error).toBeUndefined()
  })

  it('keeps its tags to itself', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const TagSpecifications = [{ ResourceType: 'subnet' as const, Tags: [{ Key: 'role', Value: 'web' }] }]
    const { SubnetId } = await create(stage, { VpcId, CidrBlock: '10.7.1.0/24', TagSpecifications })
    await stage.pass(5000)
    const input = { SubnetId }
    const { NetworkInterface } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', input)
    expect(NetworkInterface?.TagSet).toEqual([])
  })

  it('may have the addresses of one in another VPC, and not those of one in the same', async () => {
    const stage = setStage()
    const [VpcId, other] = [await vpc(stage), await vpc(stage)]
    const { SubnetId } = await create(stage, { VpcId, CidrBlock: '10.7.1.0/24' })
    const { SubnetId: twin } = await create(stage, { VpcId: other, CidrBlock: '10.7.1.0/24' })
    for (const CidrBlock of ['10.7.1.0/24', '10.7.1.128/28', '10.7.0.0/16']) {
      expect(await refused(stage, 'CreateSubnet', { VpcId, CidrBlock }), CidrBlock).toBe('InvalidSubnet.Conflict')
    }
    await create(stage, { VpcId, CidrBlock: '10.7.2.0/24' })
    expect((await own(stage)).filter(each => each.VpcId === VpcId)).toHaveLength(2)
    const { NetworkAcls = [] } = await stage.read<DescribeNetworkAclsResult>('DescribeNetworkAcls', {})
    const associated = (id: string) =>
      NetworkAcls.find(acl => acl.VpcId === id)?.Associations?.map(each => each.SubnetId)
    expect(associated(VpcId)).toEqual([SubnetId, expect.any(String)])
    expect(associated(other)).toEqual([twin])
  })

  it.each([
    ['10.8.0.0/24', 'InvalidSubnet.Range'],
    ['10.7.0.0/15', 'InvalidSubnet.Range'],
    ['10.7.0.0/29', 'InvalidSubnet.Range'],
    ['10.7.0.0', 'InvalidParameterValue'],
    ['2001:db8::/64', 'InvalidParameterValue'],
    ['', 'MissingParameter'],
  ])('does not have the block %j', async (CidrBlock, code) => {
    const stage = setStage()
    expect(await refused(stage, 'CreateSubnet', { VpcId: await vpc(stage), CidrBlock })).toBe(code)
    expect(networks(stage)).toEqual([])
  })

  it('is in a VPC that the account made, and in a zone that there is', async () => {
    const stage = setStage()
    const CidrBlock = '10.7.1.0/24'
    const VpcId = await vpc(stage)
    const tries = [
      [{ VpcId: 'vpc-1234567890abcdef0', CidrBlock }, 'InvalidVpcID.NotFound'],
      [{ VpcId: 'vpc-x', CidrBlock }, 'InvalidVpcID.Malformed'],
      [{ VpcId: DEFAULT_VPC, CidrBlock }, 'OperationNotPermitted'],
      [{ VpcId: 'vpc-2', CidrBlock }, 'OperationNotPermitted'],
      [{ VpcId, CidrBlock, AvailabilityZone: 'elsewhere' }, 'InvalidParameterValue'],
    ] as const
    for (const [input, code] of tries) expect(await refused(stage, 'CreateSubnet', input), input.VpcId).toBe(code)
    expect(networks(stage)).toEqual([])
  })

  it('is one of so many of a VPC', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    for (let count = 0; count < limits.subnetsOfVpc.most; count++) {
      await create(stage, { VpcId, CidrBlock: `10.7.${count}.0/24` })
    }
    expect(await refused(stage, 'CreateSubnet', { VpcId, CidrBlock: '10.7.200.0/24' })).toBe('SubnetLimitExceeded')
    expect(await own(stage)).toHaveLength(limits.subnetsOfVpc.most)
  })

  it('is one of several that were asked for at the same time with the same block', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const asked = Array.from({ length: 4 }, () => stage.perform('CreateSubnet', { VpcId, CidrBlock: '10.7.1.0/24' }))
    const codes = (await Promise.all(asked)).map(({ error }) => error?.code)
    expect(codes.filter(code => code === 'InvalidSubnet.Conflict')).toHaveLength(3)
    expect(codes.filter(code => code === undefined)).toHaveLength(1)
    expect(networks(stage)).toHaveLength(1)
  })

  it('is changed one attribute at a time', async () => {
    const stage = setStage()
    const { SubnetId } = await create(stage, { VpcId: await vpc(stage), CidrBlock: '10.7.1.0/24' })
    const change = (input: object) => refused(stage, 'ModifySubnetAttribute', { SubnetId, ...input })
    expect(await change({})).toBe('InvalidParameterCombination')
    const two = { MapPublicIpOnLaunch: { Value: true }, EnableDns64: { Value: false } }
    expect(await change(two)).toBe('InvalidParameterCombination')
    await stage.succeed('ModifySubnetAttribute', { SubnetId, EnableDns64: { Value: false } })
  })

  it('costs three requests at most', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    Object.assign(stage.most, { upstream: 0 })
    const { SubnetId } = await create(stage, { VpcId, CidrBlock: '10.7.1.0/24' })
    await stage.pass(5000)
    await stage.succeed('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } })
    await listed(stage)
    await stage.succeed('DeleteSubnet', { SubnetId })
    expect(stage.most.upstream).toBeLessThanOrEqual(3)
  })
})

describe('where the operator has set', () => {
  const input = { CidrBlock: '10.0.1.0/24' }

  it('nothing, there are no subnets to be made, and what has to be set is said', async () => {
    const stage = setStage({}, {}, { SUBNET_TEMPLATE_ID: '' })
    const VpcId = await vpc(stage, '10.0.0.0/16')
    const { error } = await stage.perform('CreateSubnet', { VpcId, ...input })
    expect(error).toMatchObject({ code: 'UnsupportedOperation' })
    expect(error?.message).toMatch(/SUBNET_TEMPLATE_ID.*SUBNET_PARENT_ID/)
  })

  it.each([{ SUBNET_TEMPLATE_ID: '9' }, { SUBNET_TEMPLATE_ID: '', SUBNET_PARENT_ID: '9' }])(
    'what is not there, no subnet stays: %j',
    async variables => {
      const stage = setStage({}, {}, variables)
      const VpcId = await vpc(stage, '10.0.0.0/16')
      expect(await refused(stage, 'CreateSubnet', { VpcId, ...input })).toBe('UnsupportedOperation')
      expect([networks(stage), await stage.unfinished()]).toEqual([[], []])
    },
  )

  it('a network, its addresses are reserved: exactly those of the block', async () => {
    const stage = setStage({}, { privateAddresses: 5000 }, { SUBNET_TEMPLATE_ID: '', SUBNET_PARENT_ID: '0' })
    const [VpcId, other] = [await vpc(stage, '10.0.0.0/16'), await vpc(stage, '10.0.0.0/16')]
    const { SubnetId = '' } = await create(stage, { VpcId, ...input })
    await stage.pass(5000)
    const [found] = await listed(stage, { SubnetIds: [SubnetId] })
    expect(found).toMatchObject({ State: 'available', ...input, VpcId, AvailableIpAddressCount: 251 })
    expect(networks(stage)[0]).toMatchObject({ name: SubnetId, parent: 0 })
    // Another VPC has no way to the same addresses of the one network
    expect(await refused(stage, 'CreateSubnet', { VpcId: other, ...input })).toBe('InvalidSubnet.Conflict')
    const outside = { VpcId, CidrBlock: '10.0.200.0/24' }
    const { error } = await stage.perform('CreateSubnet', outside)
    expect(error).toMatchObject({ code: 'InvalidSubnet.Range' })
    expect(error?.message).toContain('10.0.0.10 to 10.0.19.145')
    const { SubnetId: of, VpcId: at } = await launch(stage, { SubnetId })
    expect([of, at]).toEqual([SubnetId, VpcId])
    expect([networks(stage).length, await stage.unfinished()]).toEqual([1, []])
  })
})

describe('where its request breaks off, a subnet', () => {
  it.each([
    ['of a template', {}],
    ['out of a network', { SUBNET_TEMPLATE_ID: '', SUBNET_PARENT_ID: '0' }],
  ])('%s is made or not made, at every step', async (_, variables) => {
    for (let step = 1; ; step++) {
      const stage = setStage({}, { privateAddresses: 5000 }, variables)
      const VpcId = await vpc(stage, '10.0.0.0/16')
      const input = { VpcId, CidrBlock: '10.0.1.0/24' }
      stage.killAt(step)
      await stage.perform('CreateSubnet', input).catch(error => expect(error).toBeInstanceOf(Killed))
      if (!stage.disarm()) return expect(step).toBeGreaterThan(4)
      const wasDone = (await stage.unfinished()).length === 0
      await stage.pass(30 * MINUTE)
      const left = await own(stage)
      expect([left.length, networks(stage).length], `step ${step}`).toEqual([left.length, left.length])
      if (!wasDone) expect(left, `step ${step}`).toEqual([])
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      // And so it can be asked for again
      if (left.length === 0) await create(stage, input)
    }
  })

  it('is deleted or not, at every step', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const { SubnetId } = await subnet(stage)
      stage.killAt(step)
      await stage.perform('DeleteSubnet', { SubnetId }).catch(error => expect(error).toBeInstanceOf(Killed))
      if (!stage.disarm()) return expect(step).toBeGreaterThan(4)
      const wasBegun = (await stage.unfinished()).length > 0
      await stage.pass(30 * MINUTE)
      expect((await own(stage)).length, `step ${step}`).toBe(networks(stage).length)
      if (wasBegun) expect(networks(stage), `step ${step}`).toEqual([])
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
    }
  })

  it('that shows late goes', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    stage.delay('one.vntemplate.instantiate')
    expect((await stage.perform('CreateSubnet', { VpcId, CidrBlock: '10.7.1.0/24' })).error?.status).toBe(503)
    await stage.pass(MINUTE)
    await stage.workOff()
    expect(networks(stage)).toHaveLength(1)
    // It has no record: it is nothing to anybody
    expect(await own(stage)).toEqual([])
    await stage.pass(11 * MINUTE)
    expect([networks(stage), await stage.unfinished()]).toEqual([[], []])
  })
})

describe('DeleteSubnet', () => {
  it('takes the network away, and then its VPC can go', async () => {
    const stage = setStage()
    const { VpcId, SubnetId } = await subnet(stage)
    expect(await refused(stage, 'DeleteVpc', { VpcId })).toBe('DependencyViolation')
    await stage.succeed('DeleteSubnet', { SubnetId })
    expect(await refused(stage, 'DeleteSubnet', { SubnetId })).toBe('InvalidSubnetID.NotFound')
    await stage.succeed('DeleteVpc', { VpcId })
    await stage.pass(5000)
    expect([networks(stage), await stage.unfinished()]).toEqual([[], []])
  })

  it('takes one away that is still being made', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const { SubnetId } = await create(stage, { VpcId, CidrBlock: '10.7.1.0/24' })
    await stage.succeed('DeleteSubnet', { SubnetId })
    expect(await own(stage)).toEqual([])
    await create(stage, { VpcId, CidrBlock: '10.7.1.0/24' })
    await stage.pass(MINUTE)
    expect((await own(stage)).length).toBe(1)
    expect([networks(stage).length, await stage.unfinished()]).toEqual([1, []])
  })

  it('is refused while an instance is in it', async () => {
    const stage = setStage()
    const { SubnetId } = await subnet(stage)
    const { InstanceId } = await launch(stage, { SubnetId })
    expect(await refused(stage, 'DeleteSubnet', { SubnetId })).toBe('DependencyViolation')
    expect(await own(stage)).toHaveLength(1)
    await stage.succeed('TerminateInstances', { InstanceIds: [InstanceId] })
    await stage.pass(MINUTE)
    await stage.succeed('DeleteSubnet', { SubnetId })
  })

  it('waits for the address of an interface that was deleted a moment ago', async () => {
    const stage = setStage()
    const { SubnetId } = await subnet(stage)
    const input = { SubnetId }
    const { NetworkInterface } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', input)
    await stage.pass(5000)
    expect(await refused(stage, 'DeleteSubnet', { SubnetId })).toBe('DependencyViolation')
    await stage.succeed('DeleteNetworkInterface', { NetworkInterfaceId: NetworkInterface?.NetworkInterfaceId })
    const deleted = stage.perform('DeleteSubnet', { SubnetId })
    // First it looks for the subnet, then for what is released
    await stage.meanwhile('one.vnpool.info', async () => {})
    await stage.meanwhile('one.vnpool.info', () => stage.pass(1000))
    expect((await deleted).error).toBeUndefined()
    expect(await own(stage)).toEqual([])
  })

  it('leaves a subnet that an instance came into meanwhile', async () => {
    const stage = setStage()
    const { SubnetId } = await subnet(stage)
    const [network] = networks(stage)
    const deleted = stage.perform('DeleteSubnet', { SubnetId })
    await stage.meanwhile('one.vn.delete', async () => {
      await stage.perform('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1, SubnetId })
    })
    expect((await deleted).error?.code).toBe('DependencyViolation')
    await stage.pass(5 * MINUTE)
    expect((await own(stage)).map(each => each.SubnetId)).toEqual([network?.name])
    expect(await stage.unfinished()).toEqual([])
  })

  it('and ModifySubnetAttribute leave the operator’s networks alone', async () => {
    const stage = setStage()
    const change = { SubnetId: PRIVATE, MapPublicIpOnLaunch: { Value: true } }
    expect(await refused(stage, 'DeleteSubnet', { SubnetId: PRIVATE })).toBe('OperationNotPermitted')
    expect(await refused(stage, 'DeleteSubnet', { SubnetId: 'subnet-0' })).toBe('OperationNotPermitted')
    expect(await refused(stage, 'ModifySubnetAttribute', change)).toBe('OperationNotPermitted')
    expect(await refused(stage, 'CreateDefaultVpc', {})).toBe('DefaultVpcAlreadyExists')
    const code = await refused(stage, 'CreateDefaultSubnet', { AvailabilityZone: 'opennebulaa' })
    expect(code).toBe('DefaultSubnetAlreadyExistsInAvailabilityZone')
    expect(await refused(stage, 'CreateDefaultSubnet', {})).toBe('MissingParameter')
  })
})

describe('an instance in a subnet', () => {
  it('shows it and its VPC, at launch and later, and so does its interface', async () => {
    const stage = setStage()
    const { VpcId, SubnetId } = await subnet(stage)
    const launched = await launch(stage, { SubnetId })
    expect(launched).toMatchObject({ SubnetId, VpcId, PrivateIpAddress: '10.7.1.4' })
    expect(launched.NetworkInterfaces?.map(nic => [nic.SubnetId, nic.VpcId])).toEqual([[SubnetId, VpcId]])
    const other = await launch(stage, {})
    const instances = async (input: object) =>
      (await stage.read<DescribeInstancesResult>('DescribeInstances', input)).Reservations?.flatMap(
        ({ Instances = [] }) => Instances.map(each => [each.InstanceId, each.SubnetId, each.VpcId]),
      )
    expect(await instances({})).toEqual([
      [other.InstanceId, PRIVATE, DEFAULT_VPC],
      [launched.InstanceId, SubnetId, VpcId],
    ])
    expect(await instances({ InstanceIds: [launched.InstanceId] })).toEqual([[launched.InstanceId, SubnetId, VpcId]])
    const interfaces = await stage.read<DescribeNetworkInterfacesResult>('DescribeNetworkInterfaces', {})
    expect(interfaces.NetworkInterfaces?.map(nic => [nic.SubnetId, nic.VpcId])).toEqual([
      [PRIVATE, DEFAULT_VPC],
      [SubnetId, VpcId],
    ])
    expect((await listed(stage, { SubnetIds: [SubnetId] }))[0]?.AvailableIpAddressCount).toBe(250)
  })

  it('waits for a subnet that is still being made', async () => {
    const stage = setStage()
    const { SubnetId } = await create(stage, { VpcId: await vpc(stage), CidrBlock: '10.7.1.0/24' })
    const launched = stage.perform('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1, SubnetId })
    await stage.meanwhile('one.vn.info', async () => stage.sandbox.advance(5000))
    expect((await launched).error).toBeUndefined()
    expect(stage.vms()).toHaveLength(1)
  })

  it('has a public address where the subnet says so, unless the launch says otherwise', async () => {
    const stage = setStage()
    const { SubnetId } = await subnet(stage)
    await stage.succeed('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: true } })
    expect((await listed(stage, { SubnetIds: [SubnetId] }))[0]?.MapPublicIpOnLaunch).toBe(true)
    expect((await launch(stage, { SubnetId })).PublicIpAddress).toMatch(/^203\.0\.113\./)
    const without = { DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: false }
    expect((await launch(stage, { NetworkInterfaces: [without] })).PublicIpAddress).toBeUndefined()
    await stage.succeed('ModifySubnetAttribute', { SubnetId, MapPublicIpOnLaunch: { Value: false } })
    expect((await launch(stage, { SubnetId })).PublicIpAddress).toBeUndefined()
    expect((await listed(stage, { SubnetIds: [SubnetId] }))[0]?.CidrBlock).toBe('10.7.1.0/24')
  })

  it('is in the groups that it names alone, and in the default one where it names none', async () => {
    const stage = setStage()
    const { SubnetId, VpcId } = await subnet(stage)
    const made = { GroupName: 'web', Description: 'of a subnet', VpcId }
    const { GroupId } = await stage.succeed<{ GroupId?: string }>('CreateSecurityGroup', made)
    const named = await launch(stage, { SubnetId, SecurityGroupIds: [GroupId] })
    expect(named.SecurityGroups?.map(each => each.GroupId)).toEqual([GroupId])
    const unnamed = await launch(stage, { SubnetId })
    const ofVpc = [
      { Name: 'vpc-id', Values: [VpcId] },
      { Name: 'group-name', Values: ['default'] },
    ]
    const { SecurityGroups = [] } = await stage.read<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {
      Filters: ofVpc,
    })
    expect(SecurityGroups).toHaveLength(1)
    const [{ GroupId: id } = {}] = SecurityGroups
    expect(unnamed.SecurityGroups).toEqual([{ GroupId: id, GroupName: 'default' }])
    // Changed, it is a group of its own, and the instance comes into it
    const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }
    await stage.succeed('AuthorizeSecurityGroupIngress', { GroupId: id, ...rule })
    await stage.pass(60_000)
    expect(stage.sandbox.world.securityGroups.all().find(({ name }) => name === id)?.vms).toEqual([1])
  })

  it('with a public address of its own alone is in no subnet', async () => {
    const stage = setStage(
      {},
      {
        templates: [{ name: 'public', template: 'CPU=1 MEMORY=1 EC2_INSTANCE_TYPE="public" NIC=[NETWORK_ID="1"]' }],
      },
    )
    const { SubnetId, VpcId } = await launch(stage, { InstanceType: 'public' })
    expect([SubnetId, VpcId]).toEqual([undefined, DEFAULT_VPC])
  })
})

describe('another account', () => {
  it('does not see a VPC or a subnet, nor name it, nor use it', async () => {
    const stage = setStage()
    const { VpcId, SubnetId } = await subnet(stage)
    const code = async (action: string, input: object) => (await stage.perform(action, input, rival)).error?.code
    const { Subnets = [] } = await stage.read<DescribeSubnetsResult>('DescribeSubnets', {}, rival)
    expect(Subnets.map(each => each.SubnetId)).toEqual([PRIVATE])
    const { Vpcs = [] } = await stage.read<DescribeVpcsResult>('DescribeVpcs', {}, rival)
    expect(Vpcs.map(each => each.VpcId)).toEqual(['vpc-00000003'])
    // By its number neither, which OpenNebula would take: networks of a template are for all of the group of users to use
    const number = String(networks(stage)[0]?.id).padStart(8, '0')
    const run = { ImageId: IMAGE, MinCount: 1, MaxCount: 1 }
    for (const id of [SubnetId, `subnet-${number}`]) {
      const read = stage.read('DescribeSubnets', { SubnetIds: [id] }, rival)
      await expect(read, id).rejects.toMatchObject({ code: 'InvalidSubnetID.NotFound' })
      for (const [action, input] of [
        ['DeleteSubnet', { SubnetId: id }],
        ['ModifySubnetAttribute', { SubnetId: id, MapPublicIpOnLaunch: { Value: true } }],
        ['CreateTags', { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] }],
        ['RunInstances', { ...run, SubnetId: id }],
      ] as const) {
        expect(await code(action, input), `${action} ${id}`).toBe('InvalidSubnetID.NotFound')
      }
    }
    expect(await code('CreateSubnet', { VpcId, CidrBlock: '10.7.9.0/24' })).toBe('InvalidVpcID.NotFound')
    expect(await own(stage)).toMatchObject([{ SubnetId, VpcId, Tags: [] }])
  })

  it('does not pass a network of its own for a subnet of somebody else’s VPC', async () => {
    const stage = setStage()
    const { VpcId, SubnetId } = await subnet(stage)
    const [network] = networks(stage)
    // Everything that makes it a subnet, on a network of the rival's
    if (network) network.uid = 3
    expect(await own(stage)).toEqual([])
    expect(await refused(stage, 'RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1, SubnetId })).toBe(
      'InvalidSubnetID.NotFound',
    )
    await stage.succeed('DeleteVpc', { VpcId })
  })
})
