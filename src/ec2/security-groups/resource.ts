// Security groups and their rules as resources: their ids, and what is said of them.
import { canonicalId } from '../core/ids.ts'
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const SECURITY_GROUP = {
  kind: 'securityGroup',
  prefix: 'sg',
  type: 'security-group',
  notFound: 'InvalidGroup.NotFound',
  malformed: 'InvalidGroupId.Malformed',
  missing: phrase('security group', 'security groups'),
} as const satisfies Resource

export const SECURITY_GROUP_RULE = {
  kind: 'securityGroupRule',
  prefix: 'sgr',
  type: 'security-group-rule',
  ...codesOf('InvalidSecurityGroupRuleId'),
  missing: phrase('security group rule ID', 'security group rule IDs'),
} as const satisfies Resource

/** The lock under which the rules of a group change. */
export const groupLock = (id: string): string => `security-group:${canonicalId(id)}`

/** The lock under which groups get their names. */
export const GROUP_NAMES_LOCK = 'security-group-names'

/** The lock under which tags of rules change: what is tagged does not say of which group it is. */
export const RULE_TAGS_LOCK = 'security-group-rule-tags'
