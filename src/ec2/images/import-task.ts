// Staged images on their way into OpenNebula: what is staged goes when OpenNebula has it, or nobody wants it any more.
import { limits } from '../../limits.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { OneError } from '../../opennebula/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { image as imageCall, type OneReader } from '../core/documents.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { isNobodys } from '../disk-images/deletion.ts'
import { isBeingMade } from '../disk-images/states.ts'

/**
 * The object staged under `key` is to go: when OpenNebula has fetched the image, or when nobody wants it any more. It is
 * written down before the first byte is staged, and stays until there is none.
 */
export interface ImportTask {
  readonly kind: 'import'
  /** The image's EC2 id, which is its name in OpenNebula. */
  readonly id: string
  readonly key: string
  /** The AMI's name, where it is to have one. */
  readonly name?: string | undefined
  /** Staged bytes; as many as may be sent, before all are there. */
  readonly bytes: number
  /** The OpenNebula image; absent while only the request that stages it knows whether there is one. */
  readonly number?: number
  /** When that request, or OpenNebula, has had time enough; milliseconds since 1970. */
  readonly until: number
}

/** A download takes no longer than this from when it could last begin; milliseconds. */
export const LONGEST_DOWNLOAD = 24 * 60 * 60 * 1000

/** The task for an image that OpenNebula has begun to import. */
export const begunImport = (task: ImportTask, number: number, now: number, importWithin: number): ImportTask => ({
  ...task,
  number,
  until: now + importWithin + LONGEST_DOWNLOAD,
})

/** The lock under which an image is imported from the staging area. */
export const importLock = (id: string) => `import:${id}`

export const importTasks: TaskKind<ImportTask> = {
  kind: 'import',
  id: ({ id }) => id,
  locks: ({ id }) => [importLock(id)],
  restsUntil: ({ number, until }) => (number === undefined ? until : undefined),
  // The upload before took its own time: OpenNebula's counts from when it begins
  isAnother: (task, earlier) => task.number !== undefined && earlier.number === undefined,
  reconcile,
  staged: ({ key }) => key,
}

/** Deletes a staged object. Where that fails its task stays, and does it later. */
export async function discardStaged(task: ImportTask, { staging, tasks }: ChangeContext): Promise<void> {
  if (await staging.delete(task.key)) await tasks.end([task])
}

/**
 * What OpenNebula reads stays. What it has, what it has no image for though nobody is about to make one any more, and
 * what it was given time enough for goes.
 */
async function reconcile(tasks: readonly Pending<ImportTask>[], tools: Tools): Promise<Progress> {
  const { one, now, unstage } = tools
  const begun = tasks.flatMap(task => (task.number === undefined ? [] : [{ ...task, number: task.number }]))
  const timely = begun.filter(({ until }) => until > now())
  const many = timely.length > limits.singleReads.most
  const importing = await (many ? importingInPool(one) : importingOf(timely, one))
  const found = await foundImports(
    tasks.filter(({ number }) => number === undefined),
    tools,
  )
  const kept = new Set([...timely.filter(({ number }) => importing.has(number)), ...found].map(({ id }) => id))
  const finished = tasks.filter(({ id }) => !kept.has(id)).slice(0, limits.r2Deletes.most)
  if (finished.length > 0) await unstage(finished.map(({ key }) => key))
  return { finished, begun: found }
}

/** The images of these numbers that OpenNebula may still be fetching. */
async function importingOf(tasks: readonly { readonly number: number }[], one: OneReader): Promise<Set<number>> {
  const outcomes = await one.read(...tasks.map(({ number }) => imageCall(number)))
  const open = tasks.filter((_, index) => {
    const { value = [], error } = outcomes[index] ?? {}
    return error === undefined ? value.some(isBeingMade) : !isNobodys(error)
  })
  return new Set(open.map(({ number }) => number))
}

async function importingInPool(one: OneReader): Promise<Set<number>> {
  const importing = new Set<number>()
  for await (const image of one.images({ whose: WHOSE.OWN })) if (isBeingMade(image)) importing.add(image.ID)
  return importing
}

/** The tasks of which nobody knew whether OpenNebula had begun, and it has. */
async function foundImports(
  tasks: readonly Pending<ImportTask>[],
  { one, now, importWithin }: Tools,
): Promise<ImportTask[]> {
  if (tasks.length === 0) return []
  const byName = new Map(tasks.map(task => [task.id, task]))
  const found: ImportTask[] = []
  try {
    for await (const image of one.images({ whose: WHOSE.OWN })) {
      const task = byName.get(image.NAME)
      if (task && isBeingMade(image)) found.push(begunImport(task, image.ID, now(), importWithin))
    }
  } catch (error) {
    // A user whom OpenNebula has no more has no images either
    if (!(error instanceof OneError && error.code === 'AUTHENTICATION')) throw error
  }
  return found
}
