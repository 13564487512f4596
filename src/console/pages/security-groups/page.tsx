// Security groups: the list, their rules, and what uses them.
import type { SecurityGroup } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { having, labelOf, vpcs } from '../../resource/choices.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { askedTab, factsTab } from '../../resource/tabs.tsx'
import { tagSpecifications, tagsField, tagsTab } from '../../resource/tags.tsx'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { choice, text } from '../../ui/fields.ts'
import { Lines } from '../../ui/notice.tsx'
import { interfacesTab } from '../network-interfaces/list.ts'
import { isOwn } from './own.ts'
import { ruleTabs } from './rules.tsx'

const { securityGroups: words, terms } = texts

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => ({
    name: text(terms.name, { required: true }),
    description: text(terms.description, { required: true }),
    vpc: choice(terms.vpc, vpcs(), { required: true, hint: words.create.vpcHint }),
    tags: tagsField(),
  }),
  calls: ({ name, description, vpc, tags }) => [
    call('CreateSecurityGroup', {
      GroupName: name,
      Description: description,
      ...(vpc && { VpcId: vpc }),
      ...tagSpecifications('security-group', tags),
    }),
  ],
  done: ({ name }) => words.create.done(name),
  made: ([made]) => [(made as Answer<'CreateSecurityGroup'>).GroupId ?? ''],
  until: (group: SecurityGroup | undefined) => group !== undefined,
})

const groupId = ({ GroupId = '' }: SecurityGroup) => GroupId

const remove = removal<SecurityGroup>({
  words,
  idOf: groupId,
  call: group => call('DeleteSecurityGroup', { GroupId: groupId(group) }),
  applies: group => isOwn(group) && group.GroupName !== 'default',
  about: async groups => {
    const users = await usersOf(groups.map(groupId))
    return users.length > 0 && <Lines head={words.keptBy} lines={users} />
  },
})

/** What keeps groups from being deleted: interfaces that are in them, and rules of other groups. */
async function usersOf(ids: readonly string[]): Promise<readonly string[]> {
  const [{ NetworkInterfaces = [] }, ...naming] = await Promise.all([
    api().call('DescribeNetworkInterfaces', having('group-id', ...ids)),
    api().call('DescribeSecurityGroups', having('ip-permission.group-id', ...ids)),
    api().call('DescribeSecurityGroups', having('egress.ip-permission.group-id', ...ids)),
  ])
  const others = naming
    .flatMap(({ SecurityGroups = [] }) => SecurityGroups)
    .filter(group => !ids.includes(groupId(group)))
  return [
    ...NetworkInterfaces.map(({ NetworkInterfaceId = '', Attachment }) =>
      words.interface(NetworkInterfaceId, Attachment?.InstanceId),
    ),
    ...new Set(others.map(group => words.rulesOf(labelOf(group.GroupName, groupId(group))))),
  ]
}

const columns: readonly Column<SecurityGroup>[] = [
  { key: 'name', label: terms.name, value: ({ GroupName }) => GroupName },
  { key: 'id', label: terms.groupId, value: groupId, as: 'code' },
  { key: 'vpc', label: terms.vpc, value: ({ VpcId }) => VpcId, as: 'code', link: 'vpcs', filters: true },
  { key: 'description', label: terms.description, value: ({ Description }) => Description },
  {
    key: 'inbound',
    label: words.rules.inbound.title,
    value: ({ IpPermissions = [] }) => IpPermissions.length,
    as: 'number',
  },
  {
    key: 'outbound',
    label: words.rules.outbound.title,
    value: ({ IpPermissionsEgress = [] }) => IpPermissionsEgress.length,
    as: 'number',
  },
]

/** Groups whose rules name it. */
const namedBy = askedTab('named-by', words.namedBy.label, {
  action: 'DescribeSecurityGroups',
  input: id => having('ip-permission.group-id', id),
  rows: ({ SecurityGroups }) => SecurityGroups,
  keyOf: groupId,
  empty: words.namedBy.empty,
  columns,
})

export const securityGroups: Resource<SecurityGroup> = {
  path: 'security-groups',
  texts: words,
  list: listing('DescribeSecurityGroups', {
    byIds: GroupIds => ({ GroupIds: [...GroupIds] }),
    items: ({ SecurityGroups }) => SecurityGroups,
    idOf: groupId,
  }),
  nameOf: ({ GroupName }) => GroupName,
  columns,
  operations: [remove],
  creations: [create],
  tabs: [
    ...ruleTabs,
    interfacesTab('used-by', words.usedBy, 'group-id'),
    namedBy,
    factsTab('description', terms.description, [
      ...columns,
      { key: 'owner', label: terms.owner, value: ({ OwnerId }) => OwnerId, as: 'code' },
    ]),
    tagsTab(),
  ],
}
