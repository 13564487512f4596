// Sets of DHCP options in the account's object: what each can be, which VPC has which, and where requests break off.
import type {
  CreateDhcpOptionsResult,
  CreateNetworkInterfaceResult,
  CreateVpcResult,
  DescribeDhcpOptionsResult,
  DescribeVpcsResult,
  NewDhcpConfiguration,
  Reservation,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { expectOnceOrNever } from './kills.ts'
import { IMAGE, type Stage, setStage } from './stage.ts'

const [DEFAULT, DEFAULT_VPC] = ['dopt-00000002', 'vpc-00000002']
const NOWHERE = 'dopt-1234567890abcdef0'
const Tags = [{ Key: 'role', Value: 'names' }]

const option = (Key: string, ...Values: string[]): NewDhcpConfiguration => ({ Key, Values })
const SERVERS = option('domain-name-servers', '192.0.2.1', '192.0.2.2')

const create = async (stage: Stage, ...DhcpConfigurations: NewDhcpConfiguration[]): Promise<string> => {
  const input = { DhcpConfigurations: DhcpConfigurations.length > 0 ? DhcpConfigurations : [SERVERS] }
  const { DhcpOptions } = await stage.succeed<CreateDhcpOptionsResult>('CreateDhcpOptions', input)
  return DhcpOptions?.DhcpOptionsId ?? ''
}
const vpc = async (stage: Stage): Promise<string> =>
  (await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.0.0/16' })).Vpc?.VpcId ?? ''
const listed = async (stage: Stage) =>
  (await stage.read<DescribeDhcpOptionsResult>('DescribeDhcpOptions', {})).DhcpOptions ?? []
const own = async (stage: Stage) => (await listed(stage)).filter(({ DhcpOptionsId }) => DhcpOptionsId !== DEFAULT)
const shown = async (stage: Stage, id: string) =>
  (await listed(stage))
    .find(({ DhcpOptionsId }) => DhcpOptionsId === id)
    ?.DhcpConfigurations?.map(({ Key, Values = [] }) => [Key, ...Values.map(({ Value }) => Value)])
const optionsOf = async (stage: Stage, VpcId: string) =>
  (await stage.read<DescribeVpcsResult>('DescribeVpcs', { VpcIds: [VpcId] })).Vpcs?.[0]?.DhcpOptionsId
const refused = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error
const codeOf = async (stage: Stage, action: string, input: object) => (await refused(stage, action, input))?.code

describe('a set of DHCP options', () => {
  it('is made and deleted', async () => {
    const stage = setStage()
    const { DhcpOptions } = await stage.succeed<CreateDhcpOptionsResult>('CreateDhcpOptions', {
      DhcpConfigurations: [SERVERS, option('domain-name', 'corp.example')],
      TagSpecifications: [{ ResourceType: 'dhcp-options', Tags }],
    })
    expect(DhcpOptions).toEqual({
      DhcpOptionsId: expect.stringMatching(/^dopt-[1-9a-f][0-9a-f]{16}$/) as string,
      OwnerId: stage.account.id,
      DhcpConfigurations: [
        { Key: 'domain-name-servers', Values: [{ Value: '192.0.2.1' }, { Value: '192.0.2.2' }] },
        { Key: 'domain-name', Values: [{ Value: 'corp.example' }] },
      ],
      Tags,
    })
    expect(await own(stage)).toEqual([DhcpOptions])
    const { DhcpOptionsId } = DhcpOptions ?? {}
    await stage.succeed('DeleteDhcpOptions', { DhcpOptionsId })
    expect(await own(stage)).toEqual([])
    expect(await codeOf(stage, 'DeleteDhcpOptions', { DhcpOptionsId })).toBe('InvalidDhcpOptionID.NotFound')
    expect(await stage.unfinished()).toEqual([])
  })

  it('has every option that there is, as clients send them', async () => {
    const stage = setStage()
    const id = await create(
      stage,
      option('domain-name', 'eu.corp.example corp.example'),
      option('domain-name-servers', 'AmazonProvidedDNS'),
      // Several in one, as old clients have them
      option('ntp-servers', '192.0.2.1, 192.0.2.2', '2001:db8::1'),
      option('netbios-name-servers', '192.0.2.3'),
      option('netbios-node-type', '2'),
      option('ipv6-address-preferred-lease-time', '140'),
    )
    expect(await shown(stage, id)).toEqual([
      ['domain-name', 'eu.corp.example corp.example'],
      ['domain-name-servers', 'AmazonProvidedDNS'],
      ['ntp-servers', '192.0.2.1', '192.0.2.2', '2001:db8::1'],
      ['netbios-name-servers', '192.0.2.3'],
      ['netbios-node-type', '2'],
      ['ipv6-address-preferred-lease-time', '140'],
    ])
    // Terraform sends those that are not set without values
    expect(await shown(stage, await create(stage, SERVERS, option('ntp-servers')))).toHaveLength(1)
  })

  it.each([
    ['no option', [], 'MissingParameter'],
    ['an option without a value', [option('domain-name')], 'MissingParameter'],
    ['an option that there is not', [option('router', '192.0.2.1')], 'InvalidParameterValue'],
    ['one of the object’s own', [option('toString', '192.0.2.1')], 'InvalidParameterValue'],
    ['an option twice', [SERVERS, SERVERS], 'InvalidParameterValue'],
    ['a server by its name', [option('domain-name-servers', 'dns.example')], 'InvalidParameterValue'],
    [
      'five servers',
      [option('domain-name-servers', ...'12345'.split('').map(n => `192.0.2.${n}`))],
      'InvalidParameterValue',
    ],
    [
      'servers besides the cloud’s',
      [option('domain-name-servers', 'AmazonProvidedDNS', '192.0.2.1')],
      'InvalidParameterValue',
    ],
    ['two domain names', [option('domain-name', 'a.example', 'b.example')], 'InvalidParameterValue'],
    ['what is no domain name', [option('domain-name', 'a"]\nCPU="9')], 'InvalidParameterValue'],
    ['a label of 64 characters', [option('domain-name', 'x'.repeat(64))], 'InvalidParameterValue'],
    ['a time server by its name', [option('ntp-servers', 'time.example')], 'InvalidParameterValue'],
    ['a NetBIOS server of IPv6', [option('netbios-name-servers', '2001:db8::1')], 'InvalidParameterValue'],
    ['a NetBIOS type of 3', [option('netbios-node-type', '3')], 'InvalidParameterValue'],
    ['a lease of two minutes', [option('ipv6-address-preferred-lease-time', '120')], 'InvalidParameterValue'],
  ])('has not %s', async (_, DhcpConfigurations, code) => {
    const stage = setStage()
    expect(await codeOf(stage, 'CreateDhcpOptions', { DhcpConfigurations })).toBe(code)
    expect(await own(stage)).toEqual([])
  })

  it('is one of so many at most', async () => {
    const stage = setStage()
    for (let count = 0; count < limits.dhcpOptions.most; count++) await create(stage)
    const input = { DhcpConfigurations: [SERVERS] }
    expect(await codeOf(stage, 'CreateDhcpOptions', input)).toBe('ResourceLimitExceeded')
  })

  it('has tags, as others have', async () => {
    const stage = setStage()
    const id = await create(stage)
    await stage.succeed('CreateTags', { Resources: [id], Tags })
    expect((await own(stage))[0]?.Tags).toEqual(Tags)
    expect(await codeOf(stage, 'CreateTags', { Resources: [DEFAULT], Tags })).toBe('UnauthorizedOperation')
  })

  it('is there once or not at all, wherever its request is killed', () =>
    expectOnceOrNever('CreateDhcpOptions', { DhcpConfigurations: [SERVERS] }, async stage => (await own(stage)).length))
})

describe('the options of a VPC', () => {
  it('are those of the account, until others are, or none', async () => {
    const stage = setStage()
    const [DhcpOptionsId, VpcId] = [await create(stage), await vpc(stage)]
    const associate = async (id: string) => {
      await stage.succeed('AssociateDhcpOptions', { DhcpOptionsId: id, VpcId })
      return optionsOf(stage, VpcId)
    }
    expect(await optionsOf(stage, VpcId)).toBe(DEFAULT)
    expect(await associate(DhcpOptionsId)).toBe(DhcpOptionsId)
    expect(await associate('default')).toBe('default')
    expect(await associate('dopt-2')).toBe(DEFAULT)
    expect(await optionsOf(stage, DEFAULT_VPC)).toBe(DEFAULT)
  })

  it('are not deleted, those of the account never', async () => {
    const stage = setStage()
    const [DhcpOptionsId, VpcId] = [await create(stage), await vpc(stage)]
    await stage.succeed('AssociateDhcpOptions', { DhcpOptionsId, VpcId })
    await stage.succeed('AssociateDhcpOptions', { DhcpOptionsId, VpcId: DEFAULT_VPC })
    const gone = () => refused(stage, 'DeleteDhcpOptions', { DhcpOptionsId })
    expect(await gone()).toMatchObject({
      code: 'DependencyViolation',
      message: `The dhcpOptions '${DhcpOptionsId}' has dependencies and cannot be deleted.`,
    })
    await stage.succeed('DeleteVpc', { VpcId })
    expect(await gone()).toMatchObject({ code: 'DependencyViolation' })
    const last = { DhcpOptionsId: DEFAULT }
    expect(await codeOf(stage, 'DeleteDhcpOptions', last)).toBe('UnauthorizedOperation')
    await stage.succeed('AssociateDhcpOptions', { ...last, VpcId: DEFAULT_VPC })
    expect(await codeOf(stage, 'DeleteDhcpOptions', last)).toBe('DependencyViolation')
    expect(await gone()).toBeUndefined()
  })

  it('are of the account', async () => {
    const stage = setStage()
    const [DhcpOptionsId, VpcId] = [await create(stage), await vpc(stage)]
    const code = (input: object) => codeOf(stage, 'AssociateDhcpOptions', { DhcpOptionsId, VpcId, ...input })
    expect(await code({ DhcpOptionsId: NOWHERE })).toBe('InvalidDhcpOptionID.NotFound')
    expect(await code({ DhcpOptionsId: 'x' })).toBe('InvalidDhcpOptionsId.Malformed')
    expect(await code({ VpcId: 'vpc-1234567890abcdef0' })).toBe('InvalidVpcID.NotFound')
    const rival = { id: stage.account.id, user: { id: 3, name: 'rival' } }
    for (const [action, input] of [
      ['AssociateDhcpOptions', { DhcpOptionsId, VpcId: 'vpc-00000003' }],
      ['DeleteDhcpOptions', { DhcpOptionsId }],
      ['CreateTags', { Resources: [DhcpOptionsId], Tags }],
    ] as const) {
      const { error } = await stage.perform(action, input, rival)
      expect(error?.code, action).toBe('InvalidDhcpOptionID.NotFound')
    }
    const { error } = await stage.perform('AssociateDhcpOptions', { DhcpOptionsId: 'dopt-00000003', VpcId }, rival)
    expect(error?.code).toBe('InvalidVpcID.NotFound')
    expect(await own(stage)).toHaveLength(1)
  })
})

describe('a guest', () => {
  /** What the guest of a new instance is told of names by its first interface. */
  async function told(stage: Stage, input: Partial<RunInstancesRequest> = {}) {
    const launch = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...input }
    await stage.succeed<Reservation>('RunInstances', launch)
    const { CONTEXT } = stage.vms().at(-1)?.template ?? {}
    const [context] = (CONTEXT ?? []).filter(value => typeof value !== 'string')
    return [context?.['ETH0_DNS'], context?.['ETH0_SEARCH_DOMAIN']]
  }
  const OF_NETWORK = '198.51.100.53'

  async function stageWith(...options: NewDhcpConfiguration[]) {
    const stage = setStage()
    const network = stage.sandbox.world.networks.get(0)
    if (!network) throw new Error('there is no network')
    network.template['DNS'] = [OF_NETWORK]
    if (options.length > 0) {
      const set = { DhcpOptionsId: await create(stage, ...options), VpcId: DEFAULT_VPC }
      await stage.succeed('AssociateDhcpOptions', set)
    }
    return stage
  }
  const NAMES = option('domain-name', 'eu.corp.example corp.example')

  it('is told the servers and the domains of its VPC, whatever its interfaces follow from', async () => {
    const stage = await stageWith(SERVERS, NAMES)
    const expected = ['192.0.2.1 192.0.2.2', 'eu.corp.example corp.example']
    expect(await told(stage)).toEqual(expected)
    expect(await told(stage, { SubnetId: 'subnet-0' })).toEqual(expected)
    expect(await told(stage, { PrivateIpAddress: '10.0.0.77' })).toEqual(expected)
    const { NetworkInterface } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', {
      SubnetId: 'subnet-0',
    })
    const { NetworkInterfaceId } = NetworkInterface ?? {}
    const NetworkInterfaces = [{ DeviceIndex: 0, NetworkInterfaceId }]
    expect(await told(stage, { NetworkInterfaces })).toEqual(expected)
    // What was launched keeps what it was told
    await stage.succeed('AssociateDhcpOptions', { DhcpOptionsId: DEFAULT, VpcId: DEFAULT_VPC })
    expect(await told(stage)).toEqual([OF_NETWORK, ''])
    expect(stage.vms()).toHaveLength(5)
  })

  it.each([
    ['that are the cloud’s', [option('domain-name-servers', 'AmazonProvidedDNS'), NAMES]],
    ['of which the set says nothing', [NAMES]],
  ])('is told the servers of its network %s', async (_, options) => {
    expect(await told(await stageWith(...options))).toEqual([OF_NETWORK, 'eu.corp.example corp.example'])
  })

  it('is told what its network says where the VPC has no other set, or none', async () => {
    const stage = await stageWith()
    expect(await told(stage)).toEqual([OF_NETWORK, ''])
    await stage.succeed('AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId: DEFAULT_VPC })
    expect(await told(stage)).toEqual([OF_NETWORK, ''])
  })
})
