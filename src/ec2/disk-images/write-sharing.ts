// Writing whom images are for: EC2's permissions, as far as OpenNebula's reach.
import { chmod, type Permissions, type WriteCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Account } from '../core/account.ts'
import { named, type Written } from '../core/attribute-names.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { throwFirst } from '../core/failures.ts'
import { merge } from '../core/writes.ts'
import { type ImageRole, identityIn, resourceOf } from './roles.ts'
import { lentBesides, type Sharing } from './sharing.ts'

/**
 * The bits of OpenNebula's that allow it: they reach the members of the image's group, or everybody. Whoever else is in
 * the group is kept out by this endpoint (`isSharedWith`), and not by OpenNebula's own tools.
 */
const bitsFor = (sharings: readonly Sharing[], owner: Account) => ({
  OTHER_U: sharings.some(({ all }) => all),
  GROUP_U: sharings.some(({ accounts, group = false }) => group || accounts.some(account => account !== owner.id)),
})

type Bits = ReturnType<typeof bitsFor>

/** Whether anybody but the owner is let in. */
export function opens(sharings: readonly Sharing[], owner: Account): boolean {
  const { OTHER_U, GROUP_U } = bitsFor(sharings, owner)
  return OTHER_U || GROUP_U
}

/** An image, and whom it is to be for. */
export interface Opening {
  readonly kind: ImageRole
  readonly image: Image
  /** The attribute that holds its record, as it is to be; absent where that stays. */
  readonly record?: Written<'image'>
  /** Whom it is for by itself. */
  readonly own: Sharing
  /** Whom the AMIs are for that it is a disk of besides: these let it be launched, and nobody sees it for that. */
  readonly lent?: readonly Sharing[]
}

/**
 * Writes whom images are for, into their records and into OpenNebula's permissions.
 *
 * What is taken away is taken first, and what is given is given last, one request each: wherever this breaks off, or
 * OpenNebula refuses a part of it, nobody can do more than either the old or the new sharing lets them, and all of it can be
 * asked for again. Where that is so whichever part is refused, all of it is one request. From now on others may know the
 * images by their ids, which are therefore sealed with their numbers.
 * @throws Ec2Error
 */
export async function writeSharing(changes: readonly Opening[], context: ChangeContext): Promise<void> {
  const one = context.commit()
  const plans = changes.map((change): Plan => {
    const { image, own, lent = [] } = change
    return { image, after: bitsFor([own, ...lent], context.account), attributes: attributesOf(change, context) }
  })
  const steps: readonly WriteCall[][] = [
    plans.flatMap(({ image, after }) => permit(image, bit => image.PERMISSIONS[bit] && !after[bit], false)),
    plans.map(({ image, attributes }) => merge('image', image.ID, attributes)),
    plans.flatMap(({ image, after }) => permit(image, bit => !image.PERMISSIONS[bit] && after[bit], true)),
  ]
  const requests = plans.every(isForAllAlone) ? [steps.flat()] : steps
  for (const request of requests) if (request.length > 0) throwFirst(await one.multicall(request))
}

/** An image, and what becomes of its permissions and attributes. */
interface Plan {
  readonly image: Image
  readonly after: Bits
  readonly attributes: Written<'image'>
}

/**
 * Whether all that changes is that an image is for everybody, or no more: OpenNebula's permissions say so by themselves. That it is
 * for the group means whom the record names, and what it is lent for more than it says.
 */
const isForAllAlone = ({ image: { PERMISSIONS }, after, attributes }: Plan): boolean =>
  PERMISSIONS.GROUP_U === after.GROUP_U && attributes.EC2_LENT === undefined

function attributesOf(change: Opening, context: ChangeContext): Written<'image'> {
  const { kind, image, record, own, lent = [] } = change
  const isLent = opens(lent, context.account)
  const besides = own.all ? 'all' : own.group ? 'group' : 'named'
  return {
    ...sealed(kind, image, context),
    ...record,
    ...((isLent || lentBesides(image) !== undefined) && { EC2_LENT: isLent ? besides : '' }),
  }
}

/** The ids of an image that are its own, sealed with its number: that of an AMI, and of the snapshot that it is besides. */
function sealed(kind: ImageRole, image: Image, context: ChangeContext): Written<'image'> {
  const ofSnapshot = ownId('snapshot', 'EC2_SNAPSHOT_ID', image, context)
  return { ...ownId(kind, 'EC2_ID', image, context), ...ofSnapshot }
}

function ownId(kind: ImageRole, attribute: 'EC2_ID' | 'EC2_SNAPSHOT_ID', image: Image, { mint }: ChangeContext) {
  const [id] = textOf(image.TEMPLATE, attribute)?.split(':') ?? []
  const isOwn = id !== undefined && mint.idOf(resourceOf[kind], identityIn(kind)(image)) === id
  return isOwn ? named(attribute, mint.attribute(id, image.UID, image.ID)) : {}
}

const BITS = ['OTHER_U', 'GROUP_U'] as const satisfies readonly (keyof Bits)[]

/** Sets the bits that are to change. */
function permit({ ID }: Image, changes: (bit: keyof Bits) => boolean, allowed: boolean): WriteCall[] {
  const bits = BITS.filter(changes)
  const permissions: Permissions = Object.fromEntries(bits.map(bit => [bit, allowed]))
  return bits.length > 0 ? [chmod('image', ID, permissions)] : []
}
