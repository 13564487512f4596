// Snapshots as resources: their ids, their locks, and what is said of them.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { canonicalId } from '../core/ids.ts'
import { phrase, type Resource } from '../core/resource.ts'

export const SNAPSHOT = {
  kind: 'snapshot',
  prefix: 'snap',
  type: 'snapshot',
  notFound: 'InvalidSnapshot.NotFound',
  malformed: 'InvalidSnapshotID.Malformed',
  missing: phrase('snapshot', 'snapshots', '.'),
  limitExceeded: 'SnapshotLimitExceeded',
} as const satisfies Resource

/** @param user the AMI that is made of it, where it is known @returns InvalidSnapshot.InUse */
export const snapshotInUse = (id: string, user = 'an image'): Ec2Error =>
  new Ec2Error('InvalidSnapshot.InUse', `The snapshot ${excerpt(id)} is currently in use by ${user}`)

/** For what cannot be done in the state that a snapshot is in. @returns IncorrectState */
export const incorrectSnapshotState = (id: string, state: string): Ec2Error =>
  new Ec2Error('IncorrectState', `Snapshot ${id} is in invalid state - ${state}`)

/** The lock under which what a snapshot is changes. */
export const snapshotLock = (id: string): string => `snapshot:${canonicalId(id)}`
