// The blocks of addresses that VPCs and subnets can have.
import { type AddressSpan, type Block, overlap, parseBlock, spanOf } from '../../lib/cidr.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { invalid, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { type Field, field } from './fields.ts'

/** A block has at least so many bits in common, and at most so many. */
const [SHORTEST, LONGEST] = [16, 28]

/** What hosts are not addressed by, whoever the network belongs to. @see RFC 1122, RFC 3927, RFC 5771 */
const RESERVED: readonly Block[] = [
  { first: 0x00000000, prefix: 8 },
  { first: 0x7f000000, prefix: 8 },
  { first: 0xa9fe0000, prefix: 16 },
  { first: 0xe0000000, prefix: 3 },
]

/** Whether a VPC or a subnet can have a block. */
const isUsable = (block: Block): boolean =>
  block.prefix >= SHORTEST && block.prefix <= LONGEST && !RESERVED.some(range => overlap(range, block))

/**
 * The block that a request names, by its first address, as AWS reads it: bits behind the prefix do not count.
 * @param code for a block that is too large, too small, or no host's
 * @throws Ec2Error MissingParameter, InvalidParameterValue, `code`
 */
export function blockNamed(text: string, code: 'InvalidVpc.Range' | 'InvalidSubnet.Range'): Block {
  if (text === '') throw missing('CidrBlock')
  const block = parseBlock(text)
  if (!block) throw invalid('cidrBlock', text, 'This is not a valid CIDR block.')
  if (!isUsable(block)) throw new Ec2Error(code, `The CIDR '${excerpt(text)}' is invalid.`)
  return block
}

/** The text of a block as it is kept. */
export const blockField: Field<string> = field((value): value is string => {
  const block = typeof value === 'string' ? parseBlock(value) : undefined
  return block !== undefined && isUsable(block)
})

/** EC2 keeps these of every subnet: its own address, the router's, the name server's and one more, and at the end that of all. */
const KEPT = { atFirst: 4, atLast: 1 } as const

/** The addresses of a subnet's block that instances get. */
export function usableOf(block: Block): AddressSpan {
  const { first, last } = spanOf(block)
  return { first: first + KEPT.atFirst, last: last - KEPT.atLast }
}

/** How many of these there are. */
export function usableCount(block: Block): number {
  const { first, last } = usableOf(block)
  return last - first + 1
}
