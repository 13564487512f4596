// Images on their way into OpenNebula out of R2: what is staged goes, or is held no longer, when OpenNebula has it, or nobody
// wants it any more.
import { limits } from '../../limits.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { OneError } from '../../opennebula/errors.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { ChangeContext } from '../core/context.ts'
import { type Image, image as imageCall, type OneReader } from '../core/documents.ts'
import type { Pending, Progress, TaskKind, Tools } from '../core/tasks.ts'
import { isNobodys } from './deletion.ts'
import { isGoing } from './marks.ts'
import { isBeingMade } from './states.ts'

/**
 * The object staged under `key` is to go, or the hold of that key to end: when OpenNebula has fetched the image, or when
 * nobody wants it any more. It is written down before the first byte is staged, and stays until there is none.
 */
export interface ImportTask {
  readonly kind: 'import'
  /** The EC2 id of the AMI or snapshot, which is the image's name in OpenNebula. */
  readonly id: string
  readonly key: string
  /** The AMI's name, where it is to have one. */
  readonly name?: string | undefined
  /** Staged bytes; as many as may be sent, before all are there. */
  readonly bytes: number
  /** The object of the account's bucket that is held; absent where the bytes were staged for this import alone. */
  readonly object?: ImportedObject
  /** The OpenNebula image; absent while only the request that stages it knows whether there is one. */
  readonly number?: number
  /** When that request, or OpenNebula, has had time enough; milliseconds since 1970. */
  readonly until: number
}

/** An object that is imported. */
export interface ImportedObject {
  readonly key: string
  readonly etag: string
  /** Whether it is to go when OpenNebula has it: whoever uploaded it said so. */
  readonly once: boolean
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
 * what it was given time enough for goes. An object of the bucket stays the caller's, unless it was only for this.
 */
async function reconcile(tasks: readonly Pending<ImportTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const begun = tasks.flatMap(task => (task.number === undefined ? [] : [{ ...task, number: task.number }]))
  const timely = begun.filter(({ until }) => until > now())
  const many = timely.length > limits.singleReads.most
  const standings = await (many ? standingsInPool(one) : standingsOf(timely, one))
  const found = await foundImports(
    tasks.filter(({ number }) => number === undefined),
    tools,
  )
  const stands = (standing: Standing) => timely.filter(({ number }) => standings.get(number) === standing)
  const kept = new Set([...stands('being made'), ...found].map(({ id }) => id))
  const finished = tasks.filter(({ id }) => !kept.has(id)).slice(0, limits.r2Deletes.most)
  const done = new Set(finished.map(({ id }) => id))
  const used = stands('made').flatMap(({ id, object }) => (object?.once && done.has(id) ? object : []))
  if (used.length > 0) tools.discardUsed(used)
  if (finished.length > 0) await tools.unstage(finished.map(({ key }) => key))
  return { finished, begun: found }
}

/** How far OpenNebula is with an image that it was told to fetch; what failed, or is gone, is in none of these. */
type Standing = 'being made' | 'made'

function standingOf(image: Image): Standing | undefined {
  if (isBeingMade(image)) return 'being made'
  return image.STATE === IMAGE_STATE.ERROR || isGoing(image) ? undefined : 'made'
}

async function standingsOf(
  tasks: readonly { readonly number: number }[],
  one: OneReader,
): Promise<Map<number, Standing | undefined>> {
  const outcomes = await one.read(...tasks.map(({ number }) => imageCall(number)))
  return new Map(
    tasks.map(({ number }, index) => {
      const { value: [image] = [], error } = outcomes[index] ?? {}
      if (image) return [number, standingOf(image)]
      // While nobody can say, it may be
      return [number, error === undefined || isNobodys(error) ? undefined : 'being made']
    }),
  )
}

async function standingsInPool(one: OneReader): Promise<Map<number, Standing | undefined>> {
  const standings = new Map<number, Standing | undefined>()
  for await (const image of one.images({ whose: WHOSE.OWN })) standings.set(image.ID, standingOf(image))
  return standings
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
      if (task) found.push(begunImport(task, image.ID, now(), importWithin))
    }
  } catch (error) {
    // A user whom OpenNebula has no more has no images either
    if (!(error instanceof OneError && error.code === 'AUTHENTICATION')) throw error
  }
  return found
}
