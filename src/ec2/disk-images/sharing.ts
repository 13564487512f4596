// Whom an image or a snapshot is for besides its owner, as its record and OpenNebula's permissions say together.
import type { Account } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { accounts, oneOf } from '../core/fields.ts'
import { plain, record, stored } from '../core/record.ts'
import { isOperators, isOwn } from '../core/trust.ts'
import { type ImageRole, isOf } from './roles.ts'

/** The records that name accounts which something is shared with. */
const sharing = (['EC2_IMAGE', 'EC2_SNAPSHOT'] as const).map(name => stored('image', name, record({ accounts })))

/** The accounts that an image is shared with by name. */
export const sharedAccounts = ({ TEMPLATE }: Image): string[] =>
  sharing.flatMap(each => each.read(TEMPLATE)?.accounts ?? [])

const lentFor = oneOf('all', 'group', 'named')

/**
 * Whom an image is for by itself, where OpenNebula's permissions let others have it for an AMI alone that it is a disk of
 * (see lending.ts): all, the group, or whom its record names.
 */
export const lentBesides = ({ TEMPLATE }: Image) => plain(TEMPLATE, 'EC2_LENT', lentFor)

/** Whether an AMI or a snapshot is for everybody. */
export function isForAll(image: Image): boolean {
  const besides = lentBesides(image)
  return besides === undefined ? image.PERMISSIONS.OTHER_U : besides === 'all'
}

/**
 * Whether an account may use an AMI or a snapshot that OpenNebula lets it use.
 *
 * OpenNebula's permissions know the owner, one group and all: an owner who shares with an account opens the image to
 * the group, and it is here that the others of the group are kept out.
 */
export function isSharedWith({ id, user }: Account, image: Image): boolean {
  if (image.UID === user.id || isForAll(image)) return true
  const named = sharedAccounts(image)
  return named.includes(id) || (named.length === 0 && lentBesides(image) !== 'named')
}

/** Whether the account may name an image as one of a kind: the one rule for lists and for ids. */
export const isUsable = (kind: ImageRole, image: Image, account: Account): boolean =>
  isOf(kind, image) && isSharedWith(account, image)

/**
 * Whether an AMI may bring a copy of a snapshot. Its owner can name any: those of the caller, for instance, which would
 * get into the hands of what runs in the AMI.
 */
export const mayBring = (ami: Image, snapshot: Image, context: Pick<Context, 'account' | 'operators'>): boolean =>
  isOwn(ami, context) || snapshot.UID === ami.UID || isOperators(snapshot, context)

/** Whom an image is for besides its owner. */
export interface Sharing {
  readonly all: boolean
  /** Twelve digits each. */
  readonly accounts: readonly string[]
  /** Whether it is for the owner's whole group, which OpenNebula's own tools alone can say. */
  readonly group?: boolean
}

/** For the owner alone. */
export const NOBODY: Sharing = { all: false, accounts: [] }

/** Whom an image is for by itself, whatever it is lent for. @param accounts that its record names */
export function sharingOf(image: Image, accounts: readonly string[] = []): Sharing {
  const besides = lentBesides(image)
  const group = besides === undefined ? image.PERMISSIONS.GROUP_U && accounts.length === 0 : besides === 'group'
  return { all: isForAll(image), accounts, group }
}
