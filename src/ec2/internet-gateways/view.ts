// An internet gateway as DescribeInternetGateways says it.
import type { InternetGateway, InternetGatewayAttachment } from '@aws-sdk/client-ec2'
import type { Context } from '../core/context.ts'
import { tagItems } from '../core/tags.ts'
import type { GatewayView } from './find.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGateway.html */
export const toGateway = ({ id, vpc, tags }: GatewayView, { account }: Context): InternetGateway => ({
  InternetGatewayId: id,
  OwnerId: account.id,
  // AWS's word for a gateway that is attached
  Attachments: vpc === undefined ? [] : [{ VpcId: vpc, State: 'available' as InternetGatewayAttachment['State'] }],
  Tags: tagItems(tags),
})
