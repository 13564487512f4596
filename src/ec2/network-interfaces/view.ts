// The network of an instance as EC2 sees it: its interfaces, their addresses and security groups, and the names of these.
import type { AttachmentStatus, GroupIdentifier, InstanceNetworkInterface } from '@aws-sdk/client-ec2'
import { ipNumber } from '../../lib/ip.ts'
import { accountId } from '../core/account.ts'
import { numberedName } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { Nic, Vm } from '../core/documents.ts'
import { description, flag, whole } from '../core/fields.ts'
import { numericId, pairId } from '../core/ids.ts'
import { type RecordOf, record, storedEach } from '../core/record.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import { groupsByRules } from '../security-groups/view.ts'
import { SUBNET } from '../subnets/resource.ts'
import { VPC } from '../vpcs/resource.ts'
import { type AttachmentRecord, isOwnNic, type OwnInterface, type OwnInterfaces } from './own.ts'
import { ATTACHMENT, MOST_INDEX, NETWORK_INTERFACE } from './resource.ts'

/** OpenNebula's security groups of a NIC. */
export const groupsOf = ({ SECURITY_GROUPS }: Nic, vm: Vm): GroupIdentifier[] =>
  groupsByRules(SECURITY_GROUPS, vm.TEMPLATE.SECURITY_GROUP_RULE)

type Alias = Vm['TEMPLATE']['NIC_ALIAS'][number]

/** The attribute of a VM that holds the tags of one of its interfaces. */
export const nicTags = (nic: number) => numberedName('EC2_NIC_n_TAGS', nic)

const nicFields = {
  /** DeviceIndex, where it is not the number. */
  index: whole(0, MOST_INDEX),
  description,
  /** True where absent. */
  sourceDestCheck: flag,
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
export const isElastic = ({ EXTERNAL, PARENT_NETWORK_ID }: Alias): boolean =>
  EXTERNAL && PARENT_NETWORK_ID !== undefined

/** The alias with the address that others on the Internet would use: an elastic one before one from the launch. */
function publicAlias(vm: Vm, nic?: Nic): Alias | undefined {
  const external = vm.TEMPLATE.NIC_ALIAS.filter(
    ({ EXTERNAL, PARENT_ID }) => EXTERNAL && (nic === undefined || PARENT_ID === nic.NIC_ID),
  )
  return external.find(isElastic) ?? external[0]
}

/** The address that others on the Internet would use, if the instance has one. */
export const publicIp = (vm: Vm): string | undefined => publicAlias(vm)?.IP

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
}

/** The interface with an address of its own that a NIC is. */
export const ownOf = (nic: Nic, { interfaces: own }: Pick<Holder, 'interfaces'>): OwnInterface | undefined =>
  isOwnNic(nic) ? own?.get(nic.NETWORK_ID ?? -1) : undefined

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

/** The addresses that an interface has besides its own: aliases that lead to no other address. */
const secondaryAddresses = ({ NIC_ID }: Nic, { TEMPLATE }: Vm): string[] =>
  TEMPLATE.NIC_ALIAS.flatMap(({ IP, PARENT_ID, EXTERNAL }) => (PARENT_ID === NIC_ID && !EXTERNAL && IP ? IP : []))

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterface.html */
export function networkInterface(nic: Nic, holder: Holder, context: Context): InstanceNetworkInterface {
  const { vm } = holder
  const own = ownOf(nic, holder)
  const known = nicKnowledge(nic, holder)
  const alias = publicAlias(vm, nic)
  const association = alias && {
    Association: {
      PublicIp: alias.IP,
      PublicDnsName: publicName(alias.IP, context),
      IpOwnerId: isElastic(alias) ? context.account.id : 'amazon',
    },
  }
  const name = { PrivateDnsName: privateName(nic.IP, context) }
  return {
    NetworkInterfaceId: interfaceId(vm.ID, nic),
    SubnetId: own?.record.subnet ?? numericId(SUBNET, subnetOf(nic)),
    VpcId: own?.record.vpc ?? numericId(VPC, vm.UID),
    Description: known.description,
    OwnerId: accountId(vm.UID),
    Status: 'in-use',
    MacAddress: nic.MAC,
    PrivateIpAddress: nic.IP,
    ...name,
    SourceDestCheck: known.sourceDestCheck,
    Groups: groupsOf(nic, vm),
    Attachment: toAttachment(known.attachment, attachmentStatus(nic, own)),
    ...association,
    PrivateIpAddresses: [
      ...(nic.IP ? [{ PrivateIpAddress: nic.IP, ...name, Primary: true, ...association }] : []),
      ...secondaryAddresses(nic, vm).map(PrivateIpAddress => ({
        PrivateIpAddress,
        PrivateDnsName: privateName(PrivateIpAddress, context),
        Primary: false,
      })),
    ],
    Ipv6Addresses: ipv6Addresses(nic).map(Ipv6Address => ({ Ipv6Address, IsPrimaryIpv6: false })),
    InterfaceType: 'interface',
  }
}

/** The groups that an interface shall have where it is attached. */
export const wantedGroups = ({ record: { groups } }: OwnInterface): GroupIdentifier[] =>
  groups.map(({ id: GroupId, name }) => ({ GroupId, GroupName: name }))

/** An interface that no instance has: free, or waiting for one. */
export function freeInterface(own: OwnInterface, context: Context) {
  const { record: kept, ip, mac, network } = own
  const address = { PrivateIpAddress: ip, PrivateDnsName: privateName(ip, context) }
  return {
    NetworkInterfaceId: own.id,
    SubnetId: kept.subnet ?? numericId(SUBNET, network.PARENT_NETWORK_ID ?? 0),
    VpcId: kept.vpc,
    Description: kept.description ?? '',
    OwnerId: context.account.id,
    MacAddress: mac,
    ...address,
    SourceDestCheck: kept.sourceDestCheck ?? true,
    Groups: wantedGroups(own),
    PrivateIpAddresses: [{ ...address, Primary: true }],
    Ipv6Addresses: [],
  }
}
