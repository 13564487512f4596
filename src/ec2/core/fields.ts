// What a field of a record, and an attribute that is no record, can be.
//
// Whoever owns an object can write anything there: a value that is wrong is absent, alone, and none is written that could
// not be read again.
import { isXmlText } from '../../lib/xml-text.ts'
import { limits } from '../../limits.ts'
import { decimal as decimalNumber, integer } from '../../opennebula/xml/numbers.ts'
import { invalid } from '../../protocol/complaints.ts'
import type { Resource } from './resource.ts'

/** What becomes of a value that a field cannot have: it is absent when it is read, and refused when it is written. */
export type Wrong = (value: unknown, name: string) => undefined

/** What a field can be: gives the value, or what `wrong` makes of it. */
export type Field<T> = (value: unknown, name: string, wrong: Wrong) => T | undefined

const absent: Wrong = () => undefined

/** For what is written: nobody would read it again. */
export const refused: Wrong = (value, name) => {
  throw invalid(name, typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value))
}

/** A value as a field; undefined where the field cannot be that. */
export const valid = <T>(field: Field<T>, value: unknown): T | undefined => field(value, '', absent)

/** A field of the values that are of a kind. */
export const field =
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
