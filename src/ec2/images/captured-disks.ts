// The disks of an instance that CreateImage makes an AMI of.
import type { CreateImageRequest } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import type { Disk, Image } from '../core/documents.ts'
import type { ImageDisk } from '../disk-images/ami-record.ts'
import { invalidMapping } from '../disk-images/mapping.ts'
import { gibibytes } from '../disk-images/sizes.ts'
import { diskDevice, endsWith, type InstanceView } from '../instances/view.ts'
import { volumesOf } from '../volumes/view.ts'
import { byDevice, emptyDisk, instanceStores, type Wish, wishOf } from './block-devices.ts'

/** A disk of an instance that becomes a part of an AMI. */
export interface CapturedDisk {
  readonly disk: Disk
  readonly device: string
  /** The volume's id. */
  readonly volume: string
  /** GiB that it has. */
  readonly size: number
  readonly wish: Wish
}

/**
 * The disks of an instance that an image is made of, the root first: all that are volumes, but for those that the caller
 * leaves out; and the empty ones that the image is to have besides. Volatile disks and CDs are none.
 * @throws Ec2Error InvalidBlockDeviceMapping, MissingParameter
 */
export function capturedDisks(
  instance: InstanceView,
  { BlockDeviceMappings: mappings = [] }: CreateImageRequest,
  attached: ReadonlyMap<number, Image>,
  context: ChangeContext,
): {
  readonly captured: CapturedDisk[]
  readonly empty: ImageDisk[]
  readonly stores: ReturnType<typeof instanceStores>
} {
  const [root] = instance.vm.TEMPLATE.DISK
  const disks = volumesOf(instance, attached, context).map(({ disk, volume }) => ({
    ...{ disk, volume },
    device: diskDevice(disk, instance),
  }))
  const wished = byDevice(
    mappings,
    disks.map(({ device }) => device),
  )
  const captured = disks.flatMap(({ disk, volume: view, device }): CapturedDisk[] => {
    const mapping = wished.get(device)
    wished.delete(device)
    if (mapping?.NoDevice !== undefined && disk !== root) return []
    if (mapping?.NoDevice !== undefined)
      throw invalidMapping(`The root device ${device} cannot be left out of an image.`)
    const size = Math.max(view.record.size ?? 0, gibibytes(disk.SIZE ?? view.size))
    const { type, iops, throughput } = view.record
    const known = { size, type, iops, throughput, deleteOnTermination: endsWith(disk, instance) }
    const wish = wishOf(mapping?.Ebs, known)
    return [{ disk, device, volume: view.id, size, wish }]
  })
  const empty = [...wished.values()].flatMap(({ DeviceName, NoDevice, Ebs }) =>
    Ebs === undefined || NoDevice !== undefined ? [] : emptyDisk(DeviceName, Ebs),
  )
  return { captured, empty, stores: instanceStores([...wished.values()]) }
}
