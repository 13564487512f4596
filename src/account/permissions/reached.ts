// What a request reaches without naming it: what it takes by default, and what is where it says. Told as what the Describe of its kind
// is asked with.
import type {
  DescribeNetworkInterfacesRequest,
  DescribeSecurityGroupsRequest,
  DescribeSubnetsRequest,
  DescribeVolumesRequest,
  DescribeVpcsRequest,
  Filter,
} from '@aws-sdk/client-ec2'
import type { Context } from '../../ec2/core/context.ts'
import { canonicalId } from '../../ec2/core/ids.ts'
import { ofAccount } from '../../ec2/core/one-an-account.ts'
import { describeRouteTables } from '../../ec2/route-tables/describe.ts'
import { defaultGroupId } from '../../ec2/security-groups/resource.ts'
import { subnetNamed } from '../../ec2/subnets/find.ts'
import { VPC } from '../../ec2/vpcs/resource.ts'
import { type Input, textOf } from './attributes.ts'

/** Names of resources, by which member of an input they came, and what else that says. */
export interface Named {
  readonly member: string
  readonly names: readonly string[]
  readonly input: Input
}

/** What the Describe of a kind is asked with; undefined where the request reaches none. */
export type Reach<Parameters> = (named: Named, context: Context) => Promise<Parameters | undefined>

/** In place of the member that names something, where a request takes what there is by default. */
export const DEFAULT = 'default'

/** Filters look at ids as they are shown. */
export const filtersOf = (values: Readonly<Record<string, readonly string[]>>): Filter[] =>
  Object.entries(values).map(([Name, names]) => ({ Name, Values: names.map(canonicalId) }))

/** The VPC that is the account's without being made. */
export const defaultVpc: Reach<DescribeVpcsRequest> = async (_, context) => ({ VpcIds: [ofAccount(VPC, context)] })

/** The group of whatever is put into a subnet without one. @throws Ec2Error where there is no such subnet */
export const defaultGroup: Reach<DescribeSecurityGroupsRequest> = async ({ input }, context) => {
  const id = textOf(input['SubnetId'])
  if (!id) return undefined
  const { vpc } = await subnetNamed(id, context)
  return { GroupIds: [defaultGroupId(vpc, context)] }
}

/** The volumes at devices of an instance. */
export const volumesAt: Reach<DescribeVolumesRequest> = async ({ names, input }) => ({
  Filters: filtersOf({
    'attachment.instance-id': [textOf(input['InstanceId']) ?? ''],
    'attachment.device': names,
  }),
})

/** The interface of an instance that has a private address; the first one, where none is said. */
export const interfaceIn: Reach<DescribeNetworkInterfacesRequest> = async ({ names, input }) => {
  const address = textOf(input['PrivateIpAddress'])
  return {
    Filters: filtersOf({
      'attachment.instance-id': names,
      ...(address ? { 'addresses.private-ip-address': [address] } : { 'attachment.device-index': ['0'] }),
    }),
  }
}

/** The subnets that have their route tables by associations. */
export const subnetsAssociated: Reach<DescribeSubnetsRequest> = async ({ names }, context) => {
  const Filters = filtersOf({ 'association.route-table-association-id': names })
  const { RouteTables = [] } = await describeRouteTables({ Filters }, context)
  const ids = new Set(names.map(canonicalId))
  const subnets: string[] = []
  for await (const { Associations = [] } of RouteTables)
    for (const { RouteTableAssociationId: id = '', SubnetId } of Associations)
      if (ids.has(id) && SubnetId !== undefined) subnets.push(SubnetId)
  return subnets.length > 0 ? { SubnetIds: subnets } : undefined
}
