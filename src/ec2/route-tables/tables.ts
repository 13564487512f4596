// Making route tables, and deleting them.
import type { CreateRouteTableRequest, CreateRouteTableResult, DeleteRouteTableRequest } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { throwFirst } from '../core/failures.ts'
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
    const vpc = await vpcNamed(VpcId, context)
    const make = (id: string) => ({ id, tags, fields: { vpc: vpc.id, routes: [] } })
    const item = await routeTables.create({}, make, context)
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
  await context.hold([ASSOCIATIONS_LOCK], async () => {
    const table = tableAmong(RouteTableId, await readTables(context))
    if (table.associations.length > 0) {
      const message = `The routeTable '${table.id}' has dependencies and cannot be deleted.`
      throw new Ec2Error('DependencyViolation', message)
    }
    if (isFirst(table)) await deleteFirst(table, context)
    else await routeTables.delete(routeTables.named([table.id]), context)
  })
}

/** The table that a VPC was born with is there as long as the VPC does not say otherwise. */
async function deleteFirst({ item, vpc: { associations } }: TableView, context: ChangeContext): Promise<void> {
  const after = { ...associations, fields: { ...associations.fields, firstTableDeleted: true } }
  const calls = [...vpcAssociations.calls([associations], [after], context), ...routeTables.calls([item], [], context)]
  throwFirst(await context.commit().multicall(calls))
}
