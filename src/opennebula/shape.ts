// Shapes: what of an OpenNebula document is read, as plain data from which the TypeScript type follows.
import { limits } from '../limits.ts'
import { MalformedAnswer } from './errors.ts'

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

/** Attributes whose names hold a number: `EC2_DISK_0_TAGS`. */
export interface Numbered<Prefix extends string, Suffix extends string> {
  readonly prefix: Prefix
  readonly suffix: Suffix
}

/** An attribute that may be longer, or less long, than others: `most` characters. */
export interface Long<Name extends string> {
  readonly name: Name
  readonly most: number
  /** What is read in place of a longer one, where to take it for absent would be wrong. */
  readonly instead?: string
}

/** The names that a declaration stands for. */
export type NameOf<D extends Declared> =
  D extends Numbered<infer Prefix, infer Suffix> ? `${Prefix}${number}${Suffix}` : D extends Long<infer Name> ? Name : D

export type Field = Leaf<unknown> | Many<Field> | AttributeSet<Declared> | Shape
export type Shape = { readonly [element: string]: Field }

/** A vector attribute such as `NIC=[NETWORK_ID="0",IP="10.0.0.1"]`. */
export type Vector = { readonly [name: string]: string }
/** An attribute; a list where its name came more than once. */
export type Attribute = string | Vector | readonly (string | Vector)[]
/** Attributes by their (upper-case) names, which are those that were declared: to read another does not compile. */
export type Attributes<Name extends string> = { readonly [N in Name]?: Attribute }

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

/** Reads a decimal integer; undefined for anything else. */
export function integer(digits: string): number | undefined {
  const negative = digits.charCodeAt(0) === 45
  let value = 0
  for (let at = negative ? 1 : 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  if (digits.length === (negative ? 1 : 0) || value > Number.MAX_SAFE_INTEGER) return undefined
  return negative ? -value : value
}

function amountOf(value: string | undefined): number | undefined {
  const number = value === undefined ? undefined : integer(value)
  return number !== undefined && number >= 0 ? number : undefined
}

/** Reads a number such as `2`, `0.5` or `.5`; undefined for anything else and for more digits than any amount has. */
export function decimal(digits: string): number | undefined {
  return /^(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/.test(digits) ? Number(digits) : undefined
}

/** A shape made ready for reading. */
export type Plan = LeafPlan | StructPlan | AttributesPlan | AttributePlan | AroundPlan
export interface LeafPlan {
  readonly kind: 'leaf'
  readonly parse: (text: string | undefined, name: string) => unknown
  /** Characters. */
  readonly most: number
}
export interface StructPlan {
  readonly kind: 'struct'
  readonly fields: ReadonlyMap<string, FieldPlan>
  readonly list: readonly FieldPlan[]
  /** Every member, undefined: drafts copied from it are all of one hidden class. */
  readonly blank: Draft
}
export interface AttributesPlan {
  readonly kind: 'attributes'
  readonly fields: ReadonlyMap<string, FieldPlan>
  readonly numbered: readonly Numbered<string, string>[]
}
/** Text, or a vector of members of any names. */
export interface AttributePlan {
  readonly kind: 'attribute'
  /** Characters of the text, or of all members. */
  readonly most: number
  readonly instead?: string | undefined
}
/** What is around objects: a pool, and the document itself. */
export interface AroundPlan {
  readonly kind: 'around'
  readonly fields: ReadonlyMap<string, FieldPlan>
}
export interface FieldPlan {
  readonly name: string
  readonly many: boolean
  readonly plan: Plan
}

/** A structure while it is being read. */
export type Draft = Record<string, unknown>

/** Compiles the shape of a structure. */
export function compile(shape: Shape): StructPlan {
  const fields = new Map<string, FieldPlan>()
  const blank: Draft = {}
  for (const [name, field] of Object.entries(shape)) {
    const repeated = field instanceof Many
    fields.set(name, { name, many: repeated, plan: compileField(repeated ? field.field : field) })
    blank[name] = undefined
  }
  return { kind: 'struct', fields, list: [...fields.values()], blank }
}

const MOST = limits.documentValue.most

function compileField(field: Field): Plan {
  if (field instanceof Leaf) return { kind: 'leaf', parse: field.parse, most: MOST }
  if (field instanceof AttributeSet) return compileAttributes(field.declared)
  if (field instanceof Many) throw new TypeError('many(many(…)) has no meaning')
  return compile(field)
}

function compileAttributes(declared: readonly Declared[]): AttributesPlan {
  const fields = new Map<string, FieldPlan>()
  const numbered: Numbered<string, string>[] = []
  for (const one of declared) {
    if (typeof one === 'object' && 'prefix' in one) {
      numbered.push(one)
    } else {
      const long = typeof one === 'string' ? { name: one, most: MOST } : one
      fields.set(long.name, attributeField(long))
    }
  }
  return { kind: 'attributes', fields, numbered }
}

const attributeField = ({ name, most, instead }: Long<string>): FieldPlan => ({
  name,
  many: false,
  plan: { kind: 'attribute', most, instead },
})

const MEMBER: Plan = { kind: 'leaf', parse: text => text, most: MOST }

/** What is read of the element of this name inside one that is read by `plan`, if anything. */
export function fieldOf(plan: Plan, name: string): FieldPlan | undefined {
  switch (plan.kind) {
    case 'leaf':
      return undefined
    case 'struct':
    case 'around':
      return plan.fields.get(name)
    case 'attributes':
      return plan.fields.get(name) ?? (isNumbered(plan, name) ? attributeField({ name, most: MOST }) : undefined)
    case 'attribute':
      return { name, many: false, plan: MEMBER }
  }
}

function isNumbered({ numbered }: AttributesPlan, name: string): boolean {
  return numbered.some(({ prefix, suffix }) => {
    const number = name.slice(prefix.length, name.length - suffix.length)
    return name.startsWith(prefix) && name.endsWith(suffix) && /^\d{1,6}$/.test(number)
  })
}

/** Begins a structure. */
export function begin(plan: StructPlan): Draft {
  return { ...plan.blank }
}

/** Puts a member into a structure; of several where there should be one, the first counts. */
export function put(draft: Draft, field: FieldPlan, value: unknown): void {
  const before = draft[field.name]
  if (!field.many) {
    if (before === undefined) draft[field.name] = value
  } else if (Array.isArray(before)) {
    before.push(value)
  } else {
    draft[field.name] = [value]
  }
}

/** Ends a structure: what did not come is empty, undefined, or missed. Throws MalformedAnswer for the latter. */
export function finish(draft: Draft, plan: StructPlan): Draft {
  for (const field of plan.list) {
    if (draft[field.name] === undefined) draft[field.name] = field.many ? [] : absent(field)
  }
  return draft
}

function absent({ name, plan }: FieldPlan): unknown {
  switch (plan.kind) {
    case 'leaf':
      return plan.parse(undefined, name)
    case 'struct':
      return finish(begin(plan), plan)
    case 'attributes':
      return emptyRecord()
    case 'attribute':
    case 'around':
      return undefined
  }
}

/** A record for names that are anyone's. It has no prototype: what was not set must not be found. */
export function emptyRecord(): Draft {
  return Object.create(null) as Draft
}

/** Adds an attribute; one that is there already becomes a list. */
export function addAttribute(set: Draft, name: string, value: unknown): void {
  const before = set[name]
  if (before === undefined) set[name] = value
  else if (Array.isArray(before)) before.push(value)
  else set[name] = [before, value]
}

/** All values of an attribute, however often it came. */
export function attributeList(attribute: Attribute | undefined): readonly (string | Vector)[] {
  if (attribute === undefined) return []
  return isAttributeList(attribute) ? attribute : [attribute]
}

/** The vectors of a name, in order. */
export function vectors<Name extends string>(set: Attributes<Name>, name: NoInfer<Name>): Vector[] {
  return attributeList(set[name]).filter(value => typeof value !== 'string')
}

/** The first text of a name; undefined when there is none or it is empty (which is how a merge deletes). */
export function textOf<Name extends string>(set: Attributes<Name>, name: NoInfer<Name>): string | undefined {
  return attributeList(set[name]).find(value => typeof value === 'string') || undefined
}

function isAttributeList(attribute: Attribute): attribute is readonly (string | Vector)[] {
  return Array.isArray(attribute)
}

/** A kind of document: how its elements are called, and what of them is read. */
export interface DocumentType<T> {
  /** Element of one object, such as `VM`. */
  readonly element: string
  /** Element around all of a pool, such as `VM_POOL`. */
  readonly pool: string
  readonly plan: StructPlan
  /** The type that `plan` reads. */
  readonly finished: (draft: Draft) => T
}

/** Names a kind of document. */
export function documentType<S extends Shape>(element: string, shape: S): DocumentType<Typed<S>> {
  // The one place where the type is asserted: `compile` and `Typed` say the same of the same shape.
  const finished = (draft: Draft): Typed<S> => draft as Typed<S>
  return { element, pool: `${element}_POOL`, plan: compile(shape), finished }
}

/** What a kind of document reads. */
export type DocumentOf<D> = D extends DocumentType<infer T> ? T : never
