// RebootInstances: OpenNebula asks the guest.
import type { RebootInstancesRequest } from '@aws-sdk/client-ec2'
import { vmAction } from '../../opennebula/calls/vm.ts'
import type { ChangeContext } from '../core/context.ts'
import { isBusy, throwFirst } from '../core/failures.ts'
import { findInstances } from './find.ts'
import { incorrectInstanceState } from './resource.ts'
import { isUnknown, shownState } from './states.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RebootInstances.html */
export async function rebootInstances(
  { InstanceIds }: RebootInstancesRequest,
  context: ChangeContext,
): Promise<undefined> {
  const views = await findInstances(InstanceIds, context)
  for (const view of views) {
    const state = shownState(view.vm, view.wanted)
    if (state !== 'running' && state !== 'pending') throw incorrectInstanceState(view.id, state, 'rebooted')
  }
  const one = context.commit()
  // Where the host does not answer there is no guest to ask: OpenNebula boots the instance anew
  const outcomes = await one.multicall(views.map(({ vm }) => vmAction(isUnknown(vm) ? 'resume' : 'reboot', vm.ID)))
  // A VM that is still booting, or in the middle of a hot-plug, needs no reboot: AWS only asks for one, too
  const isLost = (index: number) => views[index] !== undefined && isUnknown(views[index].vm)
  throwFirst(outcomes.filter(({ error }, index) => !isBusy(error) || isLost(index)))
}
