// Shapes: what of an OpenNebula document is read, as plain data from which the TypeScript type follows.
import { MalformedAnswer } from '../errors.ts'
import type { Attributes } from './attributes.ts'
import { amount as amountOf, decimal, integer } from './numbers.ts'

/** A single value of a document. One that is too long counts as absent. */
export class Leaf<T> {
  /** Reads the text of the element called `name`; `undefined` when there is no such element. */
  readonly parse: (text: string | undefined, name: string) => T

  constructor(parse: (text: string | undefined, name: string) => T) {
    this.parse = parse
  }
}

/** An element that may come any number of times. */
export class Many<F extends Field> {
  readonly field: F

  constructor(field: F) {
    this.field = field
  }
}

/** An element whose members are anyone's, of which those that are declared are read: a template. */
export class AttributeSet<D extends Declared> {
  readonly declared: readonly D[]

  constructor(declared: readonly D[]) {
    this.declared = declared
  }
}

/** An attribute that is asked for: by its name, by what is around the number in its name, or with a length of its own. */
export type Declared = string | Numbered<string, string> | Long<string>

/** Attributes whose names hold a number: `DISK_0_LABELS`. */
export interface Numbered<Prefix extends string, Suffix extends string> {
  readonly prefix: Prefix
  readonly suffix: Suffix
  /** Characters of each, where that is another number than that of any attribute. */
  readonly most?: number
}

/** An attribute that may be longer, or less long, than others: `most` characters. */
export interface Long<Name extends string> {
  readonly name: Name
  readonly most: number
  /** What is read in place of a longer one, where to take it for absent would be wrong. */
  readonly instead?: string | undefined
}

/** The names that a declaration stands for. */
export type NameOf<D extends Declared> =
  D extends Numbered<infer Prefix, infer Suffix> ? `${Prefix}${number}${Suffix}` : D extends Long<infer Name> ? Name : D

export type Field = Leaf<unknown> | Many<Field> | AttributeSet<Declared> | Shape
export type Shape = { readonly [element: string]: Field }

/** The TypeScript type of what a shape reads. */
export type Typed<F> =
  F extends Leaf<infer T>
    ? T
    : F extends Many<infer G>
      ? readonly Typed<G>[]
      : F extends AttributeSet<infer D>
        ? Attributes<NameOf<D>>
        : { readonly [K in keyof F]: Typed<F[K]> }

/** Text that must be there, though it may be empty. */
export const text = new Leaf((value, name) => value ?? missing(name))
/** Text, undefined when absent or empty. */
export const optionalText = new Leaf(value => (value === '' ? undefined : value))
/** An integer that must be there. */
export const int = new Leaf((value, name) => (value === undefined ? undefined : integer(value)) ?? missing(name))
/** An integer, undefined when absent, empty or something else. */
export const optionalInt = new Leaf(value => (value === undefined ? undefined : integer(value)))
/** An amount (a size, a time): an integer that is not negative, and must be there. */
export const amount = new Leaf((value, name) => amountOf(value) ?? missing(name))
/** An amount, undefined when absent, empty or something else. */
export const optionalAmount = new Leaf(amountOf)
/** A number with decimals, such as CPU; undefined when absent or something else. */
export const optionalDecimal = new Leaf(value => (value === undefined ? undefined : decimal(value)))
/** 1 or YES; absent, 0 and NO are false. */
export const flag = new Leaf(value => value === '1' || value?.toUpperCase() === 'YES')
/** Integers with commas between them; none when absent. */
export const ints = new Leaf(value =>
  value
    ? value
        .split(',')
        .map(integer)
        .filter(number => number !== undefined)
    : [],
)
/** The attributes of a template that are read; the others are passed by. */
export function attributes<const D extends readonly Declared[]>(...declared: D): AttributeSet<D[number]> {
  return new AttributeSet(declared)
}
/** Declares attributes by what stands around the number in their names. */
export function numbered<const P extends string, const S extends string>(prefix: P, suffix: S): Numbered<P, S> {
  return { prefix, suffix }
}

/** A list of all elements of a name. */
export function many<F extends Field>(field: F): Many<F> {
  return new Many(field)
}

function missing(name: string): never {
  throw new MalformedAnswer(`${name} is missing or wrong`)
}
