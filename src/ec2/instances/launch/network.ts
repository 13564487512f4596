// The network of a launch as its request has it: the interface, its address, subnet and security groups.
import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { ipNumber } from '../../../lib/ip.ts'
import { combination, impossible, invalid, unsupported } from '../../../protocol/complaints.ts'
import type { Context } from '../../core/context.ts'
import type { NamedGroups } from '../../security-groups/find.ts'

/**
 * The one private address that an interface asks for, by either of its parameters.
 * @throws Ec2Error UnsupportedOperation, InvalidParameterCombination
 */
export function addressOf(nic: InstanceNetworkInterfaceSpecification | undefined): string | undefined {
  const [listed, another] = nic?.PrivateIpAddresses ?? []
  // AWS: what is not said to be the primary address is another one
  if (another || (listed && !listed.Primary)) {
    throw impossible('Instances are launched with one private IP address, their primary one.')
  }
  const [one, other] = [nic?.PrivateIpAddress || undefined, listed?.PrivateIpAddress || undefined]
  if (one !== undefined && other !== undefined && one !== other) {
    throw combination('Only one primary private IP address may be specified for a network interface.')
  }
  return one ?? other
}

/** @returns the operator's network of public addresses @throws Ec2Error UnsupportedOperation where there is none */
export function checkPublic({ settings }: Context): number {
  if (settings.addressNetwork !== undefined) return settings.addressNetwork
  throw impossible(
    'There are no public addresses in this region: leave out AssociatePublicIpAddress, or make it false.',
  )
}

/** @param instances how many are launched @throws Ec2Error InvalidParameterValue, InvalidParameterCombination */
export function checkPrivateIp(ip: string | undefined, instances: number): string | undefined {
  if (!ip) return undefined
  if (ipNumber(ip) === undefined) throw invalid('privateIpAddress', ip, 'It is no IPv4 address.')
  if (instances === 1) return ip
  throw combination('A private IP address can be asked for by one instance only.')
}

/**
 * The one interface that a launch may describe: others are attached afterwards.
 * @throws Ec2Error UnsupportedOperation, InvalidParameterCombination
 */
export function firstInterface(input: RunInstancesRequest): InstanceNetworkInterfaceSpecification | undefined {
  const [first, second] = input.NetworkInterfaces ?? []
  if (!first) return undefined
  if (second || (first.DeviceIndex ?? 0) !== 0) {
    throw impossible('Instances are launched with one network interface, of device index 0.')
  }
  if (first.NetworkInterfaceId !== undefined) throw unsupported('NetworkInterfaceId')
  if (input.SubnetId !== undefined || input.SecurityGroupIds?.length || input.SecurityGroups?.length) {
    throw combination(
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request',
    )
  }
  return first
}

/** The groups that a launch names, for the instance or for its interface. */
export const groupsNamed = (
  { SecurityGroupIds = [], SecurityGroups = [] }: RunInstancesRequest,
  nic: InstanceNetworkInterfaceSpecification | undefined,
): NamedGroups => ({ ids: [...SecurityGroupIds, ...(nic?.Groups ?? [])], names: SecurityGroups })
