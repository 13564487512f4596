// DescribeInternetGateways: that of the default VPC, and those that the account made.
import type {
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  InternetGateway,
} from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { readTogether } from '../core/multicall.ts'
import { listedById } from '../core/one-an-account.ts'
import { gatewayQuestion, gatewaysIn } from './find.ts'
import { INTERNET_GATEWAY } from './resource.ts'
import { toGateway } from './view.ts'

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
    all: async context =>
      gatewaysIn(await readTogether(context.one, gatewayQuestion), context).map(view => toGateway(view, context)),
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
