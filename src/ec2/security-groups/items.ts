// Groups and rules as AWS's items.
import type { IpPermission, RevokedSecurityGroupRule, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2'
import type { Context } from '../core/context.ts'
import { followingItem } from '../core/following.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { hasPorts, isIcmp } from './rules.ts'
import { type GroupView, ownerOf, type Rule } from './view.ts'

const arn = (type: string, id: string, owner: string, { settings }: Pick<Context, 'settings'>): string =>
  `arn:aws:ec2:${settings.region}:${owner}:${type}/${id}`

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html */
export const groupItem = followingItem((view: GroupView, context): SecurityGroup => {
  const owner = ownerOf(view)
  return {
    OwnerId: owner,
    GroupName: view.name,
    GroupId: view.id,
    Description: view.description,
    VpcId: view.vpc,
    SecurityGroupArn: groupArn(view.id, owner, context),
    Tags: tagItems(view.tags),
    IpPermissions: permissionsOf(
      view.rules.filter(({ egress }) => !egress),
      owner,
    ),
    IpPermissionsEgress: permissionsOf(
      view.rules.filter(({ egress }) => egress),
      owner,
    ),
  }
})

export const groupArn = (id: string, owner: string, context: Pick<Context, 'settings'>): string =>
  arn('security-group', id, owner, context)

/** Rules for the same protocol and ports are one permission. A group that they name is of the owner of theirs. */
function permissionsOf(rules: readonly Rule[], UserId: string): IpPermission[] {
  const alike = Map.groupBy(rules, ({ protocol, from, to }) => `${protocol} ${from} ${to}`)
  return Array.from(alike.values(), some => {
    const [{ protocol, from, to } = { protocol: '-1' as const, from: -1, to: -1 }] = some
    const range = hasPorts(protocol) || isIcmp(protocol) ? { FromPort: from, ToPort: to } : {}
    const ipv4 = some.filter(({ cidr }) => cidr?.includes(':') === false)
    const ipv6 = some.filter(({ cidr }) => cidr?.includes(':') === true)
    const groups = some.filter(({ group }) => group !== undefined)
    return {
      IpProtocol: protocol,
      ...range,
      IpRanges: ipv4.map(({ cidr, description }) => ({ CidrIp: cidr, Description: description })),
      Ipv6Ranges: ipv6.map(({ cidr, description }) => ({ CidrIpv6: cidr, Description: description })),
      PrefixListIds: [],
      UserIdGroupPairs: groups.map(({ group, description }) => ({ GroupId: group, UserId, Description: description })),
    }
  })
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html */
export function ruleItem(rule: Rule, view: GroupView, tags: Tags, context: Context): SecurityGroupRule {
  const owner = ownerOf(view)
  const { SecurityGroupRuleId, GroupId, IsEgress, ReferencedGroupId, ...others } = revokedItem(rule, view)
  return {
    SecurityGroupRuleId,
    GroupId,
    GroupOwnerId: owner,
    IsEgress,
    ...others,
    ...(ReferencedGroupId !== undefined && {
      ReferencedGroupInfo: { GroupId: ReferencedGroupId, UserId: owner, VpcId: view.vpc },
    }),
    Tags: tagItems(tags),
    SecurityGroupRuleArn: arn('security-group-rule', rule.id, owner, context),
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokedSecurityGroupRule.html */
export const revokedItem = (
  { id, egress, protocol, from, to, cidr, group, description }: Rule,
  view: GroupView,
): RevokedSecurityGroupRule => ({
  SecurityGroupRuleId: id,
  GroupId: view.id,
  IsEgress: egress,
  IpProtocol: protocol,
  FromPort: from,
  ToPort: to,
  ...(cidr === undefined ? { ReferencedGroupId: group } : cidr.includes(':') ? { CidrIpv6: cidr } : { CidrIpv4: cidr }),
  Description: description,
})
