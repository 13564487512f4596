// Whether anything in a VPC has a public address: as long as it has, its internet gateway stays.
import type { Context } from '../core/context.ts'
import type { Network } from '../core/documents.ts'
import { lesseesOf } from '../core/reservations.ts'
import { holderOf } from '../instances/view.ts'
import { isAlive, showing } from '../network-interfaces/find.ts'
import { networkPlaceOf, ownIn, publicAddresses } from '../network-interfaces/view.ts'
import { vpcsOfMade } from '../subnets/view.ts'

/**
 * Whether an interface in a VPC that the account made has a public address, elastic or from its launch; in one upstream
 * request, or in none where no instance is in the VPC.
 * @param networks those of the account, among others
 */
export async function hasPublicAddress(vpc: string, networks: readonly Network[], context: Context): Promise<boolean> {
  const own = [...ownIn(networks, context).values()].filter(({ record }) => record.vpc === vpc)
  if (own.some(({ addresses }) => addresses.length > 0)) return true
  const vpcs = vpcsOfMade(networks, context)
  const inVpc = [...networks.filter(({ ID }) => vpcs.get(ID) === vpc), ...own.map(({ network }) => network)]
  const show = showing(context, networks)
  for await (const vm of context.one.vms([...new Set(inVpc.flatMap(lesseesOf))])) {
    if (!isAlive(vm, context)) continue
    const holder = holderOf(await show(vm))
    const there = holder.vm.TEMPLATE.NIC.filter(nic => networkPlaceOf(nic, holder, context).vpc === vpc)
    if (there.some(nic => publicAddresses(nic, holder).length > 0)) return true
  }
  return false
}
