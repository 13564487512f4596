// CreateImage, after its answer: the disk of an instance is saved as soon as OpenNebula does it, and the guest restarted.
import { chmod, merge, remove, saveDisk, vmAction, WHOSE, type WriteCall } from '../opennebula/calls.ts'
import type { OneWriter } from '../opennebula/client.ts'
import type { Image, Vm } from '../opennebula/documents.ts'
import { OneError } from '../opennebula/errors.ts'
import { textOf } from '../opennebula/shape.ts'
import { IMAGE_STATE, LCM_STATE, VM_STATE } from '../opennebula/states.ts'
import type { Outcome } from '../opennebula/xmlrpc.ts'
import { finishing } from './creation.ts'
import { noteGoal, type Pending, type Progress, type Tools } from './goals.ts'
import { imageState, isUnfinished } from './image.ts'

/**
 * An AMI that is to be made of an instance.
 *
 * OpenNebula has no image before it saves the disk, and it does not save it before the guest is off, or while it is
 * busy with the VM. Until then a placeholder of next to no size stands in for the AMI: what EC2 knows of it is there,
 * and is taken over as it stands when the disk is saved.
 */
export interface CaptureGoal {
  readonly kind: 'capture'
  /** The AMI's id, which becomes the name of its image. */
  readonly id: string
  /** The instance's id, by which its state is locked. */
  readonly instance: string
  /** OpenNebula number of its VM, and of the root disk. */
  readonly vm: number
  readonly disk: number
  /** Whether the guest is switched off meanwhile. */
  readonly reboot: boolean
  /** Whether the placeholder is there: from then on its absence means that nobody wants the AMI any more. */
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

export async function pursueCaptures(goals: readonly Pending<CaptureGoal>[], tools: Tools): Promise<Progress> {
  if (goals.length === 0) return { reached: [], added: [] }
  const { one, now } = tools
  const vms = new Map((await Array.fromAsync(one.vms(goals.map(({ vm }) => vm)))).map(vm => [vm.ID, vm]))
  const images = await imagesOf(goals, one)
  const reached: CaptureGoal[] = []
  for (const goal of goals) {
    const situation = {
      vm: vms.get(goal.vm),
      placeholder: images.get(placeholderName(goal.id)),
      saved: images.get(goal.id),
      age: now() - goal.since,
    }
    const settled = await proceed(goal, situation, tools)
    if (!settled) continue
    // The last one of several restarts the guest for all of them
    const followed = goals.some(other => other.vm === goal.vm && other !== goal && !reached.includes(other))
    if (followed || (await restarted(situation, one))) reached.push(goal)
  }
  return { reached, added: [] }
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

/** Brings the image about. @returns whether there is nothing left to do but to restart the guest */
async function proceed(goal: CaptureGoal, { vm, placeholder, saved, age }: Situation, tools: Tools): Promise<boolean> {
  const { one } = tools
  if (saved) return takeOver(goal, saved, placeholder, tools)
  if (!placeholder) return goal.begun === true || age > BEGINS_WITHIN
  if (imageState(placeholder) === 'failed') return true
  if (!vm || vm.STATE === VM_STATE.DONE || age > LONGEST) return giveUp(placeholder, one)
  if (isRunning(vm) && goal.reboot) {
    await one.multicall(switchingOff(goal, age))
    return false
  }
  // OpenNebula has to come to an end with something first
  if (!isRunning(vm) && !AT_REST.has(vm.STATE)) return false
  const [outcome] = await one.multicall([saveDisk(goal.vm, goal.disk, goal.id, 'OS')])
  if (outcome?.value !== undefined) return adopt(goal, outcome.value, placeholder, tools)
  return isFinal(outcome?.error) && giveUp(placeholder, one)
}

/** The note comes first: to EC2 the instance is running all the while. */
const switchingOff = ({ vm }: CaptureGoal, age: number): WriteCall[] => [
  noteGoal(vm, 'reboot'),
  vmAction(age > PATIENCE ? 'poweroff-hard' : 'poweroff', vm),
]

const isRunning = ({ STATE, LCM_STATE: lcm }: Vm) => STATE === VM_STATE.ACTIVE && lcm === LCM_STATE.RUNNING

const AT_REST: ReadonlySet<number> = new Set([
  VM_STATE.POWEROFF,
  VM_STATE.SUSPENDED,
  VM_STATE.STOPPED,
  VM_STATE.UNDEPLOYED,
])

/** OpenNebula says INTERNAL as well where it is only the VM's state that does not allow it. */
const isFinal = (error: Error | undefined) =>
  error instanceof OneError && (error.code === 'AUTHORIZATION' || error.code === 'ALLOCATE')

/** What was saved in an earlier round. Where the placeholder is gone the AMI was deregistered meanwhile. */
async function takeOver(
  goal: CaptureGoal,
  saved: Image,
  placeholder: Image | undefined,
  tools: Tools,
): Promise<boolean> {
  if (placeholder && isUnfinished(saved)) return adopt(goal, saved.ID, placeholder, tools)
  if (!placeholder && !isUnfinished(saved)) return true
  return done(await tools.one.multicall([remove('image', placeholder?.ID ?? saved.ID)]))
}

/** What EC2 knows of an image. */
const KNOWN = ['EC2_AMI', 'EC2_IMAGE', 'EC2_TAGS'] as const

/** The saved image becomes what the placeholder was. */
async function adopt({ id }: CaptureGoal, saved: number, placeholder: Image, tools: Tools): Promise<boolean> {
  const { one } = tools
  const { ID, TEMPLATE, PERMISSIONS } = placeholder
  const attributes = Object.fromEntries(KNOWN.map(name => [name, textOf(TEMPLATE, name) ?? '']))
  const { GROUP_U, OTHER_U } = PERMISSIONS
  const outcomes = await one.multicall([
    ...(GROUP_U || OTHER_U ? [chmod('image', saved, { GROUP_U, OTHER_U })] : []),
    ...finishing(saved, { name: id, attributes, type: 'OS', persistent: false }, tools),
  ])
  return done(outcomes) && done(await one.multicall([remove('image', ID)]))
}

const done = (outcomes: readonly Outcome<number>[]) => outcomes.every(({ error }) => error === undefined)

async function giveUp({ ID }: Image, one: OneWriter): Promise<boolean> {
  return done(await one.multicall([merge('image', ID, { EC2_CAPTURE: 'FAILED' })]))
}

/**
 * Switches the guest on again, unless somebody wanted something else of it meanwhile: the note would be another then.
 * @returns whether that is done
 */
async function restarted({ vm }: Situation, one: OneWriter): Promise<boolean> {
  if (!vm || vm.STATE === VM_STATE.DONE || textOf(vm.USER_TEMPLATE, 'EC2_GOAL') !== 'reboot') return true
  if (isRunning(vm)) return done(await one.multicall([noteGoal(vm.ID, '')]))
  if (AT_REST.has(vm.STATE)) await one.multicall([vmAction('resume', vm.ID)])
  return false
}
