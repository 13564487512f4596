// StartInstances: those that are stopped boot again.
import type { StartInstancesRequest, StartInstancesResult } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { transit } from './transit.ts'
import { transitions } from './transitions.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StartInstances.html */
export const startInstances = async (
  { InstanceIds }: StartInstancesRequest,
  context: ChangeContext,
): Promise<StartInstancesResult> => ({
  StartingInstances: await transit(InstanceIds, transitions.start, context),
})
