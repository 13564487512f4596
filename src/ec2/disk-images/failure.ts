// Why OpenNebula could not make an image, in its own words as far as others may read them.
import { excerpt } from '../../lib/excerpt.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Image } from '../core/documents.ts'

/**
 * What a message may have that is the cloud's own affair, or a secret: links, and where things are on whose machines. A name is
 * tried from its beginning alone: the message is as long as the owner of the image likes, who may write another.
 */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/(?<![a-z0-9+.-])[a-z0-9+.-]+:\/\/\S+/gi, '(address)'],
  [/(?:(?<![\w.-])[\w.-]+:)?(?:\/[^\s/'",;:]+){2,}\/?/g, '(path)'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '(address)'],
]

/**
 * OpenNebula's reason, without the time before it: `Error copying image in the datastore: …`.
 * @returns undefined where there is none
 */
export function failureOf({ TEMPLATE }: Image): string | undefined {
  const reason = textOf(TEMPLATE, 'ERROR')?.replace(/^\w{3} \w{3} +\d{1,2} [\d:]{8} \d{4} : /, '')
  const said = OWN.reduce((text, [pattern, instead]) => text.replace(pattern, instead), reason ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return said === '' ? undefined : excerpt(said, 255)
}
