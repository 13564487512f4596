// AssociateAddress: an instance's interface gets the address as an external alias.
import type { AssociateAddressRequest, AssociateAddressResult } from '@aws-sdk/client-ec2'
import { isSettled } from '../../opennebula/states.ts'
import { invalid, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Document, Network, Nic, OneWriter, Vm } from '../core/documents.ts'
import { isBusy, throwFirst } from '../core/failures.ts'
import { parseId, parsePairId } from '../core/ids.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { notFound } from '../core/resource.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { merge } from '../core/writes.ts'
import { findInstance } from '../instances/find.ts'
import { INSTANCE, incorrectInstanceState, severalInterfaces } from '../instances/resource.ts'
import { isParked, shownState } from '../instances/states.ts'
import { isInstance, viewInstance } from '../instances/view.ts'
import { gatewayContent } from '../internet-gateways/find.ts'
import { pickOwn, readOwnInterfaces, vmOfOwn } from '../network-interfaces/find.ts'
import { NETWORK_INTERFACE } from '../network-interfaces/resource.ts'
import { interfaceId, leadsIn, ownIn, ownOf, placeOfNic, shownSecondaryAddresses } from '../network-interfaces/view.ts'
import { vpcsOfMade } from '../subnets/view.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
import { VPC } from '../vpcs/resource.ts'
import { checkOneOf, pick, readBookBeside } from './find.ts'
import { ADDRESSES_LOCK, allocationId, associationId, placeOfInterface } from './resource.ts'
import { type AddressAim, type AddressTask, addressRecords, noteMove, writeAim } from './states.ts'
import { attachCall, otherAliasOf } from './task.ts'
import {
  type Association,
  associationAt,
  associationOf,
  isAssociated,
  leadingNowhere,
  placeOf,
  type Reserved,
} from './view.ts'

/** Where an address is to go, and to which private address. */
type Target = Association & {
  /** Absent for the primary one. */
  readonly private?: string | undefined
}

/**
 * Associates an address with an instance, or with an interface: that gets an external alias, which OpenNebula attaches by
 * itself. With an interface that has an address of its own it goes wherever that does.
 *
 * What cannot be done at this moment (the VM is busy, the address has to leave another one first) is done as soon as
 * it can be, and shown as done. An address that is named by its IP moves without being allowed to, as econe had it.
 * @throws Ec2Error Resource.AlreadyAssociated, Gateway.NotAttached in a VPC without an internet gateway
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
 */
export async function associateAddress(
  input: AssociateAddressRequest,
  context: ChangeContext,
): Promise<AssociateAddressResult> {
  checkAssociation(input)
  // The gateway stays attached meanwhile
  return context.hold([ADDRESSES_LOCK, ASSOCIATIONS_LOCK], async () => {
    const [vm, { book, networks, others: documents }] = await sideBySide(
      context,
      look => vmNamed(input, look),
      look => readBookBeside(look, ...gatewayContent.calls()),
    )
    const vms = new Map(vm ? [[vm.ID, vm]] : [])
    const address = pick(input, book)
    const interfaces = ownIn(networks, context)
    const target = targetOf(input, vm, interfaces, context)
    const place = target.vm ? placeOfNic(target.vm, target.nic) : placeOfInterface(target.own.network.ID)
    const allowed = input.AllowReassociation ?? input.PublicIp !== undefined
    if (isAssociated(address) && placeOf(address) !== place && !allowed) throw alreadyAssociated(address)
    checkGateway(target, networks, documents, context)
    const one = context.commit()
    const now = associationOf(address, vms)
    const isThere = now !== undefined && now.own?.id === target.own?.id && now.nic === target.nic
    if (!isThere || address.record.private !== target.private) {
      const displaced = book.reserved.filter(other => other !== address && isAt(other, target))
      await bring(address, target, { displaced, leads: leadsIn(networks) }, context, one)
    }
    return { AssociationId: associationId(address.network.ID, place) }
  })
}

/** @throws Ec2Error Gateway.NotAttached for an interface in a VPC that has no internet gateway */
function checkGateway(
  { nic, own }: Target,
  networks: readonly Network[],
  documents: readonly Document[],
  context: Context,
): void {
  const ofSubnet = nic && vpcsOfMade(networks, context).get(nic.NETWORK_ID ?? -1)
  const vpc = own?.record.vpc ?? ofSubnet ?? ofAccount(VPC, context)
  if (gatewayContent.vpcsOf(documents, context).includes(vpc)) return
  throw new Ec2Error('Gateway.NotAttached', `Network ${vpc} is not attached to any internet gateway`)
}

/** Whether an address is associated with the same private address of the same interface. */
const isAt = ({ at, record }: Reserved, target: Target): boolean =>
  target.own !== undefined && at?.id === target.own.id && record.private === target.private

function checkAssociation({ AllocationId, PublicIp, InstanceId, NetworkInterfaceId }: AssociateAddressRequest): void {
  checkOneOf('allocation id', AllocationId, PublicIp)
  if (InstanceId === undefined && NetworkInterfaceId === undefined) {
    throw needsOneOf('network interface ID', 'instance ID')
  }
}

/**
 * The VM that an address is to go to; undefined for an interface that is in none. The instance counts where both are named:
 * Terraform names the interface of the old instance beside the new one when an address moves.
 */
async function vmNamed(
  { InstanceId, NetworkInterfaceId: id = '' }: AssociateAddressRequest,
  context: Context,
): Promise<Vm | undefined> {
  if (InstanceId !== undefined) return (await findInstance(InstanceId, context)).vm
  parseId(NETWORK_INTERFACE, id)
  const number = parsePairId(NETWORK_INTERFACE, id)?.whole ?? vmOfOwn(pickOwn(id, await readOwnInterfaces(context)))
  const [vm] = number === undefined ? [] : await Array.fromAsync(context.one.vms([number]))
  return vm && isInstance(vm, context) ? vm : undefined
}

type Interfaces = ReturnType<typeof ownIn>

/** The interface that an address is to go to. @throws Ec2Error where there is none such, or its instance cannot have it */
function targetOf(
  input: AssociateAddressRequest,
  vm: Vm | undefined,
  interfaces: Interfaces,
  context: Context,
): Target {
  const { InstanceId, NetworkInterfaceId: id, PrivateIpAddress: ip } = input
  const isOwn = InstanceId === undefined && id !== undefined && parsePairId(NETWORK_INTERFACE, id) === undefined
  if (isOwn) {
    const own = pickOwn(id, interfaces)
    const found = associationAt(own, new Map(vm ? [[vm.ID, vm]] : []))
    return { ...found, private: leadTo(ip, found.vm ? privatesOf(found.nic, found.vm, context) : [own.ip]) }
  }
  if (!vm) throw InstanceId === undefined ? noSuchInterface(id) : notFound(INSTANCE, InstanceId)
  checkState(vm, context)
  const nic = nicNamed(input, vm, context)
  return { vm, nic, own: ownOf(nic, { interfaces }), private: leadTo(ip, privatesOf(nic, vm, context)) }
}

/** The NIC of a VM that a request means. @throws Ec2Error where there is none, or more than one */
function nicNamed(
  { InstanceId, NetworkInterfaceId, PrivateIpAddress: ip }: AssociateAddressRequest,
  vm: Vm,
  context: Context,
): Nic {
  const meant = vm.TEMPLATE.NIC.filter(nic => interfaceId(vm.ID, nic) === NetworkInterfaceId)
  const pair = NetworkInterfaceId === undefined ? undefined : parsePairId(NETWORK_INTERFACE, NetworkInterfaceId)
  const isOfVm = meant.length > 0 || pair?.whole === vm.ID
  const named = isOfVm ? meant : vm.TEMPLATE.NIC
  if (named.length === 0) throw isOfVm ? noSuchInterface(NetworkInterfaceId) : noInterface(InstanceId)
  const [nic, another] = named.filter(each => ip === undefined || privatesOf(each, vm, context).includes(ip))
  if (!nic) throw invalid('privateIpAddress', ip ?? '')
  if (another) throw severalInterfaces(InstanceId ?? '')
  return nic
}

/** The private addresses of a NIC, the primary one first. */
const privatesOf = (nic: Nic, vm: Vm, { now }: Context): (string | undefined)[] => [
  nic.IP,
  ...shownSecondaryAddresses(nic, vm, { now }),
]

/** The secondary address that is meant. @throws Ec2Error InvalidParameterValue for one that the interface has not */
function leadTo(ip: string | undefined, [primary, ...secondary]: readonly (string | undefined)[]): string | undefined {
  if (ip === undefined || ip === primary) return undefined
  if (!secondary.includes(ip)) throw invalid('privateIpAddress', ip)
  return ip
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
  const other = associationId(ID, placeOf(address) ?? 0)
  const message = `resource ${allocationId(ID)} is already associated with associate-id ${other}`
  return new Ec2Error('Resource.AlreadyAssociated', message)
}

/** What else there is to know of the account's addresses. */
interface Others {
  /** Those that make way. */
  readonly displaced: readonly Reserved[]
  readonly leads: ReadonlyMap<number, string>
}

/** Attaches an address at once where nothing is in the way; otherwise sees to it that it will be. */
async function bring(
  address: Reserved,
  target: Target,
  { displaced, leads }: Others,
  context: ChangeContext,
  one: OneWriter,
): Promise<void> {
  const { ID } = address.network
  const { vm, nic, own } = target
  const makeWay = displaced.map(other => merge('vn', other.network.ID, { EC2_ADDRESS: leadingNowhere(other) }))
  const record = keptOf(address, target)
  const kept = record === undefined ? [] : [merge('vn', ID, { EC2_ADDRESS: record })]
  const isFree = address.lessee === undefined && address.aim === undefined
  const isClear = !vm || (isSettled(vm) && !otherAliasOf(vm, nic.NIC_ID, ID, withLead(leads, ID, target)))
  const aim: AddressAim = own || !vm ? { wanted: 'follow' } : { wanted: 'attach', vm: vm.ID, nic: nic.NIC_ID }
  const task: AddressTask = { kind: 'address', number: ID, ...aim }
  // What is kept says where the address is, before it is there
  if (record !== undefined) await context.tasks.begin([task])
  if (isFree && isClear) {
    const outcomes = await one.multicall([...makeWay, ...kept, ...(vm ? [attachCall(vm, nic.NIC_ID, ID)] : [])])
    const refused = outcomes.filter(({ error }) => error !== undefined && !isBusy(error))
    if (refused.length > 0) {
      if (record !== undefined) await one.call(merge('vn', ID, { EC2_ADDRESS: addressRecords.write(address.record) }))
      await context.tasks.end([task])
      throwFirst(refused)
    }
    if (outcomes.every(({ error }) => error === undefined)) return context.tasks.end([task])
  }
  await context.tasks.begin([task])
  const moving = new Set([vm?.ID ?? [], address.lessee ?? []].flat())
  const outcomes = await one.multicall([
    merge('vn', ID, { EC2_GOAL: writeAim(aim), EC2_ADDRESS: record }),
    ...makeWay,
    ...Array.from(moving, id => noteMove(id, context)),
  ])
  throwFirst(outcomes.slice(0, 1))
}

/** What is to be kept of an address that is associated so; undefined where that is kept already. */
function keptOf({ record }: Reserved, target: Target): string | undefined {
  const wanted = { domain: record.domain, interface: target.own?.id, private: target.private }
  const isKept = record.interface === wanted.interface && record.private === wanted.private
  return isKept ? undefined : addressRecords.write(wanted)
}

const withLead = (leads: ReadonlyMap<number, string>, number: number, { private: ip }: Target) => {
  const others = [...leads].filter(([each]) => each !== number)
  return new Map(ip === undefined ? others : [...others, [number, ip]])
}
