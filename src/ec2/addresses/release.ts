// ReleaseAddress: the reservation is deleted, at once or as soon as it can be.
import type { ReleaseAddressRequest } from '@aws-sdk/client-ec2'
import { remove } from '../../opennebula/calls/common.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { isBusy, isSettling } from '../core/failures.ts'
import { addressInUse } from '../core/refusals.ts'
import { checkDomain, checkOneOf, pick, readBook } from './find.ts'
import { ADDRESSES_LOCK } from './resource.ts'
import { noteAddress } from './states.ts'
import { vmsByNumber } from './task.ts'
import { associationOf, isAssociated, type Reserved, vmsConcerned } from './view.ts'

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
    if (address.lessee !== undefined) await giveBackLater(ID, context)
    else {
      await giveBack(ID, context).catch(error => {
        throw isBusy(error) ? addressInUse(address.ip) : error
      })
    }
    context.usage.changed('address', -1)
  })
}

/** An address on its way to an instance that has ended meanwhile is free. */
export async function isInUse(address: Reserved, context: Context): Promise<boolean> {
  if (address.aim?.wanted !== 'attach') return isAssociated(address)
  return associationOf(address, await vmsByNumber(vmsConcerned([address]), context)) !== undefined
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
