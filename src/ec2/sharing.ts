// Who else may use an image or a snapshot: EC2's permissions, as far as OpenNebula's reach.

import type { Permissions } from '../opennebula/calls.ts'
import type { Image } from '../opennebula/documents.ts'
import type { Account } from './context.ts'

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

/** The sharing after a change. The owner needs no permission. */
export function changed(before: Sharing, { Add = [], Remove = [] }: PermissionChanges, { id }: Account): Sharing {
  const accounts = new Set([...before.accounts, ...accountsIn(Add)])
  for (const gone of [id, ...accountsIn(Remove)]) accounts.delete(gone)
  return { all: (before.all || Add.some(isForAll)) && !Remove.some(isForAll), accounts: [...accounts] }
}

const isForAll = ({ Group }: Permission) => Group === 'all'

const accountsIn = (permissions: readonly Permission[]) => permissions.flatMap(({ UserId }) => UserId ?? [])

/**
 * The bits of OpenNebula's that allow it: they reach the members of the image's group, or everybody. Whoever else is in
 * the group is kept out by this endpoint (`isSharedWith`), and not by OpenNebula's own tools.
 */
export const bitsFor = ({ all, accounts }: Sharing): Permissions => ({ OTHER_U: all, GROUP_U: accounts.length > 0 })
