// What outlives the request that asked for it: the kinds of goals, and what they are known and locked by.
import { merge, WHOSE, type WriteCall } from '../opennebula/calls.ts'
import type { OneReader, OneWriter } from '../opennebula/client.ts'
import { ADDRESSES_LOCK, type AddressGoal } from './address.ts'
import type { Launch } from './aftermath.ts'
import type { CaptureGoal } from './capture.ts'
import type { Account } from './context.ts'
import type { CopyGoal } from './creation.ts'
import type { DiskGoal } from './hot-plug.ts'
import type { IdMint } from './ids.ts'
import { KEY_PAIRS_LOCK } from './key-pairs.ts'
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
  /** Names of the volumes that end with it. */
  readonly volumes?: readonly string[]
}

/** An image that is to be deleted. */
export interface ImageGoal {
  readonly kind: 'image'
  readonly number: number
  readonly goal: 'delete'
}

/** The object staged under `key` is to go when OpenNebula has fetched the image from it. */
export interface ImportGoal {
  readonly kind: 'import'
  readonly number: number
  readonly goal: 'unstage'
  readonly key: string
}

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
  /** Deletes staged objects. */
  readonly unstage: (keys: string[]) => Promise<void>
}

/** How far a round came. */
export interface Progress {
  readonly reached: readonly Goal[]
  /** Goals that are new, or have changed. */
  readonly added: readonly Goal[]
}

/** The name of a goal among all of an account. */
export function keyOf(goal: Goal): string {
  if (goal.kind === 'launch') return `launch:${goal.reservation}`
  if (goal.kind === 'copy') return `copy:${goal.name}`
  return `${goal.kind}:${'number' in goal ? goal.number : goal.id}`
}

/** The lock under which the state of an instance changes. */
export const stateLock = (id: string) => `state:${id}`

/** The lock under which a goal is pursued, where others may want something else of its object. */
export function lockOf(goal: Goal): string | undefined {
  if (goal.kind === 'vm') return stateLock(goal.id)
  if (goal.kind === 'capture') return stateLock(goal.instance)
  if (goal.kind === 'keyPair') return KEY_PAIRS_LOCK
  if (goal.kind === 'address') return ADDRESSES_LOCK
  if (goal.kind === 'disk') return volumeLock(goal.disk.EC2_VOLUME_ID)
  return goal.kind === 'launch' && goal.kept === undefined ? goal.request : undefined
}

/** Notes on a VM what is to become of it, for every location to see; '' takes the note away. */
export const noteGoal = (number: number, goal: GoalNote | ''): WriteCall => merge('vm', number, { EC2_GOAL: goal })

/** Goals to delete volumes. They are found by their names, which are their ids. */
export async function deletionOf(volumes: readonly string[], one: OneReader): Promise<ImageGoal[]> {
  if (volumes.length === 0) return []
  const names = new Set(volumes)
  const goals: ImageGoal[] = []
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (names.has(image.NAME)) goals.push({ kind: 'image', number: image.ID, goal: 'delete' })
  }
  return goals
}
