// Tags in attributes: in the form that keeps every key, and in econe's.
import { isXmlText } from '../../lib/xml-text.ts'
import { limits } from '../../limits.ts'
import { type Attributes, vectors } from '../../opennebula/xml/attributes.ts'
import type { NameOn } from './attribute-names.ts'
import { forms } from './attributes.ts'
import { type Field, field, list, text, valid } from './fields.ts'
import { kept } from './record.ts'
import { isTagKey, type Tags } from './tags.ts'

/** An attribute that holds tags. */
export type TagsName = NameOn<'vm', 'tags'> | NameOn<'image', 'tags'> | NameOn<'vn', 'tags'>

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

const storedTags = <Name extends TagsName>(name: Name) => kept(name, tagPairs, forms.tags.most.most)

/** The value of any of these attributes for tags. @throws Ec2Error InvalidParameterValue */
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
export function decodeTagsOf<Name extends TagsName>(attributes: Attributes<Name>, name: NoInfer<Name>): Tags {
  const [byEcone] = vectors(attributes, name)
  return byEcone ? tagsOf(Object.entries(byEcone)) : new Map(storedTags(name).read(attributes))
}
