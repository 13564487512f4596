// DescribeNetworkInterfaceAttribute: one thing of an interface.
import type {
  DescribeNetworkInterfaceAttributeRequest,
  DescribeNetworkInterfaceAttributeResult,
  NetworkInterface,
  NetworkInterfaceAttribute,
} from '@aws-sdk/client-ec2'
import { invalid } from '../../protocol/complaints.ts'
import { noAttributes } from '../core/attribute-forms.ts'
import type { Context } from '../core/context.ts'
import { toNetworkInterface } from './describe.ts'
import { findInterface } from './find.ts'

const attributes: {
  readonly [A in NetworkInterfaceAttribute]: (of: NetworkInterface) => DescribeNetworkInterfaceAttributeResult
} = {
  // Whether an interface that is launched with would get one: here that is asked for each launch
  associatePublicIpAddress: () => ({ AssociatePublicIpAddress: false }),
  attachment: ({ Attachment }) => ({ Attachment }),
  description: ({ Description }) => ({ Description: { Value: Description } }),
  groupSet: ({ Groups }) => ({ Groups }),
  sourceDestCheck: ({ SourceDestCheck }) => ({ SourceDestCheck: { Value: SourceDestCheck } }),
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaceAttribute.html */
export async function describeNetworkInterfaceAttribute(
  { NetworkInterfaceId: id = '', Attribute }: DescribeNetworkInterfaceAttributeRequest,
  context: Context,
): Promise<DescribeNetworkInterfaceAttributeResult> {
  if (Attribute === undefined) throw noAttributes()
  if (!Object.hasOwn(attributes, Attribute)) throw invalid('attribute', Attribute)
  const view = await findInterface(id, context)
  const NetworkInterfaceId = view.id
  return { NetworkInterfaceId, ...attributes[Attribute](toNetworkInterface(view, context)) }
}
