// Instance states: the one table from OpenNebula's states to EC2's.
import type { InstanceState, InstanceStateName } from '@aws-sdk/client-ec2'
import { LCM_STATE, VM_STATE } from '../../opennebula/states.ts'

/** What of a VM its EC2 state follows from. */
export interface VmState {
  readonly STATE: number
  readonly LCM_STATE: number
}

/**
 * The state that was asked for and OpenNebula could not bring about at that moment: the VM's attribute `EC2_GOAL`.
 * `discard` is the end of a VM that a failed launch left: it was never anybody's instance, and is not listed.
 */
export type WantedState = 'stop' | 'terminate' | 'discard'

/**
 * What the attribute may say: `reboot` of a VM that is off only for an image to be made of it. To EC2 it is running
 * all the while.
 */
export type WantedNote = WantedState | 'reboot'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const codes = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const satisfies Record<InstanceStateName, number>

/** STATE, where the VM is not ACTIVE. */
const byState: Readonly<Record<InstanceStateName, readonly number[]>> = {
  // INIT, PENDING, HOLD, CLONING, CLONING_FAILURE
  pending: [0, 1, 2, 10, 11],
  // STOPPED, SUSPENDED, POWEROFF, UNDEPLOYED
  stopped: [4, 5, 8, 9],
  terminated: [VM_STATE.DONE],
  running: [],
  stopping: [],
  'shutting-down': [],
}

/**
 * LCM_STATE, where it is.
 *
 * A running VM that OpenNebula works on (hot-plug, migration, snapshot, resize, backup) stays running, and a host
 * that does not answer (UNKNOWN) does not end it: clients take any other answer for a failure. A `_FAILURE` is the
 * state that the VM was leaving.
 */
const byLcmState: Readonly<Record<InstanceStateName, readonly number[]>> = {
  // LCM_INIT, PROLOG, BOOT, PROLOG_RESUME, CLEANUP_RESUBMIT, BOOT_(UNKNOWN, POWEROFF, SUSPENDED, STOPPED),
  // PROLOG_UNDEPLOY, BOOT_UNDEPLOY, and the failures of booting
  pending: [0, 1, 2, 9, 15, 19, 20, 21, 22, 31, 32, 36, 39, 47, 48, 49, 50],
  // RUNNING, UNKNOWN, MIGRATE and its kin, HOTPLUG…, DISK_SNAPSHOT…, DISK_RESIZE, HOTPLUG_RESIZE, BACKUP
  running: [3, 4, 7, 8, 16, 17, 24, 25, 26, 35, 37, 38, 57, 59, 60, 61, 62, 66, 69],
  // SAVE_STOP, SAVE_SUSPEND, EPILOG_STOP, SHUTDOWN_POWEROFF, SHUTDOWN_UNDEPLOY, EPILOG_UNDEPLOY, and their failures
  stopping: [5, 6, 10, 18, 29, 30, 41, 42],
  // work on a VM that is off: HOTPLUG_…_POWEROFF, DISK_SNAPSHOT_…_SUSPENDED, PROLOG_MIGRATE_POWEROFF, RESTORE and so on
  stopped: [27, 28, 33, 34, 43, 44, 45, 46, 51, 52, 53, 54, 56, 63, 64, 65, 67, 68, 70, 71],
  // EPILOG, SHUTDOWN, CLEANUP_DELETE, EPILOG_FAILURE
  'shutting-down': [11, 12, 23, 40],
  terminated: [],
}

const invert = (table: Readonly<Record<InstanceStateName, readonly number[]>>) =>
  new Map(
    Object.entries(table).flatMap(([name, numbers]) => numbers.map(number => [number, name as InstanceStateName])),
  )

const stateNames = invert(byState)
const lcmStateNames = invert(byLcmState)

/** The failures, with the words that explain them in `stateReason`. */
const failures = new Map<number, string>([
  [36, 'booting'],
  [37, 'booting after a migration'],
  [38, 'preparing a migration'],
  [39, 'preparing the disks'],
  [40, 'cleaning up'],
  [41, 'saving the disks'],
  [42, 'saving the disks'],
  [44, 'preparing a migration'],
  [46, 'preparing a migration'],
  [47, 'booting'],
  [48, 'booting'],
  [49, 'preparing the disks'],
  [50, 'preparing the disks'],
  [61, 'preparing a migration'],
])

/** Whether the host does not answer, so that OpenNebula does not know what became of the VM. */
export const isUnknown = ({ STATE, LCM_STATE: lcm }: VmState): boolean =>
  STATE === VM_STATE.ACTIVE && lcm === LCM_STATE.UNKNOWN

/** Off its host, in a way from which OpenNebula attaches nothing to it. */
export const isParked = ({ STATE }: VmState): boolean =>
  STATE === VM_STATE.STOPPED || STATE === VM_STATE.SUSPENDED || STATE === VM_STATE.UNDEPLOYED

/** Whether the host does not answer, or a step failed: what a failed status check stands for. */
export const isImpaired = (vm: VmState): boolean =>
  isUnknown(vm) || (vm.STATE === VM_STATE.ACTIVE && failures.has(vm.LCM_STATE))

/** What went wrong on the cloud's side, in words for `stateReason`. */
export function failureReason({ STATE, LCM_STATE: lcm }: VmState): string | undefined {
  const step = STATE === VM_STATE.ACTIVE ? failures.get(lcm) : undefined
  return step && `Server.InternalError: The instance failed while ${step}`
}

/** The state that OpenNebula is in, in EC2's words. */
export function stateOf({ STATE, LCM_STATE: lcm }: VmState): InstanceStateName {
  return (STATE === VM_STATE.ACTIVE ? lcmStateNames.get(lcm) : stateNames.get(STATE)) ?? 'pending'
}

/** The state to show: what was asked for counts from the moment it was accepted, not from when it starts. */
export function shownState(vm: VmState, wanted: WantedNote | undefined): InstanceStateName {
  const state = stateOf(vm)
  if (state === 'terminated' || wanted === undefined) return state
  if (wanted === 'terminate' || wanted === 'discard') return 'shutting-down'
  if (wanted === 'reboot') return state === 'shutting-down' ? state : 'running'
  return state === 'stopped' ? 'stopped' : 'stopping'
}

/** A state in the form of EC2's answers. */
export const stateItem = (name: InstanceStateName): InstanceState => ({ Code: codes[name], Name: name })
