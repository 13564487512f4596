// Reads the documents of S3's requests: elements and their text. What a document of S3's never has (a DTD, processing
// instructions behind the declaration) is refused, and attributes, which carry namespaces alone, are passed by.
import { isXmlText } from '../lib/xml-text.ts'
import { S3Error } from './errors.ts'

/** An element: its text, without that of elements inside of it, and these. */
export interface Element {
  readonly name: string
  readonly text: string
  readonly children: readonly Element[]
}

/** An element that is being read. */
interface Open {
  readonly name: string
  text: string
  readonly children: Element[]
}

/** Deeper than any of S3's: nobody makes the reader hold more. */
const DEEPEST = 8

/** A start tag with its attributes, or an end tag. */
const TAG = /<(\/?)([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w:.-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y

/**
 * Reads a whole document of bounded size.
 * @param root the name that its root element has to have
 * @throws S3Error MalformedXML
 */
export function parseDocument(bytes: Uint8Array, root: string): Element {
  const element = new Reader(decoded(bytes)).document()
  if (element.name !== root) throw malformed()
  return element
}

/** What S3 says of a document that it cannot read, or that is not of the form that its operation needs. */
export const malformed = (): S3Error =>
  new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  )

/**
 * The text of the one element of a name, if there is one.
 * @throws S3Error MalformedXML for several, or one with elements inside
 */
export function textOf({ children }: Element, name: string): string | undefined {
  const [found, ...more] = children.filter(child => child.name === name)
  if (more.length > 0 || (found && found.children.length > 0)) throw malformed()
  return found?.text
}

/** @throws S3Error MalformedXML where there are elements of other names */
export function expectOnly({ children }: Element, ...names: readonly string[]): void {
  if (children.some(({ name }) => !names.includes(name))) throw malformed()
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Element {
    if (this.#text.startsWith('<?xml ')) this.#passBy('?>')
    const outside: Open = { name: '', text: '', children: [] }
    this.#read([outside])
    const [root, ...more] = outside.children
    if (!root || more.length > 0 || outside.text.trim() !== '') throw malformed()
    return root
  }

  /** Reads to the end of the text. @param open elements that are not closed yet, the outermost first */
  #read(open: Open[]): void {
    const text = this.#text
    while (this.#at < text.length) {
      const current = open.at(-1)
      if (!current) throw malformed()
      if (text[this.#at] !== '<') current.text += unescaped(this.#until('<'))
      else if (text.startsWith('<!--', this.#at)) this.#passBy('-->')
      else if (text.startsWith('<![CDATA[', this.#at)) current.text += this.#passBy(']]>').slice('<![CDATA['.length)
      else this.#tag(current, open)
    }
    if (open.length !== 1) throw malformed()
  }

  #tag(current: Open, open: Open[]): void {
    TAG.lastIndex = this.#at
    const [tag, closes, name = '', attributes, empty] = TAG.exec(this.#text) ?? []
    if (tag === undefined) throw malformed()
    this.#at += tag.length
    if (closes) {
      if (attributes || empty || name !== current.name || open.length === 1) throw malformed()
      open.pop()
      return
    }
    const element: Open = { name, text: '', children: [] }
    current.children.push(element)
    if (empty) return
    if (open.length > DEEPEST) throw malformed()
    open.push(element)
  }

  /** The text up to a delimiter, or to the end. */
  #until(delimiter: string): string {
    const end = this.#text.indexOf(delimiter, this.#at)
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end)
    this.#at += text.length
    return text
  }

  /** Passes by what a delimiter ends, which has to be there. @returns what stood before it */
  #passBy(delimiter: string): string {
    const text = this.#until(delimiter)
    if (this.#at === this.#text.length) throw malformed()
    this.#at += delimiter.length
    return text
  }
}

function decoded(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    // Line ends, as XML has them
    if (isXmlText(text)) return text.replaceAll(/\r\n?/g, '\n')
  } catch {
    // No UTF-8
  }
  throw malformed()
}

const NAMED: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&apos;': "'" }

const unescaped = (text: string): string =>
  text.includes('&') ? text.replace(/&[^;&]{0,10};?/g, entity => NAMED[entity] ?? referred(entity)) : text

/**
 * What a numeric reference stands for. A key may have characters that XML cannot hold, and clients refer to them as S3 does:
 * all but NUL are taken.
 */
function referred(entity: string): string {
  const [, hex, decimal] = /^&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/.exec(entity) ?? []
  const code = hex === undefined ? Number(decimal ?? 0) : Number.parseInt(hex, 16)
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  if (!isCharacter) throw malformed()
  return String.fromCodePoint(code)
}
