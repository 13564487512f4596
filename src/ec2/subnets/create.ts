// CreateSubnet: a network of the account's own, in a VPC that it made.
import type { CreateSubnetRequest, CreateSubnetResult } from '@aws-sdk/client-ec2'
import { type Block, blockText, holds, overlap, spanOf } from '../../lib/cidr.ts'
import { limits } from '../../limits.ts'
import { invalid } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { blockNamed, usableCount } from '../core/blocks.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { toEc2Error } from '../core/failures.ts'
import { parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { tagsFor } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { type AskedZone, asksForZone, zoneAsked, zonesOfClusters } from '../core/zones.ts'
import { vpcAmong, vpcQuestion, vpcsIn } from '../vpcs/find.ts'
import { checkOwnVpc, VPC, vpcLock } from '../vpcs/resource.ts'
import type { VpcView } from '../vpcs/view.ts'
import { subnetsIn } from './find.ts'
import { conflict, networkSource } from './networks.ts'
import { SUBNET, subnetLock } from './resource.ts'
import { type ShownSubnet, type SubnetView, subnetRecords, toSubnet } from './view.ts'

/**
 * Makes the network, and then makes it a subnet by what is kept on it: until then it is nothing to anybody.
 * @throws Ec2Error InvalidSubnet.Range, InvalidSubnet.Conflict, SubnetLimitExceeded, UnsupportedOperation where the operator
 *   has set nothing to make networks of; OperationNotPermitted in the default VPC, whose subnets are the operator's networks
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
 */
export async function createSubnet(input: CreateSubnetRequest, context: ChangeContext): Promise<CreateSubnetResult> {
  const { VpcId = '', CidrBlock = '' } = input
  parseId(VPC, VpcId)
  const block = blockNamed(CidrBlock, 'InvalidSubnet.Range')
  zoneAsked(input, context.settings)
  const tags = tagsFor(SUBNET.type, input.TagSpecifications)
  checkOwnVpc(VpcId, context)
  const source = networkSource(context)
  const id = context.mint.mint(SUBNET, context.seed(0))
  return context.hold([vpcLock(VpcId)], async () => {
    const found = await readTogether(context.one, { ...vpcQuestion(context), parents: source.calls })
    const vpc = vpcAmong(VpcId, vpcsIn(found, context))
    checkBlock(block, vpc)
    const zone = zoneFor(input, source.clusters(found.parents), context)
    const others = subnetsIn(found.networks, context).filter(each => each.vpc === vpc.id && each.id !== id)
    checkRoom(block, others)
    const making = source.plan({ id, block, lock: subnetLock(id) }, found.parents)
    const subnet: ShownSubnet = {
      ...{ id, vpc: vpc.id, block, zone, tags },
      state: 'pending',
      free: usableCount(block),
      mapPublicIpOnLaunch: false,
    }
    const EC2_SUBNET = subnetRecords.write({ vpc: vpc.id, block: blockText(block), zone })
    // The tags even where there are none: what it is made of may have some
    const attributes = { EC2_SUBNET, SECURITY_GROUPS: '', EC2_TAGS: encodeTags(tags) }
    const one = context.commit()
    await making(context, one, number => one.call(merge('vn', number, attributes))).catch(error => {
      throw toEc2Error(error, { resource: SUBNET })
    })
    return { Subnet: toSubnet(subnet, false, context) }
  })
}

/**
 * The zone of a subnet whose network is to be in these clusters.
 * @throws Ec2Error InvalidParameterValue for one where it will not be
 */
function zoneFor(input: AskedZone, clusters: readonly number[], { settings }: Context): string {
  const asked = zoneAsked(input, settings)
  const zones = zonesOfClusters(clusters, settings)
  const [first] = zones
  if (first === undefined || zones.includes(asked)) return asked
  if (!asksForZone(input)) return first
  const why = `Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`
  throw invalid('availabilityZone', asked, why)
}

/** @throws Ec2Error InvalidSubnet.Range for a block that is not in the VPC's */
function checkBlock(block: Block, vpc: VpcView): void {
  if (vpc.blocks.some(each => holds(each, spanOf(block)))) return
  throw new Ec2Error('InvalidSubnet.Range', `The CIDR '${blockText(block)}' is invalid.`)
}

/** @throws Ec2Error InvalidSubnet.Conflict, SubnetLimitExceeded */
function checkRoom(block: Block, others: readonly SubnetView[]): void {
  if (others.some(other => other.block && overlap(other.block, block))) throw conflict(block)
  const { most, code } = limits.subnetsOfVpc
  if (others.length >= most) throw new Ec2Error(code, `A VPC has at most ${most} subnets.`)
}
