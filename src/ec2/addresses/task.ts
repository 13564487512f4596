// How an address gets to an instance and away from it: one step at a time, since a VM does one hot-plug at a time.
import { remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { attachNic, detachNic } from '../../opennebula/calls/vm.ts'
import type { Context } from '../core/context.ts'
import { networkPool, type OneReader, type Vm } from '../core/documents.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { isOwn } from '../core/trust.ts'
import { merge } from '../core/writes.ts'
import { stateOf } from '../instances/states.ts'
import { ADDRESSES_LOCK } from './resource.ts'
import {
  type AddressAim,
  type AddressTask,
  aliasOf,
  associationWith,
  type Reserved,
  reservedFrom,
  writeAim,
} from './view.ts'

/** An instance that will not take an address for so long is not going to: the address is free again. */
const PATIENCE_MS = 10 * 60 * 1000

/** Notes on a reservation what is to become of it; undefined takes the note away. */
export const noteAddress = (network: number, aim: AddressAim | undefined): WriteCall =>
  merge('vn', network, { EC2_GOAL: aim ? writeAim(aim) : '' })

/** Detaches the address of a reservation from the VM that has it; undefined where it has not, or not yet. */
export function detachCall(vm: Vm | undefined, network: number): WriteCall | undefined {
  const alias = aliasOf(vm, network)
  return vm && alias && detachNic(vm.ID, alias.NIC_ID)
}

/** The address that a NIC has already, besides that of the reservation `network`. */
export const otherAliasOf = (vm: Vm, nic: number, network: number) =>
  vm.TEMPLATE.NIC_ALIAS.find(
    ({ PARENT_ID, EXTERNAL, NETWORK_ID }) => PARENT_ID === nic && EXTERNAL && NETWORK_ID !== network,
  )

/** Gives a VM's NIC the address of a reservation, as one that is translated outside of the VM. */
export const attachCall = (vm: Vm, nic: number, network: number): WriteCall =>
  attachNic(vm.ID, { NIC_ALIAS: { NETWORK_ID: network, PARENT: nicName(vm, nic), EXTERNAL: true } })

const nicName = (vm: Vm, nic: number) => vm.TEMPLATE.NIC.find(({ NIC_ID }) => NIC_ID === nic)?.NAME ?? `NIC${nic}`

interface Step {
  /** Absent where there is nothing to do but wait, or nothing to do at all. */
  readonly call?: WriteCall | undefined
  /** Whether the task is finished then. */
  readonly ends: boolean
}

export const addressTasks: TaskKind<AddressTask> = {
  kind: 'address',
  id: ({ number }) => number,
  locks: () => [ADDRESSES_LOCK],
  reconcile,
}

/** One round: looks where the addresses are, and takes each a step further. */
async function reconcile(tasks: readonly Pending<AddressTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const addresses = await addressesOf(tasks, one)
  const vms = await vmsByNumber(concerned(tasks, [...addresses.values()]), tools)
  const steps = tasks.map(task => ({ task, ...nextStep(task, addresses.get(task.number), vms, now()) }))
  const taken = steps.filter(({ call }) => call !== undefined)
  const outcomes = await one.multicall(taken.flatMap(({ call }) => call ?? []))
  const refused = new Set(taken.filter((_, index) => outcomes[index]?.error))
  const finished = steps.filter(step => step.ends && !refused.has(step)).map(({ task }) => task)
  return { finished, begun: [] }
}

/** The caller's reservations among those that the tasks are about, whichever pool they are from. */
async function addressesOf(tasks: readonly AddressTask[], one: OneReader): Promise<Map<number, Reserved>> {
  const wanted = new Set(tasks.map(({ number }) => number))
  const addresses = new Map<number, Reserved>()
  for await (const network of one.stream(networkPool({ whose: WHOSE.OWN }))) {
    const address = wanted.has(network.ID) ? reservedFrom(network.PARENT_NETWORK_ID, network) : undefined
    if (address) addresses.set(network.ID, address)
  }
  return addresses
}

const concerned = (tasks: readonly AddressTask[], addresses: readonly Reserved[]): Set<number> =>
  new Set([
    ...tasks.flatMap(task => (task.wanted === 'attach' ? task.vm : [])),
    ...addresses.flatMap(({ lessee }) => lessee ?? []),
  ])

/** Those of these VMs that exist and are the account's. */
export async function vmsByNumber(
  numbers: Iterable<number>,
  { one, account }: Pick<Context, 'one' | 'account'>,
): Promise<Map<number, Vm>> {
  const vms = await Array.fromAsync(one.vms([...numbers]))
  return new Map(vms.filter(vm => isOwn(vm, { account })).map(vm => [vm.ID, vm]))
}

function nextStep(
  task: Pending<AddressTask>,
  address: Reserved | undefined,
  vms: ReadonlyMap<number, Vm>,
  now: number,
): Step {
  if (!address) return { ends: true }
  const { number } = task
  const lessee = address.lessee === undefined ? undefined : vms.get(address.lessee)
  const done: Step = { call: noteAddress(number, undefined), ends: true }
  if (task.wanted === 'attach') {
    const target = associationWith(vms.get(task.vm), task.nic)
    const alias = aliasOf(lessee, number)
    if (!target || isEnding(target.vm) || now - task.since > PATIENCE_MS) return done
    if (alias && lessee?.ID === task.vm && alias.PARENT_ID === task.nic) return done
    if (address.lessee === undefined) return { call: towards(target.vm, task.nic, number), ends: false }
  }
  if (address.lessee !== undefined) return { call: detachCall(lessee, number), ends: false }
  return task.wanted === 'release' ? { call: remove('vn', number), ends: true } : done
}

const isEnding = (vm: Vm) => ['shutting-down', 'terminated'].includes(stateOf(vm))

/** The step to a NIC for an address that is free: an address that the NIC has already makes way for it. */
function towards(vm: Vm, nic: number, network: number): WriteCall {
  const other = otherAliasOf(vm, nic, network)
  return other ? detachNic(vm.ID, other.NIC_ID) : attachCall(vm, nic, network)
}
