// Blocks of addresses, IPv4 and IPv6, as rules and routes have them: `10.0.0.0/8`, `2001:db8::/112`.
import { ipNumber, ipText as ipv4Text } from './ip.ts'

/** Addresses that have a prefix in common. */
export interface Cidr {
  readonly version: 4 | 6
  /** The first address. */
  readonly first: bigint
  /** Bits that all have in common. */
  readonly prefix: number
}

/** Addresses that follow each other: OpenNebula's rules are about such. */
export interface Run {
  readonly version: 4 | 6
  readonly first: bigint
  readonly size: bigint
}

/** All addresses of a version, as blocks are written. */
export const ALL_IPV4 = '0.0.0.0/0'
export const ALL_IPV6 = '::/0'

/** Bits of an address. */
const BITS = { 4: 32, 6: 128 } as const

/** A block as it is written, by any of its addresses; undefined for what is none. */
export function parseCidr(text: string): Cidr | undefined {
  const [, ip = '', digits = ''] = /^([0-9a-f.:]{2,45})\/(\d{1,3})$/i.exec(text) ?? []
  const version = ip.includes(':') ? 6 : 4
  const address = parseIp(ip)
  const prefix = Number(digits)
  if (address === undefined || prefix > BITS[version]) return undefined
  const rest = BigInt(BITS[version] - prefix)
  return { version, first: (address >> rest) << rest, prefix }
}

/** An address as a number; undefined for what is none. */
export function parseIp(ip: string): bigint | undefined {
  if (ip.includes(':')) return ipv6Number(ip)
  const number = ipNumber(ip)
  return number === undefined ? undefined : BigInt(number)
}

function ipv6Number(ip: string): bigint | undefined {
  const [, head = ip, tail] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(ip) ?? []
  const last = tail === undefined ? [] : ipv4Words(tail)
  if (!last) return undefined
  const [before = '', after, another] = (tail === undefined ? ip : head.replace(/([^:]):$/, '$1')).split('::')
  if (another !== undefined) return undefined
  const left = words(before)
  const right = words(after ?? '')
  if (!left || !right) return undefined
  const gap = 8 - left.length - right.length - last.length
  if (after === undefined ? gap !== 0 : gap < 1) return undefined
  return [...left, ...Array<number>(gap).fill(0), ...right, ...last].reduce(
    (sum, word) => sum * 65536n + BigInt(word),
    0n,
  )
}

function ipv4Words(ip: string): number[] | undefined {
  const number = ipNumber(ip)
  return number === undefined ? undefined : [Math.floor(number / 65536), number % 65536]
}

function words(text: string): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  return parts.every(part => /^[0-9a-f]{1,4}$/i.test(part)) ? parts.map(part => Number.parseInt(part, 16)) : undefined
}

/** An address as AWS writes it: of IPv6 the longest row of zeros is left out. */
export function ipText({ version, first }: Pick<Cidr, 'version' | 'first'>): string {
  if (version === 4) return ipv4Text(Number(first))
  const text = Array.from({ length: 8 }, (_, index) =>
    ((first >> BigInt(112 - 16 * index)) % 65536n).toString(16),
  ).join(':')
  const [longest] = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)]
    .map(([zeros]) => zeros)
    .sort((a, b) => zerosIn(b) - zerosIn(a))
  if (longest === undefined) return text
  const at = text.indexOf(longest)
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`
}

const zerosIn = (text: string) => text.replaceAll(':', '').length

/** A block by its first address. */
export const cidrText = (cidr: Cidr): string => `${ipText(cidr)}/${cidr.prefix}`

/** How many addresses it has. */
export const sizeOf = ({ version, prefix }: Cidr): bigint => 1n << BigInt(BITS[version] - prefix)

/** Both halves of a block. */
export function halves({ version, first, prefix }: Cidr): [Cidr, Cidr] {
  const half = { version, first, prefix: prefix + 1 }
  return [half, { ...half, first: first + sizeOf(half) }]
}

/** The largest blocks that together are these addresses; none where they are more than there are. */
export function blocksOf(version: 4 | 6, first: bigint, size: bigint): Cidr[] {
  const blocks: Cidr[] = []
  const end = first + size
  if (end > 1n << BigInt(BITS[version])) return []
  for (let next = first; next < end; ) {
    let prefix = BITS[version]
    const fits = (bits: number) => {
      const length = 1n << BigInt(BITS[version] - bits)
      return next % length === 0n && next + length <= end
    }
    while (prefix > 0 && fits(prefix - 1)) prefix--
    const block = { version, first: next, prefix }
    blocks.push(block)
    next += sizeOf(block)
  }
  return blocks
}

/** Addresses as the longest runs of them, in their order; what is no address is left out. */
export function runsOf(ips: Iterable<string>): Run[] {
  const numbers = new Map<4 | 6, Set<bigint>>()
  for (const ip of ips) {
    const version = ip.includes(':') ? 6 : 4
    const number = parseIp(ip)
    if (number !== undefined) numbers.set(version, (numbers.get(version) ?? new Set<bigint>()).add(number))
  }
  return ([4, 6] as const).flatMap(version => joinedRuns(version, numbers.get(version) ?? []))
}

function joinedRuns(version: 4 | 6, numbers: Iterable<bigint>): Run[] {
  const runs: Run[] = []
  for (const first of [...numbers].sort((a, b) => (a < b ? -1 : 1))) {
    const last = runs.at(-1)
    if (last && last.first + last.size === first) runs[runs.length - 1] = { ...last, size: last.size + 1n }
    else runs.push({ version, first, size: 1n })
  }
  return runs
}
