// An OpenNebula image as an EC2 image (AMI): which images are one, and what DescribeImages says of it.
import type { Image as Ami, ImageState } from '@aws-sdk/client-ec2'
import type { Image } from '../opennebula/documents.ts'
import { textOf } from '../opennebula/shape.ts'
import { IMAGE_STATE, IMAGE_TYPE } from '../opennebula/states.ts'
import { accountId, type Context } from './context.ts'
import { numericId } from './ids.ts'
import { decodeRecord, decodeTags } from './record.ts'
import { tagItems } from './tags.ts'

/** What of an AMI only EC2 knows: the image's attribute `EC2_IMAGE`. */
export interface ImageRecord {
  readonly name?: string | undefined
  readonly description?: string | undefined
  readonly architecture?: Ami['Architecture']
}

const isSet = (image: Image, name: string) => textOf(image.TEMPLATE, name)?.toUpperCase() === 'YES'

/** The role an image has in EC2, by the marks that econe introduced. */
export function roleOf(image: Image): 'image' | 'volume' | 'snapshot' | undefined {
  if (isSet(image, 'EBS_SNAPSHOT')) return 'snapshot'
  if (isSet(image, 'EBS_VOLUME')) return 'volume'
  return isSet(image, 'EC2_AMI') ? 'image' : undefined
}

export const sealedImageId = (image: Image) => ({
  ID: image.ID,
  UID: image.UID,
  EC2_ID: textOf(image.TEMPLATE, 'EC2_ID'),
})

const states: Readonly<Record<number, ImageState>> = {
  [IMAGE_STATE.INIT]: 'pending',
  [IMAGE_STATE.LOCKED]: 'pending',
  [IMAGE_STATE.ERROR]: 'failed',
  [IMAGE_STATE.DISABLED]: 'disabled',
  [IMAGE_STATE.DELETE]: 'deregistered',
}

export const imageState = (image: Image): ImageState => states[image.STATE] ?? 'available'

/** MiB in whole GiB, as EC2 counts the size of volumes. */
export const gibibytes = (mebibytes: number) => Math.max(1, Math.ceil(mebibytes / 1024))

/** The device an image boots from: `/dev/sda`, or by the prefix that the image asks for. */
export const rootDevice = (image: Image) => `/dev/${textOf(image.TEMPLATE, 'DEV_PREFIX') ?? 'sd'}a`

const isArchitecture = (text: string | undefined): text is NonNullable<Ami['Architecture']> =>
  text === 'x86_64' || text === 'arm64' || text === 'i386'

function architecture(image: Image): NonNullable<Ami['Architecture']> {
  const text = textOf(image.TEMPLATE, 'ARCH') ?? textOf(image.TEMPLATE, 'ARCHITECTURE')
  return isArchitecture(text) ? text : 'x86_64'
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html */
export function toAmi(image: Image, { mint }: Context): Ami {
  const record = decodeRecord<ImageRecord>(image.TEMPLATE, 'EC2_IMAGE')
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
          SnapshotId: numericId('snapshot', image.ID),
          VolumeSize: gibibytes(image.SIZE),
          DeleteOnTermination: true,
          VolumeType: 'standard',
          Encrypted: false,
        },
      },
    ],
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    Tags: tagItems(decodeTags(image.TEMPLATE)),
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    EnaSupport: false,
    StateReason:
      state === 'failed' ? { Code: 'Server.InternalError', Message: 'The image could not be imported.' } : undefined,
  }
}
