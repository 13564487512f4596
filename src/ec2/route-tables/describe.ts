// DescribeRouteTables: the main one of the default VPC, by which its subnets reach each other and the Internet.
import type { DescribeRouteTablesRequest, DescribeRouteTablesResult, Route, RouteTable } from '@aws-sdk/client-ec2'
import { blockText } from '../../lib/cidr.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { listedById, ofAccount } from '../core/one-an-account.ts'
import { INTERNET_GATEWAY } from '../internet-gateways/resource.ts'
import { readSubnets } from '../subnets/find.ts'
import { VPC } from '../vpcs/resource.ts'
import { defaultVpc } from '../vpcs/view.ts'
import { ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION } from './resource.ts'

const route = (DestinationCidrBlock: string, GatewayId: string, Origin: Route['Origin']): Route => ({
  DestinationCidrBlock,
  GatewayId,
  Origin,
  State: 'active',
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html */
async function mainTable(context: Context): Promise<RouteTable> {
  const RouteTableId = ofAccount(ROUTE_TABLE, context)
  const { blocks } = defaultVpc(await readSubnets(context), context)
  return {
    RouteTableId,
    VpcId: ofAccount(VPC, context),
    OwnerId: context.account.id,
    Routes: [
      ...blocks.map(block => route(blockText(block), 'local', 'CreateRouteTable')),
      route('0.0.0.0/0', ofAccount(INTERNET_GATEWAY, context), 'CreateRoute'),
    ],
    Associations: [
      {
        RouteTableAssociationId: ofAccount(ROUTE_TABLE_ASSOCIATION, context),
        RouteTableId,
        Main: true,
        AssociationState: { State: 'associated' },
      },
    ],
    PropagatingVgws: [],
    Tags: [],
  }
}

type Look = Filters<RouteTable, RouteTable>[string]

const associations =
  (member: 'RouteTableAssociationId' | 'RouteTableId' | 'Main'): Look =>
  ({ Associations = [] }) =>
    Associations.map(association => association[member])

const routes =
  (member: 'DestinationCidrBlock' | 'GatewayId' | 'Origin' | 'State'): Look =>
  ({ Routes = [] }) =>
    Routes.map(each => each[member])

/** What no route table of this cloud has: the filter is valid and matches nothing. */
const none: Look = () => undefined

export const routeTableFilters = {
  'association.gateway-id': none,
  'association.main': associations('Main'),
  'association.route-table-association-id': associations('RouteTableAssociationId'),
  'association.route-table-id': associations('RouteTableId'),
  // Subnets are associated with the main table by having no other
  'association.subnet-id': none,
  'owner-id': table => table.OwnerId,
  'route-table-id': table => table.RouteTableId,
  'route.destination-cidr-block': routes('DestinationCidrBlock'),
  'route.destination-ipv6-cidr-block': none,
  'route.destination-prefix-list-id': none,
  'route.egress-only-internet-gateway-id': none,
  'route.gateway-id': routes('GatewayId'),
  'route.instance-id': none,
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
    all: async context => [await mainTable(context)],
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
