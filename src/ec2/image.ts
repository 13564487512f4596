// An OpenNebula image as an EC2 image (AMI): which images are one, and what DescribeImages says of it.
import type { Image as Ami, ImageState, VolumeType } from '@aws-sdk/client-ec2'
import type { Image } from '../opennebula/documents.ts'
import { textOf } from '../opennebula/shape.ts'
import { IMAGE_STATE, IMAGE_TYPE } from '../opennebula/states.ts'
import { type Account, accountId, type Context } from './context.ts'
import { isMinted, numericId } from './ids.ts'
import { decodeRecord, decodeTags } from './record.ts'
import { tagItems } from './tags.ts'

/** What of an AMI only EC2 knows: the image's attribute `EC2_IMAGE`. */
export interface ImageRecord {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly architecture?: Ami['Architecture']
  /** As the caller wrote it. */
  readonly rootDevice?: string | undefined
  /** GiB that the root disk of its instances shall have, where that is more than the image has. */
  readonly rootSize?: number | undefined
  readonly rootType?: VolumeType | undefined
  readonly enaSupport?: boolean | undefined
  readonly sriovNetSupport?: string | undefined
  /** The snapshot that it was registered from. */
  readonly snapshot?: string | undefined
  readonly sourceImage?: string | undefined
  readonly sourceInstance?: string | undefined
  /** The accounts that may use it besides its owner, where it is not for all in its OpenNebula group. */
  readonly accounts?: readonly string[] | undefined
}

const isSet = (image: Image, name: string) => textOf(image.TEMPLATE, name)?.toUpperCase() === 'YES'

/** What EC2 takes an OpenNebula image for. */
export type ImageRole = 'image' | 'volume' | 'snapshot'

/** The role an image has in EC2, by the marks that econe introduced. */
export function roleOf(image: Image): ImageRole | undefined {
  if (isUnfinished(image)) return undefined
  if (isSet(image, 'EBS_SNAPSHOT')) return 'snapshot'
  if (isSet(image, 'EBS_VOLUME')) return 'volume'
  return isSet(image, 'EC2_AMI') ? 'image' : undefined
}

/** No mark at all: what a copy of an image is to begin with, whatever the image had. An empty attribute is none. */
export const BLANK_MARKS = {
  EC2_ID: '',
  EC2_AMI: '',
  EBS_VOLUME: '',
  EBS_SNAPSHOT: '',
  EBS: '',
  EC2_IMAGE: '',
  EC2_VOLUME: '',
  EC2_SNAPSHOT: '',
  EC2_HOTPLUG: '',
  EC2_CAPTURE: '',
  EC2_GOAL: '',
  EC2_TAGS: '',
} as const

/** A copy that carries its name, a minted id, and not yet its own attributes: its original's, or none. */
export const isUnfinished = ({ NAME, TEMPLATE }: Image): boolean =>
  isMinted(NAME) && textOf(TEMPLATE, 'EC2_ID')?.split(':')[0] !== NAME

/** Whether an image counts as one of a kind, which more do than those of that role. */
export function isOf(kind: ImageRole, image: Image): boolean {
  const role = roleOf(image)
  if (kind === role) return true
  // An instance's disk is a volume as long as it is one, whoever made its image
  if (kind === 'volume') return image.PERSISTENT && image.VMS.ID.length > 0
  // The one disk of an AMI is a snapshot, which DescribeImages shows by the image's number
  return kind === 'snapshot' && role === 'image' && !isPlaceholder(image)
}

/** What stands in for an AMI until its instance can be saved: `PENDING`, or `FAILED` where that never came about. */
const placeholderState = (image: Image): string | undefined => textOf(image.TEMPLATE, 'EC2_CAPTURE')

export const isPlaceholder = (image: Image): boolean => placeholderState(image) !== undefined

export const imageRecord = (image: Image): Partial<ImageRecord> =>
  decodeRecord<ImageRecord>(image.TEMPLATE, 'EC2_IMAGE')

/** The records that name accounts which something is shared with. */
const RECORDS = ['EC2_IMAGE', 'EC2_SNAPSHOT'] as const
type Shared = Pick<ImageRecord, 'accounts'>

/**
 * Whether an account may use an AMI or a snapshot that OpenNebula lets it use.
 *
 * OpenNebula's permissions know the owner, one group and all: an owner who shares with an account opens the image to
 * the group, and it is here that the others of the group are kept out.
 */
export function isSharedWith({ id, user }: Account, image: Image): boolean {
  const accounts = RECORDS.flatMap(name => decodeRecord<Shared>(image.TEMPLATE, name).accounts ?? [])
  return image.UID === user.id || image.PERMISSIONS.OTHER_U || accounts.length === 0 || accounts.includes(id)
}

/** Whether the account may name an image as one of a kind: the one rule for lists and for ids. */
export const isUsable = (kind: ImageRole, image: Image, account: Account): boolean =>
  isOf(kind, image) && isSharedWith(account, image)

export const sealedImageId = (image: Image) => ({
  ID: image.ID,
  UID: image.UID,
  EC2_ID: textOf(image.TEMPLATE, 'EC2_ID'),
})

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
  [IMAGE_STATE.DELETE]: 'deregistered',
}

export function imageState(image: Image): ImageState {
  if (isPlaceholder(image)) return placeholderState(image) === 'PENDING' ? 'pending' : 'failed'
  return isBeingMade(image) ? 'pending' : (states[image.STATE] ?? 'available')
}

/** MiB in whole GiB, as EC2 counts the size of volumes. */
export const gibibytes = (mebibytes: number) => Math.max(1, Math.ceil(mebibytes / 1024))

/** The device an image boots from: as its maker named it, else `/dev/sda` or by the prefix that the image asks for. */
export const rootDevice = (image: Image): string =>
  imageRecord(image).rootDevice ?? `/dev/${textOf(image.TEMPLATE, 'DEV_PREFIX') ?? 'sd'}a`

/** GiB that the root disk of an instance has where the launch does not say. */
export const rootSize = (image: Image): number => Math.max(gibibytes(image.SIZE), imageRecord(image).rootSize ?? 0)

const isArchitecture = (text: string | undefined): text is NonNullable<Ami['Architecture']> =>
  text === 'x86_64' || text === 'arm64' || text === 'i386'

function architecture(image: Image): NonNullable<Ami['Architecture']> {
  const text = textOf(image.TEMPLATE, 'ARCH') ?? textOf(image.TEMPLATE, 'ARCHITECTURE')
  return isArchitecture(text) ? text : 'x86_64'
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html */
export function toAmi(image: Image, { mint, settings }: Pick<Context, 'mint' | 'settings'>): Ami {
  const record = imageRecord(image)
  const state = imageState(image)
  const id = mint.idOf('image', sealedImageId(image))
  return {
    ImageId: id,
    ImageLocation: `${accountId(image.UID)}/${record.name ?? image.NAME}`,
    State: state,
    OwnerId: accountId(image.UID),
    CreationDate: new Date(image.REGTIME * 1000).toISOString(),
    Public: image.PERMISSIONS.OTHER_U,
    ProductCodes: [],
    Architecture: record.architecture ?? architecture(image),
    ImageType: image.TYPE === IMAGE_TYPE.KERNEL ? 'kernel' : 'machine',
    Name: record.name ?? image.NAME,
    Description: record.description ?? textOf(image.TEMPLATE, 'DESCRIPTION') ?? '',
    RootDeviceType: 'ebs',
    RootDeviceName: rootDevice(image),
    BlockDeviceMappings: [
      {
        DeviceName: rootDevice(image),
        Ebs: {
          SnapshotId: isPlaceholder(image) ? undefined : (record.snapshot ?? numericId('snapshot', image.ID)),
          VolumeSize: rootSize(image),
          DeleteOnTermination: true,
          VolumeType: record.rootType ?? 'standard',
          Encrypted: false,
        },
      },
    ],
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    Tags: tagItems(decodeTags(image.TEMPLATE)),
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    EnaSupport: record.enaSupport ?? false,
    SriovNetSupport: record.sriovNetSupport,
    SourceImageId: record.sourceImage,
    SourceImageRegion: record.sourceImage && settings.region,
    SourceInstanceId: record.sourceInstance,
    StateReason:
      state === 'failed' ? { Code: 'Server.InternalError', Message: 'The image could not be made.' } : undefined,
  }
}
