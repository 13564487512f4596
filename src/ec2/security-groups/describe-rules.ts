// DescribeSecurityGroupRules: the rules of all groups, each by itself.
import type {
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2'
import type { PagedInput } from '../../protocol/paging.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, type Placed } from '../core/describe.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import type { Tags } from '../core/tags.ts'
import { type GroupPlace, isGroupPlace, listGroups } from './describe.ts'
import { ruleItem } from './items.ts'
import { SECURITY_GROUP_RULE } from './resource.ts'
import { type GroupView, type Rule, tagsOfRules } from './view.ts'

interface RuleView {
  readonly rule: Rule
  readonly group: GroupView
  readonly tags: Tags
}

/** Where a rule stands: by its group, and in that by its id. */
type RulePlace = readonly [group: GroupPlace, rule: string]

const isRulePlace = (value: unknown): value is RulePlace =>
  Array.isArray(value) && value.length === 2 && isGroupPlace(value[0]) && typeof value[1] === 'string'

async function* listRules(
  context: Context,
  after: RulePlace | undefined,
  input: PagedInput,
): AsyncGenerator<Placed<RuleView, RulePlace>> {
  const [from, last] = after ?? []
  // The group that a page ended in comes once more: some of its rules may be on the next one
  for await (const [group, place] of listGroups(context, from && [from[0], from[1] - 1], input)) {
    const isSame = from?.[0] === place[0] && from[1] === place[1]
    const tags = tagsOfRules(group)
    for (const rule of group.rules.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      if (isSame && last !== undefined && rule.id <= last) continue
      yield [{ rule, group, tags: tags.get(rule.id) ?? new Map() }, [place, rule.id]]
    }
  }
}

/** @throws Ec2Error InvalidSecurityGroupRuleId.NotFound, Malformed */
async function rulesNamed(ids: readonly string[], context: Context): Promise<RuleView[]> {
  for (const id of ids) parseId(SECURITY_GROUP_RULE, id)
  const found = new Map<string, RuleView>()
  for await (const [view] of listRules(context, undefined, {}))
    if (ids.includes(view.rule.id)) found.set(view.rule.id, view)
  const unknown = ids.filter(id => !found.has(id))
  if (unknown.length > 0) throw notFound(SECURITY_GROUP_RULE, ...unknown)
  return [...new Set(ids)].flatMap(id => found.get(id) ?? [])
}

export const securityGroupRuleFilters = {
  'group-id': rule => rule.GroupId,
  'security-group-rule-id': rule => rule.SecurityGroupRuleId,
} satisfies Filters<SecurityGroupRule, RuleView>

const listing: Listing<DescribeSecurityGroupRulesRequest, RuleView, SecurityGroupRule, RulePlace> = {
  action: 'DescribeSecurityGroupRules',
  named: { ids: ({ SecurityGroupRuleIds }) => SecurityGroupRuleIds, set: 'securityGroupRuleIds', find: rulesNamed },
  isPlace: isRulePlace,
  list: listRules,
  item: ({ rule, group, tags }, context) => ruleItem(rule, group, tags, context),
  filters: securityGroupRuleFilters,
  tags: rule => rule.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupRules.html */
export async function describeSecurityGroupRules(
  input: DescribeSecurityGroupRulesRequest,
  context: Context,
): Promise<Streamed<DescribeSecurityGroupRulesResult>> {
  const page = await describe(listing, input, context)
  return { SecurityGroupRules: page.items, ...nextPage(page) }
}
