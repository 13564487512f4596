// How OpenNebula's security groups are seen as EC2's: what is kept of them, their ids, names and rules.
import type { GroupIdentifier } from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { vectors } from '../../opennebula/xml/attributes.ts'
import { decoded, encoded, type TemplateVector } from '../../opennebula/xml/template.ts'
import { accountId } from '../core/account.ts'
import type { Written } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { SecurityGroup, Vm } from '../core/documents.ts'
import { description, type Field, flag, id, list, oneOf, text, valid, whole } from '../core/fields.ts'
import { following, type Viewer } from '../core/following.ts'
import { type Identified, isMinted, numericId } from '../core/ids.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { type RecordOf, record, stored } from '../core/record.ts'
import { decodeTags, tagsOf } from '../core/stored-tags.ts'
import type { Tags } from '../core/tags.ts'
import { isOwn } from '../core/trust.ts'
import { VPC } from '../vpcs/resource.ts'
import { ALLOW_ALL, DEFAULT_NAME, defaultGroupId, isOpen, SECURITY_GROUP, SECURITY_GROUP_RULE } from './resource.ts'
import { isRule, keyOf, linesOf, type Members, rulesOf } from './rules.ts'

const groupName: Field<string> = text(limits.securityGroupName.most)

const ruleFields = {
  id: id(SECURITY_GROUP_RULE),
  egress: flag,
  protocol: oneOf('-1', 'tcp', 'udp', 'icmp', 'icmpv6'),
  from: whole(-1, 65_535),
  to: whole(-1, 65_535),
  cidr: text(45),
  group: id(SECURITY_GROUP),
  /** The name of that group, which never changes. */
  groupName,
  description,
}

/** A rule: what it lets pass, its id, and what is said of it. */
export type Rule = RecordOf<typeof ruleFields, 'id' | 'egress' | 'protocol' | 'from' | 'to'>

const plainRule = record(ruleFields, 'id', 'egress', 'protocol', 'from', 'to')

const rule: Field<Rule> = (value, name, wrong) => {
  const known = plainRule(value, name, wrong)
  return known === undefined || isRule(known) ? known : wrong(value, name)
}

const groupFields = {
  name: groupName,
  description,
  /** The VPC that it is in; absent for the default one. */
  vpc: id(VPC),
  rules: list(rule, 2 * limits.rulesOfSecurityGroup.most),
}

/** What of a group only EC2 knows; the RULE lines follow from it. */
export type GroupRecord = RecordOf<typeof groupFields, 'name' | 'rules'>

export const groupRecords = stored('secgroup', 'EC2_SECURITY_GROUP', record(groupFields, 'name', 'rules'))

/** The tags of each rule that has some. */
const ruleTagRecords = stored(
  'secgroup',
  'EC2_RULE_TAGS',
  list(
    record(
      { id: id(SECURITY_GROUP_RULE), tags: list(list(text(limits.tagValue.most), 2), limits.tagsPerResource.most) },
      'id',
      'tags',
    ),
    2 * limits.rulesOfSecurityGroup.most,
  ),
)

/** A group as EC2 sees it. */
export interface GroupView {
  readonly id: string
  readonly name: string
  readonly description: string
  /** The id of the VPC that it is in; of the operator's groups the default one. */
  readonly vpc: string
  readonly group: SecurityGroup
  readonly rules: readonly Rule[]
  /** Whether EC2's rules are all that the group has: by hand it may get others. */
  readonly isAll: boolean
  readonly tags: Tags
}

/**
 * What of a group its id follows from. What the facade makes has the id as its name, which only the owner could change: and
 * nobody's groups count but the caller's and the operator's.
 */
export const identifyGroup = ({ ID, UID, NAME }: SecurityGroup, { mint }: Pick<Context, 'mint'>): Identified => ({
  ID,
  UID,
  EC2_ID: isGroupId(NAME) ? mint.attribute(NAME, UID, ID) : undefined,
})

const isGroupId = (name: string): boolean => name.startsWith('sg-') && isMinted(name)

const groupId = (number: number, name: string): string => (isGroupId(name) ? name : numericId(SECURITY_GROUP, number))

/** The line that every group of the facade has, though it lets nothing pass: instances know the group by it. */
const isMark = (line: { readonly [name: string]: unknown }): boolean => line['EC2_NAME'] !== undefined

/** From this machine itself, which no packet of a network is. */
const markOf = (name: string): TemplateVector => ({
  PROTOCOL: 'TCP',
  RULE_TYPE: 'inbound',
  RANGE: '1',
  IP: '127.0.0.1',
  SIZE: 1,
  EC2_NAME: encoded(name),
})

/** The lines of a group. @throws Ec2Error UnsupportedOperation for rules that OpenNebula cannot have */
export const groupLines = (
  { name, rules }: Pick<GroupRecord, 'name' | 'rules'>,
  members?: Members,
): TemplateVector[] => [markOf(name), ...linesOf(rules, members)]

/** What of a group the facade writes. */
export type GroupData = Written<'secgroup'> & { readonly RULE?: readonly TemplateVector[] }

/** A group as OpenNebula is told of it. @throws Ec2Error UnsupportedOperation for rules that it cannot have */
export const groupData = (kept: GroupRecord, members?: Members): GroupData => ({
  EC2_SECURITY_GROUP: groupRecords.write(kept),
  RULE: groupLines(kept, members),
})

/** The ids of the groups that rules name, each once. */
export const groupsNamedIn = (rules: readonly Rule[]): string[] => [
  ...new Set(rules.flatMap(({ group }) => group ?? [])),
]

function newView(group: SecurityGroup, { mint, account }: Omit<Viewer, 'settings'>): GroupView {
  const { ID, NAME, TEMPLATE } = group
  const kept = groupRecords.read(TEMPLATE)
  const vpc = (isOwn(group, { account }) && kept?.vpc) || ofAccount(VPC, { account })
  const shown = { id: groupId(ID, NAME), vpc, group, tags: decodeTags(TEMPLATE) }
  if (kept) {
    const { name, rules, description: told = name } = kept
    return { ...shown, name, rules, description: told, isAll: true }
  }
  const { rules, isAll } = rulesOf(vectors(TEMPLATE, 'RULE').filter(line => !isMark(line)))
  const withIds = rules.map(each => ({ ...each, id: mint.mint(SECURITY_GROUP_RULE, `${ID} ${keyOf(each)}`) }))
  return { ...shown, name: NAME, description: NAME, rules: withIds, isAll }
}

/** How EC2 sees a group of OpenNebula's, of the facade's making or not. */
export const viewGroup = following(newView)

/** The tags of a group's rules, by the ids of these. */
export const tagsOfRules = ({ group, rules }: GroupView): ReadonlyMap<string, Tags> => {
  const known = new Set(rules.map(each => each.id))
  const kept = (ruleTagRecords.read(group.TEMPLATE) ?? []).filter(each => known.has(each.id))
  return new Map(kept.map(each => [each.id, tagsOf(each.tags.map(([key = '', value = '']) => [key, value]))]))
}

/** The value of `EC2_RULE_TAGS`. */
export const encodeRuleTags = (tags: ReadonlyMap<string, Tags>): string =>
  ruleTagRecords.write(
    Array.from(tags, ([ruleId, pairs]) => ({ id: ruleId, tags: [...pairs] })).filter(each => each.tags.length > 0),
  )

/** Whose a group is. */
export const ownerOf = ({ group }: GroupView): string => accountId(group.UID)

/** Whether a group is the default one of its VPC. */
export const isDefaultGroup = ({ id, vpc }: GroupView, context: Pick<Context, 'mint'>): boolean =>
  id === defaultGroupId(vpc, context)

type RuleOfVm = Vm['TEMPLATE']['SECURITY_GROUP_RULE'][number]

/**
 * The groups of an interface in a VPC, by their numbers, as its instance knows them: from the rules that OpenNebula copied
 * into it. Where the default group is what group 0 is, whoever is in group 0, or in none, is in the default group.
 */
export function groupsByRules(
  numbers: readonly number[],
  rules: readonly RuleOfVm[],
  vpc: string,
  context: Pick<Context, 'mint' | 'settings'>,
): GroupIdentifier[] {
  const open = isOpen(context.settings)
  const others = byRules(open ? numbers.filter(number => number !== ALLOW_ALL) : numbers, rules)
  const isInDefault = open && (numbers.length === 0 || numbers.includes(ALLOW_ALL))
  const id = defaultGroupId(vpc, context)
  if (!isInDefault || others.some(({ GroupId }) => GroupId === id)) return others
  return [...others, { GroupId: id, GroupName: DEFAULT_NAME }]
}

/** Each once, whatever is in the list: users write those of their own VMs. */
function byRules(numbers: readonly number[], rules: readonly RuleOfVm[]): GroupIdentifier[] {
  const known = Map.groupBy(rules, ({ SECURITY_GROUP_ID }) => SECURITY_GROUP_ID)
  return Array.from(new Set(numbers), number => {
    const ofGroup = known.get(number) ?? []
    const name = ofGroup[0]?.SECURITY_GROUP_NAME
    const mark = ofGroup.find(({ EC2_NAME }) => EC2_NAME !== undefined)?.EC2_NAME
    const told = mark === undefined ? undefined : valid(groupName, decoded(mark))
    return { GroupId: groupId(number, name ?? ''), GroupName: told ?? name }
  })
}
