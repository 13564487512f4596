// Route tables as resources: their ids, and what is said of them.
import { phrase, type Resource } from '../core/resource.ts'

export const ROUTE_TABLE = {
  kind: 'routeTable',
  prefix: 'rtb',
  type: 'route-table',
  notFound: 'InvalidRouteTableID.NotFound',
  malformed: 'InvalidRouteTableId.Malformed',
  missing: phrase('routeTable ID', 'routeTable IDs'),
} as const satisfies Resource

/** That a table is a VPC's main one. */
export const ROUTE_TABLE_ASSOCIATION = { prefix: 'rtbassoc' } as const
