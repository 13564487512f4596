// Whether an answer is what AWS's schema of its action says, and has what AWS always has.
import { DOMParser, type Element, Node } from '@xmldom/xmldom'
import type { Operation, ScalarType, Shape, Structure } from '../../src/protocol/model.ts'

/** How values are written. */
const forms: Readonly<Record<ScalarType, RegExp>> = {
  string: /^/,
  number: /^-?\d+(\.\d+)?$/,
  boolean: /^(true|false)$/,
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/,
  blob: /^[\w+/=\s]*$/,
}

/**
 * What is wrong with an answer: elements that the schema does not have, or not there; values in another form; and members
 * of structures that are missing though they are always there.
 * @param always by the names of structures, their members that AWS never leaves out; by `Action Structure`, those that it
 *   gives in the answers of the action
 */
export function problemsIn(
  text: string,
  operation: Operation,
  always: Readonly<Record<string, readonly string[]>> = {},
): string[] {
  const problems: string[] = []
  const { name, service, output, responseName, returnsTrue } = operation
  const root = new DOMParser().parseFromString(text, 'text/xml').documentElement
  if (!root || root.localName !== responseName) return [`the root is ${root?.localName}, not ${responseName}`]
  if (root.namespaceURI !== `${service.namespace}${service.versions.newest}/`) {
    problems.push(`the namespace is ${root.namespaceURI}`)
  }
  const result = output ? [`${name}Result`] : []
  const wrapped = service.protocol === 'query' ? [...result, 'ResponseMetadata'] : ['requestId']
  const [own, rest] = [childrenOf(root), new Set([...wrapped, ...(returnsTrue ? ['return'] : [])])]
  for (const element of wrapped) {
    if (!own.some(({ localName }) => localName === element)) problems.push(`${element} is missing`)
  }
  if (service.protocol === 'query' && output) {
    const found = own.find(({ localName }) => localName === `${name}Result`)
    if (found) checkStructure(childrenOf(found), output, output.name)
  } else {
    const members = own.filter(({ localName }) => !rest.has(localName ?? ''))
    if (output) checkStructure(members, output, output.name)
    else problems.push(...members.map(({ localName }) => `${localName} is in an answer that has nothing`))
  }
  return [...new Set(problems)]

  function checkStructure(elements: readonly Element[], { name: type, members }: Structure, path: string): void {
    const seen = new Set<string>()
    for (const element of elements) {
      const tag = element.localName ?? ''
      const member = members.find(({ xmlName }) => xmlName === tag)
      if (!member) problems.push(`${path}.${tag} is unknown`)
      else if (seen.has(tag)) problems.push(`${path}.${tag} is there twice`)
      else check(element, member.shape, `${path}.${member.name}`)
      seen.add(tag)
    }
    for (const needed of [...(always[type] ?? []), ...(always[`${name} ${type}`] ?? [])]) {
      const member = members.find(each => each.name === needed)
      if (!member) problems.push(`${type} has no ${needed}`)
      else if (!seen.has(member.xmlName)) problems.push(`${path}.${needed} is missing`)
    }
  }

  function check(element: Element, shape: Shape, path: string): void {
    const children = childrenOf(element)
    if (shape.kind === 'structure') {
      checkStructure(children, shape, path)
    } else if (shape.kind === 'list') {
      for (const child of children) {
        if (child.localName === shape.itemName) check(child, shape.item, path)
        else problems.push(`${path} has ${child.localName} among its items`)
      }
    } else {
      if (children.length > 0) problems.push(`${path} has elements`)
      if (!forms[shape.type].test(element.textContent ?? '')) problems.push(`${path} is '${element.textContent}'`)
    }
  }
}

const childrenOf = (element: Element): Element[] =>
  Array.from(element.childNodes).filter((node): node is Element => node.nodeType === Node.ELEMENT_NODE)
