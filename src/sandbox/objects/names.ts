// Names of objects: which characters they may have, and that most are unique for their owner.
import { ErrorCode, OneError } from '../protocol/errors.ts'
import type { Kind, Owned } from '../world/model.ts'
import type { Pool } from '../world/pool.ts'

const FORBIDDEN_IN_NAMES = /[&|:\\";/'#{}$<>\t\n\v\f\r]/

/** Why a name cannot be used; undefined when it can. */
export function nameError(name: string): string | undefined {
  if (name === '') return 'Invalid NAME, it cannot be empty'
  const char = FORBIDDEN_IN_NAMES.exec(name)?.[0]
  if (char !== undefined) return `Invalid NAME, char '${char}' is not allowed`
  return Buffer.byteLength(name) > 128 ? 'Invalid NAME, max length is 128 chars' : undefined
}

/** The object of that owner that has the name already, where names are unique. */
export const namesake = <T extends Owned>(pool: Pool<T>, uid: number, name: string): T | undefined =>
  pool.kind.taken === undefined ? undefined : pool.find(object => object.uid === uid && object.name === name)

/** Code 16384: `Error allocating a new image. reason` */
export const notAllocated = (kind: Kind, reason: string): OneError =>
  new OneError(ErrorCode.ALLOCATE, `Error allocating a new ${kind.title}. ${reason}`)

/** Why a new object cannot have that name; undefined when it can. */
export function newNameError<T extends Owned>(pool: Pool<T>, uid: number, name: string): string | undefined {
  const other = namesake(pool, uid, name)
  return nameError(name) ?? (other && `NAME is already taken by ${pool.kind.taken} ${other.id}.`)
}
