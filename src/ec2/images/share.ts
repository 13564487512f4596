// Whom an AMI of the account's is for: changed by its owner, and taken back where it goes.
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { type ImageRecord, imageRecord, imageRecords } from '../disk-images/ami-record.ts'
import { changeSharing, SHARING_LOCK } from '../disk-images/lending.ts'
import { sealedImageId } from '../disk-images/roles.ts'
import { NOBODY, type Sharing, sharingOf } from '../disk-images/sharing.ts'
import { imageState } from '../disk-images/states.ts'
import { opens } from '../disk-images/write-sharing.ts'
import { holdingOwnImage } from './find.ts'
import { IMAGE, imageUnavailable } from './resource.ts'

/** Whom an AMI is for by itself. */
export const imageSharing = (image: Image): Sharing => sharingOf(image, imageRecord(image).accounts)

/**
 * Changes whom an image of the account's is for: in two upstream requests where it becomes one for all, or is that no more; in
 * three where it is for others, and one more where that becomes wider and narrower at once, or where it has other disks, or is one.
 *
 * An account of another OpenNebula group gets to see the image only when it is for all.
 * @throws Ec2Error InvalidAMIID.Unavailable for one that is disabled, and as `changeImage`
 */
export const shareImage = (
  ImageId: string,
  context: ChangeContext,
  change: (before: Sharing) => Sharing,
): Promise<undefined> =>
  changeImage(ImageId, context, image => {
    const own = change(imageSharing(image))
    if (opens([own], context.account) && imageState(image) === 'disabled') {
      throw imageUnavailable(context.mint.idOf(IMAGE, sealedImageId(image)), "it is 'disabled'")
    }
    return { own }
  })

/** Whom an AMI is to be for, and what else of its record changes. */
interface ImageChange {
  readonly own: Sharing
  readonly more?: ImageRecord
}

/**
 * Changes whom an AMI of the account's is for, and more of its record in the same requests.
 * @throws Ec2Error as `holdingOwnImage` and `changeSharing`
 */
export const changeImage = (
  ImageId: string,
  context: ChangeContext,
  change: (image: Image) => ImageChange,
): Promise<undefined> =>
  context.hold([SHARING_LOCK], () =>
    holdingOwnImage(ImageId, context, async image => {
      const { own, more } = change(image)
      const EC2_IMAGE = imageRecords.write({ ...imageRecord(image), ...more, accounts: own.accounts })
      await changeSharing({ kind: 'image', image, record: { EC2_IMAGE }, own }, context)
    }),
  )

/** Takes an AMI of the account's back from everybody. */
export const unshareImage = (ImageId: string, context: ChangeContext): Promise<undefined> =>
  shareImage(ImageId, context, () => NOBODY)
