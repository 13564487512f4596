// Whose objects a Describe is asked for: `Owners` of images and `OwnerIds` of snapshots.
import { WHOSE } from '../../opennebula/calls/common.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'

type Owners = readonly string[] | undefined

/** The account that an owner's name stands for. */
const accountOf = (owner: string, { account }: Pick<Context, 'account'>) => (owner === 'self' ? account.id : owner)

/** Whether an object is of one of these owners; any will do where none is named. */
export function isOwnedBy(
  { UID }: { readonly UID: number },
  owners: Owners,
  context: Pick<Context, 'account'>,
): boolean {
  if (!owners?.length) return true
  return owners.some(owner => accountId(UID) === accountOf(owner, context))
}

/** What of a pool has to be read for these owners: of one account only its own, whatever others have made public. */
export function poolOf(owners: Owners, context: Pick<Context, 'account'>): number {
  const [only, ...more] = new Set(owners?.map(owner => accountOf(owner, context)))
  if (only === undefined || more.length > 0 || !/^00\d{10}$/.test(only)) return WHOSE.USABLE
  if (only === context.account.id) return WHOSE.OWN
  return Number(only) < 2 ** 31 ? Number(only) : WHOSE.USABLE
}
