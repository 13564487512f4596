// The answer to a launch: the instances that it made, at once and when it is repeated.
import type { Instance, Reservation } from '@aws-sdk/client-ec2'
import type { Context } from '../../core/context.ts'
import type { Vm } from '../../core/documents.ts'
import { showing } from '../../network-interfaces/find.ts'
import { stateItem } from '../states.ts'
import { type InstanceView, newInstance } from '../view.ts'
import type { Committed, Launched } from './journal.ts'
import type { PlannedInstance } from './planned-instance.ts'

/**
 * What was made, as it stands now; where that could not be read any more, as it was asked for.
 * @param show what of a VM is shown
 */
export async function described(
  launched: Committed,
  instances: readonly PlannedInstance[],
  vms: readonly Vm[],
  show: (vm: Vm) => Promise<InstanceView>,
  context: Context,
): Promise<Pick<Reservation, 'Groups' | 'Instances'>> {
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const made = instances.filter(({ id }) => launched.has(id))
  const Instances = made.map(async plannedInstance => {
    const vm = byNumber.get(launched.get(plannedInstance.id) ?? -1)
    return vm ? newInstance(await show(vm), context) : pendingInstance(plannedInstance)
  })
  return { Groups: [], Instances: await Promise.all(Instances) }
}

/**
 * The answer to a repeat of a launch: the same instances, as they are now.
 * @throws OneUnavailable
 */
export async function describeLaunch({ reservation, committed }: Launched, context: Context): Promise<Reservation> {
  const vms = await Array.fromAsync(context.one.vms([...committed.values()]))
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const show = showing(context)
  const Instances = Array.from(committed, async ([InstanceId, number]): Promise<Instance> => {
    const vm = byNumber.get(number)
    if (!vm) return { InstanceId, State: stateItem('terminated') }
    return newInstance(await show(vm), context)
  })
  const shown = await Promise.all(Instances)
  return { ReservationId: reservation, OwnerId: context.account.id, Groups: [], Instances: shown }
}

const pendingInstance = ({ id, record }: PlannedInstance): Instance => ({
  InstanceId: id,
  ImageId: record.image,
  AmiLaunchIndex: record.index,
  KeyName: record.key,
  State: stateItem('pending'),
})
