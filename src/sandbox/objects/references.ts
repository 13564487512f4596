// Objects that a vector names, by number, or by name and owner.
import { refused } from '../protocol/errors.ts'
import type { Vector } from '../protocol/template.ts'
import type { Owned } from '../world/model.ts'
import type { Pool } from '../world/pool.ts'
import type { Call } from '../world/world.ts'
import { authorize } from './permissions.ts'

/** How a vector names an object. */
export interface Reference {
  /** The member that holds the name; `_ID` and `_UNAME` behind it make those of number and owner. */
  member: string
  /** As messages have it: `an image`. */
  object: string
  /** The kind at the beginning of a sentence. */
  kind: string
  vector: string
}

/** The object, which the caller may use. Throws code 2048 when there is none, 512 when the caller may not use it. */
export function referred<T extends Owned>(
  { world, user }: Call,
  pool: Pool<T>,
  { member, object, kind, vector }: Reference,
  asked: Vector,
): T {
  const { [`${member}_ID`]: id, [member]: name = '', [`${member}_UNAME`]: owner } = asked
  const uid = owner === undefined ? user.id : world.users.find(candidate => candidate.name === owner)?.id
  const found =
    id === undefined ? pool.find(candidate => candidate.name === name && candidate.uid === uid) : pool.get(Number(id))
  if (!found) {
    throw refused(
      id === undefined
        ? `User ${uid} does not own ${object} with name: ${name} . Set ${member}_UNAME or ${member}_UID of owner in ${vector}.`
        : `${kind} with ID: ${id} does not exist`,
    )
  }
  authorize(user, 'USE', pool.kind, found)
  return found
}
