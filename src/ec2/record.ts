// What EC2 knows and OpenNebula does not: how it is written on OpenNebula objects as `EC2_…`, and read again.
import { type Attributes, textOf, vectors } from '../opennebula/shape.ts'
import { decoded, encoded } from '../opennebula/template.ts'
import type { Tags } from './tags.ts'

/** The value of `EC2_TAGS` for these tags. */
export const encodeTags = (tags: Tags): string => encoded([...tags])

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
  if (byEcone) return new Map(Object.entries(byEcone))
  const pairs = decodeAttribute(attributes, name)
  return new Map(Array.isArray(pairs) ? pairs.filter(isPair) : [])
}

const isPair = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(part => typeof part === 'string')

/** What an attribute written with `encoded` holds; undefined where there is none, or something else by its name. */
function decodeAttribute<Name extends string>(attributes: Attributes<Name>, name: NoInfer<Name>): unknown {
  const text = textOf(attributes, name)
  return text && decoded(text)
}

/**
 * The record of an object: what its actions want to find again, as one attribute.
 *
 * Members are optional all: an object that was made by other ways has none of them, and the owner can edit them away.
 */
export function decodeRecord<R extends object>(attributes: Attributes<string>, name: string): Partial<R> {
  const value = decodeAttribute(attributes, name)
  return value !== null && typeof value === 'object' ? (value as Partial<R>) : {}
}
