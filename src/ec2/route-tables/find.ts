// Route tables: those that VPCs are born with, and those that the account made.
//
// A VPC is born with a table whose id follows from its own. It is there without a document as long as nothing of it changes.
import { ALL_IPV4 } from '../../lib/ip-blocks.ts'
import { limits } from '../../limits.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import type { Context } from '../core/context.ts'
import type { Document } from '../core/documents.ts'
import { id, list } from '../core/fields.ts'
import { among } from '../core/find.ts'
import { type Item, items } from '../core/items.ts'
import { readTogether } from '../core/multicall.ts'
import { record } from '../core/record.ts'
import { INTERNET_GATEWAY } from '../internet-gateways/resource.ts'
import { subnetsIn } from '../subnets/find.ts'
import { associationsOf, vpcAssociations } from '../vpc-associations/find.ts'
import { VPC_ASSOCIATIONS } from '../vpc-associations/resource.ts'
import { type VpcDocuments, vpcQuestion, vpcsIn } from '../vpcs/find.ts'
import { ofVpc, VPC, vpcWith } from '../vpcs/resource.ts'
import type { VpcView } from '../vpcs/view.ts'
import { ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION } from './resource.ts'
import { type Route, route } from './routes.ts'

const fields = record({ vpc: id(VPC), routes: list(route, limits.routes.most) }, 'vpc', 'routes')

/** What is kept of a table: the local routes follow from the VPC. */
export interface TableRecord {
  readonly vpc: string
  readonly routes: readonly Route[]
}

export const routeTables = items<TableRecord>({ resource: ROUTE_TABLE, fields, most: limits.routeTables })

/** That a table is a subnet's, or a VPC's main one. */
export interface TableAssociation {
  readonly id: string
  /** Undefined of the main one. */
  readonly subnet?: string
}

/** A route table, in its VPC. */
export interface TableView {
  readonly id: string
  readonly item: Item<TableRecord>
  readonly vpc: VpcView
  /** The first is that of the main table, where it is that. */
  readonly associations: readonly TableAssociation[]
}

/** What has to be read to see all tables, for `readTogether`. */
export const tableQuestion = (context: Context) => ({ ...vpcQuestion(context), tables: [routeTables.pool] })

/** What came of it. */
export interface TableDocuments extends VpcDocuments {
  readonly tables: readonly Document[]
}

/** All tables of the caller in what `tableQuestion` asked for, VPC by VPC: of each that which it was born with first. */
export function tablesIn(found: TableDocuments, context: Context): TableView[] {
  const known = routeTables.in(found.tables, context)
  const subnets = new Map(subnetsIn(found.networks, context).map(subnet => [subnet.id, subnet.vpc]))
  return vpcsIn(found, context).flatMap(vpc => {
    const { main, all } = itemsOf(vpc, known)
    return all.map(item => ({
      ...{ id: item.id, item, vpc },
      associations: [
        ...(item === main ? [mainAssociation(vpc)] : []),
        // Of a subnet that is gone it may still be kept
        ...vpc.associations.fields.subnets
          .filter(({ table, subnet }) => table === item.id && subnets.get(subnet) === vpc.id)
          .map(({ id, subnet }) => ({ id, subnet })),
      ],
    }))
  })
}

/** All tables of the caller, in one upstream request. */
export const readTables = async (context: Context): Promise<TableView[]> =>
  tablesIn(await readTogether(context.one, tableQuestion(context)), context)

/** The table of this id among these. @throws Ec2Error InvalidRouteTableID.NotFound, InvalidRouteTableId.Malformed */
export const tableAmong = (id: string, tables: readonly TableView[]): TableView => among(ROUTE_TABLE, id, tables)

/** Whether a table is the one that its VPC was born with. */
export const isFirst = ({ id, vpc }: { readonly id: string; readonly vpc: Pick<VpcView, 'id'> }): boolean =>
  id === ofVpc(ROUTE_TABLE, vpc.id)

/** What of a VPC its tables follow from. */
type Home = Pick<VpcView, 'id' | 'isDefault' | 'associations'>

/** The tables of a VPC, and which of them is the main one. */
function itemsOf(vpc: Home, known: readonly Item<TableRecord>[]) {
  const { main: chosen, firstTableDeleted } = vpc.associations.fields
  const first = known.find(({ id }) => isFirst({ id, vpc })) ?? bornWith(vpc)
  const made = known.filter(({ id, fields }) => fields.vpc === vpc.id && id !== first.id)
  const main = made.find(({ id }) => id === chosen?.table) ?? first
  return { main, all: firstTableDeleted && main !== first ? made : [first, ...made] }
}

const mainAssociation = ({ id, associations }: Home): TableAssociation => ({
  id: associations.fields.main?.id ?? ofVpc(ROUTE_TABLE_ASSOCIATION, id),
})

/** The table that a VPC is born with. That of the default VPC leads to its internet gateway. */
const bornWith = (vpc: Home): Item<TableRecord> => ({
  id: ofVpc(ROUTE_TABLE, vpc.id),
  tags: new Map(),
  fields: { vpc: vpc.id, routes: vpc.isDefault ? [{ to: ALL_IPV4, gateway: ofVpc(INTERNET_GATEWAY, vpc.id) }] : [] },
})

/** Route tables as what their VPC is not deleted with: all but the main one, which goes with it. */
export const routeTableContent = {
  calls: () => [routeTables.pool, vpcAssociations.pool],
  vpcsOf(documents: readonly Document[], context: Context): string[] {
    const known = routeTables.in(documents, context)
    const associations = vpcAssociations.in(documents, context)
    const vpcs = new Set([
      ...known.map(({ fields: { vpc } }) => vpc),
      ...associations.map(({ id }) => vpcWith(VPC_ASSOCIATIONS, id)),
    ])
    return [...vpcs].filter(vpc => {
      const home = { id: vpc, isDefault: false, associations: associationsOf(vpc, associations) }
      return itemsOf(home, known).all.length > 1
    })
  },
  goingWith(documents: readonly Document[], vpc: string, context: Context): WriteCall[] {
    const tables = routeTables.in(documents, context).filter(({ fields }) => fields.vpc === vpc)
    const associations = vpcAssociations.in(documents, context).filter(({ id }) => id === ofVpc(VPC_ASSOCIATIONS, vpc))
    return [...routeTables.calls(tables, [], context), ...vpcAssociations.calls(associations, [], context)]
  },
}
