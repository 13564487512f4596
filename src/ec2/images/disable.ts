// DisableImage and EnableImage: an AMI that cannot be launched for a while, and that nobody but its owner has.
//
// It is kept in the AMI's record. OpenNebula has a state for it, but not for an image that instances use, and with it the
// snapshot that the image is besides could not be used either. What OpenNebula's own tools have disabled is enabled again.
import type {
  DisableImageRequest,
  DisableImageResult,
  EnableImageRequest,
  EnableImageResult,
} from '@aws-sdk/client-ec2'
import { enableImage as enableCall } from '../../opennebula/calls/image.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { sealedImageId } from '../disk-images/roles.ts'
import { NOBODY } from '../disk-images/sharing.ts'
import { imageState } from '../disk-images/states.ts'
import { changeRecord } from './change-record.ts'
import { IMAGE, imageUnavailable } from './resource.ts'
import { changeImage } from './share.ts'

/**
 * Takes an AMI back from all with whom it is shared, too.
 * @throws Ec2Error InvalidAMIID.Unavailable for one that is not there yet, and as `changeImage`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableImage.html
 */
export async function disableImage(
  { ImageId = '' }: DisableImageRequest,
  context: ChangeContext,
): Promise<DisableImageResult> {
  await changeImage(ImageId, context, image => {
    checkSettled(image, context)
    return { own: NOBODY, more: { disabled: true } }
  })
  return { Return: true }
}

/**
 * It stays its owner's alone.
 * @throws Ec2Error as `disableImage`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImage.html
 */
export async function enableImage(
  { ImageId = '' }: EnableImageRequest,
  context: ChangeContext,
): Promise<EnableImageResult> {
  const enabled = (image: Image) => {
    checkSettled(image, context)
    return { disabled: undefined }
  }
  await changeRecord(ImageId, context, enabled, ({ ID, STATE }) =>
    STATE === IMAGE_STATE.DISABLED ? [enableCall(ID, true)] : [],
  )
  return { Return: true }
}

/** @throws Ec2Error InvalidAMIID.Unavailable */
function checkSettled(image: Image, { mint }: ChangeContext): void {
  const state = imageState(image)
  if (state === 'available' || state === 'disabled') return
  throw imageUnavailable(mint.idOf(IMAGE, sealedImageId(image)), `it is '${state}'`)
}
