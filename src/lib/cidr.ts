// IPv4 blocks as CIDR writes them: an address and how many bits of it count.
import { ipNumber, ipText } from './ip.ts'

/** `10.0.0.0/19`: the first address as a number, and the bits that all addresses in it share. */
export interface Block {
  readonly first: number
  readonly prefix: number
}

/** Addresses from one to another, both included, as numbers. */
export interface AddressSpan {
  readonly first: number
  readonly last: number
}

const BITS = 32

/** How many addresses are in a block. */
const sizeOf = ({ prefix }: Block): number => 2 ** (BITS - prefix)

/** The block of this length that an address is in. */
export const blockAround = (address: number, prefix: number): Block => {
  const size = sizeOf({ first: 0, prefix })
  return { first: Math.floor(address / size) * size, prefix }
}

export const spanOf = (block: Block): AddressSpan => ({ first: block.first, last: block.first + sizeOf(block) - 1 })

/** Whether all of these addresses are in a block. */
export const holds = (block: Block, { first, last }: AddressSpan): boolean =>
  first >= block.first && last < block.first + sizeOf(block)

/**
 * The smallest block that has all of these addresses; undefined where there are none.
 * @param longest the most bits that it may have: a block of fewer addresses is not wanted
 */
export function smallestAround(spans: readonly AddressSpan[], longest = BITS): Block | undefined {
  if (spans.length === 0) return undefined
  const first = Math.min(...spans.map(span => span.first))
  const last = Math.max(...spans.map(span => span.last))
  let prefix = longest
  while (prefix > 0 && !holds(blockAround(first, prefix), { first, last })) prefix--
  return blockAround(first, prefix)
}

/** How many bits a netmask has, such as 24 for `255.255.255.0`; undefined for what is none. */
export function maskBits(mask: string): number | undefined {
  const number = ipNumber(mask)
  if (number === undefined) return undefined
  const bits = number.toString(2).padStart(BITS, '0')
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined
}

/** A block as it is written, by any of its addresses; undefined for what is none. */
export function parseBlock(text: string): Block | undefined {
  const [, ip = '', digits = ''] = /^([\d.]{7,15})\/(\d{1,2})$/.exec(text) ?? []
  const address = ipNumber(ip)
  const prefix = Number(digits)
  return address === undefined || prefix > BITS ? undefined : blockAround(address, prefix)
}

/** Whether two blocks have addresses in common. */
export const overlap = (one: Block, other: Block): boolean => holds(one, spanOf(other)) || holds(other, spanOf(one))

/** `10.0.0.0/19` */
export const blockText = ({ first, prefix }: Block): string => `${ipText(first)}/${prefix}`

/** The netmask of a block, such as `255.255.255.0`. */
export const maskText = ({ prefix }: Block): string => ipText(2 ** BITS - sizeOf({ first: 0, prefix }))
