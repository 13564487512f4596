// What outlives the request that asked for it: the kinds of goals, and what they are known and locked by.
import { merge, WHOSE, type WriteCall } from '../opennebula/calls.ts'
import type { OneReader, OneWriter } from '../opennebula/client.ts'
import type { Image } from '../opennebula/documents.ts'
import { ADDRESSES_LOCK, type AddressGoal } from './address.ts'
import type { Launch } from './aftermath.ts'
import type { CaptureGoal } from './capture.ts'
import type { Account } from './context.ts'
import type { CopyGoal } from './creation.ts'
import type { DiskGoal } from './hot-plug.ts'
import type { IdMint } from './ids.ts'
import { KEY_PAIRS_LOCK } from './key-pairs.ts'
import type { ReservationGoal } from './lost-addresses.ts'
import { recordLocks } from './record-locks.ts'
import type { GoalNote, GoalState } from './states.ts'
import { volumeLock } from './volume.ts'

/** A state that a VM is to reach. */
export interface VmGoal {
  readonly kind: 'vm'
  readonly number: number
  /** The instance's id, by which its state is locked. */
  readonly id: string
  readonly goal: GoalState
  /** Whether the guest is not asked. */
  readonly hard?: boolean
  /** The volumes that end with it, by the numbers of their images: names are their owner's to change. */
  readonly volumes?: readonly number[]
}

/** An image that is to be deleted. */
export interface ImageGoal {
  readonly kind: 'image'
  readonly number: number
  readonly goal: 'delete'
}

/**
 * The object staged under `key` is to go: when OpenNebula has fetched the image, or when nobody wants it any more. It is
 * written down before the first byte is staged, and stays until there is none.
 */
export interface ImportGoal {
  readonly kind: 'import'
  readonly goal: 'unstage'
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

/** The goal for an image that OpenNebula has begun to import. */
export const begunImport = (goal: ImportGoal, number: number, now: number, importWithin: number): ImportGoal => ({
  ...goal,
  number,
  until: now + importWithin + LONGEST_DOWNLOAD,
})

/** A key pair that is to be deleted: nobody was told its private key. */
export interface KeyPairGoal {
  readonly kind: 'keyPair'
  readonly id: string
  readonly goal: 'delete'
}

export type Goal =
  | VmGoal
  | ImageGoal
  | ImportGoal
  | KeyPairGoal
  | AddressGoal
  | ReservationGoal
  | CaptureGoal
  | CopyGoal
  | DiskGoal
  | Launch
export type Kind = Goal['kind']
export type GoalOf<K extends Kind> = Extract<Goal, { readonly kind: K }>

/** A goal, and when it was accepted: milliseconds since 1970. */
export type Pending<G extends Goal = Goal> = G & { readonly since: number }

/** What goals are pursued with. */
export interface Tools {
  readonly one: OneWriter
  readonly account: Account
  readonly mint: IdMint
  readonly now: () => number
  /** Milliseconds for which OpenNebula may begin to fetch an uploaded image. */
  readonly importWithin: number
  /** Deletes staged objects. */
  readonly unstage: (keys: string[]) => Promise<void>
}

/** How far a round came. */
export interface Progress {
  readonly reached: readonly Goal[]
  /** Goals that are new, or have changed. */
  readonly added: readonly Goal[]
  /** Goals that nobody tries to reach any more. */
  readonly abandoned?: readonly Pending[]
}

/** The name of a goal among all of an account. */
export function keyOf(goal: Goal): string {
  if (goal.kind === 'launch') return `launch:${goal.reservation}`
  if (goal.kind === 'copy') return `copy:${goal.name}`
  if (goal.kind === 'import') return `import:${goal.id}`
  return `${goal.kind}:${'number' in goal ? goal.number : goal.id}`
}

/** The lock under which the state of an instance changes. */
export const stateLock = (id: string) => `state:${id}`

/** The lock under which an image is imported from the staging area. */
export const importLock = (id: string) => `import:${id}`

/** The locks under which a goal is pursued, where others may want something else of its objects. */
export function locksOf(goal: Goal): string[] {
  if (goal.kind === 'vm') return [stateLock(goal.id)]
  if (goal.kind === 'capture') return [stateLock(goal.instance), ...madeUnder(goal.id, goal.snapshot)]
  if (goal.kind === 'copy') return madeUnder(goal.name, goal.snapshot)
  if (goal.kind === 'keyPair') return [KEY_PAIRS_LOCK]
  if (goal.kind === 'address') return [ADDRESSES_LOCK]
  if (goal.kind === 'reservation') return [goal.request, ADDRESSES_LOCK]
  if (goal.kind === 'disk') return [volumeLock(goal.disk.EC2_VOLUME_ID)]
  if (goal.kind === 'import') return [importLock(goal.id)]
  if (goal.kind === 'launch') return goal.kept ? [...goal.kept.keys()].map(stateLock) : [goal.request]
  return []
}

/** What makes an image what it is writes all that others may change of it. */
const madeUnder = (id: string, snapshot: string | undefined): string[] =>
  [id, snapshot ?? []].flat().flatMap(recordLocks)

/** Notes on a VM what is to become of it, for every location to see; '' takes the note away. */
export const noteGoal = (number: number, goal: GoalNote | ''): WriteCall => merge('vm', number, { EC2_GOAL: goal })

/** Goals to delete images: those of the account that are among the unwanted, by what tells them. */
export async function deletionOf<T>(
  unwanted: readonly T[],
  tell: (image: Image) => T,
  one: OneReader,
): Promise<ImageGoal[]> {
  if (unwanted.length === 0) return []
  const known = new Set(unwanted)
  const goals: ImageGoal[] = []
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (known.has(tell(image))) goals.push({ kind: 'image', number: image.ID, goal: 'delete' })
  }
  return goals
}
