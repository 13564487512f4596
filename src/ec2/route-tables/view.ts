// A route table as DescribeRouteTables says it: its local routes, those that the account made, and what has it.
import type { Route as ApiRoute, RouteTable, RouteTableAssociation } from '@aws-sdk/client-ec2'
import { blockText } from '../../lib/cidr.ts'
import type { Context } from '../core/context.ts'
import { tagItems } from '../core/tags.ts'
import { gatewayOf } from '../internet-gateways/find.ts'
import type { VpcView } from '../vpcs/view.ts'
import type { TableAssociation, TableView } from './find.ts'
import type { Route } from './routes.ts'

/** The ids of the interfaces that routes lead to and that would take packets: their instances run. */
export type LiveInterfaces = ReadonlySet<string>

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html */
export const toTable = (table: TableView, live: LiveInterfaces, context: Context): RouteTable => ({
  RouteTableId: table.id,
  VpcId: table.vpc.id,
  OwnerId: context.account.id,
  Routes: [
    ...table.vpc.blocks.map(
      (block): ApiRoute => ({
        DestinationCidrBlock: blockText(block),
        GatewayId: 'local',
        Origin: 'CreateRouteTable',
        State: 'active',
      }),
    ),
    ...table.item.fields.routes.map(route => toRoute(route, table.vpc, live, context)),
  ],
  Associations: table.associations.map(association => toAssociation(table.id, association)),
  PropagatingVgws: [],
  Tags: tagItems(table.item.tags),
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html */
function toRoute(route: Route, vpc: VpcView, live: LiveInterfaces, { account }: Context): ApiRoute {
  const { to, gateway, instance, interface: hop } = route
  const isActive = gateway === undefined ? hop !== undefined && live.has(hop) : gateway === gatewayOf(vpc)
  return {
    ...(to.includes(':') ? { DestinationIpv6CidrBlock: to } : { DestinationCidrBlock: to }),
    ...(gateway !== undefined && { GatewayId: gateway }),
    ...(instance !== undefined && { InstanceId: instance, InstanceOwnerId: account.id }),
    ...(hop !== undefined && { NetworkInterfaceId: hop }),
    Origin: 'CreateRoute',
    // AWS's word for a route whose target is not there
    State: isActive ? 'active' : 'blackhole',
  }
}

const toAssociation = (RouteTableId: string, { id, subnet }: TableAssociation): RouteTableAssociation => ({
  RouteTableAssociationId: id,
  RouteTableId,
  ...(subnet !== undefined && { SubnetId: subnet }),
  Main: subnet === undefined,
  AssociationState: { State: 'associated' },
})
