// Reads a typed object out of a single document, by xmldom. For answers of bounded size; pools go through stream.ts.
import type { Element } from '@xmldom/xmldom'
import { MalformedAnswer } from './errors.ts'
import {
  type Attribute,
  addAttribute,
  begin,
  type DocumentType,
  type Draft,
  emptyRecord,
  finish,
  type Plan,
  put,
  type StructPlan,
  type Vector,
} from './shape.ts'
import { childElements, directText, parseXml } from './xml.ts'

/**
 * Reads one object.
 * @param xml what OpenNebula gave as the string value of an answer
 * @throws MalformedAnswer
 */
export function readDocument<T>(xml: string, type: DocumentType<T>): T {
  const root = parseXml(xml)
  if (root.tagName !== type.element) throw new MalformedAnswer(`the document is no ${type.element}`)
  return type.finished(readStruct(root, type.plan))
}

function readStruct(element: Element, plan: StructPlan): Draft {
  const draft = begin(plan)
  for (const child of childElements(element)) {
    const field = plan.fields.get(child.tagName)
    if (field) put(draft, field, readField(child, field.plan))
  }
  return finish(draft, plan)
}

function readField(element: Element, plan: Plan): unknown {
  switch (plan.kind) {
    case 'leaf':
      return plan.parse(directText(element), element.tagName)
    case 'struct':
      return readStruct(element, plan)
    case 'attributes':
      return readAttributes(element)
  }
}

function readAttributes(element: Element): Record<string, Attribute> {
  const set = emptyRecord<Attribute>()
  for (const child of childElements(element)) addAttribute(set, child.tagName, readAttribute(child))
  return set
}

function readAttribute(element: Element): string | Vector {
  const members = childElements(element)
  if (members.length === 0) return directText(element)
  const vector = emptyRecord<string>()
  for (const member of members) vector[member.tagName] = directText(member)
  return vector
}
