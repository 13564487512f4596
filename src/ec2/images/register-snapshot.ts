// RegisterImage of snapshots: an AMI whose root disk is a copy of one.
import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2'
import { missing } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { notFound } from '../core/resource.ts'
import { tagsFor } from '../core/tags.ts'
import type { ImageRecord } from '../disk-images/ami-record.ts'
import { invalidMapping } from '../disk-images/mapping.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import {
  checkDevices,
  checkDiskCount,
  emptyDisk,
  inRoot,
  instanceStores,
  listed,
  mappedDisks,
} from './block-devices.ts'
import { cloneAs } from './clone.ts'
import { findMapped } from './mapped-snapshots.ts'
import { checkImageName } from './names.ts'
import { IMAGE, IMAGE_NAMES_LOCK } from './resource.ts'

/** Whether RegisterImage has nothing but a snapshot for the root disk. */
export const registersSnapshot = ({ ImageLocation, BlockDeviceMappings = [] }: RegisterImageRequest): boolean =>
  !ImageLocation && BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId !== undefined)

/**
 * The root disk is copied; the other snapshots are only named, and copied by each launch.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
 */
export function registerSnapshot(input: RegisterImageRequest, context: ChangeContext): Promise<RegisterImageResult> {
  const { Name, BlockDeviceMappings = [] } = input
  if (!Name) throw missing('Name')
  checkImageName(Name)
  const tags = tagsFor('image', input.TagSpecifications)
  const mapped = mappedDisks(BlockDeviceMappings)
  const device = input.RootDeviceName ?? mapped[0]?.device
  const root = mapped.find(disk => disk.device === device)
  if (root?.snapshot === undefined)
    throw invalidMapping(`The block device mapping has no snapshot for the root device ${device ?? ''}.`)
  checkDevices(BlockDeviceMappings, root.device)
  checkDiskCount(mapped.length)
  for (const { device, snapshot, ebs } of mapped) if (snapshot === undefined) emptyDisk(device, ebs)
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const id = context.mint.mint(IMAGE, context.seed(0))
    const found = await findMapped(mapped, { name: Name, except: id }, context)
    const { disk: first, image } = found.find(({ disk }) => disk.device === root.device) ?? {}
    if (!first || !image) throw notFound(SNAPSHOT, root.snapshot ?? '')
    const record: ImageRecord = {
      name: Name,
      description: input.Description,
      architecture: input.Architecture,
      rootDevice: root.device,
      ...inRoot(first),
      disks: listed(found.flatMap(({ disk }) => (disk === first ? [] : disk))),
      instanceStores: instanceStores(BlockDeviceMappings),
      enaSupport: input.EnaSupport,
      sriovNetSupport: input.SriovNetSupport,
      snapshot: first.snapshot,
    }
    await cloneAs(id, image, { record, tags }, context)
    return { ImageId: id }
  })
}
