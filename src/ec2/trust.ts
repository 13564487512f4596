// Whose objects count: the caller's own and the operator's. What any other user owns may be seen, and is never believed.

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
