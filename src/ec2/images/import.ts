// Staged images become AMIs: OpenNebula is told to fetch them.
import type { RegisterImageResult } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../core/context.ts'
import { isIdOf, notFound } from '../core/resource.ts'
import { type Lookup, sideBySide } from '../core/side-by-side.ts'
import { checkHeader, fetchStaged, headerOf } from '../disk-images/fetching.ts'
import { importLock } from '../disk-images/import-task.ts'
import { readRoom } from '../disk-images/room.ts'
import { amiAttributes, type NewImage } from './new-image.ts'
import { IMAGE } from './resource.ts'

/**
 * Makes an AMI of what the account has staged.
 * @param location the id under which it is staged
 * @param ami what it is to be
 * @throws Ec2Error InvalidAMIID.NotFound, UnsupportedOperation as `Staging.find`, InvalidParameterValue for a flawed image
 */
export async function importStaged(
  location: string,
  ami: Lookup<ChangeContext, NewImage>,
  context: ChangeContext,
): Promise<RegisterImageResult> {
  const staged = await context.staging.find(location)
  if (staged === undefined) throw notFound(IMAGE, location)
  const id = isIdOf(IMAGE, location) ? location : context.mint.mint(IMAGE, context.seed(0))
  await context.hold([importLock(id)], async () => {
    const [described, room] = await sideBySide(context, ami, look => readRoom(IMAGE, look))
    checkHeader(await headerOf(staged, context), staged, {}, room)
    context.commit()
    const attributes = { TYPE: 'OS', ...amiAttributes(described) } as const
    await fetchStaged(staged, { id, resource: IMAGE, attributes }, context)
  })
  return { ImageId: id }
}
