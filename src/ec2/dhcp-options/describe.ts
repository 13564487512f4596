// DescribeDhcpOptions: the one set that the default VPC has. What guests are told follows from OpenNebula's networks.
import type { DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult, DhcpOptions } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { listedById, ofAccount } from '../core/one-an-account.ts'
import { DHCP_OPTIONS } from './resource.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpOptions.html */
const theSet = (context: Context): DhcpOptions => ({
  DhcpOptionsId: ofAccount(DHCP_OPTIONS, context),
  OwnerId: context.account.id,
  DhcpConfigurations: [
    { Key: 'domain-name', Values: [{ Value: context.settings.dnsDomain }] },
    // AWS's name for the servers that the cloud provides
    { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
  ],
  Tags: [],
})

export const dhcpOptionsFilters = {
  'dhcp-options-id': options => options.DhcpOptionsId,
  key: ({ DhcpConfigurations = [] }) => DhcpConfigurations.map(({ Key }) => Key),
  'owner-id': options => options.OwnerId,
  value: ({ DhcpConfigurations = [] }) =>
    DhcpConfigurations.flatMap(({ Values = [] }) => Values.map(({ Value }) => Value)),
} satisfies Filters<DhcpOptions, DhcpOptions>

const listing: Listing<DescribeDhcpOptionsRequest, DhcpOptions, DhcpOptions, string> = {
  action: 'DescribeDhcpOptions',
  ...listedById<DescribeDhcpOptionsRequest, DhcpOptions>({
    resource: DHCP_OPTIONS,
    set: 'dhcpOptionsSet',
    ids: ({ DhcpOptionsIds }) => DhcpOptionsIds,
    all: async context => [theSet(context)],
    idOf: ({ DhcpOptionsId = '' }) => DhcpOptionsId,
  }),
  item: options => options,
  filters: dhcpOptionsFilters,
  tags: options => options.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeDhcpOptions.html */
export async function describeDhcpOptions(
  input: DescribeDhcpOptionsRequest,
  context: Context,
): Promise<Streamed<DescribeDhcpOptionsResult>> {
  const page = await describe(listing, input, context)
  return { DhcpOptions: page.items, ...nextPage(page) }
}
