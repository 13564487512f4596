// AllocateAddress: a reservation out of the operator's network.
import type { AllocateAddressRequest, AllocateAddressResult } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { invalid } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { networkPool } from '../core/documents.ts'
import { throwFirst } from '../core/failures.ts'
import { addressInUse } from '../core/refusals.ts'
import { type PlaceInNetwork, placeOf, reserving } from '../core/reservations.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { checkIp, poolOf } from './find.ts'
import { ADDRESS, ADDRESSES_LOCK, allocationId, noAddress } from './resource.ts'
import { type AddressRecord, addressRecords } from './states.ts'

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
  const place = input.Address === undefined ? undefined : await placeIn(pool, input.Address, context)
  const one = context.commit()
  const wanted = {
    ...{ id: context.mint.mint(ADDRESS), parent: pool, place, lock: ADDRESSES_LOCK },
    exhausted: () => exhausted(input.Address),
  }
  return reserving(wanted, context, one, async number => {
    const { objects, errors } = await one.changeAndRead(
      [writeRecord(number, { domain }, tags)],
      networkPool({ whose: WHOSE.OWN, only: number }),
    )
    throwFirst(errors.map(error => ({ error })))
    context.usage.changed('address', 1)
    const PublicIp = input.Address ?? objects[0]?.AR_POOL.AR[0]?.IP
    return {
      PublicIp,
      AllocationId: allocationId(number),
      Domain: domain,
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup: context.settings.region,
    }
  })
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

/** Where a wished address is in the pool. */
async function placeIn(pool: number, ip: string, { one }: Context): Promise<PlaceInNetwork> {
  checkIp('address', ip)
  const place = placeOf(ip, await one.network(pool))
  if (!place) throw noAddress(ip)
  return place
}

const exhausted = (wished: string | undefined) =>
  wished === undefined
    ? new Ec2Error('AddressLimitExceeded', 'The maximum number of addresses has been reached.')
    : addressInUse(wished)

/** What OpenNebula does not take with the reservation itself. The tags even where there are none: it copies the network's. */
const writeRecord = (number: number, record: AddressRecord, tags: Tags) =>
  merge('vn', number, { EC2_ADDRESS: addressRecords.write(record), EC2_TAGS: encodeTags(tags) })
