// DescribeInternetGateways: the one of the default VPC.
import type {
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  InternetGateway,
  InternetGatewayAttachment,
} from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { listedById, ofAccount } from '../core/one-an-account.ts'
import { VPC } from '../vpcs/resource.ts'
import { INTERNET_GATEWAY } from './resource.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InternetGateway.html */
const theGateway = (context: Context): InternetGateway => ({
  InternetGatewayId: ofAccount(INTERNET_GATEWAY, context),
  OwnerId: context.account.id,
  // AWS's word for a gateway that is attached
  Attachments: [{ VpcId: ofAccount(VPC, context), State: 'available' as InternetGatewayAttachment['State'] }],
  Tags: [],
})

export const internetGatewayFilters = {
  'attachment.state': ({ Attachments = [] }) => Attachments.map(({ State }) => State),
  'attachment.vpc-id': ({ Attachments = [] }) => Attachments.map(({ VpcId }) => VpcId),
  'internet-gateway-id': gateway => gateway.InternetGatewayId,
  'owner-id': gateway => gateway.OwnerId,
} satisfies Filters<InternetGateway, InternetGateway>

const listing: Listing<DescribeInternetGatewaysRequest, InternetGateway, InternetGateway, string> = {
  action: 'DescribeInternetGateways',
  ...listedById<DescribeInternetGatewaysRequest, InternetGateway>({
    resource: INTERNET_GATEWAY,
    set: 'internetGatewaySet',
    ids: ({ InternetGatewayIds }) => InternetGatewayIds,
    all: async context => [theGateway(context)],
    idOf: ({ InternetGatewayId = '' }) => InternetGatewayId,
  }),
  item: gateway => gateway,
  filters: internetGatewayFilters,
  tags: gateway => gateway.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInternetGateways.html */
export async function describeInternetGateways(
  input: DescribeInternetGatewaysRequest,
  context: Context,
): Promise<Streamed<DescribeInternetGatewaysResult>> {
  const page = await describe(listing, input, context)
  return { InternetGateways: page.items, ...nextPage(page) }
}
