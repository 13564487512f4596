// The interface of an instance as far as it is an attribute of it: where there is only one, and its security groups.
import type { GroupIdentifier, ModifyInstanceAttributeRequest } from '@aws-sdk/client-ec2'
import type { Context } from '../../core/context.ts'
import type { Nic } from '../../core/documents.ts'
import { readTogether } from '../../core/multicall.ts'
import { ownCalls, readOwnInterfaces, withNetworks } from '../../network-interfaces/find.ts'
import { keep, regroup } from '../../network-interfaces/states.ts'
import { networkPlaceOf, ownOf } from '../../network-interfaces/view.ts'
import { namableGroups, pickGroups } from '../../security-groups/find.ts'
import { severalInterfaces, unmodifiableInstance } from '../resource.ts'
import { holderOf, type InstanceView, toInstance } from '../view.ts'
import { type Plan, recorded } from './attribute.ts'

/**
 * What EC2 says of "the" interface of an instance is ambiguous where there are several.
 * @returns undefined where there is none
 * @throws Ec2Error InvalidInstanceID
 */
export function onlyInterface({ id, vm }: InstanceView): Nic | undefined {
  const [nic, another] = vm.TEMPLATE.NIC
  if (!another) return nic
  throw severalInterfaces(id)
}

/** The security groups of the only interface. @throws Ec2Error as `onlyInterface` */
export const groupsOf = (view: InstanceView, context: Context): GroupIdentifier[] =>
  onlyInterface(view) ? (toInstance(view, context).SecurityGroups ?? []) : []

/**
 * New groups for the only interface.
 * @throws Ec2Error as `onlyInterface` and `pickGroups`, and IncorrectInstanceState where there is no interface
 */
export async function changeGroups({ Groups = [] }: ModifyInstanceAttributeRequest, look: Context): Promise<Plan> {
  const found = await readTogether(look.one, { groups: namableGroups(look), networks: ownCalls })
  return view => {
    const nic = onlyInterface(view)
    if (!nic) throw unmodifiableInstance(view.id, 'It has no network interface.')
    const holder = holderOf(withNetworks(found.networks, look)(view))
    const groups = pickGroups({ ids: Groups }, found.groups, networkPlaceOf(nic, holder, look).vpc, look)
    return regroup(ownOf(nic, holder), { nic, vm: view.vm }, groups)
  }
}

/** Whether the only interface checks sources and destinations; for an instance without any it is kept all the same. */
export async function changeSourceDestCheck(sourceDestCheck: boolean, look: Context): Promise<Plan> {
  const interfaces = await readOwnInterfaces(look)
  return view => {
    const nic = onlyInterface(view)
    if (!nic) return recorded(view, { sourceDestCheck })
    return { calls: [keep(ownOf(nic, { interfaces }), { nic, vm: view.vm }, { sourceDestCheck })] }
  }
}
