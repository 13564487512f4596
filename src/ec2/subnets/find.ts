// Where subnets come from: the networks of the operator that the caller may use, and the caller's own.
import { type ReadCall, WHOSE } from '../../opennebula/calls/common.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import { type Network, networkPool } from '../core/documents.ts'
import { among, type Source } from '../core/find.ts'
import { parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { countingOf, isOperators, isOwn } from '../core/trust.ts'
import { SUBNET } from './resource.ts'
import { identifySubnet, isSubnet, type SubnetsByNumber, type SubnetView, viewSubnet } from './view.ts'

/** What to read to see all subnets, for `readTogether`. */
export const subnetCalls = (context: Context): ReadCall<Network>[] => countingOf(networkPool, context)

/** The subnets of the caller among networks, by their numbers. */
export const subnetsIn = (networks: readonly Network[], context: Context): SubnetView[] =>
  networks
    .filter(network => isSubnet(network, context))
    .toSorted((a, b) => a.ID - b.ID)
    .map(network => viewSubnet(network, context))

/**
 * What to read to see the subnet of an id, for `readTogether`; nothing for none.
 * @throws Ec2Error InvalidSubnetID.Malformed
 */
export function callsForSubnet(id: string | undefined): ReadCall<Network>[] {
  if (id === undefined) return []
  const parsed = parseId(SUBNET, id)
  return [networkPool('number' in parsed ? { only: parsed.number } : { whose: WHOSE.OWN })]
}

/** The caller's subnet of this id among networks. @throws Ec2Error InvalidSubnetID.NotFound, InvalidSubnetID.Malformed */
export const subnetAmong = (id: string, networks: readonly Network[], context: Context): SubnetView =>
  among(SUBNET, id, subnetsIn(networks, context))

/** The caller's subnet of this id, in one upstream request. @throws Ec2Error InvalidSubnetID.NotFound, InvalidSubnetID.Malformed */
export async function subnetNamed(id: string, context: Context): Promise<SubnetView> {
  const { networks } = await readTogether(context.one, { networks: callsForSubnet(id) })
  return subnetAmong(id, networks, context)
}

/**
 * The same, where it is on a network of the account's own.
 * @throws Ec2Error OperationNotPermitted for one of the operator's
 */
export async function ownSubnetNamed(id: string, context: Context): Promise<SubnetView> {
  const subnet = await subnetNamed(id, context)
  if (isOwn(subnet.network, context)) return subnet
  throw new Ec2Error(
    'OperationNotPermitted',
    `The subnet '${subnet.id}' is a network of the region's operator, and cannot be changed.`,
  )
}

/** All subnets of the caller, by their numbers, in one upstream request. */
export async function readSubnets(context: Context): Promise<SubnetView[]> {
  const { networks } = await readTogether(context.one, { networks: subnetCalls(context) })
  return subnetsIn(networks, context)
}

/**
 * The subnet where EC2 would put an instance that asks for none, by its network's number: the operator's first. Which one
 * OpenNebula takes stands in the instance type.
 */
export const defaultSubnet = (subnets: readonly SubnetView[], context: Context): number | undefined =>
  subnets.find(({ network }) => isOperators(network, context) && !isOwn(network, context))?.network.ID

/** Subnets by the numbers of their networks. */
export const byNumber = (subnets: readonly SubnetView[]): SubnetsByNumber =>
  new Map(subnets.map(subnet => [subnet.network.ID, subnet]))

/** The subnets as `find` needs them: for their tags. */
export const subnetSource = (context: Context): Source<Network> => ({
  resource: SUBNET,
  identify: network => identifySubnet(network, context),
  byNumber: async numbers =>
    (await readSubnets(context)).map(({ network }) => network).filter(({ ID }) => numbers.includes(ID)),
  async *all() {
    for (const { network } of await readSubnets(context)) yield network
  },
})

/** Subnets as what their VPC is not deleted with. */
export const subnetContent = {
  calls: subnetCalls,
  vpcsOf: (networks: readonly Network[], context: Context): string[] =>
    subnetsIn(networks, context).map(({ vpc }) => vpc),
}
