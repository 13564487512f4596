// The placement group of a launch: which it is, and what has to be made of it in OpenNebula first.
import type { Placement } from '@aws-sdk/client-ec2'
import { type ReadCall, WHOSE, type WriteCall } from '../../../opennebula/calls/common.ts'
import type { Outcome } from '../../../opennebula/xml/xmlrpc.ts'
import type { Context } from '../../core/context.ts'
import { type Document, type VmGroup, vmGroupPool } from '../../core/documents.ts'
import { toEc2Error } from '../../core/failures.ts'
import type { Tags } from '../../core/tags.ts'
import { namesGroup, pickGroup, placementGroups } from '../placement-groups/find.ts'
import { makeVmGroup, vmGroupOf } from '../placement-groups/view.ts'
import type { PlacedIn } from '../record.ts'

/** Where the instances of a launch go. */
export interface PlannedPlacement extends PlacedIn {
  /** What makes its VM group, where there is none yet. */
  readonly before: readonly WriteCall[]
  readonly tags: Tags
}

/** What there is of an account's groups. */
interface Found {
  readonly placementGroups: readonly Document[]
  readonly vmGroups: readonly VmGroup[]
}

/** What has to be read for it, under names of its own. @param isNamed whether there is, or may be, a group */
export const placementQuestion = (isNamed: boolean) => ({
  placementGroups: (isNamed ? [placementGroups.pool] : []) satisfies ReadCall<Document>[],
  vmGroups: (isNamed ? [vmGroupPool({ whose: WHOSE.OWN })] : []) satisfies ReadCall<VmGroup>[],
})

/** @throws Ec2Error InvalidPlacementGroup.Unknown */
export function plannedPlacement(
  placement: Placement | undefined,
  found: Found,
  context: Context,
): PlannedPlacement | undefined {
  if (!placement || !namesGroup(placement)) return undefined
  const group = pickGroup(placement, placementGroups.in(found.placementGroups, context))
  const exists = vmGroupOf(group, found.vmGroups, context) !== undefined
  return { id: group.id, name: group.name ?? '', tags: group.tags, before: exists ? [] : [makeVmGroup(group)] }
}

/** Why the VM group could not be made; another launch may have made it meanwhile. */
export const refusalOf = (outcomes: readonly Outcome<number>[]): Error | undefined =>
  outcomes.find(({ error }) => error && toEc2Error(error).code !== 'InvalidPlacementGroup.Duplicate')?.error
