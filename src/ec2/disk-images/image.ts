// An OpenNebula image as an EC2 image (AMI): which images are one, and what DescribeImages says of it.
//
// An AMI and the snapshot of its root disk are one OpenNebula image, which is both: the AMI has `EC2_ID`, `EC2_IMAGE` and
// `EC2_TAGS`, the snapshot `EC2_SNAPSHOT_ID`, `EC2_SNAPSHOT` and `EC2_SNAPSHOT_TAGS`. Deregistering takes the AMI away.

import type { Image as Ami, BlockDeviceMapping, ImageState } from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { IMAGE_STATE, IMAGE_TYPE } from '../../opennebula/states.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { type Account, accountId } from '../core/account.ts'
import type { NameOn } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import {
  accounts,
  architecture,
  beginning,
  description,
  device,
  type Field,
  flag,
  id,
  list,
  oneOf,
  gibibytes as sizeInGib,
  text,
  volumeType,
  whole,
} from '../core/fields.ts'
import { type Identified, isMinted } from '../core/ids.ts'
import { plain, type RecordOf, record, stored } from '../core/record.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { IMAGE } from '../images/resource.ts'
import { INSTANCE } from '../instances/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'

/** What AMIs may be called. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html */
export const AMI_NAME = /^[\w()[\] ./'@-]{3,128}$/

/** What a volume of an AMI's instances is to be, beside its size. */
const iops = whole(1, limits.volumeIops.most)
const throughput = whole(1, limits.volumeThroughput.most)

const inDisk = record(
  {
    device,
    /** Absent for an empty one, which has a size then. */
    snapshot: id(SNAPSHOT),
    /** GiB */
    size: sizeInGib,
    type: volumeType,
    iops,
    throughput,
    /** True where absent. */
    deleteOnTermination: flag,
  },
  'device',
)
/** A disk of an AMI besides its root: the volume that its instances get of a snapshot, or an empty one. */
export type ImageDisk = NonNullable<ReturnType<typeof inDisk>>

const imageDisk: Field<ImageDisk> = (value, name, wrong) => {
  const disk = inDisk(value, name, wrong)
  return disk?.snapshot === undefined && disk?.size === undefined ? wrong(value, name) : disk
}

const imageFields = {
  name: text(128, AMI_NAME),
  description,
  architecture,
  /** As the caller wrote it. */
  rootDevice: device,
  /** GiB that the root disk of its instances shall have, where that is more than the image has. */
  rootSize: sizeInGib,
  rootType: volumeType,
  rootIops: iops,
  rootThroughput: throughput,
  /** True where absent. */
  rootDeleteOnTermination: flag,
  /** The other disks. */
  disks: list(imageDisk, limits.blockDevices.most),
  enaSupport: flag,
  sriovNetSupport: text(6, /^simple$/),
  /** The snapshot that it was registered from: its own image is a copy, and no snapshot. */
  snapshot: id(SNAPSHOT),
  sourceImage: id(IMAGE),
  sourceInstance: id(INSTANCE),
  /** The accounts that may use it besides its owner, where it is not for all in its OpenNebula group. */
  accounts,
}

/** What of an AMI only EC2 knows: the image's attribute `EC2_IMAGE`. */
export type ImageRecord = RecordOf<typeof imageFields>
export const imageRecords = stored('image', 'EC2_IMAGE', record(imageFields))

/** Whether an image has one of the marks that econe introduced. */
export const isMarked = (image: Image, name: NameOn<'image', 'mark'>): boolean =>
  textOf(image.TEMPLATE, name)?.toUpperCase() === 'YES'

/** What EC2 takes an OpenNebula image for. */
export type ImageRole = 'image' | 'volume' | 'snapshot'

/** The role an image has in EC2, by the marks that econe introduced. */
export function roleOf(image: Image): ImageRole | undefined {
  if (isUnfinished(image)) return undefined
  if (isMarked(image, 'EBS_SNAPSHOT')) return 'snapshot'
  if (isMarked(image, 'EBS_VOLUME')) return 'volume'
  // An AMI that was deregistered is gone at once, whatever still uses its image
  return isMarked(image, 'EC2_AMI') && !isGoing(image) ? 'image' : undefined
}

/** Whether an image is being deleted, or will be as soon as OpenNebula lets it. */
export const isGoing = (image: Image): boolean =>
  image.STATE === IMAGE_STATE.DELETE || textOf(image.TEMPLATE, 'EC2_GOAL') === 'delete'

/** A copy that carries its name, a minted id, and not yet its own attributes: its original's, or none. */
export const isUnfinished = ({ NAME, TEMPLATE }: Image): boolean =>
  isMinted(NAME) && textOf(TEMPLATE, 'EC2_ID')?.split(':')[0] !== NAME

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
const holdsSnapshot = (image: Image): boolean =>
  imageRecord(image).snapshot === undefined &&
  (!isPlaceholder(image) || textOf(image.TEMPLATE, 'EC2_SNAPSHOT_ID') !== undefined)

/** What stands in for an AMI until its instance can be saved: `PENDING`, or `FAILED` where that never came about. */
const placeholderState = (image: Image): string | undefined => textOf(image.TEMPLATE, 'EC2_CAPTURE')

export const isPlaceholder = (image: Image): boolean => placeholderState(image) !== undefined

/** The attribute of a copied AMI while the snapshots of its other disks are not all there, and where they never were. */
const partsState = oneOf('PENDING', 'FAILED')

/** Notes how things stand with the other disks of a copied AMI; nothing where they are there. */
export const noteParts = (state?: NonNullable<ReturnType<typeof partsState>>) => ({ EC2_PARTS: state ?? '' }) as const

const standingOfParts = ({ TEMPLATE }: Image) => plain(TEMPLATE, 'EC2_PARTS', partsState)

/** Whether an AMI has yet to get some of its disks, or never will. */
export const lacksParts = (image: Image): boolean => standingOfParts(image) !== undefined

/** Whether it is still waited for them. */
export const awaitsParts = (image: Image): boolean => standingOfParts(image) === 'PENDING'

export const imageRecord = (image: Image): ImageRecord => imageRecords.read(image.TEMPLATE) ?? {}

/** What an AMI is called: where its maker did not say so, or said what no AMI can be called, by OpenNebula's name. */
export const imageName = (image: Image, { name } = imageRecord(image)): string => name ?? image.NAME

/** The records that name accounts which something is shared with. */
const sharing = (['EC2_IMAGE', 'EC2_SNAPSHOT'] as const).map(name => stored('image', name, record({ accounts })))

/** The accounts that an image is shared with by name. */
export const sharedAccounts = ({ TEMPLATE }: Image): string[] =>
  sharing.flatMap(each => each.read(TEMPLATE)?.accounts ?? [])

const lentFor = oneOf('all', 'group', 'named')

/**
 * Whom an image is for by itself, where OpenNebula's permissions let others have it for an AMI alone that it is a disk of
 * (see lending.ts): all, the group, or whom its record names.
 */
export const lentBesides = ({ TEMPLATE }: Image) => plain(TEMPLATE, 'EC2_LENT', lentFor)

/** Whether an AMI or a snapshot is for everybody. */
export function isForAll(image: Image): boolean {
  const besides = lentBesides(image)
  return besides === undefined ? image.PERMISSIONS.OTHER_U : besides === 'all'
}

/**
 * Whether an account may use an AMI or a snapshot that OpenNebula lets it use.
 *
 * OpenNebula's permissions know the owner, one group and all: an owner who shares with an account opens the image to
 * the group, and it is here that the others of the group are kept out.
 */
export function isSharedWith({ id, user }: Account, image: Image): boolean {
  if (image.UID === user.id || isForAll(image)) return true
  const named = sharedAccounts(image)
  return named.includes(id) || (named.length === 0 && lentBesides(image) !== 'named')
}

/** Whether the account may name an image as one of a kind: the one rule for lists and for ids. */
export const isUsable = (kind: ImageRole, image: Image, account: Account): boolean =>
  isOf(kind, image) && isSharedWith(account, image)

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

/** The attribute that holds the tags of an image in a role. */
export const tagsAttribute = (role: ImageRole, image: Image): 'EC2_TAGS' | 'EC2_SNAPSHOT_TAGS' =>
  role === 'snapshot' && roleOf(image) === 'image' ? 'EC2_SNAPSHOT_TAGS' : 'EC2_TAGS'

export const imageTags = (role: ImageRole, image: Image): Tags =>
  decodeTagsOf(image.TEMPLATE, tagsAttribute(role, image))

/** Whether OpenNebula is still about to fetch or copy an image; a VM may already wait for it. */
export const isBeingMade = ({ STATE }: Pick<Image, 'STATE'>): boolean => BEING_MADE.has(STATE)

const BEING_MADE: ReadonlySet<number> = new Set([
  IMAGE_STATE.INIT,
  IMAGE_STATE.LOCKED,
  IMAGE_STATE.LOCKED_USED,
  IMAGE_STATE.LOCKED_USED_PERS,
])

const states: Readonly<Record<number, ImageState>> = {
  [IMAGE_STATE.ERROR]: 'failed',
  [IMAGE_STATE.DISABLED]: 'disabled',
}

export function imageState(image: Image): ImageState {
  if (isPlaceholder(image)) return placeholderState(image) === 'PENDING' ? 'pending' : 'failed'
  if (isBeingMade(image) || (awaitsParts(image) && !states[image.STATE])) return 'pending'
  return states[image.STATE] ?? (lacksParts(image) ? 'failed' : 'available')
}

/** MiB in whole GiB, as EC2 counts the size of volumes. */
export const gibibytes = (mebibytes: number) => Math.max(1, Math.ceil(mebibytes / 1024))

/** What OpenNebula's hypervisors call their disks. */
const diskPrefix = oneOf('sd', 'vd', 'hd', 'xvd')

/** In front of the letters of its disks, by what the image asks for. */
export const devicePrefix = ({ TEMPLATE }: Image): string => plain(TEMPLATE, 'DEV_PREFIX', diskPrefix) ?? 'sd'

/** The device an image boots from: as its maker named it, else `/dev/sda` or by the prefix that the image asks for. */
export const rootDevice = (image: Image, known = imageRecord(image)): string =>
  known.rootDevice ?? `/dev/${devicePrefix(image)}a`

/** Whether clients use this name for the first disk, whatever it is called here. */
export const isRootName = (device: string): boolean => ROOT_NAMES.has(device)

const ROOT_NAMES: ReadonlySet<string> = new Set([
  '/dev/sda',
  '/dev/sda1',
  '/dev/vda',
  '/dev/xvda',
  'sda',
  'vda',
  'xvda',
])

/** GiB that the root disk of an instance has where the launch does not say. */
export const rootSize = (image: Image, known = imageRecord(image)): number =>
  Math.max(gibibytes(image.SIZE), known.rootSize ?? 0)

const architectureOf = ({ TEMPLATE }: Image) =>
  plain(TEMPLATE, 'ARCH', architecture) ?? plain(TEMPLATE, 'ARCHITECTURE', architecture) ?? 'x86_64'

const shownDescription = beginning(limits.description.most)

/** What OpenNebula has of a description, as much as EC2 would have taken. */
export const describedIn = ({ TEMPLATE }: Image): string | undefined => plain(TEMPLATE, 'DESCRIPTION', shownDescription)

/** The snapshot that an AMI's mapping names for its root disk; undefined for an older one that is yet to be made. */
function rootSnapshot(image: Image, known: ImageRecord, mint: Context['mint']): string | undefined {
  if (known.snapshot !== undefined) return known.snapshot
  return holdsSnapshot(image) ? mint.idOf(SNAPSHOT, sealedSnapshotId(image)) : undefined
}

const toMapping = (disk: ImageDisk): BlockDeviceMapping => ({
  DeviceName: disk.device,
  Ebs: {
    SnapshotId: disk.snapshot,
    VolumeSize: disk.size,
    DeleteOnTermination: disk.deleteOnTermination ?? true,
    VolumeType: disk.type ?? 'standard',
    Iops: disk.iops,
    Throughput: disk.throughput,
    Encrypted: false,
  },
})

/** The snapshots that an AMI is made of: that of its root disk first. */
export const snapshotsOf = (image: Image, { mint }: Pick<Context, 'mint'>): string[] => {
  const known = imageRecord(image)
  const root = rootSnapshot(image, known, mint)
  return [root, ...(known.disks ?? []).map(({ snapshot }) => snapshot)].filter(snapshot => snapshot !== undefined)
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html */
export function toAmi(image: Image, { mint, settings }: Pick<Context, 'mint' | 'settings'>): Ami {
  const known = imageRecord(image)
  const state = imageState(image)
  return {
    ImageId: mint.idOf(IMAGE, sealedImageId(image)),
    ImageLocation: `${accountId(image.UID)}/${imageName(image, known)}`,
    State: state,
    OwnerId: accountId(image.UID),
    CreationDate: new Date(image.REGTIME * 1000).toISOString(),
    Public: isForAll(image),
    ProductCodes: [],
    Architecture: known.architecture ?? architectureOf(image),
    ImageType: image.TYPE === IMAGE_TYPE.KERNEL ? 'kernel' : 'machine',
    Name: imageName(image, known),
    Description: known.description ?? describedIn(image) ?? '',
    RootDeviceType: 'ebs',
    RootDeviceName: rootDevice(image, known),
    BlockDeviceMappings: [
      {
        DeviceName: rootDevice(image, known),
        Ebs: {
          SnapshotId: rootSnapshot(image, known, mint),
          VolumeSize: rootSize(image, known),
          DeleteOnTermination: known.rootDeleteOnTermination ?? true,
          VolumeType: known.rootType ?? 'standard',
          Iops: known.rootIops,
          Throughput: known.rootThroughput,
          Encrypted: false,
        },
      },
      ...(known.disks ?? []).map(toMapping),
    ],
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    Tags: tagItems(imageTags('image', image)),
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    EnaSupport: known.enaSupport ?? false,
    SriovNetSupport: known.sriovNetSupport,
    SourceImageId: known.sourceImage,
    SourceImageRegion: known.sourceImage && settings.region,
    SourceInstanceId: known.sourceInstance,
    StateReason:
      state === 'failed' ? { Code: 'Server.InternalError', Message: 'The image could not be made.' } : undefined,
  }
}
