// ResetInstanceAttribute: for the attributes that have something to go back to.
import type { ResetInstanceAttributeRequest } from '@aws-sdk/client-ec2'
import { invalid } from '../../../protocol/complaints.ts'
import type { ChangeContext } from '../../core/context.ts'
import { changing } from './changing.ts'
import { attributeOf } from './table.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetInstanceAttribute.html */
export function resetInstanceAttribute(
  { InstanceId = '', Attribute: name }: ResetInstanceAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const attribute = attributeOf(name)
  const { reset } = attribute
  if (!reset) throw invalid('attribute', name, 'It cannot be reset.')
  return changing(InstanceId, context, attribute, reset)
}
