// CopySnapshot: a snapshot of a snapshot.
import type { CopySnapshotRequest, CopySnapshotResult } from '@aws-sdk/client-ec2'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { impossible } from '../../protocol/complaints.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { tagItems, tagsFor } from '../core/tags.ts'
import { copyImage } from '../disk-images/copies.ts'
import { creationFailure } from '../disk-images/making.ts'
import { checkSourceRegion } from '../disk-images/source-region.ts'
import { cloneableSnapshot } from './find.ts'
import { SNAPSHOT } from './resource.ts'
import { NO_VOLUME, snapshotCopy, snapshotSize } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html */
export async function copySnapshot(input: CopySnapshotRequest, context: ChangeContext): Promise<CopySnapshotResult> {
  const { SourceSnapshotId = '', Description } = input
  checkCopy(input, context)
  const tags = tagsFor('snapshot', input.TagSpecifications)
  const source = await cloneableSnapshot(SourceSnapshotId, context)
  const id = context.mint.mint(SNAPSHOT, context.seed(0))
  const copy = snapshotCopy(id, { volume: NO_VOLUME, description: Description, size: snapshotSize(source) }, tags)
  await copyImage(copy, cloneImage(source.ID, id), context).catch(error => {
    throw creationFailure(error, SNAPSHOT)
  })
  return { SnapshotId: id, Tags: tagItems(tags) }
}

/** SDKs say the destination themselves, by whatever name their user has for this region. */
function checkCopy(input: CopySnapshotRequest, { settings }: Context): void {
  const { SourceRegion, DestinationRegion, Encrypted, KmsKeyId, DestinationOutpostArn } = input
  checkSourceRegion(SourceRegion, settings, DestinationRegion)
  if (Encrypted || KmsKeyId || DestinationOutpostArn) {
    throw impossible('Snapshots are copied unencrypted, and to this region only.')
  }
}
