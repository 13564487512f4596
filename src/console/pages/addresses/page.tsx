// Elastic addresses: allocated, associated with instances and interfaces, and given back.
import type { Address } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { instances, interfaces } from '../../resource/choices.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { factsTab } from '../../resource/tabs.tsx'
import { nameColumn, tagOf, tagSpecifications, tagsField, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { check, choice, text } from '../../ui/fields.ts'

const { addresses: words, terms } = texts

const ipOf = (address: Address | undefined) => address?.PublicIp ?? ''

const isAssociated = (address: Address | undefined) => address?.AssociationId !== undefined

const allocate = operation({
  key: 'allocate',
  label: words.allocate.label,
  title: () => words.allocate.title,
  about: () => words.allocate.about,
  fields: () => ({ name: text(terms.name), tags: tagsField() }),
  calls: ({ name, tags }) => [
    call('AllocateAddress', { Domain: 'vpc', ...tagSpecifications('elastic-ip', tags, name) }),
  ],
  done: () => words.allocate.done,
  made: ([made]) => [(made as Answer<'AllocateAddress'>).AllocationId ?? ''],
  until: (address: Address | undefined) => address !== undefined,
  reached: words.allocate.reached,
})

const associate = operation({
  key: 'associate',
  label: words.associate.label,
  title: ([address]: readonly Address[]) => words.associate.title(ipOf(address)),
  fields: ([address]) => ({
    kind: choice(
      words.associate.kind,
      [
        { value: 'instance', label: terms.instance },
        { value: 'interface', label: terms.interface },
      ],
      { required: true },
    ),
    instance: choice(terms.instance, instances(), { required: true, when: ({ kind }) => kind !== 'interface' }),
    interface: choice(terms.interface, interfaces(), { required: true, when: ({ kind }) => kind === 'interface' }),
    privateAddress: text(terms.privateAddress, {
      hint: words.associate.privateHint,
      when: ({ kind }) => kind === 'interface',
    }),
    moves: check(words.associate.moves, false, { when: () => isAssociated(address) }),
  }),
  calls: ({ kind, instance, interface: eni, privateAddress, moves }, [address]) => [
    call('AssociateAddress', {
      AllocationId: address?.AllocationId,
      ...(kind === 'interface'
        ? { NetworkInterfaceId: eni, ...(privateAddress && { PrivateIpAddress: privateAddress }) }
        : { InstanceId: instance }),
      ...(moves && { AllowReassociation: true }),
    }),
  ],
  done: (_, [address]) => words.associate.done(ipOf(address)),
  until: isAssociated,
  reached: () => words.associate.reached,
})

const disassociate = operation<Address>({
  key: 'disassociate',
  label: words.disassociate.label,
  title: ([address]) => words.disassociate.title(ipOf(address)),
  applies: isAssociated,
  about: ([address]) => words.disassociate.about(address?.InstanceId ?? address?.NetworkInterfaceId ?? ''),
  calls: (_, [address]) => [call('DisassociateAddress', { AssociationId: address?.AssociationId })],
  done: (_, [address]) => words.disassociate.done(ipOf(address)),
})

const release = removal<Address>({
  words,
  verb: 'release',
  idOf: ipOf,
  call: ({ AllocationId }) => call('ReleaseAddress', { AllocationId }),
  applies: address => !isAssociated(address),
})

const columns: readonly Column<Address>[] = [
  { key: 'address', label: words.address, value: ({ PublicIp }) => PublicIp },
  nameColumn(),
  { key: 'id', label: words.id, value: ({ AllocationId }) => AllocationId, as: 'code' },
  { key: 'instance', label: terms.instance, value: ({ InstanceId }) => InstanceId, as: 'code', link: 'instances' },
  {
    key: 'interface',
    label: terms.interface,
    value: ({ NetworkInterfaceId }) => NetworkInterfaceId,
    as: 'code',
    link: 'network-interfaces',
  },
  { key: 'private', label: terms.privateAddress, value: ({ PrivateIpAddress }) => PrivateIpAddress, as: 'code' },
]

export const addresses: Resource<Address> = {
  path: 'addresses',
  texts: words,
  list: listing('DescribeAddresses', {
    byIds: AllocationIds => ({ AllocationIds: [...AllocationIds] }),
    items: ({ Addresses }) => Addresses,
    idOf: ({ AllocationId = '' }) => AllocationId,
  }),
  nameOf: address => tagOf(address, 'Name') ?? address.PublicIp,
  columns,
  operations: [associate, disassociate, release],
  creations: [allocate],
  tabs: [
    factsTab('description', terms.description, [
      ...columns,
      { key: 'association', label: words.association, value: ({ AssociationId }) => AssociationId, as: 'code' },
      { key: 'domain', label: words.domain, value: ({ Domain }) => Domain },
    ]),
    tagsTab(),
  ],
}
