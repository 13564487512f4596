// How snapshots are listed, for their own page and for that of volumes, which makes them.
import type { DescribeSnapshotsRequest, Snapshot } from '@aws-sdk/client-ec2'
import { type Listing, listing } from '../../resource/listing.ts'
import { account } from '../../session/session.ts'

export const snapshotId = (snapshot: Snapshot | undefined): string => snapshot?.SnapshotId ?? ''

export const isOwn = ({ OwnerId }: Snapshot): boolean => OwnerId === account()

const listed = (
  input: DescribeSnapshotsRequest,
  isListed: (snapshot: Snapshot) => boolean = () => true,
): Listing<Snapshot> =>
  listing('DescribeSnapshots', {
    input,
    byIds: SnapshotIds => ({ SnapshotIds: [...SnapshotIds] }),
    items: ({ Snapshots }) => Snapshots?.filter(isListed),
    idOf: snapshotId,
  })

/** Those of the account. */
export const snapshotList = listed({ OwnerIds: ['self'] })

/** Those that others let the account, or everybody, make volumes of. */
export const foreignList = listed({ RestorableByUserIds: ['self'] }, snapshot => !isOwn(snapshot))
