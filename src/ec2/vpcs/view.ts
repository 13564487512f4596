// VPCs as they are seen: the default one of an account, which is shown and nowhere kept, and those that it made.
import type { Vpc } from '@aws-sdk/client-ec2'
import { type Block, blockAround, blockText, holds, parseBlock, smallestAround, spanOf } from '../../lib/cidr.ts'
import { blockField } from '../core/blocks.ts'
import type { Context } from '../core/context.ts'
import { flag } from '../core/fields.ts'
import { pairId } from '../core/ids.ts'
import type { Item } from '../core/items.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { type RecordOf, record } from '../core/record.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { DHCP_OPTIONS } from '../dhcp-options/resource.ts'
import type { SubnetView } from '../subnets/view.ts'
import { associationsOf, type VpcAssociations } from '../vpc-associations/find.ts'
import { CIDR_ASSOCIATION, ofVpc, VPC } from './resource.ts'

const fields = {
  /** Its block of addresses, as CIDR. */
  block: blockField,
  dnsSupport: flag,
  dnsHostnames: flag,
  addressUsageMetrics: flag,
}

/** What is kept of a VPC. */
export type VpcRecord = RecordOf<typeof fields, 'block'>

export const vpcRecord = record(fields, 'block')

/** A block of a VPC, and the id under which it is associated. */
export interface VpcBlock extends Block {
  readonly association: string
}

/** What ModifyVpcAttribute changes. */
export interface VpcSettings {
  readonly dnsSupport: boolean
  readonly dnsHostnames: boolean
  readonly addressUsageMetrics: boolean
}

/** A VPC of the caller's. */
export interface VpcView {
  readonly id: string
  readonly isDefault: boolean
  /** The first is that which it was made with. */
  readonly blocks: readonly [VpcBlock, ...VpcBlock[]]
  readonly settings: VpcSettings
  /** What is associated with it, as it is kept. */
  readonly associations: Item<VpcAssociations>
  readonly tags: Tags
}

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

/** The blocks of a VPC that has these subnets: as few as there can be, the first around its first subnet. */
function blocksAround(subnets: readonly SubnetView[]): readonly [Block, ...Block[]] {
  const byRange = Map.groupBy(
    subnets.flatMap(({ block }) => block ?? []),
    block => blockText(growsWithin(block)),
  )
  const [first = USUAL, ...others] = [...byRange.values()].flatMap(blocks => smallestAround(blocks.map(spanOf)) ?? [])
  return [first, ...others]
}

/** The default VPC, around its subnets. Its instances have names, public ones too, as AWS has it of one. */
export function defaultVpc(
  subnets: readonly SubnetView[],
  context: Pick<Context, 'account'>,
  associations: readonly Item<VpcAssociations>[] = [],
): VpcView {
  const id = ofAccount(VPC, context)
  const withId = (block: Block): VpcBlock => ({
    ...block,
    association: pairId(CIDR_ASSOCIATION, context.account.user.id, block.first),
  })
  const [first, ...others] = blocksAround(subnets.filter(({ vpc }) => vpc === id))
  return {
    ...{ id, isDefault: true },
    blocks: [withId(first), ...others.map(withId)],
    settings: { dnsSupport: true, dnsHostnames: true, addressUsageMetrics: false },
    associations: associationsOf(id, associations),
    tags: new Map(),
  }
}

/** A VPC that the account made. */
export function viewVpc(
  { id, fields: kept, tags }: Item<VpcRecord>,
  associations: readonly Item<VpcAssociations>[] = [],
): VpcView {
  const { block, dnsSupport = true, dnsHostnames = false, addressUsageMetrics = false } = kept
  return {
    ...{ id, isDefault: false, tags },
    blocks: [{ ...(parseBlock(block) ?? USUAL), association: ofVpc(CIDR_ASSOCIATION, id) }],
    settings: { dnsSupport, dnsHostnames, addressUsageMetrics },
    associations: associationsOf(id, associations),
  }
}

/** The id of the set of DHCP options that counts in a VPC; `default` for none. */
export const dhcpOptionsOf = ({ associations }: VpcView, context: Pick<Context, 'account'>): string =>
  associations.fields.dhcpOptions ?? ofAccount(DHCP_OPTIONS, context)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html */
export const toVpc = (vpc: VpcView, context: Context): Vpc => ({
  VpcId: vpc.id,
  OwnerId: context.account.id,
  State: 'available',
  CidrBlock: blockText(vpc.blocks[0]),
  CidrBlockAssociationSet: vpc.blocks.map(block => ({
    AssociationId: block.association,
    CidrBlock: blockText(block),
    CidrBlockState: { State: 'associated' },
  })),
  Ipv6CidrBlockAssociationSet: [],
  DhcpOptionsId: dhcpOptionsOf(vpc, context),
  InstanceTenancy: 'default',
  IsDefault: vpc.isDefault,
  BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
  Tags: tagItems(vpc.tags),
})
