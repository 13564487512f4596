// Writes the documents of S3's answers: elements in the order in which they are given.
import { escapeXml } from '../lib/xml-text.ts'

/** What an element holds; one of undefined is left out. */
export type Content = string | number | boolean | Date | Elements | undefined

/** Elements by name, in order; a list repeats its name. Attributes are written as they are. */
export type Elements = readonly (readonly [name: string, content: Content, attributes?: string])[]

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** A whole document of S3's namespace. */
export const writeDocument = (root: string, content: Elements | string): string =>
  `${DECLARATION}<${root} xmlns="${NAMESPACE}">${write(content)}</${root}>`

/** An error's document: it has no namespace. */
export const writeErrorDocument = (content: Elements): string => `${DECLARATION}<Error>${write(content)}</Error>`

function write(content: Exclude<Content, undefined>): string {
  if (content instanceof Date) return content.toISOString()
  if (typeof content !== 'object') return escapeXml(String(content))
  return content
    .map(([name, inner, attributes = '']) =>
      inner === undefined ? '' : `<${name}${attributes && ` ${attributes}`}>${write(inner)}</${name}>`,
    )
    .join('')
}
