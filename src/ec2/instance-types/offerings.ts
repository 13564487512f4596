// DescribeInstanceTypeOfferings: every type, everywhere.
import type {
  _InstanceType,
  DescribeInstanceTypeOfferingsRequest,
  DescribeInstanceTypeOfferingsResult,
  InstanceTypeOffering,
} from '@aws-sdk/client-ec2'
import { invalid } from '../../protocol/complaints.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, whole } from '../core/describe.ts'
import { zoneId } from '../core/zones.ts'
import { findTypes } from './find.ts'

export const offeringFilters = {
  location: offering => offering.Location,
  'instance-type': offering => offering.InstanceType,
} satisfies Filters<InstanceTypeOffering, Offering>

/** What types are offered in, by each kind of location: every type everywhere. */
const locations: Readonly<Record<string, (settings: Context['settings']) => readonly string[]>> = {
  region: ({ region }) => [region],
  'availability-zone': ({ zones }) => zones,
  'availability-zone-id': settings => settings.zones.map(zone => zoneId(zone, settings)),
  outpost: () => [],
}

type Offering = readonly [type: string, location: string]

const offerings: Listing<DescribeInstanceTypeOfferingsRequest, Offering, InstanceTypeOffering, string> = {
  action: 'DescribeInstanceTypeOfferings',
  ...whole(
    async (context, { LocationType = 'region' }) => {
      const offeredIn = locations[LocationType]?.(context.settings) ?? []
      return [...(await findTypes(context)).keys()].flatMap(type => offeredIn.map((place): Offering => [type, place]))
    },
    // By the type, then by the location; neither has this character
    offering => offering.join('\0'),
  ),
  item: ([type, Location], _, { LocationType = 'region' }) => ({
    InstanceType: type as _InstanceType,
    LocationType,
    Location,
  }),
  filters: offeringFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html */
export async function describeInstanceTypeOfferings(
  input: DescribeInstanceTypeOfferingsRequest,
  context: Context,
): Promise<Streamed<DescribeInstanceTypeOfferingsResult>> {
  const { LocationType = 'region' } = input
  if (!Object.hasOwn(locations, LocationType)) throw invalid('LocationType', LocationType)
  const page = await describe(offerings, input, context)
  return { InstanceTypeOfferings: page.items, ...nextPage(page) }
}
