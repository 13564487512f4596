// Making internet gateways, attaching them to VPCs, and the ways back. Nothing of OpenNebula's follows from it.
import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DetachInternetGatewayRequest,
} from '@aws-sdk/client-ec2'
import { invalidBecause, unauthorizedOperation } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Network } from '../core/documents.ts'
import { readTogether } from '../core/multicall.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { tagsFor } from '../core/tags.ts'
import { associate } from '../vpc-associations/find.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
import { vpcAmong, vpcQuestion, vpcsIn } from '../vpcs/find.ts'
import { vpcLock } from '../vpcs/resource.ts'
import type { VpcView } from '../vpcs/view.ts'
import { type GatewayView, gatewayAmong, gatewayOf, gatewayQuestion, gatewaysIn, ownGateways } from './find.ts'
import { hasPublicAddress } from './public-addresses.ts'
import { INTERNET_GATEWAY } from './resource.ts'
import { toGateway } from './view.ts'

/**
 * @throws Ec2Error InternetGatewayLimitExceeded
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html
 */
export async function createInternetGateway(
  { TagSpecifications }: CreateInternetGatewayRequest,
  context: ChangeContext,
): Promise<CreateInternetGatewayResult> {
  const tags = tagsFor(INTERNET_GATEWAY.type, TagSpecifications)
  const { id } = await ownGateways.create({}, minted => ({ id: minted, tags, fields: {} }), context)
  return { InternetGateway: toGateway({ id, vpc: undefined, tags }, context) }
}

/** A gateway and a VPC that a request is about, as they are while it holds the locks of both. */
interface Pair {
  readonly gateway: GatewayView
  readonly vpc: VpcView
  readonly gateways: readonly GatewayView[]
  /** Those of the account, among others. */
  readonly networks: readonly Network[]
}

function withBoth(
  { InternetGatewayId = '', VpcId = '' }: AttachInternetGatewayRequest,
  context: ChangeContext,
  work: (pair: Pair) => Promise<void>,
): Promise<void> {
  return context.hold([vpcLock(VpcId), ASSOCIATIONS_LOCK], async () => {
    const found = await readTogether(context.one, { ...vpcQuestion(context), ...gatewayQuestion })
    const gateways = gatewaysIn(found, context)
    const gateway = gatewayAmong(InternetGatewayId, gateways)
    const vpc = vpcAmong(VpcId, vpcsIn(found, context))
    await work({ gateway, gateways, vpc, networks: found.networks })
  })
}

/**
 * @throws Ec2Error Resource.AlreadyAssociated, InvalidParameterValue for a VPC that has one
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html
 */
export async function attachInternetGateway(
  input: AttachInternetGatewayRequest,
  context: ChangeContext,
): Promise<undefined> {
  await withBoth(input, context, async ({ gateway, gateways, vpc }) => {
    if (gateway.vpc !== undefined) {
      const message = `resource ${gateway.id} is already attached to network ${gateway.vpc}`
      throw new Ec2Error('Resource.AlreadyAssociated', message)
    }
    // One that is gone by other ways than ours hinders no other
    if (gateways.some(({ id }) => id === gatewayOf(vpc))) {
      throw invalidBecause(`Network ${vpc.id} already has an internet gateway attached`)
    }
    await associate(vpc.associations, { gateway: gateway.id }, context)
  })
}

/**
 * @throws Ec2Error Gateway.NotAttached, DependencyViolation while an interface in the VPC has a public address
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html
 */
export async function detachInternetGateway(
  input: DetachInternetGatewayRequest,
  context: ChangeContext,
): Promise<undefined> {
  await withBoth(input, context, async ({ gateway, vpc, networks }) => {
    if (gateway.vpc !== vpc.id) {
      throw new Ec2Error('Gateway.NotAttached', `resource ${gateway.id} is not attached to network ${vpc.id}`)
    }
    checkOwn(gateway, context)
    if (await hasPublicAddress(vpc.id, networks, context)) {
      const message = `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`
      throw new Ec2Error('DependencyViolation', message)
    }
    await associate(vpc.associations, { gateway: undefined }, context)
  })
}

/**
 * @throws Ec2Error DependencyViolation
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html
 */
export async function deleteInternetGateway(
  { InternetGatewayId = '' }: DeleteInternetGatewayRequest,
  context: ChangeContext,
): Promise<undefined> {
  await context.hold([ASSOCIATIONS_LOCK], () =>
    ownGateways.deleteBeside(
      ({ one }) => readTogether(one, gatewayQuestion),
      (found, items) => {
        const gateway = gatewayAmong(InternetGatewayId, gatewaysIn(found, context))
        checkOwn(gateway, context)
        if (gateway.vpc !== undefined) {
          const message = `The internetGateway '${gateway.id}' has dependencies and cannot be deleted.`
          throw new Ec2Error('DependencyViolation', message)
        }
        return { members: ownGateways.named([gateway.id])(items) }
      },
      context,
    ),
  )
}

/** @throws Ec2Error UnauthorizedOperation for that of the default VPC */
function checkOwn({ id }: GatewayView, context: Context): void {
  if (id === ofAccount(INTERNET_GATEWAY, context)) throw unauthorizedOperation()
}
