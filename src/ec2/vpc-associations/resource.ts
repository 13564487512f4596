// What is associated with VPCs, as a resource: its documents, and the lock under which it changes. No request names one.
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const VPC_ASSOCIATIONS = {
  kind: 'vpcAssociations',
  prefix: 'vpcassoc',
  documents: 2013,
  ...codesOf('InvalidAssociationID'),
  missing: phrase('association ID', 'association IDs'),
} as const satisfies Resource

/**
 * The lock under which gateways, route tables and sets of options are associated with VPCs and deleted: one for all of an
 * account, since whoever associates two things looks at what else each is associated with.
 */
export const ASSOCIATIONS_LOCK = 'vpc-associations'
