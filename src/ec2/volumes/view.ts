// A volume as EC2 sees it: an OpenNebula image that is kept, or a disk that lives and ends with its instance.
import type { VolumeAttachmentState, VolumeState } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { IMAGE_STATE, VM_STATE } from '../../opennebula/states.ts'
import { type Vector, vectors } from '../../opennebula/xml/attributes.ts'
import { named, numberedName } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { Disk, Image } from '../core/documents.ts'
import {
  device,
  digits,
  flag,
  id,
  LAST_SECOND,
  milliseconds,
  oneOf,
  seconds,
  gibibytes as sizeInGib,
  text,
  valid,
  whole,
} from '../core/fields.ts'
import { following } from '../core/following.ts'
import { numericId } from '../core/ids.ts'
import { type RecordOf, record, stored, storedEach } from '../core/record.ts'
import { decodeTags, decodeTagsOf, encodeTags } from '../core/stored-tags.ts'
import type { Tags } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import type { AttachedDisk } from '../disk-images/devices.ts'
import { isGoing } from '../disk-images/marks.ts'
import { performanceFields } from '../disk-images/performance.ts'
import { sealedImageId } from '../disk-images/roles.ts'
import { gibibytes } from '../disk-images/sizes.ts'
import { stateOf } from '../instances/states.ts'
import {
  attachTime,
  diskDevice,
  endsWith,
  type InstanceView,
  isKept,
  notedDevice,
  volumeId,
} from '../instances/view.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { VOLUME } from './resource.ts'

const modifiableFields = { size: sizeInGib, ...performanceFields }

const modifiableRecord = record(modifiableFields, 'size', 'type')
/** What ModifyVolume can change. Size in GiB, throughput in MiB a second. */
export type Modifiable = NonNullable<ReturnType<typeof modifiableRecord>>

const modificationRecord = record(
  { start: milliseconds, from: modifiableRecord, to: modifiableRecord },
  'start',
  'from',
  'to',
)
/** The last change of a volume. */
export type ModificationRecord = NonNullable<ReturnType<typeof modificationRecord>>

const volumeFields = {
  ...modifiableFields,
  zone: text(64),
  /** The snapshot it was made from. */
  snapshot: id(SNAPSHOT),
  autoEnableIo: flag,
  modification: modificationRecord,
}

/** What of a volume only EC2 knows; its size where OpenNebula has yet to grow it. */
export type VolumeRecord = RecordOf<typeof volumeFields>
const inVolume = record(volumeFields)
/** The image's attribute for it. */
export const volumeRecords = stored('image', 'EC2_VOLUME', inVolume)

const hotPlugFields = {
  goal: oneOf('attach', 'detach'),
  /** OpenNebula number of the VM. */
  vm: whole(0, 2 ** 31 - 1),
  /** As the caller wrote it. */
  device,
  since: seconds,
  /** True while it waits for its turn; else OpenNebula has begun with it. */
  queued: flag,
}

/** The attribute `EC2_HOTPLUG` of an image: what is under way between it and a VM. */
export const hotPlugs = stored('image', 'EC2_HOTPLUG', record(hotPlugFields, 'goal', 'vm', 'device', 'since', 'queued'))
export type HotPlugNote = NonNullable<ReturnType<typeof hotPlugs.read>>

/** A note on an image of what is under way; none takes the note away. */
export const noteHotPlug = (image: number, note?: HotPlugNote): WriteCall =>
  merge('image', image, { EC2_HOTPLUG: note ? hotPlugs.write(note) : '' })

/** Between a volume and the instance that it is in, or about to be in. */
export interface AttachmentView {
  readonly instance: InstanceView
  /** Absent while the attachment waits for its turn. */
  readonly disk?: Disk | undefined
  /** As the caller wrote it. */
  readonly device: string
  /** Seconds since 1970. */
  readonly since: number
  readonly state: VolumeAttachmentState
  readonly deleteOnTermination: boolean
}

/** A volume and what was read off it once. */
export interface VolumeView {
  readonly id: string
  /** The account's; absent where the volume is a part of its instance. */
  readonly image?: Image | undefined
  readonly attachment?: AttachmentView | undefined
  readonly record: VolumeRecord
  readonly tags: Tags
  /** MiB */
  readonly size: number
  /** Seconds since 1970. */
  readonly created: number
}

/** A disk to bring into a VM or out of it. It counts for one hot-plug after the other until it is finished. */
export interface HotPlugTask {
  readonly kind: 'disk'
  /** OpenNebula number of the image. */
  readonly number: number
  readonly wanted: 'attach' | 'detach'
  readonly vm: number
  /** What the DISK is to be, where it is to be attached. */
  readonly disk: AttachedDisk
  /** MiB that the disk shall have. */
  readonly size?: number | undefined
}

/** The instances that a list of volumes is about, by the numbers of their VMs. */
export type InstancesByNumber = ReadonlyMap<number, InstanceView>

/** An image as a volume. */
export function viewImageVolume(image: Image, instances: InstancesByNumber, context: Context): VolumeView {
  const volume = viewFreeVolume(image, context)
  const attachment = imageAttachment(image, instances)
  return attachment ? { ...volume, attachment } : volume
}

const viewFreeVolume = following(
  (image: Image, { mint }): VolumeView => ({
    id: mint.idOf(VOLUME, sealedImageId(image)),
    image,
    record: volumeRecords.read(image.TEMPLATE) ?? {},
    tags: decodeTags(image.TEMPLATE),
    size: image.SIZE,
    created: image.REGTIME,
  }),
)

/** What is under way between an image and a VM, if anything is noted. */
export const hotPlugNote = ({ TEMPLATE }: Image): HotPlugNote | undefined => hotPlugs.read(TEMPLATE)

function imageAttachment(image: Image, instances: InstancesByNumber): AttachmentView | undefined {
  const note = hotPlugNote(image)
  for (const number of image.VMS.ID) {
    const instance = instances.get(number)
    const disk = instance?.vm.TEMPLATE.DISK.find(({ IMAGE_ID }) => IMAGE_ID === image.ID)
    if (!instance || !disk || instance.vm.STATE === VM_STATE.DONE) continue
    const econe = econeAttachment(image, number)
    const detaching = note?.goal === 'detach' && note.vm === number && (note.queued || disk.ATTACH)
    return {
      instance,
      disk,
      device: notedDevice(disk) ?? valid(device, econe?.['DEVICE']) ?? diskDevice(disk, instance),
      since: attachTime(disk) ?? valid(econeTime, econe?.['ATTACH_TIME']) ?? instance.vm.STIME,
      state: detaching ? 'detaching' : disk.ATTACH ? 'attaching' : 'attached',
      deleteOnTermination: endsWith(disk, instance),
    }
  }
  return waiting(note, instances)
}

/** An attachment that waits for its turn. Where the instance ended meanwhile there is nothing left to wait for. */
function waiting(note: HotPlugNote | undefined, instances: InstancesByNumber): AttachmentView | undefined {
  const instance = note?.goal === 'attach' && note.queued ? instances.get(note.vm) : undefined
  if (!note || !instance || stateOf(instance.vm) === 'terminated') return undefined
  return { instance, device: note.device, since: note.since, state: 'attaching', deleteOnTermination: false }
}

/** Seconds since 1970, in digits. */
const econeTime = digits(0, LAST_SECOND)

/** econe noted on the image where and when it attached it: `EBS=[INSTANCE_ID="i-00000015",DEVICE="/dev/sdh",…]`. */
function econeAttachment({ TEMPLATE }: Image, vm: number): Vector | undefined {
  const [ebs] = vectors(TEMPLATE, 'EBS')
  return ebs && Number(ebs['INSTANCE_ID']?.replace(/^i-/, '')) === vm ? ebs : undefined
}

/**
 * What of a disk that ends with its instance only EC2 knows: two attributes of the VM for each. Nobody who writes one of
 * them overwrites another.
 */
export const diskRecord = (disk: number) => numberedName('EC2_DISK_n', disk)
export const diskRecords = storedEach('EC2_DISK_n', inVolume)
export const diskTags = (disk: number) => numberedName('EC2_DISK_n_TAGS', disk)

/**
 * A disk as a volume that is a part of its instance: one that ends with it, or another user's image. Of that one nothing
 * is read, since its owner can write on it what they like.
 */
export function viewDiskVolume(instance: InstanceView, disk: Disk): VolumeView {
  const { vm } = instance
  const snapshot = disk.IMAGE_ID === undefined || isKept(disk) ? undefined : numericId(SNAPSHOT, disk.IMAGE_ID)
  return {
    id: volumeId(disk, vm),
    attachment: {
      instance,
      disk,
      device: diskDevice(disk, instance),
      since: vm.STIME,
      state: 'attached',
      deleteOnTermination: endsWith(disk, instance),
    },
    record: { snapshot, ...diskRecords(disk.DISK_ID).read(vm.USER_TEMPLATE) },
    tags: decodeTagsOf(vm.USER_TEMPLATE, diskTags(disk.DISK_ID)),
    size: disk.SIZE ?? 0,
    created: vm.STIME,
  }
}

/** The volumes that end with this instance. */
export const diskVolumes = (instance: InstanceView): VolumeView[] =>
  instance.vm.TEMPLATE.DISK.filter(disk => !isKept(disk)).map(disk => viewDiskVolume(instance, disk))

/** A disk of an instance that is a volume. */
export interface DiskVolume {
  readonly disk: Disk
  readonly volume: VolumeView
}

/**
 * The disks of an instance that are volumes, the root first. Volatile disks and CDs are none.
 * @param attached the images of the account that are in VMs, by their numbers
 */
export function volumesOf(
  instance: InstanceView,
  attached: ReadonlyMap<number, Image>,
  context: Context,
): DiskVolume[] {
  const instances = new Map([[instance.vm.ID, instance]])
  return instance.vm.TEMPLATE.DISK.flatMap(disk => {
    if (disk.IMAGE_ID === undefined || disk.TYPE === 'CDROM') return []
    const image = isKept(disk) ? attached.get(disk.IMAGE_ID) : undefined
    return { disk, volume: image ? viewImageVolume(image, instances, context) : viewDiskVolume(instance, disk) }
  })
}

/** Writes a volume's record: on its image, or on the VM whose disk it is. */
export function writeRecord({ image, attachment, record }: VolumeView, changes: VolumeRecord): WriteCall[] {
  const EC2_VOLUME = volumeRecords.write({ ...record, ...changes })
  if (image) return [merge('image', image.ID, { EC2_VOLUME })]
  if (!attachment?.disk) return []
  return [merge('vm', attachment.instance.vm.ID, named(diskRecord(attachment.disk.DISK_ID), EC2_VOLUME))]
}

/** Writes a volume's tags in the same places. */
export function writeTags({ image, attachment }: VolumeView, tags: Tags): WriteCall[] {
  const EC2_TAGS = encodeTags(tags)
  if (image) return [merge('image', image.ID, { EC2_TAGS })]
  if (!attachment?.disk) return []
  return [merge('vm', attachment.instance.vm.ID, named(diskTags(attachment.disk.DISK_ID), EC2_TAGS))]
}

const states: Readonly<Record<number, VolumeState>> = {
  [IMAGE_STATE.INIT]: 'creating',
  [IMAGE_STATE.LOCKED]: 'creating',
  [IMAGE_STATE.ERROR]: 'error',
  [IMAGE_STATE.DELETE]: 'deleting',
  [IMAGE_STATE.USED]: 'in-use',
  [IMAGE_STATE.USED_PERS]: 'in-use',
  [IMAGE_STATE.LOCKED_USED]: 'in-use',
  [IMAGE_STATE.LOCKED_USED_PERS]: 'in-use',
}

/** An image that is being copied is as available as before: EC2 lets it be attached and deleted. */
export function volumeState({ image, attachment }: VolumeView): VolumeState {
  if (image && isGoing(image)) return 'deleting'
  if (attachment || !image) return 'in-use'
  return states[image.STATE] ?? 'available'
}

/** GiB that a volume has, or will have as soon as OpenNebula can grow it. */
export const sizeOf = ({ record, size }: VolumeView): number => Math.max(record.size ?? 0, gibibytes(size))
