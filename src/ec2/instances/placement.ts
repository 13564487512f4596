// ModifyInstancePlacement: what is asked of the hosts of instances, which the operator alone decides on.
import type { ModifyInstancePlacementRequest, ModifyInstancePlacementResult } from '@aws-sdk/client-ec2'
import { combination, impossible } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import { findInstance } from './find.ts'
import { unmodifiableInstance } from './resource.ts'
import { shownState } from './states.ts'

/**
 * Takes what is the case anyway: a host that is shared, which may be another after every start, and the placement group
 * that the instance was launched into, if any.
 * @throws Ec2Error InvalidParameterCombination, NotFound, UnsupportedOperation for another group, IncorrectInstanceState for one that is not stopped
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstancePlacement.html
 */
export async function modifyInstancePlacement(
  { InstanceId = '', Affinity, GroupName, Tenancy }: ModifyInstancePlacementRequest,
  context: Context,
): Promise<ModifyInstancePlacementResult> {
  if ([Affinity, GroupName, Tenancy].every(value => value === undefined)) {
    throw combination('At least one of affinity, tenancy and group name must be specified.')
  }
  const { id, vm, wanted, record } = await findInstance(InstanceId, context)
  const needsStop = GroupName !== undefined || Tenancy !== undefined
  if (needsStop && shownState(vm, wanted) !== 'stopped') {
    throw unmodifiableInstance(id, 'Its placement changes while it is stopped.')
  }
  if (GroupName !== undefined && GroupName !== (record.placement?.name ?? '')) {
    throw impossible('An instance stays in the placement group that it was launched into, or in none.')
  }
  return { Return: true }
}
