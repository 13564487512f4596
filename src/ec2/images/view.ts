// An OpenNebula image as an EC2 image (AMI): what DescribeImages says of it.
import type { Image as Ami, BlockDeviceMapping } from '@aws-sdk/client-ec2'
import { IMAGE_TYPE } from '../../opennebula/states.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { architecture } from '../core/fields.ts'
import { followingItem, type Viewer } from '../core/following.ts'
import { plain } from '../core/record.ts'
import { tagItems } from '../core/tags.ts'
import { type ImageDisk, type ImageRecord, imageRecord } from '../disk-images/ami-record.ts'
import { describedIn } from '../disk-images/description.ts'
import { devicePrefix } from '../disk-images/devices.ts'
import { holdsSnapshot, sealedImageId, sealedSnapshotId } from '../disk-images/roles.ts'
import { isForAll } from '../disk-images/sharing.ts'
import { gibibytes } from '../disk-images/sizes.ts'
import { imageState } from '../disk-images/states.ts'
import { imageTags, withToldTags } from '../disk-images/tags.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { IMAGE } from './resource.ts'

/** What an AMI is called: where its maker did not say so, or said what no AMI can be called, by OpenNebula's name. */
export const imageName = (image: Image, { name } = imageRecord(image)): string => name ?? image.NAME

/** The device an image boots from: as its maker named it, else `/dev/sda` or by the prefix that the image asks for. */
export const rootDevice = (image: Image, known = imageRecord(image)): string =>
  known.rootDevice ?? `/dev/${devicePrefix(image)}a`

/** GiB that the root disk of an instance has where the launch does not say. */
export const rootSize = (image: Image, known = imageRecord(image)): number =>
  Math.max(gibibytes(image.SIZE), known.rootSize ?? 0)

const architectureOf = ({ TEMPLATE }: Image) =>
  plain(TEMPLATE, 'ARCH', architecture) ?? plain(TEMPLATE, 'ARCHITECTURE', architecture) ?? 'x86_64'

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

function newAmi(image: Image, { mint, settings }: Viewer): Ami {
  const known = imageRecord(image)
  const state = imageState(image)
  return {
    ImageId: mint.idOf(IMAGE, sealedImageId(image)),
    ImageLocation: `${accountId(image.UID)}/${imageName(image, known)}`,
    State: state,
    OwnerId: accountId(image.UID),
    CreationDate: new Date(image.REGTIME * 1000).toISOString(),
    DeprecationTime: known.deprecation === undefined ? undefined : new Date(known.deprecation).toISOString(),
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
      ...(known.instanceStores ?? []).map(({ device, name }) => ({ DeviceName: device, VirtualName: name })),
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

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html */
export const toAmi = followingItem(newAmi)

/** The same as it is told. */
export const toldAmi = withToldTags(toAmi)
