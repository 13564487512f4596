// The disks of an AMI that is to be, by the block device mappings of the request that makes it.
import type { BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { impossible } from '../../protocol/complaints.ts'
import type { ImageDisk, InstanceStore } from '../disk-images/ami-record.ts'
import { isRootName, lettersOf } from '../disk-images/devices.ts'
import { checkDevice, invalidMapping } from '../disk-images/mapping.ts'
import { changedSpeed, checkPerformance, volumeTypeNamed } from '../disk-images/performance.ts'
import { checkSizeLimits, sizeMissing } from '../volumes/resource.ts'

/** What a volume of an AMI's instances is to be. Size in GiB. */
export type Wish = Omit<ImageDisk, 'device' | 'snapshot'>

/** The same as the record of an AMI has it of the root. */
export const inRoot = ({ size, type, iops, throughput, deleteOnTermination }: Wish) => ({
  rootSize: size,
  rootType: type,
  rootIops: iops,
  rootThroughput: throughput,
  rootDeleteOnTermination: deleteOnTermination,
})

/** Disks as a record has them: it says nothing of none. */
export const listed = <T>(disks: readonly T[]) => (disks.length > 0 ? disks : undefined)

/**
 * Checks the devices that an AMI shall have: none of its instances could have two disks at one.
 * @param root the name of the root, which a mapping may be about
 * @throws Ec2Error InvalidBlockDeviceMapping
 */
export function checkDevices(mappings: readonly BlockDeviceMapping[], root: string): void {
  const taken = new Set<string>()
  for (const { DeviceName, VirtualName, NoDevice, Ebs } of mappings) {
    if (NoDevice !== undefined || (Ebs === undefined && VirtualName === undefined)) continue
    const device = checkDevice(DeviceName)
    const letters = lettersOf(device)
    const isRoot = device === root && Ebs !== undefined
    if (taken.has(letters) || (letters === lettersOf(root) && !isRoot)) throw usedTwice(device)
    taken.add(letters)
  }
}

/** The instance store volumes that mappings name besides disks, which an AMI has, and its instances do not. */
export const instanceStores = (mappings: readonly BlockDeviceMapping[]): readonly InstanceStore[] | undefined =>
  listed(
    mappings.flatMap(({ DeviceName: device, VirtualName: name, NoDevice, Ebs }) =>
      device === undefined || name === undefined || Ebs !== undefined || NoDevice !== undefined ? [] : { device, name },
    ),
  )

/** @throws Ec2Error InvalidBlockDeviceMapping */
export function checkDiskCount(count: number): void {
  const { most } = limits.blockDevices
  if (count > most) throw invalidMapping(`An image has at most ${most} block devices, not ${count}.`)
}

/**
 * Mappings by the devices of disks that there are, the root first, which goes by all its names; those of others by their letters.
 * @throws Ec2Error InvalidBlockDeviceMapping
 */
export function byDevice(mappings: readonly BlockDeviceMapping[], disks: readonly string[]) {
  const found = new Map<string, BlockDeviceMapping>()
  for (const mapping of mappings) {
    const { DeviceName = '' } = mapping
    const device = namedAmong(disks, DeviceName) ?? lettersOf(checkDevice(DeviceName))
    if (found.has(device)) throw usedTwice(DeviceName)
    found.set(device, mapping)
  }
  return found
}

/** The device among those of disks that a name means: its own, else one of other names for it. */
const namedAmong = (disks: readonly string[], name: string): string | undefined =>
  disks.find(device => device === name) ??
  (isRootName(name) ? disks[0] : disks.find(device => lettersOf(device) === lettersOf(name)))

const usedTwice = (device: string) =>
  invalidMapping(`The device '${excerpt(device)}' is used in more than one block-device mapping`)

/** A disk that is made empty. @throws Ec2Error MissingParameter, InvalidParameterValue, and as `wishOf` */
export function emptyDisk(name: string | undefined, ebs: EbsBlockDevice): ImageDisk {
  const device = checkDevice(name)
  if (ebs.VolumeSize === undefined) throw sizeMissing()
  checkSizeLimits(ebs.VolumeSize)
  return { device, ...wishOf(ebs, {}) }
}

/**
 * What a mapping asks of a disk, which else stays as it is.
 * @throws Ec2Error for what cannot be had, and must not be left out in silence
 */
export function wishOf(ebs: EbsBlockDevice | undefined, known: Wish): Wish {
  const { VolumeSize, VolumeType, Iops, Throughput, DeleteOnTermination, Encrypted } = ebs ?? {}
  if (Encrypted) throw impossible('Encrypted volumes are not supported.')
  const { size: least = 1 } = known
  if (VolumeSize !== undefined && VolumeSize < least) {
    throw invalidMapping(`Volume of size ${VolumeSize}GB is smaller than the disk, expect size >= ${least}GB`)
  }
  if (VolumeSize !== undefined) checkSizeLimits(VolumeSize)
  const asked = { type: volumeTypeNamed(VolumeType), iops: Iops, throughput: Throughput }
  const wish = {
    ...changedSpeed(known, asked),
    size: VolumeSize ?? known.size,
    deleteOnTermination: DeleteOnTermination ?? known.deleteOnTermination,
  }
  if (ebs) checkPerformance(wish)
  return wish
}

/** A disk that a mapping makes. */
export interface MappedDisk {
  readonly device: string
  /** The snapshot's id as the request has it; absent for an empty disk. */
  readonly snapshot: string | undefined
  readonly ebs: EbsBlockDevice
}

/** The disks that mappings make, of snapshots or of nothing. @throws Ec2Error InvalidBlockDeviceMapping */
export const mappedDisks = (mappings: readonly BlockDeviceMapping[]): MappedDisk[] =>
  mappings.flatMap(({ DeviceName, NoDevice, Ebs }) =>
    Ebs === undefined || NoDevice !== undefined
      ? []
      : { device: checkDevice(DeviceName), snapshot: Ebs.SnapshotId, ebs: Ebs },
  )

/** By its letters, the root of an image of which nobody says more. */
const SOME_ROOT = '/dev/sda'

/** The disks of an AMI that is registered by its image. */
export interface DisksBesides {
  /** What is said of the root. */
  readonly root: ReturnType<typeof inRoot> | undefined
  readonly others: readonly MappedDisk[]
}

/**
 * Reads a mapping for an AMI whose root disk is an image already.
 * @throws Ec2Error InvalidBlockDeviceMapping, MissingParameter, InvalidParameterValue
 */
export function disksBesides({ BlockDeviceMappings = [], RootDeviceName }: RegisterImageRequest): DisksBesides {
  const mapped = mappedDisks(BlockDeviceMappings)
  const isRoot = (device: string) => (RootDeviceName === undefined ? isRootName(device) : device === RootDeviceName)
  const root = mapped.find(({ device }) => isRoot(device))
  checkDevices(BlockDeviceMappings, RootDeviceName ?? root?.device ?? SOME_ROOT)
  if (root?.snapshot !== undefined)
    throw invalidMapping(`The root device ${root.device} is what ImageLocation names, and not of a snapshot besides.`)
  const others = mapped.filter(disk => disk !== root)
  for (const { device, snapshot, ebs } of others) if (snapshot === undefined) emptyDisk(device, ebs)
  checkDiskCount(others.length + 1)
  return { root: root && inRoot(wishOf(root.ebs, {})), others }
}
