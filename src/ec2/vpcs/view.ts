// The default VPC of an account: what its subnets are in. Every account has exactly one, which is shown and nowhere kept.
import type { Vpc } from '@aws-sdk/client-ec2'
import { type Block, blockAround, blockText, holds, smallestAround, spanOf } from '../../lib/cidr.ts'
import type { Context } from '../core/context.ts'
import { pairId } from '../core/ids.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { DHCP_OPTIONS } from '../dhcp-options/resource.ts'
import type { SubnetView } from '../subnets/view.ts'
import { CIDR_ASSOCIATION, VPC } from './resource.ts'

/** AWS's, for an account that has no subnet yet. */
const USUAL: Block = { first: 0xac1f0000, prefix: 16 }

/** What private networks are made of, as blocks. @see RFC 1918, RFC 6598 */
const PRIVATE: readonly Block[] = [
  { first: 0x0a000000, prefix: 8 },
  { first: 0x64400000, prefix: 10 },
  { first: 0xac100000, prefix: 12 },
  { first: 0xc0a80000, prefix: 16 },
]

/** EC2 has no larger VPCs. Public addresses are in one block only where that holds them. */
const SHORTEST_PREFIX = 16

/** What a VPC's block may grow to be: it never has addresses between private and public ones, or whoever lets it in lets the world in. */
const growsWithin = (block: Block): Block =>
  PRIVATE.find(range => holds(range, spanOf(block))) ??
  blockAround(block.first, Math.min(block.prefix, SHORTEST_PREFIX))

/**
 * The blocks of a VPC that has these subnets: as few as there can be, the first around its first subnet.
 */
export function blocksAround(subnets: readonly SubnetView[]): readonly [Block, ...Block[]] {
  const byRange = Map.groupBy(
    subnets.flatMap(({ block }) => block ?? []),
    block => blockText(growsWithin(block)),
  )
  const [first = USUAL, ...others] = [...byRange.values()].flatMap(blocks => smallestAround(blocks.map(spanOf)) ?? [])
  return [first, ...others]
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html */
export function toVpc(subnets: readonly SubnetView[], context: Context): Vpc {
  const blocks = blocksAround(subnets)
  return {
    VpcId: ofAccount(VPC, context),
    OwnerId: context.account.id,
    State: 'available',
    CidrBlock: blockText(blocks[0]),
    CidrBlockAssociationSet: blocks.map(block => ({
      AssociationId: pairId(CIDR_ASSOCIATION, context.account.user.id, block.first),
      CidrBlock: blockText(block),
      CidrBlockState: { State: 'associated' },
    })),
    Ipv6CidrBlockAssociationSet: [],
    DhcpOptionsId: ofAccount(DHCP_OPTIONS, context),
    InstanceTenancy: 'default',
    IsDefault: true,
    BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
    Tags: [],
  }
}
