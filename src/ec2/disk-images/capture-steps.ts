// What a capture takes next, by how things stand with its VM and its images: the disk is saved as soon as OpenNebula does
// that, and a guest that was switched off for it is restarted. A volume that leaves its VM before is copied as it was left.
import { limits } from '../../limits.ts'
import { chmod, remove, type WriteCall } from '../../opennebula/calls/common.ts'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { saveDisk, vmAction } from '../../opennebula/calls/vm.ts'
import { OneError } from '../../opennebula/errors.ts'
import { IMAGE_STATE, LCM_STATE, VM_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { NameOn, Written } from '../core/attribute-names.ts'
import type { Image, Vm } from '../core/documents.ts'
import { isRefusedForGood } from '../core/failures.ts'
import type { Tools } from '../core/tasks.ts'
import { merge } from '../core/writes.ts'
import { noteWanted } from '../instances/resource.ts'
import { type CaptureTask, namesOf } from './capture.ts'
import { type Copy, finishing, unfinished } from './copies.ts'
import { isGone, removal } from './deletion.ts'
import { isMarked, isUnfinished, placeholderName, placeholderState } from './marks.ts'
import { isBeingMade } from './states.ts'

/** A guest that ignores a polite shutdown for so long is switched off; milliseconds. */
const PATIENCE = 2 * 60 * 1000
/** After so long an instance that cannot be saved is given up; milliseconds. */
const LONGEST = 60 * 60 * 1000
/** For so long the request may still be about to make the placeholder; milliseconds. */
const BEGINS_WITHIN = 60 * 1000

/** How things stand with a capture. */
interface Situation {
  readonly vm: Vm | undefined
  readonly placeholder: Image | undefined
  /** What the disk was saved as. */
  readonly saved: Image | undefined
  /** The volume of which the disk is. */
  readonly source: Image | undefined
  /** All that is there of it and its parts. */
  readonly images: ReadonlyMap<string, Image>
  /** Milliseconds since it was accepted. */
  readonly age: number
}

/** Calls that take a capture further. */
export interface Step {
  /** In order; all of them have to succeed. */
  readonly calls: readonly WriteCall[]
  /** What is done with the number that the first call answers. */
  readonly follow?: (number: number) => Step
  /** What is done where the first call is refused, as far as it is for good. */
  readonly otherwise?: (error: Error) => Step
  /** How things stand when that is done. */
  readonly standing: Standing
}

/** Whether an image is yet to be made, was made, or will not be: nothing is left to do then but to restart the guest. */
export type Standing = 'open' | 'made' | 'lost'

export const WAITS: Step = { calls: [], standing: 'open' }
const MADE: Step = { calls: [], standing: 'made' }
const LOST: Step = { calls: [], standing: 'lost' }

/**
 * What brings the image about.
 * @param saving numbers of the VMs to which something is done in this round: OpenNebula saves one disk at a time
 */
export function nextStep(
  task: CaptureTask,
  { vm, placeholder, saved, source, images, age }: Situation,
  saving: Set<number>,
  tools: Tools,
): Step {
  if (task.unwanted) return discard(task, images, age)
  const hasFailed = placeholder !== undefined && placeholderState(placeholder) === 'FAILED'
  // Nobody tells a late one from what was given up
  if (saved && isUnfinished(saved) && (!placeholder || hasFailed)) return drop(saved, age)
  if (saved) return takeOver(task, saved, placeholder, tools)
  if (!placeholder) return task.begun === true || age > BEGINS_WITHIN ? LOST : WAITS
  if (hasFailed) return LOST
  const parts = partsOf(task, images, age)
  if (age > LONGEST || parts === 'failed') return giveUp(placeholder)
  if (source && !hasDisk(vm, task.disk)) {
    if (source.STATE !== IMAGE_STATE.READY || parts === 'open') return WAITS
    return making(cloneImage(source.ID, task.id), task, placeholder, tools)
  }
  if (!vm || vm.STATE === VM_STATE.DONE) return giveUp(placeholder)
  if (isLost(vm) && age > limits.unknownHost.most * 1000) return giveUp(placeholder)
  // OpenNebula has to come to an end with something first
  if (saving.has(vm.ID)) return WAITS
  if (isRunning(vm) && task.reboot) {
    saving.add(vm.ID)
    return { calls: switchingOff(task, age), standing: 'open' }
  }
  if (!isSavable(vm) || parts === 'open') return WAITS
  saving.add(vm.ID)
  return making(saveDisk(task.vm, task.disk, task.id, task.type ?? 'OS'), task, placeholder, tools)
}

/** Makes the image, which is then what stood in for it. @param call answers its number */
const making = (call: WriteCall, task: CaptureTask, placeholder: Image, tools: Tools): Step => ({
  calls: [call],
  follow: number =>
    adopt(placeholder, [...sharing(number, placeholder), ...finishing(number, copyOf(task, placeholder), tools)]),
  otherwise: error => (isFinal(error) ? giveUp(placeholder) : WAITS),
  standing: 'open',
})

/** Whether a VM that has not ended has a disk, by its number. */
const hasDisk = (vm: Vm | undefined, disk: number): boolean =>
  vm !== undefined && vm.STATE !== VM_STATE.DONE && vm.TEMPLATE.DISK.some(({ DISK_ID }) => DISK_ID === disk)

/** How things stand with the other disks of an AMI: it is there when they are. */
function partsOf({ parts = [] }: CaptureTask, images: ReadonlyMap<string, Image>, age: number) {
  const standings = parts.map(id => {
    const saved = images.get(id)
    if (saved && !isUnfinished(saved)) return saved.STATE === IMAGE_STATE.ERROR ? 'failed' : inMaking(saved)
    const placeholder = images.get(placeholderName(id))
    if (saved || (!placeholder && age < BEGINS_WITHIN)) return 'open'
    return placeholder && placeholderState(placeholder) === 'PENDING' ? 'open' : 'failed'
  })
  return (['failed', 'open'] as const).find(each => standings.includes(each)) ?? 'there'
}

const inMaking = (image: Image) => (isBeingMade(image) ? 'open' : 'there')

/** Deletes what there is of an image that nobody wants any more: what OpenNebula is still saving when that is done. */
function discard(task: CaptureTask, images: ReadonlyMap<string, Image>, age: number): Step {
  const left = namesOf(task).flatMap(name => images.get(name) ?? [])
  return left.length > 0 ? { calls: left.map(({ ID }) => removal(ID, age)), standing: 'open' } : LOST
}

/** Deletes an image that was saved when it was too late, as soon as OpenNebula does. */
const drop = (saved: Image, age: number): Step => ({ calls: [removal(saved.ID, age)], standing: 'open' })

/** Whether OpenNebula would save a disk of the VM at this moment. */
export const isSavable = (vm: Vm): boolean => isRunning(vm) || AT_REST.has(vm.STATE)

/** The note comes first: to EC2 the instance is running all the while. */
const switchingOff = ({ vm }: CaptureTask, age: number): WriteCall[] => [
  noteWanted(vm, 'reboot'),
  vmAction(age > PATIENCE ? 'poweroff-hard' : 'poweroff', vm),
]

const isRunning = ({ STATE, LCM_STATE: lcm }: Vm) => STATE === VM_STATE.ACTIVE && lcm === LCM_STATE.RUNNING

/** OpenNebula saves no disk of a VM whose host does not answer, and its guest cannot be switched off. */
const isLost = ({ STATE, LCM_STATE: lcm }: Vm) => STATE === VM_STATE.ACTIVE && lcm === LCM_STATE.UNKNOWN

const AT_REST: ReadonlySet<number> = new Set([
  VM_STATE.POWEROFF,
  VM_STATE.SUSPENDED,
  VM_STATE.STOPPED,
  VM_STATE.UNDEPLOYED,
])

/** OpenNebula says INTERNAL as well where it is only the VM's state that does not allow it. */
const isFinal = (error: Error) =>
  isRefusedForGood(error) ||
  (error instanceof OneError && (error.code === 'AUTHORIZATION' || (error.code === 'ALLOCATE' && !isTaken(error))))

/** What an earlier call saved has the name: it shows in the next round. */
const isTaken = ({ message }: OneError) => message.includes('already taken')

/** What was saved in an earlier round. Where it is the image already, what stood in for it goes. */
function takeOver(task: CaptureTask, saved: Image, placeholder: Image | undefined, tools: Tools): Step {
  if (!placeholder) return MADE
  const calls = [
    ...sharing(saved.ID, placeholder, saved.PERMISSIONS),
    ...unfinished(saved, copyOf(task, placeholder), tools),
  ]
  if (calls.length > 0) return adopt(placeholder, calls)
  return { calls: [remove('image', placeholder.ID)], standing: 'made' }
}

/** What EC2 knows of an image, but for its ids. */
function knownOf(image: Image): Written<'image'> {
  const mark = (name: NameOn<'image', 'mark'>) => isMarked(image, name) || ''
  const text = (name: NameOn<'image', 'record' | 'tags'>) => textOf(image.TEMPLATE, name) ?? ''
  return {
    EC2_AMI: mark('EC2_AMI'),
    EC2_IMAGE: text('EC2_IMAGE'),
    EBS_SNAPSHOT: mark('EBS_SNAPSHOT'),
    EC2_SNAPSHOT: text('EC2_SNAPSHOT'),
    EC2_SNAPSHOT_TAGS: text('EC2_SNAPSHOT_TAGS'),
    EC2_TAGS: text('EC2_TAGS'),
  }
}

/** What the saved image shall be. */
const copyOf = ({ id, snapshot, type = 'OS' }: CaptureTask, placeholder: Image): Copy => ({
  ...{ name: id, snapshot, attributes: knownOf(placeholder), type, persistent: false },
})

/** Whoever may use what stands in for an image may use the image. @param has what it has of that, where that is known */
function sharing(saved: number, { PERMISSIONS: { GROUP_U, OTHER_U } }: Image, has?: Image['PERMISSIONS']): WriteCall[] {
  const isShared = (GROUP_U && !has?.GROUP_U) || (OTHER_U && !has?.OTHER_U)
  return isShared ? [chmod('image', saved, { GROUP_U, OTHER_U })] : []
}

/** The saved image becomes what the placeholder was. @param calls what makes it that */
const adopt = (placeholder: Image, calls: readonly WriteCall[]): Step => ({
  calls,
  follow: () => ({
    calls: [remove('image', placeholder.ID)],
    // Somebody else deleted what stood in for it, when it was the image already
    otherwise: error => (isGone(error) ? MADE : WAITS),
    standing: 'made',
  }),
  standing: 'open',
})

const giveUp = ({ ID }: Image): Step => ({ calls: [merge('image', ID, { EC2_CAPTURE: 'FAILED' })], standing: 'lost' })

/** Switches the guest on again, unless somebody wanted something else of it meanwhile: the note would be another then. */
export function restart(vm: Vm | undefined): Step {
  if (!vm || vm.STATE === VM_STATE.DONE || textOf(vm.USER_TEMPLATE, 'EC2_GOAL') !== 'reboot') return MADE
  if (isRunning(vm) || isLost(vm)) return { calls: [noteWanted(vm.ID, '')], standing: 'made' }
  return AT_REST.has(vm.STATE) ? { calls: [vmAction('resume', vm.ID)], standing: 'open' } : WAITS
}
