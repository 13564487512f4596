// The XML-RPC envelope: writes calls, and reads what every answer has: values, and failures in the forms that they come in.
import { MalformedAnswer, OneError, OneFault, UnsafeValue } from '../errors.ts'
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

/** Reads a string, boolean or integer by the name of its XML-RPC type. Throws MalformedAnswer for any other. */
export function readScalar(type: string, text: string): string | boolean | number {
  if (type === 'string') return text
  if (type === 'boolean' && (text === '0' || text === '1')) return text === '1'
  if ((type === 'i4' || type === 'int' || type === 'i8') && /^-?[0-9]{1,19}$/.test(text)) return Number(text)
  throw new MalformedAnswer('a value of unknown type')
}
