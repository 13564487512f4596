// What every kind of object with an owner understands alike: info and pool, update, rename, chmod, chown.
import { ErrorCode, internal, OneError, refused } from '../protocol/errors.ts'
import { merge, parseTemplate, type Template } from '../protocol/template.ts'
import { plain, wrap } from '../protocol/xml.ts'
import type { Lock, Owned, User } from '../world/model.ts'
import type { Pool } from '../world/pool.ts'
import type { Call, World } from '../world/world.ts'
import { bool, documentValue, int, type MethodTable, method, string } from './methods.ts'
import { nameError, namesake } from './names.ts'
import { acquire, acquireLocked, existing, isAdmin, PRIVATE, requireAdmin } from './permissions.ts'
import { poolValue, select } from './selection.ts'

/** What sets one kind of object apart from the others when it is changed. */
export interface ObjectSpec<T extends Owned> {
  pool(world: World): Pool<T>
  /** Checks and applies a new template; by default it is just stored. */
  update?(call: Call, object: T, template: Template): void
  /** The template that update works on; TEMPLATE by default. */
  updated?(object: T): Template
  /** After anything that changed the object. */
  changed?(world: World, object: T): void
}

/** What a new object has of its maker. */
export const ownedBy = ({ id, groups }: User): Pick<Owned, 'uid' | 'gid' | 'permissions'> => ({
  uid: id,
  gid: groups[0] ?? -1,
  permissions: [...PRIVATE],
})

/** A kind whose document is the same in `info` and in the pool. */
export interface DocumentedSpec<T extends Owned> extends ObjectSpec<T> {
  xml(world: World, object: T): string
}

const BITS = ['U', 'M', 'A']

/** PERMISSIONS, and LOCK where there is one. */
export const permissionsXml = ({ permissions, lock }: Owned): string =>
  wrap(
    'PERMISSIONS',
    ...['OWNER', 'GROUP', 'OTHER'].flatMap((who, row) =>
      BITS.map((bit, column) => plain(`${who}_${bit}`, permissions[row * 3 + column] ?? 0)),
    ),
  ) + (lock ? lockXml(lock) : '')

const lockXml = ({ level, uid, time, requestId }: Lock): string =>
  wrap('LOCK', plain('LOCKED', level), plain('OWNER', uid), plain('TIME', time), plain('REQ_ID', requestId))

/** ID to NAME, with which every document of an owned object begins. */
export const ownerXml = (world: World, object: Owned): string =>
  plain('ID', object.id) +
  plain('UID', object.uid) +
  plain('GID', object.gid) +
  plain('UNAME', world.userName(object.uid)) +
  plain('GNAME', world.groupName(object.gid)) +
  plain('NAME', object.name)

/** `one.<name>.info` and `one.<name>pool.info`. */
export const readMethods = <T extends Owned>(name: string, spec: DocumentedSpec<T>): MethodTable => ({
  [`one.${name}.info`]: method([int, bool.or(false)], (call, id) =>
    documentValue(spec.xml(call.world, acquireLocked(call, spec.pool(call.world), id, 'USE'))),
  ),
  [`one.${name}pool.info`]: method([int, int, int], ({ world, user }, filter, start, end) => {
    const pool = spec.pool(world)
    return poolValue(pool.kind, select(user, pool.kind, pool.newestFirst(), filter, start, end), object =>
      spec.xml(world, object),
    )
  }),
})

/** `delete`, of what nothing depends on. */
export const removeMethod = <T extends Owned>(spec: ObjectSpec<T>): MethodTable[string] =>
  method([int, bool.or(false)], (call, id) => {
    const pool = spec.pool(call.world)
    pool.remove(acquire(call, pool, id, 'MANAGE').id)
    return id
  })

const USE_LOCK = 1
const ALL_LOCK = 4

function lock(call: Call, object: Owned, level: number, onlyIfFree: boolean): void {
  const { world, user, requestId } = call
  if (level < USE_LOCK || level > ALL_LOCK) throw refused('Wrong lock level specified')
  if (object.lock && (onlyIfFree || (object.lock.uid !== user.id && !isAdmin(user)))) {
    throw refused('Error trying to lock the resource.')
  }
  object.lock = { level: level === ALL_LOCK ? USE_LOCK : level, uid: user.id, time: world.clock.seconds(), requestId }
}

function unlock({ user }: Call, object: Owned): void {
  if (object.lock && object.lock.uid !== user.id && !isAdmin(user)) {
    throw refused('Cannot unlock: Lock is owned by another user')
  }
  delete object.lock
}

/** `lock` and `unlock`, of the kinds that have them. */
export function lockMethods<T extends Owned>(name: string, spec: ObjectSpec<T>): MethodTable {
  const change = (call: Call, id: number, apply: (object: T) => void): number => {
    const object = acquireLocked(call, spec.pool(call.world), id, 'MANAGE')
    apply(object)
    spec.changed?.(call.world, object)
    return id
  }
  return {
    [`one.${name}.lock`]: method([int, int, bool.or(false)], (call, id, level, onlyIfFree) =>
      change(call, id, object => lock(call, object, level, onlyIfFree)),
    ),
    [`one.${name}.unlock`]: method([int], (call, id) => change(call, id, object => unlock(call, object))),
  }
}

/** `update`, `rename`, `chmod` and `chown`. */
export function changeMethods<T extends Owned>(name: string, spec: ObjectSpec<T>): MethodTable {
  const changed = (call: Call, object: T): number => {
    spec.changed?.(call.world, object)
    return object.id
  }
  return {
    [`one.${name}.update`]: method([int, string, int.or(0)], (call, id, text, type) => {
      const object = acquire(call, spec.pool(call.world), id, 'MANAGE')
      updating(() => applyUpdate(call, spec, object, text, isMerge(type)))
      return changed(call, object)
    }),
    [`one.${name}.rename`]: method([int, string], (call, id, newName) => {
      rename(call, spec.pool(call.world), id, newName)
      return changed(call, existing(spec.pool(call.world), id))
    }),
    [`one.${name}.chmod`]: method([int, int, int, int, int, int, int, int, int, int], (call, id, ...bits) => {
      const object = existing(spec.pool(call.world), id)
      const permissions = object.permissions.map((old, index) => (bits[index] === -1 ? old : (bits[index] ?? old)))
      const admin = [2, 5, 8].some(index => permissions[index] !== object.permissions[index])
      acquire(call, spec.pool(call.world), id, admin ? 'ADMIN' : 'MANAGE').permissions = permissions
      return changed(call, object)
    }),
    [`one.${name}.chown`]: method([int, int, int], (call, id, uid, gid) => {
      const { world, user } = call
      const object = existing(spec.pool(world), id)
      requireAdmin(user, 'MANAGE', spec.pool(world).kind)
      if (uid !== -1) object.uid = existing(world.users, uid).id
      if (gid !== -1) object.gid = existingGroup(world, gid)
      return changed(call, object)
    }),
  }
}

function applyUpdate<T extends Owned>(
  call: Call,
  spec: ObjectSpec<T>,
  object: T,
  text: string,
  merging: boolean,
): void {
  const changes = parseTemplate(text)
  const current = spec.updated?.(object) ?? object.template
  const template = merging ? merge(current, changes) : changes
  if (spec.update) spec.update(call, object, template)
  else object.template = template
}

function rename<T extends Owned>(call: Call, pool: Pool<T>, id: number, newName: string): void {
  const object = existing(pool, id)
  if (object.name === newName) return
  acquire(call, pool, id, 'MANAGE')
  const other = namesake(pool, object.uid, newName)
  const { title } = pool.kind
  if (other) throw refused(`${title} cannot be renamed to ${newName} because it collides with ${title} ${other.id}`)
  const error = nameError(newName)
  if (error) throw new OneError(ErrorCode.INTERNAL, error)
  object.name = newName
}

function existingGroup(world: World, gid: number): number {
  if (!world.groups.has(gid)) throw new OneError(ErrorCode.NO_EXISTS, `Error getting group [${gid}].`, gid)
  return gid
}

/** Whether an update merges (1) or replaces (0). Throws XML_RPC_API (4096) for anything else. */
export function isMerge(type: number): boolean {
  if (type !== 0 && type !== 1) throw new OneError(ErrorCode.XML_RPC_API, 'Wrong update type')
  return type === 1
}

/** `Cannot update template. ` before the reason, code 8192. */
export function updating<T>(change: () => T): T {
  try {
    return change()
  } catch (error) {
    throw error instanceof OneError && error.code === ErrorCode.INTERNAL
      ? internal(`Cannot update template. ${error.message}`)
      : error
  }
}
