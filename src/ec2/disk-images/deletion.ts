// Deleting images: at once, or as soon as OpenNebula does; and again, where one comes back that it had accepted to delete.
import { remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { removeByForce } from '../../opennebula/calls/image.ts'
import { OneError } from '../../opennebula/errors.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image, OneReader } from '../core/documents.ts'
import { isBusy, toEc2Error } from '../core/failures.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import type { Used } from '../core/usage.ts'
import { merge } from '../core/writes.ts'
import { isBeingMade } from './states.ts'
import { usedOf } from './used.ts'

/** An image that is to be deleted. */
export interface DeletionTask {
  readonly kind: 'image'
  readonly number: number
  /** What ends with it; absent of what was never there for anybody. */
  readonly used?: Used
}

/** An image of which no more is known is one that a creation left behind. */
type Unwanted = Image | (Pick<Image, 'ID'> & { readonly REGTIME?: undefined })

const deletionTask = (image: Unwanted): DeletionTask => ({
  ...{ kind: 'image', number: image.ID },
  ...(image.REGTIME !== undefined && { used: usedOf(image) }),
})

/**
 * Deletes an image: at once, or as soon as OpenNebula does; it is shown as going from now on.
 *
 * What is being made, or never was, may come back from a deletion that OpenNebula has accepted: it is seen to the end.
 * @throws Ec2Error
 */
export async function deleteImage(image: Image, context: ChangeContext): Promise<void> {
  const one = context.commit()
  if (isBeingMade(image) || image.STATE === IMAGE_STATE.ERROR) return deleteForGood([image], context)
  try {
    await one.call(remove('image', image.ID))
    context.usage.ended(usedOf(image))
  } catch (error) {
    if (isGone(error)) return
    if (!isBusy(error)) throw toEc2Error(error)
    await deleteForGood([image], context)
  }
}

/** Deletes images in one request, and goes on with it until there are none. @throws Ec2Error */
export async function deleteForGood(images: readonly Unwanted[], context: ChangeContext): Promise<void> {
  const one = context.commit()
  const tasks = images.map(deletionTask)
  await context.tasks.begin(tasks)
  const outcomes = await one.multicall(
    tasks.flatMap(({ number }) => [merge('image', number, { EC2_GOAL: 'delete' }), remove('image', number)]),
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
async function reconcile(tasks: readonly Pending<DeletionTask>[], { one, now }: Tools): Promise<Progress> {
  const outcomes = await one.multicall(tasks.map(({ number, since }) => removal(number, now() - since)))
  return { finished: tasks.filter((_, index) => isNobodys(outcomes[index]?.error)), begun: [] }
}

/** Tasks to delete images: those of the account that are among the unwanted, by what tells them. */
export async function deletionsOf<T>(
  unwanted: readonly T[],
  tell: (image: Image) => T,
  one: OneReader,
): Promise<DeletionTask[]> {
  if (unwanted.length === 0) return []
  const known = new Set(unwanted)
  const tasks: DeletionTask[] = []
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (known.has(tell(image))) tasks.push(deletionTask(image))
  }
  return tasks
}

export const deletionTasks: TaskKind<DeletionTask> = {
  kind: 'image',
  id: ({ number }) => number,
  used: ({ used }) => used,
  ends: ({ used }) => used !== undefined,
  reconcile,
  giveUp: tasks => tasks.map(({ number }) => merge('image', number, { EC2_GOAL: '' })),
}
