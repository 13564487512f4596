// VPCs: the default one, and those of the account's own.
import type { SecurityGroup, Vpc } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { dhcpOptionSets, having } from '../../resource/choices.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { askedTab, factsTab } from '../../resource/tabs.tsx'
import { nameColumn, tagOf, tagSpecifications, tagsField, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { choice, text } from '../../ui/fields.ts'
import { tableColumns, tableId } from '../route-tables/columns.ts'
import { subnetColumns, subnetId } from '../subnets/page.tsx'

const { vpcs: words, terms } = texts

const vpcId = (vpc: Vpc | undefined): string => vpc?.VpcId ?? ''

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => ({
    name: text(terms.name),
    range: text(terms.range, { required: true, placeholder: '10.0.0.0/16', hint: words.create.rangeHint }),
    tags: tagsField(),
  }),
  calls: ({ name, range, tags }) => [call('CreateVpc', { CidrBlock: range, ...tagSpecifications('vpc', tags, name) })],
  done: () => words.create.done,
  made: ([made]) => [vpcId((made as Answer<'CreateVpc'>).Vpc)],
  until: (vpc: Vpc | undefined) => vpc?.State === 'available',
  reached: words.create.reached,
})

const options = operation({
  key: 'options',
  label: words.options.label,
  title: ([vpc]: readonly Vpc[]) => words.options.title(vpcId(vpc)),
  about: () => words.options.about,
  fields: ([vpc]) => ({
    options: choice(words.dhcpOptions, dhcpOptionSets, { initial: vpc?.DhcpOptionsId ?? '', none: words.options.none }),
  }),
  calls: ({ options: id }, [vpc]) => [
    call('AssociateDhcpOptions', { DhcpOptionsId: id || 'default', VpcId: vpcId(vpc) }),
  ],
  done: (_, [vpc]) => words.options.done(vpcId(vpc)),
})

const remove = removal<Vpc>({
  words,
  idOf: vpcId,
  call: vpc => call('DeleteVpc', { VpcId: vpcId(vpc) }),
  applies: ({ IsDefault }) => !IsDefault,
})

const columns: readonly Column<Vpc>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: vpcId, as: 'code' },
  { key: 'state', label: terms.state, value: ({ State }) => State, as: 'status' },
  { key: 'range', label: terms.range, value: ({ CidrBlock }) => CidrBlock, as: 'code' },
  { key: 'default', label: words.default, value: ({ IsDefault }) => (IsDefault ? terms.yes : terms.no) },
  {
    key: 'options',
    label: words.dhcpOptions,
    value: ({ DhcpOptionsId }) => DhcpOptionsId,
    as: 'code',
    link: 'dhcp-options',
  },
]

export const vpcs: Resource<Vpc> = {
  path: 'vpcs',
  texts: words,
  list: listing('DescribeVpcs', {
    byIds: VpcIds => ({ VpcIds: [...VpcIds] }),
    items: ({ Vpcs }) => Vpcs,
    idOf: vpcId,
  }),
  nameOf: vpc => tagOf(vpc, 'Name'),
  columns,
  operations: [options, remove],
  creations: [create],
  tabs: [
    factsTab('description', terms.description, columns),
    askedTab('subnets', terms.subnets, {
      action: 'DescribeSubnets',
      input: id => having('vpc-id', id),
      rows: ({ Subnets }) => Subnets,
      keyOf: subnetId,
      empty: words.noSubnets,
      columns: subnetColumns,
    }),
    askedTab('groups', terms.groups, {
      action: 'DescribeSecurityGroups',
      input: id => having('vpc-id', id),
      rows: ({ SecurityGroups }) => SecurityGroups,
      keyOf: ({ GroupId = '' }: SecurityGroup) => GroupId,
      empty: words.noGroups,
      columns: [
        { key: 'name', label: terms.name, value: ({ GroupName }) => GroupName },
        { key: 'id', label: terms.groupId, value: ({ GroupId }) => GroupId, as: 'code', link: 'security-groups' },
        { key: 'description', label: terms.description, value: ({ Description }) => Description },
      ],
    }),
    askedTab('route-tables', texts.routeTables.title, {
      action: 'DescribeRouteTables',
      input: id => having('vpc-id', id),
      rows: ({ RouteTables }) => RouteTables,
      keyOf: tableId,
      empty: words.noTables,
      columns: tableColumns,
    }),
    tagsTab(),
  ],
}
