// An AMI that is to be, and the attributes that make an OpenNebula image one.
import type { RegisterImageRequest } from '@aws-sdk/client-ec2'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { type ImageDisk, type ImageRecord, imageRecords } from '../disk-images/ami-record.ts'
import { NO_VOLUME, type SnapshotRecord, snapshotRecords } from '../snapshots/view.ts'
import { disksBesides, instanceStores, listed, type MappedDisk } from './block-devices.ts'

/** What a request that makes an AMI with its snapshots may name tags for. */
export const TAGGED = ['image', 'snapshot']

/** An AMI that is to be, and the snapshot that it is besides. */
export interface NewImage {
  readonly record: ImageRecord
  readonly tags: Tags
  /** Absent for the copy of a snapshot, which stays the AMI's. */
  readonly snapshot?: {
    /** Absent where it goes by the id of the AMI. */
    readonly id?: string | undefined
    readonly record: SnapshotRecord
    readonly tags: Tags
  }
}

/** The attributes that make an OpenNebula image an AMI, besides its ids. @throws Ec2Error for what cannot be kept */
export const amiAttributes = ({ record, tags, snapshot }: NewImage) => ({
  EC2_AMI: true,
  EC2_IMAGE: imageRecords.write(record),
  ...(tags.size > 0 && { EC2_TAGS: encodeTags(tags) }),
  ...(snapshot && { EC2_SNAPSHOT: snapshotRecords.write(snapshot.record) }),
  ...(snapshot && snapshot.tags.size > 0 && { EC2_SNAPSHOT_TAGS: encodeTags(snapshot.tags) }),
})

/** An AMI that is to be of an image: what is said of it without a look at the cloud. */
export interface Registration extends Pick<NewImage, 'tags'> {
  readonly record: ImageRecord
  readonly snapshotTags: Tags
  /** The disks besides the root. */
  readonly others: readonly MappedDisk[]
}

/**
 * The AMI that RegisterImage makes of an image.
 * @throws Ec2Error as `disksBesides` and `tagsFor`
 */
export function registration(input: RegisterImageRequest): Registration {
  const { root, others } = disksBesides(input)
  return {
    record: {
      name: input.Name || undefined,
      description: input.Description,
      architecture: input.Architecture,
      rootDevice: input.RootDeviceName,
      ...root,
      instanceStores: instanceStores(input.BlockDeviceMappings ?? []),
      enaSupport: input.EnaSupport,
      sriovNetSupport: input.SriovNetSupport,
    },
    others,
    tags: tagsFor('image', input.TagSpecifications, TAGGED),
    snapshotTags: tagsFor('snapshot', input.TagSpecifications, TAGGED),
  }
}

/** The same with its disks. @param snapshot the id of what its root disk is besides, where that gets one of its own */
export const registered = (
  { record, tags, snapshotTags }: Registration,
  disks: readonly ImageDisk[],
  snapshot?: string,
): NewImage => ({
  record: { ...record, disks: listed(disks) },
  tags,
  ...((snapshot !== undefined || snapshotTags.size > 0) && {
    snapshot: { id: snapshot, record: { volume: NO_VOLUME }, tags: snapshotTags },
  }),
})
