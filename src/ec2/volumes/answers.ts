// Volumes, their attachments and modifications in the form of EC2's answers.
import type { Volume, VolumeAttachment, VolumeModification } from '@aws-sdk/client-ec2'
import type { Context } from '../core/context.ts'
import { followingItem } from '../core/following.ts'
import { tagItems } from '../core/tags.ts'
import { performanceOf } from '../disk-images/performance.ts'
import {
  type AttachmentView,
  type Modifiable,
  type ModificationRecord,
  sizeOf,
  type VolumeView,
  volumeState,
} from './view.ts'

/** What ModifyVolume would find. */
export function modifiable(view: VolumeView): Modifiable {
  const size = sizeOf(view)
  return { size, type: view.record.type ?? DEFAULT_TYPE, ...performanceOf({ ...view.record, size }) }
}

/** What a volume is that nobody asked to be of any type: OpenNebula's have none. */
const DEFAULT_TYPE = 'standard'

const time = (seconds: number) => new Date(seconds * 1000)

/** An attachment in the form of EC2's answers. */
export const toAttachment = (volume: string, attachment: AttachmentView): VolumeAttachment => ({
  VolumeId: volume,
  InstanceId: attachment.instance.id,
  Device: attachment.device,
  State: attachment.state,
  AttachTime: time(attachment.since),
  DeleteOnTermination: attachment.deleteOnTermination,
})

/** The zone that a volume was made for, else that of its instance. */
export const zoneOf = ({ record, attachment }: VolumeView, { zones }: Context['settings']): string =>
  record.zone ?? attachment?.instance.record.zone ?? zones[0]

/**
 * `SnapshotId` and `MultiAttachEnabled` are always there: Ansible fails without them.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html
 */
export const toVolume = followingItem((view: VolumeView, { settings }): Volume => {
  const { id, record, attachment } = view
  const { size, type, iops, throughput } = modifiable(view)
  return {
    VolumeId: id,
    Size: size,
    SnapshotId: record.snapshot ?? '',
    AvailabilityZone: zoneOf(view, settings),
    State: volumeState(view),
    CreateTime: time(view.created),
    Attachments: attachment ? [toAttachment(id, attachment)] : [],
    Encrypted: false,
    VolumeType: type,
    Iops: iops,
    Throughput: throughput,
    MultiAttachEnabled: false,
    Tags: tagItems(view.tags),
  }
})

/**
 * Types and the like change at once, as does the size of a volume that is free: it grows before the next guest sees it.
 * Another is larger when OpenNebula has grown the disk.
 */
export function toModification(view: VolumeView, { start, from, to }: ModificationRecord): VolumeModification {
  const { id } = view
  const done = sizeOf(view) >= to.size
  return {
    VolumeId: id,
    ModificationState: done ? 'completed' : 'modifying',
    Progress: done ? 100 : 0,
    StartTime: new Date(start),
    EndTime: done ? new Date(start) : undefined,
    OriginalSize: from.size,
    OriginalVolumeType: from.type,
    OriginalIops: from.iops,
    OriginalThroughput: from.throughput,
    OriginalMultiAttachEnabled: false,
    TargetSize: to.size,
    TargetVolumeType: to.type,
    TargetIops: to.iops,
    TargetThroughput: to.throughput,
    TargetMultiAttachEnabled: false,
  }
}
