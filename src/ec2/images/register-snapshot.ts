// RegisterImage of snapshots: an AMI whose root disk is a copy of one.
import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import { missing } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { notFound } from '../core/resource.ts'
import { tagsFor } from '../core/tags.ts'
import type { ImageRecord } from '../disk-images/ami-record.ts'
import { invalidMapping } from '../disk-images/mapping.ts'
import { isPlaceholder } from '../disk-images/marks.ts'
import { sealedSnapshotId } from '../disk-images/roles.ts'
import { gibibytes } from '../disk-images/sizes.ts'
import { incorrectSnapshotState, SNAPSHOT } from '../snapshots/resource.ts'
import { snapshotState } from '../snapshots/view.ts'
import { checkDiskCount, emptyDisk, inRoot, listed, mappedDisks, wishOf } from './block-devices.ts'
import { cloneAs, findSources } from './clone.ts'
import { checkImageName } from './names.ts'
import { IMAGE, IMAGE_NAMES_LOCK } from './resource.ts'

/** Whether RegisterImage names a snapshot for the root disk. */
export const registersSnapshot = ({ BlockDeviceMappings = [] }: RegisterImageRequest): boolean =>
  BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId !== undefined)

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
  checkDiskCount(mapped.length)
  const empty = mapped.filter(({ snapshot }) => snapshot === undefined).map(({ device, ebs }) => emptyDisk(device, ebs))
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const id = context.mint.mint(IMAGE, context.seed(0))
    const names = mapped.flatMap(({ snapshot }) => snapshot ?? [])
    const snapshots = await findSources('snapshot', names, { name: Name, except: id }, context)
    const disks = mapped.flatMap(({ device, snapshot, ebs }) => {
      if (snapshot === undefined) return []
      const image = snapshots.get(snapshot)
      if (!image) throw notFound(SNAPSHOT, snapshot)
      if (!COPYABLE.has(image.STATE) || isPlaceholder(image)) {
        const state = snapshotState(image)
        throw incorrectSnapshotState(snapshot, state === 'completed' ? 'unavailable' : state)
      }
      // By the id that it is shown under, whatever it was named by
      const shown = context.mint.idOf(SNAPSHOT, sealedSnapshotId(image))
      return { device, snapshot: shown, image, ...wishOf(ebs, { size: gibibytes(image.SIZE) }) }
    })
    const [first] = disks.filter(disk => disk.device === root.device)
    if (!first) throw notFound(SNAPSHOT, ...names)
    const others = disks.filter(disk => disk !== first).map(({ image: _image, ...disk }) => disk)
    const record: ImageRecord = {
      name: Name,
      description: input.Description,
      architecture: input.Architecture,
      rootDevice: root.device,
      ...inRoot(first),
      disks: listed([...others, ...empty]),
      enaSupport: input.EnaSupport,
      sriovNetSupport: input.SriovNetSupport,
      snapshot: first.snapshot,
    }
    await cloneAs(id, first.image, { record, tags }, context)
    return { ImageId: id }
  })
}

/** The states in which OpenNebula copies an image. */
const COPYABLE: ReadonlySet<number> = new Set([IMAGE_STATE.READY, IMAGE_STATE.USED, IMAGE_STATE.CLONE])
