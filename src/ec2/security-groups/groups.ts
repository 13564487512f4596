// Security groups: making and deleting them.
import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
} from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { ALL_IPV4 } from '../../lib/ip-blocks.ts'
import { transformed } from '../../lib/transformed.ts'
import { remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { invalid, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { OneWriter, SecurityGroup } from '../core/documents.ts'
import { isFinal, toEc2Error } from '../core/failures.ts'
import { canonicalId, parseId } from '../core/ids.ts'
import { PAUSES, pass } from '../core/pauses.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { tagItems, tagsFor } from '../core/tags.ts'
import { allocateSecurityGroup } from '../core/writes.ts'
import { stateOf } from '../instances/states.ts'
import { readOwnInterfaces } from '../network-interfaces/find.ts'
import { INTERFACES_LOCK } from '../network-interfaces/resource.ts'
import { isDefaultVpc, vpcLock } from '../vpcs/resource.ts'
import { type OneGroup, ownGroupNamed, vpcOf } from './find.ts'
import { groupArn } from './items.ts'
import { allocated } from './making.ts'
import { isIn, vmsOf } from './members.ts'
import { checkTellable } from './permissions.ts'
import {
  ALLOW_ALL,
  DEFAULT_NAME,
  GROUP_NAMES_LOCK,
  groupLock,
  SECURITY_GROUP,
  SECURITY_GROUP_RULE,
} from './resource.ts'
import { referencesIn } from './task.ts'
import { type UnclaimedGroup, unclaimedGroups } from './unclaimed.ts'
import { type GroupView, groupData, groupsNamedIn, isDefaultGroup, type Rule, viewGroup } from './view.ts'

/**
 * Makes a group, from which everything with IPv4 may go out.
 *
 * It is made by one call with all that is kept of it, so that there is all of it or nothing. A repeat finds the name taken,
 * unless nobody was told of the group that has it.
 * @throws Ec2Error InvalidGroup.Duplicate, InvalidGroup.Reserved
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export async function createSecurityGroup(
  { GroupName = '', Description = '', VpcId: named, TagSpecifications }: CreateSecurityGroupRequest,
  context: ChangeContext,
): Promise<CreateSecurityGroupResult> {
  // Packer sends an empty one where it means the default VPC
  const VpcId = named || undefined
  checkName(GroupName)
  if (Description === '') throw missing('GroupDescription')
  checkTellable('GroupDescription', Description)
  const tags = tagsFor('security-group', TagSpecifications)
  const locks = VpcId === undefined || isDefaultVpc(VpcId, context) ? [] : [vpcLock(VpcId)]
  return context.hold([...locks, GROUP_NAMES_LOCK], async () => {
    const [vpc, namesakes] = await sideBySide(
      context,
      look => vpcOf(VpcId, look),
      look => groupsNamed(GroupName, look),
    )
    const unclaimed = new Set(context.tasks.of(unclaimedGroups).map(each => each.id))
    if (namesakes.some(other => other.vpc === vpc && !unclaimed.has(other.id))) throw duplicate(GroupName, vpc)
    const { mint, account } = context
    const id = mint.mint(SECURITY_GROUP)
    const outbound: Rule = {
      ...{ id: mint.mint(SECURITY_GROUP_RULE), egress: true, protocol: '-1', from: -1, to: -1, cidr: ALL_IPV4 },
    }
    const data = groupData({ name: GroupName, description: Description, vpc, rules: [outbound] })
    const EC2_TAGS = tags.size > 0 ? encodeTags(tags) : undefined
    const number = await claimed(id, allocateSecurityGroup({ NAME: id, ...data, EC2_TAGS }), context)
    context.index.remember([[id, number]])
    return { GroupId: id, Tags: tagItems(tags), SecurityGroupArn: groupArn(id, account.id, context) }
  })
}

/** The number of a group that a call makes: one that the caller is not told of goes. */
async function claimed(id: string, call: WriteCall, context: ChangeContext): Promise<number> {
  const one = context.commit()
  const { tasks } = context
  const task: UnclaimedGroup = { kind: 'securityGroup', id }
  await tasks.begin([task])
  const number = await allocated(id, call, one).catch(async (error: unknown) => {
    if (isFinal(error)) await tasks.end([task])
    throw error
  })
  await tasks.end([task])
  return number
}

function checkName(name: string): void {
  if (name === '') throw missing('GroupName')
  checkTellable('GroupName', name)
  if (name !== name.trim()) throw invalid('GroupName', name, 'It begins and ends with something else than a space.')
  if (name.startsWith('sg-')) throw invalid('GroupName', name, 'Group names may not be in the format sg-*.')
  if (name.toLowerCase() === DEFAULT_NAME) {
    throw new Ec2Error('InvalidGroup.Reserved', `The security group name '${excerpt(name)}' is reserved.`)
  }
}

/** The account's own groups of a name: one in each VPC. */
async function groupsNamed(name: string, context: Context): Promise<GroupView[]> {
  const views = transformed(context.one.securityGroups({ whose: WHOSE.OWN }), group => viewGroup(group, context))
  return Array.fromAsync(transformed(views, view => (view.name === name ? view : undefined)))
}

const duplicate = (name: string, vpc: string) =>
  new Ec2Error('InvalidGroup.Duplicate', `The security group '${excerpt(name)}' already exists for VPC '${vpc}'`)

/**
 * Deletes a group in which no instance is.
 * @throws Ec2Error CannotDelete for the default group, DependencyViolation
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
 */
export async function deleteSecurityGroup(
  input: DeleteSecurityGroupRequest,
  context: ChangeContext,
): Promise<DeleteSecurityGroupResult> {
  if (input.GroupId) checkNotEverybodys(input.GroupId)
  const find = (named: OneGroup) => sideBySide(context, look => ownGroupNamed(named, look), readOwnInterfaces)
  const since = context.moment()
  const found = await find(input)
  const { id } = found[0]
  // What puts free interfaces into groups holds that of interfaces
  return context.hold([INTERFACES_LOCK, groupLock(id)], async left => {
    const [view, interfaces] = left < since ? found : await find({ GroupId: id })
    if (isDefaultGroup(view, context)) throw undeletable(view)
    const { group, id: GroupId } = view
    await checkUnreferenced(GroupId, context)
    // Of interfaces that are in instances OpenNebula knows
    if ([...interfaces.values()].some(({ record }) => record.groups.some(each => each.id === GroupId))) {
      throw dependentObject(GroupId)
    }
    const one = context.commit()
    await removeGroup(group, one)
    return { Return: true, GroupId }
  })
}

/** That no other group has rules which name this one, as those with such rules are known. @throws Ec2Error DependencyViolation */
async function checkUnreferenced(id: string, context: ChangeContext): Promise<void> {
  const others = referencesIn(context).filter(({ group, sources }) => group !== id && sources.includes(id))
  if (others.length === 0) return
  for await (const group of context.one.securityGroups({ whose: WHOSE.OWN })) {
    const view = viewGroup(group, context)
    if (view.id === id || !groupsNamedIn(view.rules).includes(id)) continue
    throw dependentObject(id)
  }
}

const dependentObject = (id: string) =>
  new Ec2Error('DependencyViolation', `resource ${excerpt(id)} has a dependent object`)

function checkNotEverybodys(id: string): void {
  const parsed = parseId(SECURITY_GROUP, id)
  if ('number' in parsed && parsed.number === ALLOW_ALL) throw undeletable({ id: canonicalId(id), name: DEFAULT_NAME })
}

const undeletable = ({ id, name }: { readonly id: string; readonly name: string }) =>
  new Ec2Error('CannotDelete', `the specified group: "${id}" name: "${name}" cannot be deleted by a user`)

/** What an interface has left a moment ago is in use for OpenNebula. */
async function removeGroup(group: SecurityGroup, one: OneWriter): Promise<void> {
  for (const pause of [...PAUSES, undefined]) {
    const error = await one.call(remove('secgroup', group.ID)).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error === undefined) return
    const refusal = toEc2Error(error)
    if (refusal.code !== 'DependencyViolation' || pause === undefined || (await hasMembers(group, one))) throw refusal
    await pass(pause)
  }
}

/** Whether any interface is in a group, as far as may be seen. */
async function hasMembers(group: SecurityGroup, one: OneWriter): Promise<boolean> {
  for await (const vm of one.vms(vmsOf(group))) if (stateOf(vm) !== 'terminated' && isIn(group.ID, vm)) return true
  return false
}
