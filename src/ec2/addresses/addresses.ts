// Elastic addresses: allocating, listing and releasing them.

import type {
  Address,
  AddressAttribute,
  AllocateAddressRequest,
  AllocateAddressResult,
  DescribeAddressesAttributeRequest,
  DescribeAddressesAttributeResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  ReleaseAddressRequest,
} from '@aws-sdk/client-ec2'
import { remove, WHOSE } from '../../opennebula/calls/common.ts'
import { reserve } from '../../opennebula/calls/vn.ts'
import { OneUnavailable } from '../../opennebula/errors.ts'
import { NETWORK_STATE } from '../../opennebula/states.ts'
import type { TemplateData } from '../../opennebula/xml/template.ts'
import { invalid } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, whole } from '../core/describe.ts'
import type { OneWriter, Vm } from '../core/documents.ts'
import { addressInUse, isBusy, isFinal, isSettling } from '../core/failures.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { type Book, byId, checkDomain, checkIp, checkOneOf, noAddress, pick, poolOf, readBook } from './book.ts'
import type { ReservationTask } from './lost.ts'
import { ADDRESS } from './resource.ts'
import { noteAddress, vmsByNumber } from './task.ts'
import {
  ADDRESSES_LOCK,
  type AddressRecord,
  addressRecords,
  allocationId,
  associationOf,
  associationWith,
  isAssociated,
  type Reserved,
  rangeWith,
  toAddress,
  toPublicAddress,
  vmsConcerned,
} from './view.ts'

/**
 * Allocates an address by reserving it: atomic in OpenNebula, so that no two callers get the same.
 *
 * Without `Domain` the address is of the domain `standard`, as econe's all were, and may be released by its IP.
 * @throws Ec2Error AddressLimitExceeded when there is none left, or none within the quota
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html
 */
export async function allocateAddress(
  input: AllocateAddressRequest,
  context: ChangeContext,
): Promise<AllocateAddressResult> {
  const pool = poolOf(context)
  checkAllocation(input, context)
  const domain = input.Domain ?? 'standard'
  const tags = tagsFor('elastic-ip', input.TagSpecifications)
  const wished = input.Address === undefined ? {} : await placeOf(input.Address, pool, context)
  const one = context.commit()
  const NAME = context.mint.mint(ADDRESS)
  const task: ReservationTask = { kind: 'reservation', id: NAME, request: context.requestId }
  await context.tasks.begin([task])
  let number: number | undefined
  try {
    number = await reserveOne(pool, { SIZE: 1, NAME, ...wished }, one)
    const PublicIp = input.Address ?? (await addressOf(number, one))
    await writeRecord(number, { domain }, tags, one)
    await context.tasks.end([task])
    return {
      PublicIp,
      AllocationId: allocationId(number),
      Domain: domain,
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup: context.settings.region,
    }
  } catch (error) {
    // What is left of it goes, whenever it comes about
    if (number === undefined && isFinal(error)) await context.tasks.end([task])
    else await context.tasks.begin([{ ...task, lost: true }])
    throw error
  }
}

/** Deletes a reservation; one that is still being made goes as soon as it can. */
async function giveBack(number: number, context: ChangeContext): Promise<void> {
  try {
    await context.commit().call(remove('vn', number))
  } catch (error) {
    if (!isSettling(error)) throw error
    await giveBackLater(number, context)
  }
}

async function giveBackLater(number: number, context: ChangeContext): Promise<void> {
  await context.tasks.begin([{ kind: 'address', number, wanted: 'release' }])
  await context.commit().call(noteAddress(number, { wanted: 'release' }))
}

function checkAllocation(input: AllocateAddressRequest, { settings }: Context): void {
  const { Domain, PublicIpv4Pool, NetworkBorderGroup, CustomerOwnedIpv4Pool, IpamPoolId } = input
  if (Domain !== undefined && Domain !== 'vpc' && Domain !== 'standard') throw invalid('domain', Domain)
  if (PublicIpv4Pool !== undefined && PublicIpv4Pool !== 'amazon') throw invalid('publicIpv4Pool', PublicIpv4Pool)
  if (CustomerOwnedIpv4Pool !== undefined) throw invalid('customerOwnedIpv4Pool', CustomerOwnedIpv4Pool)
  if (IpamPoolId !== undefined) throw invalid('ipamPoolId', IpamPoolId)
  if (NetworkBorderGroup !== undefined && NetworkBorderGroup !== settings.region) {
    throw invalid('networkBorderGroup', NetworkBorderGroup)
  }
}

/** Where a wished address is in the pool: OpenNebula wants to be told the range as well. */
async function placeOf(ip: string, pool: number, { one }: Context): Promise<TemplateData> {
  const wished = checkIp('address', ip)
  const range = rangeWith(wished, await one.network(pool))
  if (!range) throw noAddress(ip)
  return { AR_ID: range.AR_ID, IP: ip }
}

type Wanted = TemplateData & { NAME: string }

/** The number of a new reservation. What the account has released a moment ago is free again in another one. */
async function reserveOne(pool: number, wanted: Wanted, one: OneWriter): Promise<number> {
  try {
    return await reserveNow(pool, wanted, one).catch(async error => {
      if (!isBusy(error) || !(await releasesEnd(pool, one))) throw error
      return reserveNow(pool, wanted, one)
    })
  } catch (error) {
    throw isBusy(error) ? exhausted(wanted['IP']) : error
  }
}

/** Its name tells a reservation from all others, should the answer to the call be lost. */
async function reserveNow(pool: number, wanted: Wanted, one: OneWriter): Promise<number> {
  try {
    return await one.call(reserve(pool, wanted))
  } catch (error) {
    const lost = error instanceof OneUnavailable && error.outcome === 'unknown'
    const found = lost ? await numberOf(wanted.NAME, one) : undefined
    if (found !== undefined) return found
    throw error
  }
}

/** OpenNebula takes about 0.4 seconds to delete a network, and tells nobody when it has: when to look, in milliseconds. */
const LOOKS = [100, 200, 400, 800, 1600]

/** Waits until OpenNebula has deleted what the account released of a pool. @returns whether anything was, and is gone */
async function releasesEnd(pool: number, one: OneWriter): Promise<boolean> {
  for (const [looked, pause] of LOOKS.entries()) {
    if (!(await isReleasing(pool, one))) return looked > 0
    await new Promise(resolve => setTimeout(resolve, pause))
  }
  return true
}

async function isReleasing(pool: number, one: OneWriter): Promise<boolean> {
  for await (const { PARENT_NETWORK_ID, STATE } of one.networks({ whose: WHOSE.OWN })) {
    if (PARENT_NETWORK_ID === pool && STATE === NETWORK_STATE.LOCK_DELETE) return true
  }
  return false
}

async function numberOf(name: string, one: OneWriter): Promise<number | undefined> {
  for await (const { ID, NAME } of one.networks({ whose: WHOSE.OWN })) if (NAME === name) return ID
  return undefined
}

const exhausted = (wished: unknown) =>
  typeof wished === 'string'
    ? addressInUse(wished)
    : new Ec2Error('AddressLimitExceeded', 'The maximum number of addresses has been reached.')

async function addressOf(number: number, one: OneWriter): Promise<string | undefined> {
  const { AR_POOL } = await one.network(number)
  return AR_POOL.AR[0]?.IP
}

/** What OpenNebula does not take with the reservation itself. An address of the domain `vpc` without tags needs nothing. */
async function writeRecord(number: number, record: AddressRecord, tags: Tags, one: OneWriter): Promise<void> {
  if (record.domain === 'vpc' && tags.size === 0) return
  const EC2_TAGS = tags.size > 0 ? encodeTags(tags) : undefined
  await one.call(merge('vn', number, { EC2_ADDRESS: addressRecords.write(record), EC2_TAGS }))
}

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

/**
 * Releases an address. One that is on its way from an instance is released as soon as it has left it.
 * @throws Ec2Error InvalidIPAddress.InUse while it is associated
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
 */
export async function releaseAddress(input: ReleaseAddressRequest, context: ChangeContext): Promise<undefined> {
  checkOneOf('allocation id', input.AllocationId, input.PublicIp)
  await context.hold([ADDRESSES_LOCK], async () => {
    const address = pick(input, await readBook(context))
    checkDomain(address, input, 'You must specify an allocation id when releasing a VPC elastic IP address')
    if (await isInUse(address, context)) throw addressInUse(address.ip)
    const { ID } = address.network
    if (address.lessee !== undefined) return giveBackLater(ID, context)
    await giveBack(ID, context).catch(error => {
      throw isBusy(error) ? addressInUse(address.ip) : error
    })
  })
}

/** An address on its way to an instance that has ended meanwhile is free. */
async function isInUse(address: Reserved, context: Context): Promise<boolean> {
  if (address.aim?.wanted !== 'attach') return isAssociated(address)
  return associationOf(address, await vmsByNumber(vmsConcerned([address]), context)) !== undefined
}
