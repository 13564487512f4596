// The actions that change the rules of a group: all of a request's rules or none.
import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  AuthorizeSecurityGroupIngressRequest,
  IpPermission,
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
  TagSpecification,
  UpdateSecurityGroupRuleDescriptionsEgressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2'
import { combination, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { tagsFor } from '../core/tags.ts'
import { changeRules, type Plan } from './changing.ts'
import type { OneGroup } from './find.ts'
import { revokedItem, ruleItem } from './items.ts'
import { type AskedRule, askedRule, askedRules, checkTellable } from './permissions.ts'
import { RULE_TAGS_LOCK, SECURITY_GROUP_RULE } from './resource.ts'
import { keyOf, type Traffic } from './rules.ts'
import { type GroupView, type Rule, tagsOfRules } from './view.ts'

const described = ({ egress, protocol, from, to, cidr, group }: Traffic): string =>
  `peer: ${cidr ?? group}, ${protocol === '-1' ? 'ALL' : protocol.toUpperCase()}, from port: ${from}, to port: ${to}, ${egress ? 'EGRESS' : 'INGRESS'}`

/** @throws Ec2Error InvalidPermission.Duplicate */
function checkDistinct(rules: readonly Rule[]): void {
  const seen = new Set<string>()
  for (const rule of rules) {
    const key = keyOf(rule)
    if (seen.has(key)) {
      throw new Ec2Error('InvalidPermission.Duplicate', `the specified rule "${described(rule)}, ALLOW" already exists`)
    }
    seen.add(key)
  }
}

type Flat = Parameters<typeof askedRules>[0] &
  OneGroup & { readonly TagSpecifications?: TagSpecification[] | undefined }

async function authorize(
  input: Flat,
  egress: boolean,
  context: ChangeContext,
): Promise<AuthorizeSecurityGroupEgressResult> {
  const asked = askedRules(input, egress)
  if (asked.length === 0) throw needsOneOf('IpPermissions', 'IpProtocol')
  const tags = tagsFor('security-group-rule', input.TagSpecifications)
  const locks = tags.size > 0 ? [RULE_TAGS_LOCK] : []
  return changeRules(input, context, { asked, locks }, (view, named): Plan<AuthorizeSecurityGroupEgressResult> => {
    const added = named.map(rule => ruleOf(rule, context.mint.mint(SECURITY_GROUP_RULE)))
    const rules = [...view.rules, ...added]
    checkDistinct(rules)
    const answer = { Return: true, SecurityGroupRules: added.map(rule => ruleItem(rule, view, tags, context)) }
    if (tags.size === 0) return { rules, answer }
    return { rules, answer, tags: new Map([...tagsOfRules(view), ...added.map(({ id }) => [id, tags] as const)]) }
  })
}

const ruleOf = ({ egress, protocol, from, to, cidr, group, groupName, description }: AskedRule, id: string): Rule => ({
  ...{ id, egress, protocol, from, to, cidr, group, groupName, description },
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const authorizeSecurityGroupIngress = (input: AuthorizeSecurityGroupIngressRequest, context: ChangeContext) =>
  authorize(input, false, context)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export const authorizeSecurityGroupEgress = (input: AuthorizeSecurityGroupEgressRequest, context: ChangeContext) =>
  authorize(input, true, context)

/** Rules by their ids. @throws Ec2Error InvalidSecurityGroupRuleId.NotFound, Malformed */
function rulesById(ids: readonly string[], egress: boolean | undefined, { rules }: GroupView): Rule[] {
  for (const id of ids) parseId(SECURITY_GROUP_RULE, id)
  const known = new Map(
    rules.filter(rule => egress === undefined || rule.egress === egress).map(rule => [rule.id, rule]),
  )
  const unknown = ids.filter(id => !known.has(id))
  if (unknown.length > 0) throw notFound(SECURITY_GROUP_RULE, ...unknown)
  return ids.flatMap(id => known.get(id) ?? [])
}

/** Rules by what they let pass. @throws Ec2Error InvalidPermission.NotFound */
function rulesLike(asked: readonly AskedRule[], { rules }: GroupView): Rule[] {
  const known = new Map(rules.map(rule => [keyOf(rule), rule]))
  return asked.map(each => {
    const rule = known.get(keyOf(each))
    if (rule) return rule
    const message = `The specified rule "${described(each)}" does not exist in this security group.`
    throw new Ec2Error('InvalidPermission.NotFound', message)
  })
}

async function revoke(
  input: Flat & { readonly SecurityGroupRuleIds?: string[] | undefined },
  egress: boolean,
  context: ChangeContext,
): Promise<RevokeSecurityGroupIngressResult> {
  const { SecurityGroupRuleIds: ids = [] } = input
  const asked = askedRules(input, egress)
  if (ids.length > 0 && asked.length > 0) {
    throw combination('Rules are named by SecurityGroupRuleIds or by what they let pass, not both.')
  }
  if (ids.length + asked.length === 0) throw needsOneOf('IpPermissions', 'SecurityGroupRuleIds')
  return changeRules(input, context, { asked }, (view, named) => {
    const gone = new Set(ids.length > 0 ? rulesById(ids, egress, view) : rulesLike(named, view))
    return {
      rules: view.rules.filter(rule => !gone.has(rule)),
      answer: {
        Return: true,
        UnknownIpPermissions: [],
        RevokedSecurityGroupRules: Array.from(gone, rule => revokedItem(rule, view)),
      },
    }
  })
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export const revokeSecurityGroupIngress = (input: RevokeSecurityGroupIngressRequest, context: ChangeContext) =>
  revoke(input, false, context)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html */
export const revokeSecurityGroupEgress = (input: RevokeSecurityGroupEgressRequest, context: ChangeContext) =>
  revoke(input, true, context)

/**
 * Gives rules another content under the ids that they have. What of a rule is not said is not kept, but for its direction.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 */
export function modifySecurityGroupRules(
  { GroupId, SecurityGroupRules = [] }: ModifySecurityGroupRulesRequest,
  context: ChangeContext,
): Promise<ModifySecurityGroupRulesResult> {
  const ids = SecurityGroupRules.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId)
  const asked = SecurityGroupRules.map(({ SecurityGroupRule = {} }) => askedRule(SecurityGroupRule, false))
  return changeRules({ GroupId }, context, { asked }, (view, named) => {
    const before = new Map(rulesById(ids, undefined, view).map(rule => [rule.id, rule]))
    const changed = new Map(
      ids.flatMap((id, index) => {
        const rule = named[index]
        return rule ? [[id, { ...ruleOf(rule, id), egress: before.get(id)?.egress ?? false }] as const] : []
      }),
    )
    const rules = view.rules.map(rule => changed.get(rule.id) ?? rule)
    checkDistinct(rules)
    return { rules, answer: { Return: true } }
  })
}

async function updateDescriptions(
  input: UpdateSecurityGroupRuleDescriptionsEgressRequest,
  egress: boolean,
  context: ChangeContext,
): Promise<UpdateSecurityGroupRuleDescriptionsIngressResult> {
  const { SecurityGroupRuleDescriptions: byId = [], IpPermissions = [] } = input
  const asked = askedRules({ IpPermissions: IpPermissions satisfies IpPermission[] }, egress)
  if (byId.length > 0 && asked.length > 0) {
    throw combination('The parameter IpPermissions cannot be used with SecurityGroupRuleDescriptions.')
  }
  if (byId.length + asked.length === 0) throw needsOneOf('IpPermissions', 'SecurityGroupRuleDescriptions')
  for (const { Description = '' } of byId) checkTellable('Description', Description)
  return changeRules(input, context, { asked }, (view, named) => {
    const ids = byId.map(({ SecurityGroupRuleId = '' }) => SecurityGroupRuleId)
    const meant = byId.length > 0 ? rulesById(ids, egress, view) : rulesLike(named, view)
    const texts = byId.length > 0 ? byId.map(({ Description }) => Description) : named.map(each => each.description)
    const descriptions = new Map(meant.map((rule, index) => [rule.id, texts[index] || undefined]))
    const rules = view.rules.map(rule =>
      descriptions.has(rule.id) ? { ...rule, description: descriptions.get(rule.id) } : rule,
    )
    return { rules, answer: { Return: true } }
  })
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html */
export const updateSecurityGroupRuleDescriptionsIngress = (
  input: UpdateSecurityGroupRuleDescriptionsEgressRequest,
  context: ChangeContext,
) => updateDescriptions(input, false, context)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsEgress.html */
export const updateSecurityGroupRuleDescriptionsEgress = (
  input: UpdateSecurityGroupRuleDescriptionsEgressRequest,
  context: ChangeContext,
) => updateDescriptions(input, true, context)
