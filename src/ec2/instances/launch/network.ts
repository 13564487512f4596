// The network of a launch as its request has it: interfaces, and what is asked of each, as far as it can be checked without
// looking at anything.
import type { InstanceNetworkInterfaceSpecification, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { limits } from '../../../limits.ts'
import { combination, impossible, invalid, missing } from '../../../protocol/complaints.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import { type AskedAddresses, askedAddresses, checkAddress } from '../../core/private-addresses.ts'
import { MOST_INDEX } from '../../network-interfaces/resource.ts'
import { type NamedGroups, namesGroups } from '../../security-groups/find.ts'

/** An interface that an instance shall begin with. */
export interface AskedInterface extends AskedAddresses {
  /** DeviceIndex */
  readonly index: number
  /** One that there is already, with an address of its own; a new one where absent. */
  readonly id: string | undefined
  readonly subnet: string | undefined
  readonly groups: NamedGroups
  readonly description: string | undefined
  /** Whether it gets a public address; as its subnet says where absent. */
  readonly isPublic: boolean | undefined
}

/**
 * The interfaces that a launch asks for, by their indexes, the primary one first; none where those of the instance type are
 * to be as they are.
 * @param instances how many are launched
 * @throws Ec2Error InvalidParameterCombination, InvalidParameterValue, MissingParameter, UnsupportedOperation,
 *   AttachmentLimitExceeded, PrivateIpAddressLimitExceeded
 */
export function askedInterfaces(input: RunInstancesRequest, instances: number): readonly AskedInterface[] {
  const { NetworkInterfaces: specs = [] } = input
  if (specs.length === 0) return interfaceOfInstance(input, instances)
  if (input.SubnetId !== undefined || input.SecurityGroupIds?.length || input.SecurityGroups?.length) {
    throw combination(
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request',
    )
  }
  if (input.PrivateIpAddress) {
    throw combination(
      'Network interfaces and an instance-level private address may not be specified on the same request',
    )
  }
  const { most, code } = limits.interfacesOfInstance
  if (specs.length > most) throw new Ec2Error(code, `An instance has at most ${most} network interfaces.`)
  const asked = specs.map(spec => askedInterface(spec, specs.length, instances)).toSorted((a, b) => a.index - b.index)
  const twice = asked.find(({ index }, at) => asked[at - 1]?.index === index)
  if (twice) throw combination(`Each network interface requires a unique device index: ${twice.index} is there twice.`)
  if (asked[0]?.index !== 0) throw combination('A network interface of device index 0 is required.')
  return asked
}

/** What a launch says of the only interface without naming it as one. */
function interfaceOfInstance(input: RunInstancesRequest, instances: number): readonly AskedInterface[] {
  const { SubnetId, PrivateIpAddress: ip } = input
  const groups = { ids: input.SecurityGroupIds, names: input.SecurityGroups }
  if (!SubnetId && !ip && !namesGroups(groups)) return []
  if (ip) checkAddress('privateIpAddress', ip)
  const asked = { primary: ip || undefined, secondary: [] }
  checkOnce(asked, instances)
  return [
    {
      ...asked,
      index: 0,
      subnet: SubnetId || undefined,
      groups,
      ...{ id: undefined, description: undefined, isPublic: undefined },
    },
  ]
}

function askedInterface(spec: InstanceNetworkInterfaceSpecification, count: number, instances: number): AskedInterface {
  const { NetworkInterfaceId: id, SubnetId, Groups: ids = [], Description: description } = spec
  // Old clients have it that the only one is the primary one
  const index = spec.DeviceIndex ?? (count === 1 ? 0 : undefined)
  if (index === undefined) throw missing('NetworkInterface.N.DeviceIndex')
  if (index < 0 || index > MOST_INDEX) throw invalid('deviceIndex', index, `It is a number from 0 to ${MOST_INDEX}.`)
  const addresses = askedAddresses(spec)
  checkOnce(addresses, instances)
  if (id) checkExisting(spec, instances)
  else if (spec.DeleteOnTermination === false) {
    throw impossible(
      'A network interface that is launched with an instance ends with it: one that CreateNetworkInterface made stays.',
    )
  }
  if (spec.AssociatePublicIpAddress && count > 1) {
    throw combination(
      'The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.',
    )
  }
  const isPublic = count > 1 ? false : spec.AssociatePublicIpAddress
  return {
    ...addresses,
    index,
    id: id || undefined,
    subnet: SubnetId || undefined,
    groups: { ids },
    description,
    isPublic,
  }
}

/** An address is one instance's. @throws Ec2Error InvalidParameterCombination */
function checkOnce({ primary, secondary }: AskedAddresses, instances: number): void {
  if (instances === 1 || [primary, ...secondary].every(ip => ip === undefined)) return
  throw combination('A private IP address can be asked for by one instance only.')
}

/** An interface that there is has everything already. @throws Ec2Error InvalidParameterCombination */
function checkExisting(spec: InstanceNetworkInterfaceSpecification, instances: number): void {
  const { SubnetId, Groups, Description, PrivateIpAddress, PrivateIpAddresses, SecondaryPrivateIpAddressCount } = spec
  const { AssociatePublicIpAddress } = spec
  const others = { SubnetId, Groups, Description, PrivateIpAddress, PrivateIpAddresses, SecondaryPrivateIpAddressCount }
  for (const [name, value] of Object.entries({ ...others, AssociatePublicIpAddress })) {
    if (value) throw combination(`The parameter ${name} may not be specified for an existing network interface.`)
  }
  if (spec.DeleteOnTermination) {
    throw combination(
      'An existing network interface may not be launched with DeleteOnTermination: modify its attachment.',
    )
  }
  if (instances > 1) throw combination('A network interface can be attached to one instance only.')
}
