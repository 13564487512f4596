// The names of the locks under which what EC2 knows of an image is changed: its tags, and its record by what it is.
import { canonicalId } from '../core/ids.ts'
import { kindOf, type ResourceKind } from '../resources.ts'
import { volumeLock } from '../volumes/view.ts'

/** The lock under which the tags of a resource change. */
export const tagsLock = (id: string): string => `tags:${canonicalId(id)}`

/** The lock under which what an AMI is changes. */
export const imageLock = (id: string): string => `image:${canonicalId(id)}`

/** The lock under which what a snapshot is changes. */
export const snapshotLock = (id: string): string => `snapshot:${canonicalId(id)}`

const locks: { readonly [K in ResourceKind]?: (id: string) => string } = {
  image: imageLock,
  volume: volumeLock,
  snapshot: snapshotLock,
}

/** All of them for a resource: for whoever writes all that it is. */
export function recordLocks(id: string): string[] {
  const kind = kindOf(id)
  const lock = kind && locks[kind]
  return [tagsLock(id), ...(lock ? [lock(id)] : [])]
}
