// An AMI that is to be, and the attributes that make an OpenNebula image one.
import type { RegisterImageRequest } from '@aws-sdk/client-ec2'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { type ImageRecord, imageRecords } from '../disk-images/ami-record.ts'
import { type SnapshotRecord, snapshotRecords } from '../snapshots/view.ts'
import { disksBesides } from './block-devices.ts'

/** What a request that makes an AMI with its snapshots may name tags for. */
export const TAGGED = ['image', 'snapshot']

/** An AMI that is to be, and the snapshot that it is besides. */
export interface NewImage {
  readonly record: ImageRecord
  readonly tags: Tags
  /** Absent for the copy of a snapshot, which stays the AMI's. */
  readonly snapshot?: { readonly id: string; readonly record: SnapshotRecord; readonly tags: Tags }
}

/** The attributes that make an OpenNebula image an AMI, besides its ids. @throws Ec2Error for what cannot be kept */
export const amiAttributes = ({ record, tags, snapshot }: NewImage) => ({
  EC2_AMI: true,
  EC2_IMAGE: imageRecords.write(record),
  ...(tags.size > 0 && { EC2_TAGS: encodeTags(tags) }),
  ...(snapshot && { EC2_SNAPSHOT: snapshotRecords.write(snapshot.record) }),
  ...(snapshot && snapshot.tags.size > 0 && { EC2_SNAPSHOT_TAGS: encodeTags(snapshot.tags) }),
})

/**
 * The AMI that RegisterImage makes of an image.
 * @throws Ec2Error as `disksBesides` and `tagsFor`
 */
export const registeredImage = (input: RegisterImageRequest): NewImage => ({
  record: {
    name: input.Name || undefined,
    description: input.Description,
    architecture: input.Architecture,
    rootDevice: input.RootDeviceName,
    ...disksBesides(input),
    enaSupport: input.EnaSupport,
    sriovNetSupport: input.SriovNetSupport,
  },
  tags: tagsFor('image', input.TagSpecifications),
})
