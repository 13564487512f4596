// CreateNetworkInterface: a reservation of one address out of a subnet, which keeps its MAC wherever it is attached.
import type { CreateNetworkInterfaceRequest, CreateNetworkInterfaceResult } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { impossible, invalid, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { type Network, networkPool, type SecurityGroup } from '../core/documents.ts'
import { throwFirst, toEc2Error } from '../core/failures.ts'
import { parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { untilMade } from '../core/network-states.ts'
import { askedAddresses } from '../core/private-addresses.ts'
import { addressInUse } from '../core/refusals.ts'
import { type PlaceInNetwork, placeOf, reserving, type Wanted } from '../core/reservations.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import {
  groupsOfNobody,
  groupsOnNetwork,
  namableGroups,
  pickGroups,
  readNamableGroups,
} from '../security-groups/find.ts'
import { madeGroups } from '../security-groups/states.ts'
import { subnetAmong, subnetCalls } from '../subnets/find.ts'
import { SUBNET } from '../subnets/resource.ts'
import type { SubnetView } from '../subnets/view.ts'
import { toNetworkInterface } from './describe.ts'
import { viewFree } from './find.ts'
import { type InterfaceRecord, interfaceRecords, viewOwn } from './own.ts'
import { INTERFACES_LOCK, NETWORK_INTERFACE } from './resource.ts'
import { numbersOf } from './states.ts'

/**
 * Makes an interface by reserving its address: atomic in OpenNebula, so that no two get the same.
 * @throws Ec2Error InvalidIPAddress.InUse, InsufficientFreeAddressesInSubnet, NetworkInterfaceLimitExceeded, and
 *   UnsupportedOperation for a subnet that is a reservation, out of which OpenNebula reserves nothing
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
 */
export async function createNetworkInterface(
  input: CreateNetworkInterfaceRequest,
  context: ChangeContext,
): Promise<CreateNetworkInterfaceResult> {
  if (!input.SubnetId) throw missing('SubnetId')
  parseId(SUBNET, input.SubnetId)
  const { primary, secondary } = askedAddresses(input)
  if (secondary.length > 0) {
    throw impossible(
      'Secondary addresses in PrivateIpAddresses, and SecondaryPrivateIpAddressCount, are not supported here: ' +
        'a network interface gets them from AssignPrivateIpAddresses while it is attached to an instance.',
    )
  }
  const tags = tagsFor('network-interface', input.TagSpecifications)
  const since = context.moment()
  const found = await readTogether(context.one, {
    networks: subnetCalls(context),
    groups: namableGroups(context),
  })
  const subnet = subnetOf(input.SubnetId, found.networks, context)
  const network = await untilMade(subnet.network, context.one)
  const place = primary === undefined ? undefined : placeIn(network, primary)
  const groups = groupsFor(input.Groups, subnet, found.groups, context)
  const one = context.commit()
  const record: InterfaceRecord = {
    vpc: subnet.vpc,
    subnet: subnet.id,
    zone: subnet.zone,
    description: input.Description,
    groups: await madeGroups(groups ?? groupsOnNetwork(subnet.network, found.groups, subnet.vpc, context), context),
  }
  const id = context.mint.mint(NETWORK_INTERFACE, context.seed(0))
  const wanted: Wanted = {
    ...{ id, parent: subnet.network.ID, place, lock: INTERFACES_LOCK },
    exhausted: () => (primary === undefined ? noneLeft(input.SubnetId) : addressInUse(primary)),
  }
  return reserving(wanted, context, one, async number => {
    const written = writeRecord(number, record, tags, groups !== undefined)
    const { objects, errors } = await context.hold([INTERFACES_LOCK], async left => {
      // A group is deleted under the same lock
      if (left > since) groupsFor(input.Groups, subnet, await readNamableGroups(context), context)
      return one.changeAndRead([written], networkPool({ whose: WHOSE.OWN, only: number }))
    })
    throwFirst(errors.map(error => ({ error })))
    const [own] = objects.flatMap(network => viewOwn(network, context) ?? [])
    if (!own) throw new TypeError('the new interface is no interface')
    return { NetworkInterface: toNetworkInterface(viewFree(own), context), ClientToken: input.ClientToken }
  }).catch(error => {
    throw toEc2Error(error, { resource: NETWORK_INTERFACE })
  })
}

const noneLeft = (subnet = '') =>
  new Ec2Error('InsufficientFreeAddressesInSubnet', `The subnet '${subnet}' has no free address.`)

/** @throws Ec2Error InvalidSubnetID.NotFound, UnsupportedOperation */
function subnetOf(id: string, networks: readonly Network[], context: Context): SubnetView {
  const view = subnetAmong(id, networks, context)
  if (view.network.PARENT_NETWORK_ID !== undefined) {
    throw impossible(
      `The subnet '${id}' is a part of another network, out of which the cloud gives interfaces no addresses of their own.`,
    )
  }
  return view
}

/** Where a wished address is. @throws Ec2Error InvalidParameterValue */
function placeIn(network: Network, ip: string): PlaceInNetwork {
  const place = placeOf(ip, network)
  if (!place) throw invalid('privateIpAddress', ip, 'It is outside of the subnet.')
  return place
}

/** The groups of a new interface; undefined for those that OpenNebula gives every one in its network. */
const groupsFor = (
  ids: readonly string[] | undefined,
  { vpc }: SubnetView,
  groups: readonly SecurityGroup[],
  context: Context,
) => (ids ? pickGroups({ ids }, groups, vpc, context) : groupsOfNobody(groups, vpc, context))

/** What OpenNebula does not take with the reservation itself. Groups of its own count instead of the network's. */
const writeRecord = (number: number, record: InterfaceRecord, tags: Tags, isNamed: boolean) =>
  merge('vn', number, {
    EC2_INTERFACE: interfaceRecords.write(record),
    // Else it has those of its subnet, of whose network OpenNebula copies everything
    EC2_TAGS: encodeTags(tags),
    SECURITY_GROUPS: isNamed ? numbersOf(record.groups) : undefined,
  })
