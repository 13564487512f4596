// DescribeAddresses and DescribeAddressesAttribute.
import type {
  Address,
  AddressAttribute,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
} from '@aws-sdk/client-ec2'
import { invalid } from '../../protocol/complaints.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, whole } from '../core/describe.ts'
import type { Vm } from '../core/documents.ts'
import { type Book, byId, checkIp, readBook } from './find.ts'
import { noAddress } from './resource.ts'
import { vmsByNumber } from './task.ts'
import { associationOf, associationWith, toAddress, toPublicAddress, vmsConcerned } from './view.ts'

export const addressFilters = {
  'allocation-id': address => address.AllocationId,
  'association-id': address => address.AssociationId,
  domain: address => address.Domain,
  'instance-id': address => address.InstanceId,
  'network-border-group': address => address.NetworkBorderGroup,
  'network-interface-id': address => address.NetworkInterfaceId,
  'network-interface-owner-id': address => address.NetworkInterfaceOwnerId,
  'private-ip-address': address => address.PrivateIpAddress,
  'public-ip': address => address.PublicIp,
} satisfies Filters<Address, Address>

const addresses: Listing<DescribeAddressesRequest, Address, Address, string> = {
  action: 'DescribeAddresses',
  named: {
    ids: ({ AllocationIds = [], PublicIps = [] }) => [...AllocationIds, ...PublicIps],
    find: async (_, context, input) => shown(named(input, await readBook(context)), context),
  },
  ...whole(async context => shown(await readBook(context), context)),
  item: address => address,
  filters: addressFilters,
  tags: address => address.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html */
export async function describeAddresses(
  input: DescribeAddressesRequest,
  context: Context,
): Promise<Streamed<DescribeAddressesResult>> {
  const { items } = await describe(addresses, input, context)
  return { Addresses: items }
}

async function shown({ reserved, held }: Book, context: Context): Promise<Address[]> {
  const vms = await vmsByNumber(new Set([...vmsConcerned(reserved), ...held.flatMap(({ vm }) => vm ?? [])]), context)
  return [
    ...reserved.map(address => toAddress(address, associationOf(address, vms), context)),
    ...held.map(({ ip, vm = -1 }) => toPublicAddress(ip, firstInterface(vms.get(vm)), context)),
  ]
}

/** econe's scripts led an address to the first interface of an instance. */
const firstInterface = (vm: Vm | undefined) => associationWith(vm, vm?.TEMPLATE.NIC[0]?.NIC_ID)

/** Those that a request names, by either kind of name. @throws Ec2Error NotFound, Malformed */
function named({ AllocationIds = [], PublicIps = [] }: DescribeAddressesRequest, book: Book): Book {
  const wanted = new Set(AllocationIds.map(id => byId(id, book.reserved)))
  const known = new Set([...book.reserved, ...book.held].map(({ ip }) => ip))
  for (const ip of PublicIps) {
    checkIp('publicIp', ip)
    if (!known.has(ip)) throw noAddress(ip)
  }
  return {
    reserved: book.reserved.filter(address => wanted.has(address) || PublicIps.includes(address.ip)),
    held: book.held.filter(({ ip }) => PublicIps.includes(ip)),
  }
}

/** Addresses have no names of their own here, so none is listed, as AWS does for an address without a PTR record. */
const attributes: Listing<DescribeAddressesAttributeRequest, AddressAttribute, AddressAttribute, string> = {
  action: 'DescribeAddressesAttribute',
  pages: { min: 1, max: 1000 },
  ...whole(async (context, { AllocationIds = [], Attribute }) => {
    if (Attribute !== undefined && Attribute !== 'domain-name') throw invalid('attribute', Attribute)
    if (AllocationIds.length > 0) named({ AllocationIds }, await readBook(context))
    return []
  }),
  item: attribute => attribute,
  filters: {},
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddressesAttribute.html */
export async function describeAddressesAttribute(
  input: DescribeAddressesAttributeRequest,
  context: Context,
): Promise<Streamed<DescribeAddressesAttributeResult>> {
  const page = await describe(attributes, input, context)
  return { Addresses: page.items, ...nextPage(page) }
}
