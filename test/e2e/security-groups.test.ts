// Security groups, from the SDK to OpenNebula's groups and the instances in them.
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  type AuthorizeSecurityGroupIngressCommandInput,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupReferencesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeStaleSecurityGroupsCommand,
  DescribeTagsCommand,
  type EC2Client,
  GetSecurityGroupsForVpcCommand,
  type IpPermission,
  ModifyInstanceAttributeCommand,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
  waitUntilInstanceRunning,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { vectors } from '../../src/sandbox/protocol/template.ts'
import { WAITING } from './cloud.ts'
import { DEFAULT_GROUP } from './default-group.ts'
import { oneOf } from './neighbours/one.ts'
import { codeOf, ec2Of } from './neighbours/support.ts'
import { type Cloud, startCloud } from './stage.ts'

const VPC = 'vpc-00000002'

let cloud: Cloud
let helen: EC2Client

beforeAll(async () => {
  cloud = await startCloud({
    seed: { images: [{ name: 'linux', owner: 'helen', size: 10, template: 'EC2_AMI="YES"' }] },
  })
  helen = ec2Of(cloud)
})

afterAll(() => cloud.stop())

let count = 0

const make = async (more: object = {}): Promise<string> => {
  const command = new CreateSecurityGroupCommand({
    GroupName: `web ${++count}`,
    Description: 'what it is for',
    ...more,
  })
  const { GroupId = '' } = await helen.send(command)
  return GroupId
}

const described = async (id: string) => {
  const { SecurityGroups } = await helen.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }))
  return SecurityGroups?.[0]
}

const rulesOf = async (id: string) => {
  const filter = { Name: 'group-id', Values: [id] }
  const { SecurityGroupRules = [] } = await helen.send(new DescribeSecurityGroupRulesCommand({ Filters: [filter] }))
  return SecurityGroupRules
}

const ssh = (CidrIp: string, Description?: string): IpPermission => ({
  ...{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp, Description }] },
})

const open = (GroupId: string, input: Partial<AuthorizeSecurityGroupIngressCommandInput>) =>
  helen.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, ...input }))

/** The lines of a group in OpenNebula that let something pass. */
const linesOf = (id: string) => {
  const group = cloud.sandbox.world.securityGroups.all().find(({ name }) => name === id)
  return vectors(group?.template ?? {}, 'RULE').flatMap(line => (line['EC2_NAME'] === undefined ? [line] : []))
}

const launch = async (more: object) => {
  const command = new RunInstancesCommand({ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1, ...more })
  const { Instances } = await helen.send(command)
  return Instances?.[0]?.InstanceId ?? ''
}

const groupsOf = async (id: string) => {
  const { Reservations } = await helen.send(new DescribeInstancesCommand({ InstanceIds: [id] }))
  return Reservations?.[0]?.Instances?.[0]?.SecurityGroups
}

const ALL_OUT = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }

describe('a new group', () => {
  it('is described as it was made, and lets everything with IPv4 out', async () => {
    const Tags = [{ Key: 'role', Value: 'web' }]
    const TagSpecifications = [{ ResourceType: 'security-group' as const, Tags }]
    const id = await make({ GroupName: 'described', VpcId: VPC, TagSpecifications })
    expect(id).toMatch(/^sg-[0-9a-f]{17}$/)
    expect(await described(id)).toEqual({
      GroupId: id,
      GroupName: 'described',
      Description: 'what it is for',
      OwnerId: '000000000002',
      VpcId: VPC,
      SecurityGroupArn: `arn:aws:ec2:opennebula:000000000002:security-group/${id}`,
      Tags,
      IpPermissions: [],
      IpPermissionsEgress: [
        {
          IpProtocol: '-1',
          IpRanges: [{ CidrIp: '0.0.0.0/0' }],
          Ipv6Ranges: [],
          PrefixListIds: [],
          UserIdGroupPairs: [],
        },
      ],
    })
    expect(linesOf(id)).toEqual([
      { PROTOCOL: 'ALL', RULE_TYPE: 'outbound', IP: '0.0.0.0', SIZE: '2147483648' },
      { PROTOCOL: 'ALL', RULE_TYPE: 'outbound', IP: '128.0.0.0', SIZE: '2147483648' },
    ])
  })

  it('has a name of its own', async () => {
    await make({ GroupName: 'once' })
    expect(await codeOf(make({ GroupName: 'once' }))).toBe('InvalidGroup.Duplicate')
    expect(await codeOf(make({ GroupName: 'default' }))).toBe('InvalidGroup.Reserved')
    expect(await codeOf(make({ GroupName: 'sg-web' }))).toBe('InvalidParameterValue')
    expect(await codeOf(make({ GroupName: 'a"b' }))).toBe('InvalidParameterValue')
    expect(await codeOf(make({ Description: 'ü' }))).toBe('InvalidParameterValue')
    expect(await codeOf(make({ VpcId: 'vpc-00000003' }))).toBe('InvalidVpcID.NotFound')
  })

  it('is made once, though its answer is lost', async () => {
    cloud.sandbox.faults.add({ method: 'one.secgroup.allocate', kind: 'drop', when: 'after', times: 1 })
    const id = await make({ GroupName: 'lost' })
    expect(await described(id)).toMatchObject({ GroupName: 'lost' })
  })
})

describe('rules', () => {
  it('do what Terraform does first, and once more', async () => {
    const GroupId = await make()
    const all = { GroupId, IpPermissions: [{ ...ALL_OUT, FromPort: 0, ToPort: 0 }] }
    await helen.send(new RevokeSecurityGroupEgressCommand(all))
    expect(linesOf(GroupId)).toEqual([])
    expect(await described(GroupId)).toMatchObject({ IpPermissionsEgress: [] })
    expect(await codeOf(helen.send(new RevokeSecurityGroupEgressCommand(all)))).toBe('InvalidPermission.NotFound')
    await helen.send(new AuthorizeSecurityGroupEgressCommand(all))
    expect(linesOf(GroupId)).toHaveLength(2)
  })

  it('are opened and closed in every form', async () => {
    const id = await make()
    const Tags = [{ Key: 'why', Value: 'ssh' }]
    const { SecurityGroupRules: made = [] } = await open(id, {
      IpPermissions: [
        { ...ssh('192.0.2.9/24', 'office'), Ipv6Ranges: [{ CidrIpv6: '2001:DB8::/120' }] },
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
        { IpProtocol: '17', FromPort: 1000, ToPort: 2000, IpRanges: [{ CidrIp: '10.0.0.1/32' }] },
        { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
      ],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags }],
    })
    expect(made[0]).toMatchObject({
      ...{ GroupId: id, GroupOwnerId: '000000000002', IsEgress: false, IpProtocol: 'tcp', FromPort: 22, ToPort: 22 },
      ...{ CidrIpv4: '192.0.2.0/24', Description: 'office', Tags },
    })
    expect(linesOf(id).filter(line => line['RULE_TYPE'] === 'inbound')).toEqual([
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '22', IP: '192.0.2.0', SIZE: '256' },
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '22', IP: '2001:db8::', SIZE: '256' },
      { PROTOCOL: 'ICMP', RULE_TYPE: 'inbound', ICMP_TYPE: '8', IP: '10.0.0.0', SIZE: '16777216' },
      { PROTOCOL: 'UDP', RULE_TYPE: 'inbound', RANGE: '1000:2000', IP: '10.0.0.1', SIZE: '1' },
      { PROTOCOL: 'ALL', RULE_TYPE: 'inbound' },
    ])
    await open(id, { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' })
    const ids = made.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId)
    expect((await rulesOf(id)).map(rule => rule.SecurityGroupRuleId)).toEqual(expect.arrayContaining(ids))
    const revoke = new RevokeSecurityGroupIngressCommand({ GroupId: id, SecurityGroupRuleIds: ids })
    expect((await helen.send(revoke)).RevokedSecurityGroupRules?.map(each => each.SecurityGroupRuleId)).toEqual(ids)
    const GroupName = (await described(id))?.GroupName
    const flat = { GroupName, IpProtocol: 'TCP', FromPort: 80, ToPort: 80, CidrIp: '0.0.0.0/0' }
    await helen.send(new RevokeSecurityGroupIngressCommand(flat))
    expect(await described(id)).toMatchObject({ IpPermissions: [] })
    expect(await codeOf(helen.send(revoke))).toBe('InvalidSecurityGroupRuleId.NotFound')
  })

  it('for all of IPv6 stay no longer than those for all of IPv4', async () => {
    const GroupId = await make()
    const web = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80 }
    const ipv4: IpPermission = { ...web, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }
    const ipv6: IpPermission = { ...web, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }
    const close = (...IpPermissions: IpPermission[]) =>
      helen.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
    await open(GroupId, { IpPermissions: [ipv4] })
    await open(GroupId, { IpPermissions: [ipv6] })
    expect(await codeOf(close(ipv4))).toBe('UnsupportedOperation')
    expect(await rulesOf(GroupId)).toHaveLength(3)
    await close(ipv6, ipv4)
    expect(linesOf(GroupId)).toHaveLength(2)
  })

  it('keep their ids when they are modified and described', async () => {
    const id = await make()
    const { SecurityGroupRules: [rule, other] = [] } = await open(id, {
      IpPermissions: [ssh('192.0.2.0/24', 'office'), ssh('198.51.100.0/24')],
    })
    const SecurityGroupRuleId = rule?.SecurityGroupRuleId
    const modify = (SecurityGroupRule: object) =>
      helen.send(
        new ModifySecurityGroupRulesCommand({
          GroupId: id,
          SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
        }),
      )
    await modify({ IpProtocol: 'tcp', FromPort: 443, ToPort: 444, CidrIpv4: '203.0.113.0/24', Description: 'web' })
    const shown = async () => (await rulesOf(id)).find(each => each.SecurityGroupRuleId === SecurityGroupRuleId)
    expect(await shown()).toMatchObject({ FromPort: 443, ToPort: 444, CidrIpv4: '203.0.113.0/24', Description: 'web' })
    const same = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: other?.CidrIpv4 }
    expect(await codeOf(modify(same))).toBe('InvalidPermission.Duplicate')
    const byId = { SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: 'by id' }] }
    await helen.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: id, ...byId }))
    expect(await shown()).toMatchObject({ Description: 'by id' })
    const byContent = { IpPermissions: [{ ...ssh('198.51.100.0/24', 'by content') }] }
    await helen.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: id, ...byContent }))
    expect((await described(id))?.IpPermissions).toContainEqual(
      expect.objectContaining({ IpRanges: [{ CidrIp: '198.51.100.0/24', Description: 'by content' }] }),
    )
  })

  it.each<[string, Partial<AuthorizeSecurityGroupIngressCommandInput>, string]>([
    ['no rule', {}, 'MissingParameter'],
    ['a bad block', { IpPermissions: [ssh('1.2.3/24')] }, 'InvalidParameterValue'],
    ['a block without a prefix', { IpPermissions: [ssh('1.2.3.4')] }, 'InvalidParameterValue'],
    ['IPv6 for IPv4', { IpPermissions: [ssh('::/0')] }, 'InvalidParameterValue'],
    [
      'a port too many',
      { IpProtocol: 'tcp', FromPort: 1, ToPort: 65536, CidrIp: '0.0.0.0/0' },
      'InvalidParameterValue',
    ],
    ['a range backwards', { IpProtocol: 'tcp', FromPort: 2, ToPort: 1, CidrIp: '0.0.0.0/0' }, 'InvalidParameterValue'],
    ['no ports', { IpProtocol: 'tcp', CidrIp: '0.0.0.0/0' }, 'InvalidParameterValue'],
    ['an unknown protocol', { IpProtocol: 'tcpp', CidrIp: '0.0.0.0/0' }, 'InvalidParameterValue'],
    ['GRE', { IpProtocol: '47', CidrIp: '0.0.0.0/0' }, 'UnsupportedOperation'],
    ['a code of ICMP', { IpProtocol: 'icmp', FromPort: 3, ToPort: 4, CidrIp: '0.0.0.0/0' }, 'UnsupportedOperation'],
    ['two forms', { IpProtocol: 'tcp', IpPermissions: [ssh('0.0.0.0/0')] }, 'InvalidParameterCombination'],
    ['a rule twice', { IpPermissions: [ssh('10.0.0.0/8'), ssh('10.1.0.0/8')] }, 'InvalidPermission.Duplicate'],
    ['a description of other characters', { IpPermissions: [ssh('10.0.0.0/8', '<b>')] }, 'InvalidParameterValue'],
    [
      'more of IPv6 than OpenNebula can hold',
      { IpPermissions: [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '2001:db8::/64' }] }] },
      'UnsupportedOperation',
    ],
    [
      'all of IPv6 without all of IPv4',
      { IpPermissions: [{ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] }] },
      'UnsupportedOperation',
    ],
    [
      'a source that is a group of nobody',
      { IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0123456789abcdef0' }] }] },
      'InvalidGroup.NotFound',
    ],
    [
      'a prefix list',
      { IpPermissions: [{ IpProtocol: '-1', PrefixListIds: [{ PrefixListId: 'pl-1' }] }] },
      'UnsupportedOperation',
    ],
  ])('refuse %s', async (_, input, code) => {
    const id = await make()
    expect(await codeOf(open(id, input))).toBe(code)
    expect(await described(id)).toMatchObject({ IpPermissions: [] })
  })

  it('are sixty in a direction', async () => {
    const id = await make()
    const some = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ssh(`10.0.0.${from + index}/32`, 'x'.repeat(255)))
    await open(id, { IpPermissions: some(0, 60) })
    expect(await codeOf(open(id, { IpPermissions: some(60, 61) }))).toBe('RulesPerSecurityGroupLimitExceeded')
    expect(await rulesOf(id)).toHaveLength(61)
  })

  it('lose none of fifty opened at once', async () => {
    const id = await make()
    const all = Array.from({ length: 50 }, (_, index) => `10.0.${index}.0/24`)
    await Promise.all(all.map(cidr => open(id, { IpPermissions: [ssh(cidr)] })))
    const [permission] = (await described(id))?.IpPermissions ?? []
    expect(permission?.IpRanges?.map(({ CidrIp }) => CidrIp).sort()).toEqual(all.sort())
    expect(linesOf(id).filter(line => line['RULE_TYPE'] === 'inbound')).toHaveLength(50)
  })
})

describe('tags', () => {
  it('are those of groups and of rules, whatever changes the rules meanwhile', async () => {
    const id = await make()
    const { SecurityGroupRules: [rule] = [] } = await open(id, { IpPermissions: [ssh('10.0.0.0/8')] })
    const Resources = [id, rule?.SecurityGroupRuleId ?? '']
    await Promise.all([
      helen.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'both', Value: 'yes' }] })),
      open(id, { IpPermissions: [ssh('11.0.0.0/8')] }),
    ])
    expect((await described(id))?.Tags).toEqual([{ Key: 'both', Value: 'yes' }])
    expect((await described(id))?.IpPermissions?.[0]?.IpRanges).toHaveLength(2)
    const filter = { Name: 'resource-id', Values: Resources }
    const { Tags } = await helen.send(new DescribeTagsCommand({ Filters: [filter] }))
    expect(Tags?.map(({ ResourceType }) => ResourceType)).toEqual(['security-group', 'security-group-rule'])
  })
})

describe('an instance', () => {
  it('is in groups by id and by name, shows them, and keeps them from being deleted', async () => {
    const GroupName = 'of the instance'
    const GroupId = await make({ GroupName })
    await helen.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [ALL_OUT] }))
    const id = await launch({ SecurityGroups: [GroupName] })
    expect(await groupsOf(id)).toContainEqual({ GroupId, GroupName })
    await waitUntilInstanceRunning({ client: helen, ...WAITING }, { InstanceIds: [id] })
    const removal = new DeleteSecurityGroupCommand({ GroupId })
    expect(await codeOf(helen.send(removal))).toBe('DependencyViolation')
    const other = await make()
    await helen.send(new ModifyInstanceAttributeCommand({ InstanceId: id, Groups: [other] }))
    expect(await groupsOf(id)).toEqual([{ GroupId: other, GroupName: (await described(other))?.GroupName }])
    // In use for OpenNebula for a moment more
    expect((await helen.send(removal)).GroupId).toBe(GroupId)
    expect(await codeOf(described(GroupId))).toBe('InvalidGroup.NotFound')
    const again = await launch({ SecurityGroupIds: [other] })
    expect(await groupsOf(again)).toContainEqual(expect.objectContaining({ GroupId: other }))
    await helen.send(new TerminateInstancesCommand({ InstanceIds: [id, again] }))
  })
})

describe('the default group', () => {
  it('is shown from the start, and cannot be deleted', async () => {
    const [byName] =
      (await helen.send(new DescribeSecurityGroupsCommand({ GroupNames: ['default'] }))).SecurityGroups ?? []
    expect(byName).toMatchObject({ GroupId: DEFAULT_GROUP, GroupName: 'default', OwnerId: '000000000002' })
    expect(byName?.IpPermissions?.[0]).toMatchObject({ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] })
    for (const GroupId of [DEFAULT_GROUP, 'sg-00000000']) {
      expect(await codeOf(helen.send(new DeleteSecurityGroupCommand({ GroupId })))).toBe('CannotDelete')
    }
    expect(await codeOf(open('sg-0', { IpPermissions: [ssh('0.0.0.0/0')] }))).toBe('UnauthorizedOperation')
  })
})

describe('a group that was made in OpenNebula', () => {
  const byHand = (rules: string) => oneOf(cloud, 'helen')('one.secgroup.allocate', `NAME="hand ${++count}" ${rules}`)
  const idOf = (number: number) => `sg-${String(number).padStart(8, '0')}`

  it('keeps its id and its rules when it gets others', async () => {
    const line = 'RULE=[PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="22,80:81",IP="10.0.0.0",SIZE="256"]'
    const id = idOf(await byHand(line))
    const before = await rulesOf(id)
    expect(before.map(({ FromPort, ToPort, CidrIpv4 }) => [FromPort, ToPort, CidrIpv4])).toEqual(
      expect.arrayContaining([
        [22, 22, '10.0.0.0/24'],
        [80, 81, '10.0.0.0/24'],
      ]),
    )
    await open(id, { IpPermissions: [ssh('192.0.2.0/24')] })
    expect(await rulesOf(id)).toEqual(expect.arrayContaining(before))
  })

  it('is left alone where EC2 has no words for its rules', async () => {
    const id = idOf(await byHand('RULE=[PROTOCOL="IPSEC",RULE_TYPE="inbound"]'))
    expect(await codeOf(open(id, { IpPermissions: [ssh('192.0.2.0/24')] }))).toBe('UnsupportedOperation')
  })
})

describe("another's groups", () => {
  it('are not to be seen, named or changed', async () => {
    const rival = ec2Of(cloud, 'rival')
    const name = { GroupName: 'theirs', Description: 'x' }
    const { GroupId = '' } = await rival.send(new CreateSecurityGroupCommand(name))
    await rival.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [ssh('10.0.0.0/8')] }))
    const number = cloud.sandbox.world.securityGroups.all().find(group => group.name === GroupId)?.id ?? 0
    await oneOf(cloud, 'rival')('one.secgroup.chmod', number, -1, -1, -1, 1, 0, 0, 1, 0, 0)
    const { SecurityGroups } = await helen.send(new DescribeSecurityGroupsCommand({}))
    expect(SecurityGroups?.map(each => each.GroupId)).not.toContain(GroupId)
    const { SecurityGroupRules } = await helen.send(new DescribeSecurityGroupRulesCommand({}))
    expect(SecurityGroupRules?.map(each => each.GroupId)).not.toContain(GroupId)
    const { SecurityGroupRules: [rule] = [] } = await rival.send(new DescribeSecurityGroupRulesCommand({}))
    const Tags = [{ Key: 'a', Value: 'b' }]
    for (const id of [GroupId, `sg-${number}`]) {
      expect(await codeOf(described(id))).toBe('InvalidGroup.NotFound')
      expect(await codeOf(open(id, { IpPermissions: [ssh('10.0.0.0/8')] }))).toBe('InvalidGroup.NotFound')
      expect(await codeOf(helen.send(new DeleteSecurityGroupCommand({ GroupId: id })))).toBe('InvalidGroup.NotFound')
      expect(await codeOf(launch({ SecurityGroupIds: [id] }))).toBe('InvalidGroup.NotFound')
      expect(await codeOf(helen.send(new CreateTagsCommand({ Resources: [id], Tags })))).toBe('InvalidGroup.NotFound')
    }
    const Resources = [rule?.SecurityGroupRuleId ?? '']
    expect(await codeOf(helen.send(new CreateTagsCommand({ Resources, Tags })))).toMatch(/NotFound$/)
    expect(await codeOf(launch({ SecurityGroups: ['theirs'] }))).toBe('InvalidGroup.NotFound')
    // A name is free for everybody
    expect(await make(name)).toMatch(/^sg-/)
  })
})

describe('lists', () => {
  it('come page by page', async () => {
    for (let index = 0; index < 7; index++) await make({ GroupName: `paged ${index}` })
    const filter = { Name: 'group-name', Values: ['paged *'] }
    const seen: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const page = await helen.send(new DescribeSecurityGroupsCommand({ Filters: [filter], MaxResults: 5, NextToken }))
      seen.push(...(page.SecurityGroups ?? []).map(({ GroupName }) => GroupName))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(seen).toEqual(Array.from({ length: 7 }, (_, index) => `paged ${index}`))
  })

  it('of rules come page by page', async () => {
    const all = (await helen.send(new DescribeSecurityGroupRulesCommand({}))).SecurityGroupRules ?? []
    const seen: (string | undefined)[] = []
    let NextToken: string | undefined
    do {
      const page = await helen.send(new DescribeSecurityGroupRulesCommand({ MaxResults: 20, NextToken }))
      seen.push(...(page.SecurityGroupRules ?? []).map(rule => rule.SecurityGroupRuleId))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(new Set(seen)).toEqual(new Set(all.map(rule => rule.SecurityGroupRuleId)))
    expect(seen.length).toBe(all.length)
  })

  it('of five hundred take one request to OpenNebula', async () => {
    const one = oneOf(cloud, 'rival')
    const rival = ec2Of(cloud, 'rival')
    const rule = 'RULE=[PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="22"]'
    for (let index = 0; index < 500; index++) await one('one.secgroup.allocate', `NAME="many ${index}" ${rule}`)
    const requests = new URL('requests', cloud.control)
    await fetch(requests, { method: 'DELETE' })
    const filter = { Name: 'group-name', Values: ['many *'] }
    const { SecurityGroups } = await rival.send(new DescribeSecurityGroupsCommand({ Filters: [filter] }))
    expect(SecurityGroups).toHaveLength(500)
    const log = (await (await fetch(requests)).json()) as { requests: { methods: string[] }[] }
    expect(log.requests.filter(({ methods }) => methods.includes('one.secgrouppool.info'))).toHaveLength(1)
  })

  it('of what no VPC here has are empty', async () => {
    const GroupId = [await make()]
    const references = await helen.send(new DescribeSecurityGroupReferencesCommand({ GroupId }))
    expect(references.SecurityGroupReferenceSet).toEqual([])
    expect((await helen.send(new DescribeStaleSecurityGroupsCommand({ VpcId: VPC }))).StaleSecurityGroupSet).toEqual([])
    const { SecurityGroupForVpcs } = await helen.send(new GetSecurityGroupsForVpcCommand({ VpcId: VPC }))
    expect(SecurityGroupForVpcs).toContainEqual(expect.objectContaining({ GroupId: GroupId[0], PrimaryVpcId: VPC }))
  })
})
