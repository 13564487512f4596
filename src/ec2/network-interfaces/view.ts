// The network of an instance as EC2 sees it: its interfaces, their addresses and security groups, and the names of these.
import type { AttachmentStatus, GroupIdentifier, InstanceNetworkInterface } from '@aws-sdk/client-ec2'
import { ipNumber } from '../../lib/ip.ts'
import { limits } from '../../limits.ts'
import { allocationId, associationId, type Place, placeOfInterface } from '../addresses/resource.ts'
import { addressRecords } from '../addresses/states.ts'
import { accountId } from '../core/account.ts'
import { numberedName } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { Network, Nic, Vm } from '../core/documents.ts'
import { description, flag, list, seconds, text, whole } from '../core/fields.ts'
import type { Viewer } from '../core/following.ts'
import { mayBeUnderWay } from '../core/hot-plugs.ts'
import { pairId } from '../core/ids.ts'
import { type RecordOf, record, storedEach } from '../core/record.ts'
import { onlyAddress } from '../core/reservations.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import { groupsByRules } from '../security-groups/view.ts'
import { type NetworkPlace, networkPlace, type SubnetsByNumber } from '../subnets/view.ts'
import {
  type AddressOf,
  type AttachmentRecord,
  isOwnNic,
  type OwnInterface,
  type OwnInterfaces,
  viewOwn,
} from './own.ts'
import { ATTACHMENT, MOST_INDEX, NETWORK_INTERFACE } from './resource.ts'

/** The security groups of a NIC. */
export const groupsOf = (nic: Nic, holder: Holder, context: Viewer): GroupIdentifier[] =>
  groupsByRules(
    nic.SECURITY_GROUPS,
    holder.vm.TEMPLATE.SECURITY_GROUP_RULE,
    networkPlaceOf(nic, holder, context).vpc,
    context,
  )

/** The interfaces with addresses of their own among networks of an account, the oldest first. */
export function ownIn(networks: readonly Network[], context: Pick<Context, 'account'>): OwnInterfaces {
  const addresses = Map.groupBy(networks.flatMap(addressOf), ({ interface: id }) => id)
  return new Map(
    networks
      .flatMap(network => viewOwn(network, context, addresses.get(network.NAME)) ?? [])
      .toSorted((a, b) => a.network.ID - b.network.ID)
      .map(own => [own.network.ID, own]),
  )
}

/** A network as an address that is associated with an interface. */
function addressOf(network: Network): (AddressOf & { readonly interface: string })[] {
  const range = onlyAddress(network)
  const kept = range && addressRecords.read(network.TEMPLATE)
  return kept?.interface === undefined
    ? []
    : [{ number: network.ID, ip: range?.IP ?? '', private: kept.private, interface: kept.interface }]
}

/** By the numbers of addresses, the secondary private addresses that they lead to. */
export const leadsIn = (networks: readonly Network[]): ReadonlyMap<number, string> =>
  new Map(
    networks.flatMap(({ ID, TEMPLATE }) => {
      const ip = addressRecords.read(TEMPLATE)?.private
      return ip === undefined ? [] : [[ID, ip] as const]
    }),
  )

type Alias = Vm['TEMPLATE']['NIC_ALIAS'][number]

/** The attribute of a VM that holds the tags of one of its interfaces. */
export const nicTags = (nic: number) => numberedName('EC2_NIC_n_TAGS', nic)

const nicFields = {
  /** DeviceIndex, where it is not the number. */
  index: whole(0, MOST_INDEX),
  description,
  /** True where absent. */
  sourceDestCheck: flag,
  /** Secondary addresses that were on their way to it or away from it, when that was last said. */
  moving: list(record({ ip: text(15), since: seconds, leaves: flag }, 'ip', 'since'), limits.addressesOfInterface.most),
}

/** What only EC2 knows of an interface that ends with its instance: the VM's attribute `EC2_NIC_n`. */
export type NicRecord = RecordOf<typeof nicFields>
export const nicRecords = storedEach('EC2_NIC_n', record(nicFields))
export const nicRecordName = (nic: number) => numberedName('EC2_NIC_n', nic)

/** The network that a NIC is in, as EC2 sees it: that of the subnet. */
export const subnetOf = (nic: Nic): number => (isOwnNic(nic) ? nic.PARENT_NETWORK_ID : nic.NETWORK_ID) ?? 0

/** The id of an interface: its own, or that of a part of its instance. */
export const interfaceId = (vm: number, nic: Nic): string =>
  isOwnNic(nic) && nic.NETWORK !== undefined ? nic.NETWORK : pairId(NETWORK_INTERFACE, vm, nic.NIC_ID)

/** The interfaces that are parts of a VM, by their ids, with their tags. */
export const interfaces = ({ ID, TEMPLATE, USER_TEMPLATE }: Vm) =>
  TEMPLATE.NIC.filter(nic => !isOwnNic(nic)).map(nic => ({
    id: interfaceId(ID, nic),
    number: nic.NIC_ID,
    tags: decodeTagsOf(USER_TEMPLATE, nicTags(nic.NIC_ID)),
  }))

/** An elastic address is a network of its own, reserved out of another; one from the launch is in that other itself. */
export const isElastic = ({ EXTERNAL, PARENT_NETWORK_ID }: Pick<Alias, 'EXTERNAL' | 'PARENT_NETWORK_ID'>): boolean =>
  EXTERNAL && PARENT_NETWORK_ID !== undefined

/** The address that others on the Internet would use, if the instance has one: an elastic one before one from the launch. */
export function publicIp({ TEMPLATE: { NIC_ALIAS } }: Vm): string | undefined {
  const external = NIC_ALIAS.filter(({ EXTERNAL }) => EXTERNAL)
  return (external.find(isElastic) ?? external[0])?.IP
}

type Named = Pick<Context, 'settings'>

/** An address as a name of the operator's domain; an interface without one has none. */
const named = (prefix: string, ip: string | undefined, { settings }: Named): string =>
  ip === undefined || ipNumber(ip) === undefined ? '' : `${prefix}-${ip.replaceAll('.', '-')}.${settings.dnsDomain}`

/** `ip-10-0-0-10.…` */
export const privateName = (ip: string | undefined, context: Named): string => named('ip', ip, context)

/** `ec2-203-0-113-7.…` */
export const publicName = (ip: string | undefined, context: Named): string => named('ec2', ip, context)

/** The IPv6 addresses of an interface, those first by which the whole Internet reaches it. */
export const ipv6Addresses = ({ IP6_GLOBAL, IP6, IP6_ULA }: Nic): string[] =>
  [IP6_GLOBAL, IP6, IP6_ULA].flatMap(ip => ip || [])

/** The instance that an interface is at, as far as it shows there. */
export interface Holder {
  readonly vm: Vm
  /** What was said of the instance: it counts for its primary interface. */
  readonly sourceDestCheck: boolean
  /** Those of its interfaces that have addresses of their own. */
  readonly interfaces?: OwnInterfaces | undefined
  /** The account's own subnets, where they were read. */
  readonly subnets?: SubnetsByNumber | undefined
  /** The secondary private addresses that its elastic addresses lead to, by the numbers of these; the primary ones where absent. */
  readonly leads?: ReadonlyMap<number, string> | undefined
}

/** An address that others on the Internet would use, and what of a NIC it leads to. */
interface PublicAddress extends Omit<AddressOf, 'number'> {
  /** OpenNebula number of its reservation; undefined for one from the launch, which is none. */
  readonly number: number | undefined
}

/** The public addresses of a NIC, elastic ones before one from the launch. */
export function publicAddresses(nic: Nic, holder: Holder): PublicAddress[] {
  const own = ownOf(nic, holder)
  const external = holder.vm.TEMPLATE.NIC_ALIAS.filter(
    alias => alias.EXTERNAL && alias.PARENT_ID === nic.NIC_ID && alias.IP && !(own && isElastic(alias)),
  )
  const shown = external.map(({ IP = '', NETWORK_ID, ...alias }) => ({
    ...{ ip: IP, number: isElastic(alias) ? NETWORK_ID : undefined },
    private: holder.leads?.get(NETWORK_ID ?? -1),
  }))
  return [...(own?.addresses ?? []), ...shown].toSorted((a, b) => Number(!a.number) - Number(!b.number))
}

/** What there is to say of a public address in an instance. */
const association = (address: Pick<PublicAddress, 'ip' | 'number'>, context: Viewer) => ({
  PublicIp: address.ip,
  PublicDnsName: publicName(address.ip, context),
  IpOwnerId: address.number === undefined ? 'amazon' : context.account.id,
})

/** The same of an elastic one as its interface shows it. */
export const elasticAssociation = (
  { number, ip }: Pick<PublicAddress, 'ip' | 'number'>,
  place: Place,
  context: Viewer,
) => ({
  ...association({ number, ip }, context),
  ...(number !== undefined && { AllocationId: allocationId(number), AssociationId: associationId(number, place) }),
})

/** Where a NIC is, as far as associations with it say. */
export const placeOfNic = (vm: Vm, nic: Nic): Place => (isOwnNic(nic) ? placeOfInterface(nic.NETWORK_ID ?? 0) : vm.ID)

/** The interface with an address of its own that a NIC is. */
export const ownOf = (nic: Nic, { interfaces: own }: Pick<Holder, 'interfaces'>): OwnInterface | undefined =>
  isOwnNic(nic) ? own?.get(nic.NETWORK_ID ?? -1) : undefined

/** The subnet and the VPC that a NIC is in: one with an address of its own keeps them. */
export function networkPlaceOf(nic: Nic, holder: Holder, context: Viewer): NetworkPlace {
  const place = networkPlace(nic, holder.subnets, context)
  const own = ownOf(nic, holder)
  return own ? { subnet: own.record.subnet ?? place.subnet, vpc: own.record.vpc } : place
}

/** What EC2 alone knows of a NIC, wherever that is kept. */
export function nicKnowledge(nic: Nic, holder: Holder) {
  const { vm, sourceDestCheck } = holder
  const own = ownOf(nic, holder)
  const noted = nicRecords(nic.NIC_ID).read(vm.USER_TEMPLATE) ?? {}
  const kept = own?.record ?? noted
  const ofInstance = own || vm.TEMPLATE.NIC[0] !== nic ? true : sourceDestCheck
  const asked = own?.record.attachment
  return {
    description: kept.description ?? '',
    sourceDestCheck: kept.sourceDestCheck ?? ofInstance,
    attachment: asked?.vm === vm.ID ? asked : attachmentSinceLaunch(nic, vm, noted.index),
  }
}

/** How a NIC is attached that its instance was launched with. */
const attachmentSinceLaunch = (nic: Nic, { ID, STIME }: Vm, index = nic.NIC_ID): AttachmentRecord => ({
  ...{ id: pairId(ATTACHMENT, ID, nic.NIC_ID), vm: ID, index, since: STIME, ends: !isOwnNic(nic) },
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceAttachment.html */
export const toAttachment = (
  { id: AttachmentId, index, since, ends = false }: AttachmentRecord,
  Status: AttachmentStatus,
) => ({
  AttachmentId,
  DeviceIndex: index,
  Status,
  AttachTime: new Date(since * 1000),
  DeleteOnTermination: ends,
  NetworkCardIndex: 0,
})

/** OpenNebula says of a NIC that it is on its way, and the interface which way that is. */
function attachmentStatus({ ATTACH }: Nic, own: OwnInterface | undefined): AttachmentStatus {
  if (own?.goal === 'detach') return 'detaching'
  return own && ATTACH ? 'attaching' : 'attached'
}

/** The aliases of a NIC that are addresses of its own, and lead to no other address. */
export const secondaryAliases = ({ NIC_ID }: Nic, { TEMPLATE }: Vm): Alias[] =>
  TEMPLATE.NIC_ALIAS.filter(({ IP, PARENT_ID, EXTERNAL }) => PARENT_ID === NIC_ID && !EXTERNAL && IP)

/** The addresses that an interface has besides its own, as OpenNebula has them. */
export const secondaryAddresses = (nic: Nic, vm: Vm): string[] =>
  secondaryAliases(nic, vm).flatMap(({ IP }) => IP ?? [])

/** Asked only where it matters: what was made by it is not kept. */
type Clock = Pick<Context, 'now'>

/** Those of a NIC's addresses that are on their way. */
export const movingAddresses = (
  { NIC_ID }: Nic,
  { USER_TEMPLATE }: Vm,
  { now }: Clock,
): NonNullable<NicRecord['moving']> =>
  (nicRecords(NIC_ID).read(USER_TEMPLATE)?.moving ?? []).filter(({ since }) => mayBeUnderWay(since, now()))

/** The same as they are to be: those that come, and none of those that go. */
export function shownSecondaryAddresses(nic: Nic, vm: Vm, clock: Clock): string[] {
  const there = secondaryAddresses(nic, vm)
  const moving = movingAddresses(nic, vm, clock)
  const leaving = new Set(moving.flatMap(({ ip, leaves }) => (leaves ? ip : [])))
  const coming = moving.flatMap(({ ip, leaves }) => (leaves || there.includes(ip) ? [] : ip))
  return [...there.filter(ip => !leaving.has(ip)), ...coming]
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterface.html */
export function networkInterface(nic: Nic, holder: Holder, context: Viewer): InstanceNetworkInterface {
  const { vm } = holder
  const own = ownOf(nic, holder)
  const known = nicKnowledge(nic, holder)
  const addresses = publicAddresses(nic, holder)
  const associated = (ip?: string) => {
    const found = addresses.find(address => address.private === ip)
    return found && { Association: association(found, context) }
  }
  const name = { PrivateDnsName: privateName(nic.IP, context) }
  const place = networkPlaceOf(nic, holder, context)
  return {
    NetworkInterfaceId: interfaceId(vm.ID, nic),
    SubnetId: place.subnet,
    VpcId: place.vpc,
    Description: known.description,
    OwnerId: accountId(vm.UID),
    Status: 'in-use',
    MacAddress: nic.MAC,
    PrivateIpAddress: nic.IP,
    ...name,
    SourceDestCheck: known.sourceDestCheck,
    Groups: groupsOf(nic, holder, context),
    Attachment: toAttachment(known.attachment, attachmentStatus(nic, own)),
    ...associated(),
    PrivateIpAddresses: [
      ...(nic.IP ? [{ PrivateIpAddress: nic.IP, ...name, Primary: true, ...associated() }] : []),
      ...shownSecondaryAddresses(nic, vm, context).map(PrivateIpAddress => ({
        PrivateIpAddress,
        PrivateDnsName: privateName(PrivateIpAddress, context),
        Primary: false,
        ...associated(PrivateIpAddress),
      })),
    ],
    Ipv6Addresses: ipv6Addresses(nic).map(Ipv6Address => ({ Ipv6Address, IsPrimaryIpv6: false })),
    InterfaceType: 'interface',
  }
}
