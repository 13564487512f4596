// What policies may ask of resources that there are: their ids in ARNs, their tags, and what condition keys say of them. It is what
// the Describe of each kind tells, so that a policy and its holder see the same.
import type { DescribeInstancesRequest, Instance, Reservation, Tag } from '@aws-sdk/client-ec2'
import { describeAddresses } from '../../ec2/addresses/describe.ts'
import type { Context } from '../../ec2/core/context.ts'
import { type ArnType, type AskedResource, arnOf, type Said } from '../../ec2/core/permissions.ts'
import { describeDhcpOptions } from '../../ec2/dhcp-options/describe.ts'
import { describeImages } from '../../ec2/images/describe.ts'
import { describeImportImageTasks, describeImportSnapshotTasks } from '../../ec2/imports/describe.ts'
import { describeInstances } from '../../ec2/instances/describe.ts'
import { describePlacementGroups } from '../../ec2/instances/placement-groups/describe.ts'
import { describeLaunchTemplates } from '../../ec2/instances/templates/describe.ts'
import { describeInternetGateways } from '../../ec2/internet-gateways/describe.ts'
import { describeKeyPairs } from '../../ec2/key-pairs/describe.ts'
import { describeNetworkAcls } from '../../ec2/network-acls/describe.ts'
import { describeNetworkInterfaces } from '../../ec2/network-interfaces/describe.ts'
import { describeRouteTables } from '../../ec2/route-tables/describe.ts'
import { describeSecurityGroups } from '../../ec2/security-groups/describe.ts'
import { describeSecurityGroupRules } from '../../ec2/security-groups/describe-rules.ts'
import { describeSnapshots } from '../../ec2/snapshots/describe.ts'
import { describeSubnets } from '../../ec2/subnets/describe.ts'
import { describeVolumes } from '../../ec2/volumes/describe.ts'
import { describeVpcs } from '../../ec2/vpcs/describe.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import {
  DEFAULT,
  defaultGroup,
  defaultVpc,
  filtersOf,
  interfaceIn,
  type Named,
  type Reach,
  subnetsAssociated,
  volumesAt,
} from './reached.ts'

/** A kind of resources, as policies see it. */
export interface Kind {
  /** The condition keys that tell of one besides its tags. */
  readonly keys: readonly string[]
  /** Whether what a member names is what ARNs have. */
  readonly isId: (member: string) => boolean
  /**
   * What there is of what is named or reached. Of one alone that is not there nothing is known: its action will say so.
   * @throws Ec2Error where one of several is not there
   */
  readonly look: (named: Named, context: Context) => Promise<readonly AskedResource[]>
}

type Listed<T> = readonly T[] | AsyncIterable<T>

type ItemOf<L> = NonNullable<L> extends Iterable<infer T> | AsyncIterable<infer T> ? T : never

/** A list of an answer, whether it is streamed or not. */
const itemsIn = <L>(list: L) => (list ?? []) as Listed<ItemOf<L>>

interface Description<Input, Item> {
  /** The parameter that takes ids as ARNs have them. */
  readonly ids: keyof Input
  /** What else names one: by the member, the parameter or the filter that takes it, or what follows from it. */
  readonly others?: Readonly<Record<string, keyof Input | { readonly filter: string } | Reach<Input>>>
  readonly id: (item: Item) => string | undefined
  readonly tags?: (item: Item) => readonly Tag[] | undefined
  /** By condition keys. */
  readonly said?: Readonly<Record<string, (item: Item, context: Context) => string | number | undefined>>
}

function kind<Input extends object, Output, List extends keyof Output>(
  type: ArnType,
  describe: (input: Input, context: Context) => Promise<Output>,
  list: List,
  { ids, others = {}, id, tags, said = {} }: Description<Input, ItemOf<Output[List]>>,
): Kind {
  const inputFor = async (named: Named, context: Context): Promise<Input | undefined> => {
    const { member, names } = named
    const way = Object.hasOwn(others, member) ? (others[member] ?? ids) : ids
    if (typeof way === 'function') return way(named, context)
    const parameters = typeof way === 'object' ? { Filters: filtersOf({ [way.filter]: names }) } : { [way]: names }
    // The parameters of a description take lists of names, and all of them are Describes
    return parameters as Input
  }
  const known = (item: ItemOf<Output[List]>, context: Context): AskedResource => ({
    type,
    id: id(item) ?? '',
    tags: new Map((tags?.(item) ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    said: Object.fromEntries(Object.entries(said).map(([key, of]) => [key, textOf(of(item, context))])),
  })
  return {
    keys: Object.keys(said),
    isId: member => !Object.hasOwn(others, member),
    look: async (named, context) => {
      try {
        const input = await inputFor(named, context)
        if (!input) return []
        const found = await Array.fromAsync(itemsIn((await describe(input, context))[list]))
        return found.map(item => known(item, context))
      } catch (error) {
        if (error instanceof Ec2Error && error.status < 500 && named.names.length <= 1) return []
        throw error
      }
    },
  }
}

const textOf = (value: string | number | undefined) => (value === undefined ? undefined : String(value))

/** An ARN in place of the id of a VPC or a subnet, as condition keys have it. */
const arnIn =
  <Item>(type: 'vpc' | 'subnet', id: (item: Item) => string | undefined) =>
  (item: Item, { settings: { region }, account }: Context) => {
    const found = id(item)
    return found === undefined ? undefined : arnOf(type, found, { region, account })
  }

const inVpc = { 'ec2:Vpc': arnIn('vpc', ({ VpcId }: { readonly VpcId?: string | undefined }) => VpcId) }
const inZone = {
  'ec2:AvailabilityZone': (item: { readonly AvailabilityZone?: string | undefined }) => item.AvailabilityZone,
}

const TAGS = ({ Tags }: { readonly Tags?: readonly Tag[] | undefined }) => Tags

/** DescribeInstances, without reservations around its instances. */
async function eachInstance(input: DescribeInstancesRequest, context: Context) {
  const { Reservations = [] } = await describeInstances(input, context)
  return { Instances: instancesOf(Reservations) }
}

async function* instancesOf(reservations: Listed<Reservation>): AsyncGenerator<Instance> {
  for await (const { Instances = [] } of reservations) yield* Instances
}

/** The member by which tags are about any kind: it has ids, where ARNs may have names. */
const TAGGED = 'Resources'

/** By what ARNs call them. Of what is not here nothing is known but its name. */
export const kinds: { readonly [T in ArnType]?: Kind } = {
  instance: kind('instance', eachInstance, 'Instances', {
    ids: 'InstanceIds',
    others: {
      VolumeId: { filter: 'block-device-mapping.volume-id' },
      AttachmentId: { filter: 'network-interface.attachment.attachment-id' },
      NetworkInterfaceId: { filter: 'network-interface.network-interface-id' },
    },
    id: ({ InstanceId }) => InstanceId,
    tags: TAGS,
    said: {
      'ec2:InstanceType': ({ InstanceType }) => InstanceType,
      'ec2:AvailabilityZone': ({ Placement }) => Placement?.AvailabilityZone,
    },
  }),
  image: kind('image', describeImages, 'Images', {
    ids: 'ImageIds',
    id: ({ ImageId }) => ImageId,
    tags: TAGS,
  }),
  volume: kind('volume', describeVolumes, 'Volumes', {
    ids: 'VolumeIds',
    others: { InstanceId: { filter: 'attachment.instance-id' }, DeviceName: volumesAt },
    id: ({ VolumeId }) => VolumeId,
    tags: TAGS,
    said: { 'ec2:VolumeSize': ({ Size }) => Size, 'ec2:VolumeType': ({ VolumeType }) => VolumeType, ...inZone },
  }),
  snapshot: kind('snapshot', describeSnapshots, 'Snapshots', {
    ids: 'SnapshotIds',
    id: ({ SnapshotId }) => SnapshotId,
    tags: TAGS,
    said: { 'ec2:VolumeSize': ({ VolumeSize }) => VolumeSize },
  }),
  'import-image-task': kind('import-image-task', describeImportImageTasks, 'ImportImageTasks', {
    ids: 'ImportTaskIds',
    id: ({ ImportTaskId }) => ImportTaskId,
    tags: TAGS,
  }),
  'import-snapshot-task': kind('import-snapshot-task', describeImportSnapshotTasks, 'ImportSnapshotTasks', {
    ids: 'ImportTaskIds',
    id: ({ ImportTaskId }) => ImportTaskId,
    tags: TAGS,
  }),
  'key-pair': kind('key-pair', describeKeyPairs, 'KeyPairs', {
    ids: 'KeyNames',
    others: { KeyPairId: 'KeyPairIds', [TAGGED]: 'KeyPairIds' },
    id: ({ KeyName }) => KeyName,
    tags: TAGS,
  }),
  'launch-template': kind('launch-template', describeLaunchTemplates, 'LaunchTemplates', {
    ids: 'LaunchTemplateIds',
    others: { LaunchTemplateName: 'LaunchTemplateNames' },
    id: ({ LaunchTemplateId }) => LaunchTemplateId,
    tags: TAGS,
  }),
  'placement-group': kind('placement-group', describePlacementGroups, 'PlacementGroups', {
    ids: 'GroupNames',
    others: { [TAGGED]: 'GroupIds' },
    id: ({ GroupName }) => GroupName,
    tags: TAGS,
  }),
  'elastic-ip': kind('elastic-ip', describeAddresses, 'Addresses', {
    ids: 'AllocationIds',
    others: { PublicIp: 'PublicIps', AssociationId: { filter: 'association-id' } },
    id: ({ AllocationId, PublicIp }) => AllocationId ?? PublicIp,
    tags: TAGS,
  }),
  'network-interface': kind('network-interface', describeNetworkInterfaces, 'NetworkInterfaces', {
    ids: 'NetworkInterfaceIds',
    others: {
      InstanceId: interfaceIn,
      AttachmentId: { filter: 'attachment.attachment-id' },
      AssociationId: { filter: 'association.association-id' },
      PublicIp: { filter: 'association.public-ip' },
    },
    id: ({ NetworkInterfaceId }) => NetworkInterfaceId,
    tags: ({ TagSet }) => TagSet,
    said: { 'ec2:Subnet': arnIn('subnet', ({ SubnetId }) => SubnetId), ...inVpc, ...inZone },
  }),
  'security-group': kind('security-group', describeSecurityGroups, 'SecurityGroups', {
    ids: 'GroupIds',
    others: { GroupName: 'GroupNames', [DEFAULT]: defaultGroup },
    id: ({ GroupId }) => GroupId,
    tags: TAGS,
    said: inVpc,
  }),
  'security-group-rule': kind('security-group-rule', describeSecurityGroupRules, 'SecurityGroupRules', {
    ids: 'SecurityGroupRuleIds',
    id: ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
    tags: TAGS,
  }),
  subnet: kind('subnet', describeSubnets, 'Subnets', {
    ids: 'SubnetIds',
    others: { AssociationId: subnetsAssociated },
    id: ({ SubnetId }) => SubnetId,
    tags: TAGS,
    said: { ...inVpc, ...inZone },
  }),
  vpc: kind('vpc', describeVpcs, 'Vpcs', {
    ids: 'VpcIds',
    others: { [DEFAULT]: defaultVpc },
    id: ({ VpcId }) => VpcId,
    tags: TAGS,
  }),
  'internet-gateway': kind('internet-gateway', describeInternetGateways, 'InternetGateways', {
    ids: 'InternetGatewayIds',
    id: ({ InternetGatewayId }) => InternetGatewayId,
    tags: TAGS,
  }),
  'route-table': kind('route-table', describeRouteTables, 'RouteTables', {
    ids: 'RouteTableIds',
    others: { AssociationId: { filter: 'association.route-table-association-id' } },
    id: ({ RouteTableId }) => RouteTableId,
    tags: TAGS,
    said: inVpc,
  }),
  'dhcp-options': kind('dhcp-options', describeDhcpOptions, 'DhcpOptions', {
    ids: 'DhcpOptionsIds',
    id: ({ DhcpOptionsId }) => DhcpOptionsId,
    tags: TAGS,
  }),
  'network-acl': kind('network-acl', describeNetworkAcls, 'NetworkAcls', {
    ids: 'NetworkAclIds',
    id: ({ NetworkAclId }) => NetworkAclId,
    tags: TAGS,
    said: inVpc,
  }),
}

/** What a resource that is made has of those that it is made of, where the request does not say otherwise. */
export const ofOthers = (type: string, others: readonly AskedResource[]): Said => {
  const kindOf = kinds[type as ArnType]
  const told = others.map(({ said = {} }) => said)
  return Object.fromEntries(
    (kindOf?.keys ?? []).map(key => [key, told.map(said => said[key]).find(value => value !== undefined)]),
  )
}
