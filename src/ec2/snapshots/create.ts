// CreateSnapshot: a copy of a volume, wherever that is.
import type { CreateSnapshotRequest, Snapshot } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { saveDisk } from '../../opennebula/calls/vm.ts'
import { unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Disk } from '../core/documents.ts'
import { isBusy } from '../core/failures.ts'
import { tagsFor } from '../core/tags.ts'
import { beginCaptures, capturedDisk } from '../disk-images/begin-captures.ts'
import { isSavable } from '../disk-images/capture-steps.ts'
import { type Copy, copyImage } from '../disk-images/copies.ts'
import { creationFailure } from '../disk-images/making.ts'
import { stateOf } from '../instances/states.ts'
import { findVolume } from '../volumes/find.ts'
import { incorrectVolumeState } from '../volumes/resource.ts'
import { type AttachmentView, sizeOf, type VolumeView, volumeState } from '../volumes/view.ts'
import { SNAPSHOT } from './resource.ts'
import { newSnapshot, type SnapshotRecord, snapshotCopy } from './view.ts'

/**
 * A copy of a volume: of its image where that is free, of the disk where an instance has it. Where OpenNebula is busy
 * with the instance the snapshot is pending until the disk can be saved (see disk-images/capture.ts).
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html
 */
export async function createSnapshot(input: CreateSnapshotRequest, context: ChangeContext): Promise<Snapshot> {
  if (input.OutpostArn) throw unsupported('OutpostArn')
  const tags = tagsFor('snapshot', input.TagSpecifications)
  const volume = await findVolume(input.VolumeId ?? '', context)
  const id = context.mint.mint(SNAPSHOT, context.seed(0))
  const record: SnapshotRecord = { volume: volume.id, description: input.Description, size: sizeOf(volume) }
  const copy = snapshotCopy(id, record, tags)
  const attachment = checkSavable(volume)
  if (attachment) await saveNowOrLater(copy, attachment, context)
  else if (volume.image) await copyImage(copy, cloneImage(volume.image.ID, id), context).catch(rethrow)
  return newSnapshot(id, record, tags, context)
}

/** Where a disk is that can be saved, if not at once. */
type Savable = AttachmentView & { readonly disk: Disk }

const hasDisk = (attachment: AttachmentView | undefined): attachment is Savable => attachment?.disk !== undefined

/** The disk to save; undefined where the volume is in no instance. @throws Ec2Error IncorrectState */
function checkSavable(view: VolumeView): Savable | undefined {
  const { id, attachment } = view
  const state = volumeState(view)
  if (state !== 'available' && state !== 'in-use') throw incorrectVolumeState(id, state)
  if (!hasDisk(attachment)) return undefined
  const { vm, id: instance } = attachment.instance
  const running = stateOf(vm)
  if (running === 'running' || running === 'stopped') return attachment
  throw new Ec2Error('IncorrectState', `Volume '${id}' cannot be copied while instance '${instance}' is '${running}'.`)
}

/** Saves a disk at once, or as soon as OpenNebula has come to an end with what it does to the VM. */
async function saveNowOrLater(copy: Copy, { instance, disk }: Savable, context: ChangeContext): Promise<void> {
  const { name: id, attributes, type } = copy
  const { vm } = instance
  if (isSavable(vm) && (await isSaved(copy, saveDisk(vm.ID, disk.DISK_ID, id, type), context))) return
  const task = { kind: 'capture', id, instance: instance.id, vm: vm.ID, ...capturedDisk(disk) } as const
  await beginCaptures([{ task: { ...task, type, reboot: false }, attributes }], context)
}

/** @returns false where OpenNebula turned out to be busy with the VM */
const isSaved = (copy: Copy, save: WriteCall, context: ChangeContext): Promise<boolean> =>
  copyImage(copy, save, context).then(
    () => true,
    error => (isBusy(error) ? false : rethrow(error)),
  )

const rethrow = (error: unknown): never => {
  throw creationFailure(error, SNAPSHOT)
}
