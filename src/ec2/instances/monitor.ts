// MonitorInstances and UnmonitorInstances: a switch that is kept and shown.
import type {
  InstanceMonitoring,
  MonitorInstancesRequest,
  MonitorInstancesResult,
  UnmonitorInstancesRequest,
  UnmonitorInstancesResult,
} from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { changeRecords } from './change-records.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_MonitorInstances.html */
export const monitorInstances = async (
  { InstanceIds }: MonitorInstancesRequest,
  context: ChangeContext,
): Promise<MonitorInstancesResult> => ({ InstanceMonitorings: await monitor(InstanceIds, true, context) })

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnmonitorInstances.html */
export const unmonitorInstances = async (
  { InstanceIds }: UnmonitorInstancesRequest,
  context: ChangeContext,
): Promise<UnmonitorInstancesResult> => ({ InstanceMonitorings: await monitor(InstanceIds, false, context) })

async function monitor(
  ids: readonly string[] | undefined,
  monitored: boolean,
  context: ChangeContext,
): Promise<InstanceMonitoring[]> {
  const views = await changeRecords(ids ?? [], context, () => ({ monitored }))
  return views.map(({ id }) => ({ InstanceId: id, Monitoring: { State: monitored ? 'enabled' : 'disabled' } }))
}
