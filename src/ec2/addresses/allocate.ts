// AllocateAddress: a reservation out of the operator's network.
import type { AllocateAddressRequest, AllocateAddressResult } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { reserve } from '../../opennebula/calls/vn.ts'
import { OneUnavailable } from '../../opennebula/errors.ts'
import { NETWORK_STATE } from '../../opennebula/states.ts'
import type { TemplateData } from '../../opennebula/xml/template.ts'
import { invalid } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { OneWriter } from '../core/documents.ts'
import { addressInUse, isBusy, isFinal } from '../core/failures.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { checkIp, poolOf } from './find.ts'
import type { ReservationTask } from './lost.ts'
import { ADDRESS, allocationId, noAddress } from './resource.ts'
import { type AddressRecord, addressRecords, rangeWith } from './view.ts'

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
