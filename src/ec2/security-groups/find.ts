// Security groups by id or by name: whose count, and which one is meant.
import { limits } from '../../limits.ts'
import type { ReadCall } from '../../opennebula/calls/common.ts'
import { missing, unauthorizedOperation } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import type { SecurityGroup } from '../core/documents.ts'
import { securityGroupPool } from '../core/documents.ts'
import { find, type Source } from '../core/find.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { countingOf, counts, isOwn } from '../core/trust.ts'
import { SECURITY_GROUP } from './resource.ts'
import { type GroupView, identifyGroup, viewGroup } from './view.ts'

/** Reads the groups that may be named: the caller's own, then the operator's. */
export const namableGroups = (context: Context): ReadCall<SecurityGroup>[] => countingOf(securityGroupPool, context)

/** How a request names groups. */
export interface NamedGroups {
  readonly ids?: readonly string[] | undefined
  readonly names?: readonly string[] | undefined
}

/** Whether any group is named. */
export const namesGroups = ({ ids = [], names = [] }: NamedGroups): boolean => ids.length + names.length > 0

/**
 * The OpenNebula numbers of the groups that a request names, each once. Of two groups of one name the caller's own is
 * meant; a stranger's never is.
 * @param groups as `namableGroups` gives them
 * @throws Ec2Error InvalidGroup.NotFound, InvalidGroupId.Malformed, SecurityGroupsPerInterfaceLimitExceeded
 */
export function numbersOfGroups(
  { ids = [], names = [] }: NamedGroups,
  groups: readonly SecurityGroup[],
  context: Context,
): number[] {
  const namable = groups.filter(group => counts(group, context))
  const pick = (name: string, isMeant: (group: SecurityGroup) => boolean) => {
    const group = namable.find(isMeant)
    if (!group) throw notFound(SECURITY_GROUP, name)
    return group.ID
  }
  const byId = ids.map(id => {
    const parsed = parseId(SECURITY_GROUP, id)
    return pick(id, group => context.mint.names(SECURITY_GROUP, parsed, identifyGroup(group, context)))
  })
  const byName = names.map(name => pick(name, group => viewGroup(group, context).name === name))
  const numbers = [...new Set([...byId, ...byName])]
  const { most, code } = limits.securityGroupsOfInterface
  if (numbers.length > most) throw new Ec2Error(code, `An interface has at most ${most} security groups.`)
  return numbers
}

/** Where groups are found by their ids. */
export const groupSource = (context: Context): Source<SecurityGroup> => ({
  resource: SECURITY_GROUP,
  identify: group => identifyGroup(group, context),
  byNumber: async numbers => {
    const calls = numbers.map(only => securityGroupPool({ only }))
    return (await Array.fromAsync(context.one.stream(...calls))).filter(group => counts(group, context))
  },
  oneByOne: true,
  all: () => allGroups(context),
})

/** All groups that may be named, as they come. */
export async function* allGroups(context: Context): AsyncGenerator<SecurityGroup> {
  for await (const group of context.one.stream(...namableGroups(context))) if (counts(group, context)) yield group
}

/** The groups of these ids, in their order. @throws Ec2Error InvalidGroup.NotFound, InvalidGroupId.Malformed */
export const groupsById = async (ids: readonly string[], context: Context): Promise<GroupView[]> =>
  (await find(groupSource(context), ids, context)).map(group => viewGroup(group, context))

/** The groups of these names. @throws Ec2Error InvalidGroup.NotFound */
export async function groupsByName(names: readonly string[], context: Context): Promise<GroupView[]> {
  const found = new Map<string, GroupView>()
  for await (const group of allGroups(context)) {
    const view = viewGroup(group, context)
    if (names.includes(view.name) && !found.has(view.name)) found.set(view.name, view)
  }
  const unknown = names.filter(name => !found.has(name))
  if (unknown.length > 0) throw notFound(SECURITY_GROUP, ...unknown)
  return [...found.values()]
}

/** The one group that a request names, by its id or by its name. */
export interface OneGroup {
  readonly GroupId?: string | undefined
  readonly GroupName?: string | undefined
}

/** The id of the group that a request names. @throws Ec2Error MissingParameter, InvalidGroup.NotFound */
export async function idOfGroup({ GroupId, GroupName }: OneGroup, context: Context): Promise<string> {
  if (GroupId) return GroupId
  if (!GroupName) throw missing('GroupId')
  const [named] = await groupsByName([GroupName], context)
  return named?.id ?? ''
}

/**
 * A group of the caller's own.
 * @param known all groups, where they were read already
 * @throws Ec2Error UnauthorizedOperation for one of the operator's, InvalidGroup.NotFound, InvalidGroupId.Malformed
 */
export async function ownGroup(
  id: string,
  context: Context,
  known?: ReadonlyMap<string, GroupView>,
): Promise<GroupView> {
  parseId(SECURITY_GROUP, id)
  const view = known ? known.get(id) : (await groupsById([id], context))[0]
  if (!view) throw notFound(SECURITY_GROUP, id)
  if (!isOwn(view.group, context)) throw unauthorizedOperation()
  return view
}
