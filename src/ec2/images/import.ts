// Staged images become AMIs: OpenNebula is told to fetch them.
import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2'
import { OneUnavailable } from '../../opennebula/errors.ts'
import type { ChangeContext, StagedObject } from '../core/context.ts'
import { isIdOf, notFound } from '../core/resource.ts'
import { allocateImage } from '../core/writes.ts'
import { importFailure } from '../disk-images/making.ts'
import { imageInPool } from './find.ts'
import { begunImport, discardStaged, type ImportTask, importLock } from './import-task.ts'
import { amiAttributes, type NewImage, registeredImage } from './new-image.ts'
import { IMAGE } from './resource.ts'

/**
 * Makes an AMI of what the account has staged.
 * @param location the id under which it is staged
 * @throws Ec2Error InvalidAMIID.NotFound, UnsupportedOperation as `Staging.find`, InvalidParameterValue for a flawed image
 */
export async function importStaged(
  location: string,
  input: RegisterImageRequest,
  context: ChangeContext,
): Promise<RegisterImageResult> {
  const staged = await context.staging.find(location)
  if (staged === undefined) throw notFound(IMAGE, location)
  const ImageId = isIdOf(IMAGE, location) ? location : context.mint.mint(IMAGE, context.seed(0))
  await context.hold([importLock(ImageId)], () => importImage(ImageId, staged, registeredImage(input), context))
  return { ImageId }
}

/** For so long an image may still come about after the call for it broke off; milliseconds. */
const LATE_WITHIN = 10 * 60 * 1000

/**
 * Has OpenNebula fetch an image. Its name there is its EC2 id: OpenNebula takes a name once per owner, so a repeated
 * import of the same id makes no second image.
 *
 * The staged object is deleted when OpenNebula has it, at once when OpenNebula certainly does not want it, and otherwise
 * as soon as it shows that it was not wanted.
 */
async function importImage(
  id: string,
  { key, bytes, link }: StagedObject,
  ami: NewImage,
  context: ChangeContext,
): Promise<void> {
  const { mint, account, settings, now } = context
  const attributes = amiAttributes(ami)
  const one = context.commit()
  const task: ImportTask = { kind: 'import', id, key, bytes, until: now() + LATE_WITHIN }
  await context.tasks.begin([task])
  const data = { NAME: id, TYPE: 'OS', PATH: link, EC2_ID: mint.attribute(id, account.user.id), ...attributes }
  const number = await one.call(allocateImage(data, settings.datastore)).catch(async (error: unknown) => {
    // A call that failed may have made the image all the same: its name tells
    const image = await imageInPool(id, context)
    if (image !== undefined) return image.ID
    if (!mayComeAbout(error)) await discardStaged(task, context)
    throw importFailure(error)
  })
  context.index.remember([[id, number]])
  await context.tasks.begin([begunImport(task, number, now(), settings.importWithin)])
}

const mayComeAbout = (error: unknown) => error instanceof OneUnavailable && error.outcome === 'unknown'
