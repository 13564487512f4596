// Attaching volumes to instances and detaching them, one after the other where OpenNebula can do no two at once.

import type { AttachVolumeRequest, DetachVolumeRequest, VolumeAttachment } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { detachDisk } from '../../opennebula/calls/vm.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import { invalid, invalidBecause } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { isBusy, toEc2Error } from '../core/failures.ts'
import { canonicalId, parseId } from '../core/ids.ts'
import { attachDisk } from '../core/writes.ts'
import { findInstance } from '../instances/find.ts'
import { INSTANCE } from '../instances/resource.ts'
import { shownState } from '../instances/states.ts'
import { type InstanceView, noteDetachment, sealedId } from '../instances/view.ts'
import {
  type AttachedDisk,
  attachedDisk,
  type HotPlugTask,
  hasTarget,
  isDevice,
  isSettled,
  notesOf,
} from './hot-plug.ts'
import { findVolume, rememberVm } from './lookup.ts'
import { incorrectVolumeState } from './resource.ts'
import { type AttachmentView, noteHotPlug, toAttachment, type VolumeView, volumeLock, volumeState } from './view.ts'

/**
 * Attaches a volume. Where the instance is busy with another hot-plug the volume waits for its turn, `attaching`.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html
 */
export async function attachVolume(
  { VolumeId = '', InstanceId = '', Device = '' }: AttachVolumeRequest,
  context: ChangeContext,
): Promise<VolumeAttachment> {
  checkDevice(Device)
  return context.hold([volumeLock(VolumeId), `disks:${canonicalId(InstanceId)}`], async () => {
    const volume = await findVolume(VolumeId, context)
    const image = checkFree(volume)
    const instance = await findInstance(InstanceId, context)
    checkInstance(instance, volume)
    const disk = attachedDisk(image, volume.id, Device, Math.floor(context.now() / 1000))
    if (hasTarget(instance.vm, disk.TARGET)) throw deviceInUse(Device)
    const task = attachTask(disk, instance, volume)
    const call = attachDisk(instance.vm.ID, disk)
    await plug(task, instance, [noteHotPlug(image.ID), call], context)
    rememberVm(volume.id, instance.vm.ID, context)
    const state = { instance, device: Device, since: disk.EC2_ATTACH_TIME, state: 'attaching' } as const
    return toAttachment(volume.id, { ...state, deleteOnTermination: false })
  })
}

function checkDevice(device: string): void {
  if (isDevice(device)) return
  throw invalid('device', device, `${excerpt(device)} is not a valid EBS device name.`)
}

const deviceInUse = (device: string) =>
  invalidBecause(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`)

const attachTask = (disk: AttachedDisk, { vm }: InstanceView, { record, size }: VolumeView): HotPlugTask => ({
  kind: 'disk',
  number: disk.IMAGE_ID,
  wanted: 'attach',
  vm: vm.ID,
  disk,
  size: record.size === undefined ? undefined : Math.max(record.size * 1024, size),
})

/** The image of a volume that can be attached. */
function checkFree(volume: VolumeView): Image {
  const { id, image } = volume
  const state = volumeState(volume)
  if (state === 'in-use' || !image) throw new Ec2Error('VolumeInUse', `${id} is already attached to an instance`)
  if (state !== 'available') throw new Ec2Error('IncorrectState', `${id} is not 'available'.`)
  return image
}

function checkInstance({ id, vm, wanted, record }: InstanceView, volume: VolumeView): void {
  const state = shownState(vm, wanted)
  if (state !== 'running' && state !== 'stopped') {
    throw new Ec2Error('IncorrectState', `Instance '${id}' is not 'running'.`)
  }
  if (record.zone !== undefined && volume.record.zone !== undefined && record.zone !== volume.record.zone) {
    throw new Ec2Error(
      'InvalidVolume.ZoneMismatch',
      `The volume '${volume.id}' is not in the same availability zone as instance '${id}'`,
    )
  }
}

/**
 * Has OpenNebula do a hot-plug now, or later where it is busy.
 *
 * What is to be done later is written down first, and then noted on the image for all to see: what breaks off between
 * the two is done all the same.
 */
async function plug(
  task: HotPlugTask,
  { vm }: InstanceView,
  calls: readonly WriteCall[],
  context: ChangeContext,
): Promise<void> {
  const one = context.commit()
  const outcomes: Outcome<number>[] = isSettled(vm) ? await one.multicall(calls) : []
  for (const { error } of outcomes) if (error !== undefined && !isBusy(error)) throw toEc2Error(error)
  const done = outcomes.length > 0 && outcomes.every(({ error }) => error === undefined)
  if (done && task.size === undefined) return context.tasks.end([task])
  await context.tasks.begin([task])
  if (!done) await one.multicall(notesOf(task, vm))
}

/**
 * Detaches a volume. It stays where it is when the guest does not let go of it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachVolume.html
 */
export async function detachVolume(
  { VolumeId = '', InstanceId, Device }: DetachVolumeRequest,
  context: ChangeContext,
): Promise<VolumeAttachment> {
  return context.hold([volumeLock(VolumeId)], async () => {
    const volume = await findVolume(VolumeId, context)
    const attachment = checkAttached(volume, { InstanceId, Device }, context)
    const image = checkDetachable(volume, attachment)
    context.commit()
    if (attachment.state !== 'detaching') await unplug(image, volume, attachment, context)
    return toAttachment(volume.id, { ...attachment, state: 'detaching' })
  })
}

function checkAttached(
  volume: VolumeView,
  { InstanceId, Device }: Pick<DetachVolumeRequest, 'InstanceId' | 'Device'>,
  { mint }: Context,
): AttachmentView {
  const { id, attachment } = volume
  if (!attachment) {
    throw incorrectVolumeState(id, volumeState(volume))
  }
  const { instance, device } = attachment
  const named = !InstanceId || mint.names(INSTANCE, parseId(INSTANCE, InstanceId), sealedId(instance.vm))
  if (named && (!Device || Device === device)) return attachment
  throw new Ec2Error(
    'InvalidAttachment.NotFound',
    `The volume '${id}' is not attached to instance '${excerpt(InstanceId ?? instance.id)}' as device '${excerpt(Device ?? device)}'.`,
  )
}

/** OpenNebula would detach a root disk from under a running system, and delete every disk that ends with its instance. */
function checkDetachable({ id, image }: VolumeView, { instance, disk }: AttachmentView): Image {
  const [root] = instance.vm.TEMPLATE.DISK
  if (image && (disk === undefined || disk.DISK_ID !== root?.DISK_ID)) return image
  const kind = disk?.DISK_ID === root?.DISK_ID ? 'root volume' : 'volume'
  throw new Ec2Error('OperationNotPermitted', `Unable to detach ${kind} '${id}' from instance '${instance.id}'`)
}

async function unplug(image: Image, { id }: VolumeView, attachment: AttachmentView, context: ChangeContext) {
  const { instance, disk, device, since } = attachment
  const [number, vm] = [image.ID, instance.vm.ID]
  const calls = [
    noteHotPlug(number, { goal: 'detach', vm, device, since, queued: false }),
    ...(disk ? [noteDetachment(vm, disk, { since, queued: false }), detachDisk(vm, disk.DISK_ID)] : []),
  ]
  await plug(
    { kind: 'disk', number, wanted: 'detach', vm, disk: attachedDisk(image, id, device, since) },
    instance,
    calls,
    context,
  )
}
