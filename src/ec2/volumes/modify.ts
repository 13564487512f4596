// What can be changed of a volume, and asked of it besides what DescribeVolumes says.

import type {
  DescribeVolumeAttributeRequest,
  DescribeVolumeAttributeResult,
  DescribeVolumeStatusRequest,
  DescribeVolumeStatusResult,
  DescribeVolumesModificationsRequest,
  DescribeVolumesModificationsResult,
  ModifyVolumeAttributeRequest,
  ModifyVolumeRequest,
  ModifyVolumeResult,
  VolumeModification,
  VolumeStatusItem,
} from '@aws-sdk/client-ec2'
import { resizeDisk } from '../../opennebula/calls/vm.ts'
import { invalid, invalidBecause, needsOneOf, unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import { noAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { isBusy, toEc2Error } from '../core/failures.ts'
import { zoneId } from '../core/zones.ts'
import { gibibytes } from '../disk-images/image.ts'
import { stateOf } from '../instances/states.ts'
import { attachedDisk, type HotPlugTask, isSettled } from './hot-plug.ts'
import { findVolume, type VolumePlace, volumes } from './lookup.ts'
import { changedSpeed, checkPerformance, volumeTypeNamed } from './performance.ts'
import { incorrectVolumeState } from './resource.ts'
import {
  type AttachmentView,
  type ModificationRecord,
  modifiable,
  toModification,
  type VolumeView,
  volumeLock,
  volumeState,
  writeRecord,
  zoneOf,
} from './view.ts'
import { checkSizeLimits } from './volumes.ts'

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

function growthTask({ image, id }: VolumeView, attachment: AttachmentView, size: number): HotPlugTask | undefined {
  if (!image) return undefined
  const { instance, device, since } = attachment
  const disk = attachedDisk(image, id, device, since)
  return { kind: 'disk', number: image.ID, wanted: 'attach', vm: instance.vm.ID, disk, size }
}

export const modificationFilters = {
  'modification-state': change => change.ModificationState,
  'original-iops': change => change.OriginalIops,
  'original-size': change => change.OriginalSize,
  'original-volume-type': change => change.OriginalVolumeType,
  originalMultiAttachEnabled: change => change.OriginalMultiAttachEnabled,
  'start-time': change => change.StartTime,
  'target-iops': change => change.TargetIops,
  'target-size': change => change.TargetSize,
  'target-volume-type': change => change.TargetVolumeType,
  targetMultiAttachEnabled: change => change.TargetMultiAttachEnabled,
  'volume-id': change => change.VolumeId,
} satisfies Filters<VolumeModification, VolumeView>

const modifications: Listing<DescribeVolumesModificationsRequest, VolumeView, VolumeModification, VolumePlace> = {
  action: 'DescribeVolumesModifications',
  ...volumes,
  item: (view, _, { VolumeIds }) => {
    const { modification } = view.record
    if (modification) return toModification(view, modification)
    if (!VolumeIds?.length) return undefined
    throw new Ec2Error('InvalidVolumeModification.NotFound', `Modification for volume '${view.id}' does not exist.`)
  },
  filters: modificationFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumesModifications.html */
export async function describeVolumesModifications(
  input: DescribeVolumesModificationsRequest,
  context: Context,
): Promise<Streamed<DescribeVolumesModificationsResult>> {
  const page = await describe(modifications, input, context)
  return { VolumesModifications: page.items, ...nextPage(page) }
}

/** What no volume of this cloud has: the filter is valid and matches nothing. */
const none = () => undefined

export const volumeStatusFilters = {
  'action.code': none,
  'action.description': none,
  'action.event-id': none,
  'attachment-status.instance-id': status => (status.AttachmentStatuses ?? []).map(({ InstanceId }) => InstanceId),
  'attachment-status.io-performance': none,
  'availability-zone': status => status.AvailabilityZone,
  'availability-zone-id': status => status.AvailabilityZoneId,
  'event.description': none,
  'event.event-id': none,
  'event.event-type': none,
  'event.not-after': none,
  'event.not-before': none,
  'volume-status.details-name': status => (status.VolumeStatus?.Details ?? []).map(({ Name }) => Name),
  'volume-status.details-status': status => (status.VolumeStatus?.Details ?? []).map(({ Status }) => Status),
  'volume-status.status': status => status.VolumeStatus?.Status,
} satisfies Filters<VolumeStatusItem, VolumeView>

/** OpenNebula does not watch disks: what it has not given up is well. */
function toStatus(view: VolumeView, { settings }: Context): VolumeStatusItem {
  const zone = zoneOf(view, settings)
  const failed = volumeState(view) === 'error'
  return {
    VolumeId: view.id,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone, settings),
    VolumeStatus: {
      Status: failed ? 'impaired' : 'ok',
      Details: [
        { Name: 'io-enabled', Status: failed ? 'failed' : 'passed' },
        { Name: 'io-performance', Status: 'not-applicable' },
      ],
    },
    Actions: [],
    Events: [],
    AttachmentStatuses: view.attachment ? [{ InstanceId: view.attachment.instance.id }] : [],
  }
}

const statuses: Listing<DescribeVolumeStatusRequest, VolumeView, VolumeStatusItem, VolumePlace> = {
  action: 'DescribeVolumeStatus',
  ...volumes,
  item: toStatus,
  filters: volumeStatusFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeStatus.html */
export async function describeVolumeStatus(
  input: DescribeVolumeStatusRequest,
  context: Context,
): Promise<Streamed<DescribeVolumeStatusResult>> {
  const page = await describe(statuses, input, context)
  return { VolumeStatuses: page.items, ...nextPage(page) }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeAttribute.html */
export async function describeVolumeAttribute(
  { VolumeId = '', Attribute }: DescribeVolumeAttributeRequest,
  context: Context,
): Promise<DescribeVolumeAttributeResult> {
  const { id, record } = await findVolume(VolumeId, context)
  if (Attribute === 'productCodes') return { VolumeId: id, ProductCodes: [] }
  if (Attribute === 'autoEnableIO') return { VolumeId: id, AutoEnableIO: { Value: record.autoEnableIo ?? false } }
  throw invalid('attribute', Attribute)
}

/**
 * The one attribute is kept and shown: OpenNebula never takes a volume from its instance for fear for the data.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolumeAttribute.html
 */
export async function modifyVolumeAttribute(
  { VolumeId = '', AutoEnableIO }: ModifyVolumeAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const value = AutoEnableIO?.Value
  if (value === undefined) throw noAttributes()
  await context.hold([volumeLock(VolumeId)], async () => {
    const view = await findVolume(VolumeId, context)
    const outcomes = await context.commit().multicall(writeRecord(view, { autoEnableIo: value }))
    for (const { error } of outcomes) if (error !== undefined) throw toEc2Error(error)
  })
}
