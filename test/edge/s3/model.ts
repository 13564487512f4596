// AWS's model of S3, as its SDK has it: every operation, how it is asked for, and what its input has in headers and query.
import * as sdk from '@aws-sdk/client-s3'

export interface ModelOperation {
  readonly name: string
  readonly method: string
  /** `service`, `bucket` or `object`. */
  readonly on: string
  /** Of its URI, without what only repeats the name. */
  readonly query: URLSearchParams
  /** Lower-case names of headers that its input has; those that end in a hyphen are the beginning of many. */
  readonly headers: readonly string[]
  /** Parameters that its input has. */
  readonly parameters: readonly string[]
}

type Traits = Readonly<Record<string, unknown>>

/** Kinds of the SDK's schemas. */
const [STRUCTURE, OPERATION] = [3, 9]

const isTuple = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const traitsOf = (value: unknown): Traits =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
const called = (value: unknown): unknown => (typeof value === 'function' ? value() : value)

/** The traits of an input's members, by their names. */
function membersOf(input: unknown): [string, Traits][] {
  if (!isTuple(input) || input[0] !== STRUCTURE) return []
  const [, , , , names, schemas] = input
  if (!isTuple(names) || !isTuple(schemas)) return []
  return names.map((name, index) => {
    const schema = schemas[index]
    return [String(name), isTuple(schema) ? traitsOf(schema[1]) : {}]
  })
}

function operationOf(schema: readonly unknown[]): ModelOperation {
  const { http } = traitsOf(schema[3])
  const [method, uri] = isTuple(http) ? http.map(String) : []
  const [path = '', query = ''] = (uri ?? '').split('?')
  const members = membersOf(called(schema[4]))
  const parameters = new URLSearchParams(query)
  parameters.delete('x-id')
  const named = (trait: string) => members.flatMap(([, traits]) => (trait in traits ? [String(traits[trait])] : []))
  return {
    name: String(schema[2]),
    method: method ?? '',
    on: path.includes('{Key+}') ? 'object' : members.some(([name]) => name === 'Bucket') ? 'bucket' : 'service',
    query: parameters,
    headers: [...named('httpHeader'), ...named('httpPrefixHeaders')].map(name => name.toLowerCase()),
    parameters: named('httpQuery'),
  }
}

/** All of them. */
export const model: readonly ModelOperation[] = Object.values<unknown>(sdk)
  .filter(isTuple)
  .filter(([kind]) => kind === OPERATION)
  .map(operationOf)
