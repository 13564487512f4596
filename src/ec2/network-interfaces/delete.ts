// DeleteNetworkInterface: the reservation is deleted, at once or as soon as it can be.
import type { DeleteNetworkInterfaceRequest } from '@aws-sdk/client-ec2'
import { remove } from '../../opennebula/calls/common.ts'
import { invalidBecause } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { isSettling } from '../core/failures.ts'
import { lostReservation, noteReleased } from '../core/reservations.ts'
import { findInterface, freeOf } from './find.ts'
import { INTERFACES_LOCK } from './resource.ts'

/**
 * @throws Ec2Error InvalidParameterValue while it is attached
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html
 */
export async function deleteNetworkInterface(
  { NetworkInterfaceId: id = '' }: DeleteNetworkInterfaceRequest,
  context: ChangeContext,
): Promise<undefined> {
  await context.hold([INTERFACES_LOCK], async () => {
    const free = freeOf(await findInterface(id, context))
    if (!free) throw invalidBecause(`Network interface '${id}' is currently in use.`)
    const { network } = free
    const one = context.commit()
    await one.call(remove('vn', network.ID)).catch(async error => {
      if (!isSettling(error)) throw error
      // It is still being made: it goes as soon as it is there
      await context.tasks.begin([lostReservation(network.NAME, INTERFACES_LOCK, context.request.name)])
      await one.call(noteReleased(network.ID))
    })
  })
}
