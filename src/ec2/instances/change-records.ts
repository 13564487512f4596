// Changing what EC2 knows of instances and OpenNebula does not: read, changed and written under a lock.
import type { ChangeContext } from '../core/context.ts'
import { throwFirst } from '../core/failures.ts'
import { findAndHold } from '../core/find.ts'
import { instanceSource } from './find.ts'
import { type InstanceRecord, recordCall } from './record.ts'
import { instanceLock } from './resource.ts'
import { type InstanceView, viewInstance } from './view.ts'

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
