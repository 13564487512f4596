// DescribeVolumeStatus: how volumes are, as far as OpenNebula tells.
import type { DescribeVolumeStatusRequest, DescribeVolumeStatusResult, VolumeStatusItem } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, none } from '../core/describe.ts'
import { zoneId } from '../core/zones.ts'
import { zoneOf } from './answers.ts'
import { type VolumePlace, volumes } from './find.ts'
import { type VolumeView, volumeState } from './view.ts'

export const volumeStatusFilters = {
  'action.code': none,
  'action.description': none,
  'action.event-id': none,
  'attachment-status.instance-id': status => (status.AttachmentStatuses ?? []).map(({ InstanceId }) => InstanceId),
  'attachment-status.io-performance': none,
  'availability-zone': status => status.AvailabilityZone,
  'availability-zone-id': status => status.AvailabilityZoneId,
  'event.description': none,
  'event.event-id': none,
  'event.event-type': none,
  'event.not-after': none,
  'event.not-before': none,
  'volume-status.details-name': status => (status.VolumeStatus?.Details ?? []).map(({ Name }) => Name),
  'volume-status.details-status': status => (status.VolumeStatus?.Details ?? []).map(({ Status }) => Status),
  'volume-status.status': status => status.VolumeStatus?.Status,
} satisfies Filters<VolumeStatusItem, VolumeView>

/** OpenNebula does not watch disks: what it has not given up is well. */
function toStatus(view: VolumeView, { settings }: Context): VolumeStatusItem {
  const zone = zoneOf(view, settings)
  const failed = volumeState(view) === 'error'
  return {
    VolumeId: view.id,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone, settings),
    VolumeStatus: {
      Status: failed ? 'impaired' : 'ok',
      Details: [
        { Name: 'io-enabled', Status: failed ? 'failed' : 'passed' },
        { Name: 'io-performance', Status: 'not-applicable' },
      ],
    },
    Actions: [],
    Events: [],
    AttachmentStatuses: view.attachment ? [{ InstanceId: view.attachment.instance.id }] : [],
  }
}

const statuses: Listing<DescribeVolumeStatusRequest, VolumeView, VolumeStatusItem, VolumePlace> = {
  action: 'DescribeVolumeStatus',
  ...volumes,
  item: toStatus,
  filters: volumeStatusFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeStatus.html */
export async function describeVolumeStatus(
  input: DescribeVolumeStatusRequest,
  context: Context,
): Promise<Streamed<DescribeVolumeStatusResult>> {
  const page = await describe(statuses, input, context)
  return { VolumeStatuses: page.items, ...nextPage(page) }
}
