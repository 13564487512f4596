// Subnets: those of the cloud's networks, and those in VPCs of the account's own.
import type { Subnet } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { ownVpcs, zones } from '../../resource/choices.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { factsTab } from '../../resource/tabs.tsx'
import { nameColumn, tagOf, tagSpecifications, tagsField, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { check, choice, text } from '../../ui/fields.ts'
import { interfacesTab } from '../network-interfaces/list.ts'

const { subnets: words, terms } = texts

export const subnetId = (subnet: Subnet | undefined): string => subnet?.SubnetId ?? ''

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => ({
    name: text(terms.name),
    vpc: choice(terms.vpc, ownVpcs, { required: true, hint: words.create.vpcHint }),
    range: text(terms.range, { required: true, placeholder: '10.0.1.0/24', hint: words.create.rangeHint }),
    zone: choice(terms.zone, zones, { none: words.create.anyZone }),
    tags: tagsField(),
  }),
  calls: ({ name, vpc, range, zone, tags }) => [
    call('CreateSubnet', {
      VpcId: vpc,
      CidrBlock: range,
      ...(zone && { AvailabilityZone: zone }),
      ...tagSpecifications('subnet', tags, name),
    }),
  ],
  done: () => words.create.done,
  made: ([made]) => [subnetId((made as Answer<'CreateSubnet'>).Subnet)],
  until: (subnet: Subnet | undefined) => subnet?.State === 'available',
  reached: words.create.reached,
})

const isOwn = ({ DefaultForAz }: Subnet) => !DefaultForAz

const publish = operation({
  key: 'public',
  label: words.publish.label,
  title: ([subnet]: readonly Subnet[]) => words.publish.title(subnetId(subnet)),
  applies: isOwn,
  fields: ([subnet]) => ({ maps: check(words.publish.maps, subnet?.MapPublicIpOnLaunch ?? false) }),
  calls: ({ maps }, [subnet]) => [
    call('ModifySubnetAttribute', { SubnetId: subnetId(subnet), MapPublicIpOnLaunch: { Value: maps } }),
  ],
  done: (_, [subnet]) => words.publish.done(subnetId(subnet)),
})

const remove = removal<Subnet>({
  words,
  idOf: subnetId,
  call: subnet => call('DeleteSubnet', { SubnetId: subnetId(subnet) }),
  applies: isOwn,
})

export const subnetColumns: readonly Column<Subnet>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: subnetId, as: 'code', link: 'subnets' },
  { key: 'state', label: terms.state, value: ({ State }) => State, as: 'status' },
  { key: 'vpc', label: terms.vpc, value: ({ VpcId }) => VpcId, as: 'code', link: 'vpcs', filters: true },
  { key: 'range', label: terms.range, value: ({ CidrBlock }) => CidrBlock, as: 'code' },
  { key: 'zone', label: terms.zone, value: ({ AvailabilityZone }) => AvailabilityZone, filters: true },
  { key: 'free', label: words.free, value: ({ AvailableIpAddressCount }) => AvailableIpAddressCount, as: 'number' },
]

export const subnets: Resource<Subnet> = {
  path: 'subnets',
  texts: words,
  list: listing('DescribeSubnets', {
    byIds: SubnetIds => ({ SubnetIds: [...SubnetIds] }),
    items: ({ Subnets }) => Subnets,
    idOf: subnetId,
  }),
  nameOf: subnet => tagOf(subnet, 'Name'),
  columns: subnetColumns,
  operations: [publish, remove],
  creations: [create],
  tabs: [
    factsTab('description', terms.description, [
      ...subnetColumns,
      {
        key: 'public',
        label: words.publish.maps,
        value: ({ MapPublicIpOnLaunch }) => (MapPublicIpOnLaunch ? terms.yes : terms.no),
      },
    ]),
    interfacesTab('interfaces', terms.interfaces, 'subnet-id'),
    tagsTab(),
  ],
}
