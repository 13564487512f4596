// DescribeInstanceTopology: where instances are in the network of the data centre, of which OpenNebula tells no user anything.
import type {
  DescribeInstanceTopologyRequest,
  DescribeInstanceTopologyResult,
  InstanceTopology,
} from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { findInstances, type InstanceCursor, isCursor, listViews } from './find.ts'
import { type InstanceView, toInstance } from './view.ts'

export const topologyFilters = {
  'availability-zone': ({ AvailabilityZone }) => AvailabilityZone,
  'instance-type': ({ InstanceType }) => InstanceType,
  'zone-id': ({ ZoneId }) => ZoneId,
} satisfies Filters<InstanceTopology, InstanceView>

const listing: Listing<DescribeInstanceTopologyRequest, InstanceView, InstanceTopology, InstanceCursor> = {
  action: 'DescribeInstanceTopology',
  named: { ids: ({ InstanceIds }) => InstanceIds, set: 'instancesSet', find: findInstances },
  pages: { min: 1, max: 100 },
  isPlace: isCursor,
  list: listViews,
  item: (view, context, { GroupNames: groups }) => {
    const { InstanceId, InstanceType, Placement } = toInstance(view, context)
    const GroupName = Placement?.GroupName || undefined
    if (groups?.length && (GroupName === undefined || !groups.includes(GroupName))) return undefined
    return {
      InstanceId,
      InstanceType,
      GroupName,
      NetworkNodes: [],
      AvailabilityZone: Placement?.AvailabilityZone,
      ZoneId: Placement?.AvailabilityZoneId,
    }
  },
  filters: topologyFilters,
}

/**
 * Of every instance its zone, and no nodes: as AWS answers for types that it keeps none of.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTopology.html
 */
export async function describeInstanceTopology(
  input: DescribeInstanceTopologyRequest,
  context: Context,
): Promise<Streamed<DescribeInstanceTopologyResult>> {
  const page = await describe(listing, input, context)
  return { Instances: page.items, ...nextPage(page) }
}
