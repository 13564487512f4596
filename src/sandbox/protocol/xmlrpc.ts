// The XML-RPC envelope: requests as they are read, answers as the front-end's library writes them.
import { FaultCode, XmlRpcFault } from './errors.ts'
import { type PlainElement, parseElements } from './plain.ts'
import { escapeXml } from './xml.ts'

/** Text that is XML-escaped already, in pieces: a big pool is neither escaped twice nor joined. */
export class EscapedText {
  readonly parts: readonly string[]

  constructor(parts: readonly string[]) {
    this.parts = parts
  }
}

/** An XML-RPC value; i8 is a bigint, so that "not an integer" and "a long integer" stay apart. */
export type Value = number | bigint | boolean | string | EscapedText | { double: number } | Value[] | Map<string, Value>

/** One call as it stands in a request or in a multicall. */
export interface MethodCall {
  method: string
  params: Value[]
}

const malformed = (detail: string): XmlRpcFault =>
  new XmlRpcFault(FaultCode.PARSE, `Call XML not a proper XML-RPC call.  Call is not valid XML.  ${detail}`)

// The library takes the Basic Multilingual Plane only, and no control characters but tab, newline and carriage return.
const READABLE = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/

/** Reads a request body. Throws fault -503 for what the front-end cannot read. */
export function parseCall(body: Uint8Array): MethodCall {
  const root = parseXml(body)
  if (root.tagName !== 'methodCall') throw malformed('XML-RPC call has wrong element type')
  return {
    method: child(root, 'methodName').text,
    params: (optionalChild(root, 'params')?.children ?? []).map(param => parseValue(child(param, 'value'))),
  }
}

function parseXml(body: Uint8Array): PlainElement {
  const text = decode(body)
  if (!READABLE.test(text)) throw malformed('not well-formed (invalid token)')
  const root = parseElements(text)
  if (!root) throw malformed('not well-formed (invalid token)')
  return root
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body)
  } catch {
    throw malformed('not well-formed (invalid token)')
  }
}

const optionalChild = (parent: PlainElement, name: string): PlainElement | undefined =>
  parent.children.find(element => element.tagName === name)

function child(parent: PlainElement, name: string): PlainElement {
  const found = optionalChild(parent, name)
  if (!found) throw malformed(`<${parent.tagName}> has no <${name}>`)
  return found
}

function parseValue(value: PlainElement): Value {
  const typed = value.children[0]
  if (!typed) return checked(value.text)
  const reader = READERS.get(typed.tagName)
  if (!reader) throw malformed(`Unknown value type -- XML element is named <${typed.tagName}>`)
  return reader(typed, typed.text)
}

const READERS = new Map<string, (element: PlainElement, text: string) => Value>([
  ['int', (_, text) => integer(text)],
  ['i4', (_, text) => integer(text)],
  ['i8', (_, text) => BigInt(integer(text))],
  ['boolean', (_, text) => flag(text)],
  ['double', (_, text) => ({ double: Number(text) })],
  ['string', (_, text) => checked(text)],
  ['array', array => child(array, 'data').children.map(parseValue)],
  ['struct', struct => new Map(struct.children.map(member))],
])

const member = (element: PlainElement): [string, Value] => [
  child(element, 'name').text,
  parseValue(child(element, 'value')),
]

function checked(text: string): string {
  if (!READABLE.test(text)) throw malformed('reference to invalid character number')
  return text
}

function integer(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw malformed(`Invalid integer value "${text}"`)
  return Number(text)
}

function flag(text: string): boolean {
  const value = text.trim()
  if (value !== '0' && value !== '1') throw malformed(`Invalid boolean value "${text}"`)
  return value === '1'
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n'
const TAIL = '</methodResponse>\r\n'

/** A methodResponse with one value, in pieces. */
export const writeResponse = (value: Value): string[] => [
  `${HEAD}<params>\r\n<param>`,
  ...writeValue(value),
  `</param>\r\n</params>\r\n${TAIL}`,
]

/** A methodResponse with a fault. */
export const writeFault = (fault: XmlRpcFault): string[] => [
  `${HEAD}<fault>\r\n`,
  ...writeValue(faultStruct(fault)),
  `\r\n</fault>\r\n${TAIL}`,
]

/** The struct that stands for a failed entry of a multicall. */
export const faultStruct = (fault: XmlRpcFault): Value =>
  new Map<string, Value>([
    ['faultCode', fault.code],
    ['faultString', fault.message],
  ])

const writeValue = (value: Value): string[] => ['<value>', ...content(value), '</value>']

function content(value: Value): string[] {
  if (typeof value === 'number') return [`<i4>${value}</i4>`]
  if (typeof value === 'bigint') return [`<i8>${value}</i8>`]
  if (typeof value === 'boolean') return [`<boolean>${value ? 1 : 0}</boolean>`]
  if (typeof value === 'string') return [`<string>${escapeXml(value)}</string>`]
  if (value instanceof EscapedText) return ['<string>', ...value.parts, '</string>']
  if (Array.isArray(value)) {
    return ['<array><data>\r\n', ...value.flatMap(item => [...writeValue(item), '\r\n']), '</data></array>']
  }
  if (value instanceof Map) return ['<struct>\r\n', ...[...value].flatMap(writeMember), '</struct>']
  return [`<double>${value.double}</double>`]
}

const writeMember = ([name, value]: [string, Value]): string[] => [
  `<member><name>${escapeXml(name)}</name>\r\n`,
  ...writeValue(value),
  '</member>\r\n',
]
