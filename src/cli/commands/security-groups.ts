// The commands of security groups and of their rules.
import type { Column, Command, LineOutput, RequestOperand, RequestOption } from '../command.ts'
import { UsageError } from '../errors.ts'
import type { Ec2Parameters } from '../query.ts'
import { only, VPC_OPTION } from './common.ts'

const GROUP: RequestOperand = {
  name: 'GROUP-ID',
  about: 'Security group, as econe-describe-groups shows it',
  fills: 'GroupId',
}

/** What a rule is about, in the first of the permissions of a request. */
const inRule = (members: Ec2Parameters): Ec2Parameters =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [`IpPermissions.1.${name}`, value]))

function ports([text = '']: readonly string[]): Ec2Parameters {
  const [, from, to] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  if (from === undefined) throw new UsageError(`the port '${text}' is neither a number nor first-last`)
  return inRule({ FromPort: from, ToPort: to ?? from })
}

/** Where a rule lets packets come from or go to: a block of addresses, or the members of a group. */
function peer([text = '']: readonly string[]): Ec2Parameters {
  if (text.startsWith('sg-')) return inRule({ 'Groups.1.GroupId': text })
  return inRule(text.includes(':') ? { 'Ipv6Ranges.1.CidrIpv6': text } : { 'IpRanges.1.CidrIp': text })
}

const PROTOCOL: RequestOption = {
  name: 'protocol',
  short: 'P',
  value: 'PROTOCOL',
  about: 'tcp, udp, icmp, the number of another, or all',
  initial: 'tcp',
  fills: ([name = '']) => inRule({ IpProtocol: name === 'all' ? '-1' : name }),
}

const PORT: RequestOption = {
  name: 'port',
  short: 'p',
  value: 'PORT[-LAST]',
  about: 'Ports, for tcp and udp',
  fills: ports,
}

const ICMP_TYPE: RequestOption = {
  name: 'icmp-type',
  value: 'TYPE',
  about: 'Type of packets, for icmp: 8 for ping',
  fills: ([type = '']) => inRule({ FromPort: type, ToPort: '-1' }),
}

type Direction = 'ingress' | 'egress'

/** Traffic in a direction, and the option for its other end. */
const directions = {
  ingress: {
    traffic: 'incoming',
    peer: { name: 'source', short: 's', about: 'Block of addresses or group that it comes from' },
  },
  egress: {
    traffic: 'outgoing',
    peer: { name: 'destination', short: 'd', about: 'Block of addresses or group that it goes to' },
  },
} as const satisfies Record<Direction, unknown>

const ruleOptions = (direction: Direction): readonly RequestOption[] => [
  PROTOCOL,
  PORT,
  ICMP_TYPE,
  { ...directions[direction].peer, value: 'CIDR|GROUP-ID', required: true, fills: peer },
]

const authorize = (direction: Direction): Command => ({
  name: `econe-authorize-${direction}`,
  action: `AuthorizeSecurityGroup${direction === 'ingress' ? 'Ingress' : 'Egress'}`,
  purpose: `Let ${directions[direction].traffic} traffic pass a security group`,
  operands: [GROUP],
  options: ruleOptions(direction),
  output: {
    each: 'securityGroupRuleSet/item',
    lines: ['Success: RuleId {securityGroupRuleId}'],
  },
  example: `$ econe-authorize-${direction} sg-00000100 -p 80-81 -${directions[direction].peer.short} 10.0.0.0/8
Success: RuleId sgr-1b2c3d4e5f6a7b8c9`,
})

const REVOKED: LineOutput = { lines: ['Success: Revoking from {GroupId}'] }

const revoke = (direction: Direction): Command => ({
  name: `econe-revoke-${direction}`,
  action: `RevokeSecurityGroup${direction === 'ingress' ? 'Ingress' : 'Egress'}`,
  purpose: `Take rules for ${directions[direction].traffic} traffic from a security group`,
  operands: [
    GROUP,
    { name: 'RULE-ID', about: 'Rules, as econe-describe-rules shows them', many: true, fills: 'SecurityGroupRuleId' },
  ],
  options: [],
  output: REVOKED,
  example: `$ econe-revoke-${direction} sg-00000100 sgr-1b2c3d4e5f6a7b8c9
Success: Revoking from sg-00000100`,
})

const RULE_COLUMNS: readonly Column[] = [
  { head: 'RuleId', width: 21, of: 'securityGroupRuleId' },
  { head: 'GroupId', width: 11, of: 'groupId' },
  { head: 'Direction', width: 9, of: row => (row.text('isEgress') === 'true' ? 'egress' : 'ingress') },
  { head: 'Protocol', width: 8, of: row => (row.text('ipProtocol') === '-1' ? 'all' : row.text('ipProtocol')) },
  { head: 'From', width: 5, of: 'fromPort' },
  { head: 'To', width: 5, of: 'toPort' },
  { head: 'Peer', width: 18, of: 'cidrIpv4|cidrIpv6|referencedGroupInfo/groupId|prefixListId' },
  { head: 'Description', width: 11, of: 'description' },
]

export const securityGroupCommands: readonly Command[] = [
  {
    name: 'econe-create-group',
    action: 'CreateSecurityGroup',
    purpose: 'Create a security group',
    details: 'It lets nothing in and everything out, until rules say otherwise.',
    operands: [{ name: 'NAME', about: 'Name of the group', fills: 'GroupName' }],
    options: [
      {
        name: 'description',
        short: 'd',
        value: 'TEXT',
        about: 'Description',
        required: true,
        fills: 'GroupDescription',
      },
      VPC_OPTION,
    ],
    output: { lines: ['Success: GroupId {groupId}'] },
    example: "$ econe-create-group web -d 'web servers'\nSuccess: GroupId sg-00000100",
  },
  {
    name: 'econe-delete-group',
    action: 'DeleteSecurityGroup',
    purpose: 'Delete a security group that nothing uses',
    operands: [GROUP],
    options: [],
    output: { lines: ['Success: Deleting {GroupId}'] },
    example: '$ econe-delete-group sg-00000100\nSuccess: Deleting sg-00000100',
  },
  {
    name: 'econe-describe-groups',
    action: 'DescribeSecurityGroups',
    purpose: 'List security groups',
    operands: [only(GROUP)],
    options: [],
    output: {
      rows: 'securityGroupInfo/item',
      columns: [
        { head: 'GroupId', width: 11, of: 'groupId' },
        { head: 'VpcId', width: 12, of: 'vpcId' },
        { head: 'GroupName', width: 15, of: 'groupName' },
        { head: 'Description', width: 15, of: 'groupDescription' },
      ],
    },
    example: `$ econe-describe-groups -H
GroupId     VpcId        GroupName       Description
------------------------------------------------------------------------------
sg-00000100 vpc-00000002 web             web servers`,
  },
  authorize('ingress'),
  authorize('egress'),
  revoke('ingress'),
  revoke('egress'),
  {
    name: 'econe-describe-rules',
    action: 'DescribeSecurityGroupRules',
    purpose: 'List the rules of security groups',
    operands: [
      only({ ...GROUP, fills: ids => (ids.length > 0 ? { Filter: [{ Name: 'group-id', Value: ids }] } : {}) }),
    ],
    options: [],
    output: { rows: 'securityGroupRuleSet/item', columns: RULE_COLUMNS },
    example: `$ econe-describe-rules -H sg-00000100
RuleId                GroupId     Direction Protocol From  To    Peer               Description
------------------------------------------------------------------------------------------------
sgr-1b2c3d4e5f6a7b8c9 sg-00000100 ingress   tcp      80    81    10.0.0.0/8         -`,
  },
]
