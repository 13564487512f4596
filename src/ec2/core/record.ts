// What EC2 knows and OpenNebula does not: how a record is written in an attribute of the table, and read again.
//
// A record is a table of what each of its fields can be, from which its type follows.
import { type Attributes, textOf } from '../../opennebula/xml/attributes.ts'
import { decoded, encoded } from '../../opennebula/xml/template.ts'
import { invalidBecause } from '../../protocol/complaints.ts'
import { boundsOf, type EachOf, type ListedOn, type Named, numberedName, type OneOf } from './attribute-names.ts'
import type { Place } from './attributes.ts'
import { type Field, refused, valid } from './fields.ts'

/** The fields of a record by name. */
export type Fields = { readonly [name: string]: Field<unknown> }

type Read<F> = F extends Field<infer T> ? T : never

/** The type of a record with these fields, of which those called `Needed` are never absent. */
export type RecordOf<F extends Fields, Needed extends keyof F = never> = {
  readonly [Name in Exclude<keyof F, Needed>]?: Read<F[Name]> | undefined
} & { readonly [Name in Needed]: Read<F[Name]> }

/** A record; wrong as a whole where one of the `needed` is absent. Members that are not in the table are not read. */
export const record =
  <F extends Fields, Needed extends keyof F & string = never>(
    fields: F,
    ...needed: readonly Needed[]
  ): Field<RecordOf<F, Needed>> =>
  (value, name, wrong) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(value, name)
    const members: Record<string, unknown> = {}
    for (const [member, read] of Object.entries(fields)) {
      const sent: unknown = Object.hasOwn(value, member) ? Reflect.get(value, member) : undefined
      const known = sent === undefined ? undefined : read(sent, member, wrong)
      if (known !== undefined) members[member] = known
    }
    if (needed.some(member => members[member] === undefined)) return wrong(value, name)
    // The one place where the type is asserted: the loop and `RecordOf` say the same of the same table
    return members as RecordOf<F, Needed>
  }

/** An attribute in which a value is kept. */
export interface Stored<Name extends string, T> {
  /** What an object has there; undefined for nothing, for too much, and for what it cannot be. */
  readonly read: (attributes: Attributes<Name>) => T | undefined
  /**
   * The text of the attribute for a value.
   * @throws Ec2Error InvalidParameterValue for a member that is wrong: nobody would read it again
   */
  readonly write: (value: T) => string
}

/** Keeps a value under a name, encoded, in at most so many characters. */
export const kept = <Name extends string, T>(name: Name, field: Field<T>, most: number): Stored<Name, T> => ({
  read(attributes) {
    const found = textOf(attributes, name)
    return found === undefined || found.length > most ? undefined : valid(field, decoded(found))
  },
  write(value) {
    const written = encoded(field(value, name, refused))
    if (written.length <= most) return written
    throw invalidBecause(`What is to be kept of the resource is longer than ${most} characters.`)
  },
})

/** The codec of an attribute that the table has as a record on a kind of object: what the record can be. */
export const stored = <P extends Place, N extends OneOf<ListedOn<P, 'record' | 'longRecord' | 'item'>>, T>(
  _on: P,
  listed: N,
  field: Field<T>,
): Stored<N, T> => kept(listed, field, boundsOf(listed).most)

/** The same of one that a VM has for each of its disks or interfaces, by their numbers. */
export const storedEach =
  <N extends EachOf<ListedOn<'vm', 'record'>>, T>(listed: N, field: Field<T>) =>
  (number: number): Stored<Named<N>, T> =>
    kept(numberedName(listed, number), field, boundsOf(listed).most)

/** An attribute that is not encoded: OpenNebula's own, econe's, or an operator's. */
export const plain = <Name extends string, T>(
  attributes: Attributes<Name>,
  name: NoInfer<Name>,
  field: Field<T>,
): T | undefined => valid(field, textOf(attributes, name))
