// What a route leads to: the internet gateway of the VPC, or a network interface.
import type { CreateRouteRequest } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { combination, invalidBecause, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import type { Network } from '../core/documents.ts'
import { canonicalId } from '../core/ids.ts'
import { findInstance } from '../instances/find.ts'
import { severalInterfaces } from '../instances/resource.ts'
import { type GatewayView, gatewayOf } from '../internet-gateways/find.ts'
import { findInterface, type InterfaceView, interfacesAmong } from '../network-interfaces/find.ts'
import { interfaceId, subnetOf } from '../network-interfaces/view.ts'
import type { SubnetView } from '../subnets/view.ts'
import type { TableView } from './find.ts'
import type { Target } from './routes.ts'

/** The members of a request of which one says what a route leads to. */
export type Targets = Pick<CreateRouteRequest, 'GatewayId' | 'InstanceId' | 'NetworkInterfaceId'>

/** An interface, which is looked for together with the table. */
interface Hop {
  readonly interface: string
  /** OpenNebula's number of the network that it is in. */
  readonly network: number | undefined
}

/** @throws Ec2Error MissingParameter, InvalidParameterCombination */
export function checkOneTarget(targets: readonly (readonly [name: string, value: unknown])[]): void {
  const given = targets.filter(([, value]) => value !== undefined && value !== '' && value !== false)
  if (given.length === 0) throw needsOneOf(...targets.map(([name]) => name))
  if (given.length > 1) throw combination('A route leads to one target: specify one of them.')
}

/**
 * The interface that a request names, by itself or by its instance; undefined where it names a gateway.
 * @throws Ec2Error the NotFound of either; InvalidInstanceID for an instance of several interfaces, or none
 */
export async function findHop({ InstanceId, NetworkInterfaceId }: Targets, context: Context): Promise<Hop | undefined> {
  if (NetworkInterfaceId) {
    const { id, nic, own } = await findInterface(NetworkInterfaceId, context)
    return { interface: id, network: nic ? subnetOf(nic) : own?.network.PARENT_NETWORK_ID }
  }
  if (!InstanceId) return undefined
  const { id, vm } = await findInstance(InstanceId, context)
  const [only, another] = vm.TEMPLATE.NIC
  if (!only || another) throw severalInterfaces(id)
  return { interface: interfaceId(vm.ID, only), network: subnetOf(only) }
}

/**
 * The interfaces that the routes of tables lead to, as far as there are any; in no upstream request where none does.
 * @param networks those of the account, among others
 */
export function interfacesOfRoutes(
  tables: readonly TableView[],
  networks: readonly Network[],
  context: Context,
): Promise<ReadonlyMap<string, InterfaceView>> {
  const ids = new Set(tables.flatMap(({ item }) => item.fields.routes.flatMap(route => route.interface ?? [])))
  return interfacesAmong([...ids], context, async () => networks)
}

/**
 * What a route of a table leads to.
 * @throws Ec2Error InvalidGatewayID.NotFound; InvalidParameterValue for what is not of the table's VPC
 */
export function targetIn(
  { id, vpc }: TableView,
  { GatewayId }: Targets,
  hop: Hop | undefined,
  { gateways, subnets }: { readonly gateways: readonly GatewayView[]; readonly subnets: readonly SubnetView[] },
): Target {
  if (hop) {
    const subnet = subnets.find(({ network }) => network.ID === hop.network)
    if (subnet?.vpc === vpc.id) return { interface: hop.interface }
    throw invalidBecause(`route table ${id} and interface ${hop.interface} belong to different networks`)
  }
  const gateway = gateways.find(each => each.id === canonicalId(GatewayId ?? ''))?.id
  // AWS says so of `local` too: nobody makes a local route
  if (gateway === undefined) {
    throw new Ec2Error('InvalidGatewayID.NotFound', `The gateway ID '${excerpt(GatewayId ?? '')}' does not exist`)
  }
  if (gateway === gatewayOf(vpc)) return { gateway }
  throw invalidBecause(`route table ${id} and network gateway ${gateway} belong to different networks`)
}
