// DescribeVolumesModifications: the last change of each volume.
import type {
  DescribeVolumesModificationsRequest,
  DescribeVolumesModificationsResult,
  VolumeModification,
} from '@aws-sdk/client-ec2'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { toModification } from './answers.ts'
import { type VolumePlace, volumes } from './find.ts'
import type { VolumeView } from './view.ts'

export const modificationFilters = {
  'modification-state': change => change.ModificationState,
  'original-iops': change => change.OriginalIops,
  'original-size': change => change.OriginalSize,
  'original-volume-type': change => change.OriginalVolumeType,
  originalMultiAttachEnabled: change => change.OriginalMultiAttachEnabled,
  'start-time': change => change.StartTime,
  'target-iops': change => change.TargetIops,
  'target-size': change => change.TargetSize,
  'target-volume-type': change => change.TargetVolumeType,
  targetMultiAttachEnabled: change => change.TargetMultiAttachEnabled,
  'volume-id': change => change.VolumeId,
} satisfies Filters<VolumeModification, VolumeView>

const modifications: Listing<DescribeVolumesModificationsRequest, VolumeView, VolumeModification, VolumePlace> = {
  action: 'DescribeVolumesModifications',
  ...volumes,
  item: (view, _, { VolumeIds }) => {
    const { modification } = view.record
    if (modification) return toModification(view, modification)
    if (!VolumeIds?.length) return undefined
    throw new Ec2Error('InvalidVolumeModification.NotFound', `Modification for volume '${view.id}' does not exist.`)
  },
  filters: modificationFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumesModifications.html */
export async function describeVolumesModifications(
  input: DescribeVolumesModificationsRequest,
  context: Context,
): Promise<Streamed<DescribeVolumesModificationsResult>> {
  const page = await describe(modifications, input, context)
  return { VolumesModifications: page.items, ...nextPage(page) }
}
