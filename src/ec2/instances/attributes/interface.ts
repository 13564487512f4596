// The interface of an instance as far as it is an attribute of it: where there is only one, and its security groups.
import type { GroupIdentifier, ModifyInstanceAttributeRequest } from '@aws-sdk/client-ec2'
import { attachSecurityGroup, detachSecurityGroup } from '../../../opennebula/calls/vm.ts'
import type { Context } from '../../core/context.ts'
import type { Nic } from '../../core/documents.ts'
import { namableGroups, numbersOfGroups } from '../../security-groups/find.ts'
import { membersChange } from '../../security-groups/states.ts'
import { severalInterfaces, unmodifiableInstance } from '../resource.ts'
import { type InstanceView, toInstance } from '../view.ts'
import type { Change } from './attribute.ts'

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
 * New groups come before old ones go: the interface is never without any.
 * @throws Ec2Error as `onlyInterface` and `numbersOfGroups`, and IncorrectInstanceState where there is no interface
 */
export async function changeGroups(
  { Groups = [] }: ModifyInstanceAttributeRequest,
  view: InstanceView,
  context: Context,
): Promise<Change> {
  const nic = onlyInterface(view)
  if (!nic) throw unmodifiableInstance(view.id, 'It has no network interface.')
  const groups = await Array.fromAsync(context.one.stream(...namableGroups(context)))
  const wanted = numbersOfGroups({ ids: Groups }, groups, context)
  const added = wanted.filter(group => !nic.SECURITY_GROUPS.includes(group))
  const removed = nic.SECURITY_GROUPS.filter(group => !wanted.includes(group))
  const { ID } = view.vm
  return {
    first: async context => {
      await membersChange(context)
      return []
    },
    calls: [
      ...added.map(group => attachSecurityGroup(ID, nic.NIC_ID, group)),
      ...removed.map(group => detachSecurityGroup(ID, nic.NIC_ID, group)),
    ],
  }
}
