// DeleteSubnet: the network goes, at once or as soon as it can.
import type { DeleteSubnetRequest } from '@aws-sdk/client-ec2'
import { remove } from '../../opennebula/calls/common.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Network } from '../core/documents.ts'
import { isBusy, isSettling, toEc2Error } from '../core/failures.ts'
import { parseId } from '../core/ids.ts'
import { releasesEnd } from '../core/network-states.ts'
import { lostReservation, noteReleased } from '../core/reservations.ts'
import { ownSubnetNamed } from './find.ts'
import { SUBNET, subnetLock } from './resource.ts'

/**
 * @throws Ec2Error DependencyViolation while an instance or an interface has an address of it; OperationNotPermitted for the
 *   operator's
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html
 */
export async function deleteSubnet(
  { SubnetId: id = '' }: DeleteSubnetRequest,
  context: ChangeContext,
): Promise<undefined> {
  parseId(SUBNET, id)
  await context.hold([subnetLock(id)], async () => {
    const network = await withoutReleased(id, context)
    if (network.USED_LEASES > 0) throw inUse(id)
    const one = context.commit()
    const lost = lostReservation(network.NAME, subnetLock(id), context.request.name)
    await context.tasks.begin([lost])
    try {
      await one.call(remove('vn', network.ID))
    } catch (error) {
      if (isSettling(error)) {
        // It is being made still, or goes already: what becomes of it the task sees to
        await one.call(noteReleased(network.ID))
        return
      }
      if (!isBusy(error)) throw toEc2Error(error, { resource: SUBNET, id })
      await context.tasks.end([lost])
      throw inUse(id)
    }
    await context.tasks.end([lost])
  })
}

/** Interfaces that were deleted a moment ago have their addresses still: for these it waits. */
async function withoutReleased(id: string, context: ChangeContext): Promise<Network> {
  const { network } = await ownSubnetNamed(id, context)
  if (network.USED_LEASES === 0) return network
  await releasesEnd(network.ID, context.one)
  return (await ownSubnetNamed(id, context)).network
}

const inUse = (id: string) =>
  new Ec2Error('DependencyViolation', `The subnet '${id}' has dependencies and cannot be deleted.`)
