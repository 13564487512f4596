// DeleteSnapshot: it goes, unless an AMI is made of it.
import type { DeleteSnapshotRequest } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { abandonCapture } from '../disk-images/abandon-capture.ts'
import { deleteImage } from '../disk-images/deletion.ts'
import { isPlaceholder } from '../disk-images/marks.ts'
import { isOf, roleOf, sealedImageId, sealedSnapshotId } from '../disk-images/roles.ts'
import { IMAGE } from '../images/resource.ts'
import { snapshotsOf } from '../images/view.ts'
import { checkOwn, findSnapshot } from './find.ts'
import { SNAPSHOT, snapshotInUse } from './resource.ts'

/**
 * The snapshot is gone at once, its image as soon as no volume is being made from it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshot.html
 */
export async function deleteSnapshot(
  { SnapshotId = '' }: DeleteSnapshotRequest,
  context: ChangeContext,
): Promise<undefined> {
  const image = await findSnapshot(SnapshotId, context)
  checkOwn(image, context)
  const id = context.mint.idOf(SNAPSHOT, sealedSnapshotId(image))
  const ami = roleOf(image) === 'image' ? image : await amiFrom(id, context)
  if (ami) {
    const user = context.mint.idOf(IMAGE, sealedImageId(ami))
    throw snapshotInUse(id, user)
  }
  context.commit()
  if (await abandonCapture(id, context)) return
  // A capture that came to its end meanwhile has made another image of the snapshot
  await deleteImage(isPlaceholder(image) ? await findSnapshot(SnapshotId, context) : image, context)
}

/** An AMI of the account that is made of a snapshot, which EC2 then keeps. */
async function amiFrom(snapshot: string, context: Context): Promise<Image | undefined> {
  for await (const image of context.one.images({ whose: WHOSE.OWN })) {
    if (isOf('image', image) && snapshotsOf(image, context).includes(snapshot)) return image
  }
  return undefined
}
