// Changing the rules of a group: found, checked and carried out under its lock, in one call that writes rules and record together.
import { limits } from '../../limits.ts'
import { impossible, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Vm } from '../core/documents.ts'
import { throwFirst } from '../core/failures.ts'
import { canonicalId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import type { Tags } from '../core/tags.ts'
import { isOwn } from '../core/trust.ts'
import { namedAmong, type OneGroup, ownGroup, readGroupsAndVms } from './find.ts'
import { beforeMaking, isUnmade, written } from './making.ts'
import { readMembers, vmsOf } from './members.ts'
import type { AskedRule } from './permissions.ts'
import { groupsOf } from './references.ts'
import { groupLock, SECURITY_GROUP } from './resource.ts'
import { referencesIn, referencesTask } from './task.ts'
import { encodeRuleTags, type GroupView, groupData, groupsNamedIn, type Rule, viewGroup } from './view.ts'

/** What becomes of a group's rules, and what of it is answered. */
export interface Plan<T> {
  readonly rules: readonly Rule[]
  /** Those of all rules, where they change. */
  readonly tags?: ReadonlyMap<string, Tags>
  readonly answer: T
}

/** What else a change of rules needs. */
interface Needs {
  readonly locks?: readonly string[]
  /** Rules that name groups: in place of what was asked there is then the id of each, and its name. */
  readonly asked?: readonly AskedRule[]
}

/**
 * Changes the rules of a group: what is asked at once happens one after the other.
 *
 * A group that is named by rules stays until the change is made: its lock is held as well. That there are such rules is
 * written down before they are told, for their lines have to follow the members of the groups from then on.
 * @param plan what becomes of the rules, given those that the request names
 * @throws Ec2Error UnsupportedOperation for a group that has rules which EC2 could not keep, InvalidGroup.NotFound
 */
export async function changeRules<T>(
  named: OneGroup,
  context: ChangeContext,
  { asked = [], locks = [] }: Needs,
  plan: (view: GroupView, asked: readonly AskedRule[]) => Plan<T>,
): Promise<T> {
  const since = context.moment()
  const meant = await identified(named, asked, context)
  const sources = meant.asked.flatMap(({ group }) => group ?? [])
  return context.hold([...[meant.id, ...sources].map(groupLock), ...locks], async left => {
    const isNamingGroups = sources.length > 0 || referencesIn(context).some(({ group }) => group === meant.id)
    const early = left < since ? meant.known : undefined
    const known = early ?? (isNamingGroups ? await readAll(meant.vms, context) : undefined)
    const view = await ownGroup(meant.id, context, known?.views)
    if (!view.isAll) {
      throw impossible(`The security group '${view.id}' has rules of OpenNebula's that EC2 has no words for.`)
    }
    const { rules, tags, answer } = plan(view, namingOwn(meant.asked, known?.views, context))
    checkCount(rules)
    const named = groupsNamedIn(rules)
    const members =
      named.length > 0 ? await membersOf(named, known ?? (await readAll([], context)), context) : undefined
    const data = groupData({ name: view.name, description: view.description, vpc: view.vpc, rules }, members)
    const EC2_RULE_TAGS = tags && encodeRuleTags(tags)
    const unmade = sources
      .flatMap(id => known?.views.get(id) ?? [])
      .filter(each => each.id !== view.id && isUnmade(each))
    const one = context.commit()
    await beforeMaking([view, ...unmade], context)
    if (named.length > 0) await context.tasks.begin([referencesTask(view.id, named)])
    const calls = [...unmade.map(each => written(each, groupData(each))), written(view, { ...data, EC2_RULE_TAGS })]
    throwFirst(await one.multicall(calls))
    return answer
  })
}

/** What a request means. */
interface Meant {
  /** The id of the group. */
  readonly id: string
  /** The rules, with the ids of the groups that they name. */
  readonly asked: readonly AskedRule[]
  /** VMs that may be in these groups, as far as is known: to be read with whatever else is. */
  readonly vms: readonly number[]
  /** All groups, where they were read for it. */
  readonly known?: Known
}

/** Finds by their names what a request names by these. @throws Ec2Error InvalidGroup.NotFound */
async function identified(
  { GroupId, GroupName }: OneGroup,
  asked: readonly AskedRule[],
  context: Context,
): Promise<Meant> {
  if (!GroupId && !GroupName) throw missing('GroupId')
  const foreign = asked.find(({ groupOwner = context.account.id }) => groupOwner !== context.account.id)
  if (foreign) throw notFound(SECURITY_GROUP, foreign.group ?? foreign.groupName ?? '')
  const isByName = (rule: AskedRule) => rule.group === undefined && rule.groupName !== undefined
  const names = [
    ...(GroupId || !GroupName ? [] : [GroupName]),
    ...asked.filter(isByName).flatMap(({ groupName }) => groupName ?? []),
  ]
  if (names.length === 0) return { id: canonicalId(GroupId ?? ''), asked, vms: [] }
  const known = await readAll([], context)
  const named = namedAmong(names, known.views.values(), context)
  const ids = new Map(named.map(({ name, id }) => [name, id]))
  return {
    id: canonicalId(GroupId || (ids.get(GroupName ?? '') ?? '')),
    asked: asked.map(rule => (isByName(rule) ? { ...rule, group: ids.get(rule.groupName ?? '') } : rule)),
    vms: [...new Set(named.flatMap(({ group }) => vmsOf(group)))],
    known,
  }
}

/** Rules that name groups of the account's own: who is in others nobody may know. @throws Ec2Error InvalidGroup.NotFound */
const namingOwn = (
  asked: readonly AskedRule[],
  views: ReadonlyMap<string, GroupView> | undefined,
  context: Context,
): AskedRule[] =>
  asked.map(rule => {
    if (rule.group === undefined) return rule
    const source = views?.get(rule.group)
    if (!source || !isOwn(source.group, context)) throw notFound(SECURITY_GROUP, rule.group)
    return { ...rule, groupName: source.name }
  })

/** All groups by their ids, and VMs that were read with them. */
interface Known {
  readonly views: ReadonlyMap<string, GroupView>
  readonly vms: readonly Vm[]
}

async function readAll(numbers: readonly number[], context: Context): Promise<Known> {
  const { groups, vms } = await readGroupsAndVms(numbers, context)
  const views = groups.map(group => viewGroup(group, context))
  return { views: new Map(views.map(view => [view.id, view])), vms }
}

const membersOf = (ids: readonly string[], { views, vms }: Known, { one }: Context) =>
  readMembers(groupsOf(ids, views), one, vms)

function checkCount(rules: readonly Rule[]): void {
  const { most, code } = limits.rulesOfSecurityGroup
  if ([true, false].every(egress => rules.filter(rule => rule.egress === egress).length <= most)) return
  throw new Ec2Error(code, `A security group has at most ${most} rules in each direction.`)
}
