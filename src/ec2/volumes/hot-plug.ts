// One hot-plug at a time per VM is all that OpenNebula does: volumes that have to wait for their turn, and how they get it.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { detachDisk, resizeDisk } from '../../opennebula/calls/vm.ts'
import { diskOf, hasTarget } from '../../opennebula/disks.ts'
import { OneError } from '../../opennebula/errors.ts'
import { isSettled, VM_STATE } from '../../opennebula/states.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Disk, Vm } from '../core/documents.ts'
import { isBusy, toEc2Error } from '../core/failures.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { attachDisk } from '../core/writes.ts'
import type { AttachedDisk } from '../disk-images/devices.ts'
import { stateOf } from '../instances/states.ts'
import { type InstanceView, noteDetachment } from '../instances/view.ts'
import { volumeLock } from './resource.ts'
import { type HotPlugNote, type HotPlugTask, noteHotPlug } from './view.ts'

/** For every location to see, on the volume and on its VM: it is on its way. */
export function notesOf({ number, wanted, disk }: HotPlugTask, vm: Vm): WriteCall[] {
  const found = wanted === 'detach' ? diskOf(vm, number) : undefined
  return [
    noteHotPlug(number, queuedNote(wanted, vm.ID, disk)),
    ...(found ? [noteDetachment(vm.ID, found, { since: disk.EC2_ATTACH_TIME, queued: true })] : []),
  ]
}

const queuedNote = (goal: HotPlugNote['goal'], vm: number, disk: AttachedDisk): HotPlugNote => ({
  goal,
  vm,
  device: disk.EC2_DEVICE,
  since: disk.EC2_ATTACH_TIME,
  queued: true,
})

/**
 * Has OpenNebula do a hot-plug now, or later where it is busy.
 *
 * What is to be done later is written down first, and then noted on the image for all to see: what breaks off between
 * the two is done all the same.
 */
export async function plug(
  task: HotPlugTask,
  { vm }: InstanceView,
  calls: readonly WriteCall[],
  context: ChangeContext,
): Promise<void> {
  const one = context.commit()
  const outcomes: Outcome<number>[] = isSettled(vm) ? await one.multicall(calls) : []
  for (const { error } of outcomes) if (error !== undefined && !isBusy(error)) throw toEc2Error(error)
  const done = outcomes.length > 0 && outcomes.every(({ error }) => error === undefined)
  if (done && task.size === undefined) return context.tasks.end([task])
  await context.tasks.begin([task])
  if (!done) await one.multicall(notesOf(task, vm))
}

/** After so long nobody waits any more: what could not be done by then is given up, and the volume is as it was. */
const PATIENCE_MS = 10 * 60 * 1000
/** So long where the instance itself is yet to start: its disks may be copies that take their time. */
const PATIENCE_WITH_START_MS = 24 * 60 * 60 * 1000

export const hotPlugTasks: TaskKind<HotPlugTask> = {
  kind: 'disk',
  id: ({ number }) => number,
  locks: ({ disk }) => [volumeLock(disk.EC2_VOLUME_ID)],
  reconcile,
}

/** Gives every VM its next hot-plug, of those that asked for one the one that asked first. */
async function reconcile(tasks: readonly Pending<HotPlugTask>[], { one, now }: Tools): Promise<Progress> {
  const numbers = new Set(tasks.map(({ vm }) => vm))
  const vms = new Map((await Array.fromAsync(one.vms([...numbers]))).map(vm => [vm.ID, vm]))
  const steps = tasks
    .toSorted((a, b) => a.since - b.since)
    .map(task => ({ task, next: nextHotPlug(task, vms.get(task.vm), now() - task.since) }))
  const done = steps.flatMap(({ task, next }) => (next === 'done' ? task : []))
  const turns = steps.flatMap(({ task, next }) =>
    typeof next === 'object' && numbers.delete(task.vm) ? { task, next } : [],
  )
  const outcomes = await one.multicall([
    ...turns.map(({ next }) => next),
    ...done.map(({ number }) => noteHotPlug(number)),
    ...done.flatMap(task => givenUp(task, vms.get(task.vm))),
  ])
  const gone = turns.filter((_, index) => isGone(outcomes[index]?.error)).map(({ task }) => task)
  return { finished: [...done, ...gone], begun: [] }
}

/** A disk that is still there is not on its way out any more. */
function givenUp({ number, wanted }: HotPlugTask, vm: Vm | undefined): WriteCall[] {
  const disk = wanted === 'detach' && vm && vm.STATE !== VM_STATE.DONE ? diskOf(vm, number) : undefined
  return vm && disk ? [noteDetachment(vm.ID, disk)] : []
}

const isGone = (error: Error | undefined) => error instanceof OneError && error.code === 'NO_EXISTS'

/** What there is to do for a disk at this moment. */
export function nextHotPlug(task: HotPlugTask, vm: Vm | undefined, age: number): 'done' | 'wait' | WriteCall {
  if (vm === undefined || vm.STATE === VM_STATE.DONE) return 'done'
  if (age > (stateOf(vm) === 'pending' ? PATIENCE_WITH_START_MS : PATIENCE_MS)) return 'done'
  const disk = diskOf(vm, task.number)
  const next = task.wanted === 'attach' ? nextAttach(task, vm, disk) : nextDetach(task, disk)
  return next === 'done' || (isSettled(vm) && !disk?.ATTACH) ? next : 'wait'
}

function nextAttach({ disk: wanted, size = 0 }: HotPlugTask, vm: Vm, disk: Disk | undefined): 'done' | WriteCall {
  if (!disk) return hasTarget(vm, wanted.TARGET) ? 'done' : attachDisk(vm.ID, wanted)
  return size > (disk.SIZE ?? 0) ? resizeDisk(vm.ID, disk.DISK_ID, size) : 'done'
}

const nextDetach = ({ vm }: HotPlugTask, disk: Disk | undefined): 'done' | WriteCall =>
  disk ? detachDisk(vm, disk.DISK_ID) : 'done'
