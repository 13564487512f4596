// Changing an attribute of an instance: found, checked and carried out under its lock.
import { OneError } from '../../../opennebula/errors.ts'
import type { ChangeContext, Context } from '../../core/context.ts'
import { toEc2Error } from '../../core/failures.ts'
import { locksFor } from '../../core/find.ts'
import { multicallWhenFree } from '../../core/nic-work.ts'
import { sideBySide } from '../../core/side-by-side.ts'
import { findInstance } from '../find.ts'
import { instanceLock, unmodifiableInstance } from '../resource.ts'
import { shownState } from '../states.ts'
import type { InstanceView } from '../view.ts'
import type { Attribute, Plan } from './attribute.ts'

/**
 * Changes an instance by a plan, all of it or nothing.
 * @param look finds what the plan takes besides the instance, together with that
 * @throws Ec2Error NotFound, Malformed, IncorrectInstanceState, and as the plan
 */
export function changing(
  id: string,
  context: ChangeContext,
  { lock }: Pick<Attribute, 'lock'>,
  look: (context: Context) => Plan | Promise<Plan>,
): Promise<undefined> {
  const change = async () => {
    const [view, plan] = await sideBySide(
      context,
      own => findInstance(id, own),
      async own => look(own),
    )
    checkAlive(view)
    const { first, calls, undo = [] } = plan(view)
    const one = context.commit()
    const outcomes = await multicallWhenFree([...((await first?.(context)) ?? []), ...calls], one)
    const failed = outcomes.find(({ error }) => error !== undefined)
    if (!failed) return undefined
    await one.multicall(undo)
    throw refusal(failed.error, view)
  }
  const locks = locksFor([id], instanceLock)
  return context.hold(lock === undefined ? [] : [lock], () => context.hold(locks, change))
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
