// XML from outside, read with xmldom.
import { DOMParser, type Element, type Node } from '@xmldom/xmldom'

export type { Element }

export const isElement = (node: Node): node is Element => node.nodeType === node.ELEMENT_NODE

/** The elements in an element, without text. By siblings: a list of nodes is looked through anew for each. */
export function childElements(parent: Element): Element[] {
  const elements: Element[] = []
  for (let node = parent.firstChild; node; node = node.nextSibling) if (isElement(node)) elements.push(node)
  return elements
}

const onError = (_level: string, message: string): never => {
  throw new Error(message)
}

/** Names may have colons: namespaces mean nothing. */
function prefixes(text: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, prefix] of text.matchAll(/<([^\s:/<>]+):/g)) if (prefix !== undefined) found[prefix] = 'any'
  return found
}

/** The root of a well-formed document; undefined for any other text. */
export function parseXmlText(text: string): Element | undefined {
  try {
    return (
      new DOMParser({ onError, xmlns: prefixes(text) }).parseFromString(text, 'text/xml').documentElement ?? undefined
    )
  } catch {
    return undefined
  }
}
