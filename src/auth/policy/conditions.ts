// The conditions of a statement: operators, their prefixes and suffixes, and what holds where a request does not have a key.
import { type ConditionKey, readKey, type Values } from './keys.ts'
import { operators } from './operators.ts'
import type { Matcher } from './text.ts'

/** One key under one operator. */
export interface Condition {
  readonly key: ConditionKey
  readonly holds: (values: Values) => boolean
}

/** @returns the condition, or what is wrong with it */
export function readCondition(
  operator: string,
  name: string,
  given: readonly string[],
  variables: boolean,
): Condition | string {
  const key = readKey(name)
  if (!key) return `the key '${name}' is not evaluated`
  if (operator === 'Null') return readNull(key, given)
  const { set, base, ifExists } = partsOf(operator)
  const known = operators.get(base)
  if (!known) return `the operator '${operator}' is not evaluated`
  if (!known.types.includes(key.type)) return `${base} does not go with ${name}, which is ${nounOf(key)}`
  if (key.many && !set) return `${name} has several values: say ForAnyValue:${operator} or ForAllValues:${operator}`
  const matchers: Matcher[] = []
  for (const value of given) {
    const read = known.read(value, { variables })
    if (typeof read === 'string') return read
    matchers.push(read)
  }
  const { negated } = known
  const isMet = (value: string, values: Values) => matchers.some(matches => matches(value, values)) !== negated
  return {
    key,
    holds: values => {
      const found = values(key.name, key.rest) ?? []
      if (set === 'ForAllValues') return found.every(value => isMet(value, values))
      if (set === 'ForAnyValue') return found.some(value => isMet(value, values))
      return found.length === 0 ? ifExists || negated : found.every(value => isMet(value, values))
    },
  }
}

/** A key of one value with `Null`: whether a request does not have it. */
function readNull(key: ConditionKey, given: readonly string[]): Condition | string {
  const [wanted = '', another] = given.map(value => value.toLowerCase())
  if (another !== undefined || (wanted !== 'true' && wanted !== 'false')) return 'Null is either true or false'
  return { key, holds: values => ((values(key.name, key.rest) ?? []).length === 0) === (wanted === 'true') }
}

/** `ForAllValues:StringLikeIfExists`; of `ForAnyValue` AWS passes the suffix by, for a value that it looks at exists. */
function partsOf(operator: string) {
  const [, set, base = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? []
  return { set, base, ifExists: ifExists !== undefined }
}

const NOUNS = {
  string: 'text',
  tag: 'text',
  number: 'a number',
  date: 'a time',
  epoch: 'a time',
  boolean: 'true or false',
  address: 'an address',
  arn: 'an ARN',
}

const nounOf = ({ type }: ConditionKey) => NOUNS[type]
