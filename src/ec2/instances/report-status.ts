// ReportInstanceStatus: what a user thinks of the state of instances. It is checked, and changes nothing, as AWS has it.
import type { ReportInstanceReasonCodes, ReportInstanceStatusRequest } from '@aws-sdk/client-ec2'
import { invalid, noneSpecified } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import { findInstances } from './find.ts'
import { incorrectInstanceState } from './resource.ts'
import { shownState } from './states.ts'

const STATUSES: readonly string[] = ['ok', 'impaired']

const REASONS: readonly string[] = [
  'instance-stuck-in-state',
  'unresponsive',
  'not-accepting-credentials',
  'password-not-available',
  'performance-network',
  'performance-instance-store',
  'performance-ebs-volume',
  'performance-other',
  'other',
] satisfies ReportInstanceReasonCodes[]

/**
 * @throws Ec2Error InvalidParameterValue, NotFound, IncorrectInstanceState for an instance that is not running
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReportInstanceStatus.html
 */
export async function reportInstanceStatus(
  { Instances = [], Status, ReasonCodes = [], StartTime, EndTime }: ReportInstanceStatusRequest,
  context: Context,
): Promise<undefined> {
  if (Instances.length === 0) throw noneSpecified('instances')
  if (Status === undefined || !STATUSES.includes(Status)) throw invalid('status', Status)
  for (const reason of ReasonCodes) if (!REASONS.includes(reason)) throw invalid('reasonCode', reason)
  if (StartTime && EndTime && StartTime > EndTime) {
    throw invalid('endTime', EndTime.toISOString(), 'It is before the start time.')
  }
  for (const { id, vm, wanted } of await findInstances(Instances, context)) {
    const state = shownState(vm, wanted)
    if (state !== 'running') throw incorrectInstanceState(id, state, 'reported')
  }
}
