// From words on the command line to arguments and request parameters, by what a command's row says.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { Arguments } from './arguments.ts'
import type { Explained, Filler, Operand, Option, RequestCommand } from './command.ts'
import { UsageError } from './errors.ts'
import type { Ec2Parameter, Ec2Parameters } from './query.ts'

/** Options that every program has. */
export const PROGRAM_OPTIONS = [
  { name: 'help', short: 'h', about: 'Print this help' },
  { name: 'version', short: 'V', about: 'Print the version' },
] as const satisfies readonly Option[]

/** Options that every command of EC2's has. */
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
  ...PROGRAM_OPTIONS,
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
export function readCommandLine(command: Explained, argv: readonly string[]): CommandLine {
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
 * The arguments in a command line.
 *
 * @throws {UsageError} for what is missing, and for a word too many
 */
export function argumentsOf(
  { operands, options }: Pick<Explained, 'operands' | 'options'>,
  { options: given, words }: CommandLine,
): Arguments {
  const values = new Map<string, readonly string[]>()
  const take = (name: string, found: readonly string[], label: string, optional: boolean) => {
    if (found.length > 0) values.set(name, found)
    else if (!optional) throw new UsageError(`${label} is missing`)
  }
  const left = [...words]
  for (const operand of operands) {
    take(operand.name, takeWords(operand, left), operand.name, operand.optional ?? false)
  }
  if (left.length > 0) throw new UsageError(`unexpected argument '${left[0]}'`)
  for (const option of options) {
    take(option.name, given[option.name] ?? [option.initial ?? []].flat(), spelled(option), !option.required)
  }
  return new Arguments(values)
}

/**
 * The parameters of the request that a command line asks for.
 *
 * @throws {UsageError} for what is missing, too much, or contradicts itself
 */
export function parametersOf(command: RequestCommand, line: CommandLine): Ec2Parameters {
  const given = argumentsOf(command, line)
  const parameters: Record<string, Ec2Parameter> = {}
  const filledBy = new Map<string, string>()
  const fill = (fills: Filler, values: readonly string[], many: boolean, label: string) => {
    if (values.length === 0) return
    for (const [name, value] of Object.entries(filled(fills, values, many))) {
      const other = filledBy.get(name)
      if (other !== undefined) throw new UsageError(`${other} and ${label} exclude each other`)
      filledBy.set(name, label)
      parameters[name] = value
    }
  }
  for (const { name, fills, many = false } of command.operands) fill(fills, given.all(name), many, name)
  for (const option of command.options) {
    fill(option.fills, given.all(option.name), option.many ?? false, spelled(option))
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
