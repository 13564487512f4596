// DescribeNetworkAcls: the default one of each VPC, which lets everything pass: security groups are what counts.
import type {
  DescribeNetworkAclsRequest,
  DescribeNetworkAclsResult,
  NetworkAcl,
  NetworkAclEntry,
} from '@aws-sdk/client-ec2'
import type { Filterable } from '../../protocol/filters.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, none } from '../core/describe.ts'
import { pairId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { listedById } from '../core/one-an-account.ts'
import { subnetsIn } from '../subnets/find.ts'
import type { SubnetView } from '../subnets/view.ts'
import { vpcQuestion, vpcsIn } from '../vpcs/find.ts'
import { ofVpc } from '../vpcs/resource.ts'
import { NETWORK_ACL, NETWORK_ACL_ASSOCIATION } from './resource.ts'

/** The numbers that AWS gives to the first rule of an ACL, and to the last, for what no other is about. */
const [FIRST, LAST] = [100, 32767]

const ALL_PROTOCOLS = '-1'

const entry = (Egress: boolean, RuleNumber: number, RuleAction: NetworkAclEntry['RuleAction']): NetworkAclEntry => ({
  RuleNumber,
  RuleAction,
  Egress,
  Protocol: ALL_PROTOCOLS,
  CidrBlock: '0.0.0.0/0',
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAcl.html */
function defaultAcl(vpc: string, subnets: readonly SubnetView[], { account }: Context): NetworkAcl {
  const NetworkAclId = ofVpc(NETWORK_ACL, vpc)
  return {
    NetworkAclId,
    VpcId: vpc,
    OwnerId: account.id,
    IsDefault: true,
    Entries: [true, false].flatMap(egress => [entry(egress, FIRST, 'allow'), entry(egress, LAST, 'deny')]),
    Associations: subnets
      .filter(subnet => subnet.vpc === vpc)
      .map(({ id, network }) => ({
        NetworkAclAssociationId: pairId(NETWORK_ACL_ASSOCIATION, account.user.id, network.ID),
        NetworkAclId,
        SubnetId: id,
      })),
    Tags: [],
  }
}

/** One of each VPC. */
async function allAcls(context: Context): Promise<NetworkAcl[]> {
  const found = await readTogether(context.one, vpcQuestion(context))
  const subnets = subnetsIn(found.networks, context)
  return vpcsIn(found, context).map(({ id }) => defaultAcl(id, subnets, context))
}

type Look = Filters<NetworkAcl, NetworkAcl>[string]

const associations =
  (member: 'NetworkAclAssociationId' | 'NetworkAclId' | 'SubnetId'): Look =>
  ({ Associations = [] }) =>
    Associations.map(association => association[member])

const entries =
  (look: (entry: NetworkAclEntry) => Filterable): Look =>
  ({ Entries = [] }) =>
    Entries.map(look)

export const networkAclFilters = {
  'association.association-id': associations('NetworkAclAssociationId'),
  'association.network-acl-id': associations('NetworkAclId'),
  'association.subnet-id': associations('SubnetId'),
  default: acl => acl.IsDefault,
  'entry.cidr': entries(({ CidrBlock }) => CidrBlock),
  'entry.egress': entries(({ Egress }) => Egress),
  'entry.icmp.code': none,
  'entry.icmp.type': none,
  'entry.ipv6-cidr': none,
  'entry.port-range.from': none,
  'entry.port-range.to': none,
  'entry.protocol': entries(({ Protocol }) => Protocol),
  'entry.rule-action': entries(({ RuleAction }) => RuleAction),
  'entry.rule-number': entries(({ RuleNumber }) => RuleNumber),
  'network-acl-id': acl => acl.NetworkAclId,
  'owner-id': acl => acl.OwnerId,
  'vpc-id': acl => acl.VpcId,
} satisfies Filters<NetworkAcl, NetworkAcl>

const listing: Listing<DescribeNetworkAclsRequest, NetworkAcl, NetworkAcl, string> = {
  action: 'DescribeNetworkAcls',
  ...listedById<DescribeNetworkAclsRequest, NetworkAcl>({
    resource: NETWORK_ACL,
    set: 'networkAclSet',
    ids: ({ NetworkAclIds }) => NetworkAclIds,
    all: allAcls,
    idOf: ({ NetworkAclId = '' }) => NetworkAclId,
  }),
  item: acl => acl,
  filters: networkAclFilters,
  tags: acl => acl.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export async function describeNetworkAcls(
  input: DescribeNetworkAclsRequest,
  context: Context,
): Promise<Streamed<DescribeNetworkAclsResult>> {
  const page = await describe(listing, input, context)
  return { NetworkAcls: page.items, ...nextPage(page) }
}
