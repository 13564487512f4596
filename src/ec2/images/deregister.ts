// DeregisterImage: the AMI goes, and its snapshots stay, unless they are to go with it.
import type { DeleteSnapshotReturnCode, DeregisterImageRequest, DeregisterImageResult } from '@aws-sdk/client-ec2'
import { chmod, WHOSE } from '../../opennebula/calls/common.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import type { Written } from '../core/attribute-names.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { throwFirst } from '../core/failures.ts'
import type { AskedResource } from '../core/permissions.ts'
import { encodeTags } from '../core/stored-tags.ts'
import { merge } from '../core/writes.ts'
import { abandonCapture } from '../disk-images/abandon-capture.ts'
import { disksOf, imageRecord } from '../disk-images/ami-record.ts'
import { deleteForGood, deleteImage } from '../disk-images/deletion.ts'
import { SHARING_LOCK } from '../disk-images/lending.ts'
import { isPlaceholder, lacksParts, noteParts } from '../disk-images/marks.ts'
import { recordLocks } from '../disk-images/record-locks.ts'
import { isOf, sealedImageId, sealedSnapshotId } from '../disk-images/roles.ts'
import { lentBesides, sharedAccounts } from '../disk-images/sharing.ts'
import { isBeingMade } from '../disk-images/states.ts'
import { imageTags } from '../disk-images/tags.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { snapshotRecord, snapshotRecords, toSnapshot } from '../snapshots/view.ts'
import { findOwnImage } from './find.ts'
import { IMAGE } from './resource.ts'
import { unshareImage } from './share.ts'
import { snapshotsOf } from './view.ts'

/**
 * The AMI is gone at once. Of one that was never whole nothing stays; its image, where that is no snapshot, goes as soon
 * as no instance uses it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html
 */
export async function deregisterImage(
  { ImageId = '', DeleteAssociatedSnapshots = false }: DeregisterImageRequest,
  context: ChangeContext,
): Promise<DeregisterImageResult> {
  const since = context.moment()
  let image = await findOwnImage(ImageId, context)
  const { mint } = context
  const id = mint.idOf(IMAGE, sealedImageId(image))
  if (await abandonCapture(id, context)) return { Return: true }
  // A capture that came to its end meanwhile has made another image of the AMI
  if (isPlaceholder(image)) image = await findOwnImage(ImageId, context)
  if (isShared(image) && (disksOf(image).length > 0 || lentBesides(image) !== undefined))
    await unshareImage(id, context)
  if (DeleteAssociatedSnapshots) {
    const mayDelete = (each: Image) => context.may('DeleteSnapshot', askedSnapshot(each, context))
    return { Return: true, DeleteSnapshotResults: await removeAll({ image, since }, context, mayDelete) }
  }
  if (isWhole(image) && isOf('snapshot', image)) await leaveSnapshot({ image, since }, context)
  else if (!isWhole(image) && hasOwnDisks(image)) await removeAll({ image, since }, context)
  else await deleteImage(image, context)
  return { Return: true }
}

/** Whether an AMI is for others, or was until it was begun to take it back. */
const isShared = (image: Image): boolean =>
  image.PERMISSIONS.GROUP_U || image.PERMISSIONS.OTHER_U || sharedAccounts(image).length > 0

/** Whether there is anything in an image that could stay. */
const isWhole = (image: Image): boolean =>
  !isBeingMade(image) && !isPlaceholder(image) && !lacksParts(image) && image.STATE !== IMAGE_STATE.ERROR

/** Whether the snapshots of an AMI's other disks were made with it: one that was registered is made of what there was. */
function hasOwnDisks(image: Image): boolean {
  const { snapshot, disks = [] } = imageRecord(image)
  return snapshot === undefined && disks.some(disk => disk.snapshot !== undefined)
}

/** An AMI as it was found, and the moment in which it was asked for. */
interface Found {
  readonly image: Image
  readonly since: number
}

/** Makes an image that is an AMI and a snapshot a snapshot alone, which is for its owner alone but for what it is lent for. */
async function leaveSnapshot({ image: found, since }: Found, context: ChangeContext): Promise<void> {
  const id = context.mint.idOf(IMAGE, sealedImageId(found))
  const snapshotId = context.mint.idOf(SNAPSHOT, sealedSnapshotId(found))
  await context.hold([SHARING_LOCK, ...[id, snapshotId].flatMap(recordLocks)], async left => {
    const image = left < since ? found : await findOwnImage(id, context)
    const { ID } = image
    const { Description: description } = toSnapshot(image, context)
    const snapshot: Written<'image'> = {
      EC2_AMI: '',
      EC2_IMAGE: '',
      ...noteParts(),
      EBS_SNAPSHOT: true,
      EC2_SNAPSHOT: snapshotRecords.write({ ...snapshotRecord(image), description }),
      EC2_TAGS: encodeTags(imageTags('snapshot', image)),
      EC2_SNAPSHOT_TAGS: '',
      EC2_IMPORT_TAGS: '',
    }
    const closed =
      isShared(image) && lentBesides(image) === undefined
        ? [chmod('image', ID, { GROUP_U: false, OTHER_U: false })]
        : []
    throwFirst(await context.commit().multicall([...closed, merge('image', ID, snapshot)]))
  })
}

/** A snapshot as policies see it. */
function askedSnapshot(image: Image, context: Context): AskedResource {
  const { SnapshotId = '', VolumeSize } = toSnapshot(image, context)
  const tags = imageTags('snapshot', image)
  return { type: 'snapshot', id: SnapshotId, tags, said: { 'ec2:VolumeSize': VolumeSize?.toString() } }
}

/**
 * Deletes an AMI with its snapshots, but for those that others are made of.
 * @param mayDelete whether a snapshot may be deleted that nothing else is made of
 * @returns what became of each snapshot
 */
async function removeAll(
  { image, since }: Found,
  context: ChangeContext,
  mayDelete: (snapshot: Image) => boolean = () => true,
) {
  const { mint } = context
  const own = await Array.fromAsync(ownImages(context))
  const used = new Set(
    own.flatMap(each => (each.ID !== image.ID && isOf('image', each) ? snapshotsOf(each, context) : [])),
  )
  const snapshots = new Map(
    own.filter(each => isOf('snapshot', each)).map(each => [mint.idOf(SNAPSHOT, sealedSnapshotId(each)), each]),
  )
  const codeOf = (id: string, found: Image | undefined): DeleteSnapshotReturnCode['ReturnCode'] => {
    if (found === undefined) return 'client-error'
    if (used.has(id)) return 'skipped'
    return mayDelete(found) ? 'success' : 'missing-permissions'
  }
  const results = snapshotsOf(image, context).map(id => {
    const found = snapshots.get(id)
    return { id, found, code: codeOf(id, found) }
  })
  const going = results.flatMap(({ found, code }) => (found && code === 'success' ? found : []))
  const stays =
    isOf('snapshot', image) && results.some(({ found, code }) => found?.ID === image.ID && code !== 'success')
  if (stays) await leaveSnapshot({ image, since }, context)
  const images = new Map([...(stays ? [] : [image]), ...going].map(each => [each.ID, each]))
  if (images.size > 0) await deleteForGood([...images.values()], context)
  return results.map(({ id, code }) => ({ SnapshotId: id, ReturnCode: code }))
}

async function* ownImages({ one }: Context): AsyncGenerator<Image> {
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (image.STATE !== IMAGE_STATE.DELETE) yield image
  }
}
