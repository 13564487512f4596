// DescribeInstanceAttribute: one attribute of one instance, as the table shows it.
import type { DescribeInstanceAttributeRequest, InstanceAttribute } from '@aws-sdk/client-ec2'
import type { Context } from '../../core/context.ts'
import { withInterfaces } from '../../network-interfaces/find.ts'
import { findInstance } from '../find.ts'
import { attributeOf } from './table.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html */
export async function describeInstanceAttribute(
  { InstanceId = '', Attribute: name }: DescribeInstanceAttributeRequest,
  context: Context,
): Promise<InstanceAttribute> {
  const { show } = attributeOf(name)
  const view = await withInterfaces(context)(await findInstance(InstanceId, context))
  return { InstanceId: view.id, ...show(view, context) }
}
