// CreateSnapshots: a snapshot of each volume of an instance. OpenNebula saves one disk of a VM at a time: while the guest
// runs, each shows the moment in which it was saved.
import type { CreateSnapshotsRequest, CreateSnapshotsResult, SnapshotInfo } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { combination, invalid, missing } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { locksFor } from '../core/find.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { checkCount, tagsFor } from '../core/tags.ts'
import { beginCaptures, capturedDisk, type NewCapture } from '../disk-images/begin-captures.ts'
import { findInstance } from '../instances/find.ts'
import { incorrectInstanceState, stateLock } from '../instances/resource.ts'
import { shownState } from '../instances/states.ts'
import type { InstanceView } from '../instances/view.ts'
import { type DiskVolume, sizeOf, volumesOf } from '../volumes/view.ts'
import { SNAPSHOT } from './resource.ts'
import { newSnapshot, type SnapshotRecord, snapshotCopy } from './view.ts'

/**
 * All of them or none. They are pending until their disks are saved, one after the other (see disk-images/capture.ts).
 * @throws Ec2Error InvalidInstanceID.NotFound, IncorrectInstanceState, InvalidParameterValue for a volume that is left out
 *   and is none of the instance's data volumes, InvalidParameterCombination where none is left
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html
 */
export async function createSnapshots(
  input: CreateSnapshotsRequest,
  context: ChangeContext,
): Promise<CreateSnapshotsResult> {
  const { InstanceId } = input.InstanceSpecification ?? {}
  if (InstanceId === undefined) throw missing('InstanceSpecification.InstanceId')
  if (input.CopyTagsFromSource !== undefined && input.CopyTagsFromSource !== 'volume') {
    throw invalid('copyTagsFromSource', input.CopyTagsFromSource)
  }
  const given = tagsFor('snapshot', input.TagSpecifications)
  return context.hold(locksFor([InstanceId], stateLock), async () => {
    const [instance, attached] = await sideBySide(context, look => findInstance(InstanceId, look), imagesInUse)
    const { vm, id, wanted } = instance
    const state = shownState(vm, wanted)
    if (state !== 'running' && state !== 'stopped') throw incorrectInstanceState(id, state, 'snapshotted')
    const chosen = chosenVolumes(instance, input, attached, context)
    const captures = chosen.map(({ disk, volume }, index) => {
      const record: SnapshotRecord = {
        volume: volume.id,
        description: input.Description,
        size: sizeOf(volume),
      }
      const copied = input.CopyTagsFromSource === 'volume' ? volume.tags : []
      const tags = checkCount(new Map([...copied, ...given]))
      const snapshot = context.mint.mint(SNAPSHOT, context.seed(index))
      const task = { kind: 'capture', id: snapshot, instance: id, vm: vm.ID, ...capturedDisk(disk) } as const
      const capture: NewCapture = {
        task: { ...task, type: 'DATABLOCK', reboot: false },
        attributes: snapshotCopy(snapshot, record, tags).attributes,
      }
      const shown: SnapshotInfo = newSnapshot(snapshot, record, tags, context)
      return { capture, shown }
    })
    await beginCaptures(
      captures.map(({ capture }) => capture),
      context,
    )
    return { Snapshots: captures.map(({ shown }) => shown) }
  })
}

/** The images of the account that are in VMs. */
async function imagesInUse({ one }: ChangeContext): Promise<Map<number, Image>> {
  const attached = new Map<number, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) if (image.VMS.ID.length > 0) attached.set(image.ID, image)
  return attached
}

function chosenVolumes(
  instance: InstanceView,
  { InstanceSpecification }: CreateSnapshotsRequest,
  attached: ReadonlyMap<number, Image>,
  context: ChangeContext,
): DiskVolume[] {
  const { ExcludeBootVolume = false, ExcludeDataVolumeIds = [] } = InstanceSpecification ?? {}
  const [root] = instance.vm.TEMPLATE.DISK
  const volumes = volumesOf(instance, attached, context)
  const data = volumes.filter(({ disk }) => disk !== root)
  for (const excluded of ExcludeDataVolumeIds) {
    if (!data.some(({ volume }) => volume.id === excluded)) {
      throw invalid('ExcludeDataVolumeIds', excluded, `It is no data volume of the instance '${instance.id}'.`)
    }
  }
  const chosen = (ExcludeBootVolume ? data : volumes).filter(({ volume }) => !ExcludeDataVolumeIds.includes(volume.id))
  if (chosen.length === 0) throw combination(`No volume of the instance '${instance.id}' is left.`)
  return chosen
}
