// The locks under which all is changed that EC2 knows of an image: its tags, and its record by what it is.
import { isIdOf, type Resource } from '../core/resource.ts'
import { tagsLock } from '../core/tags.ts'
import { IMAGE, imageLock } from '../images/resource.ts'
import { SNAPSHOT, snapshotLock } from '../snapshots/resource.ts'
import { VOLUME, volumeLock } from '../volumes/resource.ts'

const locks: readonly (readonly [Resource, (id: string) => string])[] = [
  [IMAGE, imageLock],
  [VOLUME, volumeLock],
  [SNAPSHOT, snapshotLock],
]

/** All of them for a resource: for what makes an image what it is to be, and writes all that. */
export function recordLocks(id: string): string[] {
  const [, lock] = locks.find(([resource]) => isIdOf(resource, id)) ?? []
  return [tagsLock(id), ...(lock ? [lock(id)] : [])]
}
