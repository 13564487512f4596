// From words on the command line to options and request parameters, by what a command's row says.

import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import type { Command, Filler, Operand, Option } from './command.ts'
import { UsageError } from './errors.ts'
import type { Ec2Parameter, Ec2Parameters } from './query.ts'

/** Options that every command has. */
export const COMMON_OPTIONS = [
  {
    name: 'access-key',
    short: 'K',
    value: 'ID',
    about: 'Access key (or set EC2_ACCESS_KEY, or AWS_ACCESS_KEY_ID)',
  },
  {
    name: 'secret-key',
    short: 'S',
    value: 'KEY',
    about: 'Secret key (or set EC2_SECRET_KEY, or AWS_SECRET_ACCESS_KEY)',
  },
  {
    name: 'url',
    short: 'U',
    value: 'URL',
    about: 'Endpoint (or set EC2_URL, AWS_ENDPOINT_URL_EC2, or AWS_ENDPOINT_URL)',
  },
  { name: 'headers', short: 'H', about: 'Print the names of the columns above a table' },
  { name: 'verbose', short: 'v', about: 'Tell of requests and answers on standard error' },
  { name: 'help', short: 'h', about: 'Print this help' },
  { name: 'version', short: 'V', about: 'Print the version' },
] as const satisfies readonly Option[]

export type CommonOption = (typeof COMMON_OPTIONS)[number]['name']

/** A command line taken apart, nothing of it checked but that its options exist. */
export interface CommandLine {
  /** By name of the option; a flag's value is `true`. */
  readonly options: Readonly<Record<string, readonly string[]>>
  readonly words: readonly string[]
}

/**
 * Takes the command line of an EC2 command apart.
 *
 * @throws {UsageError} see {@link readLine}
 */
export function readCommandLine(command: Command, argv: readonly string[]): CommandLine {
  return readLine([...COMMON_OPTIONS, ...command.options], argv)
}

/**
 * Takes a command line apart.
 *
 * @throws {UsageError} for an option that is not known, one without its value, or a flag with one
 */
export function readLine(known: readonly Option[], argv: readonly string[]): CommandLine {
  // Strict parsing would do the checks as well, but in words that are not for users.
  const parsed = parseArgs({
    args: [...argv],
    options: configOf(known),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const options: Record<string, string[]> = {}
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue
    const option = known.find(({ name }) => name === token.name)
    if (!option) throw new UsageError(`there is no option ${token.rawName}`)
    options[option.name] = [...(options[option.name] ?? []), valueIn(option, token)]
  }
  return { options, words: parsed.positionals }
}

/** The value of an option of every command, or undefined where it was not given. */
export function commonOption(line: CommandLine, name: CommonOption): string | undefined {
  return line.options[name]?.at(-1)
}

/**
 * The parameters of the request that a command line asks for.
 *
 * @throws {UsageError} for what is missing, too much, or contradicts itself
 */
export function parametersOf(command: Command, { options, words }: CommandLine): Ec2Parameters {
  const parameters: Record<string, Ec2Parameter> = {}
  const filledBy = new Map<string, string>()
  const fill = (fills: Filler, values: readonly string[], many: boolean, label: string) => {
    for (const [name, value] of Object.entries(filled(fills, values, many))) {
      const other = filledBy.get(name)
      if (other !== undefined) throw new UsageError(`${other} and ${label} exclude each other`)
      filledBy.set(name, label)
      parameters[name] = value
    }
  }
  const left = [...words]
  for (const operand of command.operands) {
    const values = takeWords(operand, left)
    if (values.length > 0) fill(operand.fills, values, operand.many ?? false, operand.name)
    else if (!operand.optional) throw new UsageError(`${operand.name} is missing`)
  }
  if (left.length > 0) throw new UsageError(`unexpected argument '${left[0]}'`)
  for (const option of command.options) {
    const values = options[option.name] ?? [option.initial ?? []].flat()
    if (values.length > 0) fill(option.fills, values, option.many ?? false, spelled(option))
    else if (option.required) throw new UsageError(`${spelled(option)} is missing`)
  }
  return parameters
}

/** An option as a user writes it: `-t/--type`. */
export function spelled({ short, name }: Option): string {
  return short === undefined ? `--${name}` : `-${short}/--${name}`
}

function configOf(options: readonly Option[]): ParseArgsOptionsConfig {
  return Object.fromEntries(
    options.map(({ name, short, value }) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
    ]),
  )
}

function valueIn(
  option: Option,
  given: { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
): string {
  const { value, inlineValue } = given
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`${spelled(option)} takes no value`)
    return 'true'
  }
  if (value === undefined) throw new UsageError(`${spelled(option)} needs a value`)
  if (value.startsWith('-') && !inlineValue) {
    throw new UsageError(
      `${spelled(option)} needs a value; write one that starts with a dash as --${option.name}=${value}`,
    )
  }
  return value
}

function takeWords({ many }: Operand, words: string[]): string[] {
  if (!many) return words.splice(0, 1)
  return words.splice(0).flatMap(word => word.split(/[\s,]+/).filter(Boolean))
}

function filled(fills: Filler, values: readonly string[], many: boolean): Ec2Parameters {
  const last = values.slice(-1)
  if (typeof fills === 'function') return fills(many ? values : last)
  return { [fills]: many ? values : last.join('') }
}
