// AMIs and snapshots of instances, after their answer: the disk is saved as soon as OpenNebula does it, and a guest that
// was switched off for it restarted.

import { limits } from '../../limits.ts'
import { chmod, merge, remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { allocateImage } from '../../opennebula/calls/image.ts'
import { saveDisk, vmAction } from '../../opennebula/calls/vm.ts'
import type { OneWriter } from '../../opennebula/client.ts'
import type { Image, Vm } from '../../opennebula/documents.ts'
import { OneError } from '../../opennebula/errors.ts'
import { IMAGE_STATE, LCM_STATE, VM_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { TemplateData } from '../../opennebula/xml/template.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import type { ChangeContext } from '../core/context.ts'
import { toEc2Error } from '../core/failures.ts'
import { isIdOf } from '../core/resource.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { IMAGE } from '../images/resource.ts'
import { noteWanted, stateLock } from '../instances/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { finishing } from './copies.ts'
import { isGone, removal } from './deletion.ts'
import { isBeingMade, isOf, isUnfinished, sealedImageId, snapshotsOf } from './image.ts'
import { creationFailure } from './making.ts'
import { recordLocks } from './record-locks.ts'

/**
 * An AMI or a snapshot that is to be made of an instance's disk.
 *
 * OpenNebula has no image before it saves the disk, and it does not save it while it is busy with the VM; for an AMI
 * the guest is to be off besides. Until then a placeholder of next to no size stands in for the image: what EC2 knows
 * of it is there, and is taken over as it stands when the disk is saved.
 */
export interface CaptureTask {
  readonly kind: 'capture'
  /** The id of the AMI or snapshot, which becomes the name of its image. */
  readonly id: string
  /** Of an AMI, the id of the snapshot that it is besides. */
  readonly snapshot?: string | undefined
  /** Of an AMI with more disks, the ids of their snapshots: tasks of their own, which come first. */
  readonly parts?: readonly string[]
  /** What the disk is saved as; `OS` where absent. */
  readonly type?: 'OS' | 'DATABLOCK'
  /** The instance's id, by which its state is locked. */
  readonly instance: string
  /** OpenNebula number of its VM, and of the disk. */
  readonly vm: number
  readonly disk: number
  /** Whether the guest is switched off meanwhile. */
  readonly reboot: boolean
  /** Whether the placeholder is there: from then on its absence means that nobody wants the image any more. */
  readonly begun?: boolean
  /** Whether nothing of it is to stay. */
  readonly unwanted?: boolean
  /**
   * Of one that ended without its image: until when a save whose answer was lost may still take effect, and what comes of
   * it is deleted; milliseconds since 1970.
   */
  readonly until?: number | undefined
}

export const placeholderName = (id: string): string => `${id}-pending`

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
  /** All that is there of it and its parts. */
  readonly images: ReadonlyMap<string, Image>
  /** Milliseconds since it was accepted. */
  readonly age: number
}

/** What a capture takes next. */
interface Step {
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
type Standing = 'open' | 'made' | 'lost'

const WAITS: Step = { calls: [], standing: 'open' }
const MADE: Step = { calls: [], standing: 'made' }
const LOST: Step = { calls: [], standing: 'lost' }

export const captureTasks: TaskKind<CaptureTask> = {
  kind: 'capture',
  id: ({ id }) => id,
  // What makes an image what it is writes all that others may change of it
  locks: ({ id, snapshot, instance }) => [stateLock(instance), ...[id, snapshot ?? []].flat().flatMap(recordLocks)],
  restsUntil: ({ until }) => until,
  reconcile,
}

/** Takes every capture further, all of them in the same few upstream requests. */
async function reconcile(tasks: readonly Pending<CaptureTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const vms = new Map((await Array.fromAsync(one.vms(tasks.map(({ vm }) => vm)))).map(vm => [vm.ID, vm]))
  const images = await imagesOf(tasks, one)
  const saving = new Set<number>()
  const captures = tasks
    .toSorted((a, b) => a.since - b.since)
    .map(task => {
      const situation = {
        vm: vms.get(task.vm),
        placeholder: images.get(placeholderName(task.id)),
        saved: images.get(task.id),
        images,
        age: now() - task.since,
      }
      return { task, situation, step: nextStep(task, situation, saving, tools) }
    })
  const standings = await take(
    captures.map(({ step }) => step),
    one,
  )
  const results = captures.map(({ task, situation: { vm } }, index) => ({ task, vm, standing: standings[index] }))
  const waiting = await restartGuests(results, one)
  const hasJustEnded = ({ task, standing }: Result) => standing === 'lost' && task.until === undefined
  const over = results.filter(each => each.standing !== 'open' && !hasJustEnded(each)).map(({ task }) => task)
  const resting = new Map(over.filter(({ vm }) => waiting.has(vm)).map(task => [task.vm, task]))
  const until = now() + limits.lateSave.most * 1000
  return {
    finished: over.filter(task => resting.get(task.vm) !== task),
    begun: results
      .filter(ended => hasJustEnded(ended) && !waiting.has(ended.task.vm))
      .map(({ task }) => ({ ...task, until })),
  }
}

/** How things stand with a capture after a round. */
interface Result {
  readonly task: Pending<CaptureTask>
  readonly vm: Vm | undefined
  readonly standing: Standing | undefined
}

/**
 * Restarts the guests of which nothing is saved any more: after the last one of several images.
 * @returns numbers of the VMs that have yet to come back
 */
async function restartGuests(results: readonly Result[], one: OneWriter): Promise<ReadonlySet<number>> {
  const isOpen = ({ task, standing }: Result) => standing === 'open' && !task.unwanted && task.until === undefined
  const open = new Set(results.filter(isOpen).map(({ task }) => task.vm))
  const last = new Map(results.filter(({ task }) => !open.has(task.vm)).map(({ task, vm }) => [task.vm, vm]))
  const restarts = Array.from(last, ([number, vm]) => ({ number, ...restart(vm) }))
  const outcomes = await take(restarts, one)
  return new Set(restarts.filter((_, index) => outcomes[index] === 'open').map(({ number }) => number))
}

/** Takes steps, with what follows from them, as many at a time as there are. @returns how things stand then */
async function take(steps: readonly Step[], one: OneWriter): Promise<Standing[]> {
  const outcomes = await one.multicall(steps.flatMap(({ calls }) => calls))
  let next = 0
  const following = steps.map((step): Step => {
    const own = outcomes.slice(next, next + step.calls.length)
    next += step.calls.length
    if (step.calls.length === 0) return step
    const [first] = own
    if (first?.error !== undefined && step.otherwise) return step.otherwise(first.error)
    if (!done(own)) return WAITS
    return first?.value !== undefined && step.follow ? step.follow(first.value) : { calls: [], standing: step.standing }
  })
  if (following.some(({ calls }) => calls.length > 0)) return take(following, one)
  return following.map(({ standing }) => standing)
}

/** The account's images that belong to these tasks, by name. */
async function imagesOf(tasks: readonly CaptureTask[], one: OneWriter): Promise<Map<string, Image>> {
  const names = new Set(tasks.flatMap(namesOf))
  const images = new Map<string, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (names.has(image.NAME) && image.STATE !== IMAGE_STATE.DELETE) images.set(image.NAME, image)
  }
  return images
}

/** The names of all the images that a capture makes. */
const namesOf = ({ id, parts = [] }: CaptureTask): string[] =>
  [id, ...parts].flatMap(each => [each, placeholderName(each)])

/**
 * What brings the image about.
 * @param saving numbers of the VMs to which something is done in this round: OpenNebula saves one disk at a time
 */
function nextStep(
  task: CaptureTask,
  { vm, placeholder, saved, images, age }: Situation,
  saving: Set<number>,
  tools: Tools,
): Step {
  if (task.unwanted) return discard(task, images, age)
  const hasFailed = placeholder !== undefined && textOf(placeholder.TEMPLATE, 'EC2_CAPTURE') === 'FAILED'
  // Nobody tells a late one from what was given up
  if (saved && isUnfinished(saved) && (!placeholder || hasFailed)) return drop(saved, age)
  if (saved) return takeOver(task, saved, placeholder, tools)
  if (!placeholder) return task.begun === true || age > BEGINS_WITHIN ? LOST : WAITS
  if (hasFailed) return LOST
  const parts = partsOf(task, images, age)
  if (!vm || vm.STATE === VM_STATE.DONE || age > LONGEST || parts === 'failed') return giveUp(placeholder)
  if (isLost(vm) && age > limits.unknownHost.most * 1000) return giveUp(placeholder)
  // OpenNebula has to come to an end with something first
  if (saving.has(vm.ID)) return WAITS
  if (isRunning(vm) && task.reboot) {
    saving.add(vm.ID)
    return { calls: switchingOff(task, age), standing: 'open' }
  }
  if (!isSavable(vm) || parts === 'open') return WAITS
  saving.add(vm.ID)
  return {
    calls: [saveDisk(task.vm, task.disk, task.id, task.type ?? 'OS')],
    follow: number => adopt(task, number, placeholder, tools),
    otherwise: error => (isFinal(error) ? giveUp(placeholder) : WAITS),
    standing: 'open',
  }
}

/** How things stand with the other disks of an AMI: it is there when they are. */
function partsOf({ parts = [] }: CaptureTask, images: ReadonlyMap<string, Image>, age: number) {
  const standings = parts.map(id => {
    const saved = images.get(id)
    if (saved && !isUnfinished(saved)) return saved.STATE === IMAGE_STATE.ERROR ? 'failed' : inMaking(saved)
    const placeholder = images.get(placeholderName(id))
    if (saved || (!placeholder && age < BEGINS_WITHIN)) return 'open'
    return placeholder && textOf(placeholder.TEMPLATE, 'EC2_CAPTURE') === 'PENDING' ? 'open' : 'failed'
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
  error instanceof OneError && (error.code === 'AUTHORIZATION' || (error.code === 'ALLOCATE' && !isTaken(error)))

/** What an earlier call saved has the name: it shows in the next round. */
const isTaken = ({ message }: OneError) => message.includes('already taken')

/** What was saved in an earlier round. Where it is the image already, what stood in for it goes. */
function takeOver(task: CaptureTask, saved: Image, placeholder: Image | undefined, tools: Tools): Step {
  if (!placeholder) return MADE
  if (isUnfinished(saved)) return adopt(task, saved.ID, placeholder, tools)
  return { calls: [remove('image', placeholder.ID)], standing: 'made' }
}

/** What EC2 knows of an image. */
const KNOWN = ['EC2_AMI', 'EC2_IMAGE', 'EBS_SNAPSHOT', 'EC2_SNAPSHOT', 'EC2_SNAPSHOT_TAGS', 'EC2_TAGS'] as const

/** The saved image becomes what the placeholder was. */
function adopt(
  { id, snapshot, type = 'OS' }: CaptureTask,
  saved: number,
  { ID, TEMPLATE, PERMISSIONS }: Image,
  tools: Tools,
): Step {
  const attributes = Object.fromEntries(KNOWN.map(name => [name, textOf(TEMPLATE, name) ?? '']))
  const { GROUP_U, OTHER_U } = PERMISSIONS
  return {
    calls: [
      ...(GROUP_U || OTHER_U ? [chmod('image', saved, { GROUP_U, OTHER_U })] : []),
      ...finishing(saved, { name: id, snapshot, attributes, type, persistent: false }, tools),
    ],
    follow: () => ({
      calls: [remove('image', ID)],
      // Somebody else deleted what stood in for it, when it was the image already
      otherwise: error => (isGone(error) ? MADE : WAITS),
      standing: 'made',
    }),
    standing: 'open',
  }
}

const done = (outcomes: readonly Outcome<number>[]) => outcomes.every(({ error }) => error === undefined)

const giveUp = ({ ID }: Image): Step => ({ calls: [merge('image', ID, { EC2_CAPTURE: 'FAILED' })], standing: 'lost' })

/** Switches the guest on again, unless somebody wanted something else of it meanwhile: the note would be another then. */
function restart(vm: Vm | undefined): Step {
  if (!vm || vm.STATE === VM_STATE.DONE || textOf(vm.USER_TEMPLATE, 'EC2_GOAL') !== 'reboot') return MADE
  if (isRunning(vm) || isLost(vm)) return { calls: [noteWanted(vm.ID, '')], standing: 'made' }
  return AT_REST.has(vm.STATE) ? { calls: [vmAction('resume', vm.ID)], standing: 'open' } : WAITS
}

/** A capture, and what makes its placeholder what the image shall be. */
export interface Beginning {
  readonly task: CaptureTask
  readonly attributes: TemplateData
}

/**
 * Begins with captures of one VM: placeholders stand in for the images from now on.
 *
 * They are written down before the first call: whatever breaks off, the guest comes back.
 * @throws Ec2Error where not all of them can be begun; nothing stays of any then
 */
export async function beginCaptures(captures: readonly Beginning[], context: ChangeContext): Promise<void> {
  const one = context.commit()
  const tasks = captures.map(({ task }) => task)
  await context.tasks.begin(tasks)
  const noted = tasks.find(({ reboot }) => reboot)
  const calls = [
    ...captures.map(capture => placeholderOf(capture, context)),
    ...(noted ? [noteWanted(noted.vm, 'reboot')] : []),
  ]
  const outcomes = await one.multicall(calls)
  const failed = tasks.map(({ id }, index) => ({ id, error: outcomes[index]?.error })).find(({ error }) => error)
  // What was noted on the VM goes with the tasks, in their next round
  await context.tasks.begin(tasks.map(task => ({ ...task, begun: true, ...(failed && { unwanted: true }) })))
  if (failed) throw creationFailure(failed.error, isIdOf(SNAPSHOT, failed.id) ? SNAPSHOT : IMAGE)
}

function placeholderOf({ task, attributes }: Beginning, { mint, account, settings }: ChangeContext): WriteCall {
  const { id, snapshot } = task
  return allocateImage(
    {
      ...{ NAME: placeholderName(id), TYPE: 'DATABLOCK', SIZE: 1, EC2_CAPTURE: 'PENDING' },
      EC2_ID: mint.attribute(id, account.user.id),
      ...(snapshot !== undefined && { EC2_SNAPSHOT_ID: mint.attribute(snapshot, account.user.id) }),
      ...attributes,
    },
    settings.datastore,
  )
}

/** The images of a capture, and the snapshots that other AMIs of the account are made of. */
async function survey(task: CaptureTask, context: ChangeContext) {
  const names = new Set(namesOf(task))
  const images: Image[] = []
  const used = new Set<string>()
  for await (const image of context.one.images({ whose: WHOSE.OWN })) {
    if (names.has(image.NAME) && image.STATE !== IMAGE_STATE.DELETE) images.push(image)
    const isOther = isOf('image', image) && context.mint.idOf(IMAGE, sealedImageId(image)) !== task.id
    if (isOther) for (const snapshot of snapshotsOf(image, context)) used.add(snapshot)
  }
  return { images, used }
}

/**
 * Ends a capture that is under way: nothing of it stays, and nothing of it is seen from now on.
 * @param id of the AMI or snapshot, as it is shown
 * @returns false where none is under way
 * @throws Ec2Error
 */
export async function abandonCapture(id: string, context: ChangeContext): Promise<boolean> {
  const known = context.tasks.of(captureTasks).find(task => task.id === id)
  if (!known) return false
  return context.hold([stateLock(known.instance)], async () => {
    const tasks = context.tasks.of(captureTasks)
    const task = tasks.find(each => each.id === id)
    // It came to its end while this waited for its turn
    if (!task) return false
    const one = context.commit()
    const { parts = [] } = task
    const { images, used } = await survey(task, context)
    const own = parts.filter(part => !used.has(part))
    const unwanted = [{ ...task, parts: own }, ...tasks.filter(each => own.includes(each.id))]
    // Of one that ended already it was waited for what may come of it
    await context.tasks.begin(unwanted.map(each => ({ ...each, unwanted: true, until: undefined })))
    const outcomes = await one.multicall(
      images.filter(({ NAME }) => !used.has(NAME)).map(({ ID }) => merge('image', ID, { EC2_GOAL: 'delete' })),
    )
    for (const { error } of outcomes) if (error !== undefined && !isGone(error)) throw toEc2Error(error)
    return true
  })
}
