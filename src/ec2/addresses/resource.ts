// Elastic addresses and their associations as resources: their ids, and what is said of them.
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const ADDRESS = {
  kind: 'address',
  prefix: 'eipalloc',
  type: 'elastic-ip',
  ...codesOf('InvalidAllocationID'),
  missing: phrase('allocation ID', 'allocation IDs'),
} as const satisfies Resource

export const ASSOCIATION = {
  kind: 'association',
  prefix: 'eipassoc',
  ...codesOf('InvalidAssociationID'),
  missing: phrase('association ID', 'association IDs'),
} as const satisfies Resource
