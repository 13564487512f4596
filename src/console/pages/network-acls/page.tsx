// Network ACLs: to look at; every VPC has one that lets everything pass.
import type { NetworkAcl, NetworkAclAssociation, NetworkAclEntry } from '@aws-sdk/client-ec2'
import type { Column, Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { factsTab, relatedTab } from '../../resource/tabs.tsx'
import { texts } from '../../texts.ts'

const { networkAcls: words, terms } = texts

const aclId = ({ NetworkAclId = '' }: NetworkAcl) => NetworkAclId

const columns: readonly Column<NetworkAcl>[] = [
  { key: 'id', label: words.id, value: aclId, as: 'code' },
  { key: 'vpc', label: terms.vpc, value: ({ VpcId }) => VpcId, as: 'code', link: 'vpcs' },
  { key: 'subnets', label: terms.subnets, value: ({ Associations = [] }) => Associations.length, as: 'number' },
]

/** AWS's number for the entry that is about all the rest. */
const REST = 32_767

const entries = relatedTab<NetworkAcl, NetworkAclEntry>('entries', words.entries, {
  rows: ({ Entries = [] }) => Entries,
  keyOf: ({ Egress, RuleNumber }) => `${Egress}-${RuleNumber}`,
  empty: words.noEntries,
  columns: [
    { key: 'direction', label: words.direction, value: ({ Egress }) => (Egress ? words.outbound : words.inbound) },
    { key: 'number', label: words.number, value: ({ RuleNumber = 0 }) => (RuleNumber === REST ? '*' : RuleNumber) },
    { key: 'protocol', label: words.protocol, value: ({ Protocol }) => (Protocol === '-1' ? words.all : Protocol) },
    { key: 'range', label: terms.range, value: ({ CidrBlock }) => CidrBlock, as: 'code' },
    { key: 'action', label: words.action, value: ({ RuleAction }) => RuleAction },
  ],
})

const subnets = relatedTab<NetworkAcl, NetworkAclAssociation>('subnets', terms.subnets, {
  rows: ({ Associations = [] }) => Associations,
  keyOf: ({ NetworkAclAssociationId = '' }) => NetworkAclAssociationId,
  empty: words.noSubnets,
  columns: [{ key: 'subnet', label: terms.subnet, value: ({ SubnetId }) => SubnetId, as: 'code', link: 'subnets' }],
})

export const networkAcls: Resource<NetworkAcl> = {
  path: 'network-acls',
  texts: words,
  list: listing('DescribeNetworkAcls', {
    byIds: NetworkAclIds => ({ NetworkAclIds: [...NetworkAclIds] }),
    items: ({ NetworkAcls }) => NetworkAcls,
    idOf: aclId,
  }),
  columns,
  operations: [],
  tabs: [entries, subnets, factsTab('description', terms.description, columns)],
}
