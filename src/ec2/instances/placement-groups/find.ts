// The placement groups of an account: kept as items, named by id or by name.
import type { Placement } from '@aws-sdk/client-ec2'
import { limits } from '../../../limits.ts'
import { notTogether } from '../../../protocol/complaints.ts'
import { parseId } from '../../core/ids.ts'
import { items } from '../../core/items.ts'
import { notFound } from '../../core/resource.ts'
import { duplicateGroup, PLACEMENT_GROUP } from './resource.ts'
import { type Group, groupRecord } from './view.ts'

export const placementGroups = items({
  resource: PLACEMENT_GROUP,
  fields: groupRecord,
  taken: duplicateGroup,
  most: limits.placementGroups,
})

/** How a launch names a group: empty texts name none. */
export type NamedGroup = Pick<Placement, 'GroupId' | 'GroupName'>

/**
 * Whether a launch names a group.
 * @throws Ec2Error InvalidParameterCombination, InvalidPlacementGroupId.Malformed
 */
export function namesGroup({ GroupId, GroupName }: NamedGroup = {}): boolean {
  if (GroupId && GroupName) throw notTogether('Placement.GroupId', 'Placement.GroupName')
  if (GroupId) parseId(PLACEMENT_GROUP, GroupId)
  return Boolean(GroupId || GroupName)
}

/** The group that is named, one of these. @throws Ec2Error InvalidPlacementGroup.Unknown */
export function pickGroup({ GroupId, GroupName }: NamedGroup, groups: readonly Group[]): Group {
  const group = groups.find(({ id, name }) => (GroupId ? id === GroupId : name === GroupName))
  if (group === undefined) throw notFound(PLACEMENT_GROUP, GroupId || GroupName || '')
  return group
}
