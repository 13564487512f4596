// VPCs that an account makes, in its object: what they are, what is in their way, and where their requests break off.
import type {
  CreateVpcRequest,
  CreateVpcResult,
  DescribeNetworkAclsResult,
  DescribeVpcAttributeResult,
  DescribeVpcsResult,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { expectOnceOrNever } from './kills.ts'
import { type Stage, setStage } from './stage.ts'

const DEFAULT = 'vpc-00000002'

const create = async (stage: Stage, input: CreateVpcRequest = {}): Promise<string> => {
  const { Vpc } = await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.0.0/16', ...input })
  return Vpc?.VpcId ?? ''
}
const listed = async (stage: Stage) => (await stage.read<DescribeVpcsResult>('DescribeVpcs', {})).Vpcs ?? []
const own = async (stage: Stage) => (await listed(stage)).filter(({ IsDefault }) => !IsDefault)
const refused = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error?.code

describe('a VPC', () => {
  it('is made, shown beside the default one with all that it has one of, and deleted', async () => {
    const stage = setStage()
    const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags: [{ Key: 'role', Value: 'web' }] }]
    const { Vpc } = await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.9.9/16', TagSpecifications })
    expect(Vpc).toEqual({
      VpcId: expect.stringMatching(/^vpc-[1-9a-f][0-9a-f]{16}$/) as string,
      OwnerId: stage.account.id,
      State: 'available',
      CidrBlock: '10.7.0.0/16',
      CidrBlockAssociationSet: [
        {
          AssociationId: Vpc?.VpcId?.replace('vpc', 'vpc-cidr-assoc'),
          CidrBlock: '10.7.0.0/16',
          CidrBlockState: { State: 'associated' },
        },
      ],
      Ipv6CidrBlockAssociationSet: [],
      DhcpOptionsId: 'dopt-00000002',
      InstanceTenancy: 'default',
      IsDefault: false,
      BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
      Tags: [{ Key: 'role', Value: 'web' }],
    })
    const VpcId = Vpc?.VpcId ?? ''
    const all = await listed(stage)
    expect(all.map(each => each.VpcId)).toEqual([DEFAULT, VpcId])
    expect(all[1]).toEqual(Vpc)
    const { NetworkAcls } = await stage.read<DescribeNetworkAclsResult>('DescribeNetworkAcls', {})
    expect(NetworkAcls?.map(each => [each.VpcId, each.NetworkAclId, each.Associations?.length])).toEqual([
      [DEFAULT, 'acl-00000002', 1],
      [VpcId, VpcId.replace('vpc', 'acl'), 0],
    ])
    await stage.succeed('DeleteVpc', { VpcId })
    expect(await own(stage)).toEqual([])
    expect(await refused(stage, 'DeleteVpc', { VpcId })).toBe('InvalidVpcID.NotFound')
    expect(await stage.unfinished()).toEqual([])
  })

  it.each([
    ['10.0.0.0/15', 'InvalidVpc.Range'],
    ['10.0.0.0/29', 'InvalidVpc.Range'],
    ['169.254.0.0/24', 'InvalidVpc.Range'],
    ['239.0.0.0/24', 'InvalidVpc.Range'],
    ['10.0.0.0', 'InvalidParameterValue'],
    ['10.0.0.256/24', 'InvalidParameterValue'],
    ['2001:db8::/64', 'InvalidParameterValue'],
    ['', 'MissingParameter'],
  ])('does not have the block %j', async (CidrBlock, code) => {
    const stage = setStage()
    expect(await refused(stage, 'CreateVpc', { CidrBlock })).toBe(code)
    expect(await own(stage)).toEqual([])
  })

  it('is one of so many at most', async () => {
    const stage = setStage()
    for (let count = 0; count < limits.vpcs.most; count++) await create(stage)
    expect(await refused(stage, 'CreateVpc', { CidrBlock: '10.0.0.0/16' })).toBe('VpcLimitExceeded')
    expect(await own(stage)).toHaveLength(limits.vpcs.most)
  })

  it('is there once or not at all, wherever its request is killed', () =>
    expectOnceOrNever('CreateVpc', { CidrBlock: '10.7.0.0/16' }, async stage => (await own(stage)).length))
})

describe('an attribute of a VPC', () => {
  const attribute = async (stage: Stage, VpcId: string, Attribute: string) => {
    const { VpcId: _, ...value } = await stage.read<DescribeVpcAttributeResult>('DescribeVpcAttribute', {
      ...{ VpcId, Attribute },
    })
    return Object.values(value)
  }

  it('is what AWS has it to begin with, and changes alone', async () => {
    const stage = setStage()
    const VpcId = await create(stage)
    const names = ['enableDnsSupport', 'enableDnsHostnames', 'enableNetworkAddressUsageMetrics']
    const all = async () => (await Promise.all(names.map(name => attribute(stage, VpcId, name)))).flat()
    expect(await all()).toEqual([{ Value: true }, { Value: false }, { Value: false }])
    await stage.succeed('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: true } })
    expect(await all()).toEqual([{ Value: true }, { Value: true }, { Value: false }])
    await stage.succeed('ModifyVpcAttribute', { VpcId, EnableNetworkAddressUsageMetrics: { Value: true } })
    await stage.succeed('ModifyVpcAttribute', { VpcId, EnableDnsHostnames: { Value: false } })
    await stage.succeed('ModifyVpcAttribute', { VpcId, EnableDnsSupport: { Value: false } })
    expect(await all()).toEqual([{ Value: false }, { Value: false }, { Value: true }])
    expect((await own(stage))[0]?.CidrBlock).toBe('10.7.0.0/16')
  })

  it('changes one a call, and by rules', async () => {
    const stage = setStage()
    const VpcId = await create(stage)
    const modify = (input: object) => refused(stage, 'ModifyVpcAttribute', { VpcId, ...input })
    const [on, off] = [{ Value: true }, { Value: false }]
    expect(await modify({})).toBe('InvalidParameterCombination')
    expect(await modify({ EnableDnsSupport: on, EnableDnsHostnames: on })).toBe('InvalidParameterCombination')
    await stage.succeed('ModifyVpcAttribute', { VpcId, EnableDnsSupport: off })
    expect(await modify({ EnableDnsHostnames: on })).toBe('InvalidParameterCombination')
    expect(await modify({ VpcId: 'vpc-1234567890abcdef0', EnableDnsSupport: on })).toBe('InvalidVpcID.NotFound')
  })
})

describe('the default VPC', () => {
  it('is nobody’s to change, however it is written', async () => {
    const stage = setStage()
    for (const VpcId of [DEFAULT, 'vpc-2']) {
      expect(await refused(stage, 'DeleteVpc', { VpcId })).toBe('OperationNotPermitted')
      const change = { VpcId, EnableDnsHostnames: { Value: false } }
      expect(await refused(stage, 'ModifyVpcAttribute', change)).toBe('OperationNotPermitted')
    }
    const Tags = [{ Key: 'a', Value: 'b' }]
    const VpcId = await create(stage)
    expect((await stage.perform('CreateTags', { Resources: [VpcId, DEFAULT], Tags })).error).toMatchObject({
      ...{
        code: 'UnauthorizedOperation',
        message: expect.stringContaining(`'${DEFAULT}' is the operator's`) as unknown,
      },
    })
    await stage.succeed('CreateTags', { Resources: [VpcId], Tags })
    expect((await own(stage))[0]?.Tags).toEqual(Tags)
  })
})

describe('another account', () => {
  it('does not see a VPC, nor change it', async () => {
    const stage = setStage()
    const VpcId = await create(stage)
    const rival = { id: stage.account.id, user: { id: 3, name: 'rival' } }
    for (const [action, input] of [
      ['DeleteVpc', { VpcId }],
      ['ModifyVpcAttribute', { VpcId, EnableDnsSupport: { Value: false } }],
      ['CreateTags', { Resources: [VpcId], Tags: [{ Key: 'a', Value: 'b' }] }],
    ] as const) {
      expect((await stage.perform(action, input, rival)).error?.code, action).toBe('InvalidVpcID.NotFound')
    }
    expect(await own(stage)).toHaveLength(1)
  })
})
