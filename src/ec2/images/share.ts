// Whom an AMI of the account's is for: changed by its owner, and taken back where it goes.
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { imageRecord, imageRecords } from '../disk-images/ami-record.ts'
import { changeSharing, SHARING_LOCK } from '../disk-images/lending.ts'
import { NOBODY, type Sharing, sharingOf } from '../disk-images/sharing.ts'
import { holdingOwnImage } from './find.ts'

/** Whom an AMI is for by itself. */
export const imageSharing = (image: Image): Sharing => sharingOf(image, imageRecord(image).accounts)

/**
 * Changes whom an image of the account's is for, in three upstream requests; one more where that becomes wider and narrower
 * at once, and one more where it has other disks, or is one.
 *
 * An account of another OpenNebula group gets to see the image only when it is for all.
 * @throws Ec2Error as `holdingOwnImage` and `changeSharing`
 */
export const shareImage = (
  ImageId: string,
  context: ChangeContext,
  change: (before: Sharing) => Sharing,
): Promise<undefined> =>
  context.hold([SHARING_LOCK], () =>
    holdingOwnImage(ImageId, context, async image => {
      const own = change(imageSharing(image))
      const EC2_IMAGE = imageRecords.write({ ...imageRecord(image), accounts: own.accounts })
      await changeSharing({ kind: 'image', image, record: { EC2_IMAGE }, own }, context)
    }),
  )

/** Takes an AMI of the account's back from everybody. */
export const unshareImage = (ImageId: string, context: ChangeContext): Promise<undefined> =>
  shareImage(ImageId, context, () => NOBODY)
