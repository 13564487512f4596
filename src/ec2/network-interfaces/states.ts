// What interfaces are to be: the calls that bring it about, wherever an interface is and whatever is kept of it where.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { attachSecurityGroup, detachSecurityGroup } from '../../opennebula/calls/vm.ts'
import { named } from '../core/attribute-names.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Nic, Vm } from '../core/documents.ts'
import { merge } from '../core/writes.ts'
import type { PickedGroup } from '../security-groups/find.ts'
import { NOT_MADE } from '../security-groups/resource.ts'
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
export const numbersOf = (groups: Groups): string => numbersIn(groups).join(',')

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
    return [
      ...(own ? ownGroups(own, made) : []),
      ...(attached ? regroupNic(attached, groupsOf(attached), numbersIn(made)) : []),
    ]
  },
  calls: [],
  // A refused call stops none of those behind it: the NIC gets back what it had, whatever of it is gone
  undo: [
    ...(own ? ownGroups(own, own.record.groups) : []),
    ...(attached ? regroupNic(attached, numbersIn(groups.filter(isMade)), groupsOf(attached)) : []),
  ],
})

const groupsOf = ({ nic: { SECURITY_GROUPS } }: Attached): readonly number[] => SECURITY_GROUPS

const isMade = ({ number }: PickedGroup) => number !== NOT_MADE

const numbersIn = (groups: readonly { readonly number: number }[]): number[] => groups.map(({ number }) => number)

/** On its network too: what is attached to that later has its groups. */
const ownGroups = (own: OwnInterface, groups: Groups): WriteCall[] => [
  ownRecordCall(own, { groups }),
  merge('vn', own.network.ID, { SECURITY_GROUPS: numbersOf(groups) }),
]

/** New groups come before old ones go: a NIC is never without any. */
function regroupNic(
  { vm: { ID }, nic: { NIC_ID } }: Attached,
  before: readonly number[],
  wanted: readonly number[],
): WriteCall[] {
  const added = wanted.filter(group => !before.includes(group))
  const removed = before.filter(group => !wanted.includes(group))
  return [
    ...added.map(group => attachSecurityGroup(ID, NIC_ID, group)),
    ...removed.map(group => detachSecurityGroup(ID, NIC_ID, group)),
  ]
}
