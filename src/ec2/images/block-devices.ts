// The disks of an AMI that is to be, by the block device mappings of the request that makes it.
import type { BlockDeviceMapping, EbsBlockDevice, RegisterImageRequest } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { impossible } from '../../protocol/complaints.ts'
import type { ImageDisk, InstanceStore } from '../disk-images/ami-record.ts'
import { isRootName } from '../disk-images/devices.ts'
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
 * The instance store volumes that mappings name besides disks, which an AMI has, and its instances do not.
 * @throws Ec2Error InvalidBlockDeviceMapping
 */
export function instanceStores(mappings: readonly BlockDeviceMapping[]): readonly InstanceStore[] | undefined {
  const devices = new Set(mappings.flatMap(({ DeviceName, Ebs }) => (Ebs && DeviceName) ?? []))
  const stores = mappings.flatMap(({ DeviceName, VirtualName: name, NoDevice, Ebs }) => {
    if (name === undefined || Ebs !== undefined || NoDevice !== undefined) return []
    const device = checkDevice(DeviceName)
    if (devices.has(device)) throw usedTwice(device)
    devices.add(device)
    return [{ device, name }]
  })
  return listed(stores)
}

/** @throws Ec2Error InvalidBlockDeviceMapping */
export function checkDiskCount(count: number): void {
  const { most } = limits.blockDevices
  if (count > most) throw invalidMapping(`An image has at most ${most} block devices, not ${count}.`)
}

/** Mappings by the devices of disks that there are, the root first: it goes by all its names. */
export function byDevice(mappings: readonly BlockDeviceMapping[], [root = '', ...others]: readonly string[]) {
  const found = new Map<string, BlockDeviceMapping>()
  for (const mapping of mappings) {
    const { DeviceName = '' } = mapping
    const device = isRootName(DeviceName) && !others.includes(DeviceName) ? root : DeviceName
    if (found.has(device)) throw usedTwice(device)
    found.set(device, mapping)
  }
  return found
}

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
export function mappedDisks(mappings: readonly BlockDeviceMapping[]): MappedDisk[] {
  const devices = new Set<string>()
  return mappings.flatMap(({ DeviceName, NoDevice, Ebs }) => {
    if (Ebs === undefined || NoDevice !== undefined) return []
    const device = checkDevice(DeviceName)
    if (devices.has(device)) throw usedTwice(device)
    devices.add(device)
    return [{ device, snapshot: Ebs.SnapshotId, ebs: Ebs }]
  })
}

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
  if (root?.snapshot !== undefined)
    throw invalidMapping(`The root device ${root.device} is what ImageLocation names, and not of a snapshot besides.`)
  const others = mapped.filter(disk => disk !== root)
  for (const { device, snapshot, ebs } of others) if (snapshot === undefined) emptyDisk(device, ebs)
  checkDiskCount(others.length + 1)
  return { root: root && inRoot(wishOf(root.ebs, {})), others }
}
