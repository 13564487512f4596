// What the actions of one.vm.action do, and in which states.
import { refused } from '../protocol/errors.ts'
import type { Vm } from '../world/model.ts'
import { Lcm, stateName, VmState } from '../world/vm-states.ts'
import type { Call } from '../world/world.ts'
import { Action, continueStay, keepVm, noteAction, type Stamp, stamp } from './history.ts'
import { enter, freeResources } from './lifecycle.ts'

type State = keyof typeof VmState | keyof typeof Lcm

type Effect = (call: Call, vm: Vm) => void

interface VmAction {
  /** What it does, in the states, in words, in which it can be done. */
  effects: Partial<Record<State, Effect>>
  /** Why not in the other states, where the front-end has words of its own. */
  refusal?(vm: Vm): string
}

/** Notes the action in the history and enters a transient state. */
const begin =
  (action: number, lcm: number, ...times: Stamp[]) =>
  (call: Call, vm: Vm): void => {
    noteAction(call, vm, action)
    stamp(call.world, vm, ...times)
    enter(call.world, vm, VmState.ACTIVE, lcm)
  }

/** A stay goes on after a rest. */
const restart =
  (lcm: number) =>
  (call: Call, vm: Vm): void => {
    const { state, lcm: rested } = vm
    continueStay(call.world, vm)
    noteAction(call, vm, Action.RESUME)
    vm.lastPoll = 0
    enter(call.world, vm, VmState.ACTIVE, lcm)
    keepVm(call.world, vm, {}, { state, lcm: rested })
  }

const rest =
  (state: number) =>
  (call: Call, vm: Vm): void =>
    enter(call.world, vm, state)

const discard = (call: Call, vm: Vm): void => freeResources(call.world, vm)
const nothing = (): void => {}

const FAILURES = Object.keys(Lcm).filter((name): name is keyof typeof Lcm => name.endsWith('_FAILURE'))

/** The same effect in several states. */
const inEach = (states: readonly State[], effect: Effect): Partial<Record<State, Effect>> =>
  Object.fromEntries(states.map(state => [state, effect]))

/** Done to a running VM; what is `hard` can also be done while the same without force is under way. */
const endRun = (effect: Effect, hard: boolean, underWay: State): Partial<Record<State, Effect>> =>
  inEach(['RUNNING', 'UNKNOWN', ...(hard ? [underWay] : [])], effect)

const terminate = (action: number): VmAction => ({
  effects: {
    ...inEach(['INIT', 'PENDING', 'HOLD', 'CLONING', 'CLONING_FAILURE', ...FAILURES], discard),
    ...inEach(['SUSPENDED', 'POWEROFF', 'STOPPED', 'UNDEPLOYED'], begin(action, Lcm.EPILOG, 'estime')),
    ...endRun(begin(action, Lcm.SHUTDOWN), action === Action.TERMINATE_HARD, 'SHUTDOWN'),
    DONE: nothing,
  },
  refusal: vm => `Could not terminate VM ${vm.id}, wrong state ${stateName(vm)}.`,
})

const undeploy = (action: number): VmAction => ({
  effects: {
    ...endRun(begin(action, Lcm.SHUTDOWN_UNDEPLOY), action === Action.UNDEPLOY_HARD, 'SHUTDOWN_UNDEPLOY'),
    POWEROFF: begin(action, Lcm.EPILOG_UNDEPLOY, 'estime'),
  },
})

const poweroff = (action: number): VmAction => ({
  effects: endRun(begin(action, Lcm.SHUTDOWN_POWEROFF), action === Action.POWEROFF_HARD, 'SHUTDOWN_POWEROFF'),
})

const stop: VmAction = {
  effects: {
    RUNNING: begin(Action.STOP, Lcm.SAVE_STOP),
    SUSPENDED: begin(Action.STOP, Lcm.EPILOG_STOP, 'estime'),
  },
}

const resume: VmAction = {
  effects: {
    ...inEach(['STOPPED', 'UNDEPLOYED'], rest(VmState.PENDING)),
    SUSPENDED: restart(Lcm.BOOT_SUSPENDED),
    POWEROFF: restart(Lcm.BOOT_POWEROFF),
    UNKNOWN: restart(Lcm.BOOT_UNKNOWN),
  },
}

const ACTIONS = new Map<string, VmAction>([
  ['terminate', terminate(Action.TERMINATE)],
  ['terminate-hard', terminate(Action.TERMINATE_HARD)],
  ['undeploy', undeploy(Action.UNDEPLOY)],
  ['undeploy-hard', undeploy(Action.UNDEPLOY_HARD)],
  ['poweroff', poweroff(Action.POWEROFF)],
  ['poweroff-hard', poweroff(Action.POWEROFF_HARD)],
  ['reboot', { effects: { RUNNING: nothing } }],
  ['reboot-hard', { effects: { RUNNING: nothing } }],
  ['hold', { effects: { PENDING: rest(VmState.HOLD) } }],
  ['release', { effects: { HOLD: rest(VmState.PENDING) } }],
  ['suspend', { effects: { RUNNING: begin(Action.SUSPEND, Lcm.SAVE_SUSPEND) } }],
  ['stop', stop],
  ['resume', resume],
])

/** one.vm.action. Throws code 2048 for an unknown action and for a state in which it cannot be done. */
export function performAction(call: Call, vm: Vm, name: string): void {
  const action = ACTIONS.get(name)
  if (!action) throw refused(`Action "${name}" is not supported`)
  const effect = Object.entries(action.effects).find(([state]) => state === stateName(vm))?.[1]
  if (!effect) {
    const reason = action.refusal?.(vm) ?? `This action is not available for state ${stateName(vm)}`
    throw refused(`Error performing action "${name}": ${reason}`)
  }
  effect(call, vm)
}
