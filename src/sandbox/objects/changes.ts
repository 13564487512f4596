// How objects are changed: update, rename, chmod, chown.
import { ErrorCode, internal, OneError, refused } from '../protocol/errors.ts'
import { merge, parseTemplate } from '../protocol/template.ts'
import type { Owned } from '../world/model.ts'
import type { Pool } from '../world/pool.ts'
import type { Call, World } from '../world/world.ts'
import { int, type MethodTable, method, string } from './methods.ts'
import { nameError, namesake } from './names.ts'
import { acquire, existing, requireAdmin } from './permissions.ts'
import type { ObjectSpec } from './spec.ts'

/** `update`, `rename`, `chmod` and `chown`. */
export function changeMethods<T extends Owned>(spec: ObjectSpec<T>): MethodTable {
  const changed = (call: Call, object: T): number => {
    spec.changed?.(call.world, object)
    return object.id
  }
  return {
    [`one.${spec.name}.update`]: method([int, string, int.or(0)], (call, id, text, type) => {
      const object = acquire(call, spec.pool(call.world), id, 'MANAGE')
      updating(() => applyUpdate(call, spec, object, text, isMerge(type)))
      return changed(call, object)
    }),
    [`one.${spec.name}.rename`]: method([int, string], (call, id, newName) => {
      rename(call, spec.pool(call.world), id, newName)
      return changed(call, existing(spec.pool(call.world), id))
    }),
    [`one.${spec.name}.chmod`]: method([int, int, int, int, int, int, int, int, int, int], (call, id, ...bits) => {
      const object = existing(spec.pool(call.world), id)
      const permissions = object.permissions.map((old, index) => (bits[index] === -1 ? old : (bits[index] ?? old)))
      const admin = [2, 5, 8].some(index => permissions[index] !== object.permissions[index])
      acquire(call, spec.pool(call.world), id, admin ? 'ADMIN' : 'MANAGE').permissions = permissions
      return changed(call, object)
    }),
    [`one.${spec.name}.chown`]: method([int, int, int], (call, id, uid, gid) => {
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
