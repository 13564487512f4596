// Making images, empty ones and copies: each once, whatever breaks off, under a name that is its EC2 id. And their end.
import {
  merge,
  remove,
  removeByForce,
  setImagePersistent,
  setImageType,
  WHOSE,
  type WriteCall,
} from '../opennebula/calls.ts'
import type { OneWriter } from '../opennebula/client.ts'
import type { Image } from '../opennebula/documents.ts'
import { OneError, OneUnavailable } from '../opennebula/errors.ts'
import { IMAGE_STATE } from '../opennebula/states.ts'
import type { Ec2Error } from '../protocol/errors.ts'
import type { ChangeContext, Context } from './context.ts'
import { isBusy, toEc2Error } from './failures.ts'
import type { ImageGoal, Pending, Progress, Tools } from './goals.ts'
import { awaitsParts, BLANK_MARKS, isBeingMade, isGoing, isUnfinished, noteParts } from './image.ts'
import type { ResourceKind } from './resources.ts'

/**
 * A copy that is to be, with what makes it its own.
 *
 * A clone begins with all attributes of its original, a saved disk with none: until these are written it is neither a
 * volume nor a snapshot nor an image to EC2 (`roleOf`), and its original's id is not its own.
 */
export interface CopyGoal {
  readonly kind: 'copy'
  readonly goal: 'finish'
  /** Its EC2 id, and its name in OpenNebula. */
  readonly name: string
  /** The id of the snapshot that it is besides, where it is an AMI. */
  readonly snapshot?: string | undefined
  readonly attributes: { readonly [attribute: string]: string | boolean }
  readonly type: 'OS' | 'DATABLOCK'
  readonly persistent: boolean
  /** Of an AMI, the ids of the snapshots of its other disks, copies as well: it is pending until they are there. */
  readonly parts?: readonly string[] | undefined
  /** Its number, as soon as the request knows it. */
  readonly number?: number | undefined
}

/** What a copy shall be besides its content. */
export type Copy = Pick<CopyGoal, 'name' | 'snapshot' | 'attributes' | 'type' | 'persistent' | 'parts'>

/** A copy, and the call that makes it: `cloneImage` or `saveDisk`, to the copy's name. */
export interface Making {
  readonly copy: Copy
  readonly make: WriteCall
}

/**
 * Makes copies and what they are to be of them, all or none, in two requests. What breaks off between them is finished
 * later; the copying itself takes its time.
 * @throws OneError | OneUnavailable | Ec2Error
 */
export async function copyImages(makings: readonly Making[], context: ChangeContext): Promise<void> {
  const one = context.commit()
  const goals = makings.map(({ copy }): CopyGoal => ({ kind: 'copy', goal: 'finish', ...copy }))
  await context.pursue(goals)
  const wanted = makings.map(({ copy, make }) => ({ name: copy.name, make }))
  const numbers = await makeImages(wanted, context).catch(async error => {
    if (error instanceof OneError) await context.forget(goals)
    throw error
  })
  const copies = makings.flatMap(({ copy }) => ({ copy, number: numbers.get(copy.name) }))
  const outcomes = await one.multicall(
    copies.flatMap(({ copy, number }) => (number === undefined ? [] : finishing(number, copy, context))),
  )
  for (const { error } of outcomes) if (error !== undefined) throw toEc2Error(error)
  await context.forget(goals.filter(({ parts }) => parts === undefined))
  await context.pursue(goals.filter(({ parts }) => parts).map(goal => ({ ...goal, number: numbers.get(goal.name) })))
}

/** Makes one copy, as `copyImages`. */
export const copyImage = (copy: Copy, make: WriteCall, context: ChangeContext): Promise<void> =>
  copyImages([{ copy, make }], context)

/** What makes a copy its own. OpenNebula takes all of it while it is still copying. */
export const finishing = (
  number: number,
  { name, snapshot, attributes, type, persistent, parts }: Copy,
  { mint, account }: Pick<Context, 'mint' | 'account'>,
): WriteCall[] => [
  merge('image', number, {
    ...BLANK_MARKS,
    ...attributes,
    EC2_ID: mint.attribute(name, account.user.id, number),
    ...(snapshot !== undefined && { EC2_SNAPSHOT_ID: mint.attribute(snapshot, account.user.id, number) }),
    ...(parts && noteParts('PENDING')),
  }),
  setImageType(number, type),
  setImagePersistent(number, persistent),
]

/** For so long a copy whose call broke off may still come about; milliseconds. */
const AFTERMATH = 10 * 60 * 1000

/** What a copy takes next, and whether nothing is left to do when that is done. */
interface Step {
  readonly calls: readonly WriteCall[]
  readonly ends: boolean
}

/** Finishes the copies that a request could not, as soon as they show, and waits for what belongs to them. */
export async function finishCopies(goals: readonly Pending<CopyGoal>[], tools: Tools): Promise<Progress> {
  if (goals.length === 0) return { reached: [], added: [] }
  const { one, now } = tools
  const names = new Set(goals.flatMap(({ name, parts = [] }) => [name, ...parts]))
  const copies = new Map<string, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) if (names.has(image.NAME)) copies.set(image.NAME, image)
  const steps = goals.map(goal => nextStep(goal, copies, now() - goal.since > AFTERMATH, tools))
  const outcomes = await one.multicall(steps.flatMap(({ calls }) => calls))
  let next = 0
  const isDone = steps.map(({ calls, ends }) => {
    const own = outcomes.slice(next, next + calls.length)
    next += calls.length
    return ends && own.every(({ error }) => error === undefined)
  })
  return { reached: goals.filter((_, index) => isDone[index]), added: [] }
}

/** @param isLate whether what has not come about by now never will */
function nextStep(goal: CopyGoal, copies: ReadonlyMap<string, Image>, isLate: boolean, tools: Tools): Step {
  const copy = copies.get(goal.name)
  if (copy === undefined) return { calls: [], ends: isLate }
  // What was asked for just now is seen to be done in the next round
  if (isUnfinished(copy)) return { calls: finishing(copy.ID, goal, tools), ends: false }
  if (!goal.parts || !awaitsParts(copy)) return { calls: [], ends: true }
  const standings = goal.parts.map(part => standingOf(copies.get(part), isLate))
  if (standings.includes('failed')) return { calls: [merge('image', copy.ID, noteParts('FAILED'))], ends: true }
  if (standings.includes('open')) return { calls: [], ends: false }
  return { calls: [merge('image', copy.ID, noteParts())], ends: true }
}

function standingOf(image: Image | undefined, isLate: boolean): 'open' | 'failed' | 'there' {
  if (image === undefined || isUnfinished(image)) return isLate ? 'failed' : 'open'
  if (isBeingMade(image)) return 'open'
  return image.STATE === IMAGE_STATE.ERROR || isGoing(image) ? 'failed' : 'there'
}

/** An image that is to be, by the name that it gets. */
export interface NewImage {
  readonly name: string
  readonly make: WriteCall
}

/**
 * Makes images under their names, and no second ones when they are asked again: OpenNebula takes a name once per owner.
 * @returns their OpenNebula numbers by their names
 * @throws OneError nothing was made, or what was is deleted
 * @throws OneUnavailable nobody knows
 */
export async function makeImages(wanted: readonly NewImage[], context: ChangeContext): Promise<Map<string, number>> {
  const one = context.commit()
  const made = context.resumed ? await numbersOf(wanted, context) : new Map<string, number>()
  const open = wanted.filter(({ name }) => !made.has(name))
  const outcomes = await send(open, one)
  for (const [index, { value }] of outcomes.entries()) if (value !== undefined) made.set(open[index]?.name ?? '', value)
  // The connection broke, or a name is taken: the pool tells what became of the calls
  const uncertain = outcomes.some(({ error }) => isUncertain(error))
  const found = uncertain ? await numbersOf(wanted, context).catch(() => new Map<string, number>()) : made
  const numbers = new Map([...found, ...made])
  const missing = open.findIndex(({ name }) => !numbers.has(name))
  context.index.remember(numbers)
  if (missing === -1) return numbers
  const error = outcomes[missing]?.error
  if (error instanceof OneError && numbers.size > 0) {
    await deleteForGood(
      Array.from(numbers.values(), ID => ({ ID })),
      context,
    )
  }
  throw error
}

/** Makes one image, as `makeImages`. */
export const makeImage = (name: string, make: WriteCall, context: ChangeContext): Promise<Map<string, number>> =>
  makeImages([{ name, make }], context)

/** What came of a call, as far as anybody knows. */
interface Attempt {
  readonly value?: number | undefined
  readonly error?: unknown
}

async function send(wanted: readonly NewImage[], one: OneWriter): Promise<Attempt[]> {
  const [first, ...others] = wanted.map(({ make }) => make)
  if (!first) return []
  try {
    return others.length === 0 ? [{ value: await one.call(first) }] : await one.multicall([first, ...others])
  } catch (error) {
    return wanted.map(() => ({ error }))
  }
}

const isUncertain = (error: unknown) =>
  error instanceof OneUnavailable ? error.outcome === 'unknown' : isRefusedName(error)

const isRefusedName = (error: unknown) => error instanceof OneError && error.code === 'ALLOCATE'

/** The numbers of those of the images that the caller has. */
async function numbersOf(wanted: readonly NewImage[], { one }: Pick<Context, 'one'>): Promise<Map<string, number>> {
  const names = new Set(wanted.map(({ name }) => name))
  const numbers = new Map<string, number>()
  for await (const { NAME, ID } of one.images({ whose: WHOSE.OWN })) if (names.has(NAME)) numbers.set(NAME, ID)
  return numbers
}

/** Why OpenNebula would not make an image that was to be a resource of this kind. */
export const creationFailure = (error: unknown, kind: ResourceKind | undefined): Ec2Error =>
  toEc2Error(error, kind && { kind })

/**
 * Deletes an image: at once, or as soon as OpenNebula does; it is shown as going from now on.
 *
 * What is being made, or never was, may come back from a deletion that OpenNebula has accepted: it is seen to the end.
 * @throws Ec2Error
 */
export async function deleteImage(image: Pick<Image, 'ID' | 'STATE'>, context: ChangeContext): Promise<void> {
  const one = context.commit()
  if (isBeingMade(image) || image.STATE === IMAGE_STATE.ERROR) return deleteForGood([image], context)
  try {
    await one.call(remove('image', image.ID))
  } catch (error) {
    if (isGone(error)) return
    if (!isBusy(error)) throw toEc2Error(error)
    await deleteForGood([image], context)
  }
}

/** Deletes images in one request, and goes on with it until there are none. @throws Ec2Error */
export async function deleteForGood(images: readonly Pick<Image, 'ID'>[], context: ChangeContext): Promise<void> {
  const one = context.commit()
  const goals = images.map(({ ID }): ImageGoal => ({ kind: 'image', number: ID, goal: 'delete' }))
  await context.pursue(goals)
  const outcomes = await one.multicall(
    goals.flatMap(({ number }) => [merge('image', number, { EC2_GOAL: 'delete' }), remove('image', number)]),
  )
  const refused = outcomes.find(({ error }) => error !== undefined && !isBusy(error) && !isGone(error))
  if (refused?.error !== undefined) throw toEc2Error(refused.error)
}

export const isGone = (error: unknown): boolean => error instanceof OneError && error.code === 'NO_EXISTS'

/** What is gone, or not the account's any more. */
export const isNobodys = (error: Error | undefined) =>
  isGone(error) || (error instanceof OneError && error.code === 'AUTHORIZATION')

/**
 * For so long OpenNebula may go on with what it was doing to an image when that was deleted: to fetch it, to copy it.
 * What it has left lying by then, or has failed to delete, is deleted by force; milliseconds.
 */
const PATIENCE = 6 * 60 * 60 * 1000

/** The call that deletes an image. @param age milliseconds since that was asked for */
export const removal = (number: number, age: number): WriteCall =>
  age > PATIENCE ? removeByForce(number) : remove('image', number)

/** Deletes images until OpenNebula has none of them: one that it accepts to delete may come back as a failed one. */
export async function deleteImages(goals: readonly Pending<ImageGoal>[], { one, now }: Tools): Promise<Progress> {
  const outcomes = await one.multicall(goals.map(({ number, since }) => removal(number, now() - since)))
  return { reached: goals.filter((_, index) => isNobodys(outcomes[index]?.error)), added: [] }
}
