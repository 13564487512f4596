// Internet gateways: without one attached, a VPC has no public addresses.
import type { InternetGateway } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { ownVpcs } from '../../resource/choices.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { factsTab } from '../../resource/tabs.tsx'
import { nameColumn, tagOf, tagSpecifications, tagsField, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { choice, text } from '../../ui/fields.ts'

const { internetGateways: words, terms } = texts

const gatewayId = (gateway: InternetGateway | undefined): string => gateway?.InternetGatewayId ?? ''

const attachmentOf = ({ Attachments = [] }: InternetGateway) => Attachments[0]

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => ({ name: text(terms.name), tags: tagsField() }),
  calls: ({ name, tags }) => [call('CreateInternetGateway', tagSpecifications('internet-gateway', tags, name))],
  done: () => words.create.done,
  made: ([made]) => [gatewayId((made as Answer<'CreateInternetGateway'>).InternetGateway)],
  until: (gateway: InternetGateway | undefined) => gateway !== undefined,
})

const attach = operation({
  key: 'attach',
  label: words.attach.label,
  title: ([gateway]: readonly InternetGateway[]) => words.attach.title(gatewayId(gateway)),
  applies: (gateway: InternetGateway) => !attachmentOf(gateway),
  fields: () => ({ vpc: choice(terms.vpc, ownVpcs, { required: true }) }),
  calls: ({ vpc }, [gateway]) => [call('AttachInternetGateway', { InternetGatewayId: gatewayId(gateway), VpcId: vpc })],
  done: ({ vpc }, [gateway]) => words.attach.done(gatewayId(gateway), vpc),
})

const detach = operation<InternetGateway>({
  key: 'detach',
  label: words.detach.label,
  title: ([gateway]) => words.detach.title(gatewayId(gateway)),
  applies: gateway => attachmentOf(gateway) !== undefined,
  about: () => words.detach.about,
  calls: (_, [gateway]) => [
    call('DetachInternetGateway', {
      InternetGatewayId: gatewayId(gateway),
      VpcId: gateway && attachmentOf(gateway)?.VpcId,
    }),
  ],
  done: (_, [gateway]) => words.detach.done(gatewayId(gateway)),
})

const remove = removal<InternetGateway>({
  words,
  idOf: gatewayId,
  call: gateway => call('DeleteInternetGateway', { InternetGatewayId: gatewayId(gateway) }),
  applies: gateway => !attachmentOf(gateway),
})

const columns: readonly Column<InternetGateway>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: gatewayId, as: 'code' },
  { key: 'state', label: terms.state, value: gateway => attachmentOf(gateway)?.State, as: 'status' },
  { key: 'vpc', label: terms.vpc, value: gateway => attachmentOf(gateway)?.VpcId, as: 'code', link: 'vpcs' },
]

export const internetGateways: Resource<InternetGateway> = {
  path: 'internet-gateways',
  texts: words,
  list: listing('DescribeInternetGateways', {
    byIds: InternetGatewayIds => ({ InternetGatewayIds: [...InternetGatewayIds] }),
    items: ({ InternetGateways }) => InternetGateways,
    idOf: gatewayId,
  }),
  nameOf: gateway => tagOf(gateway, 'Name'),
  columns,
  operations: [attach, detach, remove],
  creations: [create],
  tabs: [factsTab('description', terms.description, columns), tagsTab()],
}
