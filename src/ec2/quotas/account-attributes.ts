// What an account may have, as its attributes: the values are those of its quotas.
import type {
  AccountAttribute,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
} from '@aws-sdk/client-ec2'
import { invalid } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { VPC } from '../vpcs/resource.ts'
import { readLimits } from './find.ts'
import { amountOf, type QuotaRow, told } from './table.ts'

/** What is known of every account. */
const known: Readonly<Record<string, (context: Context) => string>> = {
  'supported-platforms': () => 'VPC',
  'default-vpc': context => ofAccount(VPC, context),
}

/** What its quotas say. */
const ofQuotas: Readonly<Record<string, QuotaRow>> = {
  'max-instances': told.instances,
  'vpc-max-security-groups-per-interface': told.groupsOfInterface,
  'max-elastic-ips': told.elasticAddresses,
  'vpc-max-elastic-ips': told.elasticAddresses,
}

const all = [...Object.keys(known), ...Object.keys(ofQuotas)]

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export async function describeAccountAttributes(
  { AttributeNames }: DescribeAccountAttributesRequest,
  context: Context,
): Promise<DescribeAccountAttributesResult> {
  const names: readonly string[] = AttributeNames ?? []
  const unknown = names.find(name => !all.includes(name))
  if (unknown !== undefined) throw invalid('attributeName', unknown)
  const isAsked = ([name]: readonly [string, unknown]) => names.length === 0 || names.includes(name)
  const quotas = Object.entries(ofQuotas).filter(isAsked)
  return {
    AccountAttributes: [
      ...Object.entries(known)
        .filter(isAsked)
        .map(([name, valueIn]) => attribute(name, valueIn(context))),
      ...(await valuesOf(quotas, context)),
    ],
  }
}

/** OpenNebula is asked only for what is wanted of it. */
async function valuesOf(quotas: readonly [string, QuotaRow][], context: Context): Promise<AccountAttribute[]> {
  if (quotas.length === 0) return []
  const account = await readLimits(context)
  return quotas.map(([name, row]) => attribute(name, String(Math.floor(amountOf(row, account)))))
}

const attribute = (AttributeName: string, AttributeValue: string): AccountAttribute => ({
  AttributeName,
  AttributeValues: [{ AttributeValue }],
})
