// Which route table is a subnet's, and which is a VPC's main one. All of it is kept of the VPC, so that each change is one call.
import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
} from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { invalidBecause, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { canonicalId, parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { notFound } from '../core/resource.ts'
import { subnetAmong } from '../subnets/find.ts'
import { associate } from '../vpc-associations/find.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
import { readTables, type TableAssociation, type TableView, tableAmong, tableQuestion, tablesIn } from './find.ts'
import { ROUTE_TABLE_ASSOCIATION } from './resource.ts'

const associated = (AssociationId: string): AssociateRouteTableResult => ({
  AssociationId,
  AssociationState: { State: 'associated' },
})

/**
 * A repeat finds the association that there is.
 * @throws Ec2Error Resource.AlreadyAssociated, InvalidParameterValue for things of different VPCs
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html
 */
export async function associateRouteTable(
  { RouteTableId = '', SubnetId = '' }: AssociateRouteTableRequest,
  context: ChangeContext,
): Promise<AssociateRouteTableResult> {
  if (SubnetId === '') throw missing('subnetId')
  return context.hold([ASSOCIATIONS_LOCK], async () => {
    const found = await readTogether(context.one, tableQuestion(context))
    const tables = tablesIn(found, context)
    const { id: table, vpc } = tableAmong(RouteTableId, tables)
    const subnet = subnetAmong(SubnetId, found.networks, context)
    if (subnet.vpc !== vpc.id) {
      throw invalidBecause(`Route table ${table} and subnet ${subnet.id} belong to different networks`)
    }
    // Of what no table has, or no subnet is, nothing is kept
    const current = subnetAssociations(tables, vpc.id)
    const known = current.find(each => each.subnet === subnet.id)
    if (known && known.table !== table) {
      const message = `the specified association for route table ${table} conflicts with an existing association`
      throw new Ec2Error('Resource.AlreadyAssociated', message)
    }
    if (!known) checkRoom(current.length, vpc.id)
    const id = known?.id ?? mintAssociation(context)
    const after = known ? vpc.associations.fields.subnets : [...current, { id, table, subnet: subnet.id }]
    await associate(vpc.associations, { subnets: after }, context)
    return associated(id)
  })
}

/** The subnets of a VPC that have a table of their own. */
const subnetAssociations = (tables: readonly TableView[], home: string) =>
  tables
    .filter(({ vpc }) => vpc.id === home)
    .flatMap(({ id: table, associations }) =>
      associations.flatMap(({ id, subnet }) => (subnet === undefined ? [] : { id, table, subnet })),
    )

const mintAssociation = (context: ChangeContext) => context.mint.mint(ROUTE_TABLE_ASSOCIATION, context.seed(0))

/** @throws Ec2Error ResourceLimitExceeded */
function checkRoom(count: number, vpc: string): void {
  const { most, code } = limits.routeTableAssociations
  if (count >= most)
    throw new Ec2Error(code, `The VPC '${vpc}' has ${most} subnets with route tables of their own already.`)
}

/** The table that has the association of an id. @throws Ec2Error InvalidAssociationID.NotFound, InvalidAssociationID.Malformed */
function tableWith(
  id: string,
  tables: readonly TableView[],
): { readonly table: TableView; readonly association: TableAssociation } {
  parseId(ROUTE_TABLE_ASSOCIATION, id)
  for (const table of tables) {
    const association = table.associations.find(each => each.id === canonicalId(id))
    if (association) return { table, association }
  }
  throw notFound(ROUTE_TABLE_ASSOCIATION, id)
}

/**
 * @throws Ec2Error InvalidAssociationID.NotFound, InvalidParameterValue for the main table
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html
 */
export async function disassociateRouteTable(
  { AssociationId = '' }: DisassociateRouteTableRequest,
  context: ChangeContext,
): Promise<undefined> {
  await context.hold([ASSOCIATIONS_LOCK], async () => {
    const { table, association } = tableWith(AssociationId, await readTables(context))
    if (association.subnet === undefined) {
      throw invalidBecause(`cannot disassociate the main route table association ${association.id}`)
    }
    const { associations } = table.vpc
    const subnets = associations.fields.subnets.filter(({ id }) => id !== association.id)
    await associate(associations, { subnets }, context)
  })
}

/**
 * Gives a subnet another table, or makes another table the VPC's main one.
 * @throws Ec2Error InvalidAssociationID.NotFound, InvalidParameterValue for a table of another VPC
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html
 */
export async function replaceRouteTableAssociation(
  { AssociationId = '', RouteTableId = '' }: ReplaceRouteTableAssociationRequest,
  context: ChangeContext,
): Promise<ReplaceRouteTableAssociationResult> {
  return context.hold([ASSOCIATIONS_LOCK], async () => {
    const tables = await readTables(context)
    const { table, association } = tableWith(AssociationId, tables)
    const { id: other, vpc } = tableAmong(RouteTableId, tables)
    if (vpc.id !== table.vpc.id) {
      throw invalidBecause(`Route table ${other} and route table ${table.id} belong to different networks`)
    }
    const id = other === table.id ? association.id : mintAssociation(context)
    const { associations } = vpc
    const changed = { id, table: other }
    await associate(
      associations,
      association.subnet === undefined
        ? { main: changed }
        : {
            subnets: associations.fields.subnets.map(each =>
              each.id === association.id ? { ...each, ...changed } : each,
            ),
          },
      context,
    )
    const { AssociationId: NewAssociationId, AssociationState } = associated(id)
    return { NewAssociationId, AssociationState }
  })
}
