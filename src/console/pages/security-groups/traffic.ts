// What rules let through, as people know it: SSH and HTTPS, not numbers of ports and protocols.
import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2'
import { texts } from '../../texts.ts'
import type { Choice } from '../../ui/fields.ts'

const words = texts.securityGroups.rules

/** A protocol with its ports, or with a type of ICMP and -1. */
export interface Traffic {
  readonly protocol: string
  readonly from: number
  readonly to: number
}

const tcp = (port: number): Traffic => ({ protocol: 'tcp', from: port, to: port })
const udp = (port: number): Traffic => ({ protocol: 'udp', from: port, to: port })
const icmp = (type: number): Traffic => ({ protocol: 'icmp', from: type, to: -1 })

/** What is often let through, by the name of its service. */
const SERVICES: Readonly<Record<string, Traffic>> = {
  SSH: tcp(22),
  HTTP: tcp(80),
  HTTPS: tcp(443),
  RDP: tcp(3389),
  SMTP: tcp(25),
  'DNS (UDP)': udp(53),
  'DNS (TCP)': tcp(53),
  NFS: tcp(2049),
  MySQL: tcp(3306),
  PostgreSQL: tcp(5432),
  Redis: tcp(6379),
  WireGuard: udp(51820),
  'ICMP ping': icmp(8),
}

/** What needs no more to be said than which of them. */
const WHOLE: Readonly<Record<string, Traffic & { readonly label: string }>> = {
  all: { protocol: '-1', from: -1, to: -1, label: words.allTraffic },
  'all-tcp': { protocol: 'tcp', from: 0, to: 65_535, label: words.allOf('TCP') },
  'all-udp': { protocol: 'udp', from: 0, to: 65_535, label: words.allOf('UDP') },
  'all-icmp': { ...icmp(-1), label: words.allOf('ICMP') },
  'all-icmpv6': { protocol: 'icmpv6', from: -1, to: -1, label: words.allOf('ICMPv6') },
}

/** What ports are asked for. */
const CUSTOM = ['tcp', 'udp'] as const

export const isCustom = (service: unknown): boolean => CUSTOM.some(each => each === service)

export const serviceChoices: readonly Choice[] = [
  ...Object.keys(SERVICES).map(value => ({ value, label: value })),
  ...CUSTOM.map(value => ({ value, label: words.custom(value.toUpperCase()) })),
  ...Object.entries(WHOLE).map(([value, { label }]) => ({ value, label })),
]

/** What is meant by a choice, and by ports where that has none of its own. */
export function trafficOf(service: string, from: string, to: string): Traffic {
  const { label: _, ...whole } = WHOLE[service] ?? { ...tcp(0), label: '' }
  return (
    SERVICES[service] ?? (isCustom(service) ? { protocol: service, from: Number(from), to: Number(to || from) } : whole)
  )
}

const trafficIn = ({ IpProtocol = '', FromPort = -1, ToPort = -1 }: SecurityGroupRule): Traffic => ({
  protocol: IpProtocol,
  from: FromPort,
  to: ToPort,
})

const isSame = (one: Traffic, other: Traffic) =>
  one.protocol === other.protocol && (one.protocol === '-1' || (one.from === other.from && one.to === other.to))

/** The choice that stands for what a rule lets through; undefined where there is none, as for most types of ICMP. */
export function serviceOf(rule: SecurityGroupRule): string | undefined {
  const traffic = trafficIn(rule)
  const [name] = Object.entries({ ...SERVICES, ...WHOLE }).find(([, known]) => isSame(known, traffic)) ?? []
  return name ?? (isCustom(traffic.protocol) ? traffic.protocol : undefined)
}

/** The service of a rule by name, where it has one. */
export const serviceName = (rule: SecurityGroupRule): string | undefined => {
  const service = serviceOf(rule) ?? ''
  return service in SERVICES ? service : WHOLE[service]?.label
}

export const protocolName = ({ IpProtocol = '' }: SecurityGroupRule): string =>
  ({ '-1': words.all, icmpv6: 'ICMPv6' })[IpProtocol] ?? IpProtocol.toUpperCase()

/** Ports, or a type of ICMP. */
export function portsText(rule: SecurityGroupRule): string {
  const { protocol, from, to } = trafficIn(rule)
  if (from === -1 || (from === 0 && to === 65_535)) return words.all
  if (protocol.startsWith('icmp')) return words.icmpType(from)
  return from === to ? String(from) : `${from}–${to}`
}

/** Where traffic comes from, or goes to. */
export const peerOf = ({ CidrIpv4, CidrIpv6, ReferencedGroupInfo }: SecurityGroupRule): string | undefined =>
  CidrIpv4 ?? CidrIpv6 ?? ReferencedGroupInfo?.GroupId

/** A permission of this traffic. */
export const permission = ({ protocol, from, to }: Traffic): IpPermission => ({
  IpProtocol: protocol,
  ...(protocol !== '-1' && { FromPort: from, ToPort: to }),
})
