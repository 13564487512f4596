// Changing what EC2 knows of instances and OpenNebula does not: read, changed and written under a lock.

import type { WriteCall } from '../../opennebula/calls/common.ts'
import type { ChangeContext } from '../core/context.ts'
import { throwFirst } from '../core/failures.ts'
import { findAndHold } from '../core/find.ts'
import { notFound } from '../core/resource.ts'
import { merge } from '../core/writes.ts'
import { instanceSource } from './instances.ts'
import { INSTANCE } from './resource.ts'
import { type InstanceRecord, type InstanceView, instanceRecords, viewInstance } from './view.ts'

/** The lock under which an instance's record is read and written. */
export const instanceLock = (id: string): string => `instance:${id}`

/**
 * Works on an instance while nobody else who holds the same lock does.
 * @param lock the name of the lock for an instance's id
 * @throws Ec2Error NotFound, Malformed
 */
export const holdingInstance = <R>(
  id: string,
  context: ChangeContext,
  lock: (id: string) => string,
  work: (view: InstanceView) => Promise<R>,
): Promise<R> =>
  findAndHold(instanceSource(context), [id], context, lock, ([vm]) => {
    if (!vm) throw notFound(INSTANCE, id)
    return work(viewInstance(vm, context))
  })

/** What writes these members of an instance's record and keeps the others. */
export const recordCall = ({ vm, record }: InstanceView, changes: InstanceRecord): WriteCall =>
  merge('vm', vm.ID, { EC2_INSTANCE: instanceRecords.write({ ...record, ...changes }) })

/**
 * Changes the records of instances, in two upstream requests.
 *
 * @param change what becomes of an instance's record; throws where it may not
 * @returns the instances as they are then
 * @throws Ec2Error NotFound, Malformed
 */
export function changeRecords(
  ids: readonly string[],
  context: ChangeContext,
  change: (view: InstanceView) => InstanceRecord,
): Promise<InstanceView[]> {
  return findAndHold(instanceSource(context), ids, context, instanceLock, async vms => {
    const changes = vms.map(vm => {
      const view = viewInstance(vm, context)
      return { view, members: change(view) }
    })
    const outcomes = await context.commit().multicall(changes.map(({ view, members }) => recordCall(view, members)))
    throwFirst(outcomes)
    return changes.map(({ view, members }) => ({ ...view, record: { ...view.record, ...members } }))
  })
}
