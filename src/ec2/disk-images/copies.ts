// Copies of images and disks: made, and made their own, whatever breaks off between the two.
import { WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { setImagePersistent, setImageType } from '../../opennebula/calls/image.ts'
import { OneError } from '../../opennebula/errors.ts'
import { IMAGE_STATE, IMAGE_TYPE } from '../../opennebula/states.ts'
import { BLANK_MARKS, type Written } from '../core/attribute-names.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { toEc2Error } from '../core/failures.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { merge } from '../core/writes.ts'
import { makeImages } from './making.ts'
import { awaitsParts, isGoing, isUnfinished, noteParts } from './marks.ts'
import { recordLocks } from './record-locks.ts'
import { isBeingMade } from './states.ts'

/**
 * A copy that is to be, with what makes it its own.
 *
 * A clone begins with all attributes of its original, a saved disk with none: until these are written it is neither a
 * volume nor a snapshot nor an image to EC2 (`roleOf`), and its original's id is not its own.
 */
export interface CopyTask {
  readonly kind: 'copy'
  /** Its EC2 id, and its name in OpenNebula. */
  readonly name: string
  /** The id of the snapshot that it is besides, where it is an AMI. */
  readonly snapshot?: string | undefined
  readonly attributes: Written<'image'>
  readonly type: 'OS' | 'DATABLOCK'
  readonly persistent: boolean
  /** Of an AMI, the ids of the snapshots of its other disks, copies as well: it is pending until they are there. */
  readonly parts?: readonly string[] | undefined
  /** Its number, as soon as the request knows it. */
  readonly number?: number | undefined
}

/** What a copy shall be besides its content. */
export type Copy = Pick<CopyTask, 'name' | 'snapshot' | 'attributes' | 'type' | 'persistent' | 'parts'>

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
  const tasks = makings.map(({ copy }): CopyTask => ({ kind: 'copy', ...copy }))
  await context.tasks.begin(tasks)
  const wanted = makings.map(({ copy, make }) => ({ name: copy.name, make }))
  const numbers = await makeImages(wanted, context).catch(async error => {
    if (error instanceof OneError) await context.tasks.end(tasks)
    throw error
  })
  const copies = makings.flatMap(({ copy }) => ({ copy, number: numbers.get(copy.name) }))
  const outcomes = await one.multicall(
    copies.flatMap(({ copy, number }) => (number === undefined ? [] : finishing(number, copy, context))),
  )
  for (const { error } of outcomes) if (error !== undefined) throw toEc2Error(error)
  await context.tasks.end(tasks.filter(({ parts }) => parts === undefined))
  await context.tasks.begin(
    tasks.filter(({ parts }) => parts).map(task => ({ ...task, number: numbers.get(task.name) })),
  )
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

/** What of that has yet to be done, or to be done again where OpenNebula refused it. */
export function unfinished(image: Image, copy: Copy, tools: Pick<Context, 'mint' | 'account'>): WriteCall[] {
  if (isUnfinished(image)) return finishing(image.ID, copy, tools)
  return [
    ...(image.TYPE === IMAGE_TYPE[copy.type] ? [] : [setImageType(image.ID, copy.type)]),
    ...(image.PERSISTENT === copy.persistent ? [] : [setImagePersistent(image.ID, copy.persistent)]),
  ]
}

/** For so long a copy whose call broke off may still come about; milliseconds. */
const LATE_WITHIN = 10 * 60 * 1000

/** What a copy takes next, and whether nothing is left to do when that is done. */
interface Step {
  readonly calls: readonly WriteCall[]
  readonly ends: boolean
}

/** Finishes the copies that a request could not, as soon as they show, and waits for what belongs to them. */
async function reconcile(tasks: readonly Pending<CopyTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const names = new Set(tasks.flatMap(({ name, parts = [] }) => [name, ...parts]))
  const copies = new Map<string, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) if (names.has(image.NAME)) copies.set(image.NAME, image)
  const steps = tasks.map(task => nextStep(task, copies, now() - task.since > LATE_WITHIN, tools))
  const outcomes = await one.multicall(steps.flatMap(({ calls }) => calls))
  let next = 0
  const isDone = steps.map(({ calls, ends }) => {
    const own = outcomes.slice(next, next + calls.length)
    next += calls.length
    return ends && own.every(({ error }) => error === undefined)
  })
  return { finished: tasks.filter((_, index) => isDone[index]), begun: [] }
}

/** @param isLate whether what has not come about by now never will */
function nextStep(task: CopyTask, copies: ReadonlyMap<string, Image>, isLate: boolean, tools: Tools): Step {
  const copy = copies.get(task.name)
  if (copy === undefined) return { calls: [], ends: isLate }
  // What was asked for just now is seen to be done in the next round
  const calls = unfinished(copy, task, tools)
  if (calls.length > 0) return { calls, ends: false }
  if (!task.parts || !awaitsParts(copy)) return { calls: [], ends: true }
  const standings = task.parts.map(part => standingOf(copies.get(part), isLate))
  if (standings.includes('failed')) return { calls: [merge('image', copy.ID, noteParts('FAILED'))], ends: true }
  if (standings.includes('open')) return { calls: [], ends: false }
  return { calls: [merge('image', copy.ID, noteParts())], ends: true }
}

function standingOf(image: Image | undefined, isLate: boolean): 'open' | 'failed' | 'there' {
  if (image === undefined || isUnfinished(image)) return isLate ? 'failed' : 'open'
  if (isBeingMade(image)) return 'open'
  return image.STATE === IMAGE_STATE.ERROR || isGoing(image) ? 'failed' : 'there'
}

export const copyTasks: TaskKind<CopyTask> = {
  kind: 'copy',
  id: ({ name }) => name,
  locks: ({ name, snapshot }) => [name, snapshot ?? []].flat().flatMap(recordLocks),
  reconcile,
  giveUp: tasks =>
    tasks.flatMap(({ number, parts }) =>
      parts && number !== undefined ? merge('image', number, noteParts('FAILED')) : [],
    ),
}
