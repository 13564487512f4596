// ModifySubnetAttribute: whether instances get a public address with their launch.
import type { ModifySubnetAttributeRequest } from '@aws-sdk/client-ec2'
import { impossible } from '../../protocol/complaints.ts'
import { noAttributes, severalAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext } from '../core/context.ts'
import { toEc2Error } from '../core/failures.ts'
import { parseId } from '../core/ids.ts'
import { merge } from '../core/writes.ts'
import { ownSubnetNamed } from './find.ts'
import { SUBNET, subnetLock } from './resource.ts'
import { subnetRecords } from './view.ts'

/**
 * What else may be changed of a subnet at AWS has one value here, which may be asked for.
 * @throws Ec2Error InvalidParameterCombination for none and for several; OperationNotPermitted for a subnet of the operator's;
 *   UnsupportedOperation where there are no public addresses
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html
 */
export async function modifySubnetAttribute(
  { SubnetId: id = '', MapPublicIpOnLaunch, ...same }: ModifySubnetAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  parseId(SUBNET, id)
  const mapPublicIpOnLaunch = MapPublicIpOnLaunch?.Value
  const asked = Object.keys(same).length + (mapPublicIpOnLaunch === undefined ? 0 : 1)
  if (asked === 0) throw noAttributes()
  if (asked > 1) throw severalAttributes()
  if (mapPublicIpOnLaunch && context.settings.addressNetwork === undefined) {
    throw impossible('There are no public addresses in this region: MapPublicIpOnLaunch can only be false.')
  }
  await context.hold([subnetLock(id)], async () => {
    const { network, record } = await ownSubnetNamed(id, context)
    const one = context.commit()
    if (mapPublicIpOnLaunch === undefined) return
    const EC2_SUBNET = subnetRecords.write({ ...record, mapPublicIpOnLaunch })
    await one.call(merge('vn', network.ID, { EC2_SUBNET })).catch(error => {
      throw toEc2Error(error, { resource: SUBNET, id })
    })
  })
}
