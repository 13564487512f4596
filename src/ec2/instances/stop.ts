// StopInstances, gently or by force.
import type { StopInstancesRequest, StopInstancesResult } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { protectedInstance } from './resource.ts'
import { transit } from './transit.ts'
import { transitions } from './transitions.ts'
import type { InstanceView } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html */
export async function stopInstances(
  { InstanceIds, Force, Hibernate }: StopInstancesRequest,
  context: ChangeContext,
): Promise<StopInstancesResult> {
  if (Hibernate) {
    throw new Ec2Error('UnsupportedHibernationConfiguration', 'The instances are not configured for hibernation.')
  }
  const transition = Force ? transitions.forceStop : transitions.stop
  return { StoppingInstances: await transit(InstanceIds, transition, context, checkStopProtection) }
}

function checkStopProtection({ id, record }: InstanceView): void {
  if (record.keepRunning) throw protectedInstance(id, 'stopped', 'disableApiStop')
}
