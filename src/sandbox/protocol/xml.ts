// Writing OpenNebula documents: elements in the order of the calls, values plain or as CDATA as the front-end does.
import type { Attribute, Template } from './template.ts'

type Scalar = string | number

/** `<NAME>value</NAME>` for values that cannot hold markup: numbers, and object names, whose characters are limited. */
export const plain = (name: string, value: Scalar): string => `<${name}>${value}</${name}>`

/** `<NAME><![CDATA[value]]></NAME>` for everything that a user can write. */
export const cdata = (name: string, value: Scalar): string =>
  `<${name}><![CDATA[${String(value).replaceAll(']]>', ']]]]><![CDATA[>')}]]></${name}>`

/** `<NAME>content</NAME>` around markup. */
export const wrap = (name: string, ...content: string[]): string => `<${name}>${content.join('')}</${name}>`

/** `<NAME/>` when there is no content. */
export const wrapOrEmpty = (name: string, content: string): string => (content ? wrap(name, content) : `<${name}/>`)

/** `<NAME><ID>1</ID>…</NAME>`, ascending as the front-end keeps its sets. */
export const idSet = (name: string, ids: readonly number[]): string =>
  wrap(name, ...[...new Set(ids)].sort((a, b) => a - b).map(id => plain('ID', id)))

const attributeXml = (name: string, value: Attribute): string =>
  typeof value === 'string'
    ? cdata(name, value)
    : wrapOrEmpty(
        name,
        sortedKeys(value)
          .map(key => cdata(key, value[key] ?? ''))
          .join(''),
      )

const sortedKeys = (object: object): string[] => Object.keys(object).sort()

/** A TEMPLATE, USER_TEMPLATE … element: attributes in alphabetical order, equal names in the order they were set. */
export const templateXml = (name: string, template: Template): string =>
  wrap(name, ...sortedKeys(template).flatMap(key => (template[key] ?? []).map(value => attributeXml(key, value))))

/** The content of a MONITORING element: numbers by name. */
export const sampleXml = (sample: Readonly<Record<string, number>>): string =>
  sortedKeys(sample)
    .map(key => cdata(key, sample[key] ?? 0))
    .join('')

/** Text as it stands in an XML-RPC `<string>`. */
export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#x0d;')
