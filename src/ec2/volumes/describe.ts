// DescribeVolumes: what is said of volumes, and what they can be filtered by.
import type { DescribeVolumesRequest, DescribeVolumesResult, Volume, VolumeAttachment } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, no, none } from '../core/describe.ts'
import { zoneId } from '../core/zones.ts'
import { toVolume } from './answers.ts'
import { type VolumePlace, volumes } from './find.ts'
import type { VolumeView } from './view.ts'

type Look = Filters<Volume, VolumeView>[string]

const ofAttachments =
  (member: keyof VolumeAttachment): Look =>
  ({ Attachments = [] }) =>
    Attachments.map(attachment => attachment[member])

export const volumeFilters = {
  'attachment.attach-time': ofAttachments('AttachTime'),
  'attachment.delete-on-termination': ofAttachments('DeleteOnTermination'),
  'attachment.device': ofAttachments('Device'),
  'attachment.instance-id': ofAttachments('InstanceId'),
  'attachment.status': ofAttachments('State'),
  'availability-zone': volume => volume.AvailabilityZone,
  'availability-zone-id': (volume, _, { settings }) => zoneId(volume.AvailabilityZone ?? '', settings),
  'create-time': volume => volume.CreateTime,
  encrypted: volume => volume.Encrypted,
  'fast-restored': no,
  'multi-attach-enabled': volume => volume.MultiAttachEnabled,
  'operator.managed': no,
  'operator.principal': none,
  size: volume => volume.Size,
  'snapshot-id': volume => volume.SnapshotId || undefined,
  status: volume => volume.State,
  'volume-id': volume => volume.VolumeId,
  'volume-type': volume => volume.VolumeType,
} satisfies Filters<Volume, VolumeView>

const listing: Listing<DescribeVolumesRequest, VolumeView, Volume, VolumePlace> = {
  action: 'DescribeVolumes',
  ...volumes,
  item: toVolume,
  filters: volumeFilters,
  tags: volume => volume.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html */
export async function describeVolumes(
  input: DescribeVolumesRequest,
  context: Context,
): Promise<Streamed<DescribeVolumesResult>> {
  const page = await describe(listing, input, context)
  return { Volumes: page.items, ...nextPage(page) }
}
