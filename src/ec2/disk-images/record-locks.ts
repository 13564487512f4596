// The names of the locks under which what EC2 knows of an image is changed: its tags, and its record by what it is.

import { canonicalId } from '../core/ids.ts'
import { isIdOf, type Resource } from '../core/resource.ts'
import { tagsLock } from '../core/tags.ts'
import { IMAGE } from '../images/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { VOLUME, volumeLock } from '../volumes/resource.ts'

/** The lock under which what an AMI is changes. */
export const imageLock = (id: string): string => `image:${canonicalId(id)}`

/** The lock under which what a snapshot is changes. */
export const snapshotLock = (id: string): string => `snapshot:${canonicalId(id)}`

const locks: readonly (readonly [Resource, (id: string) => string])[] = [
  [IMAGE, imageLock],
  [VOLUME, volumeLock],
  [SNAPSHOT, snapshotLock],
]

/** All of them for a resource: for whoever writes all that it is. */
export function recordLocks(id: string): string[] {
  const [, lock] = locks.find(([resource]) => isIdOf(resource, id)) ?? []
  return [tagsLock(id), ...(lock ? [lock(id)] : [])]
}
