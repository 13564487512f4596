// Who else may use an image or a snapshot: EC2's permissions, as far as OpenNebula's reach.

import { chmod, merge, type Permissions, type WriteCall } from '../opennebula/calls/common.ts'
import type { Image } from '../opennebula/documents.ts'
import { textOf } from '../opennebula/xml/attributes.ts'
import type { TemplateData } from '../opennebula/xml/template.ts'
import type { ChangeContext } from './context.ts'
import type { Account } from './core/account.ts'
import { toEc2Error } from './failures.ts'
import { type ImageRole, identityIn } from './image.ts'

/** One permission in EC2's answers and requests. */
export interface Permission {
  readonly Group?: 'all' | undefined
  readonly UserId?: string | undefined
}

export interface PermissionChanges {
  readonly Add?: readonly Permission[] | undefined
  readonly Remove?: readonly Permission[] | undefined
}

/** Whom an image is for besides its owner. */
export interface Sharing {
  readonly all: boolean
  /** Twelve digits each. */
  readonly accounts: readonly string[]
}

export const sharingOf = ({ PERMISSIONS }: Image, accounts: readonly string[] = []): Sharing => ({
  all: PERMISSIONS.OTHER_U,
  accounts,
})

export const permissionList = ({ all, accounts }: Sharing): { Group?: 'all'; UserId?: string }[] => [
  ...(all ? [{ Group: 'all' as const }] : []),
  ...accounts.map(UserId => ({ UserId })),
]

/** The sharing after a change. The owner needs no permission, and is listed all the same where one was given. */
export function changed(before: Sharing, { Add = [], Remove = [] }: PermissionChanges): Sharing {
  const accounts = new Set([...before.accounts, ...accountsIn(Add)])
  for (const gone of accountsIn(Remove)) accounts.delete(gone)
  return { all: (before.all || Add.some(isForAll)) && !Remove.some(isForAll), accounts: [...accounts] }
}

const isForAll = ({ Group }: Permission) => Group === 'all'

const accountsIn = (permissions: readonly Permission[]) => permissions.flatMap(({ UserId }) => UserId ?? [])

/**
 * The bits of OpenNebula's that allow it: they reach the members of the image's group, or everybody. Whoever else is in
 * the group is kept out by this endpoint (`isSharedWith`), and not by OpenNebula's own tools.
 */
const bitsFor = ({ all, accounts }: Sharing, owner: Account) => ({
  OTHER_U: all,
  GROUP_U: accounts.some(account => account !== owner.id),
})

type Bits = ReturnType<typeof bitsFor>

/**
 * Writes whom an image is for, into its record and into OpenNebula's permissions.
 *
 * What is taken away is taken first, and what is given is given last, one request each: wherever this breaks off, nobody
 * can do more than either the old or the new sharing lets them. From now on others may know the image by its id, which
 * is therefore sealed with its number.
 *
 * @param record the attribute that holds the record, as it is to be
 * @throws Ec2Error
 */
export async function writeSharing(
  kind: ImageRole,
  image: Image,
  record: TemplateData,
  sharing: Sharing,
  context: ChangeContext,
): Promise<void> {
  const one = context.commit()
  const after = bitsFor(sharing, context.account)
  const attributes = { ...sealed(kind, image, context), ...record }
  const steps: readonly (WriteCall | undefined)[] = [
    permit(image, bit => image.PERMISSIONS[bit] && !after[bit], false),
    merge('image', image.ID, attributes),
    permit(image, bit => !image.PERMISSIONS[bit] && after[bit], true),
  ]
  try {
    for (const step of steps) if (step) await one.call(step)
  } catch (error) {
    throw toEc2Error(error)
  }
}

/** The ids of an image that are its own, sealed with its number: that of an AMI, and of the snapshot that it is besides. */
function sealed(kind: ImageRole, image: Image, context: ChangeContext): TemplateData {
  const ofSnapshot = ownId('snapshot', 'EC2_SNAPSHOT_ID', image, context)
  return { ...ownId(kind, 'EC2_ID', image, context), ...ofSnapshot }
}

function ownId(kind: ImageRole, attribute: 'EC2_ID' | 'EC2_SNAPSHOT_ID', image: Image, { mint }: ChangeContext) {
  const [id] = textOf(image.TEMPLATE, attribute)?.split(':') ?? []
  const isOwn = id !== undefined && mint.idOf(kind, identityIn(kind)(image)) === id
  return isOwn ? { [attribute]: mint.attribute(id, image.UID, image.ID) } : {}
}

const BITS = ['OTHER_U', 'GROUP_U'] as const satisfies readonly (keyof Bits)[]

/** Sets the bits that are to change; undefined where none is. */
function permit({ ID }: Image, changes: (bit: keyof Bits) => boolean, allowed: boolean): WriteCall | undefined {
  const bits = BITS.filter(changes)
  const permissions: Permissions = Object.fromEntries(bits.map(bit => [bit, allowed]))
  return bits.length > 0 ? chmod('image', ID, permissions) : undefined
}
