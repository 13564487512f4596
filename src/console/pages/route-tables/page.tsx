// Route tables: their routes, the subnets that have them, and what can be changed of both.
import type { Route, RouteTable, RouteTableAssociation } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { gateways, instances, interfaces, ownVpcs, subnets } from '../../resource/choices.ts'
import { operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { factsTab, relatedTab } from '../../resource/tabs.tsx'
import { tagOf, tagSpecifications, tagsField, tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { choice, plainly, text } from '../../ui/fields.ts'
import { isMain, subnetsOf, tableColumns, tableId } from './columns.ts'

const { routeTables: words, terms } = texts

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => ({ name: text(terms.name), vpc: choice(terms.vpc, ownVpcs, { required: true }), tags: tagsField() }),
  calls: ({ name, vpc, tags }) => [
    call('CreateRouteTable', { VpcId: vpc, ...tagSpecifications('route-table', tags, name) }),
  ],
  done: () => words.create.done,
  made: ([made]) => [tableId((made as Answer<'CreateRouteTable'>).RouteTable)],
  until: (table: RouteTable | undefined) => table !== undefined,
})

const inVpc = (table: RouteTable | undefined) => ({ Name: 'vpc-id', Values: [table?.VpcId ?? ''] })

const destination = (route: string) =>
  route.includes(':') ? { DestinationIpv6CidrBlock: route } : { DestinationCidrBlock: route }

const addRoute = operation({
  key: 'add-route',
  label: words.addRoute.label,
  title: ([table]: readonly RouteTable[]) => words.addRoute.title(tableId(table)),
  about: () => words.addRoute.about,
  fields: ([table]) => ({
    destination: text(words.destination, {
      required: true,
      initial: '0.0.0.0/0',
      hint: words.addRoute.destinationHint,
    }),
    kind: choice(
      words.addRoute.kind,
      [
        { value: 'GatewayId', label: words.gateway },
        { value: 'InstanceId', label: terms.instance },
        { value: 'NetworkInterfaceId', label: terms.interface },
      ],
      { required: true },
    ),
    GatewayId: choice(words.gateway, gateways({ Name: 'attachment.vpc-id', Values: inVpc(table).Values }), {
      required: true,
      when: ({ kind }) => kind === 'GatewayId',
    }),
    InstanceId: choice(terms.instance, instances(inVpc(table)), {
      required: true,
      when: ({ kind }) => kind === 'InstanceId',
    }),
    NetworkInterfaceId: choice(terms.interface, interfaces(inVpc(table)), {
      required: true,
      when: ({ kind }) => kind === 'NetworkInterfaceId',
    }),
  }),
  calls: ({ destination: to, kind, GatewayId, InstanceId, NetworkInterfaceId }, [table]) => [
    call('CreateRoute', {
      RouteTableId: tableId(table),
      ...destination(to.trim()),
      ...(kind === 'InstanceId'
        ? { InstanceId }
        : kind === 'NetworkInterfaceId'
          ? { NetworkInterfaceId }
          : { GatewayId }),
    }),
  ],
  done: () => words.addRoute.done,
})

const destinationOf = ({ DestinationCidrBlock, DestinationIpv6CidrBlock }: Route) =>
  DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? ''

/** All but the one inside of the VPC. */
const ownRoutes = ({ Routes = [] }: RouteTable) => Routes.filter(({ GatewayId }) => GatewayId !== 'local')

const deleteRoute = operation({
  key: 'delete-route',
  label: words.deleteRoute.label,
  title: ([table]: readonly RouteTable[]) => words.deleteRoute.title(tableId(table)),
  applies: (table: RouteTable) => ownRoutes(table).length > 0,
  destroys: true,
  about: () => words.deleteRoute.about,
  fields: ([table]) => ({
    route: choice(words.destination, plainly(...(table ? ownRoutes(table).map(destinationOf) : [])), {
      required: true,
    }),
  }),
  calls: ({ route }, [table]) => [call('DeleteRoute', { RouteTableId: tableId(table), ...destination(route) })],
  done: () => words.deleteRoute.done,
})

const associate = operation({
  key: 'associate',
  label: words.associate.label,
  title: ([table]: readonly RouteTable[]) => words.associate.title(tableId(table)),
  fields: ([table]) => ({ subnet: choice(terms.subnet, subnets(inVpc(table)), { required: true }) }),
  calls: ({ subnet }, [table]) => [call('AssociateRouteTable', { RouteTableId: tableId(table), SubnetId: subnet })],
  done: ({ subnet }) => words.associate.done(subnet),
})

const disassociate = operation({
  key: 'disassociate',
  label: words.disassociate.label,
  title: ([table]: readonly RouteTable[]) => words.disassociate.title(tableId(table)),
  applies: (table: RouteTable) => subnetsOf(table).length > 0,
  about: () => words.disassociate.about,
  fields: ([table]) => ({
    association: choice(
      terms.subnet,
      (table ? subnetsOf(table) : []).map(({ RouteTableAssociationId = '', SubnetId = '' }) => ({
        value: RouteTableAssociationId,
        label: SubnetId,
      })),
      { required: true },
    ),
  }),
  calls: ({ association }) => [call('DisassociateRouteTable', { AssociationId: association })],
  done: () => words.disassociate.done,
})

const remove = removal<RouteTable>({
  words,
  idOf: tableId,
  call: table => call('DeleteRouteTable', { RouteTableId: tableId(table) }),
  applies: table => !isMain(table),
})

const routes = relatedTab<RouteTable, Route>('routes', words.routes, {
  rows: ({ Routes = [] }) => Routes,
  keyOf: destinationOf,
  empty: words.noRoutes,
  columns: [
    { key: 'destination', label: words.destination, value: destinationOf, as: 'code' },
    {
      key: 'target',
      label: words.target,
      value: ({ GatewayId, InstanceId, NetworkInterfaceId }) => GatewayId ?? InstanceId ?? NetworkInterfaceId,
      as: 'code',
    },
    { key: 'state', label: terms.state, value: ({ State }) => State, as: 'status' },
  ],
})

const associations = relatedTab<RouteTable, RouteTableAssociation>('subnets', terms.subnets, {
  rows: subnetsOf,
  keyOf: ({ RouteTableAssociationId = '' }) => RouteTableAssociationId,
  empty: words.noSubnets,
  columns: [{ key: 'subnet', label: terms.subnet, value: ({ SubnetId }) => SubnetId, as: 'code', link: 'subnets' }],
})

export const routeTables: Resource<RouteTable> = {
  path: 'route-tables',
  texts: words,
  list: listing('DescribeRouteTables', {
    byIds: RouteTableIds => ({ RouteTableIds: [...RouteTableIds] }),
    items: ({ RouteTables }) => RouteTables,
    idOf: tableId,
    page: 100,
  }),
  nameOf: table => tagOf(table, 'Name'),
  columns: tableColumns,
  operations: [addRoute, deleteRoute, associate, disassociate, remove],
  creations: [create],
  tabs: [routes, associations, factsTab('description', terms.description, tableColumns), tagsTab()],
}
