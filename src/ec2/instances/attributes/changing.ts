// Changing an attribute of an instance: found, checked and carried out under its lock.
import { OneError } from '../../../opennebula/errors.ts'
import type { ChangeContext } from '../../core/context.ts'
import { toEc2Error } from '../../core/failures.ts'
import { multicallWhenFree } from '../../core/nic-work.ts'
import { holdingInstance } from '../find.ts'
import { unmodifiableInstance } from '../resource.ts'
import { shownState } from '../states.ts'
import type { InstanceView } from '../view.ts'
import type { Attribute, Change } from './attribute.ts'

/**
 * Changes an instance by what `plan` makes of it, all of it or nothing.
 * @throws Ec2Error NotFound, Malformed, IncorrectInstanceState, and as `plan`
 */
export function changing(
  id: string,
  context: ChangeContext,
  { lock }: Pick<Attribute, 'lock'>,
  plan: (view: InstanceView) => Change | Promise<Change>,
): Promise<undefined> {
  const change = async (view: InstanceView) => {
    checkAlive(view)
    const { first, calls, undo = [] } = await plan(view)
    const one = context.commit()
    const outcomes = await multicallWhenFree([...((await first?.(context)) ?? []), ...calls], one)
    const failed = outcomes.find(({ error }) => error !== undefined)
    if (!failed) return undefined
    await one.multicall(undo)
    throw refusal(failed.error, view)
  }
  return context.hold(lock === undefined ? [] : [lock], () => holdingInstance(id, context, change))
}

function checkAlive(view: InstanceView): void {
  const state = shownState(view.vm, view.wanted)
  if (state !== 'terminated' && state !== 'shutting-down') return
  throw unmodifiableInstance(view.id, `It is '${state}'.`)
}

/** @throws Ec2Error IncorrectInstanceState */
export function checkStopped(view: InstanceView): void {
  if (shownState(view.vm, view.wanted) !== 'stopped')
    throw unmodifiableInstance(view.id, "It is not in the 'stopped' state.")
}

/** Of a VM in a state of its own, a suspended one say, OpenNebula does not change everything. */
const refusal = (error: unknown, view: InstanceView) =>
  error instanceof OneError && (error.code === 'ACTION' || error.code === 'INTERNAL')
    ? unmodifiableInstance(view.id, 'The cloud does not allow it in the state that it is in.')
    : toEc2Error(error)
