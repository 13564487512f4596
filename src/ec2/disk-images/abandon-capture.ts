// Ending a capture before there is an image: nobody wants it any more.
import { WHOSE } from '../../opennebula/calls/common.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { toEc2Error } from '../core/failures.ts'
import { merge } from '../core/writes.ts'
import { IMAGE } from '../images/resource.ts'
import { snapshotsOf } from '../images/view.ts'
import { stateLock } from '../instances/resource.ts'
import { type CaptureTask, namesOf } from './capture.ts'
import { captureTasks } from './capture-task.ts'
import { isGone } from './deletion.ts'
import { isOf, sealedImageId } from './roles.ts'

/**
 * Ends a capture that is under way: nothing of it stays, and nothing of it is seen from now on.
 * @param id of the AMI or snapshot, as it is shown
 * @returns false where none is under way
 * @throws Ec2Error
 */
export async function abandonCapture(id: string, context: ChangeContext): Promise<boolean> {
  const known = context.tasks.of(captureTasks).find(task => task.id === id)
  if (!known) return false
  return context.hold([stateLock(known.instance)], async () => {
    const tasks = context.tasks.of(captureTasks)
    const task = tasks.find(each => each.id === id)
    // It came to its end while this waited for its turn
    if (!task) return false
    const one = context.commit()
    const { parts = [] } = task
    const { images, used } = await survey(task, context)
    const own = parts.filter(part => !used.has(part))
    const unwanted = [{ ...task, parts: own }, ...tasks.filter(each => own.includes(each.id))]
    // Of one that ended already it was waited for what may come of it
    await context.tasks.begin(unwanted.map(each => ({ ...each, unwanted: true, until: undefined })))
    const outcomes = await one.multicall(
      images.filter(({ NAME }) => !used.has(NAME)).map(({ ID }) => merge('image', ID, { EC2_GOAL: 'delete' })),
    )
    for (const { error } of outcomes) if (error !== undefined && !isGone(error)) throw toEc2Error(error)
    return true
  })
}

/** The images of a capture, and the snapshots that other AMIs of the account are made of. */
async function survey(task: CaptureTask, context: ChangeContext) {
  const names = new Set(namesOf(task))
  const images: Image[] = []
  const used = new Set<string>()
  for await (const image of context.one.images({ whose: WHOSE.OWN })) {
    if (names.has(image.NAME) && image.STATE !== IMAGE_STATE.DELETE) images.push(image)
    const isOther = isOf('image', image) && context.mint.idOf(IMAGE, sealedImageId(image)) !== task.id
    if (isOther) for (const snapshot of snapshotsOf(image, context)) used.add(snapshot)
  }
  return { images, used }
}
