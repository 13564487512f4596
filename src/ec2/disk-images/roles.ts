// What EC2 takes an OpenNebula image for: an AMI, a volume, a snapshot, and by which id.
//
// An AMI and the snapshot of its root disk are one OpenNebula image, which is both: the AMI has `EC2_ID`, `EC2_IMAGE` and
// `EC2_TAGS`, the snapshot `EC2_SNAPSHOT_ID`, `EC2_SNAPSHOT` and `EC2_SNAPSHOT_TAGS`. Deregistering takes the AMI away.
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Image } from '../core/documents.ts'
import { said } from '../core/following.ts'
import type { Identified } from '../core/ids.ts'
import type { Resource } from '../core/resource.ts'
import { IMAGE } from '../images/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { VOLUME } from '../volumes/resource.ts'
import { imageRecord } from './ami-record.ts'
import { isGoing, isMarked, isPlaceholder, isUnfinished } from './marks.ts'

/** What EC2 takes an OpenNebula image for. */
export type ImageRole = 'image' | 'volume' | 'snapshot'

/** The kinds of resources that an image may be. */
export const resourceOf: Readonly<Record<ImageRole, Resource>> = { image: IMAGE, volume: VOLUME, snapshot: SNAPSHOT }

/** The role an image has in EC2, by the marks that econe introduced. */
export const roleOf = said((image: Image): ImageRole | undefined => {
  if (isUnfinished(image)) return undefined
  if (isMarked(image, 'EBS_SNAPSHOT')) return 'snapshot'
  if (isMarked(image, 'EBS_VOLUME')) return 'volume'
  // An AMI that was deregistered is gone at once, whatever still uses its image
  return isMarked(image, 'EC2_AMI') && !isGoing(image) ? 'image' : undefined
})

/** Whether an image counts as one of a kind, which more do than those of that role. */
export function isOf(kind: ImageRole, image: Image): boolean {
  const role = roleOf(image)
  // A snapshot that was deleted is gone at once, even if OpenNebula still needs its image; a volume is to be seen going
  if (kind === 'snapshot' && isGoing(image)) return false
  if (kind === role) return true
  // An instance's disk is a volume as long as it is one, whoever made its image
  if (kind === 'volume') return image.PERSISTENT && image.VMS.ID.length > 0
  return kind === 'snapshot' && role === 'image' && holdsSnapshot(image)
}

/** The root disk of an AMI is a snapshot, but for the copy of one; before it is there, as far as it has an id already. */
export const holdsSnapshot = (image: Image): boolean =>
  imageRecord(image).snapshot === undefined &&
  (!isPlaceholder(image) || textOf(image.TEMPLATE, 'EC2_SNAPSHOT_ID') !== undefined)

/** What the id of an image follows from, as AMI or volume, or as a snapshot alone. */
export const sealedImageId = (image: Image): Identified => ({
  ID: image.ID,
  UID: image.UID,
  EC2_ID: textOf(image.TEMPLATE, 'EC2_ID'),
})

/** The same of the snapshot that an image is. One of an AMI that has no id of its own is known by the image's number. */
export const sealedSnapshotId = (image: Image): Identified => ({
  ...sealedImageId(image),
  EC2_ID: textOf(image.TEMPLATE, 'EC2_SNAPSHOT_ID') ?? textOf(image.TEMPLATE, 'EC2_ID'),
})

/** What the id of an image follows from in a role. */
export const identityIn = (role: ImageRole) => (role === 'snapshot' ? sealedSnapshotId : sealedImageId)
