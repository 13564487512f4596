// What becomes of the volumes of an instance when it ends, as an attribute of it.
import type { InstanceBlockDeviceMappingSpecification } from '@aws-sdk/client-ec2'
import { excerpt } from '../../../lib/excerpt.ts'
import { impossible } from '../../../protocol/complaints.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import type { Context } from '../../core/context.ts'
import { canonicalId, parsePairId } from '../../core/ids.ts'
import { VOLUME } from '../../volumes/resource.ts'
import type { LaunchedVolume } from '../record.ts'
import { attachTime, diskDevice, type InstanceView, toInstance } from '../view.ts'

/**
 * The volumes of an instance's record, with what the mappings say of them.
 * @throws Ec2Error InvalidInstanceAttributeValue for a device that it has not, or has another volume at; UnsupportedOperation for a
 *   disk that is a part of it, and is to stay
 */
export const volumesEnding = (
  mappings: readonly InstanceBlockDeviceMappingSpecification[],
  view: InstanceView,
  context: Context,
): readonly LaunchedVolume[] =>
  mappings.reduce<readonly LaunchedVolume[]>(
    (volumes, mapping) => endWith(volumes, mapping, view, context),
    view.record.volumes ?? [],
  )

/** The same with what is to become of the one at a device. */
function endWith(
  volumes: readonly LaunchedVolume[],
  { DeviceName = '', NoDevice, Ebs }: InstanceBlockDeviceMappingSpecification,
  view: InstanceView,
  context: Context,
): readonly LaunchedVolume[] {
  const mapping = toInstance(view, context).BlockDeviceMappings?.find(each => each.DeviceName === DeviceName)
  const id = mapping?.Ebs?.VolumeId
  if (id === undefined) {
    throw new Ec2Error('InvalidInstanceAttributeValue', `No device is currently mapped at ${excerpt(DeviceName)}`)
  }
  if (NoDevice !== undefined) {
    throw impossible(`NoDevice takes nothing away from an instance: detach what is at ${DeviceName} with DetachVolume.`)
  }
  if (Ebs?.VolumeId && canonicalId(Ebs.VolumeId) !== id) {
    const message = `The volume '${excerpt(Ebs.VolumeId)}' is not mapped at ${DeviceName}`
    throw new Ec2Error('InvalidInstanceAttributeValue', message)
  }
  const deleteOnTermination = Ebs?.DeleteOnTermination ?? mapping?.Ebs?.DeleteOnTermination ?? false
  if (parsePairId(VOLUME, id) === undefined) {
    const disk = view.vm.TEMPLATE.DISK.find(each => diskDevice(each, view) === DeviceName)
    const attached = disk && attachTime(disk)
    return [...volumes.filter(volume => volume.id !== id), { id, device: DeviceName, deleteOnTermination, attached }]
  }
  if (deleteOnTermination) return volumes
  throw impossible(
    `The volume at ${DeviceName} is a part of the instance and cannot outlive it. Take a snapshot of it instead.`,
  )
}
