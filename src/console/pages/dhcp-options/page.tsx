// DHCP options: which servers the instances of a VPC are told of.
import type { DhcpConfiguration, DhcpOptions } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { relatedTab } from '../../resource/tabs.tsx'
import { nameColumn, tagOf, tagSpecifications, tagsField, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { text } from '../../ui/fields.ts'

const { dhcpOptions: words, terms } = texts

const optionsId = (options: DhcpOptions | undefined): string => options?.DhcpOptionsId ?? ''

/** The values of an option, as they are written in a row. */
const listed = (text: string) => text.split(/[\s,]+/).filter(Boolean)

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => ({
    name: text(terms.name),
    servers: text(words.servers, { hint: words.create.serversHint, check: oneOf }),
    domain: text(words.domain, { placeholder: 'example.org' }),
    time: text(words.time, { hint: words.create.timeHint }),
    tags: tagsField(),
  }),
  calls: ({ name, servers, domain, time, tags }) => [
    call('CreateDhcpOptions', {
      DhcpConfigurations: [
        { Key: 'domain-name-servers', Values: listed(servers) },
        { Key: 'domain-name', Values: domain ? [domain] : [] },
        { Key: 'ntp-servers', Values: listed(time) },
      ].filter(({ Values }) => Values.length > 0),
      ...tagSpecifications('dhcp-options', tags, name),
    }),
  ],
  done: () => words.create.done,
  made: ([made]) => [optionsId((made as Answer<'CreateDhcpOptions'>).DhcpOptions)],
  until: (options: DhcpOptions | undefined) => options !== undefined,
})

const oneOf = (values: Readonly<Record<string, unknown>>) =>
  values['servers'] || values['domain'] || values['time'] ? undefined : words.create.oneOf

const remove = removal<DhcpOptions>({
  words,
  idOf: optionsId,
  call: options => call('DeleteDhcpOptions', { DhcpOptionsId: optionsId(options) }),
})

const valuesText = ({ Values = [] }: DhcpConfiguration) => Values.map(({ Value }) => Value).join(', ')

const columns: readonly Column<DhcpOptions>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: optionsId, as: 'code' },
  {
    key: 'options',
    label: words.options,
    value: ({ DhcpConfigurations = [] }) =>
      DhcpConfigurations.map(each => `${each.Key} = ${valuesText(each)}`).join('; '),
  },
]

export const dhcpOptions: Resource<DhcpOptions> = {
  path: 'dhcp-options',
  texts: words,
  list: listing('DescribeDhcpOptions', {
    byIds: DhcpOptionsIds => ({ DhcpOptionsIds: [...DhcpOptionsIds] }),
    items: ({ DhcpOptions: found }) => found,
    idOf: optionsId,
  }),
  nameOf: options => tagOf(options, 'Name'),
  columns,
  operations: [remove],
  creations: [create],
  tabs: [
    relatedTab<DhcpOptions, DhcpConfiguration>('options', words.options, {
      rows: ({ DhcpConfigurations = [] }) => DhcpConfigurations,
      keyOf: ({ Key = '' }) => Key,
      empty: words.none,
      columns: [
        { key: 'key', label: words.option, value: ({ Key }) => Key, as: 'code' },
        { key: 'values', label: words.values, value: valuesText, as: 'code' },
      ],
    }),
    tagsTab(),
  ],
}
