// What interfaces are to be: the calls that bring it about, wherever an interface is and whatever is kept of it where.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { attachSecurityGroup, detachSecurityGroup } from '../../opennebula/calls/vm.ts'
import { named } from '../core/attribute-names.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Nic, Vm } from '../core/documents.ts'
import { merge } from '../core/writes.ts'
import type { PickedGroup } from '../security-groups/find.ts'
import { madeGroups, membersChange } from '../security-groups/states.ts'
import { type InterfaceRecord, interfaceRecords, type OwnInterface } from './own.ts'
import { type NicRecord, nicRecordName, nicRecords } from './view.ts'

/** A NIC, and the VM that has it. */
interface Attached {
  readonly nic: Nic
  readonly vm: Vm
}

type Groups = InterfaceRecord['groups']

/** What of an interface EC2 alone knows, of either kind. */
export type Kept = Pick<InterfaceRecord, 'description' | 'sourceDestCheck'>

/** Writes members of the record of an interface with an address of its own, and keeps the others. */
export const ownRecordCall = (
  { network, record }: Pick<OwnInterface, 'network' | 'record'>,
  changes: Partial<InterfaceRecord>,
): WriteCall => merge('vn', network.ID, { EC2_INTERFACE: interfaceRecords.write({ ...record, ...changes }) })

/** The same of what is kept on its VM. */
export function nicRecordCall({ nic: { NIC_ID }, vm: { ID, USER_TEMPLATE } }: Attached, changes: NicRecord): WriteCall {
  const { read, write } = nicRecords(NIC_ID)
  return merge('vm', ID, named(nicRecordName(NIC_ID), write({ ...read(USER_TEMPLATE), ...changes })))
}

/** Keeps something of an interface: where its address is its own there, else on its VM. */
export const keep = (own: OwnInterface | undefined, attached: Attached, kept: Kept): WriteCall =>
  own ? ownRecordCall(own, kept) : nicRecordCall(attached, kept)

/** The value of a network's SECURITY_GROUPS: OpenNebula gives them to every NIC in it. */
export const numbersOf = (groups: Groups): string => groups.map(({ number }) => number).join(',')

/**
 * Gives an interface these groups instead of those that it has, and what it is told when OpenNebula refuses a part of it.
 * @param groups as `pickGroups` gives them
 */
export const regroup = (
  own: OwnInterface | undefined,
  attached: Attached | undefined,
  groups: readonly PickedGroup[],
) => ({
  first: async (context: ChangeContext): Promise<WriteCall[]> => {
    await membersChange(context)
    const made = await madeGroups(groups, context)
    return [...(own ? ownGroups(own, made) : []), ...(attached ? regroupNic(attached, made) : [])]
  },
  calls: [],
  undo: own ? ownGroups(own, own.record.groups) : [],
})

/** On its network too: what is attached to that later has its groups. */
const ownGroups = (own: OwnInterface, groups: Groups): WriteCall[] => [
  ownRecordCall(own, { groups }),
  merge('vn', own.network.ID, { SECURITY_GROUPS: numbersOf(groups) }),
]

/** New groups come before old ones go: a NIC is never without any. */
function regroupNic({ vm: { ID }, nic: { NIC_ID, SECURITY_GROUPS } }: Attached, groups: Groups): WriteCall[] {
  const wanted = groups.map(({ number }) => number)
  const added = wanted.filter(group => !SECURITY_GROUPS.includes(group))
  const removed = SECURITY_GROUPS.filter(group => !wanted.includes(group))
  return [
    ...added.map(group => attachSecurityGroup(ID, NIC_ID, group)),
    ...removed.map(group => detachSecurityGroup(ID, NIC_ID, group)),
  ]
}
