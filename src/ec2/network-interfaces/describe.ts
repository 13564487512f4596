// DescribeNetworkInterfaces: every interface of the account, in an instance or in none.
import type {
  DescribeNetworkInterfacesRequest,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
  NetworkInterfacePrivateIpAddress,
} from '@aws-sdk/client-ec2'
import type { Filterable } from '../../protocol/filters.ts'
import type { Streamed } from '../../protocol/response.ts'
import { placeOfInterface } from '../addresses/resource.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, no, none } from '../core/describe.ts'
import { numericId } from '../core/ids.ts'
import { tagItems } from '../core/tags.ts'
import { zoneId } from '../core/zones.ts'
import { holderOf } from '../instances/view.ts'
import { SUBNET } from '../subnets/resource.ts'
import { type AttachedInterface, type InterfacePlace, type InterfaceView, networkInterfaces } from './find.ts'
import type { OwnInterface } from './own.ts'
import { elasticAssociation, networkInterface, placeOfNic, privateName, publicAddresses, toAttachment } from './view.ts'

/** What is said of an interface in an instance: of elastic addresses the ids too, which an instance does not show. */
function attached({ nic, instance }: AttachedInterface, context: Context): NetworkInterface {
  const holder = holderOf(instance)
  const { Association, PrivateIpAddresses = [], ...shown } = networkInterface(nic, holder, context)
  const place = placeOfNic(instance.vm, nic)
  const associations = new Map(
    publicAddresses(nic, holder).map(address => [address.ip, elasticAssociation(address, place, context)]),
  )
  const association = associations.get(Association?.PublicIp ?? '')
  return {
    ...shown,
    InterfaceType: 'interface',
    ...(association && { Association: association, PublicDnsName: association.PublicDnsName }),
    PrivateIpAddresses: PrivateIpAddresses.map(address => ({
      ...address,
      ...(address.Association && { Association: associations.get(address.Association.PublicIp ?? '') }),
    })),
  }
}

/** What is said of one that is in none: free, or waiting for one. */
function free(own: OwnInterface, isWaiting: boolean, context: Context): NetworkInterface {
  const { record: kept, ip, mac, network } = own
  const elastic = own.addresses.find(address => address.private === undefined)
  const Association = elastic && elasticAssociation(elastic, placeOfInterface(network.ID), context)
  const address = {
    ...{ PrivateIpAddress: ip, PrivateDnsName: privateName(ip, context) },
    ...(Association && { Association, PublicDnsName: Association.PublicDnsName }),
  }
  return {
    NetworkInterfaceId: own.id,
    InterfaceType: 'interface',
    // A launch has it that is not over
    Status: isWaiting || own.lessee !== undefined ? 'in-use' : 'available',
    SubnetId: kept.subnet ?? numericId(SUBNET, network.PARENT_NETWORK_ID ?? 0),
    VpcId: kept.vpc,
    Description: kept.description ?? '',
    OwnerId: context.account.id,
    MacAddress: mac,
    ...address,
    SourceDestCheck: kept.sourceDestCheck ?? true,
    Groups: kept.groups.map(({ id: GroupId, name }) => ({ GroupId, GroupName: name })),
    PrivateIpAddresses: [{ ...address, Primary: true }],
    Ipv6Addresses: [],
    ...(isWaiting && kept.attachment && { Attachment: toAttachment(kept.attachment, 'attaching') }),
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
  'operator.managed': no,
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
