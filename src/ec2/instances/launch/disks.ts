// The disks of a launch: what its AMI has, with what the request says of them, checked against what there is.
import type { BlockDeviceMapping, EbsBlockDevice } from '@aws-sdk/client-ec2'
import { excerpt } from '../../../lib/excerpt.ts'
import type { Context } from '../../core/context.ts'
import type { Image } from '../../core/documents.ts'
import { notFound } from '../../core/resource.ts'
import { imageRecord } from '../../disk-images/ami-record.ts'
import { devicePrefix, isDevice, isRootName, targetOf } from '../../disk-images/devices.ts'
import { invalidMapping } from '../../disk-images/mapping.ts'
import { changedSpeed, checkPerformance, volumeTypeNamed } from '../../disk-images/performance.ts'
import { isUsable, mayBring } from '../../disk-images/sharing.ts'
import { gibibytes } from '../../disk-images/sizes.ts'
import { toAmi } from '../../images/view.ts'
import { cloneableSnapshots } from '../../snapshots/find.ts'
import { SNAPSHOT } from '../../snapshots/resource.ts'
import { snapshotSize } from '../../snapshots/view.ts'
import { checkSizeLimits, sizeMissing } from '../../volumes/resource.ts'
import type { VolumeRecord } from '../../volumes/view.ts'

/** A volume of its own that an instance shall begin with. */
export interface PlannedVolume {
  /** As the caller wrote it, or as the AMI has it. */
  readonly device: string
  /** What OpenNebula is told of it. */
  readonly target: string
  /** GiB */
  readonly size: number
  readonly deleteOnTermination: boolean
  readonly record: Omit<VolumeRecord, 'zone'>
  /** What it is a copy of; absent for an empty one. */
  readonly from?: Image | undefined
}

export interface PlannedRoot {
  /** As the AMI's maker named it; absent where nobody did. */
  readonly device: string | undefined
  /** GiB; undefined keeps the image's own size. */
  readonly size: number | undefined
  /** What is kept of a disk that ends with its instance. */
  readonly record: Omit<VolumeRecord, 'zone'>
  /** The volume that the root is where it shall outlive its instance. */
  readonly volume: PlannedVolume | undefined
}

export interface PlannedDisks {
  readonly root: PlannedRoot
  readonly volumes: readonly PlannedVolume[]
}

/**
 * Plans what DescribeImages shows of the AMI, but for what the request says otherwise, and what it has besides. Snapshots of the
 * AMI are looked for, in one upstream request.
 * @param named the snapshots that the request names
 * @throws Ec2Error InvalidBlockDeviceMapping, InvalidSnapshot.NotFound, IncorrectState, and as `checkPerformance`
 */
export async function planDisks(
  mappings: readonly BlockDeviceMapping[],
  image: Image,
  named: ReadonlyMap<string, Image>,
  context: Context,
): Promise<PlannedDisks> {
  const { RootDeviceName, BlockDeviceMappings: shown = [] } = toAmi(image, context)
  const ofAmi = new Set(shown.map(({ DeviceName }) => DeviceName))
  const own = byPlace(
    shown.filter(({ Ebs }) => Ebs !== undefined),
    ({ DeviceName }) => DeviceName === RootDeviceName,
    image,
  )
  const isRoot = ({ DeviceName = '' }: BlockDeviceMapping) =>
    DeviceName === RootDeviceName || (isRootName(DeviceName) && !ofAmi.has(DeviceName))
  const wished = byPlace(mappings, isRoot, image)
  const root = planRoot(wished.get(ROOT), own.get(ROOT), image)
  const data = [...new Set([...own.keys(), ...wished.keys()])]
    .filter(place => place !== ROOT)
    .map(target => ({ target, ...joined(own.get(target), wished.get(target)) }))
    .filter(({ mapping: { Ebs, NoDevice } }) => Ebs !== undefined && NoDevice === undefined)
  const snapshots = await cloneableSnapshots(
    data.flatMap(({ mapping }) => mapping.Ebs?.SnapshotId || []),
    image,
    named,
    context,
  )
  const volumes = data.map(({ target, mapping, snapshotOfAmi }) => {
    const id = mapping.Ebs?.SnapshotId
    const from = id ? snapshots.get(id) : undefined
    const may = from && (snapshotOfAmi ? mayBring(image, from, context) : isUsable('snapshot', from, context.account))
    if (id && !may) throw notFound(SNAPSHOT, id)
    return planVolume(mapping, target, from)
  })
  return { root, volumes }
}

const ROOT = 'root'

/** Mappings by what they are about: the root, or what OpenNebula is told of the device. */
function byPlace(
  mappings: readonly BlockDeviceMapping[],
  isRoot: (mapping: BlockDeviceMapping) => boolean,
  image: Image,
): Map<string, BlockDeviceMapping> {
  const places = new Map<string, BlockDeviceMapping>()
  for (const mapping of mappings) {
    const place = isRoot(mapping) ? ROOT : targetOf(checkDevice(mapping), image)
    if (places.has(place)) throw invalidMapping(`The device '${mapping.DeviceName}' is in more than one mapping.`)
    places.set(place, mapping)
  }
  return places
}

function checkDevice({ DeviceName = '' }: BlockDeviceMapping): string {
  if (isDevice(DeviceName)) return DeviceName
  throw invalidMapping(`The device name '${excerpt(DeviceName)}' is invalid.`)
}

/** A disk of the AMI with what the request says of it, or one that the request has besides. */
function joined(own: BlockDeviceMapping | undefined, wish: BlockDeviceMapping = {}) {
  const asked = wish.Ebs?.SnapshotId
  const snapshotOfAmi = !asked || asked === own?.Ebs?.SnapshotId
  // Another snapshot has a size of its own
  const size = snapshotOfAmi ? {} : { VolumeSize: undefined }
  const Ebs = (own?.Ebs ?? wish.Ebs) && overridden({ ...own?.Ebs, ...size }, wish.Ebs)
  return { mapping: { ...own, ...wish, Ebs }, snapshotOfAmi }
}

/**
 * What an AMI says of a disk, but for what the request says of it. `standard` is also what is shown where nobody named
 * a type.
 */
function overridden(own: EbsBlockDevice, wish: EbsBlockDevice = {}): EbsBlockDevice {
  const { type, iops: Iops, throughput: Throughput } = changedSpeed(speedOf(own), speedOf(wish))
  const VolumeType = wish.VolumeType ?? (type === 'standard' ? undefined : type)
  return { ...own, ...given(wish), VolumeType, Iops, Throughput }
}

const speedOf = ({ VolumeType: type, Iops: iops, Throughput: throughput }: EbsBlockDevice) => ({
  type,
  iops,
  throughput,
})

const given = (ebs: EbsBlockDevice): EbsBlockDevice =>
  Object.fromEntries(Object.entries(ebs).filter(([, value]) => value !== undefined))

function planRoot(
  wish: BlockDeviceMapping | undefined,
  shown: BlockDeviceMapping | undefined,
  image: Image,
): PlannedRoot {
  if (wish?.NoDevice !== undefined) throw invalidMapping('The root device of an instance cannot be left out.')
  const own = shown?.Ebs ?? {}
  const { SnapshotId, VolumeSize } = wish?.Ebs ?? {}
  if (SnapshotId && SnapshotId !== own.SnapshotId) {
    throw invalidMapping(`The root device is made from the snapshot of the image, not from '${excerpt(SnapshotId)}'.`)
  }
  const least = gibibytes(image.SIZE)
  if (VolumeSize !== undefined && VolumeSize < least) {
    throw invalidMapping(`Volume of size ${VolumeSize}GB is smaller than the image, expect size >= ${least}GB`)
  }
  if (VolumeSize !== undefined) checkSizeLimits(VolumeSize)
  // What the image's owner wrote down counts where it makes sense
  const size = VolumeSize ?? ((own.VolumeSize ?? 0) > least ? own.VolumeSize : undefined)
  const ebs = overridden(own, wish?.Ebs)
  const record = { ...performance(ebs, size ?? least), snapshot: own.SnapshotId }
  const device = imageRecord(image).rootDevice
  const name = device ?? `/dev/${devicePrefix(image)}a`
  const volume: PlannedVolume = {
    ...{ device: name, target: targetOf(name, image), size: size ?? least, deleteOnTermination: false },
    ...{ record: { ...record, size: grown(size ?? 0, image) }, from: image },
  }
  return { device, size, record, volume: ebs.DeleteOnTermination === false ? volume : undefined }
}

/** @throws Ec2Error UnknownVolumeType, and as `checkPerformance` */
function performance({ VolumeType, Iops: iops, Throughput: throughput }: EbsBlockDevice, size: number) {
  const type = volumeTypeNamed(VolumeType)
  checkPerformance({ type, size, iops, throughput })
  return { type, iops, throughput }
}

/** GiB that a copy shall have, where that is more than its original has: OpenNebula copies in the same size. */
const grown = (size: number, { SIZE }: Image): number | undefined => (size * 1024 > SIZE ? size : undefined)

function planVolume({ DeviceName = '', Ebs = {} }: BlockDeviceMapping, target: string, from?: Image): PlannedVolume {
  const least = from ? snapshotSize(from) : 1
  const size = Ebs.VolumeSize ?? (from && least)
  if (size === undefined) throw sizeMissing()
  if (size < 1) throw invalidMapping(`The device '${DeviceName}' needs a volume size of 1 GiB or more.`)
  if (size < least) {
    throw invalidMapping(
      `Volume of size ${size}GB is smaller than snapshot '${Ebs.SnapshotId}', expect size >= ${least}GB`,
    )
  }
  checkSizeLimits(size)
  return {
    ...{ device: DeviceName, target, size, from },
    deleteOnTermination: Ebs.DeleteOnTermination ?? true,
    record: {
      ...performance(Ebs, size),
      ...(from && { snapshot: Ebs.SnapshotId, size: grown(size, from) }),
    },
  }
}
