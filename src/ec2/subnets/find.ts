// Where subnets come from: the networks of the operator that the caller may use, and the caller's own.
import type { ReadCall } from '../../opennebula/calls/common.ts'
import type { Context } from '../core/context.ts'
import { type Network, networkPool } from '../core/documents.ts'
import type { Source } from '../core/find.ts'
import { readTogether } from '../core/multicall.ts'
import { countingOf, isOperators, isOwn } from '../core/trust.ts'
import { SUBNET } from './resource.ts'
import { isSubnet, type SubnetView, viewSubnet } from './view.ts'

/** What to read to see all subnets, for `readTogether`. */
export const subnetCalls = (context: Context): ReadCall<Network>[] => countingOf(networkPool, context)

/** The subnets of the caller among networks, by their numbers. */
export const subnetsIn = (networks: readonly Network[], context: Context): SubnetView[] =>
  networks
    .filter(network => isSubnet(network, context))
    .toSorted((a, b) => a.ID - b.ID)
    .map(network => viewSubnet(network, context))

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

/** The subnets as `find` needs them: for their tags. */
export const subnetSource = (context: Context): Source<Network> => ({
  resource: SUBNET,
  identify: ({ ID, UID }) => ({ ID, UID }),
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
