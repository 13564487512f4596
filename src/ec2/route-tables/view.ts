// A route table as DescribeRouteTables says it: its local routes, those that the account made, and what has it.
import type { Route as ApiRoute, RouteTable, RouteTableAssociation } from '@aws-sdk/client-ec2'
import { blockText } from '../../lib/cidr.ts'
import type { Context } from '../core/context.ts'
import { tagItems } from '../core/tags.ts'
import { shownState } from '../instances/states.ts'
import type { InstanceView } from '../instances/view.ts'
import { gatewayOf } from '../internet-gateways/find.ts'
import type { InterfaceView } from '../network-interfaces/find.ts'
import type { VpcView } from '../vpcs/view.ts'
import type { TableAssociation, TableView } from './find.ts'
import type { Route } from './routes.ts'

/** The interfaces that routes lead to, as far as there are any. */
type Interfaces = ReadonlyMap<string, InterfaceView>

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html */
export const toTable = (table: TableView, interfaces: Interfaces, context: Context): RouteTable => ({
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
    ...table.item.fields.routes.map(route => toRoute(route, table.vpc, interfaces, context)),
  ],
  Associations: table.associations.map(association => toAssociation(table.id, association)),
  PropagatingVgws: [],
  Tags: tagItems(table.item.tags),
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html */
function toRoute(route: Route, vpc: VpcView, interfaces: Interfaces, { account }: Context): ApiRoute {
  const { to, gateway, interface: hop } = route
  const destination = to.includes(':') ? { DestinationIpv6CidrBlock: to } : { DestinationCidrBlock: to }
  const { instance } = (hop !== undefined && interfaces.get(hop)) || {}
  const isActive = gateway === undefined ? instance !== undefined && runs(instance) : gateway === gatewayOf(vpc)
  return {
    ...destination,
    ...(gateway !== undefined && { GatewayId: gateway }),
    ...(instance && { InstanceId: instance.id, InstanceOwnerId: account.id }),
    ...(hop !== undefined && { NetworkInterfaceId: hop }),
    Origin: 'CreateRoute',
    // AWS's word for a route whose target is not there
    State: isActive ? 'active' : 'blackhole',
  }
}

/** AWS says of a route to an instance that is stopped, too, that it leads nowhere. */
function runs({ vm, wanted }: InstanceView): boolean {
  const state = shownState(vm, wanted)
  return state === 'running' || state === 'pending'
}

const toAssociation = (RouteTableId: string, { id, subnet }: TableAssociation): RouteTableAssociation => ({
  RouteTableAssociationId: id,
  RouteTableId,
  ...(subnet !== undefined && { SubnetId: subnet }),
  Main: subnet === undefined,
  AssociationState: { State: 'associated' },
})
