// Route tables as resources: their ids, and what is said of them.
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const ROUTE_TABLE = {
  kind: 'routeTable',
  prefix: 'rtb',
  type: 'route-table',
  documents: 2011,
  notFound: 'InvalidRouteTableID.NotFound',
  malformed: 'InvalidRouteTableId.Malformed',
  missing: phrase('routeTable ID', 'routeTable IDs'),
} as const satisfies Resource

/** That a table is a VPC's main one, or a subnet's. */
export const ROUTE_TABLE_ASSOCIATION = {
  kind: 'routeTableAssociation',
  prefix: 'rtbassoc',
  ...codesOf('InvalidAssociationID'),
  missing: phrase('association ID', 'association IDs'),
} as const satisfies Resource
