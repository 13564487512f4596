// One hot-plug at a time per VM is all that OpenNebula does: volumes that have to wait for their turn, and how they get it.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { detachDisk, resizeDisk } from '../../opennebula/calls/vm.ts'
import { OneError } from '../../opennebula/errors.ts'
import { LCM_STATE, VM_STATE } from '../../opennebula/states.ts'
import type { Disk, Image, Vm } from '../core/documents.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { attachDisk } from '../core/writes.ts'
import { devicePrefix } from '../disk-images/image.ts'
import { stateOf } from '../instances/states.ts'
import { noteDetachment } from '../instances/view.ts'
import { type HotPlugNote, noteHotPlug, volumeLock } from './view.ts'

/** A disk to bring into a VM or out of it. It counts for one hot-plug after the other until it is finished. */
export interface HotPlugTask {
  readonly kind: 'disk'
  /** OpenNebula number of the image. */
  readonly number: number
  readonly wanted: 'attach' | 'detach'
  readonly vm: number
  /** What the DISK is to be, where it is to be attached. */
  readonly disk: AttachedDisk
  /** MiB that the disk shall have. */
  readonly size?: number | undefined
}

/** The DISK vector of a volume. What OpenNebula does not know in it stays there as it is. */
export type AttachedDisk = {
  readonly IMAGE_ID: number
  readonly TARGET: string
  readonly EC2_VOLUME_ID: string
  /** As the caller wrote it. */
  readonly EC2_DEVICE: string
  /** Seconds since 1970. */
  readonly EC2_ATTACH_TIME: number
}

/** The device names that AWS takes: letters are what counts, and OpenNebula numbers no partitions. */
const DEVICE = /^(?:\/dev\/)?(sd|vd|hd|xvd)([a-z]{1,2})\d{0,2}$/

export const isDevice = (device: string): boolean => DEVICE.test(device)

/** The device that OpenNebula is told: the hypervisor may know no `xvd`, it becomes what the image asks for. */
export function targetOf(device: string, image: Image): string {
  const [, prefix = 'sd', letters = ''] = DEVICE.exec(device) ?? []
  return (prefix === 'xvd' ? devicePrefix(image) : prefix) + letters
}

/** @param since seconds since 1970 */
export const attachedDisk = (image: Image, volume: string, device: string, since: number): AttachedDisk => ({
  IMAGE_ID: image.ID,
  TARGET: targetOf(device, image),
  EC2_VOLUME_ID: volume,
  EC2_DEVICE: device,
  EC2_ATTACH_TIME: since,
})

/** The disk of a VM that is this image. */
export const diskOf = (vm: Vm, image: number): Disk | undefined =>
  vm.TEMPLATE.DISK.find(({ IMAGE_ID }) => IMAGE_ID === image)

/** Whether a disk of the VM has this device, its context disk included. */
export const hasTarget = ({ TEMPLATE: { DISK, CONTEXT } }: Vm, target: string): boolean =>
  DISK.some(({ TARGET }) => TARGET === target) || CONTEXT.TARGET === target

/** Whether OpenNebula would begin with a hot-plug at this moment. */
export const isSettled = ({ STATE, LCM_STATE: lcm }: Vm): boolean =>
  STATE === VM_STATE.POWEROFF || (STATE === VM_STATE.ACTIVE && lcm === LCM_STATE.RUNNING)

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
