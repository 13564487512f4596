// Internet gateways in the account's object: where each is attached, what is in the way, and where requests break off.
import type {
  AllocateAddressResult,
  AssociateAddressResult,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  CreateNetworkInterfaceResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeInternetGatewaysResult,
  DescribeTagsResult,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { expectOnceOrNever } from './kills.ts'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const [DEFAULT, DEFAULT_VPC] = ['igw-00000002', 'vpc-00000002']
const NOWHERE = 'igw-1234567890abcdef0'
const Tags = [{ Key: 'role', Value: 'way out' }]

const create = async (stage: Stage, input: CreateInternetGatewayRequest = {}): Promise<string> => {
  const { InternetGateway } = await stage.succeed<CreateInternetGatewayResult>('CreateInternetGateway', input)
  return InternetGateway?.InternetGatewayId ?? ''
}
const vpc = async (stage: Stage): Promise<string> =>
  (await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.7.0.0/16' })).Vpc?.VpcId ?? ''
const listed = async (stage: Stage) =>
  (await stage.read<DescribeInternetGatewaysResult>('DescribeInternetGateways', {})).InternetGateways ?? []
const own = async (stage: Stage) =>
  (await listed(stage)).filter(({ InternetGatewayId }) => InternetGatewayId !== DEFAULT)
const attachments = async (stage: Stage) => (await own(stage)).map(({ Attachments }) => Attachments)
const refused = async (stage: Stage, action: string, input: object) => (await stage.perform(action, input)).error

describe('an internet gateway', () => {
  it('is made, attached, detached and deleted', async () => {
    const stage = setStage()
    const TagSpecifications = [{ ResourceType: 'internet-gateway' as const, Tags }]
    const { InternetGateway } = await stage.succeed<CreateInternetGatewayResult>('CreateInternetGateway', {
      TagSpecifications,
    })
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? ''
    expect(InternetGateway).toEqual({
      InternetGatewayId: expect.stringMatching(/^igw-[1-9a-f][0-9a-f]{16}$/) as string,
      OwnerId: stage.account.id,
      Attachments: [],
      Tags,
    })
    const VpcId = await vpc(stage)
    expect(await own(stage)).toEqual([InternetGateway])
    await stage.succeed('AttachInternetGateway', { InternetGatewayId, VpcId })
    expect(await own(stage)).toEqual([{ ...InternetGateway, Attachments: [{ VpcId, State: 'available' }] }])
    await stage.succeed('DetachInternetGateway', { InternetGatewayId, VpcId })
    expect(await own(stage)).toEqual([InternetGateway])
    await stage.succeed('DeleteInternetGateway', { InternetGatewayId })
    expect(await own(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is attached to one VPC, which has one', async () => {
    const stage = setStage()
    const [one, other] = [await create(stage), await create(stage)]
    const [first, second] = [await vpc(stage), await vpc(stage)]
    const attach = (InternetGatewayId: string, VpcId: string) =>
      refused(stage, 'AttachInternetGateway', { InternetGatewayId, VpcId })
    expect(await attach(one, first)).toBeUndefined()
    for (const VpcId of [first, second]) {
      expect(await attach(one, VpcId)).toMatchObject({
        code: 'Resource.AlreadyAssociated',
        message: `resource ${one} is already attached to network ${first}`,
      })
    }
    expect(await attach(other, first)).toMatchObject({
      code: 'InvalidParameterValue',
      message: `Network ${first} already has an internet gateway attached`,
    })
    expect(await attach(other, DEFAULT_VPC)).toMatchObject({ code: 'InvalidParameterValue' })
    expect(await attach(other, second)).toBeUndefined()
    const attached = (await own(stage)).map(each => [each.InternetGatewayId, each.Attachments])
    expect(Object.fromEntries(attached)).toEqual({
      [one]: [{ VpcId: first, State: 'available' }],
      [other]: [{ VpcId: second, State: 'available' }],
    })
  })

  it('is attached once, whoever asks at the same time', async () => {
    const stage = setStage()
    const VpcId = await vpc(stage)
    const ids = [await create(stage), await create(stage), await create(stage)]
    const answers = await Promise.all(
      ids.map(InternetGatewayId => refused(stage, 'AttachInternetGateway', { InternetGatewayId, VpcId })),
    )
    expect(answers.filter(error => error === undefined)).toHaveLength(1)
    expect((await attachments(stage)).flat()).toEqual([{ VpcId, State: 'available' }])
  })

  it('is detached from the VPC that it is attached to, and deleted when it is attached to none', async () => {
    const stage = setStage()
    const [InternetGatewayId, VpcId, other] = [await create(stage), await vpc(stage), await vpc(stage)]
    const detach = (from: string) => refused(stage, 'DetachInternetGateway', { InternetGatewayId, VpcId: from })
    expect(await detach(VpcId)).toMatchObject({ code: 'Gateway.NotAttached' })
    await stage.succeed('AttachInternetGateway', { InternetGatewayId, VpcId })
    expect(await detach(other)).toMatchObject({
      code: 'Gateway.NotAttached',
      message: `resource ${InternetGatewayId} is not attached to network ${other}`,
    })
    expect(await refused(stage, 'DeleteInternetGateway', { InternetGatewayId })).toMatchObject({
      code: 'DependencyViolation',
      message: `The internetGateway '${InternetGatewayId}' has dependencies and cannot be deleted.`,
    })
    expect(await refused(stage, 'DeleteVpc', { VpcId })).toMatchObject({ code: 'DependencyViolation' })
    expect(await detach(VpcId)).toBeUndefined()
    await stage.succeed('DeleteVpc', { VpcId })
    await stage.succeed('DeleteInternetGateway', { InternetGatewayId })
    // Nothing of either stays
    expect(stage.sandbox.world.documents.all().map(({ name }) => name)).toEqual([other])
  })

  it('that does not exist is said to be so, and so is a VPC', async () => {
    const stage = setStage()
    const [InternetGatewayId, VpcId] = [await create(stage), await vpc(stage)]
    for (const action of ['AttachInternetGateway', 'DetachInternetGateway']) {
      const code = async (input: object) => (await refused(stage, action, { InternetGatewayId, VpcId, ...input }))?.code
      expect(await code({ InternetGatewayId: NOWHERE })).toBe('InvalidInternetGatewayID.NotFound')
      expect(await code({ InternetGatewayId: 'vpc-1' })).toBe('InvalidInternetGatewayId.Malformed')
      expect(await code({ VpcId: 'vpc-1234567890abcdef0' })).toBe('InvalidVpcID.NotFound')
      expect(await code({ VpcId: 'x' })).toBe('InvalidVpcID.Malformed')
    }
    const gone = await refused(stage, 'DeleteInternetGateway', { InternetGatewayId: NOWHERE })
    expect(gone).toMatchObject({ code: 'InvalidInternetGatewayID.NotFound' })
  })

  it('is one of so many at most', async () => {
    const stage = setStage()
    for (let count = 0; count < limits.internetGateways.most; count++) await create(stage)
    expect(await refused(stage, 'CreateInternetGateway', {})).toMatchObject({ code: 'InternetGatewayLimitExceeded' })
    expect(await own(stage)).toHaveLength(limits.internetGateways.most)
  })

  it('has tags, as others have', async () => {
    const stage = setStage()
    const InternetGatewayId = await create(stage)
    await stage.succeed('CreateTags', { Resources: [InternetGatewayId], Tags })
    expect((await own(stage))[0]?.Tags).toEqual(Tags)
    const { Tags: all } = await stage.read<DescribeTagsResult>('DescribeTags', {})
    expect(all).toEqual([{ ...Tags[0], ResourceId: InternetGatewayId, ResourceType: 'internet-gateway' }])
    const both = await refused(stage, 'CreateTags', { Resources: [InternetGatewayId, 'igw-2'], Tags })
    expect(both).toMatchObject({ code: 'UnauthorizedOperation' })
  })

  it('is there once or not at all, wherever its request is killed', () =>
    expectOnceOrNever('CreateInternetGateway', {}, async stage => (await own(stage)).length))

  it('is attached once though a call for that comes when it is', async () => {
    const stage = setStage()
    const input = { InternetGatewayId: await create(stage), VpcId: await vpc(stage) }
    const before = stage.sandbox.world.documents.all().length
    stage.delay('one.document.allocate')
    expect((await refused(stage, 'AttachInternetGateway', input))?.code).toBe('Unavailable')
    await stage.succeed('AttachInternetGateway', input)
    await stage.workOff()
    await stage.pass(30 * MINUTE)
    expect(stage.sandbox.world.documents.all()).toHaveLength(before + 1)
    expect(await stage.unfinished()).toEqual([])
  })

  it.each(['AttachInternetGateway', 'DetachInternetGateway'])(
    'is attached or not, wherever %s is killed',
    async action => {
      for (let step = 1; ; step++) {
        const stage = setStage()
        const ids = { InternetGatewayId: await create(stage), VpcId: await vpc(stage) }
        if (action === 'DetachInternetGateway') await stage.succeed('AttachInternetGateway', ids)
        stage.killAt(step)
        await stage.perform(action, ids).catch(error => expect(error).toBeInstanceOf(Killed))
        if (!stage.disarm()) break
        await stage.pass(30 * MINUTE)
        expect(await stage.unfinished(), `step ${step}`).toEqual([])
        // Whoever asks again finds it done, or does it
        const again = (await refused(stage, action, ids))?.code
        expect([undefined, 'Resource.AlreadyAssociated', 'Gateway.NotAttached'], `step ${step}`).toContain(again)
        const isAttached = action === 'AttachInternetGateway'
        expect((await attachments(stage)).flat(), `step ${step}`).toHaveLength(isAttached ? 1 : 0)
      }
    },
  )
})

describe('a VPC with public addresses', () => {
  interface Place {
    readonly stage: Stage
    readonly ids: { readonly InternetGatewayId: string; readonly VpcId: string }
    readonly SubnetId: string
  }
  /** A VPC with a subnet; its gateway is not attached yet. */
  async function place(): Promise<Place> {
    const stage = setStage()
    const ids = { InternetGatewayId: await create(stage), VpcId: await vpc(stage) }
    const subnet = { VpcId: ids.VpcId, CidrBlock: '10.7.1.0/24' }
    const { Subnet } = await stage.succeed<CreateSubnetResult>('CreateSubnet', subnet)
    await stage.pass(5000)
    return { stage, ids, SubnetId: Subnet?.SubnetId ?? '' }
  }
  async function launch(stage: Stage, input: object): Promise<string> {
    const once = { ImageId: IMAGE, MinCount: 1, MaxCount: 1 }
    const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', { ...once, ...input })
    await stage.pass(MINUTE)
    return Instances[0]?.InstanceId ?? ''
  }
  const allocate = async (stage: Stage): Promise<string> => {
    const input = { Domain: 'vpc' }
    const { AllocationId = '' } = await stage.succeed<AllocateAddressResult>('AllocateAddress', input)
    await stage.pass(1000)
    return AllocationId
  }
  const mapped = ({ VpcId }: Place['ids']) => ({
    code: 'DependencyViolation',
    message:
      `Network ${VpcId} has some mapped public address(es). ` +
      'Please unmap those public address(es) before detaching the gateway.',
  })

  it.each(['an instance', 'an interface in none', 'an interface in an instance'])(
    'keeps its gateway for as long as %s has an elastic one, which nothing gets without a gateway',
    async what => {
      const { stage, ids, SubnetId } = await place()
      const InstanceId = what === 'an interface in none' ? '' : await launch(stage, { SubnetId })
      let at: object = { InstanceId }
      if (what !== 'an instance') {
        const made = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', { SubnetId })
        const { NetworkInterfaceId } = made.NetworkInterface ?? {}
        const attachment = { NetworkInterfaceId, InstanceId, DeviceIndex: 1 }
        if (InstanceId) await stage.succeed('AttachNetworkInterface', attachment)
        await stage.pass(MINUTE)
        at = { NetworkInterfaceId }
      }
      const AllocationId = await allocate(stage)
      const associate = { AllocationId, ...at }
      expect(await refused(stage, 'AssociateAddress', associate)).toMatchObject({
        code: 'Gateway.NotAttached',
        message: `Network ${ids.VpcId} is not attached to any internet gateway`,
      })
      await stage.succeed('AttachInternetGateway', ids)
      Object.assign(stage.most, { upstream: 0 })
      const { AssociationId } = await stage.succeed<AssociateAddressResult>('AssociateAddress', associate)
      expect(await refused(stage, 'DetachInternetGateway', ids)).toMatchObject(mapped(ids))
      await stage.pass(MINUTE)
      expect(await refused(stage, 'DetachInternetGateway', ids)).toMatchObject(mapped(ids))
      await stage.succeed('DisassociateAddress', { AssociationId })
      await stage.succeed('DetachInternetGateway', ids)
      expect(stage.most.upstream).toBeLessThanOrEqual(3)
    },
  )

  it('keeps its gateway for as long as an instance has one from its launch', async () => {
    const { stage, ids, SubnetId } = await place()
    await stage.succeed('AttachInternetGateway', ids)
    const subnet = { DeviceIndex: 0, SubnetId, AssociatePublicIpAddress: true }
    const InstanceId = await launch(stage, { NetworkInterfaces: [subnet] })
    // One in the default VPC has nothing to do with it
    await launch(stage, { NetworkInterfaces: [{ ...subnet, SubnetId: 'subnet-00000000' }] })
    expect(await refused(stage, 'DetachInternetGateway', ids)).toMatchObject(mapped(ids))
    await stage.succeed('TerminateInstances', { InstanceIds: [InstanceId] })
    await stage.pass(MINUTE)
    await stage.succeed('DetachInternetGateway', ids)
  })

  it('keeps it from who detaches it while an address comes', async () => {
    const { stage, ids, SubnetId } = await place()
    await stage.succeed('AttachInternetGateway', ids)
    const InstanceId = await launch(stage, { SubnetId })
    const AllocationId = await allocate(stage)
    const outcomes = await Promise.all([
      refused(stage, 'AssociateAddress', { AllocationId, InstanceId }),
      refused(stage, 'DetachInternetGateway', ids),
    ])
    expect(outcomes.filter(error => error !== undefined)).toHaveLength(1)
  })
})

describe('the gateway of the default VPC', () => {
  it('is nobody’s to change, however it is written', async () => {
    const stage = setStage()
    for (const InternetGatewayId of [DEFAULT, 'igw-2']) {
      const detached = await refused(stage, 'DetachInternetGateway', { InternetGatewayId, VpcId: DEFAULT_VPC })
      expect(detached).toMatchObject({ code: 'UnauthorizedOperation' })
      const deleted = await refused(stage, 'DeleteInternetGateway', { InternetGatewayId })
      expect(deleted).toMatchObject({ code: 'UnauthorizedOperation' })
      const attached = await refused(stage, 'AttachInternetGateway', { InternetGatewayId, VpcId: await vpc(stage) })
      expect(attached).toMatchObject({ code: 'Resource.AlreadyAssociated' })
    }
    expect(await listed(stage)).toHaveLength(1)
  })
})

describe('another account', () => {
  it('does not see a gateway, nor change it', async () => {
    const stage = setStage()
    const [InternetGatewayId, VpcId] = [await create(stage), await vpc(stage)]
    const rival = { id: stage.account.id, user: { id: 3, name: 'rival' } }
    const made = await stage.perform('CreateInternetGateway', {}, rival)
    for (const [action, input] of [
      ['AttachInternetGateway', { InternetGatewayId, VpcId: 'vpc-00000003' }],
      ['DetachInternetGateway', { InternetGatewayId, VpcId }],
      ['DeleteInternetGateway', { InternetGatewayId }],
      ['CreateTags', { Resources: [InternetGatewayId], Tags }],
    ] as const) {
      const { error } = await stage.perform(action, input, rival)
      expect(error?.code, action).toBe('InvalidInternetGatewayID.NotFound')
    }
    const { InternetGateway }: CreateInternetGatewayResult = made.error ? {} : (made.output ?? {})
    const theirs = InternetGateway?.InternetGatewayId
    const { error } = await stage.perform('AttachInternetGateway', { InternetGatewayId: theirs, VpcId }, rival)
    expect(error?.code).toBe('InvalidVpcID.NotFound')
    expect(await own(stage)).toHaveLength(1)
  })
})
