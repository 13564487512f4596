// The XML-RPC envelope: writes calls, reads answers of bounded size (acknowledgements, single documents, multicalls).
import type { Element } from '@xmldom/xmldom'
import { MalformedAnswer, OneError, OneFault, UnsafeValue } from '../errors.ts'
import { childElements, directText, parseXml } from './dom.ts'
import { assertSendable, escapeXml } from './text.ts'

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'

/** What a call may hold. Numbers are 32-bit integers: OpenNebula takes no others. */
export type XmlRpcValue =
  | number
  | boolean
  | string
  | readonly XmlRpcValue[]
  | { readonly [member: string]: XmlRpcValue }

/** What an answer may hold. */
export type AnswerValue = number | boolean | string | AnswerValue[] | { [member: string]: AnswerValue }

/** A value, or why there is none. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly value?: undefined; readonly error: OneError | OneFault }

/**
 * Writes a `methodCall` document.
 * @throws UnsafeValue for strings that OpenNebula would refuse or change, and for numbers that are not 32-bit integers
 */
export function writeMethodCall(method: string, params: readonly XmlRpcValue[]): string {
  const written = params.map(param => `<param>${writeValue(param)}</param>`).join('')
  return `${DECLARATION}<methodCall><methodName>${method}</methodName><params>${written}</params></methodCall>`
}

function writeValue(value: XmlRpcValue): string {
  return `<value>${writeTyped(value)}</value>`
}

function writeTyped(value: XmlRpcValue): string {
  if (typeof value === 'string') return `<string>${sendable(value)}</string>`
  if (typeof value === 'boolean') return `<boolean>${value ? 1 : 0}</boolean>`
  if (typeof value === 'number') return `<int>${int32(value)}</int>`
  if (isList(value)) return `<array><data>${value.map(writeValue).join('')}</data></array>`
  return `<struct>${Object.entries(value).map(writeMember).join('')}</struct>`
}

function writeMember([name, value]: [string, XmlRpcValue]): string {
  return `<member><name>${sendable(name)}</name>${writeValue(value)}</member>`
}

function sendable(text: string): string {
  assertSendable(text, 'A string')
  return escapeXml(text)
}

function int32(value: number): number {
  if ((value | 0) !== value) throw new UnsafeValue('A number is not a 32-bit integer')
  return value
}

function isList(value: XmlRpcValue): value is readonly XmlRpcValue[] {
  return Array.isArray(value)
}

/**
 * Reads the answer to one call: its value, or the failure.
 * @throws MalformedAnswer
 */
export function readAnswer(xml: string, method: string): Outcome<AnswerValue> {
  const answer = readMethodResponse(xml, method)
  return answer instanceof OneFault ? { error: answer } : result(answer, method)
}

/**
 * Reads the answer to a `system.multicall`: one outcome a call, in order.
 * @throws OneFault when the multicall itself was refused
 * @throws MalformedAnswer, also when there are more or fewer outcomes than calls
 */
export function readMulticallAnswer(xml: string, methods: readonly string[]): Outcome<AnswerValue>[] {
  const answer = readMethodResponse(xml, 'system.multicall')
  if (answer instanceof OneFault) throw answer
  if (!Array.isArray(answer) || answer.length !== methods.length)
    throw new MalformedAnswer('not one result for each call')
  return methods.map((method, index) => multicallResult(answer[index], method))
}

function multicallResult(entry: AnswerValue | undefined, method: string): Outcome<AnswerValue> {
  if (Array.isArray(entry)) return result(entry[0], method)
  return { error: fault(entry, method) }
}

/** `[true, value, 0]` or `[false, message, code, object id, …]`. */
function result(answer: AnswerValue | undefined, method: string): Outcome<AnswerValue> {
  if (!Array.isArray(answer)) throw new MalformedAnswer('a result is no array')
  const [succeeded, value] = answer
  if (succeeded === true && value !== undefined) return { value }
  return { error: failure(answer, method) }
}

/** Makes the error out of `[false, message, code, object id, …]`. Throws MalformedAnswer for something else. */
export function failure(
  [succeeded, message, code, objectId]: readonly (AnswerValue | undefined)[],
  method: string,
): OneError {
  if (succeeded !== false || typeof message !== 'string' || typeof code !== 'number') {
    throw new MalformedAnswer('a result is neither success nor failure')
  }
  return new OneError(method, code, message, typeof objectId === 'number' ? objectId : undefined)
}

/** Makes the error out of a fault struct. Throws MalformedAnswer when it is something else. */
export function fault(struct: AnswerValue | undefined, method: string): OneFault {
  if (typeof struct !== 'object' || Array.isArray(struct)) throw new MalformedAnswer('a fault is no struct')
  const { faultCode, faultString } = struct
  if (typeof faultCode !== 'number' || typeof faultString !== 'string')
    throw new MalformedAnswer('a fault without code')
  return new OneFault(method, faultCode, faultString)
}

function readMethodResponse(xml: string, method: string): AnswerValue | OneFault {
  const root = parseXml(xml)
  if (root.tagName !== 'methodResponse') throw new MalformedAnswer('the answer is no XML-RPC')
  const body = onlyChild(root)
  if (body.tagName === 'fault') return fault(readValue(onlyChild(body)), method)
  return readValue(onlyChild(onlyChild(body)))
}

function readValue(element: Element): AnswerValue {
  if (element.tagName !== 'value') throw new MalformedAnswer('a value is missing')
  const typed = onlyChild(element)
  switch (typed.tagName) {
    case 'array':
      return childElements(onlyChild(typed)).map(readValue)
    case 'struct':
      return Object.fromEntries(childElements(typed).map(readMember))
    default:
      return readScalar(typed.tagName, directText(typed))
  }
}

function readMember(member: Element): [string, AnswerValue] {
  const [name, value] = childElements(member)
  if (!name || !value) throw new MalformedAnswer('a struct member is incomplete')
  return [directText(name), readValue(value)]
}

/** Reads a string, boolean or integer by the name of its XML-RPC type. Throws MalformedAnswer for any other. */
export function readScalar(type: string, text: string): string | boolean | number {
  if (type === 'string') return text
  if (type === 'boolean' && (text === '0' || text === '1')) return text === '1'
  if ((type === 'i4' || type === 'int' || type === 'i8') && /^-?[0-9]{1,19}$/.test(text)) return Number(text)
  throw new MalformedAnswer('a value of unknown type')
}

function onlyChild(parent: Element): Element {
  const [child, another] = childElements(parent)
  if (!child || another) throw new MalformedAnswer(`${parent.tagName} does not hold exactly one element`)
  return child
}
