// The security groups of interfaces: which are meant, and how they are given to those that are attached and those that are not.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { attachSecurityGroup, detachSecurityGroup } from '../../opennebula/calls/vm.ts'
import type { Context } from '../core/context.ts'
import type { Nic, SecurityGroup } from '../core/documents.ts'
import { numbersOfGroups } from '../security-groups/find.ts'
import { viewGroup } from '../security-groups/view.ts'
import type { InterfaceRecord } from './own.ts'

/**
 * The groups that an interface is to have, as they are kept of it.
 * @param wanted their ids, or OpenNebula's numbers
 * @param groups as `namableGroups` gives them
 * @throws Ec2Error as `numbersOfGroups`
 */
export function groupsFor(
  wanted: readonly string[] | readonly number[],
  groups: readonly SecurityGroup[],
  context: Context,
): InterfaceRecord['groups'] {
  const ids = wanted.filter(each => typeof each === 'string')
  const numbers = [...numbersOfGroups({ ids }, groups, context), ...wanted.filter(each => typeof each === 'number')]
  return numbers.flatMap(number => {
    const group = groups.find(({ ID }) => ID === number)
    if (!group) return []
    const { id, name } = viewGroup(group, context)
    return { number, id, name }
  })
}

/** The value of a network's SECURITY_GROUPS: OpenNebula gives them to every NIC in it. */
export const numbersOf = ({ groups }: Pick<InterfaceRecord, 'groups'>): string =>
  groups.map(({ number }) => number).join(',')

/** Gives a NIC these groups instead of those that it has. New ones come before old ones go: it is never without any. */
export function regroup(vm: number, { NIC_ID, SECURITY_GROUPS }: Nic, wanted: readonly number[]): WriteCall[] {
  const added = wanted.filter(group => !SECURITY_GROUPS.includes(group))
  const removed = SECURITY_GROUPS.filter(group => !wanted.includes(group))
  return [
    ...added.map(group => attachSecurityGroup(vm, NIC_ID, group)),
    ...removed.map(group => detachSecurityGroup(vm, NIC_ID, group)),
  ]
}
