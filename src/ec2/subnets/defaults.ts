// CreateDefaultSubnet: the default subnets are the operator's networks, which are there or are not.
import type { CreateDefaultSubnetRequest, CreateDefaultSubnetResult } from '@aws-sdk/client-ec2'
import { impossible, needsOneOf } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { zoneAsked } from '../core/zones.ts'
import { defaultSubnet, readSubnets } from './find.ts'

/**
 * @throws Ec2Error DefaultSubnetAlreadyExistsInAvailabilityZone, else UnsupportedOperation
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html
 */
export async function createDefaultSubnet(
  input: CreateDefaultSubnetRequest,
  context: ChangeContext,
): Promise<CreateDefaultSubnetResult> {
  if (!input.AvailabilityZone && !input.AvailabilityZoneId) throw needsOneOf('AvailabilityZone', 'AvailabilityZoneId')
  const zone = zoneAsked(input, context.settings)
  const subnets = await readSubnets(context)
  const number = defaultSubnet(subnets, context)
  const there = subnets.find(subnet => subnet.network.ID === number && subnet.zone === zone)
  if (!there) throw impossible(`The default subnets of this region are its operator's networks: ${zone} has none.`)
  throw new Ec2Error(
    'DefaultSubnetAlreadyExistsInAvailabilityZone',
    `'${there.id}' is already the default subnet in ${zone}.`,
  )
}
