// AssignPrivateIpAddresses and UnassignPrivateIpAddresses: secondary addresses are aliases of an interface, out of its subnet.
import type {
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  UnassignPrivateIpAddressesRequest,
} from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { isSettled } from '../../opennebula/states.ts'
import {
  impossible,
  invalid,
  invalidBecause,
  needsOneOf,
  noneSpecified,
  notTogether,
} from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Network, Nic, Vm } from '../core/documents.ts'
import { isBusy, networkWithoutAddress, toEc2Error } from '../core/failures.ts'
import { anyAddresses, checkAddress, checkAddressCount } from '../core/private-addresses.ts'
import { addressInUse } from '../core/refusals.ts'
import { freeAddresses, placeOf } from '../core/reservations.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { isParked } from '../instances/states.ts'
import { membersChange } from '../security-groups/states.ts'
import { subnetCalls } from '../subnets/find.ts'
import { type AliasTask, aliasCall } from './alias-task.ts'
import { findInterface, readNetworks } from './find.ts'
import { INTERFACES_LOCK } from './resource.ts'
import { nicRecordCall } from './states.ts'
import { movingAddresses, shownSecondaryAddresses, subnetOf } from './view.ts'

/** An interface that addresses can come to and go from. */
interface Target {
  readonly id: string
  readonly nic: Nic
  readonly vm: Vm
  /** The network of its subnet, where it may be seen. */
  readonly network: Network | undefined
}

/**
 * Gives an interface secondary addresses: the first at once where the instance is not busy, the others when their turns come.
 * They are shown from now on.
 * @throws Ec2Error InvalidIPAddress.InUse, InsufficientFreeAddressesInSubnet, PrivateIpAddressLimitExceeded, and
 *   UnsupportedOperation for an interface that is in no instance
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateIpAddresses.html
 */
export async function assignPrivateIpAddresses(
  { NetworkInterfaceId = '', ...input }: AssignPrivateIpAddressesRequest,
  context: ChangeContext,
): Promise<AssignPrivateIpAddressesResult> {
  const wished = wishedAddresses(input)
  return context.hold([INTERFACES_LOCK], async () => {
    const target = await findTarget(NetworkInterfaceId, context)
    const there = shownSecondaryAddresses(target.nic, target.vm, context)
    const added = chosen(wished, there, target)
    checkAddressCount(1 + there.length + added.length)
    await move('attach', added, target, context)
    const AssignedPrivateIpAddresses = added.map(PrivateIpAddress => ({ PrivateIpAddress }))
    return { NetworkInterfaceId: target.id, AssignedPrivateIpAddresses, AssignedIpv4Prefixes: [] }
  })
}

/**
 * Takes secondary addresses from an interface: they are gone, as far as anybody is told, and free as soon as OpenNebula has
 * taken them away.
 * @throws Ec2Error InvalidParameterValue for what is none of its secondary addresses
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnassignPrivateIpAddresses.html
 */
export async function unassignPrivateIpAddresses(
  { NetworkInterfaceId = '', PrivateIpAddresses: ips = [] }: UnassignPrivateIpAddressesRequest,
  context: ChangeContext,
): Promise<undefined> {
  if (ips.length === 0) throw noneSpecified('private IP addresses')
  for (const ip of ips) checkAddress('privateIpAddress', ip)
  await context.hold([INTERFACES_LOCK], async () => {
    const target = await findTarget(NetworkInterfaceId, context)
    const there = shownSecondaryAddresses(target.nic, target.vm, context)
    if (ips.some(ip => !there.includes(ip))) {
      throw invalidBecause(`Some of [${ips.join(', ')}] are not assigned to interface ${target.id}`)
    }
    await move('detach', [...new Set(ips)], target, context)
  })
}

type Wished = readonly (string | undefined)[]

/** @throws Ec2Error MissingParameter, InvalidParameterCombination, InvalidParameterValue, PrivateIpAddressLimitExceeded */
function wishedAddresses({
  PrivateIpAddresses: ips = [],
  SecondaryPrivateIpAddressCount: count,
}: Omit<AssignPrivateIpAddressesRequest, 'NetworkInterfaceId'>): Wished {
  if (ips.length > 0 && count !== undefined) throw notTogether('privateIpAddresses', 'secondaryPrivateIpAddressCount')
  for (const ip of ips) checkAddress('privateIpAddress', ip)
  if (ips.length > 0) return [...new Set(ips)]
  if (count === undefined) throw needsOneOf('privateIpAddresses', 'secondaryPrivateIpAddressCount')
  if (count < 1) throw invalid('secondaryPrivateIpAddressCount', count, 'Expecting a value of 1 or more.')
  return anyAddresses(count)
}

/** @throws Ec2Error InvalidNetworkInterfaceID.NotFound, UnsupportedOperation, IncorrectState */
async function findTarget(id: string, context: Context): Promise<Target> {
  const [view, networks] = await sideBySide(
    context,
    look => findInterface(id, look, readNetworks),
    look => Array.fromAsync(look.one.stream(...subnetCalls(look))),
  )
  if (!view.nic) {
    throw impossible('A network interface has secondary private IP addresses while it is attached to an instance.')
  }
  const { nic, instance } = view
  if (isParked(instance.vm)) {
    throw new Ec2Error('IncorrectState', `Instance '${instance.id}' is not 'running' or 'stopped'.`)
  }
  return { id, nic, vm: instance.vm, network: networks.find(({ ID }) => ID === subnetOf(nic)) }
}

/**
 * The addresses that an interface is to get besides those that it has.
 * @throws Ec2Error InvalidIPAddress.InUse, InvalidParameterValue for one outside of the subnet,
 *   InsufficientFreeAddressesInSubnet
 */
function chosen(wished: Wished, there: readonly string[], { nic, network }: Target): string[] {
  if (!network) throw noneLeft()
  const free = freeAddresses(network).filter(ip => !there.includes(ip) && !wished.includes(ip))
  return wished
    .filter(ip => ip === undefined || !there.includes(ip))
    .map(ip => {
      if (ip === undefined) {
        const { value } = free.next()
        if (value === undefined) throw noneLeft()
        return value
      }
      if (placeOf(ip, network) === undefined) {
        throw invalid('privateIpAddress', ip, 'It is outside of the subnet.')
      }
      if (ip === nic.IP || !isFree(ip, network)) throw addressInUse(ip)
      return ip
    })
}

const isFree = (ip: string, network: Network) => freeAddresses(network).some(each => each === ip)

const noneLeft = () =>
  new Ec2Error('InsufficientFreeAddressesInSubnet', 'There are not enough free addresses in the subnet.')

/**
 * Has OpenNebula bring addresses, or take them away. All are written down first: what breaks off is done all the same.
 * @throws Ec2Error InvalidIPAddress.InUse for one that another has got meanwhile
 */
async function move(
  wanted: AliasTask['wanted'],
  ips: readonly string[],
  { nic, vm }: Target,
  context: ChangeContext,
): Promise<void> {
  const tasks = ips.map(
    (ip): AliasTask => ({ kind: 'alias', wanted, vm: vm.ID, nic: nic.NIC_ID, ip, network: subnetOf(nic) }),
  )
  const one = context.commit()
  if (tasks.length === 0) return
  await context.tasks.begin(tasks)
  await membersChange(context)
  const note = nicRecordCall({ nic, vm }, { moving: noted(wanted, ips, { nic, vm }, context) })
  const [first] = isSettled(vm) ? tasks.flatMap(task => aliasCall(task, vm) ?? []) : []
  const outcomes = await one.multicall(first ? [note, first] : [note])
  const refused = outcomes.find(({ error }) => error !== undefined && !isBusy(error))?.error
  if (refused === undefined) return
  // Nothing of what was asked for is to be
  await context.tasks.end(tasks)
  await one.call(nicRecordCall({ nic, vm }, { moving: movingAddresses(nic, vm, context) }))
  // Somebody else has got it meanwhile
  const isTaken = networkWithoutAddress(refused) !== undefined
  throw isTaken ? addressInUse(ips[0] ?? '') : toEc2Error(refused)
}

/** What is noted of addresses that are on their way, with these. */
function noted(
  wanted: AliasTask['wanted'],
  ips: readonly string[],
  { nic, vm }: Pick<Target, 'nic' | 'vm'>,
  context: Context,
) {
  const since = Math.floor(context.now() / 1000)
  const others = movingAddresses(nic, vm, context).filter(({ ip }) => !ips.includes(ip))
  return [...ips.map(ip => ({ ip, since, leaves: wanted === 'detach' })), ...others].slice(
    0,
    limits.addressesOfInterface.most,
  )
}
