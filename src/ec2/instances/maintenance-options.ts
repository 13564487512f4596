// ModifyInstanceMaintenanceOptions: a choice that is kept and shown.
import type {
  ModifyInstanceMaintenanceOptionsRequest,
  ModifyInstanceMaintenanceOptionsResult,
} from '@aws-sdk/client-ec2'
import { combination } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { changeRecords } from './change-records.ts'
import { choose } from './record.ts'

/**
 * Keeps what is to become of an instance whose host fails, and shows it: the operator decides.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMaintenanceOptions.html
 */
export async function modifyInstanceMaintenanceOptions(
  { InstanceId, AutoRecovery }: ModifyInstanceMaintenanceOptionsRequest,
  context: ChangeContext,
): Promise<ModifyInstanceMaintenanceOptionsResult> {
  if (AutoRecovery === undefined) {
    throw combination('No maintenance options specified.')
  }
  const autoRecovery = choose('autoRecovery', AutoRecovery)
  await changeRecords([InstanceId ?? ''], context, () => ({ autoRecovery }))
  return { InstanceId, AutoRecovery }
}
