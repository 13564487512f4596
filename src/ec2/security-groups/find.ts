// Security groups by id or by name: whose count, and which one is meant.
import { chained, transformed } from '../../lib/transformed.ts'
import { limits } from '../../limits.ts'
import { type ReadCall, remove, WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { combination, missing, unauthorizedOperation } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import { type Document, type Network, type SecurityGroup, securityGroupPool, vmSet } from '../core/documents.ts'
import { find, type Source } from '../core/find.ts'
import { canonicalId, type ParsedId, parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { notFound } from '../core/resource.ts'
import type { Tags } from '../core/tags.ts'
import { countingOf, counts, isOwn } from '../core/trust.ts'
import { ownVpcs } from '../vpcs/find.ts'
import { isDefaultVpc, VPC } from '../vpcs/resource.ts'
import { unmadeGroup } from './default-group.ts'
import { ALLOW_ALL, defaultGroupId, isOpen, NOT_MADE, SECURITY_GROUP } from './resource.ts'
import { type GroupView, identifyGroup, isDefaultGroup, viewGroup } from './view.ts'

/** Reads the groups that may be named: the caller's own, then the operator's. */
export const namableGroups = (context: Context): ReadCall<SecurityGroup>[] => countingOf(securityGroupPool, context)

/** All of these. */
export const readNamableGroups = (context: Context): Promise<SecurityGroup[]> =>
  Array.fromAsync(context.one.stream(...namableGroups(context)))

/** How a request names groups. */
export interface NamedGroups {
  readonly ids?: readonly string[] | undefined
  readonly names?: readonly string[] | undefined
}

/** Whether any group is named. */
export const namesGroups = ({ ids = [], names = [] }: NamedGroups): boolean => ids.length + names.length > 0

/** A group for an interface to be in. */
export interface PickedGroup {
  /** OpenNebula's; `NOT_MADE` where it is yet to be made (`madeGroups` in states.ts). */
  readonly number: number
  readonly id: string
  readonly name: string
  readonly vpc: string
  readonly tags: Tags
}

/**
 * The groups that a request names for an interface in a VPC, each once. Of two groups of one name the caller's own is
 * meant; a stranger's never is.
 * @param groups as `namableGroups` gives them
 * @throws Ec2Error InvalidGroup.NotFound, InvalidGroupId.Malformed, SecurityGroupsPerInterfaceLimitExceeded,
 *   InvalidParameterCombination for a group of another VPC
 */
export function pickGroups(
  { ids = [], names = [] }: NamedGroups,
  groups: readonly SecurityGroup[],
  vpc: string,
  context: Context,
): PickedGroup[] {
  const views = viewsFor(groups, vpc, context)
  const byId = ids.map(id => {
    const parsed = parseId(SECURITY_GROUP, id)
    const isMeant = ({ group }: GroupView) => context.mint.names(SECURITY_GROUP, parsed, identifyGroup(group, context))
    const view = isDefaultById(parsed, context) ? defaultIn(views, vpc, context) : views.find(isMeant)
    if (!view) throw notFound(SECURITY_GROUP, id)
    if (isOwn(view.group, context) && view.vpc !== vpc) {
      throw combination(`The security group '${view.id}' and the network interface belong to different VPCs.`)
    }
    return picked(view, context)
  })
  const byName = names.map(name => {
    const view = views.find(each => each.name === name && each.group.ID !== ALLOW_ALL && isIn(vpc, each, context))
    if (!view) throw notFound(SECURITY_GROUP, name)
    return picked(view, context)
  })
  const all = [...new Map([...byId, ...byName].map(each => [each.id, each])).values()]
  const { most, code } = limits.securityGroupsOfInterface
  if (all.length > most) throw new Ec2Error(code, `An interface has at most ${most} security groups.`)
  return all
}

/**
 * The groups of an interface whose request names none: the default one of its VPC. Undefined where that is what OpenNebula
 * has for everybody, so that those of the network count. The networks of subnets that accounts make have none.
 * @param groups the caller's own at least
 */
export function groupsOfNobody(
  groups: readonly SecurityGroup[],
  vpc: string,
  context: Context,
): PickedGroup[] | undefined {
  const view = defaultIn(viewsFor(groups, vpc, context), vpc, context)
  const group = view && picked(view, context)
  return group && (group.number !== ALLOW_ALL || !isDefaultVpc(vpc, context)) ? [group] : undefined
}

/**
 * The groups that OpenNebula gives every interface in a network, as far as they may be seen: the default one where that is
 * open and there is OpenNebula's group 0, or none.
 */
export function groupsOnNetwork(
  { TEMPLATE }: Network,
  groups: readonly SecurityGroup[],
  vpc: string,
  context: Context,
): PickedGroup[] {
  const numbers = new Set((textOf(TEMPLATE, 'SECURITY_GROUPS') ?? '').split(',').filter(Boolean).map(Number))
  const views = viewsFor(groups, vpc, context)
  const isDefault = isOpen(context.settings) && (numbers.size === 0 || numbers.has(ALLOW_ALL))
  const shown = views.filter(({ group }) => numbers.has(group.ID) && !(isDefault && group.ID === ALLOW_ALL))
  const view = isDefault ? defaultIn(views, vpc, context) : undefined
  return [...new Set([...(view ? [view] : []), ...shown])].map(each => picked(each, context))
}

/** What may be named, with the default group of a VPC, made or not. */
function viewsFor(groups: readonly SecurityGroup[], vpc: string, context: Context): GroupView[] {
  const views = groups.filter(group => counts(group, context)).map(group => viewGroup(group, context))
  return defaultIn(views, vpc, context) ? views : [...views, viewGroup(unmadeGroup(vpc, context), context)]
}

const defaultIn = (views: readonly GroupView[], vpc: string, context: Context): GroupView | undefined =>
  views.find(({ id, group }) => id === defaultGroupId(vpc, context) && isOwn(group, context))

/** Whether an id is that under which every default group was known once: that of OpenNebula's group 0. */
const isDefaultById = (id: ParsedId, { settings }: Context): boolean =>
  isOpen(settings) && 'number' in id && id.number === ALLOW_ALL

/** The operator's groups are in every VPC. */
const isIn = (vpc: string, view: GroupView, context: Context): boolean =>
  view.vpc === vpc || !isOwn(view.group, context)

/** While nobody has changed an open default group, it is OpenNebula's group 0. */
const picked = ({ group: { ID }, id, name, vpc, tags }: GroupView, { settings }: Context): PickedGroup => ({
  ...{ id, name, vpc, tags },
  number: ID === NOT_MADE && isOpen(settings) ? ALLOW_ALL : ID,
})

/** Where groups are found by their ids. */
export const groupSource = (context: Context): Source<SecurityGroup> => ({
  resource: SECURITY_GROUP,
  identify: group => identifyGroup(group, context),
  byNumber: async numbers => {
    const calls = numbers.map(only => securityGroupPool({ only }))
    return (await Array.fromAsync(context.one.stream(...calls))).filter(group => counts(group, context))
  },
  oneByOne: true,
  all: () => everyGroup(context),
})

/** All groups that may be named, as they come; then those default ones that are yet to be made. */
function everyGroup(context: Context): AsyncIterable<SecurityGroup> {
  const made = new Set<string>()
  const documents: Document[] = []
  const objects = context.one.stream<SecurityGroup | Document>(...namableGroups(context), ownVpcs.pool)
  const groups = transformed(objects, each => {
    if ('TYPE' in each) documents.push(each)
    else if (counts(each, context)) {
      if (isOwn(each, context)) made.add(each.NAME)
      return each
    }
    return undefined
  })
  return chained(groups, () => unmadeBesides(made, documents, context))
}

/** The default groups of the account's VPCs, but for those of these names. */
const unmadeBesides = (made: ReadonlySet<string>, vpcs: readonly Document[], context: Context): SecurityGroup[] =>
  [ofAccount(VPC, context), ...ownVpcs.in(vpcs, context).map(({ id }) => id)]
    .filter(vpc => !made.has(defaultGroupId(vpc, context)))
    .map(vpc => unmadeGroup(vpc, context))

/**
 * All groups that may be named, and these VMs, in one upstream request. OpenNebula's group 0 is none of them: what is listed
 * in its place are default groups.
 */
export async function readGroupsAndVms(numbers: readonly number[], context: Context) {
  const { groups, vpcs, vms } = await readTogether(context.one, {
    groups: namableGroups(context),
    vpcs: [ownVpcs.pool],
    vms: numbers.length > 0 ? [vmSet(numbers)] : [],
  })
  const namable = groups.filter(group => counts(group, context) && group.ID !== ALLOW_ALL)
  const made = new Set(namable.filter(group => isOwn(group, context)).map(({ NAME }) => NAME))
  return { groups: [...namable, ...unmadeBesides(made, vpcs, context)], vms }
}

/** The same without OpenNebula's group 0: what is listed in its place are default groups. */
export const allGroups = (context: Context): AsyncIterable<SecurityGroup> =>
  transformed(everyGroup(context), group => (group.ID === ALLOW_ALL ? undefined : group))

/** The groups of these ids, in their order. @throws Ec2Error InvalidGroup.NotFound, InvalidGroupId.Malformed */
export const groupsById = async (ids: readonly string[], context: Context): Promise<GroupView[]> =>
  (await find(groupSource(context), ids, context)).map(group => viewGroup(group, context))

/** The groups of these names in the default VPC. @throws Ec2Error InvalidGroup.NotFound */
export async function groupsByName(names: readonly string[], context: Context): Promise<GroupView[]> {
  const views = transformed(allGroups(context), group => {
    const view = viewGroup(group, context)
    return names.includes(view.name) ? view : undefined
  })
  return namedAmong(names, await Array.fromAsync(views), context)
}

/** The same among all groups. */
export function namedAmong(names: readonly string[], views: Iterable<GroupView>, context: Context): GroupView[] {
  const found = new Map<string, GroupView>()
  for (const view of views) {
    if (!names.includes(view.name) || view.vpc !== ofAccount(VPC, context)) continue
    if (!found.has(view.name) || isOwn(view.group, context)) found.set(view.name, view)
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

/** The same that a request names. @throws Ec2Error MissingParameter, and as `ownGroup` */
export async function ownGroupNamed({ GroupId, GroupName }: OneGroup, context: Context): Promise<GroupView> {
  if (GroupId) return ownGroup(GroupId, context)
  if (!GroupName) throw missing('GroupId')
  const [view] = await groupsByName([GroupName], context)
  if (!view) throw notFound(SECURITY_GROUP, GroupName)
  return ownGroup(view.id, context, new Map([[view.id, view]]))
}

/**
 * The id of the VPC that a request names, the default one where it names none.
 * @throws Ec2Error InvalidVpcID.NotFound, InvalidVpcID.Malformed
 */
export async function vpcOf(id: string | undefined, context: Context): Promise<string> {
  if (id === undefined) return ofAccount(VPC, context)
  parseId(VPC, id)
  if (!isDefaultVpc(id, context)) await ownVpcs.find([canonicalId(id)], context)
  return canonicalId(id)
}

/** Groups as what their VPC is not deleted with; the default one goes with it. */
export const securityGroupContent = {
  calls: () => [securityGroupPool({ whose: WHOSE.OWN })],
  vpcsOf: (groups: readonly SecurityGroup[], context: Context): string[] =>
    ownViews(groups, context).flatMap(view => (isDefaultGroup(view, context) ? [] : view.vpc)),
  goingWith: (groups: readonly SecurityGroup[], vpc: string, context: Context): WriteCall[] =>
    ownViews(groups, context).flatMap(view =>
      view.vpc === vpc && isDefaultGroup(view, context) ? remove('secgroup', view.group.ID) : [],
    ),
}

const ownViews = (groups: readonly SecurityGroup[], context: Context): GroupView[] =>
  groups.filter(group => isOwn(group, context)).map(group => viewGroup(group, context))
