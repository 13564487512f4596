// Where the cloud is and whose it is: regions, availability zones, account attributes, the caller's identity.

import type {
  AccountAttribute,
  AvailabilityZone,
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
  Region,
} from '@aws-sdk/client-ec2'
import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts'
import { limits } from '../../limits.ts'
import { invalid, unknownValue } from '../../protocol/complaints.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { collected, describe, type Filters, type Listing } from '../core/describe.ts'
import { networkPool } from '../core/documents.ts'
import { numericId } from '../core/ids.ts'
import { zoneId } from '../core/zones.ts'
import { VPC } from '../vpcs/resource.ts'

export const regionFilters = {
  endpoint: region => region.Endpoint,
  'opt-in-status': region => region.OptInStatus,
  'region-name': region => region.RegionName,
} satisfies Filters<Region, Region>

const regions: Listing<DescribeRegionsRequest, Region, Region, string> = {
  action: 'DescribeRegions',
  ...collected({
    all: async ({ settings, endpoint }) => [
      { RegionName: settings.region, Endpoint: new URL(endpoint).host, OptInStatus: 'opt-in-not-required' },
    ],
    names: [[({ RegionNames }) => RegionNames, ({ RegionName }) => RegionName]],
    missing: ([name]) => unknownValue('region name', name),
  }),
  item: region => region,
  filters: regionFilters,
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
  'group-name': zone => zone.GroupName,
  message: () => undefined,
  'opt-in-status': zone => zone.OptInStatus,
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

/** What is said of an account is what its requests meet, not AWS's own figures. */
const accountAttributes: Readonly<Record<string, (context: Context, addresses: number) => string | number>> = {
  'supported-platforms': () => 'VPC',
  'default-vpc': ({ account }) => numericId(VPC, account.user.id),
  'max-instances': () => limits.launchedInstances.most,
  'vpc-max-security-groups-per-interface': () => limits.securityGroupsOfInterface.most,
  'max-elastic-ips': (_, addresses) => addresses,
  'vpc-max-elastic-ips': (_, addresses) => addresses,
}

/** As many as the operator's network has, for all accounts together; none where there is no such network. */
async function elasticAddresses({ one, settings: { addressNetwork } }: Context): Promise<number> {
  if (addressNetwork === undefined) return 0
  const [{ value, error }] = await one.read(networkPool({ only: addressNetwork }))
  if (error) throw error
  return value.flatMap(({ AR_POOL }) => AR_POOL.AR).reduce((size, range) => size + range.SIZE, 0)
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export async function describeAccountAttributes(
  { AttributeNames }: DescribeAccountAttributesRequest,
  context: Context,
): Promise<DescribeAccountAttributesResult> {
  const names: readonly string[] = AttributeNames ?? []
  const unknown = names.find(name => !Object.hasOwn(accountAttributes, name))
  if (unknown !== undefined) throw invalid('attributeName', unknown)
  const asked = Object.entries(accountAttributes).filter(([name]) => names.length === 0 || names.includes(name))
  // OpenNebula is asked only for what is wanted of it
  const addresses = asked.some(([name]) => name.endsWith('max-elastic-ips')) ? await elasticAddresses(context) : 0
  return {
    AccountAttributes: asked.map(
      ([AttributeName, valueIn]): AccountAttribute => ({
        AttributeName,
        AttributeValues: [{ AttributeValue: String(valueIn(context, addresses)) }],
      }),
    ),
  }
}

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function getCallerIdentity(_: object, { account }: Context): Promise<GetCallerIdentityResponse> {
  return {
    Account: account.id,
    // AWS's form of a user id: long-lived, and never given to another user
    UserId: `AIDA${String(account.user.id).padStart(17, '0')}`,
    Arn: `arn:aws:iam::${account.id}:user/${account.user.name}`,
  }
}
