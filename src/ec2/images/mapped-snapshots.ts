// The disks that a mapping makes of snapshots, and the empty ones: found, and as the record of an AMI has them.
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { notFound } from '../core/resource.ts'
import type { ImageDisk } from '../disk-images/ami-record.ts'
import { isPlaceholder } from '../disk-images/marks.ts'
import { sealedSnapshotId } from '../disk-images/roles.ts'
import { incorrectSnapshotState, SNAPSHOT } from '../snapshots/resource.ts'
import { snapshotSize, snapshotState } from '../snapshots/view.ts'
import { emptyDisk, type MappedDisk, wishOf } from './block-devices.ts'
import { findSources } from './clone.ts'

/** A disk of an AMI that is to be, and the snapshot's image where it is one of a snapshot. */
export interface FoundDisk {
  readonly disk: ImageDisk
  readonly image?: Image
}

/**
 * Finds the snapshots of a mapping, in one look at the pool that tells as well whether the AMI's name is free.
 * @param wanted the name of the AMI, if it is to have one, and the id that it has or gets
 * @throws Ec2Error NotFound, Malformed, IncorrectState, InvalidAMIName.Duplicate, and as `emptyDisk`
 */
export async function findMapped(
  mapped: readonly MappedDisk[],
  wanted: { readonly name: string | undefined; readonly except?: string },
  context: ChangeContext,
): Promise<FoundDisk[]> {
  const names = mapped.flatMap(({ snapshot }) => snapshot ?? [])
  const snapshots = await findSources('snapshot', names, { except: undefined, ...wanted }, context)
  return mapped.map(({ device, snapshot, ebs }) => {
    if (snapshot === undefined) return { disk: emptyDisk(device, ebs) }
    const image = snapshots.get(snapshot)
    if (!image) throw notFound(SNAPSHOT, snapshot)
    if (!COPYABLE.has(image.STATE) || isPlaceholder(image)) {
      const state = snapshotState(image)
      throw incorrectSnapshotState(snapshot, state === 'completed' ? 'unavailable' : state)
    }
    // By the id that it is shown under, whatever it was named by
    const shown = context.mint.idOf(SNAPSHOT, sealedSnapshotId(image))
    return { image, disk: { device, snapshot: shown, ...wishOf(ebs, { size: snapshotSize(image) }) } }
  })
}

/** The states in which OpenNebula copies an image. */
const COPYABLE: ReadonlySet<number> = new Set([IMAGE_STATE.READY, IMAGE_STATE.USED, IMAGE_STATE.CLONE])
