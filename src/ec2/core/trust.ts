// Whose objects count: the caller's own and the operator's. What any other user owns may be seen, and is never believed.
import { type PoolOptions, type ReadCall, WHOSE } from '../../opennebula/calls/common.ts'
import type { Context } from './context.ts'

/** OpenNebula's first user and its group: the operator. */
export const ONEADMIN = 0

/** Of an OpenNebula object, whose it is. */
export interface Owned {
  readonly UID: number
  readonly GID: number
}

type Asking = Pick<Context, 'account' | 'operators'>

/** Whether an object is the caller's own. */
export const isOwn = ({ UID }: Pick<Owned, 'UID'>, { account }: Pick<Asking, 'account'>): boolean =>
  UID === account.user.id

/** Whether an object is the operator's: oneadmin's, of oneadmin's group, or of an owner that the operator named. */
export const isOperators = ({ UID, GID }: Owned, { operators }: Pick<Asking, 'operators'>): boolean =>
  operators.has(UID) || GID === ONEADMIN

/** Whether the caller may take an object for what it says it is. */
export const counts = (object: Owned, asking: Asking): boolean => isOwn(object, asking) || isOperators(object, asking)

type Pool<T> = (options: PoolOptions) => ReadCall<T>

/**
 * Reads of a pool what is the operator's. Owner by owner, so that nothing of what others have in the pool is even sent:
 * of an object that an administrator put into oneadmin's group by hand, its owner has to be named.
 */
export const operatorsOf = <T>(pool: Pool<T>, { operators }: Pick<Asking, 'operators'>): ReadCall<T>[] =>
  [...operators].map(whose => pool({ whose }))

/** Reads of a pool what counts: the caller's own objects first, then the operator's. */
export const countingOf = <T>(pool: Pool<T>, { account, operators }: Asking): ReadCall<T>[] => [
  pool({ whose: WHOSE.OWN }),
  ...operatorsOf(pool, { operators: new Set([...operators].filter(uid => uid !== account.user.id)) }),
]
