// Reads what the endpoint answered: a document to pick values from, or the error that it tells of.
import { DOMParser, type Element, type Node, onErrorStopParsing } from '@xmldom/xmldom'
import { Ec2Fault, Failure } from './errors.ts'

/** An element of an answer. Paths are a small piece of XPath: `instanceState/name`, `../../ownerId`, `a|b`. */
export class Answer {
  readonly #element: Element

  constructor(element: Element) {
    this.#element = element
  }

  /** The element's name, without a namespace prefix. */
  get name(): string {
    return nameOf(this.#element)
  }

  /** Every element at a path, in the order of the document. */
  all(path: string): Answer[] {
    return select(this.#element, path).map(element => new Answer(element))
  }

  /** The text of the first element at a path; of `a|b`, that of `a` unless it is empty or missing. Else ''. */
  text(paths: string): string {
    for (const path of paths.split('|')) {
      const text = select(this.#element, path)[0]?.textContent
      if (text) return text
    }
    return ''
  }
}

/**
 * What an HTTP answer of the endpoint says.
 *
 * @throws {Ec2Fault} for an error in EC2's form or in that of STS
 * @throws {Failure} for anything that EC2 would not have sent
 */
export function readAnswer(url: URL, response: Response, body: string): Answer {
  const location = response.headers.get('location')
  if (location !== null) throw new Failure(`${url.href} redirects to ${location}: use that as the URL`)
  const root = documentIn(body)
  if (response.ok && root?.name.endsWith('Response')) return root
  const error = root?.all('Errors/Error')[0] ?? root?.all('Error')[0]
  if (error) throw new Ec2Fault(error.text('Code'), error.text('Message') || error.text('Code'), response.status)
  const kind = response.headers.get('content-type') ?? 'no content type'
  throw new Failure(`${url.href} does not answer as an EC2 endpoint does (HTTP ${response.status}, ${kind})`)
}

/** The root of an XML document; undefined where it is none. */
export function documentIn(body: string): Answer | undefined {
  try {
    const { documentElement } = new DOMParser({ onError: onErrorStopParsing }).parseFromString(body, 'text/xml')
    return documentElement ? new Answer(documentElement) : undefined
  } catch {
    return undefined
  }
}

function select(from: Element, path: string): Element[] {
  let found = [from]
  for (const step of path.split('/')) {
    found = found.flatMap(element => (step === '..' ? parentOf(element) : childrenOf(element, step)))
  }
  return found
}

function parentOf({ parentNode }: Element): Element[] {
  return isElement(parentNode) ? [parentNode] : []
}

function childrenOf(element: Element, name: string): Element[] {
  const children: Element[] = []
  for (let node: Node | null = element.firstChild; node; node = node.nextSibling) {
    if (isElement(node) && nameOf(node) === name) children.push(node)
  }
  return children
}

function isElement(node: Node | null): node is Element {
  return node?.nodeType === 1
}

function nameOf(element: Element): string {
  return element.localName ?? element.nodeName
}
