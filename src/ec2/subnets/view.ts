// A network of OpenNebula as a subnet of EC2: which networks are subnets, and everything DescribeSubnets says of one.
import type { Subnet } from '@aws-sdk/client-ec2'
import {
  type AddressSpan,
  type Block,
  blockAround,
  blockText,
  holds,
  maskBits,
  smallestAround,
} from '../../lib/cidr.ts'
import { ipNumber } from '../../lib/ip.ts'
import { NETWORK_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Context, Settings } from '../core/context.ts'
import type { Network } from '../core/documents.ts'
import { numericId } from '../core/ids.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { counts } from '../core/trust.ts'
import { zoneId } from '../core/zones.ts'
import { VPC } from '../vpcs/resource.ts'
import { SUBNET } from './resource.ts'

/** A network that is a subnet of the caller's. */
export interface SubnetView {
  readonly network: Network
  readonly id: string
  /** The id of the VPC that it is in. */
  readonly vpc: string
  /** Absent where the network gives out no IPv4 addresses. */
  readonly block: Block | undefined
  readonly tags: Tags
}

/** EC2 has no smaller subnets. */
const LONGEST_PREFIX = 28

/**
 * Whether a network is a subnet: the operator's that the caller may use, and the caller's own. Those of addresses that
 * others on the Internet use are none, nor is a reservation of one address: that is an address, or an interface's.
 */
export function isSubnet(network: Network, context: Context): boolean {
  const { ID, PARENT_NETWORK_ID, STATE, AR_POOL } = network
  const { addressNetwork } = context.settings
  if (!counts(network, context) || STATE === NETWORK_STATE.LOCK_DELETE || STATE === NETWORK_STATE.DONE) return false
  if (addressNetwork !== undefined && (ID === addressNetwork || PARENT_NETWORK_ID === addressNetwork)) return false
  const isReservation = PARENT_NETWORK_ID !== undefined
  return !isReservation || AR_POOL.AR.length !== 1 || AR_POOL.AR[0]?.SIZE !== 1
}

export const viewSubnet = (network: Network, context: Pick<Context, 'account'>): SubnetView => ({
  network,
  id: numericId(SUBNET, network.ID),
  vpc: ofAccount(VPC, context),
  block: blockOf(network),
  tags: decodeTags(network.TEMPLATE),
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
 * The block of a network: as its owner wrote it, else the smallest around its ranges. A reservation has the words of the
 * network that it was taken out of, which are about that one.
 */
function blockOf(network: Network): Block | undefined {
  const spans = spansOf(network)
  const written = network.PARENT_NETWORK_ID === undefined ? writtenBlock(network, spans[0]) : undefined
  const hasAll = written && spans.every(span => holds(written, span))
  return hasAll ? written : smallestAround(spans, LONGEST_PREFIX)
}

function writtenBlock({ TEMPLATE }: Network, range: AddressSpan | undefined): Block | undefined {
  const prefix = maskBits(textOf(TEMPLATE, 'NETWORK_MASK') ?? '')
  const address = ipNumber(textOf(TEMPLATE, 'NETWORK_ADDRESS') ?? '') ?? range?.first
  return prefix === undefined || prefix === 0 || address === undefined ? undefined : blockAround(address, prefix)
}

/** OpenNebula's networks are in no zone: all are in the first, where instances are that ask for none. */
export const subnetZone = ({ zones }: Pick<Settings, 'zones'>): string => zones[0]

const states: Readonly<Record<number, Subnet['State']>> = {
  [NETWORK_STATE.INIT]: 'pending',
  [NETWORK_STATE.LOCK_CREATE]: 'pending',
  [NETWORK_STATE.ERROR]: 'failed',
}

/** How many addresses are free, for everybody who may use the network. */
function freeAddresses({ network: { AR_POOL, USED_LEASES } }: SubnetView): number {
  const withAddress = AR_POOL.AR.filter(({ IP }) => IP !== undefined)
  const ranges = withAddress.length > 0 ? withAddress : AR_POOL.AR
  return Math.max(0, ranges.reduce((sum, { SIZE }) => sum + SIZE, 0) - USED_LEASES)
}

/**
 * @param isDefault whether it is the one where EC2 would put an instance that asks for none
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
 */
export function toSubnet(view: SubnetView, isDefault: boolean, context: Context): Subnet {
  const { account, settings } = context
  const zone = subnetZone(settings)
  return {
    SubnetId: view.id,
    SubnetArn: `arn:aws:ec2:${settings.region}:${account.id}:subnet/${view.id}`,
    VpcId: view.vpc,
    OwnerId: account.id,
    State: states[view.network.STATE ?? NETWORK_STATE.READY] ?? 'available',
    CidrBlock: view.block && blockText(view.block),
    Ipv6CidrBlockAssociationSet: [],
    AvailableIpAddressCount: freeAddresses(view),
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone, settings),
    DefaultForAz: isDefault,
    MapPublicIpOnLaunch: false,
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
