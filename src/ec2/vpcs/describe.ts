// DescribeVpcs and what else is asked of VPCs: of the default one, and of those that the account made.
import type {
  DescribeVpcAttributeRequest,
  DescribeVpcAttributeResult,
  DescribeVpcClassicLinkRequest,
  DescribeVpcClassicLinkResult,
  DescribeVpcsRequest,
  DescribeVpcsResult,
  Vpc,
  VpcClassicLink,
} from '@aws-sdk/client-ec2'
import { invalid } from '../../protocol/complaints.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, none } from '../core/describe.ts'
import { listedById } from '../core/one-an-account.ts'
import { tagItems } from '../core/tags.ts'
import { readVpcs, vpcNamed } from './find.ts'
import { VPC } from './resource.ts'
import { toVpc, type VpcSettings } from './view.ts'

type Look = Filters<Vpc, Vpc>[string]

const isDefault: Look = vpc => vpc.IsDefault
const cidr: Look = vpc => vpc.CidrBlock

/** With the other names that AWS takes for some: Ansible asks for `cidr-block`. */
export const vpcFilters = {
  cidr,
  cidrBlock: cidr,
  'cidr-block': cidr,
  'cidr-block-association.association-id': ({ CidrBlockAssociationSet = [] }) =>
    CidrBlockAssociationSet.map(({ AssociationId }) => AssociationId),
  'cidr-block-association.cidr-block': ({ CidrBlockAssociationSet = [] }) =>
    CidrBlockAssociationSet.map(({ CidrBlock }) => CidrBlock),
  'cidr-block-association.state': ({ CidrBlockAssociationSet = [] }) =>
    CidrBlockAssociationSet.map(({ CidrBlockState }) => CidrBlockState?.State),
  'dhcp-options-id': vpc => vpc.DhcpOptionsId,
  'ipv6-cidr-block-association.association-id': none,
  'ipv6-cidr-block-association.ipv6-cidr-block': none,
  'ipv6-cidr-block-association.ipv6-pool': none,
  'ipv6-cidr-block-association.state': none,
  'is-default': isDefault,
  isDefault,
  'owner-id': vpc => vpc.OwnerId,
  state: vpc => vpc.State,
  'vpc-id': vpc => vpc.VpcId,
} satisfies Filters<Vpc, Vpc>

const vpcs: Listing<DescribeVpcsRequest, Vpc, Vpc, string> = {
  action: 'DescribeVpcs',
  ...listedById<DescribeVpcsRequest, Vpc>({
    resource: VPC,
    set: 'vpcSet',
    ids: ({ VpcIds }) => VpcIds,
    all: async context => (await readVpcs(context)).map(vpc => toVpc(vpc, context)),
    idOf: ({ VpcId = '' }) => VpcId,
  }),
  item: vpc => vpc,
  filters: vpcFilters,
  tags: vpc => vpc.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html */
export async function describeVpcs(
  input: DescribeVpcsRequest,
  context: Context,
): Promise<Streamed<DescribeVpcsResult>> {
  const page = await describe(vpcs, input, context)
  return { Vpcs: page.items, ...nextPage(page) }
}

const attributes: Readonly<Record<string, (settings: VpcSettings) => DescribeVpcAttributeResult>> = {
  enableDnsSupport: ({ dnsSupport }) => ({ EnableDnsSupport: { Value: dnsSupport } }),
  enableDnsHostnames: ({ dnsHostnames }) => ({ EnableDnsHostnames: { Value: dnsHostnames } }),
  enableNetworkAddressUsageMetrics: ({ addressUsageMetrics }) => ({
    EnableNetworkAddressUsageMetrics: { Value: addressUsageMetrics },
  }),
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export async function describeVpcAttribute(
  { VpcId: id = '', Attribute }: DescribeVpcAttributeRequest,
  context: Context,
): Promise<DescribeVpcAttributeResult> {
  const attribute = Attribute !== undefined && Object.hasOwn(attributes, Attribute) ? attributes[Attribute] : undefined
  if (!attribute) throw invalid('attribute', Attribute)
  const { id: VpcId, settings } = await vpcNamed(id, context)
  return { VpcId, ...attribute(settings) }
}

export const classicLinkFilters = {
  'is-classic-link-enabled': vpc => vpc.ClassicLinkEnabled,
} satisfies Filters<VpcClassicLink, VpcClassicLink>

/** No VPC has links to instances outside of it: all are in one. */
const classicLinks: Listing<DescribeVpcClassicLinkRequest, VpcClassicLink, VpcClassicLink, string> = {
  action: 'DescribeVpcClassicLink',
  ...listedById<DescribeVpcClassicLinkRequest, VpcClassicLink>({
    resource: VPC,
    set: 'vpcSet',
    ids: ({ VpcIds }) => VpcIds,
    all: async context =>
      (await readVpcs(context)).map(({ id, tags }) => ({
        VpcId: id,
        ClassicLinkEnabled: false,
        Tags: tagItems(tags),
      })),
    idOf: ({ VpcId = '' }) => VpcId,
  }),
  item: vpc => vpc,
  filters: classicLinkFilters,
  tags: vpc => vpc.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcClassicLink.html */
export async function describeVpcClassicLink(
  input: DescribeVpcClassicLinkRequest,
  context: Context,
): Promise<Streamed<DescribeVpcClassicLinkResult>> {
  const { items } = await describe(classicLinks, input, context)
  return { Vpcs: items }
}
