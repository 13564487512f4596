// States that instances are to reach: stopped, terminated. What OpenNebula has begun is looked after until it has come about.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { vmAction } from '../../opennebula/calls/vm.ts'
import { diskOf } from '../../opennebula/disks.ts'
import { OneError } from '../../opennebula/errors.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Vm } from '../core/documents.ts'
import { lostReservation } from '../core/reservations.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { deletionsOf } from '../disk-images/deletion.ts'
import { INTERFACES_LOCK } from '../network-interfaces/resource.ts'
import { noteWanted, stateLock } from './resource.ts'
import { isImpaired, stateOf, type WantedState } from './states.ts'

/** A state that a VM is to reach. */
export interface StateTask {
  readonly kind: 'vm'
  readonly number: number
  /** The instance's id, by which its state is locked. */
  readonly id: string
  readonly wanted: WantedState
  /** Whether the guest is not asked. */
  readonly hard?: boolean
  /** The volumes that end with it, by the numbers of their images: names are their owner's to change. */
  readonly volumes?: readonly number[]
  /** The ids of the network interfaces with addresses of their own that end with it. */
  readonly interfaces?: readonly string[]
}

const weights = { stop: 0, terminate: 1, discard: 2 } as const satisfies Record<WantedState, number>

export const stateTasks: TaskKind<StateTask> = {
  kind: 'vm',
  id: ({ number }) => number,
  locks: ({ id }) => [stateLock(id)],
  weight: ({ wanted }) => weights[wanted],
  reconcile,
  giveUp: tasks => tasks.flatMap(({ number, wanted }) => (wanted === 'discard' ? [] : noteWanted(number, ''))),
}

/** A guest that ignores a polite shutdown for so long is switched off, as AWS does; milliseconds. */
const PATIENCE = 2 * 60 * 1000

/**
 * What OpenNebula has begun is waited for: the hypervisor may refuse it yet, and the VM run on. Where it has to begin
 * (again) the task is noted on the VM, to be shown meanwhile.
 */
async function reconcile(tasks: readonly Pending<StateTask>[], { one, now }: Tools): Promise<Progress> {
  const vms = new Map((await Array.fromAsync(one.vms(tasks.map(({ number }) => number)))).map(vm => [vm.ID, vm]))
  const steps = tasks.map(task => ({ task, vm: vms.get(task.number), ...nextStep(task, vms.get(task.number), now()) }))
  const open = steps.filter(({ call }) => call !== undefined)
  const unnoted = open.filter(({ task, vm, ends }) => !ends && noted(vm) !== task.wanted)
  const notes = unnoted.map(({ task: { number, wanted } }) => noteWanted(number, wanted))
  const outcomes = await one.multicall([...notes, ...open.flatMap(({ call }) => call ?? [])])
  const errors = new Map(open.map(({ task }, index) => [task, outcomes[notes.length + index]?.error]))
  const finished = steps.filter(({ task, ends = false }) => isEnd(errors.get(task), ends))
  const ended = finished.filter(({ call }) => call === undefined)
  const volumes = ended.flatMap(({ task, vm }) => (task.volumes ?? []).filter(image => mayHave(vm, image)))
  const deletions = await deletionsOf(volumes, ({ ID }) => ID, one)
  const interfaces = ended.flatMap(({ task }) =>
    (task.interfaces ?? []).map(id => lostReservation(id, INTERFACES_LOCK, stateLock(task.id))),
  )
  return { finished: finished.map(({ task }) => task), begun: [...deletions, ...interfaces] }
}

/** A volume that was detached meanwhile is no longer one that ends with the VM. */
const mayHave = (vm: Vm | undefined, image: number) => vm === undefined || diskOf(vm, image) !== undefined

interface Step {
  /** Absent where there is nothing to do, or nothing but to wait. */
  readonly call?: WriteCall
  /** Whether the task is finished then. */
  readonly ends?: boolean
}

function nextStep({ wanted, number, since, hard }: Pending<StateTask>, vm: Vm | undefined, now: number): Step {
  const state = vm ? stateOf(vm) : 'terminated'
  if (vm === undefined || state === 'terminated') return { ends: true }
  const late = wanted === 'stop' && !hard && now - since > PATIENCE
  if (state === (wanted === 'stop' ? 'stopping' : 'shutting-down') && !isImpaired(vm) && !late) return {}
  if (wanted !== 'stop') return { call: vmAction('terminate-hard', number) }
  if (state === 'stopped') return noted(vm) ? { call: noteWanted(number, ''), ends: true } : { ends: true }
  return { call: vmAction(hard || late ? 'poweroff-hard' : 'poweroff', number) }
}

const noted = (vm: Vm | undefined) => vm && textOf(vm.USER_TEMPLATE, 'EC2_GOAL')

/** What is gone, or not the account's any more, has nothing left to bring about. */
const isEnd = (error: Error | undefined, ends = false) =>
  error === undefined
    ? ends
    : error instanceof OneError && (error.code === 'NO_EXISTS' || error.code === 'AUTHORIZATION')
