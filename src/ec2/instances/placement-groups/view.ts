// Placement groups as they are kept, as AWS's items, and as OpenNebula's VM groups, in which their instances are.
//
// What EC2 knows of a group is an item, for OpenNebula changes nothing of a VM group that has members. The VM group has the
// item's id as its name; it is made with the first instance that is launched into it, and goes with the item.
import type { PlacementGroup } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../../opennebula/calls/common.ts'
import type { TemplateVector } from '../../../opennebula/xml/template.ts'
import type { Context } from '../../core/context.ts'
import type { VmGroup } from '../../core/documents.ts'
import { oneOf, whole } from '../../core/fields.ts'
import type { Item } from '../../core/items.ts'
import { type RecordOf, record } from '../../core/record.ts'
import { tagItems } from '../../core/tags.ts'
import { isOwn } from '../../core/trust.ts'
import { allocateVmGroup } from '../../core/writes.ts'

/** How OpenNebula places the members of a group, by its strategy. */
const policies = { cluster: 'AFFINED', spread: 'ANTI_AFFINED', partition: 'ANTI_AFFINED' } as const

export type Strategy = keyof typeof policies

/** Tells strategies from others. */
export const isStrategy = (word: string): word is Strategy => Object.hasOwn(policies, word)

const groupFields = { strategy: oneOf('cluster', 'spread', 'partition'), partitions: whole(1, 7) }

/** What is kept of a group besides its name. */
export const groupRecord = record(groupFields, 'strategy')

/** A placement group. */
export type Group = Item<RecordOf<typeof groupFields, 'strategy'>>

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PlacementGroup.html */
export const groupItem = ({ id, name = '', tags, fields }: Group, { account, settings }: Context): PlacementGroup => ({
  GroupName: name,
  State: 'available',
  Strategy: fields.strategy,
  PartitionCount: fields.partitions,
  GroupId: id,
  Tags: tagItems(tags),
  GroupArn: `arn:aws:ec2:${settings.region}:${account.id}:placement-group/${name}`,
  SpreadLevel: fields.strategy === 'spread' ? 'rack' : undefined,
})

/** The one role of a VM group, in which all of its members are. */
const ROLE = 'member'

/** What makes the VM group of a placement group. */
export const makeVmGroup = ({ id, fields }: Pick<Group, 'id' | 'fields'>): WriteCall =>
  allocateVmGroup({ NAME: id, ROLE: { NAME: ROLE, POLICY: policies[fields.strategy] } })

/** What makes a VM a member: by the name, for its number is not known before it is made. */
export const membership = (id: string, { account }: Pick<Context, 'account'>): TemplateVector => ({
  VMGROUP_NAME: id,
  VMGROUP_UID: account.user.id,
  ROLE,
})

/** The VM group of a placement group among these, where there is one. */
export const vmGroupOf = (
  { id }: Pick<Group, 'id'>,
  groups: readonly VmGroup[],
  context: Pick<Context, 'account'>,
): VmGroup | undefined => groups.find(group => group.NAME === id && isOwn(group, context))

/** Whether a VM is in a VM group. */
export const hasMembers = ({ ROLES }: VmGroup): boolean => ROLES.ROLE.some(({ VMS }) => VMS.length > 0)
