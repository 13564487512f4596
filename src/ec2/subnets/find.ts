// Where subnets come from: the networks of the operator that the caller may use, and the caller's own.
import type { Context } from '../core/context.ts'
import { type Network, networkPool } from '../core/documents.ts'
import type { Source } from '../core/find.ts'
import { readTogether } from '../core/multicall.ts'
import { countingOf, isOperators, isOwn } from '../core/trust.ts'
import { SUBNET } from './resource.ts'
import { isSubnet, type SubnetView, viewSubnet } from './view.ts'

async function subnetNetworks(context: Context): Promise<Network[]> {
  const { networks } = await readTogether(context.one, { networks: countingOf(networkPool, context) })
  return networks.filter(network => isSubnet(network, context)).toSorted((a, b) => a.ID - b.ID)
}

/** All subnets of the caller, by their numbers, in one upstream request. */
export const readSubnets = async (context: Context): Promise<SubnetView[]> =>
  (await subnetNetworks(context)).map(viewSubnet)

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
  byNumber: async numbers => (await subnetNetworks(context)).filter(({ ID }) => numbers.includes(ID)),
  async *all() {
    yield* await subnetNetworks(context)
  },
})
