// The commands of volumes.
import type { Command, RequestOption } from '../command.ts'
import { only, VOLUME } from './common.ts'

const ATTACHED_TO: RequestOption = {
  name: 'instance',
  short: 'i',
  value: 'INSTANCE-ID',
  about: 'Instance the volume belongs in',
  fills: 'InstanceId',
}

const DEVICE: RequestOption = {
  name: 'device',
  short: 'd',
  value: 'DEVICE',
  about: 'Name of the device in the instance, such as /dev/sdf',
  fills: 'Device',
}

const ATTACHMENT = ['volumeId: {volumeId}', 'instanceId: {instanceId}', 'status: {status}', 'device: {device}']

export const volumeCommands: readonly Command[] = [
  {
    name: 'econe-create-volume',
    action: 'CreateVolume',
    purpose: 'Create a volume, empty or from a snapshot',
    operands: [],
    options: [
      { name: 'size', short: 's', value: 'GIB', about: 'Size in GiB', fills: 'Size' },
      {
        name: 'snapshot',
        value: 'SNAPSHOT-ID',
        about: 'Snapshot to start from; without a size, the volume is as large as it',
        fills: 'SnapshotId',
      },
      {
        name: 'zone',
        short: 'z',
        value: 'ZONE',
        about: 'Availability zone',
        initial: 'default',
        fills: 'AvailabilityZone',
      },
    ],
    output: { lines: ['volumeId: {volumeId}', 'size: {size}', 'createTime: {createTime}'] },
    example: '$ econe-create-volume -s 10\nvolumeId: vol-00000007\nsize: 10\ncreateTime: 2026-11-23T15:57:00.000Z',
  },
  {
    name: 'econe-attach-volume',
    action: 'AttachVolume',
    purpose: 'Attach a volume to an instance',
    operands: [VOLUME],
    options: [
      { ...ATTACHED_TO, required: true },
      { ...DEVICE, required: true },
    ],
    output: { lines: ATTACHMENT },
    example: `$ econe-attach-volume vol-00000007 -i i-00000015 -d /dev/sdf
volumeId: vol-00000007
instanceId: i-00000015
status: attaching
device: /dev/sdf`,
  },
  {
    name: 'econe-detach-volume',
    action: 'DetachVolume',
    purpose: 'Detach a volume from its instance',
    details: 'Unmount its file systems in the instance first.',
    operands: [VOLUME],
    options: [ATTACHED_TO, DEVICE],
    output: { lines: ATTACHMENT },
    example: `$ econe-detach-volume vol-00000007
volumeId: vol-00000007
instanceId: i-00000015
status: detaching
device: /dev/sdf`,
  },
  {
    name: 'econe-delete-volume',
    action: 'DeleteVolume',
    purpose: 'Delete a volume that is not attached',
    operands: [VOLUME],
    options: [],
    output: { lines: ['Success: Deleting {VolumeId}'] },
    example: '$ econe-delete-volume vol-00000007\nSuccess: Deleting vol-00000007',
  },
  {
    name: 'econe-describe-volumes',
    action: 'DescribeVolumes',
    purpose: 'List volumes',
    operands: [only(VOLUME)],
    options: [],
    output: {
      rows: 'volumeSet/item',
      columns: [
        { head: 'VolumeId', width: 12, of: 'volumeId' },
        { head: 'Size', width: 6, of: 'size' },
        { head: 'Status', width: 10, of: 'status' },
        { head: 'CreateTime', width: 24, of: 'createTime' },
        { head: 'InstanceId', width: 12, of: 'attachmentSet/item/instanceId' },
        { head: 'Device', width: 8, of: 'attachmentSet/item/device' },
      ],
    },
    example: `$ econe-describe-volumes -H
VolumeId     Size   Status     CreateTime               InstanceId   Device
------------------------------------------------------------------------------
vol-00000007 10     in-use     2026-11-23T15:57:00.000Z i-00000015   /dev/sdf`,
  },
]
