// The VM state machine: what each transient state leads to, and what the actions of one.vm.action do in which state.
import { diskById, finishResize, releaseDiskImage, removeDisk } from './disks.ts'
import { refused } from './errors.ts'
import { Action, beginStay, clearAction, continueStay, noteAction, stamp } from './history.ts'
import { finishSaving, isLocked } from './images.ts'
import { nicById, releaseNics, removeNic } from './nics.ts'
import { vectors } from './template.ts'
import { forgetDocuments } from './vm-documents.ts'
import type { Call, DelayName, Image, Vm, World } from './world.ts'

/** STATE of a VM. */
export const VmState = {
  INIT: 0,
  PENDING: 1,
  HOLD: 2,
  ACTIVE: 3,
  STOPPED: 4,
  SUSPENDED: 5,
  DONE: 6,
  POWEROFF: 8,
  UNDEPLOYED: 9,
  CLONING: 10,
  CLONING_FAILURE: 11,
} as const

/** LCM_STATE of an ACTIVE VM, as far as the sandbox uses them by name. */
export const Lcm = {
  LCM_INIT: 0,
  PROLOG: 1,
  BOOT: 2,
  RUNNING: 3,
  SAVE_STOP: 5,
  SAVE_SUSPEND: 6,
  PROLOG_RESUME: 9,
  EPILOG_STOP: 10,
  EPILOG: 11,
  SHUTDOWN: 12,
  UNKNOWN: 16,
  HOTPLUG: 17,
  SHUTDOWN_POWEROFF: 18,
  BOOT_UNKNOWN: 19,
  BOOT_POWEROFF: 20,
  BOOT_SUSPENDED: 21,
  BOOT_STOPPED: 22,
  HOTPLUG_NIC: 25,
  HOTPLUG_SAVEAS: 26,
  HOTPLUG_SAVEAS_POWEROFF: 27,
  HOTPLUG_SAVEAS_SUSPENDED: 28,
  SHUTDOWN_UNDEPLOY: 29,
  EPILOG_UNDEPLOY: 30,
  PROLOG_UNDEPLOY: 31,
  BOOT_UNDEPLOY: 32,
  HOTPLUG_PROLOG_POWEROFF: 33,
  HOTPLUG_EPILOG_POWEROFF: 34,
  BOOT_FAILURE: 36,
  BOOT_MIGRATE_FAILURE: 37,
  PROLOG_MIGRATE_FAILURE: 38,
  PROLOG_FAILURE: 39,
  EPILOG_FAILURE: 40,
  EPILOG_STOP_FAILURE: 41,
  EPILOG_UNDEPLOY_FAILURE: 42,
  BOOT_UNDEPLOY_FAILURE: 47,
  BOOT_STOPPED_FAILURE: 48,
  PROLOG_RESUME_FAILURE: 49,
  PROLOG_UNDEPLOY_FAILURE: 50,
  DISK_RESIZE: 62,
  DISK_RESIZE_POWEROFF: 63,
  DISK_RESIZE_UNDEPLOYED: 64,
  HOTPLUG_NIC_POWEROFF: 65,
  HOTPLUG_RESIZE: 66,
} as const

const nameOf = (states: Record<string, number>, value: number): string =>
  Object.entries(states).find(([, candidate]) => candidate === value)?.[0] ?? String(value)

/** The state in words, as messages have it. */
export const stateName = (vm: Vm): string =>
  vm.state === VmState.ACTIVE ? nameOf(Lcm, vm.lcm) : nameOf(VmState, vm.state)

export const isRunning = (vm: Vm): boolean => vm.state === VmState.ACTIVE && vm.lcm === Lcm.RUNNING

// Transient states -----------------------------------------------------------------------------------------------------

interface Phase {
  delay: DelayName
  /** What happens at the end; it enters the next state. */
  end(world: World, vm: Vm): void
}

/** Puts a VM into a state that lasts (`lcm` 0) or, ACTIVE, into one that leads on by itself. */
export function enter(world: World, vm: Vm, state: number, lcm: number = Lcm.LCM_INIT): void {
  vm.state = state
  vm.lcm = lcm
  vm.ticket += 1
  forgetDocuments(vm)
  const phase = phaseOf(vm)
  if (phase) world.later(phase.delay, 'vm', vm)
}

const phaseOf = (vm: Vm): Phase | undefined => {
  if (vm.state === VmState.PENDING) return { delay: 'pending', end: deploy }
  return vm.state === VmState.ACTIVE ? PHASES[vm.lcm] : undefined
}

/** Ends the state that the VM is in. */
export function finishPhase(world: World, vm: Vm): void {
  phaseOf(vm)?.end(world, vm)
  forgetDocuments(vm)
}

function deploy(world: World, vm: Vm): void {
  beginStay(world, vm)
  for (const graphics of vectors(vm.template, 'GRAPHICS')) graphics['PORT'] ??= String(5900 + vm.id)
  vm.template['TM_MAD_SYSTEM'] = ['dummy']
  enter(world, vm, VmState.ACTIVE)
}

/** A VM that was stopped or undeployed comes back by other states than a new one. */
function prolog(world: World, vm: Vm): void {
  const left = vm.history.at(-2)?.action
  const undeployed = left === Action.UNDEPLOY || left === Action.UNDEPLOY_HARD
  enter(
    world,
    vm,
    VmState.ACTIVE,
    left === Action.STOP ? Lcm.PROLOG_RESUME : undeployed ? Lcm.PROLOG_UNDEPLOY : Lcm.PROLOG,
  )
}

const active =
  (lcm: number, ...times: Parameters<typeof stamp>[2][]) =>
  (world: World, vm: Vm): void => {
    stamp(world, vm, ...times)
    enter(world, vm, VmState.ACTIVE, lcm)
  }

const resting =
  (state: number, ...times: Parameters<typeof stamp>[2][]) =>
  (world: World, vm: Vm): void => {
    stamp(world, vm, ...times)
    enter(world, vm, state)
  }

function running(world: World, vm: Vm): void {
  const record = vm.history.at(-1)
  vm.deployId = `${world.hosts[record?.host ?? 0]}:${vm.name}:dummy`
  clearAction(vm)
  enter(world, vm, VmState.ACTIVE, Lcm.RUNNING)
}

function epilog(world: World, vm: Vm): void {
  stamp(world, vm, 'eetime')
  freeResources(world, vm)
}

/** What is left of a VM is DONE: its addresses and images are free. */
export function freeResources(world: World, vm: Vm): void {
  releaseNics(world, vm)
  for (const disk of vectors(vm.template, 'DISK')) releaseDiskImage(world, vm, disk)
  for (const graphics of vectors(vm.template, 'GRAPHICS')) delete graphics['PORT']
  const last = vm.history.at(-1)
  if (last?.rstime !== 0 && last?.retime === 0) stamp(world, vm, 'retime')
  if (last?.etime === 0) stamp(world, vm, 'etime')
  vm.etime = world.clock.seconds()
  enter(world, vm, VmState.DONE)
}

/** Ends a hotplug: what it was for takes effect, and the VM is as before. */
const hotplugged =
  (state: number, lcm?: number) =>
  (world: World, vm: Vm): void => {
    finishOperation(world, vm)
    enter(world, vm, state, lcm)
  }

function finishOperation(world: World, vm: Vm): void {
  const { operation } = vm
  vm.operation = { name: 'none' }
  if (operation.name === 'attach') delete diskById(vm, operation.disk)?.['ATTACH']
  if (operation.name === 'detach') removeDisk(world, vm, operation.disk)
  if (operation.name === 'resize') finishResize(world, vm, operation.disk)
  if (operation.name === 'attachNic') delete nicById(vm, operation.nic)?.nic['ATTACH']
  if (operation.name === 'detachNic') removeNic(world, vm, operation.nic)
  if (operation.name === 'saveAs') finishSaving(world, operation.image)
}

const backToRunning = hotplugged(VmState.ACTIVE, Lcm.RUNNING)
const backToPoweroff = hotplugged(VmState.POWEROFF)

const PHASES: Record<number, Phase> = {
  [Lcm.LCM_INIT]: { delay: 'dispatch', end: prolog },
  [Lcm.PROLOG]: { delay: 'prolog', end: active(Lcm.BOOT, 'petime', 'rstime') },
  [Lcm.PROLOG_RESUME]: { delay: 'prolog', end: active(Lcm.BOOT_STOPPED, 'petime', 'rstime') },
  [Lcm.PROLOG_UNDEPLOY]: { delay: 'prolog', end: active(Lcm.BOOT_UNDEPLOY, 'petime', 'rstime') },
  [Lcm.BOOT]: { delay: 'boot', end: running },
  [Lcm.BOOT_UNKNOWN]: { delay: 'boot', end: running },
  [Lcm.BOOT_POWEROFF]: { delay: 'boot', end: running },
  [Lcm.BOOT_SUSPENDED]: { delay: 'boot', end: running },
  [Lcm.BOOT_STOPPED]: { delay: 'boot', end: running },
  [Lcm.BOOT_UNDEPLOY]: { delay: 'boot', end: running },
  [Lcm.SHUTDOWN_POWEROFF]: { delay: 'shutdown', end: resting(VmState.POWEROFF, 'retime') },
  [Lcm.SAVE_SUSPEND]: { delay: 'save', end: resting(VmState.SUSPENDED, 'retime') },
  [Lcm.SAVE_STOP]: { delay: 'save', end: active(Lcm.EPILOG_STOP, 'retime', 'estime') },
  [Lcm.EPILOG_STOP]: { delay: 'epilog', end: resting(VmState.STOPPED, 'eetime', 'etime') },
  [Lcm.SHUTDOWN_UNDEPLOY]: { delay: 'shutdown', end: active(Lcm.EPILOG_UNDEPLOY, 'retime', 'estime') },
  [Lcm.EPILOG_UNDEPLOY]: { delay: 'epilog', end: resting(VmState.UNDEPLOYED, 'eetime', 'etime') },
  [Lcm.SHUTDOWN]: { delay: 'shutdown', end: active(Lcm.EPILOG, 'retime', 'estime') },
  [Lcm.EPILOG]: { delay: 'epilog', end: epilog },
  [Lcm.HOTPLUG]: { delay: 'hotplug', end: backToRunning },
  [Lcm.HOTPLUG_NIC]: { delay: 'hotplugNic', end: backToRunning },
  [Lcm.HOTPLUG_SAVEAS]: { delay: 'saveas', end: backToRunning },
  [Lcm.HOTPLUG_RESIZE]: { delay: 'resize', end: backToRunning },
  [Lcm.DISK_RESIZE]: { delay: 'resize', end: backToRunning },
  [Lcm.HOTPLUG_PROLOG_POWEROFF]: { delay: 'hotplug', end: backToPoweroff },
  [Lcm.HOTPLUG_EPILOG_POWEROFF]: { delay: 'hotplug', end: backToPoweroff },
  [Lcm.HOTPLUG_NIC_POWEROFF]: { delay: 'hotplugNic', end: backToPoweroff },
  [Lcm.HOTPLUG_SAVEAS_POWEROFF]: { delay: 'saveas', end: backToPoweroff },
  [Lcm.HOTPLUG_SAVEAS_SUSPENDED]: { delay: 'saveas', end: hotplugged(VmState.SUSPENDED) },
  [Lcm.DISK_RESIZE_POWEROFF]: { delay: 'resize', end: backToPoweroff },
  [Lcm.DISK_RESIZE_UNDEPLOYED]: { delay: 'resize', end: hotplugged(VmState.UNDEPLOYED) },
}

/** VMs that waited for an image go on when none of their images is locked any more. */
export function wakeCloning(world: World, image: Image): void {
  for (const vm of image.vms.map(id => world.vms.get(id))) {
    if (vm?.state !== VmState.CLONING || waitsForImage(world, vm)) continue
    enter(world, vm, vm.template['SUBMIT_ON_HOLD'] ? VmState.HOLD : VmState.PENDING)
  }
}

/** Whether one of the VM's images is still being imported. */
export const waitsForImage = (world: World, vm: Vm): boolean =>
  vectors(vm.template, 'DISK').some(disk => {
    const image = world.images.get(Number(disk['IMAGE_ID'] ?? -1))
    return image !== undefined && isLocked(image)
  })

// Actions --------------------------------------------------------------------------------------------------------------

type State = keyof typeof VmState | keyof typeof Lcm

interface VmAction {
  /** States, in words, in which it can be done, and what it does there. */
  in: Partial<Record<State, (call: Call, vm: Vm) => void>>
  /** Why not in the other states, where the front-end has words of its own. */
  refusal?(vm: Vm): string
}

/** Notes the action in the history and enters a transient state. */
const begin =
  (action: number, lcm: number, ...times: Parameters<typeof stamp>[2][]) =>
  (call: Call, vm: Vm): void => {
    noteAction(call, vm, action)
    stamp(call.world, vm, ...times)
    enter(call.world, vm, VmState.ACTIVE, lcm)
  }

/** A stay goes on after a rest. */
const restart =
  (lcm: number) =>
  (call: Call, vm: Vm): void => {
    continueStay(call.world, vm)
    noteAction(call, vm, Action.RESUME)
    enter(call.world, vm, VmState.ACTIVE, lcm)
  }

const rest =
  (state: number) =>
  (call: Call, vm: Vm): void =>
    enter(call.world, vm, state)

const discard = (call: Call, vm: Vm): void => freeResources(call.world, vm)
const nothing = (): void => {}

const FAILURES: State[] = [
  'BOOT_FAILURE',
  'BOOT_MIGRATE_FAILURE',
  'PROLOG_MIGRATE_FAILURE',
  'PROLOG_FAILURE',
  'EPILOG_FAILURE',
  'EPILOG_STOP_FAILURE',
  'EPILOG_UNDEPLOY_FAILURE',
  'BOOT_UNDEPLOY_FAILURE',
  'BOOT_STOPPED_FAILURE',
  'PROLOG_RESUME_FAILURE',
  'PROLOG_UNDEPLOY_FAILURE',
]

const terminate = (action: number): VmAction => {
  const shutdown = begin(action, Lcm.SHUTDOWN)
  const epilogue = begin(action, Lcm.EPILOG, 'estime')
  return {
    in: {
      ...Object.fromEntries(FAILURES.map(state => [state, discard])),
      ...{ INIT: discard, PENDING: discard, HOLD: discard, CLONING: discard, CLONING_FAILURE: discard, DONE: nothing },
      ...{ SUSPENDED: epilogue, POWEROFF: epilogue, STOPPED: epilogue, UNDEPLOYED: epilogue },
      ...{ RUNNING: shutdown, UNKNOWN: shutdown },
      ...(action === Action.TERMINATE_HARD ? { SHUTDOWN: shutdown } : {}),
    },
    refusal: vm => `Could not terminate VM ${vm.id}, wrong state ${stateName(vm)}.`,
  }
}

const undeploy = (action: number): VmAction => {
  const shutdown = begin(action, Lcm.SHUTDOWN_UNDEPLOY)
  const hard = action === Action.UNDEPLOY_HARD ? { SHUTDOWN_UNDEPLOY: shutdown } : {}
  return {
    in: { POWEROFF: begin(action, Lcm.EPILOG_UNDEPLOY, 'estime'), RUNNING: shutdown, UNKNOWN: shutdown, ...hard },
  }
}

const poweroff = (action: number): VmAction => {
  const shutdown = begin(action, Lcm.SHUTDOWN_POWEROFF)
  const hard = action === Action.POWEROFF_HARD ? { SHUTDOWN_POWEROFF: shutdown } : {}
  return { in: { RUNNING: shutdown, UNKNOWN: shutdown, ...hard } }
}

const ACTIONS = new Map<string, VmAction>([
  ['terminate', terminate(Action.TERMINATE)],
  ['terminate-hard', terminate(Action.TERMINATE_HARD)],
  ['undeploy', undeploy(Action.UNDEPLOY)],
  ['undeploy-hard', undeploy(Action.UNDEPLOY_HARD)],
  ['poweroff', poweroff(Action.POWEROFF)],
  ['poweroff-hard', poweroff(Action.POWEROFF_HARD)],
  ['reboot', { in: { RUNNING: nothing } }],
  ['reboot-hard', { in: { RUNNING: nothing } }],
  ['hold', { in: { PENDING: rest(VmState.HOLD) } }],
  ['release', { in: { HOLD: rest(VmState.PENDING) } }],
  [
    'stop',
    { in: { RUNNING: begin(Action.STOP, Lcm.SAVE_STOP), SUSPENDED: begin(Action.STOP, Lcm.EPILOG_STOP, 'estime') } },
  ],
  ['suspend', { in: { RUNNING: begin(Action.SUSPEND, Lcm.SAVE_SUSPEND) } }],
  [
    'resume',
    {
      in: {
        STOPPED: rest(VmState.PENDING),
        UNDEPLOYED: rest(VmState.PENDING),
        SUSPENDED: restart(Lcm.BOOT_SUSPENDED),
        POWEROFF: restart(Lcm.BOOT_POWEROFF),
        UNKNOWN: restart(Lcm.BOOT_UNKNOWN),
      },
    },
  ],
])

/** one.vm.action. Throws code 2048 for an unknown action and for a state in which it cannot be done. */
export function performAction(call: Call, vm: Vm, name: string): void {
  const action = ACTIONS.get(name)
  if (!action) throw refused(`Action "${name}" is not supported`)
  const effect = Object.entries(action.in).find(([state]) => state === stateName(vm))?.[1]
  if (!effect) {
    const reason = action.refusal?.(vm) ?? `This action is not available for state ${stateName(vm)}`
    throw refused(`Error performing action "${name}": ${reason}`)
  }
  effect(call, vm)
}
