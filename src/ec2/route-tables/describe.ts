// DescribeRouteTables: the tables that VPCs are born with, and those that the account made.
import type { DescribeRouteTablesRequest, DescribeRouteTablesResult, RouteTable } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, none } from '../core/describe.ts'
import { readTogether } from '../core/multicall.ts'
import { listedById } from '../core/one-an-account.ts'
import { tableQuestion, tablesIn } from './find.ts'
import { ROUTE_TABLE } from './resource.ts'
import { interfacesOfRoutes } from './targets.ts'
import { toTable } from './view.ts'

async function allTables(context: Context): Promise<RouteTable[]> {
  const found = await readTogether(context.one, tableQuestion(context))
  const tables = tablesIn(found, context)
  const interfaces = await interfacesOfRoutes(tables, found.networks, context)
  return tables.map(table => toTable(table, interfaces, context))
}

type Look = Filters<RouteTable, RouteTable>[string]

const associations =
  (member: 'RouteTableAssociationId' | 'RouteTableId' | 'SubnetId' | 'Main'): Look =>
  ({ Associations = [] }) =>
    Associations.map(association => association[member])

const routes =
  (
    member: 'DestinationCidrBlock' | 'DestinationIpv6CidrBlock' | 'GatewayId' | 'InstanceId' | 'Origin' | 'State',
  ): Look =>
  ({ Routes = [] }) =>
    Routes.map(each => each[member])

export const routeTableFilters = {
  'association.gateway-id': none,
  'association.main': associations('Main'),
  'association.route-table-association-id': associations('RouteTableAssociationId'),
  'association.route-table-id': associations('RouteTableId'),
  // Subnets have the main table by having no other
  'association.subnet-id': associations('SubnetId'),
  'owner-id': table => table.OwnerId,
  'route-table-id': table => table.RouteTableId,
  'route.destination-cidr-block': routes('DestinationCidrBlock'),
  'route.destination-ipv6-cidr-block': routes('DestinationIpv6CidrBlock'),
  'route.destination-prefix-list-id': none,
  'route.egress-only-internet-gateway-id': none,
  'route.gateway-id': routes('GatewayId'),
  'route.instance-id': routes('InstanceId'),
  'route.nat-gateway-id': none,
  'route.origin': routes('Origin'),
  'route.state': routes('State'),
  'route.transit-gateway-id': none,
  'route.vpc-peering-connection-id': none,
  'vpc-id': table => table.VpcId,
} satisfies Filters<RouteTable, RouteTable>

const listing: Listing<DescribeRouteTablesRequest, RouteTable, RouteTable, string> = {
  action: 'DescribeRouteTables',
  pages: { min: 5, max: 100 },
  ...listedById<DescribeRouteTablesRequest, RouteTable>({
    resource: ROUTE_TABLE,
    set: 'routeTableSet',
    ids: ({ RouteTableIds }) => RouteTableIds,
    all: allTables,
    idOf: ({ RouteTableId = '' }) => RouteTableId,
  }),
  item: table => table,
  filters: routeTableFilters,
  tags: table => table.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRouteTables.html */
export async function describeRouteTables(
  input: DescribeRouteTablesRequest,
  context: Context,
): Promise<Streamed<DescribeRouteTablesResult>> {
  const page = await describe(listing, input, context)
  return { RouteTables: page.items, ...nextPage(page) }
}
