// The rules of a security group, in each direction: added, changed and taken away.
import type { IpPermission, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { groupsIn, having } from '../../resource/choices.ts'
import { type Column, type Operation, operation, type Resource, type Tab } from '../../resource/definition.ts'
import { listTab } from '../../resource/list-tab.tsx'
import { listing } from '../../resource/listing.ts'
import { texts } from '../../texts.ts'
import { choice, number, text, type ValuesOf } from '../../ui/fields.ts'
import { isOwn } from './own.ts'
import {
  isCustom,
  peerOf,
  permission,
  portsText,
  protocolName,
  serviceChoices,
  serviceName,
  serviceOf,
  trafficOf,
} from './traffic.ts'

const words = texts.securityGroups.rules

/** A direction: what differs in it. */
const DIRECTIONS = {
  inbound: {
    isEgress: false,
    authorize: 'AuthorizeSecurityGroupIngress',
    revoke: 'RevokeSecurityGroupIngress',
    words: words.inbound,
  },
  outbound: {
    isEgress: true,
    authorize: 'AuthorizeSecurityGroupEgress',
    revoke: 'RevokeSecurityGroupEgress',
    words: words.outbound,
  },
} as const

type Direction = (typeof DIRECTIONS)[keyof typeof DIRECTIONS]

/** Kinds of peers, and those that stand for one that everybody writes the same. */
const ANYWHERE: Readonly<Record<string, string>> = { any4: '0.0.0.0/0', any6: '::/0' }

const isGroup = (kind: unknown) => kind === 'group'

const kindOf = ({ CidrIpv4, CidrIpv6, ReferencedGroupInfo }: SecurityGroupRule): string =>
  Object.entries(ANYWHERE).find(([, cidr]) => cidr === (CidrIpv4 ?? CidrIpv6))?.[0] ??
  (ReferencedGroupInfo ? 'group' : 'cidr')

/** A range of addresses as it is written; who writes one address means no other. */
const cidrOf = (text: string) => {
  const address = text.trim()
  return address === '' || address.includes('/') ? address : `${address}/${address.includes(':') ? 128 : 32}`
}

/** @param rule as it is now, where there is one */
const ruleFields = (vpc: string, { words: { peer } }: Direction, rule: SecurityGroupRule = {}) => ({
  service: choice(words.service, serviceChoices, { required: true, initial: serviceOf(rule) ?? 'SSH' }),
  from: number(words.from, rule.FromPort ?? 0, { least: 0, most: 65_535, when: ({ service }) => isCustom(service) }),
  to: number(words.to, rule.ToPort ?? 0, {
    ...{ least: 0, most: 65_535, when: ({ service }) => isCustom(service) },
    check: ({ from, to }) => (Number(to) < Number(from) ? words.reversed : undefined),
  }),
  kind: choice(peer, words.kinds, { required: true, initial: rule.SecurityGroupRuleId ? kindOf(rule) : 'any4' }),
  cidr: text(texts.terms.range, {
    ...{ required: true, initial: rule.CidrIpv4 ?? rule.CidrIpv6 ?? '', hint: words.cidrHint },
    when: ({ kind }) => kind === 'cidr',
  }),
  group: choice(words.group, groupsIn(vpc), {
    ...{ required: true, initial: rule.ReferencedGroupInfo?.GroupId ?? '' },
    when: ({ kind }) => isGroup(kind),
  }),
  description: text(texts.terms.description, { initial: rule.Description ?? '' }),
})

type RuleValues = ValuesOf<ReturnType<typeof ruleFields>>

/** The rule's peer and what is said of it, in a permission. */
function peerIn({ kind, cidr, group, description }: RuleValues): Partial<IpPermission> {
  const said = description && { Description: description }
  if (isGroup(kind)) return { UserIdGroupPairs: [{ GroupId: group, ...said }] }
  const range = ANYWHERE[kind] ?? cidrOf(cidr)
  return range.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: range, ...said }] }
    : { IpRanges: [{ CidrIp: range, ...said }] }
}

const add = (GroupId: string, vpc: string, direction: Direction): Operation<SecurityGroupRule> =>
  operation({
    key: 'add',
    label: words.add.label,
    title: () => direction.words.add,
    fields: () => ruleFields(vpc, direction),
    calls: values => [
      call(direction.authorize, {
        GroupId,
        IpPermissions: [{ ...permission(trafficOf(values.service, values.from, values.to)), ...peerIn(values) }],
      }),
    ],
    done: () => words.add.done,
  })

const edit = (GroupId: string, vpc: string, direction: Direction): Operation<SecurityGroupRule> =>
  operation({
    key: 'edit',
    label: words.edit.label,
    title: () => words.edit.title,
    // What no choice stands for would become something else
    applies: (rule: SecurityGroupRule) => serviceOf(rule) !== undefined,
    fields: ([rule]) => ruleFields(vpc, direction, rule),
    calls: (values, [rule]) => {
      const { IpRanges, Ipv6Ranges, UserIdGroupPairs } = peerIn(values)
      return [
        call('ModifySecurityGroupRules', {
          GroupId,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: rule?.SecurityGroupRuleId,
              SecurityGroupRule: {
                ...permission(trafficOf(values.service, values.from, values.to)),
                ...(IpRanges && { CidrIpv4: IpRanges[0]?.CidrIp }),
                ...(Ipv6Ranges && { CidrIpv6: Ipv6Ranges[0]?.CidrIpv6 }),
                ...(UserIdGroupPairs && { ReferencedGroupId: UserIdGroupPairs[0]?.GroupId }),
                Description: values.description,
              },
            },
          ],
        }),
      ]
    },
    done: () => words.edit.done,
  })

const ruleId = ({ SecurityGroupRuleId = '' }: SecurityGroupRule) => SecurityGroupRuleId

const revoke = (GroupId: string, direction: Direction): Operation<SecurityGroupRule> =>
  operation<SecurityGroupRule>({
    key: 'revoke',
    label: words.revoke.label,
    title: () => words.revoke.title,
    destroys: true,
    many: true,
    about: rules => (
      <>
        <p>{direction.words.revoked}</p>
        <ul>
          {rules.map(rule => (
            <li key={ruleId(rule)}>
              {[serviceName(rule) ?? protocolName(rule), portsText(rule), peerOf(rule)].join(', ')}
            </li>
          ))}
        </ul>
      </>
    ),
    calls: (_, rules) => [call(direction.revoke, { GroupId, SecurityGroupRuleIds: rules.map(ruleId) })],
    done: () => words.revoke.done,
  })

const columnsOf = ({ words: { peer } }: Direction): readonly Column<SecurityGroupRule>[] => [
  { key: 'service', label: words.service, value: serviceName, filters: true },
  { key: 'protocol', label: words.protocol, value: protocolName, filters: true },
  { key: 'ports', label: words.ports, value: portsText },
  { key: 'peer', label: peer, value: peerOf, as: 'code' },
  { key: 'description', label: texts.terms.description, value: ({ Description }) => Description },
  { key: 'id', label: words.id, value: ruleId, as: 'code' },
]

const rulesOf = (id: string, group: SecurityGroup, direction: Direction): Resource<SecurityGroupRule> => ({
  path: direction.words.title,
  texts: { ...words, ...direction.words },
  list: listing('DescribeSecurityGroupRules', {
    input: having('group-id', id),
    byIds: SecurityGroupRuleIds => ({ SecurityGroupRuleIds: [...SecurityGroupRuleIds] }),
    items: ({ SecurityGroupRules }) => SecurityGroupRules?.filter(({ IsEgress }) => IsEgress === direction.isEgress),
    idOf: ruleId,
  }),
  columns: columnsOf(direction),
  ...(isOwn(group)
    ? {
        operations: [edit(id, group.VpcId ?? '', direction), revoke(id, direction)],
        creations: [add(id, group.VpcId ?? '', direction)],
      }
    : { operations: [] }),
  tabs: [],
})

/** A tab for each direction. */
export const ruleTabs: readonly Tab<SecurityGroup>[] = Object.entries(DIRECTIONS).map(([key, direction]) =>
  listTab(key, direction.words.title, (id, group) => rulesOf(id, group, direction)),
)
