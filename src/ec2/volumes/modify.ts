// ModifyVolume: what a volume is to be, kept and shown, and its size, which OpenNebula changes.
import type { ModifyVolumeRequest, ModifyVolumeResult } from '@aws-sdk/client-ec2'
import { resizeDisk } from '../../opennebula/calls/vm.ts'
import { isSettled } from '../../opennebula/states.ts'
import { invalidBecause, needsOneOf, unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { isBusy, toEc2Error } from '../core/failures.ts'
import { attachedDisk } from '../disk-images/devices.ts'
import { changedSpeed, checkPerformance, volumeTypeNamed } from '../disk-images/performance.ts'
import { gibibytes } from '../disk-images/sizes.ts'
import { usedOf } from '../disk-images/used.ts'
import { stateOf } from '../instances/states.ts'
import { modifiable, toModification } from './answers.ts'
import { findVolume } from './find.ts'
import { checkSizeLimits, incorrectVolumeState, volumeLock } from './resource.ts'
import {
  type AttachmentView,
  type HotPlugTask,
  type ModificationRecord,
  type VolumeView,
  volumeState,
  writeRecord,
} from './view.ts'

/**
 * Changes a volume. Its type and the like are kept and shown; its size OpenNebula can change while the volume is in an
 * instance that is running or stopped, and only upwards: that of a free one is kept until it is attached.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolume.html
 */
export async function modifyVolume(input: ModifyVolumeRequest, context: ChangeContext): Promise<ModifyVolumeResult> {
  const { VolumeId = '', Size, VolumeType, Iops, Throughput, MultiAttachEnabled } = input
  if ([Size, VolumeType, Iops, Throughput, MultiAttachEnabled].every(value => value === undefined)) {
    throw needsOneOf('size', 'volumeType', 'iops')
  }
  if (MultiAttachEnabled) throw unsupported('MultiAttachEnabled')
  const type = volumeTypeNamed(VolumeType)
  if (Size !== undefined) checkSizeLimits(Size)
  return context.hold([volumeLock(VolumeId)], async () => {
    const view = await findVolume(VolumeId, context)
    const from = modifiable(view)
    const wish = wanted(view, { ...input, type })
    const to = modifiable({ ...view, record: wish })
    if (wish.size < from.size) throw shrinking(view, wish.size)
    checkModifiable(view, wish.size > from.size)
    const modification: ModificationRecord = { start: context.now(), from, to }
    await change(view, wish, modification, context)
    noteGrowth(view, wish.size - from.size, context)
    const before = { ...view, record: { ...view.record, size: from.size } }
    return { VolumeModification: toModification(before, modification) }
  })
}

const shrinking = ({ id }: VolumeView, size: number) =>
  invalidBecause(`New size cannot be smaller than existing size: ${size} GiB are less than the volume '${id}' has.`)

type TypeName = ReturnType<typeof volumeTypeNamed>
type Wish = ReturnType<typeof wanted>

/**
 * What is kept of a volume as it is to be. What is not said stays, unless it belongs to another type: then it is what
 * the new one has.
 * @throws Ec2Error for what the type cannot be
 */
function wanted(
  view: VolumeView,
  { Size, Iops, Throughput, type: asked }: ModifyVolumeRequest & { readonly type: TypeName },
) {
  const { record } = view
  const speed = changedSpeed(record, { type: asked, iops: Iops, throughput: Throughput })
  const isProvisioned = speed.type !== record.type && (speed.type === 'io1' || speed.type === 'io2')
  const iops = speed.iops ?? (isProvisioned ? DEFAULT_IOPS : undefined)
  const wish = { ...speed, size: Size ?? modifiable(view).size, iops }
  checkPerformance(wish)
  return wish
}

/** What a volume gets that becomes one of provisioned IOPS. */
const DEFAULT_IOPS = 3000

/** @throws Ec2Error IncorrectState where the volume is not there, or OpenNebula could not grow it, and would not soon */
function checkModifiable(view: VolumeView, grows: boolean): void {
  const { id, image, attachment } = view
  const state = volumeState(view)
  if (state !== 'available' && state !== 'in-use') throw incorrectVolumeState(id, state)
  if (!attachment || !grows) return
  const { vm, id: instance } = attachment.instance
  const running = stateOf(vm)
  if ((running !== 'running' && running !== 'stopped') || (!image && !isSettled(vm))) {
    throw new Ec2Error('IncorrectState', `Volume '${id}' cannot be changed while instance '${instance}' is busy.`)
  }
}

/** Writes a change down and has OpenNebula do of it what it can; growing may have to wait for its turn. */
async function change(
  view: VolumeView,
  { type, iops, throughput, size }: Wish,
  modification: ModificationRecord,
  context: ChangeContext,
): Promise<void> {
  const { attachment } = view
  const { disk } = attachment ?? {}
  const grows = attachment !== undefined && size > modification.from.size
  const growth = grows && disk ? [resizeDisk(attachment.instance.vm.ID, disk.DISK_ID, size * 1024)] : []
  const one = context.commit()
  // A free volume grows when it is attached, as one does that was made larger than its snapshot
  const later = attachment === undefined && size > gibibytes(view.size) ? size : view.record.size
  const changes = { type, iops, throughput, size: later, modification }
  const outcomes = await one.multicall([...writeRecord(view, changes), ...growth])
  const error = outcomes.find(outcome => outcome.error !== undefined)?.error
  const task = grows ? growthTask(view, attachment, size * 1024) : undefined
  if (task && (disk === undefined || isBusy(error))) return context.tasks.begin([task])
  if (error === undefined) return
  // A modification that will never end is none
  await one.multicall(writeRecord(view, {}))
  throw toEc2Error(error)
}

/** A volume counts as large as it is from its beginning: for the time before now that is too much. */
function noteGrowth({ image }: VolumeView, by: number, { usage }: ChangeContext): void {
  if (image && by > 0) usage.ended({ ...usedOf(image), amount: -by })
}

function growthTask({ image, id }: VolumeView, attachment: AttachmentView, size: number): HotPlugTask | undefined {
  if (!image) return undefined
  const { instance, device, since } = attachment
  const disk = attachedDisk(image, id, device, since)
  return { kind: 'disk', number: image.ID, wanted: 'attach', vm: instance.vm.ID, disk, size }
}
