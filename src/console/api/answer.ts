// From the XML of an answer to a typed output, by AWS's schemas, and to what an error says.
import type { Operation, Scalar, Shape, Structure } from '../../protocol/model.ts'

/** What a strict browser wants to know of whoever has it read markup. */
interface Policies {
  createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string }
}

// Scripts in XML are never run: the document that is read is not shown
const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes
const policy = policies?.createPolicy('answers', { createHTML: text => text }) ?? { createHTML: (text: string) => text }

/** An answer as a document; undefined for what is no XML. */
export function readDocument(text: string): Element | undefined {
  const { documentElement } = new DOMParser().parseFromString(policy.createHTML(text), 'text/xml')
  return documentElement.querySelector('parsererror') || documentElement.localName === 'parsererror'
    ? undefined
    : documentElement
}

/** The output of an operation; empty where it has none. */
export function readOutput({ output, service, name }: Operation, root: Element): unknown {
  const element = service.protocol === 'query' ? childOf(root, `${name}Result`) : root
  return output && element ? readStructure(output, element) : {}
}

/** What an error says, in the forms of EC2, STS, IAM and S3. */
export function readError(root: Element | undefined): { code: string; message: string } | undefined {
  const error = root?.localName === 'Error' ? root : root?.querySelector('Error')
  const code = error && childOf(error, 'Code')?.textContent
  return code ? { code, message: (error && childOf(error, 'Message')?.textContent) ?? '' } : undefined
}

function read(shape: Shape, element: Element): unknown {
  switch (shape.kind) {
    case 'scalar':
      return readScalar(shape, element.textContent ?? '')
    case 'list':
      return Array.from(element.children, child => read(shape.item, child))
    case 'structure':
      return readStructure(shape, element)
  }
}

function readStructure({ members }: Structure, element: Element): unknown {
  const found = new Map(Array.from(element.children, child => [child.localName, child]))
  const values: Record<string, unknown> = {}
  for (const { name, xmlName, shape } of members) {
    const child = found.get(xmlName)
    if (child) values[name] = read(shape, child)
  }
  return values
}

function readScalar({ type }: Scalar, text: string): unknown {
  switch (type) {
    case 'number':
      return Number(text)
    case 'boolean':
      return text === 'true'
    case 'timestamp':
      return new Date(text)
    case 'blob':
      return Uint8Array.fromBase64(text)
    case 'string':
      return text
  }
}

const childOf = (element: Element, name: string) => Array.from(element.children).find(child => child.localName === name)
