// How a method is declared: its parameters, read and checked by one table, and its handler.
import { ErrorCode, FaultCode, internal, OneError, XmlRpcFault } from './errors.ts'
import { isAdmin, may } from './permissions.ts'
import type { Call, Entity, Kind, Owned, User } from './world.ts'
import { escapeXml, wrap } from './xml.ts'
import type { Value } from './xmlrpc.ts'
import { EscapedText } from './xmlrpc.ts'

/** One parameter: reads its value or throws fault -501. */
export interface Parameter<T> {
  read(value: Value | undefined): T
  /** The same parameter, which may be left out at the end. */
  or(fallback: T): Parameter<T>
}

/** A method that runs for an authenticated user. */
export type Method = (call: Call, params: readonly Value[]) => Value | Promise<Value>
export type MethodTable = Record<string, Method>

const wrongType = (expected: string): XmlRpcFault =>
  new XmlRpcFault(FaultCode.TYPE, `Parameter that is supposed to be ${expected} is not`)

function parameter<T extends Value>(expected: string, is: (value: Value) => value is T): Parameter<T> {
  const read = (value: Value | undefined): T => {
    if (value === undefined) throw new XmlRpcFault(FaultCode.TYPE, 'Not enough parameters')
    if (!is(value)) throw wrongType(expected)
    return value
  }
  const or = (fallback: T): Parameter<T> => ({ read: value => (value === undefined ? fallback : read(value)), or })
  return { read, or }
}

export const int = parameter('integer', value => typeof value === 'number')
export const string = parameter('string', value => typeof value === 'string')
export const bool = parameter('boolean', value => typeof value === 'boolean')

type Values<P extends readonly Parameter<unknown>[]> = {
  -readonly [I in keyof P]: P[I] extends Parameter<infer T> ? T : never
}

/** Declares a method; more parameters than it knows are ignored, as by the front-end. */
export const method =
  <P extends readonly Parameter<unknown>[]>(
    parameters: readonly [...P],
    handler: (call: Call, ...values: Values<P>) => Value | Promise<Value>,
  ): Method =>
  (call, params) =>
    handler(call, ...readAll<P>(parameters, params))

// Each parameter reads its own member of the tuple, which Array.map cannot express.
const readAll = <P extends readonly Parameter<unknown>[]>(
  parameters: readonly [...P],
  params: readonly Value[],
): Values<P> => parameters.map((one, index) => one.read(params[index])) as Values<P>

/** A document as a string value. */
export const documentValue = (xml: string): EscapedText => new EscapedText([escapeXml(xml)])

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

/** Attributes that plain users may not write, as in the front-end's default configuration. `A/B` is member B of vector A. */
export function refuseRestricted(user: User, found: string | undefined, where = 'Template'): void {
  if (found === undefined || isAdmin(user)) return
  throw new OneError(ErrorCode.AUTHORIZATION, `User [${user.id}] : ${where} includes a restricted attribute ${found}.`)
}

const FORBIDDEN_IN_NAMES = /[&|:\\";/'#{}$<>\t\n\v\f\r]/

/** Why a name cannot be used; undefined when it can. */
export function nameError(name: string): string | undefined {
  if (name === '') return 'Invalid NAME, it cannot be empty'
  const char = FORBIDDEN_IN_NAMES.exec(name)?.[0]
  if (char !== undefined) return `Invalid NAME, char '${char}' is not allowed`
  return Buffer.byteLength(name) > 128 ? 'Invalid NAME, max length is 128 chars' : undefined
}

/** The object of that owner that has the name already, where names are unique. */
export const namesake = (kind: Kind, objects: readonly Owned[], uid: number, name: string): Owned | undefined =>
  kind.taken === undefined ? undefined : objects.find(object => object.uid === uid && object.name === name)

/** Code 16384: `Error allocating a new image. reason` */
export const notAllocated = (kind: Kind, reason: string): OneError =>
  new OneError(ErrorCode.ALLOCATE, `Error allocating a new ${kind.title}. ${reason}`)

/** Why a new object cannot have that name; undefined when it can. */
export function newNameError(kind: Kind, objects: readonly Owned[], uid: number, name: string): string | undefined {
  const taken = namesake(kind, objects, uid, name)
  return nameError(name) ?? (taken && `NAME is already taken by ${kind.taken} ${taken.id}.`)
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
