// The default group of a VPC: shown from the start, made when it is used or changed, open or closed as the operator says.
import type {
  CreateVpcResult,
  DescribeInstancesResult,
  DescribeSecurityGroupsResult,
  GetSecurityGroupsForVpcResult,
  GroupIdentifier,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { vectors } from '../../src/sandbox/protocol/template.ts'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

const closed = () => setStage({ DEFAULT_GROUP: 'closed' })

const groupsIn = async (stage: Stage, name = 'default') => {
  const Filters = [{ Name: 'group-name', Values: [name] }]
  const { SecurityGroups = [] } = await stage.read<DescribeSecurityGroupsResult>('DescribeSecurityGroups', { Filters })
  return SecurityGroups
}

const defaultOf = async (stage: Stage) => {
  const [group, another] = await groupsIn(stage)
  expect(another).toBeUndefined()
  return group
}

const made = ({ sandbox }: Stage, id = '') => sandbox.world.securityGroups.all().filter(({ name }) => name === id)

const launch = async (stage: Stage, more: object = {}) => {
  const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...more }
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', input)
  return Instances[0]?.InstanceId ?? ''
}

const groupsOf = async (stage: Stage, id: string): Promise<GroupIdentifier[] | undefined> => {
  const { Reservations } = await stage.read<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] })
  return Reservations?.[0]?.Instances?.[0]?.SecurityGroups
}

const nicGroups = (stage: Stage) =>
  stage.vms().map(vm => vectors(vm.template, 'NIC').map(nic => nic['SECURITY_GROUPS'] ?? ''))

/** Has OpenNebula put its group 0 on the network of instances, as it does with every new one. */
const withGroup0 = (stage: Stage): void => {
  const network = stage.sandbox.world.networks.get(0)
  if (network) network.template['SECURITY_GROUPS'] = ['0']
}

const HTTP = { IpPermissions: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }

describe('an open default group', () => {
  it('lets everything pass, and is nothing of its own while nobody changes it', async () => {
    const stage = setStage()
    const group = await defaultOf(stage)
    expect(group?.GroupId).toMatch(/^sg-[1-9a-f][0-9a-f]{16}$/)
    expect(group).toMatchObject({ GroupName: 'default', VpcId: 'vpc-00000002', OwnerId: '000000000002' })
    const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }
    expect(group).toMatchObject({ IpPermissions: [all], IpPermissionsEgress: [all] })
    const [plain, named] = [await launch(stage), await launch(stage, { SecurityGroups: ['default'] })]
    for (const id of [plain, named]) {
      expect(await groupsOf(stage, id)).toEqual([{ GroupId: group?.GroupId, GroupName: 'default' }])
    }
    expect(made(stage, group?.GroupId)).toEqual([])
    expect(nicGroups(stage)).toEqual([[''], ['0']])
  })

  it('is the same on a network with group 0', async () => {
    const stage = setStage()
    withGroup0(stage)
    const id = await launch(stage)
    expect(await groupsOf(stage, id)).toMatchObject([{ GroupId: (await defaultOf(stage))?.GroupId }])
    expect(nicGroups(stage)).toEqual([['0']])
  })

  it('has all who have been in it when it is made, wherever the request for that is killed', {
    timeout: 120_000,
  }, async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      withGroup0(stage)
      const { GroupId } = (await defaultOf(stage)) ?? {}
      await launch(stage)
      await stage.pass(MINUTE)
      stage.killAt(step)
      await stage
        .perform('AuthorizeSecurityGroupIngress', { GroupId, ...HTTP })
        .catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(40 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      const [group, another] = made(stage, GroupId)
      expect(another).toBeUndefined()
      expect(nicGroups(stage), `step ${step}`).toEqual([[String(group?.id ?? 0)]])
      // Whoever is launched later comes into it as well, and out of group 0
      const id = await launch(stage)
      await stage.pass(MINUTE)
      expect(nicGroups(stage)[1], `step ${step}`).toEqual([String(group?.id ?? 0)])
      expect(await groupsOf(stage, id)).toEqual([{ GroupId, GroupName: 'default' }])
      if (wasKilled) continue
      expect(group).toBeDefined()
      expect(step).toBeGreaterThan(4)
      return
    }
  })

  it('lets its members in where it is named by a rule', async () => {
    const stage = setStage()
    const { GroupId: source } = (await defaultOf(stage)) ?? {}
    await launch(stage)
    await stage.pass(MINUTE)
    const web = await stage.succeed<{ GroupId: string }>('CreateSecurityGroup', { GroupName: 'web', Description: 'x' })
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, UserIdGroupPairs: [{ GroupId: source }] }]
    await stage.succeed('AuthorizeSecurityGroupIngress', { GroupId: web.GroupId, IpPermissions })
    await stage.pass(MINUTE)
    const [group] = made(stage, web.GroupId)
    const lines = vectors(group?.template ?? {}, 'RULE').filter(line => line['RANGE'] === '1' && !line['EC2_NAME'])
    expect(lines.map(line => line['IP'])).toEqual(['10.0.0.10'])
    expect((await stage.perform('DeleteSecurityGroup', { GroupId: source })).error?.code).toBe('CannotDelete')
  })
})

describe('a closed default group', () => {
  it('lets its members in alone, and is made with the first of them', async () => {
    const stage = closed()
    const group = await defaultOf(stage)
    expect(group).toMatchObject({
      IpPermissions: [{ IpProtocol: '-1', IpRanges: [], UserIdGroupPairs: [{ GroupId: group?.GroupId }] }],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [] }],
    })
    expect(made(stage, group?.GroupId)).toEqual([])
    const ids = [await launch(stage), await launch(stage, { SecurityGroups: ['default'] })]
    for (const id of ids) expect(await groupsOf(stage, id)).toEqual([{ GroupId: group?.GroupId, GroupName: 'default' }])
    await stage.pass(MINUTE)
    const [one, another] = made(stage, group?.GroupId)
    expect(another).toBeUndefined()
    const inbound = vectors(one?.template ?? {}, 'RULE').filter(line => line['RULE_TYPE'] === 'inbound')
    expect(inbound.filter(line => line['EC2_NAME'] === undefined)).toMatchObject([{ IP: '10.0.0.10', SIZE: '2' }])
    expect(await defaultOf(stage)).toEqual(group)
  })

  it('costs no more requests for a launch of several interfaces than for one of one', async () => {
    const requests = async (count: number) => {
      const stage = closed()
      Object.assign(stage.most, { upstream: 0 })
      const NetworkInterfaces = Array.from({ length: count }, (_, DeviceIndex) => ({
        ...{ DeviceIndex, SubnetId: 'subnet-00000000' },
      }))
      await launch(stage, { NetworkInterfaces })
      return stage.most.upstream
    }
    expect(await requests(3)).toBe(await requests(1))
  })

  it('is made once, wherever its first launch is killed, and all are in it', { timeout: 120_000 }, async () => {
    for (let step = 1; ; step++) {
      const stage = closed()
      const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, ClientToken: 'once' }
      stage.killAt(step)
      await stage.perform('RunInstances', input).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.succeed('RunInstances', input)
      await stage.pass(MINUTE)
      const { GroupId } = (await defaultOf(stage)) ?? {}
      const [group, another] = made(stage, GroupId)
      expect(another, `step ${step}`).toBeUndefined()
      expect(nicGroups(stage), `step ${step}`).toEqual([[String(group?.id)]])
      if (wasKilled) continue
      expect(step).toBeGreaterThan(6)
      return
    }
  })

  it('takes an instance in, and lets it go', async () => {
    const stage = closed()
    const { GroupId: web } = await stage.succeed<{ GroupId: string }>('CreateSecurityGroup', {
      ...{ GroupName: 'web', Description: 'x' },
    })
    const id = await launch(stage, { SecurityGroupIds: [web] })
    await stage.pass(MINUTE)
    const { GroupId } = (await defaultOf(stage)) ?? {}
    await stage.succeed('ModifyInstanceAttribute', { InstanceId: id, Groups: [GroupId] })
    expect(await groupsOf(stage, id)).toEqual([{ GroupId, GroupName: 'default' }])
    await stage.succeed('ModifyInstanceAttribute', { InstanceId: id, Groups: [web] })
    expect(await groupsOf(stage, id)).toEqual([{ GroupId: web, GroupName: 'web' }])
  })

  it('is made with its tags', async () => {
    const stage = closed()
    const { GroupId } = (await defaultOf(stage)) ?? {}
    await stage.succeed('CreateTags', { Resources: [GroupId], Tags: [{ Key: 'role', Value: 'none' }] })
    expect(await defaultOf(stage)).toMatchObject({ GroupId, GroupName: 'default', Tags: [{ Key: 'role' }] })
    expect(made(stage, GroupId)).toHaveLength(1)
  })
})

describe.each(['open', 'closed'] as const)('a default group (%s)', DEFAULT_GROUP => {
  it('is nobody else’s', async () => {
    const stage = setStage({ DEFAULT_GROUP })
    const { GroupId } = (await defaultOf(stage)) ?? {}
    const rival = { id: stage.account.id, user: { id: 3, name: 'rival' } }
    const asked = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, SecurityGroupIds: [GroupId] }
    expect((await stage.perform('RunInstances', asked, rival)).error?.code).toBe('InvalidGroup.NotFound')
    expect((await stage.perform('AuthorizeSecurityGroupIngress', { GroupId, ...HTTP }, rival)).error?.code).toBe(
      'InvalidGroup.NotFound',
    )
    expect((await stage.perform('DeleteSecurityGroup', { GroupId })).error?.code).toBe('CannotDelete')
    expect((await stage.perform('DeleteSecurityGroup', { GroupName: 'default' })).error?.code).toBe('CannotDelete')
    expect(made(stage, GroupId)).toEqual([])
  })
})

describe('a group in a VPC of the account', () => {
  const vpcOf = async (stage: Stage) => {
    const { Vpc } = await stage.succeed<CreateVpcResult>('CreateVpc', { CidrBlock: '10.9.0.0/16' })
    return Vpc?.VpcId ?? ''
  }

  it('has a name of its own there, besides a default one', async () => {
    const stage = setStage()
    const VpcId = await vpcOf(stage)
    const group = { GroupName: 'web', Description: 'x' }
    await stage.succeed('CreateSecurityGroup', group)
    const { GroupId } = await stage.succeed<{ GroupId: string }>('CreateSecurityGroup', { ...group, VpcId })
    const again = await stage.perform('CreateSecurityGroup', { ...group, VpcId })
    expect(again.error?.code).toBe('InvalidGroup.Duplicate')
    expect((await groupsIn(stage, 'web')).map(({ VpcId: id = '' }) => id).toSorted()).toEqual(
      ['vpc-00000002', VpcId].toSorted(),
    )
    const defaults = await groupsIn(stage)
    expect(defaults.map(({ VpcId: id = '' }) => id).toSorted()).toEqual(['vpc-00000002', VpcId].toSorted())
    expect(new Set(defaults.map(each => each.GroupId)).size).toBe(2)
    const { SecurityGroupForVpcs = [] } = await stage.read<GetSecurityGroupsForVpcResult>('GetSecurityGroupsForVpc', {
      VpcId,
    })
    expect(SecurityGroupForVpcs.map(({ GroupName = '' }) => GroupName).toSorted()).toEqual(['default', 'web'])
    const launched = await stage.perform('RunInstances', {
      ...{ ImageId: IMAGE, MinCount: 1, MaxCount: 1, SecurityGroupIds: [GroupId] },
    })
    expect(launched.error?.code).toBe('InvalidParameterCombination')
  })

  it('keeps it from being deleted, and the default one goes with it', async () => {
    const stage = setStage()
    const VpcId = await vpcOf(stage)
    const { GroupId } = await stage.succeed<{ GroupId: string }>('CreateSecurityGroup', {
      ...{ GroupName: 'web', Description: 'x', VpcId },
    })
    expect((await stage.perform('DeleteVpc', { VpcId })).error?.code).toBe('DependencyViolation')
    await stage.succeed('DeleteSecurityGroup', { GroupId })
    const own = (await groupsIn(stage)).find(each => each.VpcId === VpcId)?.GroupId
    await stage.succeed('CreateTags', { Resources: [own], Tags: [{ Key: 'role', Value: 'none' }] })
    expect(made(stage, own)).toHaveLength(1)
    await stage.succeed('DeleteVpc', { VpcId })
    expect(made(stage, own)).toEqual([])
    expect((await groupsIn(stage)).map(each => each.VpcId)).toEqual(['vpc-00000002'])
    const late = await stage.perform('CreateSecurityGroup', { GroupName: 'web', Description: 'x', VpcId })
    expect(late.error?.code).toBe('InvalidVpcID.NotFound')
  })
})
