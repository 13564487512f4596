// Rules as requests describe them: IpPermissions, the flat parameters of old clients, and rules one by one.
import type {
  AuthorizeSecurityGroupIngressRequest,
  IpPermission,
  SecurityGroupRuleRequest,
  UserIdGroupPair,
} from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { cidrText, parseCidr } from '../../lib/ip-blocks.ts'
import { limits } from '../../limits.ts'
import { combination, impossible, invalid, invalidBecause, missing, needsOneOf } from '../../protocol/complaints.ts'
import { canonicalId, parseId } from '../core/ids.ts'
import { SECURITY_GROUP } from './resource.ts'
import { hasPorts, isIcmp, isRule, type Protocol, type Traffic } from './rules.ts'

/** A rule as a request has it. */
export interface AskedRule extends Traffic {
  readonly description: string | undefined
  /** The name of the group that it is about, where it has no id of it. */
  readonly groupName?: string | undefined
  /** The account that the group is said to be of. */
  readonly groupOwner?: string | undefined
}

/** What names of rules have in common: the characters that AWS takes. */
const isTellable = (value: string): boolean => /^[\w .:/()#,@[\]+=&;{}!$*-]*$/.test(value)

/** @throws Ec2Error InvalidParameterValue for what no name or description of a group or of a rule can be */
export function checkTellable(parameter: string, value: string): void {
  if (value.length <= limits.description.most && isTellable(value)) return
  throw invalid(
    parameter,
    value,
    `It has at most ${limits.description.most} characters from the set a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*`,
  )
}

const protocolNames: ReadonlyMap<string, Protocol> = new Map([
  ...(['-1', 'tcp', 'udp', 'icmp', 'icmpv6'] as const).map(name => [name, name] as const),
  ['all', '-1'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['1', 'icmp'],
  ['58', 'icmpv6'],
])

/** @throws Ec2Error InvalidParameterValue, and UnsupportedOperation for a protocol that OpenNebula has no rules for */
function protocolOf(name: string | undefined): Protocol {
  if (!name) throw missing('IpProtocol')
  const protocol = protocolNames.get(name.toLowerCase())
  if (protocol !== undefined) return protocol
  if (/^\d{1,3}$/.test(name) && Number(name) < 256) {
    throw impossible(`The cloud has no rules for protocol ${name}: it has them for tcp, udp, icmp, icmpv6 and -1.`)
  }
  throw invalid('IpProtocol', name, 'Unknown protocol.')
}

interface Ports {
  readonly FromPort?: number | undefined
  readonly ToPort?: number | undefined
}

/** Ports, or the type and code of ICMP; of all protocols together it is neither, whatever is sent. */
function portsOf(protocol: Protocol, { FromPort, ToPort }: Ports): Pick<Traffic, 'from' | 'to'> {
  if (isIcmp(protocol)) return { from: icmpType(FromPort ?? -1), to: icmpCode(ToPort ?? -1) }
  if (!hasPorts(protocol)) return { from: -1, to: -1 }
  if (FromPort === undefined || ToPort === undefined) {
    throw invalidBecause(`Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.`)
  }
  for (const [name, port] of [
    ['FromPort', FromPort],
    ['ToPort', ToPort],
  ] as const) {
    if (port < 0 || port > 65_535) throw invalid(name, port, 'A port is a number from 0 to 65535.')
  }
  if (FromPort > ToPort) throw invalid('FromPort', FromPort, `It is greater than ToPort, which is ${ToPort}.`)
  return { from: FromPort, to: ToPort }
}

function icmpType(type: number): number {
  if (type >= -1 && type <= 255) return type
  throw invalid('FromPort', type, 'A type of ICMP is a number from 0 to 255, or -1 for all.')
}

/** OpenNebula tells types of ICMP apart, and no codes. */
function icmpCode(code: number): number {
  if (code === -1) return code
  if (code < -1 || code > 255) throw invalid('ToPort', code, 'A code of ICMP is a number from 0 to 255, or -1 for all.')
  throw impossible('The cloud has rules for types of ICMP, and not for single codes: set ToPort to -1.')
}

function cidrOf(parameter: string, text: string | undefined, version: 4 | 6): string {
  if (!text) throw missing(parameter)
  const block = parseCidr(text)
  if (block?.version === version) return cidrText(block)
  throw invalidBecause(`CIDR block ${excerpt(text)} is malformed`)
}

function checked(rule: AskedRule): AskedRule {
  if (rule.description !== undefined) checkTellable('Description', rule.description)
  if (rule.cidr === undefined || isRule(rule)) return rule
  throw invalid('IpProtocol', rule.protocol, `It has no addresses such as ${rule.cidr}.`)
}

/** The group that a rule names. @throws Ec2Error InvalidGroupId.Malformed, MissingParameter */
function groupOf({
  GroupId,
  GroupName,
  UserId,
}: UserIdGroupPair): Pick<AskedRule, 'group' | 'groupName' | 'groupOwner'> {
  const groupOwner = UserId || undefined
  if (!GroupId) {
    if (!GroupName) throw needsOneOf('GroupId', 'GroupName')
    return { groupName: GroupName, groupOwner }
  }
  parseId(SECURITY_GROUP, GroupId)
  return { group: canonicalId(GroupId), groupOwner }
}

/** The rules of one permission: one for each of its sources. */
function rulesOfPermission(permission: IpPermission, egress: boolean): AskedRule[] {
  const { IpProtocol, IpRanges = [], Ipv6Ranges = [], UserIdGroupPairs = [] } = permission
  const protocol = protocolOf(IpProtocol)
  const traffic = { egress, protocol, ...portsOf(protocol, permission) }
  const rules = [
    ...IpRanges.map(({ CidrIp, Description }) => ({ cidr: cidrOf('CidrIp', CidrIp, 4), description: Description })),
    ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({
      cidr: cidrOf('CidrIpv6', CidrIpv6, 6),
      description: Description,
    })),
    ...UserIdGroupPairs.map(pair => ({ ...groupOf(pair), description: pair.Description })),
  ]
  if (rules.length === 0) throw needsOneOf('IpRanges', 'Ipv6Ranges', 'UserIdGroupPairs')
  return rules.map(rule => checked({ ...traffic, ...rule, description: rule.description || undefined }))
}

type Flat = Pick<
  AuthorizeSecurityGroupIngressRequest,
  | 'IpPermissions'
  | 'IpProtocol'
  | 'FromPort'
  | 'ToPort'
  | 'CidrIp'
  | 'SourceSecurityGroupName'
  | 'SourceSecurityGroupOwnerId'
>

/** The rules of a request, in the form of today or in those of old clients; none where it names none. */
export function askedRules(input: Flat, egress: boolean): AskedRule[] {
  const { IpPermissions = [], IpProtocol, FromPort, ToPort, CidrIp } = input
  const { SourceSecurityGroupName: name, SourceSecurityGroupOwnerId: owner } = input
  const isFlat = [IpProtocol, FromPort, ToPort, CidrIp].some(value => value !== undefined)
  const isOfGroup = name !== undefined || owner !== undefined
  if ((isFlat || isOfGroup) && IpPermissions.length > 0) {
    throw combination(
      `The parameter IpPermissions cannot be used with ${isFlat ? 'IpProtocol, FromPort, ToPort and CidrIp' : 'SourceSecurityGroupName'}.`,
    )
  }
  if (isFlat && isOfGroup) {
    throw combination('SourceSecurityGroupName cannot be used with IpProtocol, FromPort, ToPort and CidrIp.')
  }
  const permissions = isFlat
    ? [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }]
    : isOfGroup
      ? everythingOf({ GroupName: name, UserId: owner })
      : IpPermissions
  return permissions.flatMap(permission => rulesOfPermission(permission, egress))
}

/** All of TCP, UDP and ICMP, which is what a group in the form of old clients stands for. */
function everythingOf(group: UserIdGroupPair): IpPermission[] {
  if (!group.GroupName) throw missing('SourceSecurityGroupName')
  return [
    { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, UserIdGroupPairs: [group] },
    { IpProtocol: 'udp', FromPort: 0, ToPort: 65_535, UserIdGroupPairs: [group] },
    { IpProtocol: 'icmp', FromPort: -1, ToPort: -1, UserIdGroupPairs: [group] },
  ]
}

/** A rule that is to take the place of another. */
export function askedRule(asked: SecurityGroupRuleRequest, egress: boolean): AskedRule {
  const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, ReferencedGroupId, Description } = asked
  const [source, another] = [
    CidrIpv4 !== undefined && { IpRanges: [{ CidrIp: CidrIpv4, Description }] },
    CidrIpv6 !== undefined && { Ipv6Ranges: [{ CidrIpv6, Description }] },
    ReferencedGroupId !== undefined && { UserIdGroupPairs: [{ GroupId: ReferencedGroupId, Description }] },
  ].filter(given => given !== false)
  if (another) throw combination('A rule has one of CidrIpv4, CidrIpv6 and ReferencedGroupId.')
  if (!source) throw needsOneOf('CidrIpv4', 'CidrIpv6', 'ReferencedGroupId')
  const [rule] = rulesOfPermission({ IpProtocol, FromPort, ToPort, ...source }, egress)
  if (!rule) throw new TypeError('one source was expected to make one rule')
  return rule
}
