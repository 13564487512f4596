// DeleteSnapshot: it goes, unless an AMI is made of it.
import type { DeleteSnapshotRequest } from '@aws-sdk/client-ec2'
import { transformed } from '../../lib/transformed.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { sideBySide } from '../core/side-by-side.ts'
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
  const [image, amis] = await sideBySide(context, look => findSnapshot(SnapshotId, look), ownAmis)
  checkOwn(image, context)
  const id = context.mint.idOf(SNAPSHOT, sealedSnapshotId(image))
  const ami = roleOf(image) === 'image' ? image : amis.find(each => snapshotsOf(each, context).includes(id))
  if (ami) {
    const user = context.mint.idOf(IMAGE, sealedImageId(ami))
    throw snapshotInUse(id, user)
  }
  context.commit()
  if (await abandonCapture(id, context)) return
  // A capture that came to its end meanwhile has made another image of the snapshot
  await deleteImage(isPlaceholder(image) ? await findSnapshot(SnapshotId, context) : image, context)
}

/** The AMIs of the account: EC2 keeps the snapshots that they are made of. */
const ownAmis = ({ one }: Context): Promise<Image[]> =>
  Array.fromAsync(transformed(one.images({ whose: WHOSE.OWN }), image => (isOf('image', image) ? image : undefined)))
