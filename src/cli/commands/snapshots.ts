// The commands of snapshots.
import type { Command, RequestOperand } from '../command.ts'
import { DESCRIPTION, only, VOLUME } from './common.ts'

const SNAPSHOT: RequestOperand = {
  name: 'SNAPSHOT-ID',
  about: 'Snapshot, as econe-describe-snapshots shows it',
  fills: 'SnapshotId',
}

export const snapshotCommands: readonly Command[] = [
  {
    name: 'econe-create-snapshot',
    action: 'CreateSnapshot',
    purpose: 'Take a snapshot of a volume',
    operands: [VOLUME],
    options: [DESCRIPTION],
    output: {
      lines: ['snapshotId: {snapshotId}', 'volumeId: {volumeId}', 'status: {status}', 'startTime: {startTime}'],
    },
    example: `$ econe-create-snapshot vol-00000007 -d 'before the upgrade'
snapshotId: snap-00000008
volumeId: vol-00000007
status: pending
startTime: 2026-11-23T15:58:00.000Z`,
  },
  {
    name: 'econe-delete-snapshot',
    action: 'DeleteSnapshot',
    purpose: 'Delete a snapshot',
    operands: [SNAPSHOT],
    options: [],
    output: { lines: ['Success: Deleting {SnapshotId}'] },
    example: '$ econe-delete-snapshot snap-00000008\nSuccess: Deleting snap-00000008',
  },
  {
    name: 'econe-describe-snapshots',
    action: 'DescribeSnapshots',
    purpose: 'List snapshots',
    operands: [only(SNAPSHOT)],
    options: [],
    output: {
      rows: 'snapshotSet/item',
      columns: [
        { head: 'SnapshotId', width: 13, of: 'snapshotId' },
        { head: 'VolumeId', width: 12, of: 'volumeId' },
        { head: 'Size', width: 6, of: 'volumeSize' },
        { head: 'Status', width: 10, of: 'status' },
        { head: 'StartTime', width: 24, of: 'startTime' },
        { head: 'Description', width: 11, of: 'description' },
      ],
    },
    example: `$ econe-describe-snapshots -H
SnapshotId    VolumeId     Size   Status     StartTime                Description
---------------------------------------------------------------------------------
snap-00000008 vol-00000007 10     completed  2026-11-23T15:58:00.000Z before the upgrade`,
  },
]
