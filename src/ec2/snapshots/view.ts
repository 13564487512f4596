// A snapshot as EC2 sees it: an OpenNebula image that is a copy of a volume, or the disk of an AMI.
import type { Snapshot, SnapshotState } from '@aws-sdk/client-ec2'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { accounts, description, id, gibibytes as sizeInGib } from '../core/fields.ts'
import { followingItem } from '../core/following.ts'
import { numericId } from '../core/ids.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import type { Copy } from '../disk-images/copies.ts'
import { describedIn } from '../disk-images/description.ts'
import { imported } from '../disk-images/imported.ts'
import { isPlaceholder } from '../disk-images/marks.ts'
import { roleOf, sealedSnapshotId } from '../disk-images/roles.ts'
import { gibibytes } from '../disk-images/sizes.ts'
import { imageState } from '../disk-images/states.ts'
import { imageTags, withToldTags } from '../disk-images/tags.ts'
import { VOLUME } from '../volumes/resource.ts'
import { SNAPSHOT } from './resource.ts'

const snapshotFields = {
  volume: id(VOLUME),
  description,
  /** GiB of the volume, where the snapshot's image has fewer: it is yet to be made, or the volume was yet to grow. */
  size: sizeInGib,
  /** The accounts that may make volumes of it besides its owner. */
  accounts,
  imported,
}

/** What of a snapshot only EC2 knows: the image's attribute `EC2_SNAPSHOT`. */
export type SnapshotRecord = RecordOf<typeof snapshotFields>
export const snapshotRecords = stored('image', 'EC2_SNAPSHOT', record(snapshotFields))

export const snapshotRecord = (image: Image): SnapshotRecord => snapshotRecords.read(image.TEMPLATE) ?? {}

/** GiB of the volume that a snapshot is of: OpenNebula copies it in the size that it had, and what is made of the copy grows. */
export const snapshotSize = (image: Image, { size = 0 } = snapshotRecord(image)): number =>
  Math.max(size, gibibytes(image.SIZE))

/** What a snapshot is to OpenNebula. */
export const snapshotCopy = (id: string, record: SnapshotRecord, tags: Tags): Copy => ({
  name: id,
  attributes: {
    EBS_SNAPSHOT: true,
    EC2_SNAPSHOT: snapshotRecords.write(record),
    ...(tags.size > 0 && { EC2_TAGS: encodeTags(tags) }),
  },
  type: 'DATABLOCK',
  persistent: false,
})

/** A snapshot that was just begun, as the actions answer it that make one. */
export const newSnapshot = (
  id: string,
  { volume, description, size }: SnapshotRecord,
  tags: Tags,
  { account, now }: Pick<Context, 'account' | 'now'>,
): Snapshot => ({
  SnapshotId: id,
  VolumeId: volume,
  State: 'pending',
  StartTime: new Date(now()),
  Progress: '',
  OwnerId: account.id,
  Description: description ?? '',
  Encrypted: false,
  VolumeSize: size,
  Tags: tagItems(tags),
})

/** AWS's id for a volume that a snapshot was not made of: that of a copy, say. */
export const NO_VOLUME = 'vol-ffffffff'

/** A volume that is made from a snapshot uses it for a while; it is complete all the same. */
const states: Readonly<Record<number, SnapshotState>> = {
  [IMAGE_STATE.INIT]: 'pending',
  [IMAGE_STATE.LOCKED]: 'pending',
  [IMAGE_STATE.LOCKED_USED]: 'pending',
  [IMAGE_STATE.LOCKED_USED_PERS]: 'pending',
  [IMAGE_STATE.ERROR]: 'error',
}

export function snapshotState(image: Image): SnapshotState {
  if (isPlaceholder(image)) return imageState(image) === 'pending' ? 'pending' : 'error'
  return states[image.STATE] ?? 'completed'
}

/** The volume a snapshot was made of; econe did not say, but OpenNebula does of a disk that it saved. */
function volumeOf({ TEMPLATE }: Image, { volume }: SnapshotRecord): string {
  const saved = textOf(TEMPLATE, 'SAVED_IMAGE_ID')
  if (volume !== undefined) return volume
  return saved !== undefined && /^\d{1,9}$/.test(saved) ? numericId(VOLUME, Number(saved)) : NO_VOLUME
}

/** econe had no place for a description but the image's name, which was `ec2-…` where there was none. */
const econeDescription = ({ NAME, TEMPLATE }: Image): string =>
  textOf(TEMPLATE, 'EBS_SNAPSHOT') && !textOf(TEMPLATE, 'EC2_ID') && !NAME.startsWith('ec2-') ? NAME : ''

/** What OpenNebula has of a description. Of an AMI's image that is the AMI's. */
const ownDescription = (image: Image): string =>
  roleOf(image) === 'image' ? '' : (describedIn(image) ?? econeDescription(image))

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Snapshot.html */
export const toSnapshot = followingItem((image: Image, { mint }): Snapshot => {
  const known = snapshotRecord(image)
  const state = snapshotState(image)
  const start = new Date(image.REGTIME * 1000)
  return {
    SnapshotId: mint.idOf(SNAPSHOT, sealedSnapshotId(image)),
    VolumeId: volumeOf(image, known),
    State: state,
    StateMessage: state === 'error' ? 'The volume could not be copied.' : undefined,
    StartTime: start,
    Progress: state === 'completed' ? '100%' : '0%',
    OwnerId: accountId(image.UID),
    Description: known.description ?? ownDescription(image),
    VolumeSize: snapshotSize(image, known),
    Encrypted: false,
    Tags: tagItems(imageTags('snapshot', image)),
    StorageTier: 'standard',
  }
})

/** The same as it is told. */
export const toldSnapshot = withToldTags(toSnapshot)
