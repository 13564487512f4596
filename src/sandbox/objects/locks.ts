// Locks, which stop everybody but oneadmin's group.
import { refused } from '../protocol/errors.ts'
import type { Owned } from '../world/model.ts'
import type { Call } from '../world/world.ts'
import { bool, int, type MethodTable, method } from './methods.ts'
import { acquireLocked, isAdmin } from './permissions.ts'
import type { ObjectSpec } from './spec.ts'

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

/** `lock` and `unlock`. */
export function lockMethods<T extends Owned>(spec: ObjectSpec<T>): MethodTable {
  const change = (call: Call, id: number, apply: (object: T) => void): number => {
    const object = acquireLocked(call, spec.pool(call.world), id, 'MANAGE')
    apply(object)
    spec.changed?.(call.world, object)
    return id
  }
  return {
    [`one.${spec.name}.lock`]: method([int, int, bool.or(false)], (call, id, level, onlyIfFree) =>
      change(call, id, object => lock(call, object, level, onlyIfFree)),
    ),
    [`one.${spec.name}.unlock`]: method([int], (call, id) => change(call, id, object => unlock(call, object))),
  }
}
