// MoveAddressToVpc: an address that was allocated without a domain, as econe's clients do, gets that of today's clients.
import type { MoveAddressToVpcRequest, MoveAddressToVpcResult } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { addressInUse } from '../core/refusals.ts'
import { merge } from '../core/writes.ts'
import { pick, readBook } from './find.ts'
import { isInUse } from './release.ts'
import { ADDRESSES_LOCK, allocationId } from './resource.ts'
import { addressRecords } from './states.ts'
import { domainOf } from './view.ts'

/**
 * From then on it goes by its allocation id alone. One that has the domain already stays as it is.
 * @throws Ec2Error InvalidAddress.NotFound, InvalidIPAddress.InUse while it is associated
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_MoveAddressToVpc.html
 */
export function moveAddressToVpc(
  { PublicIp }: MoveAddressToVpcRequest,
  context: ChangeContext,
): Promise<MoveAddressToVpcResult> {
  return context.hold([ADDRESSES_LOCK], async () => {
    const address = pick({ PublicIp }, await readBook(context))
    const { ID } = address.network
    const isThere = domainOf(address) === 'vpc'
    if (!isThere && (await isInUse(address, context))) throw addressInUse(address.ip)
    const one = context.commit()
    if (!isThere) await one.call(merge('vn', ID, { EC2_ADDRESS: addressRecords.write({ domain: 'vpc' }) }))
    return { AllocationId: allocationId(ID), Status: 'InVpc' }
  })
}
