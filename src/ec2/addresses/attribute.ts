// ModifyAddressAttribute and ResetAddressAttribute: the name of an address in the DNS, which the cloud does not keep.
import type {
  ModifyAddressAttributeRequest,
  ResetAddressAttributeRequest,
  ResetAddressAttributeResult,
} from '@aws-sdk/client-ec2'
import { impossible, invalid } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import { pick, readBook } from './find.ts'
import { allocationId } from './resource.ts'

/**
 * @throws Ec2Error NotFound; UnsupportedOperation for an address that there is
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyAddressAttribute.html
 */
export async function modifyAddressAttribute(
  { AllocationId = '' }: ModifyAddressAttributeRequest,
  context: Context,
): Promise<never> {
  const { ip } = pick({ AllocationId }, await readBook(context))
  throw impossible(`The address ${ip} cannot be given a name: this endpoint writes no PTR records.`)
}

/**
 * Takes the name from an address, which has none.
 * @throws Ec2Error NotFound, InvalidParameterValue for another attribute
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetAddressAttribute.html
 */
export async function resetAddressAttribute(
  { AllocationId = '', Attribute }: ResetAddressAttributeRequest,
  context: Context,
): Promise<ResetAddressAttributeResult> {
  if (Attribute !== 'domain-name') throw invalid('attribute', Attribute)
  const { ip, network } = pick({ AllocationId }, await readBook(context))
  return { Address: { PublicIp: ip, AllocationId: allocationId(network.ID) } }
}
