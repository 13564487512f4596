// What forms offer to choose from: things that there are, asked of the API when a form is opened.
import type { Filter, Tag } from '@aws-sdk/client-ec2'
import type { Action, Answer, Input } from '../api/model.ts'
import { api } from '../session/session.ts'
import type { Choice } from '../ui/fields.ts'
import { tagOf } from './tags.tsx'

/** What its owner calls it with its id, where it has a name. */
export const labelOf = (name: string | undefined, id: string): string => (name ? `${name} (${id})` : id)

/** The choice of something that has tags. */
export const tagged = (id: string, item: { readonly Tags?: Tag[] | undefined }, more = ''): Choice => ({
  value: id,
  label: labelOf(tagOf(item, 'Name'), id) + (more && `: ${more}`),
})

/** The choices that a Describe gives. */
const choicesOf =
  <A extends Action>(action: A, input: Input<A>, choices: (answer: Answer<A>) => readonly Choice[]) =>
  async (): Promise<readonly Choice[]> =>
    choices(await api().call(action, input))

/** A filter of a Describe: all that have one of these values. */
export const having = (Name: string, ...Values: string[]): { Filters: Filter[] } => ({ Filters: [{ Name, Values }] })

export const zones = choicesOf('DescribeAvailabilityZones', {}, ({ AvailabilityZones = [] }) =>
  AvailabilityZones.map(({ ZoneName = '' }) => ({ value: ZoneName, label: ZoneName })),
)

/** Instances that something can be attached to. */
export const instances = (...filters: Filter[]) =>
  choicesOf(
    'DescribeInstances',
    { Filters: [{ Name: 'instance-state-name', Values: ['running', 'stopped'] }, ...filters] },
    ({ Reservations = [] }) =>
      Reservations.flatMap(({ Instances = [] }) => Instances).map(instance =>
        tagged(
          instance.InstanceId ?? '',
          instance,
          [instance.State?.Name, instance.Placement?.AvailabilityZone].filter(Boolean).join(', '),
        ),
      ),
  )

/** Network interfaces; with filters, those that have it. */
export const interfaces = (...Filters: Filter[]) =>
  choicesOf('DescribeNetworkInterfaces', { Filters }, ({ NetworkInterfaces = [] }) =>
    NetworkInterfaces.map(({ NetworkInterfaceId = '', TagSet: Tags, PrivateIpAddress }) =>
      tagged(NetworkInterfaceId, { Tags }, PrivateIpAddress),
    ),
  )

/** VPCs; with filters, those that have it. */
export const vpcs = (...Filters: Filter[]) =>
  choicesOf('DescribeVpcs', { Filters }, ({ Vpcs = [] }) =>
    Vpcs.map(vpc => tagged(vpc.VpcId ?? '', vpc, vpc.CidrBlock)),
  )

/** Those of the account's own making. */
export const ownVpcs = vpcs({ Name: 'is-default', Values: ['false'] })

export const subnets = (...Filters: Filter[]) =>
  choicesOf('DescribeSubnets', { Filters }, ({ Subnets = [] }) =>
    Subnets.map(subnet =>
      tagged(subnet.SubnetId ?? '', subnet, [subnet.CidrBlock, subnet.AvailabilityZone].filter(Boolean).join(', ')),
    ),
  )

/** The security groups of a VPC. */
export const groupsIn = (vpc: string) =>
  choicesOf('DescribeSecurityGroups', having('vpc-id', vpc), ({ SecurityGroups = [] }) =>
    SecurityGroups.map(({ GroupId = '', GroupName }) => ({ value: GroupId, label: labelOf(GroupName, GroupId) })),
  )

/** The security groups of a subnet's VPC; of the default one where there is no subnet. */
export async function groupsOfSubnet(subnet: string): Promise<readonly Choice[]> {
  const vpc = await vpcOf(subnet)
  return vpc === undefined ? [] : groupsIn(vpc)()
}

async function vpcOf(subnet: string): Promise<string | undefined> {
  if (subnet) return (await api().call('DescribeSubnets', { SubnetIds: [subnet] })).Subnets?.[0]?.VpcId
  return (await api().call('DescribeVpcs', having('is-default', 'true'))).Vpcs?.[0]?.VpcId
}

/** Internet gateways; with filters, those that have it. */
export const gateways = (...Filters: Filter[]) =>
  choicesOf('DescribeInternetGateways', { Filters }, ({ InternetGateways = [] }) =>
    InternetGateways.map(gateway => tagged(gateway.InternetGatewayId ?? '', gateway)),
  )

export const dhcpOptionSets = choicesOf('DescribeDhcpOptions', {}, ({ DhcpOptions = [] }) =>
  DhcpOptions.map(options => tagged(options.DhcpOptionsId ?? '', options)),
)
