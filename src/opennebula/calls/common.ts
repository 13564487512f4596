// What the calls have in common: their form as plain data, whose objects a pool has, and what can be done to any object.
//
// The same descriptor is sent alone or as one of a multicall. The session is added on sending.
import type { DocumentType } from '../xml/document-type.ts'
import { type TemplateData, writeTemplate } from '../xml/template.ts'
import type { XmlRpcValue } from '../xml/xmlrpc.ts'
import type { Method } from './methods.ts'

/** A call that changes nothing and answers with documents; safe to repeat. */
export interface ReadCall<T> {
  readonly changes: false
  readonly method: string
  readonly params: readonly XmlRpcValue[]
  readonly type: DocumentType<T>
}

/** A call that changes something and answers with the id of what it made or changed. JSON can carry it. */
export interface WriteCall {
  readonly changes: true
  readonly method: string
  readonly params: readonly XmlRpcValue[]
  /** What it sets, where that is all it does: whichever of such calls comes last counts. */
  readonly sets?: Settings
}

/** What a call sets on an object. */
export interface Settings {
  readonly kind: Kind
  readonly id: number
  readonly aspect: Aspect
  /** By their names. */
  readonly values: TemplateData
  /** Whether whoever sends it keeps others from setting the same meanwhile. */
  readonly again?: true
}

/** Of what values are: attributes, permissions, and of a VM its size and what its guest is told. */
export type Aspect = 'attributes' | 'permissions' | 'capacity' | 'context'

/** What a read call reads. */
export type ObjectOf<C> = C extends ReadCall<infer T> ? T : never

/** Describes a call that reads documents of a type. */
export function read<T>(type: DocumentType<T>, method: Method, ...params: XmlRpcValue[]): ReadCall<T> {
  return { changes: false, method, params, type }
}

/** Describes a call that changes something. */
export function write(method: Method, ...params: XmlRpcValue[]): WriteCall {
  return { changes: true, method, params }
}

/** Whose objects a pool call is about; a number of your own is a user's id. */
export const WHOSE = { OWN: -3, OWN_AND_GROUPS: -1, USABLE: -2, PRIMARY_GROUP: -4 } as const

/** Which objects of a pool. */
export interface PoolOptions {
  /** One of `WHOSE`, or a user id. */
  readonly whose?: number
  /** Objects `start` to `start + size - 1`, newest first. */
  readonly page?: Page
  /** The object of this number alone; none where it does not exist or may not be seen. */
  readonly only?: number
}

/** `size` must be 2 or more: OpenNebula takes 1 for "all". */
export interface Page {
  readonly start: number
  readonly size: number
}

/** The two parameters by which a pool call says which of its objects it is about. */
export function range({ page, only }: PoolOptions): [number, number] {
  if (only !== undefined) return [only, only]
  return page ? [page.start, -Math.max(page.size, 2)] : [-1, -1]
}

/** Describes calls that read a pool; what one can use, where nothing else is said. */
export const pool =
  <T>(type: DocumentType<T>, method: Method) =>
  ({ whose = WHOSE.USABLE, ...which }: PoolOptions = {}): ReadCall<T> =>
    read(type, method, whose, ...range(which))

/** Kinds of objects, by the name that their methods have. */
export type Kind = 'vm' | 'image' | 'template' | 'vn' | 'secgroup' | 'user' | 'document' | 'vmgroup'

/** Sets attributes and keeps the others; a vector is set as a whole, and none can be deleted, only emptied. */
export const merge = (kind: Kind, id: number, data: TemplateData): WriteCall => ({
  ...write(`one.${kind}.update`, id, writeTemplate(data), 1),
  sets: { kind, id, aspect: 'attributes', values: data },
})
/** Replaces all attributes of an object. */
export const replace = (kind: Kind, id: number, data: TemplateData) =>
  write(`one.${kind}.update`, id, writeTemplate(data), 0)
export const rename = (kind: Exclude<Kind, 'user'>, id: number, name: string) => write(`one.${kind}.rename`, id, name)

/** Deletes an object; a VM is terminated instead, a user stays. */
export const remove = (kind: Exclude<Kind, 'vm' | 'user'>, id: number) =>
  kind === 'vn' || kind === 'secgroup' || kind === 'vmgroup'
    ? write(`one.${kind}.delete`, id)
    : write(`one.${kind}.delete`, id, false)

const BITS = [
  'OWNER_U',
  'OWNER_M',
  'OWNER_A',
  'GROUP_U',
  'GROUP_M',
  'GROUP_A',
  'OTHER_U',
  'OTHER_M',
  'OTHER_A',
] as const

/** Permissions to change; what is left out stays. */
export type Permissions = { readonly [B in (typeof BITS)[number]]?: boolean }

export const chmod = (kind: Exclude<Kind, 'user'>, id: number, permissions: Permissions): WriteCall => ({
  ...write(`one.${kind}.chmod`, id, ...BITS.map(bit => Number(permissions[bit] ?? -1))),
  sets: { kind, id, aspect: 'permissions', values: permissions },
})
