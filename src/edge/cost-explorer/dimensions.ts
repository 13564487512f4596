// By what usage is grouped and filtered.
import type { Context } from '../../ec2/core/context.ts'
import type { UsageType } from '../../ec2/usage/types.ts'

/** What a dimension of a usage is, in AWS's words. */
const table = {
  INSTANCE_TYPE: ({ instanceType }) => instanceType ?? 'NoInstanceType',
  LINKED_ACCOUNT: (_, { account }) => account.id,
  RECORD_TYPE: () => 'Usage',
  REGION: (_, { settings }) => settings.region,
  SERVICE: ({ service }) => service,
  USAGE_TYPE: ({ name }) => name,
} as const satisfies Readonly<Record<string, (type: UsageType, context: Context) => string>>

export type Dimension = keyof typeof table

export const isDimension = (name: string): name is Dimension => Object.hasOwn(table, name)

export const dimensions = (type: UsageType, context: Context): Readonly<Record<Dimension, string>> => ({
  INSTANCE_TYPE: table.INSTANCE_TYPE(type),
  LINKED_ACCOUNT: table.LINKED_ACCOUNT(type, context),
  RECORD_TYPE: table.RECORD_TYPE(),
  REGION: table.REGION(type, context),
  SERVICE: table.SERVICE(type),
  USAGE_TYPE: table.USAGE_TYPE(type),
})
