// The other disks of shared AMIs: whoever may launch one may have volumes made of their snapshots by it, and by it alone.
//
// OpenNebula has to let the account use the image of such a snapshot, so its permissions are as wide as the widest of what
// it is for by itself, and of what the AMIs are for that it is a disk of. Where these say more than it would by itself,
// `EC2_LENT` says what that is: others find the snapshot at a launch of the AMI, and nowhere else.
import { WHOSE } from '../../opennebula/calls/common.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import { impossible } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { IMAGE, imageUnavailable } from '../images/resource.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { disksOf, imageRecord } from './ami-record.ts'
import { isOf, roleOf, sealedImageId, sealedSnapshotId } from './roles.ts'
import { lentBesides, type Sharing, sharedAccounts, sharingOf } from './sharing.ts'
import { imageState } from './states.ts'
import { type Opening, opens, writeSharing } from './write-sharing.ts'

/** The lock under which whom images are for changes: it changes of several at once. */
export const SHARING_LOCK = 'sharing'

/**
 * Changes whom an AMI or a snapshot of the account's is for. To be called under `SHARING_LOCK`.
 * @throws Ec2Error as `openings`
 */
export const changeSharing = async (change: Opening, context: ChangeContext): Promise<void> =>
  writeSharing(await openings(change, context), context)

/**
 * All that has to be written where whom an AMI or a snapshot is for changes: the snapshots of its other disks, and at last
 * itself. So they are open before it is, and it is not closed before they are.
 * One look at the account's images finds them, where there are any, and what else they are lent for.
 * @throws Ec2Error InvalidAMIID.Unavailable, UnsupportedOperation where an AMI with other disks is to be for others, and
 *   is not there yet, or a disk is not the account's
 */
async function openings(change: Opening, context: ChangeContext): Promise<Opening[]> {
  const { kind, image, own } = change
  const { mint, account } = context
  const disks = kind === 'image' ? disksOf(image) : []
  if (disks.length === 0 && lentBesides(image) === undefined) return [change]
  const { amis, snapshots } = await survey(new Set(disks), context)
  const lentOf = (snapshot: string): Sharing[] =>
    amis
      .filter(ami => disksOf(ami).includes(snapshot))
      .map(ami => (ami.ID === image.ID ? own : sharingOf(ami, imageRecord(ami).accounts)))
  if (opens([own], account)) checkDisks(image, disks, snapshots, context)
  const self = { ...change, lent: lentOf(mint.idOf(SNAPSHOT, sealedSnapshotId(image))) }
  const others = Array.from(snapshots, ([id, disk]): Opening => {
    const role = roleOf(disk) === 'image' ? 'image' : 'snapshot'
    return { kind: role, image: disk, own: sharingOf(disk, sharedAccounts(disk)), lent: lentOf(id) }
  })
  return [...others, self]
}

/** The account's AMIs that have other disks, and those of the snapshots that are the account's. */
async function survey(wanted: ReadonlySet<string>, { one, mint }: ChangeContext) {
  const amis: Image[] = []
  const snapshots = new Map<string, Image>()
  for await (const image of one.images({ whose: WHOSE.OWN })) {
    if (image.STATE === IMAGE_STATE.DELETE) continue
    if (isOf('image', image) && disksOf(image).length > 0) amis.push(image)
    const id = isOf('snapshot', image) ? mint.idOf(SNAPSHOT, sealedSnapshotId(image)) : undefined
    if (id !== undefined && wanted.has(id)) snapshots.set(id, image)
  }
  return { amis, snapshots }
}

/** What is being captured is taken over with the permissions that it had before: others get it when it is there. */
function checkDisks(
  image: Image,
  disks: readonly string[],
  snapshots: ReadonlyMap<string, Image>,
  { mint }: ChangeContext,
): void {
  const id = mint.idOf(IMAGE, sealedImageId(image))
  if (disks.length > 0 && imageState(image) !== 'available') {
    throw imageUnavailable(id, `it is '${imageState(image)}'`)
  }
  const foreign = disks.find(disk => !snapshots.has(disk))
  if (foreign === undefined) return
  throw impossible(
    `The image '${id}' is not shared: its snapshot '${foreign}' is not the account's. Copy it, and register one of the copy.`,
  )
}
