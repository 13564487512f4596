// AMIs by the ids that name them: the account's own, and images that are about to become one.
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { find, findAndHold } from '../core/find.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { imageSource, imagesByNumber } from '../disk-images/find.ts'
import { sealedImageId } from '../disk-images/roles.ts'
import { lookUpAppliances } from '../marketplace/find.ts'
import { applianceNumbers } from '../marketplace/resource.ts'
import { IMAGE, idAtLocation, imageLock } from './resource.ts'

/** An AMI of the account's own. @throws Ec2Error NotFound, Malformed; AuthFailure for another's */
export async function findOwnImage(id: string, context: Context): Promise<Image> {
  await refuseAppliance(id, context)
  const [image] = await find(imageSource('image', context), [id], context)
  if (!image) throw notFound(IMAGE, id)
  checkOwner(image, context)
  return image
}

/**
 * Works on an AMI of the account's while nobody else changes what it is.
 * @throws Ec2Error NotFound, Malformed; AuthFailure for another's
 */
export async function holdingOwnImage(
  ImageId: string,
  context: ChangeContext,
  work: (image: Image) => Promise<void>,
): Promise<undefined> {
  await refuseAppliance(ImageId, context)
  return findAndHold(imageSource('image', context), [ImageId], context, imageLock, async ([image]) => {
    if (!image) throw notFound(IMAGE, ImageId)
    checkOwner(image, context)
    await work(image)
    return undefined
  })
}

/** @throws Ec2Error AuthFailure for the image of another, which the account may only use */
export function checkOwner(image: Image, { account, mint }: Context): void {
  if (image.UID === account.user.id) return
  throw notAuthorizedFor(mint.idOf(IMAGE, sealedImageId(image)))
}

const notAuthorizedFor = (id: string) => new Ec2Error('AuthFailure', `Not authorized for image:${id}`, { status: 403 })

/** @throws Ec2Error AuthFailure for what can be had in the marketplace, and is nobody's to change; NotFound */
async function refuseAppliance(id: string, context: Context): Promise<void> {
  if (applianceNumbers(id) === undefined) return
  const found = await lookUpAppliances([id], context)
  throw found.has(id) ? notAuthorizedFor(id) : notFound(IMAGE, id)
}

/**
 * The image at an `ImageLocation` of econe's: `ami-15`, `15`, or a minted id, whatever it is to EC2 as yet. Undefined
 * where there is none, or the location is no id.
 * @throws Ec2Error InvalidAMIID.Malformed
 */
export async function imageAt(location: string, context: Context): Promise<Image | undefined> {
  const id = idAtLocation(location)
  if (id === undefined) return undefined
  const parsed = parseId(IMAGE, id)
  const number = 'number' in parsed ? parsed.number : (await context.index.find([id])).get(id)
  const [image] = number === undefined ? [] : await imagesByNumber([number], context.one)
  if (image && context.mint.names(IMAGE, parsed, sealedImageId(image))) return image
  return 'number' in parsed ? undefined : imageInPool(id, context)
}

/** The image of an id, looked for among all that the caller may use. */
export async function imageInPool(id: string, { one, mint }: Context): Promise<Image | undefined> {
  for await (const image of one.images()) if (mint.idOf(IMAGE, sealedImageId(image)) === id) return image
  return undefined
}
