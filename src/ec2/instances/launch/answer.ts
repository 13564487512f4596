// The answer to a launch: the instances that it made, at once and when it is repeated.
import type { Instance, Reservation } from '@aws-sdk/client-ec2'
import type { Context } from '../../core/context.ts'
import type { Vm } from '../../core/documents.ts'
import type { SubnetsByNumber } from '../../subnets/view.ts'
import { showing } from '../find.ts'
import { stateItem } from '../states.ts'
import { toInstance, viewInstance } from '../view.ts'
import type { Committed, Launched } from './journal.ts'
import type { PlannedInstance } from './planned-instance.ts'

/** What was made, as it stands now; where that could not be read any more, as it was asked for. */
export function described(
  launched: Committed,
  instances: readonly PlannedInstance[],
  { vms, subnets }: { readonly vms: readonly Vm[]; readonly subnets: SubnetsByNumber },
  context: Context,
): Pick<Reservation, 'Groups' | 'Instances'> {
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const made = instances.filter(({ id }) => launched.has(id))
  const Instances = made.map(plannedInstance => {
    const vm = byNumber.get(launched.get(plannedInstance.id) ?? -1)
    return vm ? toInstance({ ...viewInstance(vm, context), subnets }, context) : pendingInstance(plannedInstance)
  })
  return { Groups: [], Instances }
}

/**
 * The answer to a repeat of a launch: the same instances, as they are now.
 * @throws OneUnavailable
 */
export async function describeLaunch({ reservation, committed }: Launched, context: Context): Promise<Reservation> {
  const vms = await Array.fromAsync(context.one.vms([...committed.values()]))
  const views = await Promise.all(vms.map(showing(context)))
  const byNumber = new Map(views.map(view => [view.vm.ID, view]))
  const Instances = Array.from(committed, ([InstanceId, number]): Instance => {
    const view = byNumber.get(number)
    return view ? toInstance(view, context) : { InstanceId, State: stateItem('terminated') }
  })
  return { ReservationId: reservation, OwnerId: context.account.id, Groups: [], Instances }
}

const pendingInstance = ({ id, record }: PlannedInstance): Instance => ({
  InstanceId: id,
  ImageId: record.image,
  AmiLaunchIndex: record.index,
  KeyName: record.key,
  State: stateItem('pending'),
})
