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
import { Ec2Error, invalidValue } from '../protocol/errors.ts'
import { type FilterTable, matcher } from '../protocol/filters.ts'
import type { Context } from './context.ts'
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
  if (unknown !== undefined) {
    throw new Ec2Error('InvalidParameterValue', `Invalid region name(s): '${unknown}'`)
  }
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
  if (unknown !== undefined) {
    throw new Ec2Error('InvalidParameterValue', `Invalid availability zone: [${unknown}]`)
  }
  return {
    AvailabilityZones: zones
      .filter(zone => !ZoneNames?.length || ZoneNames.includes(zone.ZoneName ?? ''))
      .filter(zone => !ZoneIds?.length || ZoneIds.includes(zone.ZoneId ?? ''))
      .filter(matcher(Filters, zoneFilters)),
  }
}

/** What OpenNebula does not limit by itself is shown with AWS's own figures: clients only compare them. */
const accountAttributes = {
  'supported-platforms': 'VPC',
  'default-vpc': 'none',
  'max-instances': '20',
  'vpc-max-security-groups-per-interface': '5',
  'max-elastic-ips': '5',
  'vpc-max-elastic-ips': '5',
} as const satisfies Record<string, string>

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export async function describeAccountAttributes({
  AttributeNames,
}: DescribeAccountAttributesRequest): Promise<DescribeAccountAttributesResult> {
  const names: readonly string[] = AttributeNames ?? []
  const unknown = names.find(name => !(name in accountAttributes))
  if (unknown !== undefined) {
    throw invalidValue('attributeName', unknown)
  }
  return {
    AccountAttributes: Object.entries(accountAttributes)
      .filter(([name]) => names.length === 0 || names.includes(name))
      .map(
        ([AttributeName, value]): AccountAttribute => ({
          AttributeName,
          AttributeValues: [{ AttributeValue: value }],
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
