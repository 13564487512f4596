// What lists show of route tables.
import type { RouteTable } from '@aws-sdk/client-ec2'
import type { Column } from '../../resource/definition.ts'
import { nameColumn } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'

const { routeTables: words, terms } = texts

export const tableId = (table: RouteTable | undefined): string => table?.RouteTableId ?? ''

export const isMain = ({ Associations = [] }: RouteTable): boolean => Associations.some(({ Main }) => Main)

/** Subnets that it is associated with by name. */
export const subnetsOf = ({ Associations = [] }: RouteTable) => Associations.filter(({ SubnetId }) => SubnetId)

export const tableColumns: readonly Column<RouteTable>[] = [
  nameColumn(),
  { key: 'id', label: words.id, value: tableId, as: 'code', link: 'route-tables' },
  { key: 'vpc', label: terms.vpc, value: ({ VpcId }) => VpcId, as: 'code', link: 'vpcs', filters: true },
  { key: 'main', label: words.main, value: table => (isMain(table) ? terms.yes : terms.no) },
  { key: 'subnets', label: terms.subnets, value: table => subnetsOf(table).length, as: 'number' },
  { key: 'routes', label: words.routes, value: ({ Routes = [] }) => Routes.length, as: 'number' },
]
