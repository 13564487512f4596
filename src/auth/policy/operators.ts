// The operators of conditions: how a value of a policy is read, and when a value of a request matches it.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
import { parseCidr, parseIp } from '../../lib/ip-blocks.ts'
import { flawOf as flawOfArn, readArn } from './arn.ts'
import type { KeyType } from './keys.ts'
import { type Matcher, type Reading, readText, unknownVariables } from './text.ts'

/** Reads a value of a policy. @returns what is wrong with it, as text */
type Read = (value: string, reading: Pick<Reading, 'variables'>) => Matcher | string

/** An operator without its prefix and suffix. */
export interface Operator {
  /** What keys may hold that it is used with. */
  readonly types: readonly KeyType[]
  /** Whether it is true where no value of the policy matches. */
  readonly negated: boolean
  readonly read: Read
}

const TEXTS: readonly KeyType[] = ['string', 'tag', 'arn', 'boolean']
const NUMBERS: readonly KeyType[] = ['number', 'epoch', 'tag']
const DATES: readonly KeyType[] = ['date', 'epoch', 'tag']

const withVariables =
  (read: (value: string, variables: boolean) => Matcher | string): Read =>
  (value, { variables }) => {
    const [unknown] = variables ? unknownVariables(value) : []
    return unknown === undefined ? read(value, variables) : `the variable ${unknown} is not evaluated`
  }

const text = (reading: Omit<Reading, 'variables'>): Read =>
  withVariables((value, variables) => readText(value, { ...reading, variables }))

const arn: Read = withVariables((value, variables) => flawOfArn(value) ?? readArn(value, { variables }))

const boolean: Read = value => {
  const wanted = value.toLowerCase()
  if (wanted !== 'true' && wanted !== 'false') return `'${value}' is neither true nor false`
  return tried => tried.toLowerCase() === wanted
}

const address: Read = value => {
  const block = parseCidr(value.includes('/') ? value : `${value}/${value.includes(':') ? 128 : 32}`)
  if (!block) return `'${value}' is neither an address nor a block of addresses`
  const rest = BigInt((block.version === 4 ? 32 : 128) - block.prefix)
  return tried => {
    const number = parseIp(tried)
    const version = tried.includes(':') ? 6 : 4
    return number !== undefined && version === block.version && number >> rest === block.first >> rest
  }
}

const compared = (
  parse: (value: string) => number,
  what: string,
  holds: (tried: number, wanted: number) => boolean,
): Read => {
  return value => {
    const wanted = parse(value)
    if (Number.isNaN(wanted)) return `'${value}' is no ${what}`
    return tried => holds(parse(tried), wanted)
  }
}

/** A whole number or a decimal one. */
const numberOf = (value: string) => (/^[+-]?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : Number.NaN)

/** Milliseconds of a day, or a time with its zone, in ISO 8601; or of seconds since 1970. */
const timeOf = (value: string) => {
  if (/^\d{5,12}$/.test(value)) return Number(value) * 1000
  return /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(value)
    ? Date.parse(value)
    : Number.NaN
}

const plain = (types: readonly KeyType[], read: Read): Operator => ({ types, read, negated: false })
const negated = (types: readonly KeyType[], read: Read): Operator => ({ types, read, negated: true })

const comparisons = <Prefix extends string>(
  prefix: Prefix,
  types: readonly KeyType[],
  read: (holds: (tried: number, wanted: number) => boolean) => Read,
) => ({
  [`${prefix}Equals`]: plain(
    types,
    read((a, b) => a === b),
  ),
  [`${prefix}NotEquals`]: negated(
    types,
    read((a, b) => a === b),
  ),
  [`${prefix}LessThan`]: plain(
    types,
    read((a, b) => a < b),
  ),
  [`${prefix}LessThanEquals`]: plain(
    types,
    read((a, b) => a <= b),
  ),
  [`${prefix}GreaterThan`]: plain(
    types,
    read((a, b) => a > b),
  ),
  [`${prefix}GreaterThanEquals`]: plain(
    types,
    read((a, b) => a >= b),
  ),
})

/** All but `Null`, which looks at no value. `BinaryEquals` is not among them: no key that is evaluated holds bytes. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    StringEquals: plain(TEXTS, text({ wildcards: false })),
    StringNotEquals: negated(TEXTS, text({ wildcards: false })),
    StringEqualsIgnoreCase: plain(TEXTS, text({ wildcards: false, ignoresCase: true })),
    StringNotEqualsIgnoreCase: negated(TEXTS, text({ wildcards: false, ignoresCase: true })),
    StringLike: plain(TEXTS, text({ wildcards: true })),
    StringNotLike: negated(TEXTS, text({ wildcards: true })),
    ...comparisons('Numeric', NUMBERS, holds => compared(numberOf, 'number', holds)),
    ...comparisons('Date', DATES, holds => compared(timeOf, 'time (2027-01-31, 2027-01-31T18:00:00Z)', holds)),
    Bool: plain(['boolean', 'tag'], boolean),
    IpAddress: plain(['address'], address),
    NotIpAddress: negated(['address'], address),
    ArnEquals: plain(['arn'], arn),
    ArnLike: plain(['arn'], arn),
    ArnNotEquals: negated(['arn'], arn),
    ArnNotLike: negated(['arn'], arn),
  }),
)
