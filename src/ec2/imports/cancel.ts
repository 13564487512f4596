// CancelImportTask: an image that OpenNebula has yet to fetch is not wanted any more, and deleted.
import type { CancelImportTaskRequest, CancelImportTaskResult } from '@aws-sdk/client-ec2'
import { missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { isIdOf } from '../core/resource.ts'
import { deleteForGood } from '../disk-images/deletion.ts'
import { discardStaged, importTasks } from '../disk-images/import-task.ts'
import { recordLocks } from '../disk-images/record-locks.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { findImports } from './find.ts'
import { idOfTask, noSuchTask } from './resource.ts'
import { standingOf } from './view.ts'

/**
 * @throws Ec2Error InvalidConversionTaskId; IncorrectState for a task that came to its end
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CancelImportTask.html
 */
export async function cancelImportTask(
  { ImportTaskId: task }: CancelImportTaskRequest,
  context: ChangeContext,
): Promise<CancelImportTaskResult> {
  if (!task) throw missing('ImportTaskId')
  const id = idOfTask(task)
  if (id === undefined) throw noSuchTask(task)
  return context.hold(recordLocks(id), async () => {
    const [image] = await findImports(isIdOf(SNAPSHOT, id) ? 'snapshot' : 'image', [task], context)
    if (!image) throw noSuchTask(task)
    const { Status } = standingOf(image)
    if (Status !== 'active') {
      throw new Ec2Error('IncorrectState', `The import task '${task}' is '${Status}', and cannot be cancelled.`)
    }
    await deleteForGood([image], context)
    // Its link leads nowhere from now on
    const fetching = context.tasks.of(importTasks).find(each => each.id === id)
    if (fetching) await discardStaged(fetching, context)
    return { ImportTaskId: task, PreviousState: Status, State: 'deleting' }
  })
}
