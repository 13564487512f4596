// Security groups and their rules as resources: their ids, and what is said of them.
import type { Context, Settings } from '../core/context.ts'
import { canonicalId } from '../core/ids.ts'
import { codesOf, phrase, type Resource } from '../core/resource.ts'
import { ONEADMIN } from '../core/trust.ts'

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

/** OpenNebula's group `default`, which lets everything pass: it is added to new networks, and cannot be deleted. */
export const ALLOW_ALL = ONEADMIN

/** In place of OpenNebula's number, of a group that is yet to be made. */
export const NOT_MADE = -1

/** What the default group of every VPC is called, and no other group. */
export const DEFAULT_NAME = 'default'

/** Whether a default group that nobody has changed is what OpenNebula's group 0 is. */
export const isOpen = ({ defaultGroup }: Pick<Settings, 'defaultGroup'>): boolean => defaultGroup === 'open'

const ofVpcs = new Map<string, string>()

/** The id of the default group of a VPC: it follows from the VPC's. Remembered, for every instance may show it. */
export function defaultGroupId(vpc: string, { mint }: Pick<Context, 'mint'>): string {
  const id = ofVpcs.get(vpc) ?? mint.mint(SECURITY_GROUP, `default ${vpc}`)
  if (ofVpcs.size >= 10_000) ofVpcs.clear()
  ofVpcs.set(vpc, id)
  return id
}

/** The lock under which the rules of a group change. */
export const groupLock = (id: string): string => `security-group:${canonicalId(id)}`

/** The lock under which groups get their names. */
export const GROUP_NAMES_LOCK = 'security-group-names'

/** The lock under which tags of rules change: what is tagged does not say of which group it is. */
export const RULE_TAGS_LOCK = 'security-group-rule-tags'
