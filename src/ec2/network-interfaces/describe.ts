// DescribeNetworkInterfaces: every interface of the account, in an instance or in none.
import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
  NetworkInterfaceAssociation,
  NetworkInterfacePrivateIpAddress,
} from '@aws-sdk/client-ec2'
import type { Filterable } from '../../protocol/filters.ts'
import type { Streamed } from '../../protocol/response.ts'
import { allocationId, associationId } from '../addresses/resource.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { tagItems } from '../core/tags.ts'
import { zoneId } from '../core/zones.ts'
import { holderOf } from '../instances/view.ts'
import { type AttachedInterface, type InterfacePlace, type InterfaceView, networkInterfaces } from './find.ts'
import type { OwnInterface } from './own.ts'
import { freeInterface, isElastic, networkInterface, toAttachment } from './view.ts'

/** Of an elastic address the ids too, which an instance does not show. */
function associationIds(
  { nic, instance: { vm } }: AttachedInterface,
  ip: string | undefined,
): NetworkInterfaceAssociation {
  const alias = vm.TEMPLATE.NIC_ALIAS.find(
    each => isElastic(each) && each.IP === ip && each.PARENT_ID === nic.NIC_ID && each.NETWORK_ID !== undefined,
  )
  if (alias?.NETWORK_ID === undefined) return {}
  return { AllocationId: allocationId(alias.NETWORK_ID), AssociationId: associationId(alias.NETWORK_ID, vm.ID) }
}

/** What is said of an interface in an instance. */
function attached(view: AttachedInterface, context: Context): NetworkInterface {
  const { nic, instance } = view
  const { Association, PrivateIpAddresses = [], ...shown } = networkInterface(nic, holderOf(instance), context)
  const association = Association && { ...Association, ...associationIds(view, Association.PublicIp) }
  return {
    ...shown,
    InterfaceType: 'interface',
    ...(association && { Association: association, PublicDnsName: association.PublicDnsName }),
    PrivateIpAddresses: PrivateIpAddresses.map(address => ({
      ...address,
      ...(address.Association && { Association: association }),
    })),
  }
}

/** What is said of one that is in none. */
function free(own: OwnInterface, isWaiting: boolean, context: Context): NetworkInterface {
  const { attachment } = own.record
  return {
    ...freeInterface(own, context),
    InterfaceType: 'interface',
    // A launch has it that is not over
    Status: isWaiting || own.lessee !== undefined ? 'in-use' : 'available',
    ...(isWaiting && attachment && { Attachment: toAttachment(attachment, 'attaching') }),
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html */
export function toNetworkInterface(view: InterfaceView, context: Context): NetworkInterface {
  const { own, instance, tags } = view
  const shown = view.nic ? attached(view, context) : free(view.own, instance !== undefined, context)
  const { Attachment, ...others } = shown
  const zone = own?.record.zone ?? instance?.record.zone ?? context.settings.zones[0]
  return {
    ...others,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone, context.settings),
    ...(Attachment &&
      instance && {
        Attachment: { ...Attachment, InstanceId: instance.id, InstanceOwnerId: accountId(instance.vm.UID) },
      }),
    RequesterManaged: false,
    TagSet: tagItems(tags),
  }
}

type Look = Filters<NetworkInterface, InterfaceView>[string]

const addresses =
  (look: (address: NetworkInterfacePrivateIpAddress) => Filterable): Look =>
  ({ PrivateIpAddresses = [] }) =>
    PrivateIpAddresses.map(look)

const groups =
  (member: 'GroupId' | 'GroupName'): Look =>
  ({ Groups = [] }) =>
    Groups.map(group => group[member])

/** What no interface of this cloud has: the filter is valid and matches nothing. */
const none: Look = () => undefined

export const networkInterfaceFilters = {
  'addresses.association.owner-id': addresses(({ Association }) => Association?.IpOwnerId),
  'addresses.association.public-ip': addresses(({ Association }) => Association?.PublicIp),
  'addresses.primary': addresses(({ Primary }) => Primary),
  'addresses.private-ip-address': addresses(({ PrivateIpAddress }) => PrivateIpAddress),
  'association.allocation-id': nic => nic.Association?.AllocationId,
  'association.association-id': nic => nic.Association?.AssociationId,
  'association.ip-owner-id': nic => nic.Association?.IpOwnerId,
  'association.public-dns-name': nic => nic.Association?.PublicDnsName,
  'association.public-ip': nic => nic.Association?.PublicIp,
  'attachment.attach-time': nic => nic.Attachment?.AttachTime,
  'attachment.attachment-id': nic => nic.Attachment?.AttachmentId,
  'attachment.delete-on-termination': nic => nic.Attachment?.DeleteOnTermination,
  'attachment.device-index': nic => nic.Attachment?.DeviceIndex,
  'attachment.instance-id': nic => nic.Attachment?.InstanceId,
  'attachment.instance-owner-id': nic => nic.Attachment?.InstanceOwnerId,
  'attachment.nat-gateway-id': none,
  'attachment.status': nic => nic.Attachment?.Status,
  'availability-zone': nic => nic.AvailabilityZone,
  'availability-zone-id': nic => nic.AvailabilityZoneId,
  description: nic => nic.Description,
  'group-id': groups('GroupId'),
  'group-name': groups('GroupName'),
  'interface-type': nic => nic.InterfaceType,
  'ipv6-addresses.ipv6-address': ({ Ipv6Addresses = [] }) => Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address),
  'mac-address': nic => nic.MacAddress,
  'network-interface-id': nic => nic.NetworkInterfaceId,
  'operator.managed': none,
  'operator.principal': none,
  'owner-id': nic => nic.OwnerId,
  'private-dns-name': nic => nic.PrivateDnsName,
  'private-ip-address': addresses(({ PrivateIpAddress }) => PrivateIpAddress),
  'requester-id': none,
  'requester-managed': nic => nic.RequesterManaged,
  'source-dest-check': nic => nic.SourceDestCheck,
  status: nic => nic.Status,
  'subnet-id': nic => nic.SubnetId,
  'vpc-id': nic => nic.VpcId,
} satisfies Filters<NetworkInterface, InterfaceView>

const listing: Listing<DescribeNetworkInterfacesRequest, InterfaceView, NetworkInterface, InterfacePlace> = {
  action: 'DescribeNetworkInterfaces',
  ...networkInterfaces,
  item: toNetworkInterface,
  filters: networkInterfaceFilters,
  tags: nic => nic.TagSet,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
export async function describeNetworkInterfaces(
  input: DescribeNetworkInterfacesRequest,
  context: Context,
): Promise<Streamed<DescribeNetworkInterfacesResult>> {
  const page = await describe(listing, input, context)
  return { NetworkInterfaces: page.items, ...nextPage(page) }
}
