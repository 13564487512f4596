// Security groups: making and deleting them.

import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
} from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { OneUnavailable } from '../../opennebula/errors.ts'
import { invalid, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { OneWriter, SecurityGroup } from '../core/documents.ts'
import { toEc2Error } from '../core/failures.ts'
import { canonicalId, parseId } from '../core/ids.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { notFound } from '../core/resource.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { tagItems, tagsFor } from '../core/tags.ts'
import { allocateSecurityGroup } from '../core/writes.ts'
import { stateOf } from '../instances/states.ts'
import { readOwnInterfaces } from '../network-interfaces/find.ts'
import { VPC } from '../vpcs/resource.ts'
import { groupsById, idOfGroup, ownGroup } from './find.ts'
import { groupArn } from './items.ts'
import { isIn, vmsOf } from './members.ts'
import { checkTellable } from './permissions.ts'
import { GROUP_NAMES_LOCK, groupLock, SECURITY_GROUP, SECURITY_GROUP_RULE } from './resource.ts'
import { ALL_IPV4 } from './rules.ts'
import { referencesIn } from './states.ts'
import { DEFAULT_GROUP, groupData, groupsNamedIn, type Rule, viewGroup } from './view.ts'

/**
 * Makes a group, from which everything with IPv4 may go out.
 *
 * It is made by one call with all that is kept of it, so that there is all of it or nothing. A repeat finds the name taken.
 * @throws Ec2Error InvalidGroup.Duplicate, InvalidGroup.Reserved
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export async function createSecurityGroup(
  { GroupName = '', Description = '', VpcId, TagSpecifications }: CreateSecurityGroupRequest,
  context: ChangeContext,
): Promise<CreateSecurityGroupResult> {
  checkName(GroupName)
  if (Description === '') throw missing('GroupDescription')
  checkTellable('GroupDescription', Description)
  checkVpc(VpcId, context)
  const tags = tagsFor('security-group', TagSpecifications)
  return context.hold([GROUP_NAMES_LOCK], async () => {
    await checkFree(GroupName, context)
    const { mint, account } = context
    const id = mint.mint(SECURITY_GROUP)
    const outbound: Rule = {
      ...{ id: mint.mint(SECURITY_GROUP_RULE), egress: true, protocol: '-1', from: -1, to: -1, cidr: ALL_IPV4 },
    }
    const data = groupData({ name: GroupName, description: Description, rules: [outbound] })
    const EC2_TAGS = tags.size > 0 ? encodeTags(tags) : undefined
    const number = await made(id, allocateSecurityGroup({ NAME: id, ...data, EC2_TAGS }), context.commit())
    context.index.remember([[id, number]])
    return { GroupId: id, Tags: tagItems(tags), SecurityGroupArn: groupArn(id, account.id, context) }
  })
}

/** The number of a new group: its name tells it from all others, should the answer to the call be lost. */
async function made(id: string, call: WriteCall, one: OneWriter): Promise<number> {
  try {
    return await one.call(call)
  } catch (error) {
    const isLost = error instanceof OneUnavailable && error.outcome === 'unknown'
    const found = isLost ? await numberOf(id, one) : undefined
    if (found !== undefined) return found
    throw error
  }
}

async function numberOf(name: string, one: OneWriter): Promise<number | undefined> {
  for await (const { ID, NAME } of one.securityGroups({ whose: WHOSE.OWN })) if (NAME === name) return ID
  return undefined
}

function checkName(name: string): void {
  if (name === '') throw missing('GroupName')
  checkTellable('GroupName', name)
  if (name !== name.trim()) throw invalid('GroupName', name, 'It begins and ends with something else than a space.')
  if (name.startsWith('sg-')) throw invalid('GroupName', name, 'Group names may not be in the format sg-*.')
  if (name.toLowerCase() === 'default') {
    throw new Ec2Error('InvalidGroup.Reserved', `The security group name '${excerpt(name)}' is reserved.`)
  }
}

/** @throws Ec2Error InvalidVpcID.NotFound for what is not the caller's */
export function checkVpc(id: string | undefined, context: Context): void {
  if (id === undefined) return
  parseId(VPC, id)
  if (canonicalId(id) !== ofAccount(VPC, context)) throw notFound(VPC, id)
}

async function checkFree(name: string, context: Context): Promise<void> {
  for await (const group of context.one.securityGroups({ whose: WHOSE.OWN })) {
    if (viewGroup(group, context).name !== name) continue
    const message = `The security group '${excerpt(name)}' already exists for VPC '${ofAccount(VPC, context)}'`
    throw new Ec2Error('InvalidGroup.Duplicate', message)
  }
}

/**
 * Deletes a group in which no instance is.
 * @throws Ec2Error CannotDelete for the default group, DependencyViolation
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html
 */
export async function deleteSecurityGroup(
  input: DeleteSecurityGroupRequest,
  context: ChangeContext,
): Promise<DeleteSecurityGroupResult> {
  const id = await idOfGroup(input, context)
  return context.hold([groupLock(id)], async () => {
    await checkNotDefault(id, context)
    const { group, id: GroupId } = await ownGroup(id, context)
    await checkUnreferenced(GroupId, context)
    await checkUnused(GroupId, context)
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

/** That no interface has it which is in no instance: of the others OpenNebula knows. @throws Ec2Error DependencyViolation */
async function checkUnused(id: string, context: Context): Promise<void> {
  const interfaces = await readOwnInterfaces(context)
  if ([...interfaces.values()].some(({ record }) => record.groups.some(group => group.id === id)))
    throw dependentObject(id)
}

const dependentObject = (id: string) =>
  new Ec2Error('DependencyViolation', `resource ${excerpt(id)} has a dependent object`)

async function checkNotDefault(id: string, context: Context): Promise<void> {
  const parsed = parseId(SECURITY_GROUP, id)
  if (!('number' in parsed) || parsed.number !== DEFAULT_GROUP) return
  const [view] = await groupsById([id], context)
  throw new Ec2Error(
    'CannotDelete',
    `the specified group: "${view?.id}" name: "${view?.name}" cannot be deleted by a user`,
  )
}

/** What an interface has left a moment ago is in use for OpenNebula: when to try again, in milliseconds. */
const LOOKS = [100, 200, 400, 800, 1600]

async function removeGroup(group: SecurityGroup, one: OneWriter): Promise<void> {
  for (const pause of [...LOOKS, undefined]) {
    const error = await one.call(remove('secgroup', group.ID)).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (error === undefined) return
    const refusal = toEc2Error(error)
    if (refusal.code !== 'DependencyViolation' || pause === undefined || (await hasMembers(group, one))) throw refusal
    await new Promise(resolve => setTimeout(resolve, pause))
  }
}

/** Whether any interface is in a group, as far as may be seen. */
async function hasMembers(group: SecurityGroup, one: OneWriter): Promise<boolean> {
  for await (const vm of one.vms(vmsOf(group))) if (stateOf(vm) !== 'terminated' && isIn(group.ID, vm)) return true
  return false
}
