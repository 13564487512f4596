// How an address gets to an instance and away from it: one step at a time, since a VM does one hot-plug at a time.
import { remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { attachNic, detachNic } from '../../opennebula/calls/vm.ts'
import type { Context } from '../core/context.ts'
import type { Network, Nic, Vm } from '../core/documents.ts'
import { refusedForGood } from '../core/hot-plugs.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { isOwn } from '../core/trust.ts'
import { merge } from '../core/writes.ts'
import { stateOf } from '../instances/states.ts'
import { leadsIn } from '../network-interfaces/view.ts'
import { ADDRESSES_LOCK, allocationId } from './resource.ts'
import { type AddressTask, noteAddress } from './states.ts'
import { addressesIn, aliasOf, associationAt, associationWith, leadingNowhere, type Reserved } from './view.ts'

/** An instance that will not take an address for so long is not going to: the address is free again. */
const PATIENCE_MS = 10 * 60 * 1000

/** Detaches the address of a reservation from the VM that has it; undefined where it has not, or not yet. */
export function detachCall(vm: Vm | undefined, network: number): WriteCall | undefined {
  const alias = aliasOf(vm, network)
  return vm && alias && detachNic(vm.ID, alias.NIC_ID)
}

/**
 * The address besides that of the reservation `network` that leads to the same private address of a NIC already.
 * @param leads which secondary addresses they lead to
 */
export const otherAliasOf = (vm: Vm, nic: number, network: number, leads: ReadonlyMap<number, string>) =>
  vm.TEMPLATE.NIC_ALIAS.find(
    ({ PARENT_ID, EXTERNAL, NETWORK_ID = -1 }) =>
      PARENT_ID === nic && EXTERNAL && NETWORK_ID !== network && leads.get(NETWORK_ID) === leads.get(network),
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
  ends: ({ wanted }) => wanted === 'release',
  reconcile,
  giveUp: tasks => tasks.map(({ number }) => noteAddress(number, undefined)),
}

/** One round: looks where the addresses are, and takes each a step further. */
async function reconcile(tasks: readonly Pending<AddressTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const networks = await Array.fromAsync(one.networks({ whose: WHOSE.OWN }))
  const addresses = addressesOf(tasks, networks, tools)
  const leads = leadsIn(networks)
  const vms = await vmsByNumber(concerned(tasks, [...addresses.values()]), tools)
  const steps = tasks.map(task => ({ task, ...nextStep(task, addresses.get(task.number), { vms, leads, now: now() }) }))
  const taken = steps.filter(({ call }) => call !== undefined)
  const outcomes = await one.multicall(taken.flatMap(({ call }) => call ?? []))
  const errors = new Map(taken.map(({ task }, index) => [task, outcomes[index]?.error]))
  const finished = steps.filter(({ task, ends }) => ends && !errors.get(task)).map(({ task }) => task)
  const refused = refusedForGood(errors, ({ number }) => ({
    action: 'AssociateAddress',
    input: { AllocationId: allocationId(number) },
  }))
  await one.multicall(refused.flatMap(({ task }) => free(addresses.get(task.number))))
  return { finished, refused, begun: [] }
}

/** What an address is that its interface will never have: associated with nothing. */
const free = (address: Reserved | undefined): WriteCall[] =>
  address ? [merge('vn', address.network.ID, { EC2_GOAL: '', EC2_ADDRESS: leadingNowhere(address) })] : []

/** The caller's reservations among those that the tasks are about, whichever pool they are from. */
function addressesOf(tasks: readonly AddressTask[], networks: readonly Network[], tools: Tools): Map<number, Reserved> {
  const wanted = new Set(tasks.map(({ number }) => number))
  const all = addressesIn('any', networks, tools)
  return new Map(all.filter(({ network }) => wanted.has(network.ID)).map(address => [address.network.ID, address]))
}

const concerned = (tasks: readonly AddressTask[], addresses: readonly Reserved[]): Set<number> =>
  new Set([
    ...tasks.flatMap(task => (task.wanted === 'attach' ? task.vm : [])),
    ...addresses.flatMap(({ lessee, at }) => [
      ...(lessee === undefined ? [] : [lessee]),
      ...(at?.lessee === undefined ? [] : [at.lessee]),
    ]),
  ])

/** Those of these VMs that exist and are the account's. */
export async function vmsByNumber(
  numbers: Iterable<number>,
  { one, account }: Pick<Context, 'one' | 'account'>,
): Promise<Map<number, Vm>> {
  const vms = await Array.fromAsync(one.vms([...numbers]))
  return new Map(vms.filter(vm => isOwn(vm, { account })).map(vm => [vm.ID, vm]))
}

/** What there is to know for a step. */
interface Known {
  readonly vms: ReadonlyMap<number, Vm>
  readonly leads: ReadonlyMap<number, string>
  readonly now: number
}

function nextStep(task: Pending<AddressTask>, address: Reserved | undefined, known: Known): Step {
  if (!address) return { ends: true }
  const { number } = task
  const lessee = address.lessee === undefined ? undefined : known.vms.get(address.lessee)
  const done: Step = { call: noteAddress(number, undefined), ends: true }
  if (task.wanted === 'attach' || task.wanted === 'follow') {
    if (known.now - task.since > PATIENCE_MS) return done
    const target = targetOf(task, address, known.vms)
    if (target === 'soon') return { ends: false }
    if (target === undefined && task.wanted === 'attach') return done
    if (target) {
      const alias = aliasOf(lessee, number)
      if (alias && lessee?.ID === target.vm.ID && alias.PARENT_ID === target.nic.NIC_ID) return done
      if (address.lessee === undefined) return { call: towards(target, number, known.leads), ends: false }
    }
  }
  if (address.lessee !== undefined) return { call: detachCall(lessee, number), ends: false }
  return task.wanted === 'release' ? { call: remove('vn', number), ends: true } : done
}

/** The NIC that an address is to get to; none where it is not to be at any. */
function targetOf(task: AddressTask, { at }: Reserved, vms: ReadonlyMap<number, Vm>) {
  if (task.wanted !== 'attach' && at?.goal === 'attach' && at.lessee === undefined) return 'soon'
  const found = task.wanted === 'attach' ? associationWith(vms.get(task.vm), task.nic) : at && associationAt(at, vms)
  return found?.vm && !isEnding(found.vm) ? found : undefined
}

const isEnding = (vm: Vm) => ['shutting-down', 'terminated'].includes(stateOf(vm))

/** The step to a NIC for an address that is free: an address that is there already makes way for it. */
function towards(
  { vm, nic: { NIC_ID: nic } }: { readonly vm: Vm; readonly nic: Nic },
  network: number,
  leads: ReadonlyMap<number, string>,
): WriteCall {
  const other = otherAliasOf(vm, nic, network, leads)
  return other ? detachNic(vm.ID, other.NIC_ID) : attachCall(vm, nic, network)
}
