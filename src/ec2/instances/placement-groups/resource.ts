// Placement groups as resources: their ids, what is said of them, and the lock under which they are used and go.
import { excerpt } from '../../../lib/excerpt.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import type { Resource } from '../../core/resource.ts'

export const PLACEMENT_GROUP = {
  kind: 'placementGroup',
  prefix: 'pg',
  type: 'placement-group',
  documents: 2006,
  notFound: 'InvalidPlacementGroup.Unknown',
  malformed: 'InvalidPlacementGroupId.Malformed',
  missing: names => `The placement group '${names.join(', ')}' is unknown.`,
} as const satisfies Resource

/** The lock under which launches into groups are written down, and groups go. */
export const PLACEMENT_LOCK = 'placement-groups'

/** @returns InvalidPlacementGroup.Duplicate */
export const duplicateGroup = (name: string): Ec2Error =>
  new Ec2Error('InvalidPlacementGroup.Duplicate', `The placement group '${excerpt(name)}' already exists.`)

/** @returns InvalidPlacementGroup.InUse */
export const groupInUse = (name: string): Ec2Error =>
  new Ec2Error(
    'InvalidPlacementGroup.InUse',
    `The placement group '${excerpt(name)}' is in use and may not be deleted.`,
  )
