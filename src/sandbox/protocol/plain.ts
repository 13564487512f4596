// XML as elements and text, which is all that XML-RPC has of it. What clients send is read in one pass; whatever else there may be in
// XML, or be wrong with it, is for xmldom to judge.
//
// A reader of the sandbox's own: by those of `opennebula/xml/`, which read what a front-end answers, the Worker would judge its own
// requests, and a flaw on both sides would be none. Its test holds it against xmldom.
import { childElements, type Element, parseXmlText } from './dom.ts'

/** An element without its attributes. */
export interface PlainElement {
  readonly tagName: string
  /** All the text in it, that of the elements in it included. */
  readonly text: string
  readonly children: readonly PlainElement[]
}

interface Open {
  readonly tagName: string
  text: string
  readonly children: PlainElement[]
}

const HEAD = /^<\?xml version="1\.0"(?: encoding="(?:UTF|utf)-8")?\?>\n?/
const TOKEN = /<(\/?)([A-Za-z][A-Za-z0-9]*)>|([^<]+)/y
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** The root of a well-formed document; undefined for any other text. */
export function parseElements(text: string): PlainElement | undefined {
  const plain = readPlain(text)
  if (plain) return plain
  const root = parseXmlText(text)
  return root && fromDom(root)
}

const fromDom = (element: Element): PlainElement => ({
  tagName: element.tagName,
  text: element.textContent ?? '',
  children: childElements(element).map(fromDom),
})

/** Reads what has nothing but elements without attributes, text and the five entities; undefined for anything else. */
function readPlain(text: string): PlainElement | undefined {
  // Line ends are not what they look like, and this may not stand in text
  if (text.includes('\r') || text.includes(']]>')) return undefined
  const document: Open = { tagName: '', text: '', children: [] }
  const open = [document]
  TOKEN.lastIndex = HEAD.exec(text)?.[0].length ?? 0
  while (TOKEN.lastIndex < text.length) {
    const [token, closing, tagName, characters] = TOKEN.exec(text) ?? []
    const inner = open.at(-1)
    if (token === undefined || inner === undefined) return undefined
    if (tagName === undefined) {
      const said = unescaped(characters ?? '')
      if (said === undefined) return undefined
      inner.text += said
    } else if (closing === '') {
      const element: Open = { tagName, text: '', children: [] }
      inner.children.push(element)
      open.push(element)
    } else {
      const outer = open.at(-2)
      if (outer === undefined || inner.tagName !== tagName) return undefined
      open.pop()
      if (outer !== document) outer.text += inner.text
    }
  }
  const [root, ...others] = document.children
  return open.length === 1 && others.length === 0 && /^[ \t\n]*$/.test(document.text) ? root : undefined
}

/** Text without its entities; undefined where there is one that XML does not have by itself. */
function unescaped(text: string): string | undefined {
  if (!text.includes('&')) return text
  let isKnown = true
  const said = text.replace(/&(?:([a-z]+);)?/g, (_, name: string | undefined) => {
    const meant = name === undefined ? undefined : ENTITIES[name]
    isKnown &&= meant !== undefined
    return meant ?? ''
  })
  return isKnown ? said : undefined
}
