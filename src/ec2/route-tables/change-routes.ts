// CreateRoute, ReplaceRoute and DeleteRoute: the routes of a table are kept and shown. OpenNebula's networks lead where they did.
import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
} from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { readTogether } from '../core/multicall.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { gatewayQuestion, gatewaysIn } from '../internet-gateways/find.ts'
import { subnetsIn } from '../subnets/find.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
import { routeTables, type TableView, tableAmong, tableQuestion, tablesIn } from './find.ts'
import { destinationOf, type Route, type Routes, type Target, withOther, withoutRoute, withRoute } from './routes.ts'
import { checkOneTarget, findHop, type Targets, targetIn } from './targets.ts'

/** A table that a request changes, and how to tell what a route of it would lead to. */
interface Changing {
  readonly routes: Routes
  readonly target: () => Target
}

/** Changes the routes of a table, while nothing else that is associated with VPCs changes. */
async function changeRoutes(
  { RouteTableId = '', ...named }: Targets & { readonly RouteTableId?: string | undefined },
  change: (table: Changing) => readonly Route[],
  context: ChangeContext,
): Promise<void> {
  await context.hold([ASSOCIATIONS_LOCK], async () => {
    const [hop, found] = await sideBySide(
      context,
      look => findHop(named, look),
      look => readTogether(look.one, { ...tableQuestion(look), ...gatewayQuestion }),
    )
    const table = tableAmong(RouteTableId, tablesIn(found, context))
    const known = { gateways: gatewaysIn(found, context), subnets: subnetsIn(found.networks, context) }
    const routes = change({
      routes: routesOf(table),
      target: () => targetIn(table, named, hop, known),
    })
    const { item } = table
    await routeTables.keep(item, { ...item, fields: { ...item.fields, routes } }, context)
  })
}

const routesOf = ({ id, vpc, item }: TableView): Routes => ({ id, local: vpc.blocks, routes: item.fields.routes })

/**
 * @throws Ec2Error RouteAlreadyExists, RouteLimitExceeded, InvalidGatewayID.NotFound, InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
 */
export async function createRoute(input: CreateRouteRequest, context: ChangeContext): Promise<CreateRouteResult> {
  const { GatewayId, InstanceId, NetworkInterfaceId } = input
  const to = destinationOf(input)
  checkOneTarget(Object.entries({ GatewayId, InstanceId, NetworkInterfaceId }))
  await changeRoutes(input, ({ routes, target }) => withRoute(routes, to, target()), context)
  return { Return: true }
}

/**
 * @throws Ec2Error InvalidParameterValue, InvalidGatewayID.NotFound
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html
 */
export async function replaceRoute(input: ReplaceRouteRequest, context: ChangeContext): Promise<undefined> {
  const { GatewayId, InstanceId, NetworkInterfaceId, LocalTarget } = input
  const to = destinationOf(input)
  checkOneTarget(Object.entries({ GatewayId, InstanceId, NetworkInterfaceId, LocalTarget }))
  await changeRoutes(input, ({ routes, target }) => withOther(routes, to, LocalTarget ? undefined : target()), context)
}

/**
 * @throws Ec2Error InvalidRoute.NotFound, InvalidParameterValue for a local route
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html
 */
export async function deleteRoute(input: DeleteRouteRequest, context: ChangeContext): Promise<undefined> {
  const to = destinationOf(input)
  await changeRoutes(input, ({ routes }) => withoutRoute(routes, to), context)
}
