// Snapshots by the ids that name them: to be shown, to be changed by their owner, to be copied.
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { find, lookUp } from '../core/find.ts'
import { notFound } from '../core/resource.ts'
import { imageSource } from '../disk-images/find.ts'
import { isOf } from '../disk-images/roles.ts'
import { isUsable } from '../disk-images/sharing.ts'
import { incorrectSnapshotState, SNAPSHOT } from './resource.ts'
import { snapshotState } from './view.ts'

/** The snapshots that ids name. @throws Ec2Error InvalidSnapshot.NotFound, InvalidSnapshotID.Malformed */
export const findSnapshots = (ids: Iterable<string>, context: Context): Promise<Image[]> =>
  find(imageSource('snapshot', context), ids, context)

/** One snapshot by its id. @throws Ec2Error as `findSnapshots` */
export async function findSnapshot(id: string, context: Context): Promise<Image> {
  const [image] = await findSnapshots([id], context)
  if (!image) throw notFound(SNAPSHOT, id)
  return image
}

/** @throws Ec2Error UnauthorizedOperation for the snapshot of another, which the account may only use */
export function checkOwn({ UID }: Image, { account }: Context): void {
  if (UID !== account.user.id) throw unauthorizedOperation()
}

/**
 * A snapshot that can be copied: into a volume, an image, another snapshot.
 * @throws Ec2Error NotFound; IncorrectState while it is not complete
 */
export async function cloneableSnapshot(id: string, context: Context): Promise<Image> {
  const image = await findSnapshot(id, context)
  checkCloneable(id, image)
  return image
}

/** What there is of these snapshots that OpenNebula lets the caller use, for `cloneableSnapshots`. */
export const lookUpSnapshots = (ids: readonly string[], context: Context): Promise<ReadonlyMap<string, Image>> =>
  lookUp(
    imageSource('snapshot', context, image => isOf('snapshot', image)),
    ids,
    context,
  )

/**
 * Several of them for a launch, by the ids that name them: what the caller may use, and whatever OpenNebula lets it use of
 * the owner of the AMI, who may have lent it.
 * @param known those that were looked up already
 * @throws Ec2Error as `cloneableSnapshot`
 */
export async function cloneableSnapshots(
  ids: Iterable<string>,
  ami: Image,
  known: ReadonlyMap<string, Image>,
  context: Context,
): Promise<ReadonlyMap<string, Image>> {
  const wanted = [...new Set(ids)]
  const may = (image: Image) =>
    isUsable('snapshot', image, context.account) || (image.UID === ami.UID && isOf('snapshot', image))
  const missing = wanted.filter(id => !known.has(id))
  const found = new Map([...known, ...(await lookUp(imageSource('snapshot', context, may), missing, context))])
  return new Map(
    wanted.map(id => {
      const image = found.get(id)
      if (!image || !may(image)) throw notFound(SNAPSHOT, id)
      checkCloneable(id, image)
      return [id, image]
    }),
  )
}

/** @throws Ec2Error IncorrectState for a snapshot that is not complete */
export function checkCloneable(id: string, image: Image): void {
  const state = snapshotState(image)
  if (state !== 'completed') throw incorrectSnapshotState(id, state)
}
