// DescribeSecurityGroups, and what else is asked of groups as a whole.
import type {
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  GetSecurityGroupsForVpcRequest,
  GetSecurityGroupsForVpcResult,
  IpPermission,
  SecurityGroup,
  SecurityGroupForVpc,
} from '@aws-sdk/client-ec2'
import { transformed } from '../../lib/transformed.ts'
import type { PagedInput } from '../../protocol/paging.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, type ListSource, nextPage, none, type Placed } from '../core/describe.ts'
import { canonicalId } from '../core/ids.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { isOwn } from '../core/trust.ts'
import { allGroups, groupsById, groupsByName, vpcOf } from './find.ts'
import { groupItem } from './items.ts'
import { type GroupView, viewGroup } from './view.ts'

/** Where a group stands: the caller's own first, then those of each of the operator's users; by number. */
export type GroupPlace = readonly [owner: number, number: number]

const OWN = -1

/** Tells places from others. */
export const isGroupPlace = (value: unknown): value is GroupPlace =>
  Array.isArray(value) && value.length === 2 && value.every(part => typeof part === 'number')

/** All groups that the caller may name: as they come, or for pages by their places, for OpenNebula has them in any order. */
export const listGroups = (
  context: Context,
  after: GroupPlace | undefined,
  { MaxResults }: PagedInput,
): AsyncIterable<Placed<GroupView, GroupPlace>> =>
  MaxResults === undefined && after === undefined ? placedGroups(context) : groupsBehind(after, context)

async function* groupsBehind(
  after: GroupPlace | undefined,
  context: Context,
): AsyncGenerator<Placed<GroupView, GroupPlace>> {
  for (const each of (await Array.fromAsync(placedGroups(context))).sort(([, a], [, b]) => (isBehind(a, b) ? 1 : -1))) {
    if (after === undefined || isBehind(each[1], after)) yield each
  }
}

const placedGroups = (context: Context): AsyncIterable<Placed<GroupView, GroupPlace>> =>
  transformed(allGroups(context), group => [
    viewGroup(group, context),
    [isOwn(group, context) ? OWN : group.UID, group.ID] as const,
  ])

const isBehind = ([owner, number]: GroupPlace, other: GroupPlace): boolean =>
  owner > other[0] || (owner === other[0] && number > other[1])

const source: ListSource<PagedInput, GroupView, GroupPlace> = { isPlace: isGroupPlace, list: listGroups }

type Look = Filters<SecurityGroup, GroupView>[string]

type LookAtPermission = (permission: IpPermission) => readonly (string | number | undefined)[]

const ingress =
  (look: LookAtPermission): Look =>
  ({ IpPermissions = [] }) =>
    IpPermissions.flatMap(look)

const egress =
  (look: LookAtPermission): Look =>
  ({ IpPermissionsEgress = [] }) =>
    IpPermissionsEgress.flatMap(look)

const cidr: LookAtPermission = ({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)
const ipv6Cidr: LookAtPermission = ({ Ipv6Ranges = [] }) => Ipv6Ranges.map(({ CidrIpv6 }) => CidrIpv6)
const fromPort: LookAtPermission = ({ FromPort }) => [FromPort]
const toPort: LookAtPermission = ({ ToPort }) => [ToPort]
const groupIds: LookAtPermission = ({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ GroupId }) => GroupId)
const userIds: LookAtPermission = ({ UserIdGroupPairs = [] }) => UserIdGroupPairs.map(({ UserId }) => UserId)
const protocol: LookAtPermission = ({ IpProtocol }) => [IpProtocol]

/** The names of the groups that rules name: AWS has them not in the item. */
const groupNames =
  (isEgress: boolean): Look =>
  (_, { rules }) =>
    rules.flatMap(rule => (rule.egress === isEgress ? (rule.groupName ?? []) : []))

export const securityGroupFilters = {
  description: group => group.Description,
  'egress.ip-permission.cidr': egress(cidr),
  'egress.ip-permission.from-port': egress(fromPort),
  'egress.ip-permission.group-id': egress(groupIds),
  'egress.ip-permission.group-name': groupNames(true),
  'egress.ip-permission.ipv6-cidr': egress(ipv6Cidr),
  'egress.ip-permission.prefix-list-id': none,
  'egress.ip-permission.protocol': egress(protocol),
  'egress.ip-permission.to-port': egress(toPort),
  'egress.ip-permission.user-id': egress(userIds),
  'group-id': group => group.GroupId,
  'group-name': group => group.GroupName,
  'ip-permission.cidr': ingress(cidr),
  'ip-permission.from-port': ingress(fromPort),
  'ip-permission.group-id': ingress(groupIds),
  'ip-permission.group-name': groupNames(false),
  'ip-permission.ipv6-cidr': ingress(ipv6Cidr),
  'ip-permission.prefix-list-id': none,
  'ip-permission.protocol': ingress(protocol),
  'ip-permission.to-port': ingress(toPort),
  'ip-permission.user-id': ingress(userIds),
  'owner-id': group => group.OwnerId,
  'vpc-id': group => group.VpcId,
} satisfies Filters<SecurityGroup, GroupView>

const listing: Listing<DescribeSecurityGroupsRequest, GroupView, SecurityGroup, GroupPlace> = {
  action: 'DescribeSecurityGroups',
  ...source,
  named: {
    ids: ({ GroupIds = [], GroupNames = [] }) => [...GroupIds, ...GroupNames],
    set: 'groupIds',
    find: async (_, context, { GroupIds = [], GroupNames = [] }) => {
      const named = await sideBySide(
        context,
        async look => (GroupIds.length > 0 ? groupsById(GroupIds, look) : []),
        async look => (GroupNames.length > 0 ? groupsByName(GroupNames, look) : []),
      )
      return [...new Map(named.flat().map(view => [view.id, view])).values()]
    },
  },
  item: groupItem,
  filters: securityGroupFilters,
  tags: group => group.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export async function describeSecurityGroups(
  input: DescribeSecurityGroupsRequest,
  context: Context,
): Promise<Streamed<DescribeSecurityGroupsResult>> {
  const page = await describe(listing, input, context)
  return { SecurityGroups: page.items, ...nextPage(page) }
}

function listOfVpc(
  context: Context,
  after: GroupPlace | undefined,
  input: GetSecurityGroupsForVpcRequest,
): AsyncIterable<Placed<GroupView, GroupPlace>> {
  const vpc = canonicalId(input.VpcId ?? '')
  return transformed(listGroups(context, after, input), placed => (placed[0].vpc === vpc ? placed : undefined))
}

export const groupForVpcFilters = {
  description: group => group.Description,
  'group-id': group => group.GroupId,
  'group-name': group => group.GroupName,
  'owner-id': group => group.OwnerId,
  'primary-vpc-id': group => group.PrimaryVpcId,
} satisfies Filters<SecurityGroupForVpc, GroupView>

const ofVpc: Listing<GetSecurityGroupsForVpcRequest, GroupView, SecurityGroupForVpc, GroupPlace> = {
  action: 'GetSecurityGroupsForVpc',
  isPlace: isGroupPlace,
  list: listOfVpc,
  item: (view, context) => {
    const { Description, GroupName, OwnerId, GroupId, Tags, VpcId } = groupItem(view, context)
    return { Description, GroupName, OwnerId, GroupId, Tags, PrimaryVpcId: VpcId }
  },
  filters: groupForVpcFilters,
  tags: group => group.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSecurityGroupsForVpc.html */
export async function getSecurityGroupsForVpc(
  input: GetSecurityGroupsForVpcRequest,
  context: Context,
): Promise<Streamed<GetSecurityGroupsForVpcResult>> {
  await vpcOf(input.VpcId, context)
  const page = await describe(ofVpc, input, context)
  return { SecurityGroupForVpcs: page.items, ...nextPage(page) }
}

/**
 * No VPC is peered with another one, so that no group is referenced from there.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html
 */
export async function describeSecurityGroupReferences(
  { GroupId = [] }: DescribeSecurityGroupReferencesRequest,
  context: Context,
): Promise<DescribeSecurityGroupReferencesResult> {
  await groupsById(GroupId, context)
  return { SecurityGroupReferenceSet: [] }
}

const stale: Listing<DescribeStaleSecurityGroupsRequest, never, never, GroupPlace> = {
  action: 'DescribeStaleSecurityGroups',
  isPlace: isGroupPlace,
  list: () => Promise.resolve([]),
  item: group => group,
  filters: {},
}

/**
 * No VPC is peered with another one, so that no rule is left of a peering.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html
 */
export async function describeStaleSecurityGroups(
  input: DescribeStaleSecurityGroupsRequest,
  context: Context,
): Promise<DescribeStaleSecurityGroupsResult> {
  await vpcOf(input.VpcId, context)
  await describe(stale, input, context)
  return { StaleSecurityGroupSet: [] }
}
