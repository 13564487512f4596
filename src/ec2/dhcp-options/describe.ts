// DescribeDhcpOptions: the set that the account has, and those that it made.
import type { DescribeDhcpOptionsRequest, DescribeDhcpOptionsResult, DhcpOptions } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { readTogether } from '../core/multicall.ts'
import { listedById } from '../core/one-an-account.ts'
import { dhcpOptionsIn, ownDhcpOptions } from './find.ts'
import { DHCP_OPTIONS } from './resource.ts'
import { toDhcpOptions } from './view.ts'

export const dhcpOptionsFilters = {
  'dhcp-options-id': options => options.DhcpOptionsId,
  key: ({ DhcpConfigurations = [] }) => DhcpConfigurations.map(({ Key }) => Key),
  'owner-id': options => options.OwnerId,
  value: ({ DhcpConfigurations = [] }) =>
    DhcpConfigurations.flatMap(({ Values = [] }) => Values.map(({ Value }) => Value)),
} satisfies Filters<DhcpOptions, DhcpOptions>

async function allSets(context: Context): Promise<DhcpOptions[]> {
  const { sets } = await readTogether(context.one, { sets: [ownDhcpOptions.pool] })
  return dhcpOptionsIn(sets, context).map(set => toDhcpOptions(set, context))
}

const listing: Listing<DescribeDhcpOptionsRequest, DhcpOptions, DhcpOptions, string> = {
  action: 'DescribeDhcpOptions',
  ...listedById<DescribeDhcpOptionsRequest, DhcpOptions>({
    resource: DHCP_OPTIONS,
    set: 'dhcpOptionsSet',
    ids: ({ DhcpOptionsIds }) => DhcpOptionsIds,
    all: allSets,
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
