// What a route leads to: the internet gateway of the VPC, or an interface of one of its instances.
import type { CreateRouteRequest } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { combination, invalidBecause, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import type { Nic } from '../core/documents.ts'
import { canonicalId } from '../core/ids.ts'
import { findInstance } from '../instances/find.ts'
import { severalInterfaces } from '../instances/resource.ts'
import { shownState } from '../instances/states.ts'
import { isInstance, viewInstance } from '../instances/view.ts'
import { type GatewayView, gatewayOf } from '../internet-gateways/find.ts'
import { findInterfaces } from '../network-interfaces/find.ts'
import { interfaces } from '../network-interfaces/view.ts'
import type { SubnetView } from '../subnets/view.ts'
import type { TableView } from './find.ts'
import type { Target } from './routes.ts'
import type { LiveInterfaces } from './view.ts'

/** The members of a request of which one says what a route leads to. */
type Targets = Pick<CreateRouteRequest, 'GatewayId' | 'InstanceId' | 'NetworkInterfaceId'>

/** An interface of an instance, which is looked for before the table is. */
export interface Hop {
  readonly target: Target
  readonly nic: Nic
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
    const [found] = await findInterfaces([NetworkInterfaceId], context)
    return found && hop(found.id, found.instance, found.nic)
  }
  if (!InstanceId) return undefined
  const instance = await findInstance(InstanceId, context)
  const [only, another] = interfaces(instance.vm)
  const nic = instance.vm.TEMPLATE.NIC.find(({ NIC_ID }) => NIC_ID === only?.number)
  if (!only || another || !nic) throw severalInterfaces(instance.id)
  return hop(only.id, instance, nic)
}

const hop = (id: string, instance: { readonly id: string; readonly vm: { readonly ID: number } }, nic: Nic): Hop => ({
  target: { instance: instance.id, interface: id, vm: instance.vm.ID },
  nic,
})

/**
 * Of the interfaces that the routes of tables lead to those that would take packets: AWS says of a route to an instance that
 * is stopped, too, that it leads nowhere. In one upstream request; in none where no route leads to an interface.
 */
export async function liveTargets(tables: readonly TableView[], context: Context): Promise<LiveInterfaces> {
  const numbers = new Set(tables.flatMap(({ item }) => item.fields.routes.flatMap(({ vm }) => vm ?? [])))
  const live = new Set<string>()
  for await (const vm of context.one.vms([...numbers])) {
    if (!isInstance(vm, context)) continue
    const state = shownState(vm, viewInstance(vm, context).wanted)
    if (state === 'running' || state === 'pending') for (const { id } of interfaces(vm)) live.add(id)
  }
  return live
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
    const subnet = subnets.find(({ network }) => network.ID === hop.nic.NETWORK_ID)
    if (subnet?.vpc === vpc.id) return hop.target
    throw invalidBecause(`route table ${id} and interface ${hop.target.interface} belong to different networks`)
  }
  const gateway = gateways.find(each => each.id === canonicalId(GatewayId ?? ''))?.id
  // AWS says so of `local` too: nobody makes a local route
  if (gateway === undefined) {
    throw new Ec2Error('InvalidGatewayID.NotFound', `The gateway ID '${excerpt(GatewayId ?? '')}' does not exist`)
  }
  if (gateway === gatewayOf(vpc)) return { gateway }
  throw invalidBecause(`route table ${id} and network gateway ${gateway} belong to different networks`)
}
