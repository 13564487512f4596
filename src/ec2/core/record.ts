// What EC2 knows and OpenNebula does not: how it is written on OpenNebula objects as `EC2_…`, and read again.
//
// Whoever owns an object can write anything there. So a record is a table of what each of its fields can be, from which
// its type follows: a field that is wrong is absent, alone, and nothing is written that could not be read again.

import { isXmlText } from '../../lib/xml-text.ts'
import { limits } from '../../limits.ts'
import { type Attributes, textOf, vectors } from '../../opennebula/xml/attributes.ts'
import { decimal as decimalNumber, integer } from '../../opennebula/xml/numbers.ts'
import { decoded, encoded } from '../../opennebula/xml/template.ts'
import { invalid, invalidBecause } from '../../protocol/complaints.ts'
import type { Resource } from './resource.ts'
import { isTagKey, type Tags } from './tags.ts'

/** What becomes of a value that a field cannot have: it is absent when it is read, and refused when it is written. */
type Wrong = (value: unknown, name: string) => undefined

/** What a field can be: gives the value, or what `wrong` makes of it. */
export type Field<T> = (value: unknown, name: string, wrong: Wrong) => T | undefined

/** The fields of a record by name. */
export type Fields = { readonly [name: string]: Field<unknown> }

type Read<F> = F extends Field<infer T> ? T : never

/** The type of a record with these fields, of which those called `Needed` are never absent. */
export type RecordOf<F extends Fields, Needed extends keyof F = never> = {
  readonly [Name in Exclude<keyof F, Needed>]?: Read<F[Name]> | undefined
} & { readonly [Name in Needed]: Read<F[Name]> }

const absent: Wrong = () => undefined

const refused: Wrong = (value, name) => {
  throw invalid(name, typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value))
}

/** A value as a field; undefined where the field cannot be that. */
export const valid = <T>(field: Field<T>, value: unknown): T | undefined => field(value, '', absent)

const field =
  <T>(is: (value: unknown) => value is T): Field<T> =>
  (value, name, wrong) =>
    is(value) ? value : wrong(value, name)

/** Text of at most so many characters, all of which XML can hold. */
export const text = (most: number, form = /^/): Field<string> =>
  field(
    (value): value is string =>
      typeof value === 'string' && value.length <= most && form.test(value) && isXmlText(value),
  )

/** Text of anybody's, of which so many characters are shown. */
export const beginning =
  (most: number): Field<string> =>
  (value, name, wrong) => {
    // What was cut in the middle of a surrogate pair ends before it
    const shown = typeof value === 'string' ? value.slice(0, most).replace(/[\ud800-\udbff]$/, '') : undefined
    return shown !== undefined && isXmlText(shown) ? shown : wrong(value, name)
  }

const isWhole = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most

/** A whole number. */
export const whole = (least: number, most: number): Field<number> =>
  field((value): value is number => isWhole(value, least, most))

/** A whole number in decimal digits, as OpenNebula's own attributes have them. */
export const digits =
  (least: number, most: number): Field<number> =>
  (value, name, wrong) => {
    const number = typeof value === 'string' ? integer(value) : undefined
    return isWhole(number, least, most) ? number : wrong(value, name)
  }

/** A number above 0, whole or with decimals, in digits: a share of CPUs, say. */
export const decimal =
  (most: number): Field<number> =>
  (value, name, wrong) => {
    const number = typeof value === 'string' ? decimalNumber(value) : undefined
    return number !== undefined && number > 0 && number <= most ? number : wrong(value, name)
  }

/** True or false. */
export const flag: Field<boolean> = field(value => typeof value === 'boolean')

/** One of these words. */
export const oneOf = <W extends string>(...words: readonly W[]): Field<W> =>
  field((value): value is W => words.some(word => word === value))

/** A list: of items that are wrong none, and of more than `most` the first. */
export const list =
  <T>(item: Field<T>, most: number): Field<readonly T[]> =>
  (value, name, wrong) => {
    if (!Array.isArray(value)) return wrong(value, name)
    if (value.length > most) wrong(value, name)
    const items: T[] = []
    for (const each of value) {
      const known = item(each, name, wrong)
      if (known !== undefined) items.push(known)
    }
    return items.slice(0, most)
  }

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

/** Until the end of the year 9999: later times have another form, which clients do not read. */
export const LAST_SECOND = 253_402_300_799

/** Seconds since 1970. */
export const seconds: Field<number> = whole(0, LAST_SECOND)
/** Milliseconds since 1970. */
export const milliseconds: Field<number> = whole(0, LAST_SECOND * 1000)
/** The size of a disk. */
export const gibibytes: Field<number> = whole(1, limits.volumeSize.most)
/** The name of a device, as a caller writes it. */
export const device: Field<string> = text(32, /^[\w/.-]+$/)
/** An account's twelve digits. */
export const account: Field<string> = text(12, /^\d{12}$/)
/** What an owner says of an object. */
export const description: Field<string> = text(limits.description.most)
/** What a volume can be: EC2's words, which mean nothing to OpenNebula. */
export const volumeType = oneOf('standard', 'io1', 'io2', 'gp2', 'gp3', 'sc1', 'st1')
/** What a machine can be. */
export const architecture = oneOf('x86_64', 'arm64', 'i386', 'x86_64_mac', 'arm64_mac')
/** The id of a resource, in any form that it ever had. */
export const id = ({ prefix }: Resource): Field<string> => text(32, new RegExp(`^${prefix}-[0-9a-f]{1,17}$`))

/** The accounts that something is shared with. */
export const accounts: Field<readonly string[]> = list(account, limits.sharedAccounts.most)

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

/** Keeps a value in an attribute, encoded. @param most characters that the attribute may have */
export const stored = <Name extends string, T>(
  attribute: Name,
  kept: Field<T>,
  most: number = limits.storedRecord.most,
): Stored<Name, T> => ({
  read(attributes) {
    const found = textOf(attributes, attribute)
    return found === undefined || found.length > most ? undefined : valid(kept, decoded(found))
  },
  write(value) {
    const written = encoded(kept(value, attribute, refused))
    if (written.length <= most) return written
    throw invalidBecause(`What is to be kept of the resource is longer than ${most} characters.`)
  },
})

/** An attribute that is not encoded: OpenNebula's own, econe's, or an operator's. */
export const plain = <Name extends string, T>(
  attributes: Attributes<Name>,
  name: NoInfer<Name>,
  kept: Field<T>,
): T | undefined => valid(kept, textOf(attributes, name))

const tagKey: Field<string> = field(
  (value): value is string => typeof value === 'string' && isTagKey(value) && isXmlText(value),
)
const tagValue = text(limits.tagValue.most)

const tagPair: Field<readonly [string, string]> = (value, name, wrong) => {
  const parts: readonly unknown[] = Array.isArray(value) ? value : []
  const [key, tag] = [valid(tagKey, parts[0]), valid(tagValue, parts[1])]
  return key === undefined || tag === undefined || parts.length > 2 ? wrong(value, name) : [key, tag]
}

const tagPairs = list(tagPair, limits.tagsPerResource.most)

const storedTags = <Name extends string>(attribute: Name) => stored(attribute, tagPairs, limits.storedTags.most)

/** The value of `EC2_TAGS` for these tags. */
export const encodeTags = (tags: Tags): string => storedTags('EC2_TAGS').write([...tags])

/** Those of these pairs that can be tags. */
export const tagsOf = (pairs: Iterable<readonly [string, string]>): Tags => new Map(valid(tagPairs, [...pairs]))

/**
 * The tags of an object.
 *
 * econe wrote them as a vector, `EC2_TAGS=[KEY="value"]`, whose keys OpenNebula put in capitals: they are read as they
 * are. The next change of the object's tags writes all of them in the form that keeps every key.
 */
export const decodeTags = (attributes: Attributes<'EC2_TAGS'>): Tags => decodeTagsOf(attributes, 'EC2_TAGS')

/** The tags of something that shares an object with others, by the attribute that holds them. */
export function decodeTagsOf<Name extends string>(attributes: Attributes<Name>, name: NoInfer<Name>): Tags {
  const [byEcone] = vectors(attributes, name)
  return byEcone ? tagsOf(Object.entries(byEcone)) : new Map(storedTags(name).read(attributes))
}
