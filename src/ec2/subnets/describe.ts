// DescribeSubnets: the subnets of the default VPC.
import type { DescribeSubnetsRequest, DescribeSubnetsResult, Subnet } from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, none } from '../core/describe.ts'
import { listedById } from '../core/one-an-account.ts'
import { defaultSubnet, readSubnets } from './find.ts'
import { SUBNET } from './resource.ts'
import { toSubnet } from './view.ts'

type Look = Filters<Subnet, Subnet>[string]

const zone: Look = subnet => subnet.AvailabilityZone
const zoneIdOf: Look = subnet => subnet.AvailabilityZoneId
const block: Look = subnet => subnet.CidrBlock
const isDefault: Look = subnet => subnet.DefaultForAz

/** With the other names that AWS takes for some. */
export const subnetFilters = {
  'availability-zone': zone,
  availabilityZone: zone,
  'availability-zone-id': zoneIdOf,
  availabilityZoneId: zoneIdOf,
  'available-ip-address-count': subnet => subnet.AvailableIpAddressCount,
  'cidr-block': block,
  cidr: block,
  cidrBlock: block,
  'customer-owned-ipv4-pool': none,
  'default-for-az': isDefault,
  defaultForAz: isDefault,
  'enable-dns64': subnet => subnet.EnableDns64,
  'enable-lni-at-device-index': none,
  'ipv6-cidr-block-association.association-id': none,
  'ipv6-cidr-block-association.ipv6-cidr-block': none,
  'ipv6-cidr-block-association.state': none,
  'ipv6-native': subnet => subnet.Ipv6Native,
  'map-customer-owned-ip-on-launch': subnet => subnet.MapCustomerOwnedIpOnLaunch,
  'map-public-ip-on-launch': subnet => subnet.MapPublicIpOnLaunch,
  'outpost-arn': none,
  'owner-id': subnet => subnet.OwnerId,
  'private-dns-name-options-on-launch.enable-resource-name-dns-a-record': subnet =>
    subnet.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsARecord,
  'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record': subnet =>
    subnet.PrivateDnsNameOptionsOnLaunch?.EnableResourceNameDnsAAAARecord,
  'private-dns-name-options-on-launch.hostname-type': subnet => subnet.PrivateDnsNameOptionsOnLaunch?.HostnameType,
  state: subnet => subnet.State,
  'subnet-arn': subnet => subnet.SubnetArn,
  'subnet-id': subnet => subnet.SubnetId,
  'vpc-id': subnet => subnet.VpcId,
} satisfies Filters<Subnet, Subnet>

async function all(context: Context): Promise<Subnet[]> {
  const subnets = await readSubnets(context)
  const first = defaultSubnet(subnets, context)
  return subnets.map(view => toSubnet(view, view.network.ID === first, context))
}

const listing: Listing<DescribeSubnetsRequest, Subnet, Subnet, string> = {
  action: 'DescribeSubnets',
  ...listedById<DescribeSubnetsRequest, Subnet>({
    resource: SUBNET,
    set: 'subnetSet',
    ids: ({ SubnetIds }) => SubnetIds,
    all,
    idOf: ({ SubnetId = '' }) => SubnetId,
  }),
  item: subnet => subnet,
  filters: subnetFilters,
  tags: subnet => subnet.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html */
export async function describeSubnets(
  input: DescribeSubnetsRequest,
  context: Context,
): Promise<Streamed<DescribeSubnetsResult>> {
  const page = await describe(listing, input, context)
  return { Subnets: page.items, ...nextPage(page) }
}
