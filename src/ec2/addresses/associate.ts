// AssociateAddress: an instance's interface gets the address as an external alias.
import type { AssociateAddressRequest, AssociateAddressResult } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { isSettled } from '../../opennebula/states.ts'
import { invalid, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { OneWriter, Vm } from '../core/documents.ts'
import { isBusy, toEc2Error } from '../core/failures.ts'
import { parseId, parsePairId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { findInstance } from '../instances/find.ts'
import { INSTANCE, incorrectInstanceState, severalInterfaces } from '../instances/resource.ts'
import { isParked, shownState } from '../instances/states.ts'
import { viewInstance } from '../instances/view.ts'
import { NETWORK_INTERFACE } from '../network-interfaces/resource.ts'
import { checkOneOf, pick, readBookAndVms } from './find.ts'
import { ADDRESSES_LOCK, allocationId, associationId } from './resource.ts'
import { attachCall, noteAddress, otherAliasOf } from './task.ts'
import { type Association, associationOf, isAssociated, noteMove, type Reserved, vmOf } from './view.ts'

/**
 * Associates an address with an instance: its interface gets an external alias, which OpenNebula attaches by itself.
 *
 * What cannot be done at this moment (the VM is busy, the address has to leave another one first) is done as soon as
 * it can be, and shown as done. An address that is named by its IP moves without being allowed to, as econe had it.
 * @throws Ec2Error Resource.AlreadyAssociated
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
export async function associateAddress(
  input: AssociateAddressRequest,
  context: ChangeContext,
): Promise<AssociateAddressResult> {
  checkAssociation(input)
  const number = await targetOf(input, context)
  return context.hold([ADDRESSES_LOCK], async () => {
    const { book, vms } = await readBookAndVms(context, [number])
    const address = pick(input, book)
    const target = interfaceOf(input, vms.get(number), context)
    const AssociationId = associationId(address.network.ID, number)
    const allowed = input.AllowReassociation ?? input.PublicIp !== undefined
    if (isAssociated(address) && vmOf(address) !== number && !allowed) throw alreadyAssociated(address)
    const one = context.commit()
    const now = associationOf(address, vms)
    if (now?.vm !== target.vm || now.nic !== target.nic) await bring(address, target, context, one)
    return { AssociationId }
  })
}

function checkAssociation({ AllocationId, PublicIp, InstanceId, NetworkInterfaceId }: AssociateAddressRequest): void {
  checkOneOf('allocation id', AllocationId, PublicIp)
  if (InstanceId === undefined && NetworkInterfaceId === undefined) {
    throw needsOneOf('network interface ID', 'instance ID')
  }
}

/**
 * The VM that an address is to go to. The instance counts where both are named: Terraform names the interface of the old
 * instance beside the new one when an address moves.
 */
async function targetOf(
  { InstanceId, NetworkInterfaceId }: AssociateAddressRequest,
  context: Context,
): Promise<number> {
  const ofInterface = NetworkInterfaceId === undefined ? -1 : vmOfInterface(NetworkInterfaceId)
  return InstanceId === undefined ? ofInterface : (await findInstance(InstanceId, context)).vm.ID
}

/** @throws Ec2Error InvalidNetworkInterfaceID.NotFound, Malformed */
function vmOfInterface(id: string): number {
  parseId(NETWORK_INTERFACE, id)
  const pair = parsePairId(NETWORK_INTERFACE, id)
  if (!pair) throw notFound(NETWORK_INTERFACE, id)
  return pair.whole
}

/** The interface that an address is to go to. @throws Ec2Error where there is none such, or its instance cannot have it */
function interfaceOf(input: AssociateAddressRequest, vm: Vm | undefined, context: Context): Association {
  const { InstanceId, NetworkInterfaceId, PrivateIpAddress } = input
  if (!vm) throw InstanceId === undefined ? noSuchInterface(NetworkInterfaceId) : notFound(INSTANCE, InstanceId)
  checkState(vm, context)
  const pair = NetworkInterfaceId === undefined ? undefined : parsePairId(NETWORK_INTERFACE, NetworkInterfaceId)
  const isOfVm = pair?.whole === vm.ID
  const named = isOfVm ? vm.TEMPLATE.NIC.filter(({ NIC_ID }) => NIC_ID === pair.part) : vm.TEMPLATE.NIC
  if (named.length === 0) throw isOfVm ? noSuchInterface(NetworkInterfaceId) : noInterface(InstanceId)
  const [nic, another] = named.filter(({ IP }) => PrivateIpAddress === undefined || IP === PrivateIpAddress)
  if (!nic) throw invalid('privateIpAddress', PrivateIpAddress ?? '')
  if (another) throw severalInterfaces(InstanceId ?? '')
  return { vm, nic }
}

const noSuchInterface = (id = '') => notFound(NETWORK_INTERFACE, id)

const noInterface = (id = '') =>
  new Ec2Error('InvalidInstanceID', `The instance '${id}' has no network interface attached.`)

/** Only what runs, or is stopped in a way that keeps its place on a host, can be given an address. */
function checkState(vm: Vm, context: Context): void {
  const view = viewInstance(vm, context)
  const state = shownState(vm, view.wanted)
  if (state === 'pending') {
    // Terraform waits for as long as it reads "pending instance"
    throw new Ec2Error(
      'InvalidInstanceID',
      `The pending instance '${view.id}' is not in a valid state for this operation.`,
    )
  }
  const able = state === 'running' || state === 'stopping' || (state === 'stopped' && !isParked(vm))
  if (!able) throw incorrectInstanceState(view.id, state, 'given an address')
}

const alreadyAssociated = (address: Reserved) => {
  const { ID } = address.network
  const other = associationId(ID, vmOf(address) ?? 0)
  const message = `resource ${allocationId(ID)} is already associated with associate-id ${other}`
  return new Ec2Error('Resource.AlreadyAssociated', message)
}

/** Attaches an address at once where nothing is in the way; otherwise sees to it that it will be. */
async function bring(
  { network: { ID }, lessee, aim }: Reserved,
  { vm, nic: { NIC_ID: nic } }: Association,
  context: ChangeContext,
  one: OneWriter,
): Promise<void> {
  const idle = lessee === undefined && aim === undefined && isSettled(vm) && !otherAliasOf(vm, nic, ID)
  if (idle && (await attached(attachCall(vm, nic, ID), one))) return
  const next = { wanted: 'attach', vm: vm.ID, nic } as const
  await context.tasks.begin([{ kind: 'address', number: ID, ...next }])
  const moving = new Set([vm.ID, ...(lessee === undefined ? [] : [lessee])])
  const [noted] = await one.multicall([noteAddress(ID, next), ...Array.from(moving, id => noteMove(id, context))])
  if (noted?.error) throw toEc2Error(noted.error)
}

/** Whether it could be attached; false when the VM turned out to be about something else. */
async function attached(call: WriteCall, one: OneWriter): Promise<boolean> {
  try {
    await one.call(call)
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  }
}
