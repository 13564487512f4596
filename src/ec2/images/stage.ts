// An upload's place in the staging area: reserved before the first byte is taken, given back when it comes to nothing.
import { limits } from '../../limits.ts'
import { invalid } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { sideBySide } from '../core/side-by-side.ts'
import type { Tasks } from '../core/tasks.ts'
import { discardStaged, type ImportTask, importTasks } from '../disk-images/import-task.ts'
import { readRoom } from '../disk-images/room.ts'
import { checkNameIsFree, duplicateName } from './names.ts'
import { IMAGE, IMAGE_NAMES_LOCK } from './resource.ts'

/** What the Worker knows of an upload before it takes the file. */
export interface NewUpload {
  /** Minted for it. */
  readonly ImageId: string
  /** The AMI's name. */
  readonly Name: string
  /** As the request announces; absent where it does not. */
  readonly Bytes: number | undefined
}

/** A place for an upload. */
export interface Place {
  /** So much may be sent, */
  readonly bytes: number
  /** within so many milliseconds. */
  readonly within: number
}

/** What a connection may take to come about and to end; milliseconds. */
const MARGIN = 10 * 60 * 1000

/** Bytes a millisecond below which a client is too slow: 2 Mbit/s. Until that time a Worker that died blocks the place. */
const SLOWEST = 256

const MIB = 2 ** 20

const LARGEST = limits.uploadedImage.most * MIB

/**
 * Reserves a place. What an account has staged, and how many uploads it has under way, is bounded here: in its one
 * object, and before anything is taken.
 * @throws Ec2Error InvalidAMIName.Duplicate, ResourceLimitExceeded, InvalidParameterValue
 */
export async function stageImage({ ImageId, Name, Bytes }: NewUpload, context: ChangeContext): Promise<Place> {
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const { staging, settings, tasks } = context
    if (staged(tasks).some(({ name }) => name === Name)) throw duplicateName(Name)
    const [, room] = await sideBySide(
      context,
      look => checkNameIsFree(Name, look),
      look => readRoom(IMAGE, look),
    )
    // What the alarm has done meanwhile counts
    const bytes = placeFor(Bytes, staged(tasks), settings.stagedBytes)
    // The form is a little larger than its file
    room.check(Math.floor((Bytes ?? 0) / MIB))
    const within = MARGIN + bytes / SLOWEST
    const until = context.now() + within
    const task: Omit<ImportTask, 'until'> = {
      kind: 'import',
      id: ImageId,
      key: staging.keyOf(ImageId),
      name: Name,
      bytes,
    }
    await context.tasks.begin([{ ...task, until }])
    return { bytes, within }
  })
}

/** What is in the staging area, or on its way there: what is held of the bucket is not. */
const staged = (tasks: Tasks) => tasks.of(importTasks).filter(({ object }) => object === undefined)

/** The bytes to be reserved; all that are left where the request does not say how many it has. */
function placeFor(bytes: number | undefined, staged: readonly ImportTask[], most: number): number {
  const uploads = staged.filter(({ number }) => number === undefined)
  if (uploads.length >= limits.uploadsAtOnce.most) {
    throw exceeded(`has ${uploads.length} uploads under way, and may have ${limits.uploadsAtOnce.most} at a time`)
  }
  if (bytes !== undefined && bytes > LARGEST) throw tooLarge()
  const left = most - staged.reduce((sum, task) => sum + task.bytes, 0)
  if (left <= 0 || (bytes !== undefined && bytes > left)) {
    throw exceeded(
      `may have ${most / 2 ** 30} GiB of images waiting to be imported, of which ${Math.max(0, Math.floor(left / MIB))} MiB are left`,
    )
  }
  return Math.min(bytes ?? left, LARGEST)
}

/** Gives a place back, and deletes what is there. */
export async function unstageImage({ ImageId }: { readonly ImageId: string }, context: ChangeContext): Promise<object> {
  const task = context.tasks.of(importTasks).find(({ id, number }) => id === ImageId && number === undefined)
  if (task) await discardStaged(task, context)
  return {}
}

const exceeded = (what: string) =>
  new Ec2Error('ResourceLimitExceeded', `The account ${what}. Try again when they are imported.`)

const tooLarge = (): Ec2Error => invalid('file', undefined, `It is larger than ${Math.floor(LARGEST / 2 ** 30)} GiB.`)
