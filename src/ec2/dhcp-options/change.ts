// Making sets of DHCP options, associating them with VPCs, and deleting them.
import type {
  AssociateDhcpOptionsRequest,
  CreateDhcpOptionsRequest,
  CreateDhcpOptionsResult,
  DeleteDhcpOptionsRequest,
} from '@aws-sdk/client-ec2'
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { readTogether } from '../core/multicall.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { tagsFor } from '../core/tags.ts'
import { associate, NO_OPTIONS } from '../vpc-associations/find.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
import { vpcAmong, vpcQuestion, vpcsIn } from '../vpcs/find.ts'
import { vpcLock } from '../vpcs/resource.ts'
import { dhcpOptionsOf } from '../vpcs/view.ts'
import { dhcpOptionsAmong, dhcpOptionsIn, ownDhcpOptions } from './find.ts'
import { optionsFrom } from './options.ts'
import { DHCP_OPTIONS } from './resource.ts'
import { toDhcpOptions } from './view.ts'

/**
 * @throws Ec2Error InvalidParameterValue, MissingParameter, ResourceLimitExceeded
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html
 */
export async function createDhcpOptions(
  { DhcpConfigurations, TagSpecifications }: CreateDhcpOptionsRequest,
  context: ChangeContext,
): Promise<CreateDhcpOptionsResult> {
  const options = optionsFrom(DhcpConfigurations)
  const tags = tagsFor(DHCP_OPTIONS.type, TagSpecifications)
  const { id } = await ownDhcpOptions.create({}, minted => ({ id: minted, tags, fields: { options } }), context)
  return { DhcpOptions: toDhcpOptions({ id, options, tags }, context) }
}

/** What is read of VPCs and of sets of options, in one request. */
async function readBoth(context: ChangeContext) {
  const found = await readTogether(context.one, { ...vpcQuestion(context), sets: [ownDhcpOptions.pool] })
  return { vpcs: vpcsIn(found, context), sets: dhcpOptionsIn(found.sets, context) }
}

/**
 * Instances that are launched from now on are told of the options: those that run keep what they were told.
 * @throws Ec2Error InvalidDhcpOptionID.NotFound, InvalidVpcID.NotFound
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html
 */
export async function associateDhcpOptions(
  { DhcpOptionsId = '', VpcId = '' }: AssociateDhcpOptionsRequest,
  context: ChangeContext,
): Promise<undefined> {
  await context.hold([vpcLock(VpcId), ASSOCIATIONS_LOCK], async () => {
    const { vpcs, sets } = await readBoth(context)
    const set = DhcpOptionsId === NO_OPTIONS ? NO_OPTIONS : dhcpOptionsAmong(DhcpOptionsId, sets).id
    const { associations } = vpcAmong(VpcId, vpcs)
    const dhcpOptions = set === ofAccount(DHCP_OPTIONS, context) ? undefined : set
    await associate(associations, { dhcpOptions }, context)
  })
}

/**
 * @throws Ec2Error DependencyViolation for a set that a VPC has
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteDhcpOptions.html
 */
export async function deleteDhcpOptions(
  { DhcpOptionsId = '' }: DeleteDhcpOptionsRequest,
  context: ChangeContext,
): Promise<undefined> {
  await context.hold([ASSOCIATIONS_LOCK], () =>
    ownDhcpOptions.deleteBeside(
      readBoth,
      ({ vpcs, sets }, items) => {
        const { id } = dhcpOptionsAmong(DhcpOptionsId, sets)
        if (vpcs.some(vpc => dhcpOptionsOf(vpc, context) === id)) {
          throw new Ec2Error('DependencyViolation', `The dhcpOptions '${id}' has dependencies and cannot be deleted.`)
        }
        if (id === ofAccount(DHCP_OPTIONS, context)) throw unauthorizedOperation()
        return { members: ownDhcpOptions.named([id])(items) }
      },
      context,
    ),
  )
}
