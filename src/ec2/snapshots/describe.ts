// DescribeSnapshots: which snapshots there are for an account, and what its filters look at.
import type { DescribeSnapshotsRequest, DescribeSnapshotsResult, Snapshot } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, none } from '../core/describe.ts'
import type { Image } from '../core/documents.ts'
import { isImagePlace, placedImages } from '../disk-images/find.ts'
import { isOwnedBy, poolOf } from '../disk-images/owners.ts'
import { isForAll } from '../disk-images/sharing.ts'
import { findSnapshots } from './find.ts'
import { snapshotRecord, toldSnapshot } from './view.ts'

export const snapshotFilters = {
  description: snapshot => snapshot.Description,
  encrypted: snapshot => snapshot.Encrypted,
  'owner-alias': none,
  'owner-id': snapshot => snapshot.OwnerId,
  progress: snapshot => snapshot.Progress,
  'snapshot-id': snapshot => snapshot.SnapshotId,
  'start-time': snapshot => snapshot.StartTime,
  status: snapshot => snapshot.State,
  'storage-tier': snapshot => snapshot.StorageTier,
  'transfer-type': none,
  'volume-id': snapshot => snapshot.VolumeId,
  'volume-size': snapshot => snapshot.VolumeSize,
} satisfies Filters<Snapshot, Image>

const listing: Listing<DescribeSnapshotsRequest, Image, Snapshot, number> = {
  action: 'DescribeSnapshots',
  named: { ids: ({ SnapshotIds }) => SnapshotIds, set: 'snapshotSet', find: findSnapshots },
  isPlace: isImagePlace,
  list: (context, before, { OwnerIds }) => placedImages('snapshot', context, before, poolOf(OwnerIds, context)),
  item: (image, context, { OwnerIds, RestorableByUserIds }) =>
    isOwnedBy(image, OwnerIds, context) && isRestorableBy(image, RestorableByUserIds, context)
      ? toldSnapshot(image, context)
      : undefined,
  filters: snapshotFilters,
  tags: snapshot => snapshot.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html */
export async function describeSnapshots(
  input: DescribeSnapshotsRequest,
  context: Context,
): Promise<Streamed<DescribeSnapshotsResult>> {
  const page = await describe(listing, input, context)
  return { Snapshots: page.items, ...nextPage(page) }
}

/**
 * Whom a snapshot's volumes may be made by: everybody, the owner, and the accounts that it is shared with. Of another's that is told
 * of oneself.
 */
function isRestorableBy(image: Image, users: readonly string[] | undefined, { account }: Context): boolean {
  if (!users?.length) return true
  const { accounts = [] } = image.UID === account.user.id ? snapshotRecord(image) : { accounts: [account.id] }
  const all = isForAll(image)
  return users
    .map(user => (user === 'self' ? account.id : user))
    .some(user => all || (user !== 'all' && (user === accountId(image.UID) || accounts.includes(user))))
}
