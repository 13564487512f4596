// Where the cloud is: DescribeRegions and DescribeAvailabilityZones.
import type {
  AvailabilityZone,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  Region as RegionInfo,
} from '@aws-sdk/client-ec2'
import type { Region } from '../../config/regions.ts'
import { isHost } from '../../lib/web-hosts.ts'
import { unknownValue } from '../../protocol/complaints.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { collected, describe, type Filters, type Listing, none } from '../core/describe.ts'
import { zoneId } from '../core/zones.ts'

export const regionFilters = {
  endpoint: region => region.Endpoint,
  'opt-in-status': region => region.OptInStatus,
  'region-name': region => region.RegionName,
} satisfies Filters<RegionInfo, RegionInfo>

const regions: Listing<DescribeRegionsRequest, RegionInfo, RegionInfo, string> = {
  action: 'DescribeRegions',
  ...collected({
    all: async ({ settings, endpoint }) =>
      settings.regions.map(region => ({
        RegionName: region.name,
        Endpoint: endpointOf(region, new URL(endpoint), settings),
        OptInStatus: 'opt-in-not-required',
      })),
    names: [[({ RegionNames }) => RegionNames, ({ RegionName }) => RegionName]],
    missing: ([name]) => unknownValue('region name', name),
  }),
  item: region => region,
  filters: regionFilters,
}

/** A region's own host, or else the one that is for all: by that the request came, unless it came by another region's own. */
function endpointOf({ hosts }: Region, asked: URL, { regions: [first, ...others] }: Context['settings']): string {
  const isAsked = (host: string) => isHost(host, asked)
  if (hosts.some(isAsked)) return asked.host
  const isOfAnother = others.some(other => other.hosts.some(isAsked))
  return hosts[0] ?? (isOfAnother ? first.hosts[0] : undefined) ?? asked.host
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
export async function describeRegions(
  input: DescribeRegionsRequest,
  context: Context,
): Promise<Streamed<DescribeRegionsResult>> {
  const { items } = await describe(regions, input, context)
  return { Regions: items }
}

export const zoneFilters = {
  'group-long-name': none,
  'group-name': zone => zone.GroupName,
  message: none,
  'opt-in-status': zone => zone.OptInStatus,
  'parent-zone-id': none,
  'parent-zone-name': none,
  'region-name': zone => zone.RegionName,
  state: zone => zone.State,
  'zone-id': zone => zone.ZoneId,
  'zone-name': zone => zone.ZoneName,
  'zone-type': zone => zone.ZoneType,
} satisfies Filters<AvailabilityZone, AvailabilityZone>

function availabilityZones({ settings }: Context): AvailabilityZone[] {
  const { region, zones } = settings
  return zones.map(name => ({
    ZoneName: name,
    ZoneId: zoneId(name, settings),
    ZoneType: 'availability-zone',
    State: 'available',
    RegionName: region,
    GroupName: region,
    NetworkBorderGroup: region,
    OptInStatus: 'opt-in-not-required',
    Messages: [],
  }))
}

const zones: Listing<DescribeAvailabilityZonesRequest, AvailabilityZone, AvailabilityZone, string> = {
  action: 'DescribeAvailabilityZones',
  ...collected({
    all: async context => availabilityZones(context),
    names: [
      [({ ZoneNames }) => ZoneNames, ({ ZoneName }) => ZoneName],
      [({ ZoneIds }) => ZoneIds, ({ ZoneId }) => ZoneId],
    ],
    missing: ([zone]) => unknownValue('availability zone', zone),
  }),
  // One that is named by name and by id has to be meant by both
  item: (zone, _, { ZoneNames, ZoneIds }) =>
    isAmong(zone.ZoneName, ZoneNames) && isAmong(zone.ZoneId, ZoneIds) ? zone : undefined,
  filters: zoneFilters,
}

const isAmong = (name = '', names: readonly string[] = []) => names.length === 0 || names.includes(name)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export async function describeAvailabilityZones(
  input: DescribeAvailabilityZonesRequest,
  context: Context,
): Promise<Streamed<DescribeAvailabilityZonesResult>> {
  const { items } = await describe(zones, input, context)
  return { AvailabilityZones: items }
}
