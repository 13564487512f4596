// What lists show of snapshots.
import type { Snapshot } from '@aws-sdk/client-ec2'
import type { Column } from '../../resource/definition.ts'
import { nameColumn } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'

const { snapshots: words, terms } = texts

export const snapshotColumns: readonly Column<Snapshot>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: ({ SnapshotId }) => SnapshotId, as: 'code', link: 'snapshots' },
  { key: 'state', label: terms.state, value: ({ State }) => State, as: 'status', filters: true },
  { key: 'progress', label: words.progress, value: ({ Progress }) => Progress },
  { key: 'size', label: words.size, value: ({ VolumeSize }) => VolumeSize, as: 'gib' },
  { key: 'volume', label: terms.volume, value: ({ VolumeId }) => VolumeId, as: 'code', link: 'volumes' },
  { key: 'description', label: terms.description, value: ({ Description }) => Description },
  { key: 'started', label: words.started, value: ({ StartTime }) => StartTime, as: 'time' },
]
