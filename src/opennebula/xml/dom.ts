// XML documents of bounded size, by xmldom, and strict: what is not well-formed is not read at all.
import { DOMParser, type Element, type Node, onWarningStopParsing } from '@xmldom/xmldom'
import { MalformedAnswer } from '../errors.ts'

/** Parses a whole document and returns its root. Throws MalformedAnswer for all but well-formed XML without DTD. */
export function parseXml(text: string): Element {
  const parser = new DOMParser({ onError: onWarningStopParsing })
  try {
    const document = parser.parseFromString(text, 'text/xml')
    if (document.documentElement && !document.doctype) return document.documentElement
  } catch {
    // The parser's message quotes the document, which may hold password hashes.
  }
  throw new MalformedAnswer('the answer is not well-formed XML')
}

/** The elements directly inside one. */
export function childElements(parent: Element): Element[] {
  const children: Element[] = []
  for (let node = parent.firstChild; node; node = node.nextSibling) if (isElement(node)) children.push(node)
  return children
}

/** The text directly inside an element, CDATA included, that of inner elements not. */
export function directText(element: Element): string {
  let text = ''
  for (let node = element.firstChild; node; node = node.nextSibling) {
    if (node.nodeType === node.TEXT_NODE || node.nodeType === node.CDATA_SECTION_NODE) text += node.nodeValue ?? ''
  }
  return text
}

function isElement(node: Node): node is Element {
  return node.nodeType === node.ELEMENT_NODE
}
