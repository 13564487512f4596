// Copies of images and disks: made, and made their own, whatever breaks off between the two.
import { merge, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { setImagePersistent, setImageType } from '../../opennebula/calls/image.ts'
import type { Image } from '../../opennebula/documents.ts'
import { OneError } from '../../opennebula/errors.ts'
import type { ChangeContext, Context } from '../context.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { toEc2Error } from '../failures.ts'
import { BLANK_MARKS, isUnfinished } from '../image.ts'
import { makeImages } from './making.ts'

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
  readonly attributes: { readonly [attribute: string]: string | boolean }
  readonly type: 'OS' | 'DATABLOCK'
  readonly persistent: boolean
}

/** What a copy shall be besides its content. */
export type Copy = Pick<CopyTask, 'name' | 'snapshot' | 'attributes' | 'type' | 'persistent'>

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
  await context.tasks.end(tasks)
}

/** Makes one copy, as `copyImages`. */
export const copyImage = (copy: Copy, make: WriteCall, context: ChangeContext): Promise<void> =>
  copyImages([{ copy, make }], context)

/** What makes a copy its own. OpenNebula takes all of it while it is still copying. */
export const finishing = (
  number: number,
  { name, snapshot, attributes, type, persistent }: Copy,
  { mint, account }: Pick<Context, 'mint' | 'account'>,
): WriteCall[] => [
  merge('image', number, {
    ...BLANK_MARKS,
    ...attributes,
    EC2_ID: mint.attribute(name, account.user.id, number),
    ...(snapshot !== undefined && { EC2_SNAPSHOT_ID: mint.attribute(snapshot, account.user.id, number) }),
  }),
  setImageType(number, type),
  setImagePersistent(number, persistent),
]

/** For so long a copy whose call broke off may still come about; milliseconds. */
const AFTERMATH = 10 * 60 * 1000

/** Finishes the copies that a request could not, as soon as they show. */
async function reconcile(tasks: readonly Pending<CopyTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const copies = new Map<string, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) copies.set(image.NAME, image)
  const open = tasks.filter(({ name }) => {
    const copy = copies.get(name)
    return copy === undefined || isUnfinished(copy)
  })
  const calls = open.flatMap(task => {
    const copy = copies.get(task.name)
    return copy === undefined ? [] : finishing(copy.ID, task, tools)
  })
  await one.multicall(calls)
  // What was asked for just now is seen to be done in the next round
  const waiting = new Set(open.filter(({ name, since }) => copies.has(name) || now() - since < AFTERMATH))
  return { finished: tasks.filter(task => !waiting.has(task)), begun: [] }
}

export const copyTasks: TaskKind<CopyTask> = {
  kind: 'copy',
  id: ({ name }) => name,
  reconcile,
  giveUp: () => [],
}
