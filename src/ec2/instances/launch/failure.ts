// Why a launch made fewer instances than it was asked for, in EC2's words.
import { ipNumber } from '../../../lib/ip.ts'
import { invalid } from '../../../protocol/complaints.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import type { Context } from '../../core/context.ts'
import { networkWithoutAddress, toEc2Error } from '../../core/failures.ts'
import { rangeWith } from '../../core/reservations.ts'
import { INSTANCE } from '../resource.ts'

/**
 * Why OpenNebula made fewer instances than wanted.
 * @param error   what it said, if it said something
 * @param address the private address that was asked for
 */
export async function launchFailure(
  error: Error | undefined,
  address: string | undefined,
  context: Context,
): Promise<Ec2Error> {
  const network = networkWithoutAddress(error)
  if (network !== undefined && network === context.settings.addressNetwork) {
    return new Ec2Error('InsufficientFreeAddressesInSubnet', 'There are no public IP addresses left at the moment.')
  }
  if (address !== undefined && network !== undefined && (await isOutside(address, network, context))) {
    return invalid('privateIpAddress', address, 'It is outside of the subnet.')
  }
  const failure = toEc2Error(error, { resource: INSTANCE, address })
  if (error !== undefined && failure.code !== 'IncorrectState') return failure
  return new Ec2Error(
    'InsufficientInstanceCapacity',
    'The cloud cannot start as many instances as you have requested at the moment.',
  )
}

/** OpenNebula says the same of an address that is in use and of one that the network has not. */
async function isOutside(address: string, network: number, { one }: Context): Promise<boolean> {
  const ip = ipNumber(address)
  return ip !== undefined && rangeWith(ip, await one.network(network)) === undefined
}
