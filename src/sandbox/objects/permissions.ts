// Who may do what: owner, group and others have use, manage and admin bits; the group oneadmin may do everything.
import { ErrorCode, OneError } from '../protocol/errors.ts'
import type { Entity, Kind, Owned, User } from '../world/model.ts'
import type { Pool } from '../world/pool.ts'
import type { Call } from '../world/world.ts'

export const RIGHTS = ['USE', 'MANAGE', 'ADMIN'] as const
export type Right = (typeof RIGHTS)[number]

/** Bits of a new object, after the front-end's umask 177: its owner uses and manages it. */
export const PRIVATE: readonly number[] = [1, 1, 0, 0, 0, 0, 0, 0, 0]

/** Bits of what everybody may use. */
export const PUBLIC_USE: readonly number[] = [1, 1, 0, 1, 0, 0, 1, 0, 0]

/** What a new object has of its maker. */
export const ownedBy = ({ id, groups }: User): Pick<Owned, 'uid' | 'gid' | 'permissions'> => ({
  uid: id,
  gid: groups[0] ?? -1,
  permissions: [...PRIVATE],
})

export const isAdmin = (user: User): boolean => user.id === 0 || user.groups.includes(0)

/**
 * The ACL rules of a new installation: its group `users` may use every datastore and every network but reservations. The rule
 * that lets everybody use every marketplace and appliance is not here, as where an operator has taken it away: permissions tell.
 */
const USERS_GROUP = 1
const USABLE_BY_USERS: Record<string, (object: Owned) => boolean> = {
  DATASTORE: () => true,
  NET: object => !('parent' in object) || object.parent === -1,
}

/** Whether the user holds the right, by the bits of the object and the ACL rules alone. */
export function may(user: User, right: Right, kind: Kind, object: Owned): boolean {
  const byRule = right === 'USE' && user.groups.includes(USERS_GROUP) && USABLE_BY_USERS[kind.type]?.(object)
  if (isAdmin(user) || byRule) return true
  const bit = RIGHTS.indexOf(right)
  return (
    (object.uid === user.id && object.permissions[bit] === 1) ||
    (user.groups.includes(object.gid) && object.permissions[3 + bit] === 1) ||
    object.permissions[6 + bit] === 1
  )
}

/** `Error getting image [7].` */
export const noSuch = (kind: Kind, id: number): OneError =>
  new OneError(ErrorCode.NO_EXISTS, `Error getting ${kind.title} [${id}].`, id)

/** `User [3] : Not authorized to perform USE IMAGE [7].` */
export const notAuthorized = (user: User, right: Right | 'CREATE', kind: Kind, id?: number): OneError =>
  denied(user, `Not authorized to perform ${right} ${kind.type}${id === undefined ? '' : ` [${id}]`}.`)

/** Code 512 for any other reason. */
export const denied = (user: User, reason: string): OneError =>
  new OneError(ErrorCode.AUTHORIZATION, `User [${user.id}] : ${reason}`)

export function authorize(user: User, right: Right, kind: Kind, object: Owned): void {
  if (!may(user, right, kind, object) || isStopped(user, right, object))
    throw notAuthorized(user, right, kind, object.id)
}

/** Whether a lock stops it: one of level 1 stops use, manage and admin, of 2 manage and admin, of 3 admin. */
const isStopped = (user: User, right: Right, { lock }: Owned): boolean =>
  lock !== undefined && !isAdmin(user) && RIGHTS.indexOf(right) >= lock.level - 1

/** What only oneadmin's group may do. */
export function requireAdmin(user: User, right: Right | 'CREATE', kind: Kind, id?: number): void {
  if (!isAdmin(user)) throw notAuthorized(user, right, kind, id)
}

/** The object, for one who holds the right, though it may be locked. */
export function acquireLocked<T extends Owned>(call: Call, pool: Pool<T>, id: number, right: Right): T {
  const object = existing(pool, id)
  if (!may(call.user, right, pool.kind, object)) throw notAuthorized(call.user, right, pool.kind, id)
  return object
}

/** The object, for one who holds the right. Throws NO_EXISTS (1024) or AUTHORIZATION (512). */
export function acquire<T extends Owned>(call: Call, pool: Pool<T>, id: number, right: Right): T {
  const object = existing(pool, id)
  authorize(call.user, right, pool.kind, object)
  return object
}

export function existing<T extends Entity>(pool: Pool<T>, id: number): T {
  const object = pool.get(id)
  if (!object) throw noSuch(pool.kind, id)
  return object
}

/** Attributes that plain users may not write, as in the front-end's default configuration. `A/B` is member B of vector A. */
export function refuseRestricted(user: User, found: string | undefined, where = 'Template'): void {
  if (found === undefined || isAdmin(user)) return
  throw denied(user, `${where} includes a restricted attribute ${found}.`)
}
