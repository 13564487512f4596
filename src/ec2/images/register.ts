// RegisterImage: an AMI of the snapshot of its root disk, of an image of OpenNebula's, or of one that was uploaded.
import type { RegisterImageRequest, RegisterImageResult } from '@aws-sdk/client-ec2'
import { IMAGE_TYPE } from '../../opennebula/states.ts'
import { missing } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { notFound } from '../core/resource.ts'
import { merge } from '../core/writes.ts'
import { roleOf, sealedImageId } from '../disk-images/roles.ts'
import { isUsable } from '../disk-images/sharing.ts'
import { checkOwner, imageAt } from './find.ts'
import { importStaged } from './import.ts'
import { checkImageName, checkNameIsFree } from './names.ts'
import { amiAttributes, registeredImage } from './new-image.ts'
import { registerSnapshot, registersSnapshot } from './register-snapshot.ts'
import { IMAGE, IMAGE_NAMES_LOCK } from './resource.ts'

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
  await context.commit().call(merge('image', image.ID, amiAttributes(registeredImage(input))))
  return { ImageId }
}
