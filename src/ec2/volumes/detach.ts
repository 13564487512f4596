// DetachVolume: at once, or when its turn comes where OpenNebula can do no two hot-plugs at a time.
import type { DetachVolumeRequest, VolumeAttachment } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { detachDisk } from '../../opennebula/calls/vm.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { parseId } from '../core/ids.ts'
import { attachedDisk } from '../disk-images/devices.ts'
import { INSTANCE } from '../instances/resource.ts'
import { noteDetachment, sealedId } from '../instances/view.ts'
import { toAttachment } from './answers.ts'
import { findVolume } from './find.ts'
import { plug } from './hot-plug.ts'
import { incorrectVolumeState, volumeLock } from './resource.ts'
import { type AttachmentView, noteHotPlug, type VolumeView, volumeState } from './view.ts'

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
