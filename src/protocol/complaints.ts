// What every action says alike, above all of its parameters: one sentence for each thing that can be wrong, in AWS's words.
//
// It names the parameter, and repeats the value as far as anyone would read it.
// @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
import { excerpt } from '../lib/excerpt.ts'
import { complaint, type Ec2Error, type ErrorCode } from './errors.ts'

const listed = (names: readonly string[]) =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(text => text !== '').join(' or ')

/** A parameter that has to be there. @returns MissingParameter */
export const missing = (parameter: string): Ec2Error =>
  complaint('MissingParameter', `The request must contain the parameter ${excerpt(parameter)}`)

/** A parameter that has to be there because of another: `iops`, for `io1 volumes`. @returns MissingParameter */
export const missingFor = (parameter: string, what: string): Ec2Error =>
  complaint('MissingParameter', `The parameter ${parameter} must be specified for ${what}.`)

/** Of several parameters none is there. @returns MissingParameter */
export const needsOneOf = (...parameters: readonly string[]): Ec2Error =>
  complaint('MissingParameter', `Either ${listed(parameters)} must be specified`)

/** A list in which there is nothing to do. @returns MissingParameter */
export const noneSpecified = (things: string): Ec2Error => complaint('MissingParameter', `No ${things} specified.`)

/**
 * A value that a parameter cannot have.
 *
 * @param value as the caller sent it; undefined where it is not there, long or secret
 * @param why   a sentence more, where there is more to say
 * @returns InvalidParameterValue
 */
export function invalid(parameter: string, value: string | number | undefined, why = ''): Ec2Error {
  const subject = value === undefined ? 'The value' : `Value (${excerpt(String(value))})`
  return complaint('InvalidParameterValue', `${subject} for parameter ${excerpt(parameter)} is invalid. ${why}`.trim())
}

/** @param value undefined where it is secret @returns InvalidParameterValue */
export const tooLong = (parameter: string, value: string | undefined, most: number): Ec2Error =>
  invalid(parameter, value, `Length exceeds maximum of ${most}.`)

/** A number out of its range, with AWS's spaces. @param expected `greater than 5`, say @returns InvalidParameterValue */
export const outOfRange = (parameter: string, value: number, expected: string): Ec2Error =>
  complaint(
    'InvalidParameterValue',
    `Value ( ${value} ) for parameter ${parameter} is invalid. Expecting a value ${expected}.`,
  )

/** A list of more values than it may have. @param code that of the limit */
export const tooMany = (
  parameter: string,
  count: number,
  most: number,
  code: ErrorCode = 'InvalidParameterValue',
): Ec2Error => complaint(code, `The parameter ${parameter} has ${count} values: it may have at most ${most}.`)

/** A name that is none of those there are: of an `availability zone`, say. @returns InvalidParameterValue */
export const unknownValue = (noun: string, value: string): Ec2Error =>
  complaint('InvalidParameterValue', `Invalid ${noun}: [${excerpt(value)}]`)

/** A parameter of one value that came with several. @returns InvalidParameterValue */
export const repeated = (parameter: string): Ec2Error =>
  complaint('InvalidParameterValue', `The parameter ${excerpt(parameter)} was given more than once`)

/** What is wrong with a value in a sentence that only one rule of AWS's has. @returns InvalidParameterValue */
export const invalidBecause = (sentence: string): Ec2Error => complaint('InvalidParameterValue', sentence)

/** A rule of a schema that a value does not keep. */
export interface BrokenRule {
  readonly parameter: string
  /** Undefined where there is none, though there has to be. */
  readonly value: string | number | undefined
  /** What the value must: `not be null`, say. */
  readonly rule: string
}

/** A request can break thousands of rules: so many are told. */
const TOLD = 50

/**
 * Values that break constraints of the schemas of STS and IAM, in the words of these services, which tell all at once.
 * @returns ValidationError
 */
export function breaksRules(broken: readonly [BrokenRule, ...BrokenRule[]]): Ec2Error {
  const errors = broken.length === 1 ? '1 validation error' : `${broken.length} validation errors`
  return complaint('ValidationError', `${errors} detected: ${broken.slice(0, TOLD).map(toldOf).join('; ')}`)
}

function toldOf({ parameter, value, rule }: BrokenRule): string {
  const told = value === undefined ? 'null' : `'${excerpt(String(value))}'`
  return `Value ${told} at '${memberPath(parameter)}' failed to satisfy constraint: Member must ${rule}`
}

/** One that no schema tells of. @returns ValidationError */
export const breaksRule = (parameter: string, value: string | number, rule: string): Ec2Error =>
  breaksRules([{ parameter, value, rule }])

/** A value that is none of its type. @param expected what would be, in a sentence @returns MalformedInput */
export const malformedInput = (parameter: string, value: string | undefined, expected: string): Ec2Error =>
  complaint(
    'MalformedInput',
    `${value === undefined ? 'The value' : `Value '${excerpt(value)}'`} at '${memberPath(parameter)}' cannot be read. ${expected}`,
  )

/** How these services name a member: `tags.2.member.key`, for `Tags.member.2.Key`. */
const memberPath = (parameter: string) =>
  excerpt(parameter)
    .replace(/\bmember\.(\d+)/g, '$1.member')
    .replace(/(?<=^|\.)[A-Z]/g, letter => letter.toLowerCase())

/** A parameter that no schema has. @returns UnknownParameter */
export const unknownParameter = (parameter: string): Ec2Error =>
  complaint('UnknownParameter', `The parameter ${excerpt(parameter)} is not recognized`)

/** Two parameters of which there may be one. @returns InvalidParameterCombination */
export const notTogether = (parameter: string, other: string): Ec2Error =>
  complaint('InvalidParameterCombination', `The parameter ${parameter} cannot be used with the parameter ${other}`)

/** Parameters that do not go together, in a sentence that only this rule has. @returns InvalidParameterCombination */
export const combination = (sentence: string): Ec2Error => complaint('InvalidParameterCombination', sentence)

/**
 * A parameter that AWS has, and the cloud nothing for.
 *
 * @param value where another one would do
 * @returns UnsupportedOperation
 */
export function unsupported(parameter: string, value?: string): Ec2Error {
  const subject = value === undefined ? 'The parameter' : `The value (${excerpt(value)}) for parameter`
  return complaint('UnsupportedOperation', `${subject} ${parameter} is not supported.`)
}

/** What cannot be done here, in a sentence that says what can. @returns UnsupportedOperation */
export const impossible = (sentence: string): Ec2Error => complaint('UnsupportedOperation', sentence)

/** Credentials that are nobody's: AWS does not tell what is wrong with them. @returns AuthFailure, 401 */
export const nobodysCredentials = (): Ec2Error =>
  complaint('AuthFailure', 'AWS was not able to validate the provided access credentials')

/**
 * For a caller who may not do what the request asks for, with DryRun or without.
 * @param why in a sentence
 * @returns UnauthorizedOperation, 403
 */
export const unauthorizedOperation = (why?: string): Ec2Error =>
  complaint('UnauthorizedOperation', why === undefined ? NOT_AUTHORIZED : `${NOT_AUTHORIZED} ${why}`)

const NOT_AUTHORIZED = 'You are not authorized to perform this operation.'

/**
 * The same for a caller whose key has a policy that does not allow it.
 * @param sentence what it does not allow
 * @param encoded  why, for the operator alone
 * @returns UnauthorizedOperation, 403
 */
export const unauthorized = (sentence: string, encoded: string): Ec2Error =>
  complaint('UnauthorizedOperation', `${NOT_AUTHORIZED} ${sentence}. Encoded authorization failure message: ${encoded}`)
