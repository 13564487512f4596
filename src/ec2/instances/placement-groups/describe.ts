// DescribePlacementGroups.
import type { DescribePlacementGroupsRequest, DescribePlacementGroupsResult, PlacementGroup } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../../protocol/response.ts'
import type { Context } from '../../core/context.ts'
import { collected, describe, type Filters, type Listing } from '../../core/describe.ts'
import { parseId } from '../../core/ids.ts'
import { notFound } from '../../core/resource.ts'
import { placementGroups } from './find.ts'
import { PLACEMENT_GROUP } from './resource.ts'
import { type Group, groupItem } from './view.ts'

export const placementGroupFilters = {
  'group-arn': group => group.GroupArn,
  'group-name': group => group.GroupName,
  'spread-level': group => group.SpreadLevel,
  state: group => group.State,
  strategy: group => group.Strategy,
} satisfies Filters<PlacementGroup, Group>

const listing: Listing<DescribePlacementGroupsRequest, Group, PlacementGroup, string> = {
  action: 'DescribePlacementGroups',
  ...collected({
    all: (context, { GroupIds = [] }) => {
      for (const id of GroupIds) parseId(PLACEMENT_GROUP, id)
      return placementGroups.all(context)
    },
    names: [
      [({ GroupNames }) => GroupNames, ({ name }) => name],
      [({ GroupIds }) => GroupIds, ({ id }) => id],
    ],
    missing: names => notFound(PLACEMENT_GROUP, ...names),
  }),
  item: groupItem,
  filters: placementGroupFilters,
  tags: group => group.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePlacementGroups.html */
export async function describePlacementGroups(
  input: DescribePlacementGroupsRequest,
  context: Context,
): Promise<Streamed<DescribePlacementGroupsResult>> {
  const { items } = await describe(listing, input, context)
  return { PlacementGroups: items }
}
