// Changing what only EC2 knows of an AMI of the account's: one upstream request to find it, and one to write.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { throwFirst } from '../core/failures.ts'
import { merge } from '../core/writes.ts'
import { type ImageRecord, imageRecord, imageRecords } from '../disk-images/ami-record.ts'
import { holdingOwnImage } from './find.ts'

/**
 * @param change the members that change, undefined for one that goes; checks the image first
 * @param besides calls that go with it, before it
 * @throws Ec2Error as `holdingOwnImage`
 */
export const changeRecord = (
  ImageId: string,
  context: ChangeContext,
  change: (image: Image) => ImageRecord,
  besides: (image: Image) => readonly WriteCall[] = () => [],
): Promise<undefined> =>
  holdingOwnImage(ImageId, context, async image => {
    const EC2_IMAGE = imageRecords.write({ ...imageRecord(image), ...change(image) })
    throwFirst(await context.commit().multicall([...besides(image), merge('image', image.ID, { EC2_IMAGE })]))
  })
