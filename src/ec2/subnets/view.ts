// A network of OpenNebula as a subnet of EC2: which networks are subnets, and everything DescribeSubnets says of one.
import type { Subnet } from '@aws-sdk/client-ec2'
import {
  type AddressSpan,
  type Block,
  blockAround,
  blockText,
  holds,
  maskBits,
  parseBlock,
  smallestAround,
} from '../../lib/cidr.ts'
import { ipNumber } from '../../lib/ip.ts'
import { NETWORK_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { blockField, usableCount } from '../core/blocks.ts'
import type { Context } from '../core/context.ts'
import type { Network, Nic } from '../core/documents.ts'
import { flag, id, text } from '../core/fields.ts'
import { type Identified, numericId } from '../core/ids.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { RELEASED } from '../core/reservations.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { counts, isOwn } from '../core/trust.ts'
import { zoneId, zonesOfClusters } from '../core/zones.ts'
import { VPC } from '../vpcs/resource.ts'
import { isSubnetName, SUBNET } from './resource.ts'

const fields = {
  /** The VPC that it is in; absent for the default one. */
  vpc: id(VPC),
  /** Its block of addresses, as CIDR; absent where that follows from the network. */
  block: blockField,
  zone: text(64),
  mapPublicIpOnLaunch: flag,
}

/** What of a subnet only EC2 knows: the attribute `EC2_SUBNET` of a network of the account's own. */
export type SubnetRecord = RecordOf<typeof fields>
export const subnetRecords = stored('vn', 'EC2_SUBNET', record(fields))

/** A subnet as DescribeSubnets says it. */
export interface ShownSubnet {
  readonly id: string
  /** The id of the VPC that it is in. */
  readonly vpc: string
  /** Absent where the network gives out no IPv4 addresses. */
  readonly block: Block | undefined
  readonly state: 'pending' | 'available' | 'failed'
  /** How many addresses are free, for everybody who may use the network. */
  readonly free: number
  readonly zone: string
  /** Whether instances get a public address with their launch. */
  readonly mapPublicIpOnLaunch: boolean
  readonly tags: Tags
}

/** A network that is a subnet of the caller's. */
export interface SubnetView extends ShownSubnet {
  readonly network: Network
  /**
   * The zones that instances in it may be in: that of the network's cluster, or some of several clusters; none where it is in
   * no cluster of a zone, so that any will do.
   */
  readonly zones: readonly string[]
  /** What is kept of it; nothing on a network that is not the account's own. */
  readonly record: SubnetRecord
}

type Asking = Pick<Context, 'account' | 'settings'>

/** EC2 has no smaller subnets. */
const LONGEST_PREFIX = 28

/**
 * What the facade made a network to be: a subnet of a VPC that the account made. Its name alone says so on a network of the
 * caller's own; anybody can give such a name to another.
 */
const isMade = (network: Network, context: Pick<Context, 'account'>): boolean =>
  isOwn(network, context) && isSubnetName(network.NAME)

const recordOn = (network: Network, context: Pick<Context, 'account'>): SubnetRecord =>
  (isOwn(network, context) ? subnetRecords.read(network.TEMPLATE) : undefined) ?? {}

/**
 * Whether a network is a subnet: the operator's that the caller may use, and the caller's own. Those of addresses that
 * others on the Internet use are none, nor is a reservation of one address: that is an address, or an interface's. One that
 * is yet to be made has no record.
 */
export function isSubnet(network: Network, context: Context): boolean {
  const { ID, PARENT_NETWORK_ID, STATE, AR_POOL, TEMPLATE } = network
  if (!counts(network, context) || STATE === NETWORK_STATE.LOCK_DELETE || STATE === NETWORK_STATE.DONE) return false
  if (isPublic({ NETWORK_ID: ID, PARENT_NETWORK_ID }, context)) return false
  if (isMade(network, context)) {
    return recordOn(network, context).vpc !== undefined && textOf(TEMPLATE, 'EC2_GOAL') !== RELEASED
  }
  const isReservation = PARENT_NETWORK_ID !== undefined
  return !isReservation || AR_POOL.AR.length !== 1 || AR_POOL.AR[0]?.SIZE !== 1
}

/** Whether a network has the operator's public addresses: itself, or as a reservation of some of them. */
const isPublic = (
  { NETWORK_ID, PARENT_NETWORK_ID }: Pick<Nic, 'NETWORK_ID' | 'PARENT_NETWORK_ID'>,
  { settings: { addressNetwork } }: Pick<Context, 'settings'>,
): boolean => addressNetwork !== undefined && (NETWORK_ID === addressNetwork || PARENT_NETWORK_ID === addressNetwork)

export function viewSubnet(network: Network, context: Asking): SubnetView {
  const kept = recordOn(network, context)
  const state = states[network.STATE ?? NETWORK_STATE.READY] ?? 'available'
  const block = blockOf(network, kept)
  const zones = zonesFor(kept.zone, zonesOfClusters(network.CLUSTERS.ID, context.settings))
  return {
    network,
    record: kept,
    id: isMade(network, context) ? network.NAME : numericId(SUBNET, network.ID),
    vpc: kept.vpc ?? ofAccount(VPC, context),
    ...{ block, state },
    // One that is being made has its addresses only then
    free: state === 'pending' && kept.block && block ? usableCount(block) : freeAddresses(network),
    zone: zones[0] ?? kept.zone ?? context.settings.zones[0],
    zones,
    mapPublicIpOnLaunch: kept.mapPublicIpOnLaunch ?? false,
    tags: decodeTags(network.TEMPLATE),
  }
}

/** What was asked for counts as far as the network is there. */
const zonesFor = (asked: string | undefined, zones: readonly string[]): readonly string[] =>
  asked !== undefined && zones.includes(asked) ? [asked] : zones

/** The VPCs of the subnets that the account made, by the numbers of their networks. */
export const vpcsOfMade = (
  networks: readonly Network[],
  context: Pick<Context, 'account'>,
): ReadonlyMap<number, string> =>
  new Map(
    networks.flatMap(network => {
      const { vpc } = recordOn(network, context)
      return vpc === undefined ? [] : [[network.ID, vpc] as const]
    }),
  )

/** Subnets by the numbers of their networks. */
export type SubnetsByNumber = ReadonlyMap<number, ShownSubnet>

/** Where a NIC is, as EC2 has it. */
export interface NetworkPlace {
  /** Undefined for one with a public address of its own, which is in no subnet. */
  readonly subnet: string | undefined
  readonly vpc: string
}

/** @param own the account's own subnets, those alone that are in a VPC which it made, where those were read */
export function networkPlace(nic: Nic, own: SubnetsByNumber | undefined, context: Asking): NetworkPlace {
  const { NETWORK_ID = 0, PARENT_NETWORK_ID: parent } = nic
  // An interface with an address of its own is in a network of its own, which is made of the subnet's
  const found = own?.get(NETWORK_ID) ?? own?.get(parent ?? -1)
  if (found) return { subnet: found.id, vpc: found.vpc }
  const number = own && parent !== undefined ? parent : NETWORK_ID
  return { subnet: isPublic(nic, context) ? undefined : numericId(SUBNET, number), vpc: ofAccount(VPC, context) }
}

/** Whether the place of a NIC takes more to tell than the NIC itself. */
export const isInOwn = ({ NETWORK = '', PARENT_NETWORK_ID }: Nic): boolean =>
  PARENT_NETWORK_ID !== undefined || isSubnetName(NETWORK)

/** What of a network the id of its subnet follows from. */
export const identifySubnet = (network: Network, context: Pick<Context, 'account' | 'mint'>): Identified => ({
  ID: network.ID,
  UID: network.UID,
  EC2_ID: isMade(network, context) ? context.mint.attribute(network.NAME, network.UID, network.ID) : undefined,
})

/** Networks come from whoever owns them: a range that goes beyond the last address is none. */
const LAST_ADDRESS = 2 ** 32 - 1

function spansOf({ AR_POOL }: Network): AddressSpan[] {
  return AR_POOL.AR.flatMap(({ IP = '', SIZE }) => {
    const first = ipNumber(IP)
    return first === undefined || SIZE < 1 || first + SIZE - 1 > LAST_ADDRESS ? [] : { first, last: first + SIZE - 1 }
  })
}

/**
 * The block of a network: as it was asked for, or as its owner wrote it, else the smallest around its ranges. A reservation
 * has the words of the network that it was taken out of, which are about that one.
 */
function blockOf(network: Network, { block = '' }: SubnetRecord): Block | undefined {
  const spans = spansOf(network)
  const byOwner = network.PARENT_NETWORK_ID === undefined ? writtenBlock(network, spans[0]) : undefined
  const written = parseBlock(block) ?? byOwner
  const hasAll = written && spans.every(span => holds(written, span))
  return hasAll ? written : smallestAround(spans, LONGEST_PREFIX)
}

function writtenBlock({ TEMPLATE }: Network, range: AddressSpan | undefined): Block | undefined {
  const prefix = maskBits(textOf(TEMPLATE, 'NETWORK_MASK') ?? '')
  const address = ipNumber(textOf(TEMPLATE, 'NETWORK_ADDRESS') ?? '') ?? range?.first
  return prefix === undefined || prefix === 0 || address === undefined ? undefined : blockAround(address, prefix)
}

const states: Readonly<Record<number, ShownSubnet['state']>> = {
  [NETWORK_STATE.INIT]: 'pending',
  [NETWORK_STATE.LOCK_CREATE]: 'pending',
  [NETWORK_STATE.ERROR]: 'failed',
}

function freeAddresses({ AR_POOL, USED_LEASES }: Network): number {
  const withAddress = AR_POOL.AR.filter(({ IP }) => IP !== undefined)
  const ranges = withAddress.length > 0 ? withAddress : AR_POOL.AR
  return Math.max(0, ranges.reduce((sum, { SIZE }) => sum + SIZE, 0) - USED_LEASES)
}

/**
 * @param isDefault whether it is the one where EC2 would put an instance that asks for none
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
 */
export function toSubnet(view: ShownSubnet, isDefault: boolean, { account, settings }: Context): Subnet {
  const { zone } = view
  return {
    SubnetId: view.id,
    SubnetArn: `arn:aws:ec2:${settings.region}:${account.id}:subnet/${view.id}`,
    VpcId: view.vpc,
    OwnerId: account.id,
    State: view.state,
    CidrBlock: view.block && blockText(view.block),
    Ipv6CidrBlockAssociationSet: [],
    AvailableIpAddressCount: view.free,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone, settings),
    DefaultForAz: isDefault,
    MapPublicIpOnLaunch: view.mapPublicIpOnLaunch,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
    BlockPublicAccessStates: { InternetGatewayBlockMode: 'off' },
    Tags: tagItems(view.tags),
  }
}
