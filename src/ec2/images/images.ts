// Images: listing and registering them.

import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2'
import { OneError, OneUnavailable } from '../../opennebula/errors.ts'
import { IMAGE_TYPE } from '../../opennebula/states.ts'
import { invalidBecause, missing } from '../../protocol/complaints.ts'
import type { ChangeContext, Context, StagedObject } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { isFinal, toEc2Error } from '../core/failures.ts'
import { parseId } from '../core/ids.ts'
import { isIdOf, notFound } from '../core/resource.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { tagsFor } from '../core/tags.ts'
import { allocateImage, merge } from '../core/writes.ts'
import { type ImageRecord, imageRecords, isUsable, roleOf, sealedImageId } from '../disk-images/image.ts'
import { checkOwner, imagesByNumber } from '../disk-images/lookup.ts'
import { disksBesides, registerSnapshot, registersSnapshot } from './copies.ts'
import { begunImport, discardStaged, type ImportTask, importLock } from './import-task.ts'
import { checkImageName, checkNameIsFree, IMAGE_NAMES_LOCK } from './names.ts'
import { IMAGE } from './resource.ts'
import { unstageImage } from './staging-place.ts'

/**
 * Registers an image: by the snapshot of its root disk, or in econe's way, where `ImageLocation` is the id of an
 * OpenNebula image, or of one that was uploaded.
 *
 * Registering what is an AMI already answers its id again.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
 */
export async function registerImage(input: RegisterImageRequest, context: ChangeContext): Promise<RegisterImageResult> {
  if (registersSnapshot(input)) return registerSnapshot(input, context)
  const { ImageLocation: location, Name } = input
  if (!location) throw missing('ImageLocation')
  if (Name) checkImageName(Name)
  return context.hold([`register:${location}`, IMAGE_NAMES_LOCK], async () => {
    const image = await imageAt(location, context)
    if (image !== undefined) return markAsAmi(image, input, context)
    if (Name) await checkNameIsFree(Name, context)
    return importStaged(location, input, context)
  })
}

/** `ami-15`, `15`, or a minted id, of any image that is not a volume or a snapshot. */
async function imageAt(location: string, context: Context): Promise<Image | undefined> {
  const id = /^\d+$/.test(location) ? `ami-${location}` : location
  if (!isIdOf(IMAGE, id)) return undefined
  const parsed = parseId(IMAGE, id)
  const number = 'number' in parsed ? parsed.number : (await context.index.find([id])).get(id)
  const [image] = number === undefined ? [] : await imagesByNumber([number], context.one)
  if (image && context.mint.names(IMAGE, parsed, sealedImageId(image))) return image
  return 'number' in parsed ? undefined : imageInPool(id, context)
}

async function imageInPool(id: string, { one, mint }: Context): Promise<Image | undefined> {
  for await (const image of one.images()) if (mint.idOf(IMAGE, sealedImageId(image)) === id) return image
  return undefined
}

async function markAsAmi(
  image: Image,
  input: RegisterImageRequest,
  context: ChangeContext,
): Promise<RegisterImageResult> {
  const role = roleOf(image)
  const ImageId = context.mint.idOf(IMAGE, sealedImageId(image))
  if (role === 'volume' || role === 'snapshot' || image.TYPE !== IMAGE_TYPE.OS) throw notFound(IMAGE, ImageId)
  if (role === 'image' && isUsable('image', image, context.account)) return { ImageId }
  checkOwner(image, context)
  if (input.Name) await checkNameIsFree(input.Name, context)
  await context.commit().call(merge('image', image.ID, amiAttributes(input)))
  return { ImageId }
}

/** The attributes by which an OpenNebula image is an AMI. */
function amiAttributes(input: RegisterImageRequest) {
  const record: ImageRecord = {
    name: input.Name || undefined,
    description: input.Description,
    architecture: input.Architecture,
    rootDevice: input.RootDeviceName,
    ...disksBesides(input),
    enaSupport: input.EnaSupport,
    sriovNetSupport: input.SriovNetSupport,
  }
  const tags = tagsFor('image', input.TagSpecifications)
  return { EC2_AMI: true, EC2_IMAGE: imageRecords.write(record), ...(tags.size > 0 && { EC2_TAGS: encodeTags(tags) }) }
}

async function importStaged(
  location: string,
  input: RegisterImageRequest,
  context: ChangeContext,
): Promise<RegisterImageResult> {
  const staged = await context.staging.find(location)
  if (staged === undefined) throw notFound(IMAGE, location)
  const ImageId = isIdOf(IMAGE, location) ? location : context.mint.mint(IMAGE, context.seed(0))
  await context.hold([importLock(ImageId)], () => importImage(ImageId, staged, amiAttributes(input), context))
  return { ImageId }
}

/** What of an image OpenNebula is told besides where it is. */
type Attributes = ReturnType<typeof amiAttributes>

/** For so long an image whose making broke off may still come about; milliseconds. */
const AFTERMATH = 10 * 60 * 1000

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
  attributes: Attributes,
  context: ChangeContext,
): Promise<void> {
  const { mint, account, settings, now } = context
  const one = context.commit()
  const task: ImportTask = { kind: 'import', id, key, bytes, until: now() + AFTERMATH }
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

/** OpenNebula says INTERNAL for an image that it cannot read, or has no room for. */
const importFailure = (error: unknown) =>
  error instanceof OneError && error.code === 'INTERNAL'
    ? invalidBecause('The cloud could not import the image: its format or size is not supported.')
    : toEc2Error(error)

/**
 * An image that the facade stages itself: econe's UploadImage. The bytes are staged under the id already.
 *
 * The name was free when the upload began. One that was taken since by other ways is refused, and the upload deleted.
 */
export async function uploadImage(
  { ImageId, Name }: { readonly ImageId: string; readonly Name: string },
  context: ChangeContext,
): Promise<RegisterImageResult> {
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    try {
      await checkNameIsFree(Name, context)
      return await importStaged(ImageId, { Name, ImageLocation: ImageId }, context)
    } catch (error) {
      if (isFinal(error)) await unstageImage({ ImageId }, context)
      throw error
    }
  })
}
