// A snapshot as EC2 sees it: an OpenNebula image that is a copy of a volume, or the disk of an AMI.

import type { Snapshot, SnapshotState } from '@aws-sdk/client-ec2'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { accounts, description, id, gibibytes as sizeInGib } from '../core/fields.ts'
import { find } from '../core/find.ts'
import { numericId, parseId } from '../core/ids.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { notFound } from '../core/resource.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import type { Copy } from '../disk-images/copies.ts'
import {
  describedIn,
  gibibytes,
  imageState,
  imageTags,
  isOf,
  isPlaceholder,
  isUsable,
  roleOf,
  sealedSnapshotId,
} from '../disk-images/image.ts'
import { imageSource } from '../disk-images/lookup.ts'
import { VOLUME } from '../volumes/resource.ts'
import { incorrectSnapshotState, SNAPSHOT } from './resource.ts'

const snapshotFields = {
  volume: id(VOLUME),
  description,
  /** GiB of the volume, for as long as the snapshot has no image of its size. */
  size: sizeInGib,
  /** The accounts that may make volumes of it besides its owner. */
  accounts,
}

/** What of a snapshot only EC2 knows: the image's attribute `EC2_SNAPSHOT`. */
export type SnapshotRecord = RecordOf<typeof snapshotFields>
export const snapshotRecords = stored('image', 'EC2_SNAPSHOT', record(snapshotFields))

export const snapshotRecord = (image: Image): SnapshotRecord => snapshotRecords.read(image.TEMPLATE) ?? {}

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
export function toSnapshot(image: Image, { mint }: Context): Snapshot {
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
    VolumeSize: (isPlaceholder(image) ? known.size : undefined) ?? gibibytes(image.SIZE),
    Encrypted: false,
    Tags: tagItems(imageTags('snapshot', image)),
    StorageTier: 'standard',
  }
}

/** The snapshots that ids name. @throws Ec2Error InvalidSnapshot.NotFound, InvalidSnapshotID.Malformed */
export const findSnapshots = (ids: Iterable<string>, context: Context): Promise<Image[]> =>
  find(imageSource('snapshot', context), ids, context)

export async function findSnapshot(id: string, context: Context): Promise<Image> {
  const [image] = await findSnapshots([id], context)
  if (!image) throw notFound(SNAPSHOT, id)
  return image
}

/**
 * A snapshot that can be copied: into a volume, an image, another snapshot.
 * @throws Ec2Error NotFound; IncorrectState while it is not complete
 */
export async function cloneableSnapshot(id: string, context: Context): Promise<Image> {
  const image = await findSnapshot(id, context)
  checkCloneable(id, image)
  return image
}

/**
 * Several of them for a launch, by the ids that name them: what the caller may use, and whatever OpenNebula lets it use of
 * the owner of the AMI, who may have lent it.
 * @throws Ec2Error as `cloneableSnapshot`
 */
export async function cloneableSnapshots(
  ids: Iterable<string>,
  ami: Image,
  context: Context,
): Promise<ReadonlyMap<string, Image>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const may = (image: Image) =>
    isUsable('snapshot', image, context.account) || (image.UID === ami.UID && isOf('snapshot', image))
  const images = await find(imageSource('snapshot', context, may), wanted, context)
  const named = (id: string) => {
    const parsed = parseId(SNAPSHOT, id)
    return images.find(image => context.mint.names(SNAPSHOT, parsed, sealedSnapshotId(image)))
  }
  return new Map(
    wanted.flatMap(id => {
      const image = named(id)
      if (!image) return []
      checkCloneable(id, image)
      return [[id, image]]
    }),
  )
}

/** @throws Ec2Error IncorrectState for a snapshot that is not complete */
export function checkCloneable(id: string, image: Image): void {
  const state = snapshotState(image)
  if (state !== 'completed') throw incorrectSnapshotState(id, state)
}
