// Who is in which group: the private addresses of its members, as OpenNebula has them at the moment.
import { runsOf } from '../../lib/ip-blocks.ts'
import type { Nic, OneReader, SecurityGroup, Vm } from '../core/documents.ts'
import { stateOf } from '../instances/states.ts'
import { ipv6Addresses, secondaryAddresses } from '../network-interfaces/view.ts'
import type { Members } from './rules.ts'

/** The VMs that are in a group, or were a moment ago, by OpenNebula's count. */
export const vmsOf = ({ UPDATED_VMS, OUTDATED_VMS, UPDATING_VMS, ERROR_VMS }: SecurityGroup): number[] => [
  ...new Set([UPDATED_VMS, OUTDATED_VMS, UPDATING_VMS, ERROR_VMS].flatMap(({ ID }) => ID)),
]

/** Whether an interface of a VM is in a group. */
export const isIn = (group: number, { TEMPLATE }: Vm): boolean =>
  [...TEMPLATE.NIC, ...TEMPLATE.NIC_ALIAS].some(({ SECURITY_GROUPS }) => SECURITY_GROUPS.includes(group))

/**
 * Reads who is in groups, in one upstream request; in none where OpenNebula says that nobody is, or where all are known. Who
 * is about to end is in none any more: its addresses may be another's a moment later.
 * @param groups by their ids, those of the account that is asked for
 * @param known VMs that were read with the groups
 */
export async function readMembers(
  groups: ReadonlyMap<string, SecurityGroup>,
  one: OneReader,
  known: readonly Vm[] = [],
): Promise<Members> {
  const numbers = new Set([...groups.values()].flatMap(vmsOf))
  const others = numbers.difference(new Set(known.map(({ ID }) => ID)))
  const addresses = new Map(Array.from(groups.keys(), id => [id, new Set<string>()]))
  for (const vm of [...known, ...(await Array.fromAsync(one.vms([...others])))]) {
    if (isEnding(vm)) continue
    for (const [id, { ID, UID }] of groups) {
      if (vm.UID !== UID) continue
      for (const nic of vm.TEMPLATE.NIC) {
        if (!nic.SECURITY_GROUPS.includes(ID)) continue
        for (const ip of addressesOf(nic, vm)) addresses.get(id)?.add(ip)
      }
    }
  }
  return new Map(Array.from(addresses, ([id, ips]) => [id, runsOf(ips)]))
}

/** Whether a VM is about to end, or has ended. */
export function isEnding(vm: Vm): boolean {
  const state = stateOf(vm)
  return state === 'shutting-down' || state === 'terminated'
}

const addressesOf = (nic: Nic, vm: Vm): string[] => [
  ...(nic.IP ? [nic.IP] : []),
  ...secondaryAddresses(nic, vm),
  ...ipv6Addresses(nic),
]
