// Hot-plugs of volumes: what has to wait for its turn, and what is noted of it meanwhile.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { detachDisk, resizeDisk } from '../../opennebula/calls/vm.ts'
import { diskOf, hasTarget } from '../../opennebula/disks.ts'
import { isSettled, VM_STATE } from '../../opennebula/states.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Disk, Vm } from '../core/documents.ts'
import { isBusy, toEc2Error } from '../core/failures.ts'
import { type HotPlugs, isTooLate, type NextHotPlug, takeTurns } from '../core/hot-plugs.ts'
import type { TaskKind } from '../core/tasks.ts'
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
  const refused = outcomes.find(({ error }) => error !== undefined && !isBusy(error))
  if (refused) {
    await one.multicall(hotPlugs.over(task, vm))
    throw toEc2Error(refused.error)
  }
  const done = outcomes.length > 0 && outcomes.every(({ error }) => error === undefined)
  if (done && task.size === undefined) return context.tasks.end([task])
  await context.tasks.begin([task])
  if (!done) await one.multicall(notesOf(task, vm))
}

export const hotPlugTasks: TaskKind<HotPlugTask> = {
  kind: 'disk',
  id: ({ number }) => number,
  locks: ({ disk }) => [volumeLock(disk.EC2_VOLUME_ID)],
  reconcile: (tasks, tools) => takeTurns(tasks, tools, hotPlugs),
}

const hotPlugs: HotPlugs<HotPlugTask> = {
  next: nextHotPlug,
  over: (task, vm) => [noteHotPlug(task.number), ...givenUp(task, vm)],
  asked: ({ disk }) => ({ action: 'AttachVolume', input: { VolumeId: disk.EC2_VOLUME_ID } }),
}

/** A disk that is still there is not on its way out any more. */
function givenUp({ number, wanted }: HotPlugTask, vm: Vm | undefined): WriteCall[] {
  const disk = wanted === 'detach' && vm && vm.STATE !== VM_STATE.DONE ? diskOf(vm, number) : undefined
  return vm && disk ? [noteDetachment(vm.ID, disk)] : []
}

/** What there is to do for a disk at this moment. */
export function nextHotPlug(task: HotPlugTask, vm: Vm | undefined, age: number): NextHotPlug {
  if (vm === undefined || vm.STATE === VM_STATE.DONE) return 'done'
  if (isTooLate(age, stateOf(vm) === 'pending')) return 'done'
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
