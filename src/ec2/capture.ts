// AMIs and snapshots of instances, after their answer: the disk is saved as soon as OpenNebula does it, and a guest that
// was switched off for it restarted.
import { limits } from '../limits.ts'
import { allocateImage, chmod, merge, remove, saveDisk, vmAction, WHOSE, type WriteCall } from '../opennebula/calls.ts'
import type { OneWriter } from '../opennebula/client.ts'
import type { Image, Vm } from '../opennebula/documents.ts'
import { OneError } from '../opennebula/errors.ts'
import { textOf } from '../opennebula/shape.ts'
import { IMAGE_STATE, LCM_STATE, VM_STATE } from '../opennebula/states.ts'
import type { TemplateData } from '../opennebula/template.ts'
import type { Outcome } from '../opennebula/xmlrpc.ts'
import type { ChangeContext } from './context.ts'
import { creationFailure, finishing } from './creation.ts'
import { noteGoal, type Pending, type Progress, type Tools } from './goals.ts'
import { isUnfinished } from './image.ts'
import { kindOf } from './resources.ts'

/**
 * An AMI or a snapshot that is to be made of an instance's disk.
 *
 * OpenNebula has no image before it saves the disk, and it does not save it while it is busy with the VM; for an AMI
 * the guest is to be off besides. Until then a placeholder of next to no size stands in for the image: what EC2 knows
 * of it is there, and is taken over as it stands when the disk is saved.
 */
export interface CaptureGoal {
  readonly kind: 'capture'
  /** The id of the AMI or snapshot, which becomes the name of its image. */
  readonly id: string
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
  /** Whether nothing is left to do then but to restart the guest. */
  readonly settles: boolean
}

const WAITS: Step = { calls: [], settles: false }
const SETTLED: Step = { calls: [], settles: true }

/** Takes every capture further, all of them in the same few upstream requests. */
export async function pursueCaptures(goals: readonly Pending<CaptureGoal>[], tools: Tools): Promise<Progress> {
  if (goals.length === 0) return { reached: [], added: [] }
  const { one, now } = tools
  const vms = new Map((await Array.fromAsync(one.vms(goals.map(({ vm }) => vm)))).map(vm => [vm.ID, vm]))
  const images = await imagesOf(goals, one)
  const saving = new Set<number>()
  const captures = goals
    .toSorted((a, b) => a.since - b.since)
    .map(goal => {
      const situation = {
        vm: vms.get(goal.vm),
        placeholder: images.get(placeholderName(goal.id)),
        saved: images.get(goal.id),
        age: now() - goal.since,
      }
      return { goal, situation, step: nextStep(goal, situation, saving, tools) }
    })
  const settled = await take(
    captures.map(({ step }) => step),
    one,
  )
  const ended = captures.filter((_, index) => settled[index])
  const open = new Set(captures.filter((_, index) => !settled[index]).map(({ goal }) => goal.vm))
  // The last one of several restarts the guest for all of them
  const last = new Map(
    ended.filter(({ goal }) => !open.has(goal.vm)).map(({ goal, situation }) => [goal.vm, situation.vm]),
  )
  const restarts = Array.from(last, ([number, vm]) => ({ number, ...restart(vm) }))
  const outcomes = await take(restarts, one)
  const waiting = new Set(restarts.filter((_, index) => !outcomes[index]).map(({ number }) => number))
  const resting = new Map(ended.filter(({ goal }) => waiting.has(goal.vm)).map(({ goal }) => [goal.vm, goal]))
  return { reached: ended.map(({ goal }) => goal).filter(goal => resting.get(goal.vm) !== goal), added: [] }
}

/** Takes steps, with what follows from them, as many at a time as there are. @returns which of them are settled */
async function take(steps: readonly Step[], one: OneWriter): Promise<boolean[]> {
  const outcomes = await one.multicall(steps.flatMap(({ calls }) => calls))
  let next = 0
  const following = steps.map((step): Step => {
    const own = outcomes.slice(next, next + step.calls.length)
    next += step.calls.length
    if (step.calls.length === 0) return step
    const [first] = own
    if (first?.error !== undefined && step.otherwise) return step.otherwise(first.error)
    if (!done(own)) return WAITS
    return first?.value !== undefined && step.follow ? step.follow(first.value) : { calls: [], settles: step.settles }
  })
  if (following.some(({ calls }) => calls.length > 0)) return take(following, one)
  return following.map(({ settles }) => settles)
}

/** The account's images that belong to these goals, by name. */
async function imagesOf(goals: readonly CaptureGoal[], one: OneWriter): Promise<Map<string, Image>> {
  const names = new Set(goals.flatMap(({ id }) => [id, placeholderName(id)]))
  const images = new Map<string, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (names.has(image.NAME) && image.STATE !== IMAGE_STATE.DELETE) images.set(image.NAME, image)
  }
  return images
}

/**
 * What brings the image about.
 * @param saving numbers of the VMs of which a disk is saved in this round: OpenNebula saves one at a time
 */
function nextStep(
  goal: CaptureGoal,
  { vm, placeholder, saved, age }: Situation,
  saving: Set<number>,
  tools: Tools,
): Step {
  if (saved) return takeOver(goal, saved, placeholder, tools)
  if (!placeholder) return goal.begun === true || age > BEGINS_WITHIN ? SETTLED : WAITS
  if (textOf(placeholder.TEMPLATE, 'EC2_CAPTURE') === 'FAILED') return SETTLED
  if (!vm || vm.STATE === VM_STATE.DONE || age > LONGEST) return giveUp(placeholder)
  if (isLost(vm) && age > limits.unknownHost.most * 1000) return giveUp(placeholder)
  if (isRunning(vm) && goal.reboot) return { calls: switchingOff(goal, age), settles: false }
  // OpenNebula has to come to an end with something first
  if (!isSavable(vm) || saving.has(vm.ID)) return WAITS
  saving.add(vm.ID)
  return {
    calls: [saveDisk(goal.vm, goal.disk, goal.id, goal.type ?? 'OS')],
    follow: number => adopt(goal, number, placeholder, tools),
    otherwise: error => (isFinal(error) ? giveUp(placeholder) : WAITS),
    settles: false,
  }
}

/** Whether OpenNebula would save a disk of the VM at this moment. */
export const isSavable = (vm: Vm): boolean => isRunning(vm) || AT_REST.has(vm.STATE)

/** The note comes first: to EC2 the instance is running all the while. */
const switchingOff = ({ vm }: CaptureGoal, age: number): WriteCall[] => [
  noteGoal(vm, 'reboot'),
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
  error instanceof OneError && (error.code === 'AUTHORIZATION' || error.code === 'ALLOCATE')

/** What was saved in an earlier round. Where the placeholder is gone the image was deleted meanwhile. */
function takeOver(goal: CaptureGoal, saved: Image, placeholder: Image | undefined, tools: Tools): Step {
  if (placeholder && isUnfinished(saved)) return adopt(goal, saved.ID, placeholder, tools)
  if (!placeholder && !isUnfinished(saved)) return SETTLED
  return { calls: [remove('image', placeholder?.ID ?? saved.ID)], settles: true }
}

/** What EC2 knows of an image. */
const KNOWN = ['EC2_AMI', 'EC2_IMAGE', 'EBS_SNAPSHOT', 'EC2_SNAPSHOT', 'EC2_TAGS'] as const

/** The saved image becomes what the placeholder was. */
function adopt(
  { id, type = 'OS' }: CaptureGoal,
  saved: number,
  { ID, TEMPLATE, PERMISSIONS }: Image,
  tools: Tools,
): Step {
  const attributes = Object.fromEntries(KNOWN.map(name => [name, textOf(TEMPLATE, name) ?? '']))
  const { GROUP_U, OTHER_U } = PERMISSIONS
  return {
    calls: [
      ...(GROUP_U || OTHER_U ? [chmod('image', saved, { GROUP_U, OTHER_U })] : []),
      ...finishing(saved, { name: id, attributes, type, persistent: false }, tools),
    ],
    follow: () => ({
      calls: [remove('image', ID)],
      // Whoever deleted the placeholder meanwhile meant the image
      otherwise: error => (isGone(error) ? { calls: [remove('image', saved)], settles: true } : WAITS),
      settles: true,
    }),
    settles: false,
  }
}

const isGone = (error: Error) => error instanceof OneError && error.code === 'NO_EXISTS'

const done = (outcomes: readonly Outcome<number>[]) => outcomes.every(({ error }) => error === undefined)

const giveUp = ({ ID }: Image): Step => ({ calls: [merge('image', ID, { EC2_CAPTURE: 'FAILED' })], settles: true })

/** Switches the guest on again, unless somebody wanted something else of it meanwhile: the note would be another then. */
function restart(vm: Vm | undefined): Step {
  if (!vm || vm.STATE === VM_STATE.DONE || textOf(vm.USER_TEMPLATE, 'EC2_GOAL') !== 'reboot') return SETTLED
  if (isRunning(vm) || isLost(vm)) return { calls: [noteGoal(vm.ID, '')], settles: true }
  return AT_REST.has(vm.STATE) ? { calls: [vmAction('resume', vm.ID)], settles: false } : WAITS
}

/**
 * Begins with a capture: a placeholder stands in for the image from now on.
 *
 * It is written down before its first call: whatever breaks off, the guest comes back.
 * @param attributes what makes the placeholder what the image shall be
 * @throws Ec2Error
 */
export async function beginCapture(goal: CaptureGoal, attributes: TemplateData, context: ChangeContext): Promise<void> {
  const one = context.commit()
  await context.pursue([goal])
  const placeholder = allocateImage(
    {
      ...{ NAME: placeholderName(goal.id), TYPE: 'DATABLOCK', SIZE: 1, EC2_CAPTURE: 'PENDING' },
      EC2_ID: context.mint.attribute(goal.id, context.account.user.id),
      ...attributes,
    },
    context.settings.datastore,
  )
  const [made] = await one.multicall([placeholder, ...(goal.reboot ? [noteGoal(goal.vm, 'reboot')] : [])])
  // What was noted on the VM goes with the goal, in its next round, where there is no placeholder
  await context.pursue([{ ...goal, begun: true }])
  if (made?.error) throw creationFailure(made.error, kindOf(goal.id))
}
