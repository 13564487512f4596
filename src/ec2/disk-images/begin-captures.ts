// Beginning with captures of an instance's disks: from then on placeholders stand in for the images.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import type { Written } from '../core/attribute-names.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Disk } from '../core/documents.ts'
import { isIdOf } from '../core/resource.ts'
import { allocateImage } from '../core/writes.ts'
import { IMAGE } from '../images/resource.ts'
import { noteWanted } from '../instances/resource.ts'
import { isKept } from '../instances/view.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import type { CaptureTask } from './capture.ts'
import { creationFailure } from './making.ts'
import { placeholderName } from './marks.ts'

/** A capture, and what makes its placeholder what the image shall be. */
export interface NewCapture {
  readonly task: CaptureTask
  readonly attributes: Written<'image'>
}

/** What a task says of the disk that it is about. */
export const capturedDisk = (disk: Disk): Pick<CaptureTask, 'disk' | 'source'> => ({
  disk: disk.DISK_ID,
  source: isKept(disk) ? disk.IMAGE_ID : undefined,
})

/**
 * Begins with captures of one VM: placeholders stand in for the images from now on.
 *
 * They are written down before the first call: whatever breaks off, the guest comes back.
 * @throws Ec2Error where not all of them can be begun; nothing stays of any then
 */
export async function beginCaptures(captures: readonly NewCapture[], context: ChangeContext): Promise<void> {
  const one = context.commit()
  const tasks = captures.map(({ task }) => task)
  await context.tasks.begin(tasks)
  const noted = tasks.find(({ reboot }) => reboot)
  const calls = [
    ...captures.map(capture => placeholderOf(capture, context)),
    ...(noted ? [noteWanted(noted.vm, 'reboot')] : []),
  ]
  const outcomes = await one.multicall(calls)
  const failed = tasks.map(({ id }, index) => ({ id, error: outcomes[index]?.error })).find(({ error }) => error)
  // What was noted on the VM goes with the tasks, in their next round
  await context.tasks.begin(tasks.map(task => ({ ...task, begun: true, ...(failed && { unwanted: true }) })))
  if (failed) throw creationFailure(failed.error, isIdOf(SNAPSHOT, failed.id) ? SNAPSHOT : IMAGE)
}

function placeholderOf({ task, attributes }: NewCapture, { mint, account, settings }: ChangeContext): WriteCall {
  const { id, snapshot } = task
  return allocateImage(
    {
      ...{ NAME: placeholderName(id), TYPE: 'DATABLOCK', SIZE: 1, EC2_CAPTURE: 'PENDING' },
      EC2_ID: mint.attribute(id, account.user.id),
      ...(snapshot !== undefined && { EC2_SNAPSHOT_ID: mint.attribute(snapshot, account.user.id) }),
      ...attributes,
    },
    settings.datastore,
  )
}
