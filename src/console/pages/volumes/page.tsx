// Volumes: the list, what is told of one, and where it is attached.
import type { Snapshot, Volume, VolumeAttachment, VolumeModification } from '@aws-sdk/client-ec2'
import { having } from '../../resource/choices.ts'
import type { Column, Resource } from '../../resource/definition.ts'
import { askedTab, factsTab, relatedTab } from '../../resource/tabs.tsx'
import { nameColumn, tagOf, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { moodOf } from '../../ui/format.tsx'
import { snapshotColumns } from '../snapshots/columns.ts'
import { snapshotId } from '../snapshots/list.ts'
import { attachmentOf, volumeList } from './list.ts'
import { attach, create, detach, modify, remove, snapshot } from './operations.ts'

const { volumes: words, terms } = texts

const columns: readonly Column<Volume>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: ({ VolumeId }) => VolumeId, as: 'code' },
  { key: 'state', label: terms.state, value: ({ State }) => State, as: 'status', filters: true },
  { key: 'size', label: terms.size, value: ({ Size }) => Size, as: 'gib' },
  { key: 'type', label: terms.type, value: ({ VolumeType }) => VolumeType, filters: true },
  { key: 'zone', label: terms.zone, value: ({ AvailabilityZone }) => AvailabilityZone, filters: true },
  {
    key: 'instance',
    label: terms.instance,
    value: volume => attachmentOf(volume)?.InstanceId,
    as: 'code',
    link: 'instances',
  },
  { key: 'device', label: terms.device, value: volume => attachmentOf(volume)?.Device, as: 'code' },
  { key: 'snapshot', label: terms.snapshot, value: ({ SnapshotId }) => SnapshotId, as: 'code', link: 'snapshots' },
  { key: 'created', label: words.created, value: ({ CreateTime }) => CreateTime, as: 'time' },
]

const description = factsTab<Volume>('description', terms.description, [
  ...columns,
  { key: 'iops', label: words.iops, value: ({ Iops }) => Iops, as: 'number' },
  { key: 'throughput', label: words.throughput, value: ({ Throughput }) => Throughput, as: 'number' },
])

const attachments = relatedTab<Volume, VolumeAttachment>('attachments', words.attachments.label, {
  rows: ({ Attachments = [] }) => Attachments,
  keyOf: ({ InstanceId = '' }) => InstanceId,
  empty: words.attachments.empty,
  columns: [
    { key: 'instance', label: terms.instance, value: ({ InstanceId }) => InstanceId, as: 'code', link: 'instances' },
    { key: 'device', label: terms.device, value: ({ Device }) => Device, as: 'code' },
    { key: 'state', label: terms.state, value: ({ State }) => State, as: 'status' },
    { key: 'attached', label: words.attachments.at, value: ({ AttachTime }) => AttachTime, as: 'time' },
    {
      key: 'deleted',
      label: words.attachments.deleted,
      value: ({ DeleteOnTermination }) => (DeleteOnTermination ? terms.yes : terms.no),
    },
  ],
})

const modifications = askedTab('modifications', words.modifications.label, {
  action: 'DescribeVolumesModifications',
  input: id => having('volume-id', id),
  rows: ({ VolumesModifications }) => VolumesModifications,
  keyOf: ({ StartTime }: VolumeModification) => String(StartTime),
  empty: words.modifications.empty,
  columns: [
    { key: 'state', label: terms.state, value: ({ ModificationState }) => ModificationState, as: 'status' },
    { key: 'progress', label: words.modifications.progress, value: ({ Progress }) => Progress, as: 'number' },
    { key: 'from', label: words.modifications.from, value: ({ OriginalSize }) => OriginalSize, as: 'gib' },
    { key: 'to', label: words.modifications.to, value: ({ TargetSize }) => TargetSize, as: 'gib' },
    { key: 'from-type', label: words.modifications.fromType, value: ({ OriginalVolumeType }) => OriginalVolumeType },
    { key: 'to-type', label: words.modifications.toType, value: ({ TargetVolumeType }) => TargetVolumeType },
    { key: 'start', label: words.modifications.start, value: ({ StartTime }) => StartTime, as: 'time' },
    { key: 'end', label: words.modifications.end, value: ({ EndTime }) => EndTime, as: 'time' },
  ],
})

const snapshots = askedTab('snapshots', texts.snapshots.title, {
  action: 'DescribeSnapshots',
  input: id => ({ OwnerIds: ['self'], ...having('volume-id', id) }),
  rows: ({ Snapshots }) => Snapshots,
  keyOf: (each: Snapshot) => snapshotId(each),
  empty: words.noSnapshots,
  columns: snapshotColumns,
})

export const volumes: Resource<Volume> = {
  path: 'volumes',
  texts: words,
  list: volumeList,
  nameOf: volume => tagOf(volume, 'Name'),
  columns,
  isBusy: volume => moodOf(volume.State ?? '') === 'busy' || moodOf(attachmentOf(volume)?.State ?? '') === 'busy',
  operations: [attach, detach, modify, snapshot, remove],
  creations: [create],
  tabs: [description, attachments, modifications, snapshots, tagsTab()],
}
