// Network interfaces: the list, their addresses and groups, and what can be done with them.
import type { GroupIdentifier, NetworkInterfacePrivateIpAddress } from '@aws-sdk/client-ec2'
import type { Resource } from '../../resource/definition.ts'
import { factsTab, relatedTab } from '../../resource/tabs.tsx'
import { tagOf, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { moodOf } from '../../ui/format.tsx'
import { type Interface, interfaceColumns, interfaceList } from './list.ts'
import { assign, attach, create, detach, regroup, remove, unassign } from './operations.ts'

const { networkInterfaces: words, terms } = texts

const description = factsTab<Interface>('description', terms.description, [
  ...interfaceColumns,
  { key: 'attachment', label: words.attachment, value: ({ Attachment }) => Attachment?.AttachmentId, as: 'code' },
  { key: 'index', label: words.attach.index, value: ({ Attachment }) => Attachment?.DeviceIndex, as: 'number' },
  { key: 'attached', label: words.attachmentState, value: ({ Attachment }) => Attachment?.Status, as: 'status' },
  { key: 'mac', label: words.mac, value: ({ MacAddress }) => MacAddress, as: 'code' },
  { key: 'zone', label: terms.zone, value: ({ AvailabilityZone }) => AvailabilityZone },
])

const privateAddresses = relatedTab<Interface, NetworkInterfacePrivateIpAddress>('addresses', words.addresses, {
  rows: ({ PrivateIpAddresses = [] }) => PrivateIpAddresses,
  keyOf: ({ PrivateIpAddress = '' }) => PrivateIpAddress,
  empty: words.noAddresses,
  columns: [
    { key: 'private', label: terms.privateAddress, value: ({ PrivateIpAddress }) => PrivateIpAddress, as: 'code' },
    { key: 'primary', label: words.primary, value: ({ Primary }) => (Primary ? terms.yes : terms.no) },
    { key: 'public', label: terms.publicAddress, value: ({ Association }) => Association?.PublicIp, as: 'code' },
  ],
})

const groups = relatedTab<Interface, GroupIdentifier>('groups', terms.groups, {
  rows: ({ Groups = [] }) => Groups,
  keyOf: ({ GroupId = '' }) => GroupId,
  empty: words.noGroups,
  columns: [
    { key: 'name', label: terms.name, value: ({ GroupName }) => GroupName },
    { key: 'id', label: terms.groupId, value: ({ GroupId }) => GroupId, as: 'code', link: 'security-groups' },
  ],
})

export const networkInterfaces: Resource<Interface> = {
  path: 'network-interfaces',
  texts: words,
  list: interfaceList,
  nameOf: found => tagOf(found, 'Name'),
  columns: interfaceColumns,
  isBusy: ({ Status = '', Attachment }) => [Status, Attachment?.Status ?? ''].some(state => moodOf(state) === 'busy'),
  operations: [attach, detach, assign, unassign, regroup, remove],
  creations: [create],
  tabs: [description, privateAddresses, groups, tagsTab()],
}
