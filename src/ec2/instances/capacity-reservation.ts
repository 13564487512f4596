// ModifyInstanceCapacityReservationAttributes: a choice that is kept and shown.
import type {
  ModifyInstanceCapacityReservationAttributesRequest,
  ModifyInstanceCapacityReservationAttributesResult,
} from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { changeRecords } from './change-records.ts'
import { choose } from './record.ts'

/**
 * Keeps whether an instance would use a capacity reservation, of which there are none, and shows it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCapacityReservationAttributes.html
 */
export async function modifyInstanceCapacityReservationAttributes(
  { InstanceId, CapacityReservationSpecification: reservations }: ModifyInstanceCapacityReservationAttributesRequest,
  context: ChangeContext,
): Promise<ModifyInstanceCapacityReservationAttributesResult> {
  const capacityReservation = choose('capacityReservation', reservations?.CapacityReservationPreference ?? '')
  await changeRecords([InstanceId ?? ''], context, () => ({ capacityReservation }))
  return { Return: true }
}
