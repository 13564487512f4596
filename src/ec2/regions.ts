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
import { limits } from '../limits.ts'
import { networkPool } from '../opennebula/calls/vn.ts'
import { invalid, unknownValue } from '../protocol/complaints.ts'
import { type FilterTable, matcher } from '../protocol/filters.ts'
import type { Context } from './context.ts'
import { numericId } from './ids.ts'
import { zoneId } from './zones.ts'

const regionFilters: FilterTable<Region> = {
  endpoint: region => region.Endpoint,
  'opt-in-status': region => region.OptInStatus,
  'region-name': region => region.RegionName,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
export async function describeRegions(
  { RegionNames, Filters }: DescribeRegionsRequest,
  { settings, endpoint }: Context,
): Promise<DescribeRegionsResult> {
  const unknown = RegionNames?.find(name => name !== settings.region)
  if (unknown !== undefined) throw unknownValue('region name', unknown)
  const region = { RegionName: settings.region, Endpoint: new URL(endpoint).host, OptInStatus: 'opt-in-not-required' }
  return { Regions: [region].filter(matcher(Filters, regionFilters)) }
}

const zoneFilters: FilterTable<AvailabilityZone> = {
  'group-name': zone => zone.GroupName,
  message: () => undefined,
  'opt-in-status': zone => zone.OptInStatus,
  'region-name': zone => zone.RegionName,
  state: zone => zone.State,
  'zone-id': zone => zone.ZoneId,
  'zone-name': zone => zone.ZoneName,
  'zone-type': zone => zone.ZoneType,
}

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

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html */
export async function describeAvailabilityZones(
  { ZoneNames, ZoneIds, Filters }: DescribeAvailabilityZonesRequest,
  context: Context,
): Promise<DescribeAvailabilityZonesResult> {
  const zones = availabilityZones(context)
  const unknown =
    ZoneNames?.find(name => !zones.some(zone => zone.ZoneName === name)) ??
    ZoneIds?.find(id => !zones.some(zone => zone.ZoneId === id))
  if (unknown !== undefined) throw unknownValue('availability zone', unknown)
  return {
    AvailabilityZones: zones
      .filter(zone => !ZoneNames?.length || ZoneNames.includes(zone.ZoneName ?? ''))
      .filter(zone => !ZoneIds?.length || ZoneIds.includes(zone.ZoneId ?? ''))
      .filter(matcher(Filters, zoneFilters)),
  }
}

/** What is said of an account is what its requests meet, not AWS's own figures. */
const accountAttributes: Readonly<Record<string, (context: Context, addresses: number) => string | number>> = {
  'supported-platforms': () => 'VPC',
  'default-vpc': ({ account }) => numericId('vpc', account.user.id),
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
