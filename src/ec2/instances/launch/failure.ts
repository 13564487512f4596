// Why a launch made fewer instances than it was asked for, in EC2's words.
import { invalid } from '../../../protocol/complaints.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import type { Context } from '../../core/context.ts'
import { networkWithoutAddress, toEc2Error } from '../../core/failures.ts'
import { placeOf } from '../../core/reservations.ts'
import { interfaceInUse } from '../../network-interfaces/resource.ts'
import { INSTANCE } from '../resource.ts'
import type { PlannedInterface } from './nics.ts'

/**
 * Why OpenNebula made fewer instances than wanted.
 * @param error      what it said, if it said something
 * @param interfaces what was asked for
 */
export async function launchFailure(
  error: Error | undefined,
  interfaces: readonly PlannedInterface[],
  context: Context,
): Promise<Ec2Error> {
  const network = networkWithoutAddress(error)
  if (network !== undefined && network === context.settings.addressNetwork) {
    return new Ec2Error('InsufficientFreeAddressesInSubnet', 'There are no public IP addresses left at the moment.')
  }
  // The network of an interface that names none is the type's: it may be this one
  const there = interfaces.filter(each => each.network === undefined || each.network === network)
  const taken = there.find(({ own }) => own?.network.ID === network)?.own
  if (taken) return interfaceInUse(taken.id)
  const addresses = there.flatMap(({ primary, secondary }) => [primary, ...secondary]).filter(ip => ip !== undefined)
  const outside = network === undefined ? undefined : await outsideOf(network, addresses, context)
  if (outside !== undefined) return invalid('privateIpAddress', outside, 'It is outside of the subnet.')
  const failure = toEc2Error(error, { resource: INSTANCE, address: addresses[0] })
  if (error !== undefined && failure.code !== 'IncorrectState') return failure
  return new Ec2Error(
    'InsufficientInstanceCapacity',
    'The cloud cannot start as many instances as you have requested at the moment.',
  )
}

/** OpenNebula says the same of an address that is in use and of one that the network has not. */
async function outsideOf(number: number, addresses: readonly string[], { one }: Context): Promise<string | undefined> {
  if (addresses.length === 0) return undefined
  const network = await one.network(number)
  return addresses.find(ip => placeOf(ip, network) === undefined)
}
