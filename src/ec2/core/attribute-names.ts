// What follows from the table of attributes: the names that are read and written on each kind of object, as types and lists.
import type { Long, Numbered } from '../../opennebula/xml/shape.ts'
import { type AttributeRow, attributes, type Form, type FormRow, forms, type Place } from './attributes.ts'

type Table = typeof attributes
/** The names of the table, with `n` where there is a number. */
export type Listed = keyof Table

/** A name as it stands on an object. */
export type Named<N extends Listed> = N extends `${infer Prefix}n${infer Suffix}` ? `${Prefix}${number}${Suffix}` : N

/** Those of listed names that an object can have for each disk or interface, and the others. */
export type EachOf<N extends Listed> = Extract<N, `${string}n${string}`>
export type OneOf<N extends Listed> = Exclude<N, EachOf<N>>

/** The listed names that can be on every one of these places, in one of these forms. */
export type ListedOn<P extends Place, F extends Form = Form> = {
  [N in Listed]: [P] extends [Table[N]['on'][number]] ? (Table[N]['form'] extends F ? N : never) : never
}[Listed]

/** The names that can be there. */
export type NameOn<P extends Place, F extends Form = Form> = Named<ListedOn<P, F>>

/** Names that are this table's to give. */
export type Ours = `EC2_${string}` | 'EBS' | `EBS_${string}`

interface Values {
  readonly mark: boolean | ''
  readonly seconds: number | ''
}

/** What may be written for a name; empty text, or undefined with a merge, is how there is none. */
type ValueOf<N> = {
  [L in Listed]: N extends Named<L>
    ? Table[L]['form'] extends keyof Values
      ? Values[Table[L]['form']]
      : string
    : never
}[Listed]

/** Attributes of the table, as they are written on a place. */
export type Written<P extends Place> = { readonly [N in NameOn<P>]?: ValueOf<N> | undefined }

/**
 * What is written on a place, as a type that data has to fit: of the names that are the table's, those that it has there, and
 * OpenNebula's own with whatever OpenNebula takes.
 */
export type Checked<P extends Place, D> = {
  readonly [N in keyof D]: N extends NameOn<P>
    ? ValueOf<N> | undefined
    : N extends Ours
      ? never
      : string extends N
        ? never
        : D[N]
}

/** The name of an attribute that is about the disk or interface of a number. */
export const numberedName = <N extends EachOf<Listed>>(listed: N, number: number): Named<N> =>
  // `Named` puts the number in the same place
  listed.replace('n', String(number)) as Named<N>

/** An attribute by a name that is known at run time only: of such a member the compiler itself forgets the name. */
export const named = <N extends string, V>(name: N, value: V) => ({ [name]: value }) as { readonly [X in N]?: V }

/** The listed names that are read on a place. */
export type ReadOn<P extends Place> = {
  [N in ListedOn<P>]: Table[N] extends { readonly read: false } ? never : N
}[ListedOn<P>]

type Declaration<N extends Listed> = N extends `${infer Prefix}n${infer Suffix}` ? Numbered<Prefix, Suffix> : Long<N>

const rows: Readonly<Record<string, AttributeRow>> = attributes

/** The same as a list. */
export function listedOn<P extends Place>(place: P): readonly ReadOn<P>[] {
  const names = Object.keys(rows).filter(name => rows[name]?.on.includes(place) && rows[name].read !== false)
  // The filter and the type say the same of the same table
  return names as ReadOn<P>[]
}

/** What is read on a kind of object, as its document type is told. */
export function declaredOn<P extends Place>(place: P): readonly Declaration<ReadOn<P>>[] {
  return listedOn(place).map(name => {
    const { most, instead } = boundsOf(name)
    const [prefix = '', suffix] = name.split('n')
    // A name without a number is in one piece; the type takes it apart in the same way
    return (suffix === undefined ? { name, most, instead } : { prefix, suffix, most }) as Declaration<ReadOn<P>>
  })
}

/** In how many characters a value counts, and what is read in place of a longer one. */
export function boundsOf(listed: Listed): { readonly most: number; readonly instead?: string | undefined } {
  const { most, instead }: FormRow = forms[attributes[listed].form]
  return { most: most.most, instead }
}

/** No mark at all: what a copy of an image is to begin with, whatever the image had. An empty attribute is none. */
export const BLANK_MARKS = Object.fromEntries(listedOn('image').map(name => [name, ''])) as {
  readonly [N in ListedOn<'image'>]: ''
}
