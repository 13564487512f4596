// What of an AMI only EC2 knows: the attribute `EC2_IMAGE` of its image. From it also follows what else the image is, and
// whom its other disks are for. How an AMI is shown is in images/view.ts.
import { limits } from '../../limits.ts'
import type { Image } from '../core/documents.ts'
import {
  accounts,
  architecture,
  description,
  device,
  type Field,
  flag,
  id,
  list,
  milliseconds,
  gibibytes as sizeInGib,
  text,
} from '../core/fields.ts'
import { said } from '../core/following.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { IMAGE } from '../images/resource.ts'
import { INSTANCE } from '../instances/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { imported } from './imported.ts'
import { performanceFields } from './performance.ts'

/** What AMIs may be called. @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html */
export const AMI_NAME = /^[\w()[\] ./'@-]{3,128}$/

const inDisk = record(
  {
    device,
    /** Absent for an empty one, which has a size then. */
    snapshot: id(SNAPSHOT),
    /** GiB */
    size: sizeInGib,
    ...performanceFields,
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

/** An instance store volume that a mapping of an AMI names. */
const instanceStore = record({ device, name: text(10, /^ephemeral\d$/) }, 'device', 'name')
export type InstanceStore = NonNullable<ReturnType<typeof instanceStore>>

const imageFields = {
  name: text(128, AMI_NAME),
  description,
  architecture,
  /** As the caller wrote it. */
  rootDevice: device,
  /** GiB that the root disk of its instances shall have, where that is more than the image has. */
  rootSize: sizeInGib,
  rootType: performanceFields.type,
  rootIops: performanceFields.iops,
  rootThroughput: performanceFields.throughput,
  /** True where absent. */
  rootDeleteOnTermination: flag,
  /** The other disks. */
  disks: list(imageDisk, limits.blockDevices.most),
  /** Shown again: no type of instances has any. */
  instanceStores: list(instanceStore, limits.blockDevices.most),
  enaSupport: flag,
  sriovNetSupport: text(6, /^simple$/),
  /** The snapshot that it was registered from: its own image is a copy, and no snapshot. */
  snapshot: id(SNAPSHOT),
  sourceImage: id(IMAGE),
  sourceInstance: id(INSTANCE),
  /** The accounts that may use it besides its owner, where it is not for all in its OpenNebula group. */
  accounts,
  /** From when on it is out of date; milliseconds since 1970. */
  deprecation: milliseconds,
  /** Whether it is not to be launched. */
  disabled: flag,
  imported,
}

/** What of an AMI only EC2 knows: the image's attribute `EC2_IMAGE`. */
export type ImageRecord = RecordOf<typeof imageFields>
export const imageRecords = stored('image', 'EC2_IMAGE', record(imageFields))

export const imageRecord = said((image: Image): ImageRecord => imageRecords.read(image.TEMPLATE) ?? {})

/** The snapshots of an AMI's other disks. */
export const disksOf = (image: Image): string[] => (imageRecord(image).disks ?? []).flatMap(disk => disk.snapshot ?? [])
