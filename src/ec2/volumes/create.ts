// CreateVolume: an empty one, or a copy of a snapshot.
import type { CreateVolumeRequest, Volume } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { impossible, invalid, needsOneOf, unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Written } from '../core/attribute-names.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { tagItems, tagsFor } from '../core/tags.ts'
import { allocateImage } from '../core/writes.ts'
import { zoneNamed, zoneOfId } from '../core/zones.ts'
import { copyImage } from '../disk-images/copies.ts'
import { creationFailure, makeImage } from '../disk-images/making.ts'
import { checkPerformance, performanceOf, volumeTypeNamed } from '../disk-images/performance.ts'
import { cloneableSnapshot } from '../snapshots/find.ts'
import { snapshotSize } from '../snapshots/view.ts'
import { checkSizeLimits, VOLUME } from './resource.ts'
import { type VolumeRecord, volumeRecords } from './view.ts'

/**
 * Makes a volume, empty or from a snapshot.
 *
 * OpenNebula copies a snapshot in the size that it has: a volume that shall be larger grows when it is attached for the
 * first time.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
 */
export async function createVolume(input: CreateVolumeRequest, context: ChangeContext): Promise<Volume> {
  refuseUnsupported(input)
  const type = volumeTypeNamed(input.VolumeType)
  const zone = checkZone(input, context)
  const tags = tagsFor('volume', input.TagSpecifications)
  const id = context.mint.mint(VOLUME, context.seed(0))
  const from = input.SnapshotId ? await cloneableSnapshot(input.SnapshotId, context) : undefined
  const size = checkSize(input, from)
  checkPerformance({ type, size, iops: input.Iops, throughput: input.Throughput })
  const record: VolumeRecord = {
    zone,
    type,
    iops: input.Iops,
    throughput: input.Throughput,
    snapshot: input.SnapshotId || undefined,
    size: from && size * 1024 > from.SIZE ? size : undefined,
  }
  const attributes = {
    EBS_VOLUME: true,
    EC2_ID: context.mint.attribute(id, context.account.user.id),
    EC2_VOLUME: volumeRecords.write(record),
    ...(tags.size > 0 && { EC2_TAGS: encodeTags(tags) }),
  }
  await make({ id, attributes, size, from }, context)
  const shown = performanceOf({ ...record, size })
  return {
    VolumeId: id,
    Size: size,
    SnapshotId: record.snapshot ?? '',
    AvailabilityZone: zone,
    State: 'creating',
    CreateTime: new Date(context.now()),
    Encrypted: false,
    VolumeType: type ?? 'standard',
    Iops: shown.iops,
    Throughput: shown.throughput,
    MultiAttachEnabled: false,
    Tags: tagItems(tags),
  }
}

interface NewVolume {
  readonly id: string
  readonly attributes: Written<'image'>
  /** GiB */
  readonly size: number
  /** The snapshot's image. */
  readonly from: Image | undefined
}

async function make({ id, attributes, size, from }: NewVolume, context: ChangeContext): Promise<void> {
  const type = 'DATABLOCK'
  try {
    if (from) {
      await copyImage({ name: id, attributes, type, persistent: true }, cloneImage(from.ID, id), context)
    } else {
      const data = { NAME: id, TYPE: type, SIZE: size * 1024, PERSISTENT: true, ...attributes }
      await makeImage(id, allocateImage(data, context.settings.datastore), context)
    }
  } catch (error) {
    throw creationFailure(error, VOLUME)
  }
}

/** What cannot be honoured and must not be ignored. */
function refuseUnsupported({ Encrypted, KmsKeyId, MultiAttachEnabled, OutpostArn }: CreateVolumeRequest): void {
  if (Encrypted || KmsKeyId) {
    throw impossible('Encrypted volumes are not supported: leave out Encrypted and KmsKeyId.')
  }
  if (MultiAttachEnabled) throw unsupported('MultiAttachEnabled')
  if (OutpostArn) throw unsupported('OutpostArn')
}

function checkZone({ AvailabilityZone, AvailabilityZoneId }: CreateVolumeRequest, { settings }: Context): string {
  const zone =
    AvailabilityZoneId && !AvailabilityZone
      ? zoneOfId(AvailabilityZoneId, settings)
      : zoneNamed(AvailabilityZone, settings)
  if (zone !== undefined) return zone
  throw new Ec2Error(
    'InvalidZone.NotFound',
    `The zone '${excerpt(AvailabilityZone ?? AvailabilityZoneId ?? '')}' does not exist.`,
  )
}

/** @returns GiB @throws Ec2Error MissingParameter, InvalidParameterValue */
function checkSize({ Size }: CreateVolumeRequest, from: Image | undefined): number {
  if (Size === undefined) {
    if (from) return snapshotSize(from)
    throw needsOneOf('size', 'snapshotId')
  }
  checkSizeLimits(Size)
  if (from && Size < snapshotSize(from)) {
    throw invalid('size', Size, `It is smaller than the snapshot, which has ${snapshotSize(from)} GiB.`)
  }
  return Size
}
