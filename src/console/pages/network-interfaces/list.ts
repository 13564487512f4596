// How network interfaces are listed: on their own page, and on those of what they are in.
import type { NetworkInterface, Tag } from '@aws-sdk/client-ec2'
import { having } from '../../resource/choices.ts'
import type { Column, Tab } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { askedTab } from '../../resource/tabs.tsx'
import { nameColumn } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'

const { networkInterfaces: words, terms } = texts

/** As AWS has it, with its tags where all others have theirs. */
export interface Interface extends NetworkInterface {
  readonly Tags?: Tag[] | undefined
}

const withTags = (found: NetworkInterface): Interface => ({ ...found, Tags: found.TagSet })

export const interfaceId = (found: NetworkInterface | undefined): string => found?.NetworkInterfaceId ?? ''

export const interfaceList = listing('DescribeNetworkInterfaces', {
  byIds: NetworkInterfaceIds => ({ NetworkInterfaceIds: [...NetworkInterfaceIds] }),
  items: ({ NetworkInterfaces = [] }) => NetworkInterfaces.map(withTags),
  idOf: interfaceId,
})

export const interfaceColumns: readonly Column<Interface>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: interfaceId, as: 'code', link: 'network-interfaces' },
  { key: 'state', label: terms.state, value: ({ Status }) => Status, as: 'status', filters: true },
  {
    key: 'instance',
    label: terms.instance,
    value: ({ Attachment }) => Attachment?.InstanceId,
    as: 'code',
    link: 'instances',
  },
  { key: 'private', label: terms.privateAddress, value: ({ PrivateIpAddress }) => PrivateIpAddress, as: 'code' },
  { key: 'public', label: terms.publicAddress, value: ({ Association }) => Association?.PublicIp, as: 'code' },
  { key: 'subnet', label: terms.subnet, value: ({ SubnetId }) => SubnetId, as: 'code', link: 'subnets' },
  { key: 'vpc', label: terms.vpc, value: ({ VpcId }) => VpcId, as: 'code', link: 'vpcs' },
  { key: 'description', label: terms.description, value: ({ Description }) => Description },
]

/** The interfaces in something. @param filter by which DescribeNetworkInterfaces finds them */
export const interfacesTab = <Item>(key: string, label: string, filter: string): Tab<Item> =>
  askedTab(key, label, {
    action: 'DescribeNetworkInterfaces',
    input: id => having(filter, id),
    rows: ({ NetworkInterfaces = [] }) => NetworkInterfaces.map(withTags),
    keyOf: interfaceId,
    empty: words.none,
    columns: interfaceColumns,
  })
