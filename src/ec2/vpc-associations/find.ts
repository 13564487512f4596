// What is associated with a VPC, for the rooms of what it is associated with: its internet gateway, its main route table, the
// tables of its subnets, its set of DHCP options. All of it is one document a VPC, so that each change is one call.
import { limits } from '../../limits.ts'
import type { ChangeContext } from '../core/context.ts'
import { flag, id, list, text } from '../core/fields.ts'
import { type Item, items } from '../core/items.ts'
import { type RecordOf, record } from '../core/record.ts'
import { DHCP_OPTIONS } from '../dhcp-options/resource.ts'
import { INTERNET_GATEWAY } from '../internet-gateways/resource.ts'
import { ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION } from '../route-tables/resource.ts'
import { SUBNET } from '../subnets/resource.ts'
import { ofVpc } from '../vpcs/resource.ts'
import { VPC_ASSOCIATIONS } from './resource.ts'

/** AWS's word for no DHCP options at all, in place of the id of a set. */
export const NO_OPTIONS = 'default'

const main = { id: id(ROUTE_TABLE_ASSOCIATION), table: id(ROUTE_TABLE) }
const ofSubnet = { ...main, subnet: id(SUBNET) }

const fields = {
  /** Absent of the default VPC, which has one of its own. */
  gateway: id(INTERNET_GATEWAY),
  /** Absent as long as the set of the account counts. */
  dhcpOptions: text(32, new RegExp(`^(?:${NO_OPTIONS}|${DHCP_OPTIONS.prefix}-[0-9a-f]{1,17})$`)),
  /** Which table is the main one; absent as long as that is the table that the VPC was born with. */
  main: record(main, 'id', 'table'),
  /** True when that one is deleted. */
  firstTableDeleted: flag,
  /** The tables of subnets that have one of their own. */
  subnets: list(record(ofSubnet, 'id', 'table', 'subnet'), limits.routeTableAssociations.most),
}

/** What is associated with a VPC. */
export type VpcAssociations = RecordOf<typeof fields, 'subnets'>

export const vpcAssociations = items({ resource: VPC_ASSOCIATIONS, fields: record(fields, 'subnets') })

/** What is associated with the VPC of an id: nothing that is not said, as when the VPC was made. */
export function associationsOf(vpc: string, known: readonly Item<VpcAssociations>[]): Item<VpcAssociations> {
  const id = ofVpc(VPC_ASSOCIATIONS, vpc)
  return known.find(item => item.id === id) ?? { id, tags: new Map(), fields: { subnets: [] } }
}

/** Changes some of what is associated with a VPC, in one call. To be called under `ASSOCIATIONS_LOCK`. */
export const associate = (
  before: Item<VpcAssociations>,
  changes: Partial<VpcAssociations>,
  context: ChangeContext,
): Promise<void> => vpcAssociations.keep(before, { ...before, fields: { ...before.fields, ...changes } }, context)
