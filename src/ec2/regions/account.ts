// What an account may have: its attributes.

import type {
  AccountAttribute,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
} from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { invalid } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import { networkPool } from '../core/documents.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { VPC } from '../vpcs/resource.ts'

/** What is said of an account is what its requests meet, not AWS's own figures. */
const accountAttributes: Readonly<Record<string, (context: Context, addresses: number) => string | number>> = {
  'supported-platforms': () => 'VPC',
  'default-vpc': context => ofAccount(VPC, context),
  'max-instances': () => limits.launchedInstances.most,
  'vpc-max-security-groups-per-interface': () => limits.securityGroupsOfInterface.most,
  'max-elastic-ips': (_, addresses) => addresses,
  'vpc-max-elastic-ips': (_, addresses) => addresses,
}

/** As many as the operator's network has, for all accounts together; none where there is no such network. */
async function elasticAddresses({ one, settings: { addressNetwork } }: Context): Promise<number> {
  if (addressNetwork === undefined) return 0
  const [{ value, error }] = await one.read(networkPool({ only: addressNetwork }))
  if (error) throw error
  return value.flatMap(({ AR_POOL }) => AR_POOL.AR).reduce((size, range) => size + range.SIZE, 0)
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export async function describeAccountAttributes(
  { AttributeNames }: DescribeAccountAttributesRequest,
  context: Context,
): Promise<DescribeAccountAttributesResult> {
  const names: readonly string[] = AttributeNames ?? []
  const unknown = names.find(name => !Object.hasOwn(accountAttributes, name))
  if (unknown !== undefined) throw invalid('attributeName', unknown)
  const asked = Object.entries(accountAttributes).filter(([name]) => names.length === 0 || names.includes(name))
  // OpenNebula is asked only for what is wanted of it
  const addresses = asked.some(([name]) => name.endsWith('max-elastic-ips')) ? await elasticAddresses(context) : 0
  return {
    AccountAttributes: asked.map(
      ([AttributeName, valueIn]): AccountAttribute => ({
        AttributeName,
        AttributeValues: [{ AttributeValue: String(valueIn(context, addresses)) }],
      }),
    ),
  }
}
