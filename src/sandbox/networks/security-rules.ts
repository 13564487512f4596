// Rules of security groups: what they may say.
import { isIP } from 'node:net'
import { internal } from '../protocol/errors.ts'
import { type Template, type Vector, vectors } from '../protocol/template.ts'

const PROTOCOLS = ['TCP', 'UDP', 'ICMP', 'ICMPV6', 'IPSEC', 'ALL']
const MAX_PORTS = 15

/** Each check gives the front-end's reason when the rule breaks it, in the front-end's order. */
const CHECKS: readonly ((rule: Vector, protocol: string) => string | false)[] = [
  (_, protocol) =>
    !PROTOCOLS.includes(protocol) && 'Wrong PROTOCOL in rule. Valid options: TCP, UDP, ICMP, ICMPV6, IPSEC, ALL.',
  ({ RANGE: range = '' }, protocol) =>
    range !== '' && protocol !== 'TCP' && protocol !== 'UDP' && 'RANGE is supported only for TCP and UDP protocols.',
  ({ RANGE: range = '' }) => range !== '' && rangeError(range),
  ({ ICMP_TYPE: type = '' }, protocol) =>
    type !== '' && protocol !== 'ICMP' && 'ICMP_TYPE is supported only for ICMP protocol.',
  ({ ICMP_TYPE: type = '' }) => type !== '' && !/^\d+$/.test(type) && 'Wrong ICMP_TYPE, it must be integer',
  ({ ICMPV6_TYPE: type = '' }, protocol) =>
    type !== '' && protocol !== 'ICMPV6' && 'ICMPV6_TYPE is supported only for ICMPV6 protocol.',
  ({ ICMPV6_TYPE: type = '' }) => type !== '' && !/^\d+$/.test(type) && 'Wrong ICMPV6_TYPE, it must be integer',
  ({ RULE_TYPE: type = '' }) =>
    !/^(inbound|outbound)$/i.test(type) && 'Wrong RULE_TYPE in rule. Valid options: INBOUND, OUTBOUND.',
  ({ IP: ip = '', SIZE: size = '' }) => ip !== '' && !isSize(size) && 'Wrong or empty SIZE.',
  ({ IP: ip = '' }) => ip !== '' && isIP(ip) === 0 && 'Wrong format for IP value.',
  ({ IP: ip = '', NETWORK_ID: id }) => ip === '' && id !== undefined && !/^-?\d+$/.test(id) && 'Wrong NETWORK_ID.',
]

/** An unsigned number of 32 bits. */
const isSize = (text: string): boolean => /^\d+$/.test(text) && Number(text) < 2 ** 32

function rangeError(range: string): string | false {
  if (!/^(\d+(:\d+)?,)*\d+(:\d+)?$/.test(range)) return 'Invalid RANGE specification.'
  const pairs = range.split(',').map(part => part.split(':').map(Number))
  if (pairs.some(pair => (pair.at(-1) ?? 0) > 65535)) return 'RANGE out of bounds 0-65536.'
  if (pairs.some(([from = 0, to = from]) => to < from)) return 'RANGE BEGIN value is greater than RANGE END value'
  return pairs.flat().length > MAX_PORTS && 'Not more than 15 ports can be specified in a RULE'
}

const byName = ([one]: [string, string], [other]: [string, string]): number => (one < other ? -1 : 1)

/** Of several identical rules, the front-end keeps the first. */
export function distinctRules(template: Template): Template {
  const rules = new Map(
    vectors(template, 'RULE').map(rule => [JSON.stringify(Object.entries(rule).sort(byName)), rule]),
  )
  return rules.size > 0 ? { ...template, RULE: [...rules.values()] } : template
}

/** Throws code 8192 with the front-end's reason against the first rule that has one. */
export function validateRules(template: Template): void {
  for (const rule of vectors(template, 'RULE')) {
    const protocol = (rule['PROTOCOL'] ?? '').toUpperCase()
    const reason = CHECKS.map(check => check(rule, protocol)).find(result => result !== false)
    if (reason) throw internal(reason)
  }
}
