// Work on VMs: in which states it can begin, and which state it is.
import { acquire, type Right } from '../objects/permissions.ts'
import { forgetWritten } from '../objects/written.ts'
import { refused } from '../protocol/errors.ts'
import type { Vm } from '../world/model.ts'
import { isRunning, stateName, VmState } from '../world/vm-states.ts'
import type { Call } from '../world/world.ts'

/** The VM, to be changed: what was written of it is forgotten. */
export function change(call: Call, id: number, right: Right = 'MANAGE'): Vm {
  const vm = acquire(call, call.world.vms, id, right)
  forgetWritten(vm)
  return vm
}

/** LCM_STATE of work on a VM, by the state in which the VM is; ACTIVE stands for RUNNING. */
export type WorkStates = Partial<Record<number, number>>

/** The state for the work. Throws code 2048 where the VM is in none that allows it. */
export function workState(vm: Vm, states: WorkStates, refusal: string): number {
  const work = workFrom(vm, states)
  if (work === undefined) throw refused(`${refusal}, wrong state ${stateName(vm)}.`)
  return work
}

/** The state for the work, undefined where the VM is in none that allows it. */
export const workFrom = (vm: Vm, states: WorkStates): number | undefined =>
  vm.state === VmState.ACTIVE && !isRunning(vm) ? undefined : states[vm.state]
