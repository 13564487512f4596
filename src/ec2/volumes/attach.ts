// AttachVolume: at once, or when its turn comes where OpenNebula can do no two hot-plugs at a time.
import type { AttachVolumeRequest, VolumeAttachment } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { hasTarget } from '../../opennebula/disks.ts'
import { invalid, invalidBecause } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { canonicalId } from '../core/ids.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { attachDisk } from '../core/writes.ts'
import { type AttachedDisk, attachedDisk, isDevice } from '../disk-images/devices.ts'
import { findInstance } from '../instances/find.ts'
import { shownState } from '../instances/states.ts'
import type { InstanceView } from '../instances/view.ts'
import { toAttachment } from './answers.ts'
import { findVolume, rememberVm } from './find.ts'
import { plug } from './hot-plug.ts'
import { volumeLock } from './resource.ts'
import { type HotPlugTask, noteHotPlug, type VolumeView, volumeState } from './view.ts'

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
    const [volume, instance] = await sideBySide(
      context,
      look => findVolume(VolumeId, look),
      look => findInstance(InstanceId, look),
    )
    const image = checkFree(volume)
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
