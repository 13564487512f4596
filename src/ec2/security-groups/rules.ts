// Rules of security groups: as EC2 has them, one source each, and as OpenNebula's RULE lines.
import {
  ALL_IPV4,
  ALL_IPV6,
  blocksOf,
  type Cidr,
  cidrText,
  halves,
  ipText,
  parseCidr,
  parseIp,
  type Run,
  sizeOf,
} from '../../lib/ip-blocks.ts'
import { limits } from '../../limits.ts'
import type { Vector } from '../../opennebula/xml/attributes.ts'
import { integer } from '../../opennebula/xml/numbers.ts'
import type { TemplateVector } from '../../opennebula/xml/template.ts'
import { impossible } from '../../protocol/complaints.ts'

/** Protocols that rules may be about, by EC2's names: `-1` is all of them. */
export type Protocol = '-1' | 'tcp' | 'udp' | 'icmp' | 'icmpv6'

/** What a rule lets pass. */
export interface Traffic {
  readonly egress: boolean
  readonly protocol: Protocol
  /** The first port, or the type of ICMP; -1 for any. */
  readonly from: number
  /** The last port, or -1 for any code of ICMP. */
  readonly to: number
  /** From where, or to where: as `cidrText` writes it. Absent of a rule that names a group. */
  readonly cidr?: string | undefined
  /** The id of the group whose members it is about, in place of a block of addresses. */
  readonly group?: string | undefined
}

/** Who is in the groups that rules name, by the ids of these: the private addresses, in their order. */
export type Members = ReadonlyMap<string, readonly Run[]>

const nobody: Members = new Map()

/** OpenNebula's names, from EC2's. */
const oneProtocols = { '-1': 'ALL', tcp: 'TCP', udp: 'UDP', icmp: 'ICMP', icmpv6: 'ICMPV6' } as const

const protocols: ReadonlyMap<string, Protocol> = new Map([
  ['ALL', '-1'],
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['ICMP', 'icmp'],
  ['ICMPV6', 'icmpv6'],
])

export const hasPorts = (protocol: Protocol): boolean => protocol === 'tcp' || protocol === 'udp'
export const isIcmp = (protocol: Protocol): boolean => protocol === 'icmp' || protocol === 'icmpv6'

/** The version of IP that a protocol is of; undefined for either. */
const versionOf = (protocol: Protocol) => (protocol === 'icmp' ? 4 : protocol === 'icmpv6' ? 6 : undefined)

/** Whether two rules let the same pass: a group has one of them. */
export const keyOf = ({ egress, protocol, from, to, cidr, group }: Traffic): string =>
  [egress, protocol, from, to, cidr ?? group].join(' ')

/** Whether it is a rule: OpenNebula could be told of it, and EC2 would have taken it. */
export function isRule({ protocol, from, to, cidr, group }: Traffic): boolean {
  if (cidr === undefined ? group === undefined : group !== undefined || !isBlock(cidr, protocol)) return false
  if (hasPorts(protocol)) return from >= 0 && from <= to && to <= 65_535
  return to === -1 && (isIcmp(protocol) ? from >= -1 && from <= 255 : from === -1)
}

function isBlock(cidr: string, protocol: Protocol): boolean {
  const block = parseCidr(cidr)
  return block !== undefined && cidrText(block) === cidr && block.version === (versionOf(protocol) ?? block.version)
}

/**
 * Everything that stands in a group's RULE lines, from rules that can stand there.
 * @param members of the groups that rules name; who is beyond the most lines that a group may have is let in nowhere
 * @throws Ec2Error UnsupportedOperation
 */
export function linesOf(rules: readonly Traffic[], members: Members = nobody): TemplateVector[] {
  const known = new Set(rules.map(keyOf))
  const has = (rule: Traffic, cidr: string) => known.has(keyOf({ ...rule, cidr }))
  let left: number = limits.memberLines.most
  return rules.flatMap(rule => {
    if (rule.group !== undefined) {
      const version = versionOf(rule.protocol)
      const runs = (members.get(rule.group) ?? []).filter(run => version === undefined || run.version === version)
      const lines = runs.slice(0, left).map(run => lineOf(rule, run))
      left -= lines.length
      return lines
    }
    if (rule.cidr === ALL_IPV6 && rule.protocol !== 'icmpv6') {
      if (!has(rule, ALL_IPV4)) throw ipv6Alone(rule)
      return [lineOf(rule)]
    }
    // A line without addresses, which stands for both
    if (rule.cidr === ALL_IPV4 && has(rule, ALL_IPV6)) return []
    const isEverything = rule.cidr === ALL_IPV4 || rule.cidr === ALL_IPV6
    if (isEverything && isIcmp(rule.protocol)) return [lineOf(rule)]
    return blocksWithin(rule).map(block => lineOf(rule, block))
  })
}

/** The addresses of a rule in blocks whose SIZE OpenNebula can hold: less than 2^32. */
function blocksWithin({ cidr = '' }: Traffic): readonly Run[] {
  const block = parseCidr(cidr)
  if (!block) throw new TypeError('a rule without addresses')
  const size = sizeOf(block)
  if (size < LARGEST) return [runOf(block)]
  if (size === LARGEST) return halves(block).map(runOf)
  throw impossible(
    `The cloud has no rule for as many addresses as ${cidr}: for IPv6 use a prefix of 96 bits or more, or ${ALL_IPV6}.`,
  )
}

const LARGEST = 2n ** 32n

const runOf = (block: Cidr): Run => ({ version: block.version, first: block.first, size: sizeOf(block) })

const ipv6Alone = ({ egress }: Traffic) =>
  impossible(
    `The cloud has no ${egress ? 'outbound' : 'inbound'} rule for ${ALL_IPV6} without the same for ${ALL_IPV4}: a group has both, or none of them.`,
  )

function lineOf({ egress, protocol, from, to }: Traffic, run?: Run): TemplateVector {
  return {
    PROTOCOL: oneProtocols[protocol],
    RULE_TYPE: egress ? 'outbound' : 'inbound',
    RANGE: hasPorts(protocol) ? (from === to ? String(from) : `${from}:${to}`) : undefined,
    ICMP_TYPE: protocol === 'icmp' && from >= 0 ? from : undefined,
    ICMPV6_TYPE: protocol === 'icmpv6' && from >= 0 ? from : undefined,
    IP: run && ipText(run),
    SIZE: run && String(run.size),
  }
}

/**
 * What lines let pass as EC2's rules, and whether that is all of it: OpenNebula has kinds of rules that EC2 has not, and one line
 * of its own may be very many of EC2's.
 */
export function rulesOf(lines: readonly Vector[]): { readonly rules: Traffic[]; readonly isAll: boolean } {
  const { most } = limits.rulesRead
  const rules = new Map<string, Traffic>()
  let left: number = most
  let isAll = lines.length <= most
  for (const line of lines.slice(0, most)) {
    const read = trafficOf(line, left)
    left -= read?.length ?? 0
    isAll &&= read !== undefined
    for (const rule of read ?? []) rules.set(keyOf(rule), rule)
  }
  return { rules: joined(rules), isAll }
}

/** The two halves in which all of IPv4 is written. */
const [LOWER, UPPER] = ['0.0.0.0/1', '128.0.0.0/1']

function joined(rules: ReadonlyMap<string, Traffic>): Traffic[] {
  return [...rules.values()].flatMap(rule => {
    const has = (cidr: string) => rules.has(keyOf({ ...rule, cidr }))
    const isHalf = rule.cidr === LOWER || rule.cidr === UPPER
    if (!isHalf || !has(LOWER) || !has(UPPER)) return [rule]
    return rule.cidr === LOWER && !has(ALL_IPV4) ? [{ ...rule, cidr: ALL_IPV4 }] : []
  })
}

/** What a line lets pass; undefined where EC2 has no word for it, or needs more than so many. */
function trafficOf(line: Vector, most: number): Traffic[] | undefined {
  const protocol = protocols.get((line['PROTOCOL'] ?? '').toUpperCase())
  const direction = line['RULE_TYPE']?.toLowerCase()
  if (protocol === undefined || (direction !== 'inbound' && direction !== 'outbound')) return undefined
  const cidrs = cidrsOf(line, protocol)
  const ranges = rangesOf(line, protocol)
  if (!cidrs || !ranges || cidrs.length * ranges.length > most) return undefined
  const passing = { egress: direction === 'outbound', protocol }
  const isSound =
    cidrs.every(cidr => isBlock(cidr, protocol)) &&
    ranges.every(([from, to]) => isRule({ ...passing, from, to, cidr: cidrs[0] }))
  return isSound ? ranges.flatMap(([from, to]) => cidrs.map(cidr => ({ ...passing, from, to, cidr }))) : undefined
}

/** Ports, or the type of ICMP. */
function rangesOf(line: Vector, protocol: Protocol): [from: number, to: number][] | undefined {
  if (isIcmp(protocol)) {
    const type = line[protocol === 'icmp' ? 'ICMP_TYPE' : 'ICMPV6_TYPE']
    const number = type ? integer(type) : -1
    return number === undefined ? undefined : [[number, -1]]
  }
  if (!hasPorts(protocol)) return [[-1, -1]]
  const ranges = (line['RANGE'] || '0:65535').split(',').map(part => part.split(':').map(integer))
  return ranges.every(ports => ports.length <= 2 && ports.every(port => port !== undefined))
    ? ranges.map(([from = -1, to = from]) => [from, to])
    : undefined
}

/** More blocks than that are no rule that anyone wrote for EC2. */
const MOST_BLOCKS = 64

function cidrsOf({ IP: ip, SIZE: size = '', NETWORK_ID: network }: Vector, protocol: Protocol): string[] | undefined {
  const version = versionOf(protocol)
  if (!ip) {
    if (network) return undefined
    return [ALL_IPV4, ALL_IPV6].filter(cidr => version === undefined || (cidr === ALL_IPV4 ? 4 : 6) === version)
  }
  const first = parseIp(ip)
  const count = integer(size)
  if (first === undefined || count === undefined || count < 1 || count >= Number(LARGEST)) return undefined
  const blocks = blocksOf(ip.includes(':') ? 6 : 4, first, BigInt(count))
  return blocks.length === 0 || blocks.length > MOST_BLOCKS ? undefined : blocks.map(cidrText)
}
