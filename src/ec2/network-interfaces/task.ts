// Hot-plugs of interfaces with addresses of their own: what has to wait for its turn, and what is noted of it meanwhile.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { attachNic, detachNic } from '../../opennebula/calls/vm.ts'
import { isSettled, VM_STATE } from '../../opennebula/states.ts'
import { type AddressTask, follow } from '../addresses/states.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Nic, Vm } from '../core/documents.ts'
import { isBusy, mayTakeEffect, throwFirst } from '../core/failures.ts'
import { type HotPlug, type HotPlugs, isTooLate, type NextHotPlug, takeTurns } from '../core/hot-plugs.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { merge } from '../core/writes.ts'
import { stateOf } from '../instances/states.ts'
import { membersChange } from '../security-groups/states.ts'
import { readOwnInterfaces } from './find.ts'
import type { InterfaceGoal, OwnInterface } from './own.ts'
import { INTERFACES_LOCK } from './resource.ts'

/** An interface to bring into a VM or out of it. */
export interface InterfaceTask extends HotPlug {
  readonly kind: 'interface'
  /** OpenNebula number of the reservation. */
  readonly number: number
  readonly wanted: InterfaceGoal
  /** The id of the attachment that is to be. One that was not noted on the reservation was never asked for. */
  readonly attachment?: string
}

/** Notes on a reservation what is to become of where the interface is; none takes the note away. */
export const noteGoal = (number: number, goal?: InterfaceGoal): WriteCall =>
  merge('vn', number, { EC2_GOAL: goal ?? '' })

/** Gives a VM an interface: with the groups of its network, which are its own. */
export const plugIn = (vm: number, number: number): WriteCall => attachNic(vm, { NIC: { NETWORK_ID: number } })

/** The NIC of a VM that is an interface. */
export const nicOf = (vm: Vm, number: number): Nic | undefined =>
  vm.TEMPLATE.NIC.find(({ NETWORK_ID }) => NETWORK_ID === number)

export const interfaceTasks: TaskKind<InterfaceTask> = {
  kind: 'interface',
  id: ({ number }) => number,
  locks: () => [INTERFACES_LOCK],
  isAnother: (task, earlier) => task.wanted !== earlier.wanted || task.vm !== earlier.vm,
  reconcile,
}

/** Of interfaces that are to be attached it reads first what is noted of them. Their elastic addresses come after them. */
async function reconcile(tasks: readonly Pending<InterfaceTask>[], tools: Tools): Promise<Progress> {
  const own = tasks.some(isAttach) ? await readOwnInterfaces(tools) : new Map<number, OwnInterface>()
  const isMeant = (task: InterfaceTask) =>
    !isAttach(task) || own.get(task.number)?.record.attachment?.id === task.attachment
  const plugs: HotPlugs<InterfaceTask> = {
    next: (task, vm, age) => (isMeant(task) ? nextPlug(task, vm, age) : 'done'),
    over: ({ number }) => [noteGoal(number)],
    asked: ({ number }) => ({
      action: 'AttachNetworkInterface',
      input: { NetworkInterfaceId: own.get(number)?.id },
    }),
  }
  const { finished, refused, begun } = await takeTurns(tasks, tools, plugs)
  const following = tasks.filter(task => isAttach(task) && finished.includes(task))
  return { finished, refused, begun: [...begun, ...following.flatMap(({ number }) => followers(own.get(number)))] }
}

/** What brings the elastic addresses of an interface to where that is. */
export const followers = (own: Pick<OwnInterface, 'addresses'> | undefined): AddressTask[] =>
  (own?.addresses ?? []).map(({ number }) => follow(number))

const takenBack = ({ number, vm }: InterfaceTask): InterfaceTask => ({
  kind: 'interface',
  number,
  wanted: 'detach',
  vm,
})

const isAttach = ({ wanted }: InterfaceTask): boolean => wanted === 'attach'

function nextPlug({ wanted, number, vm: id }: InterfaceTask, vm: Vm | undefined, age: number): NextHotPlug {
  if (vm === undefined || vm.STATE === VM_STATE.DONE || isTooLate(age, stateOf(vm) === 'pending')) return 'done'
  const nic = nicOf(vm, number)
  if (nic?.ATTACH) return 'wait'
  if ((nic === undefined) === (wanted === 'detach')) return 'done'
  if (!isSettled(vm)) return 'wait'
  return nic ? detachNic(id, nic.NIC_ID) : plugIn(id, number)
}

/** What brings an interface into a VM or out of it, and what is noted where that has to wait. */
interface Plan {
  /** The hot-plug last. */
  readonly now: readonly WriteCall[]
  readonly later: readonly WriteCall[]
  /** What follows once it is attached. */
  readonly after?: readonly AddressTask[]
}

/**
 * Has OpenNebula do a hot-plug now, or later where it is busy. It is written down first: what breaks off is done all the
 * same. That an interface goes is looked after until it has gone, since a guest may not let go of it.
 */
export async function plug(
  task: InterfaceTask,
  vm: Vm,
  { now, later, after = [] }: Plan,
  context: ChangeContext,
): Promise<void> {
  const one = context.commit()
  await context.tasks.begin([task])
  await membersChange(context)
  let isPlugged = false
  try {
    const outcomes = isSettled(vm) ? await one.multicall(now) : []
    isPlugged = outcomes.length > 0 && outcomes.at(-1)?.error === undefined
    throwFirst(outcomes.filter(({ error }) => !isBusy(error)))
    const isBegun = outcomes.length > 0 && outcomes.every(({ error }) => error === undefined)
    if (!isBegun) await one.multicall(later)
    else if (isAttach(task)) {
      await context.tasks.begin(after)
      await context.tasks.end([task])
    }
  } catch (error) {
    // What may have begun is looked after until it has come to its end, and what is attached without its note taken back
    if (isAttach(task) && isPlugged) await context.tasks.begin([takenBack(task)])
    else if (!mayTakeEffect(error)) await context.tasks.end([task])
    throw error
  }
}
