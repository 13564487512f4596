// Making route tables, and deleting them.
import type { CreateRouteTableRequest, CreateRouteTableResult, DeleteRouteTableRequest } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { tagsFor } from '../core/tags.ts'
import { vpcAssociations } from '../vpc-associations/find.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
import { vpcNamed } from '../vpcs/find.ts'
import { vpcLock } from '../vpcs/resource.ts'
import { isFirst, readTables, routeTables, type TableView, tableAmong } from './find.ts'
import { ROUTE_TABLE } from './resource.ts'
import { toTable } from './view.ts'

/**
 * @throws Ec2Error InvalidVpcID.NotFound, RouteTableLimitExceeded
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html
 */
export async function createRouteTable(
  { VpcId = '', TagSpecifications, ClientToken }: CreateRouteTableRequest,
  context: ChangeContext,
): Promise<CreateRouteTableResult> {
  const tags = tagsFor(ROUTE_TABLE.type, TagSpecifications)
  return context.hold([vpcLock(VpcId)], async () => {
    const { vpc, ...item } = await routeTables.createBeside(
      look => vpcNamed(VpcId, look),
      {},
      (id, _, found) => ({ id, tags, fields: { vpc: found.id, routes: [] }, vpc: found }),
      context,
    )
    return { RouteTable: toTable({ id: item.id, item, vpc, associations: [] }, new Map(), context), ClientToken }
  })
}

/**
 * @throws Ec2Error DependencyViolation for a table that is a subnet's, or the main one
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html
 */
export async function deleteRouteTable(
  { RouteTableId = '' }: DeleteRouteTableRequest,
  context: ChangeContext,
): Promise<undefined> {
  await context.hold([ASSOCIATIONS_LOCK], () =>
    routeTables.deleteBeside(
      readTables,
      (tables, items) => {
        const table = tableAmong(RouteTableId, tables)
        if (table.associations.length > 0) {
          const message = `The routeTable '${table.id}' has dependencies and cannot be deleted.`
          throw new Ec2Error('DependencyViolation', message)
        }
        if (!isFirst(table)) return { members: routeTables.named([table.id])(items) }
        return { members: items.filter(({ id }) => id === table.id), besides: withoutFirst(table, context) }
      },
      context,
    ),
  )
}

/** The table that a VPC was born with is there as long as the VPC does not say otherwise. */
function withoutFirst({ vpc: { associations } }: TableView, context: ChangeContext): WriteCall[] {
  const after = { ...associations, fields: { ...associations.fields, firstTableDeleted: true } }
  return vpcAssociations.calls([associations], [after], context)
}
