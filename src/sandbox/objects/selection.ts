// Which objects a pool call shows: filter flags, ranges and pages.
import { ErrorCode, OneError } from '../protocol/errors.ts'
import { wrap } from '../protocol/xml.ts'
import type { EscapedText } from '../protocol/xmlrpc.ts'
import type { Entity, Kind, Owned, User } from '../world/model.ts'
import { documentValue } from './methods.ts'
import { may } from './permissions.ts'

/** A pool document around what each object writes. */
export const poolValue = <T>(kind: Kind, objects: readonly T[], write: (object: T) => string): EscapedText =>
  documentValue(wrap(kind.pool, ...objects.map(write)))

const ALL = -2
const MINE_AND_GROUPS = -1
const MINE = -3
const PRIMARY_GROUP = -4

/** The objects that a pool call's filter flag and range select, newest first. */
export function select<T extends Owned>(
  user: User,
  kind: Kind,
  objects: readonly T[],
  filter: number,
  start: number,
  end: number,
): T[] {
  if (filter < PRIMARY_GROUP) throw new OneError(ErrorCode.XML_RPC_API, 'Incorrect filter_flag')
  return page(
    objects.filter(
      object => matches(user, filter, object) && (object.uid === user.id || may(user, 'USE', kind, object)),
    ),
    start,
    end,
  )
}

function matches(user: User, filter: number, object: Owned): boolean {
  if (filter === ALL) return true
  if (filter === MINE) return object.uid === user.id
  if (filter === MINE_AND_GROUPS) return object.uid === user.id || user.groups.includes(object.gid)
  if (filter === PRIMARY_GROUP) return object.gid === user.groups[0]
  return object.uid === filter
}

/** An end below -1 is a page (offset, -size); else a range of ids, in which -1 is no limit. */
function page<T extends Entity>(objects: T[], start: number, end: number): T[] {
  if (end < -1) return objects.slice(start, start - end)
  return objects.filter(({ id }) => start === -1 || (id >= start && (end === -1 || id <= end)))
}
