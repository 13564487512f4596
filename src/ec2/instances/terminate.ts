// TerminateInstances: at once, or as soon as OpenNebula does, and the volumes that end with them.
import type { TerminateInstancesRequest, TerminateInstancesResult } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { protectedInstance } from './resource.ts'
import { stateOf } from './states.ts'
import { transit } from './transit.ts'
import { transitions } from './transitions.ts'
import type { InstanceView } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html */
export async function terminateInstances(
  { InstanceIds }: TerminateInstancesRequest,
  context: ChangeContext,
): Promise<TerminateInstancesResult> {
  return {
    TerminatingInstances: await transit(InstanceIds, transitions.terminate, context, checkTerminationProtection),
  }
}

function checkTerminationProtection({ id, record, vm }: InstanceView): void {
  if (record.keep && stateOf(vm) !== 'terminated') throw protectedInstance(id, 'terminated', 'disableApiTermination')
}
