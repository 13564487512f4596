// How a method is declared: its parameters, read and checked by one table, and its handler.
import { FaultCode, XmlRpcFault } from '../protocol/errors.ts'
import { escapeXml } from '../protocol/xml.ts'
import { EscapedText, type Value } from '../protocol/xmlrpc.ts'
import type { Call } from '../world/world.ts'

/** One parameter: reads its value or throws fault -501. */
export interface Parameter<T> {
  read(value: Value | undefined): T
  /** The same parameter, which may be left out at the end. */
  or(fallback: T): Parameter<T>
}

/** A method that runs for an authenticated user. */
export type Method = (call: Call, params: readonly Value[]) => Value | Promise<Value>
export type MethodTable = Record<string, Method>

const wrongType = (expected: string): XmlRpcFault =>
  new XmlRpcFault(FaultCode.TYPE, `Parameter that is supposed to be ${expected} is not`)

function parameter<T extends Value>(expected: string, is: (value: Value) => value is T): Parameter<T> {
  const read = (value: Value | undefined): T => {
    if (value === undefined) throw new XmlRpcFault(FaultCode.TYPE, 'Not enough parameters')
    if (!is(value)) throw wrongType(expected)
    return value
  }
  const or = (fallback: T): Parameter<T> => ({ read: value => (value === undefined ? fallback : read(value)), or })
  return { read, or }
}

export const int = parameter('integer', value => typeof value === 'number')
export const string = parameter('string', value => typeof value === 'string')
export const bool = parameter('boolean', value => typeof value === 'boolean')
export const ids = parameter(
  'array',
  (value): value is number[] => Array.isArray(value) && value.every(item => typeof item === 'number'),
)

type Values<P extends readonly Parameter<unknown>[]> = {
  -readonly [I in keyof P]: P[I] extends Parameter<infer T> ? T : never
}

/** Declares a method; more parameters than it knows are ignored, as by the front-end. */
export const method =
  <P extends readonly Parameter<unknown>[]>(
    parameters: readonly [...P],
    handler: (call: Call, ...values: Values<P>) => Value | Promise<Value>,
  ): Method =>
  (call, params) =>
    handler(call, ...readAll<P>(parameters, params))

// Each parameter reads its own member of the tuple, which Array.map cannot express.
const readAll = <P extends readonly Parameter<unknown>[]>(
  parameters: readonly [...P],
  params: readonly Value[],
): Values<P> => parameters.map((one, index) => one.read(params[index])) as Values<P>

/** A document as a string value. */
export const documentValue = (xml: string): EscapedText => new EscapedText([escapeXml(xml)])
