// The commands of the operator: what a row says of one besides its options and help, and the way from its command line to
// its end.
import type { Arguments } from '../cli/arguments.ts'
import type { Explained, Framed } from '../cli/command.ts'
import { Failure, UsageError } from '../cli/errors.ts'
import { helpOf, helpOfVerbs, type SharedOptions } from '../cli/help.ts'
import { argumentsOf, PROGRAM_OPTIONS, readLine } from '../cli/options.ts'
import { complain, type Io, print, versionOf } from '../cli/program.ts'
import { ConfigError } from '../config/names.ts'
import { type Operator, operatorOf, WORKER_NOTE, WORKER_OPTIONS } from './worker.ts'

/** Something that an operator has done: by a command, or by one of its verbs. */
export interface Job extends Explained {
  /** @returns the exit status */
  readonly run: (given: Arguments, operator: Operator, io: Io) => Promise<number>
}

/** A command that does one thing, or, with verbs, one of several. */
export type Program = (Framed & Job) | (Framed & { readonly verbs: readonly Job[] })

const SHARED: SharedOptions = {
  title: 'Which Worker:',
  options: [...WORKER_OPTIONS, ...PROGRAM_OPTIONS],
  note: WORKER_NOTE,
}

/** Runs a program of the operator's; returns the exit status. */
export async function runProgram(program: Program, argv: readonly string[], io: Io): Promise<number> {
  const { name } = program
  try {
    const [job, words] = jobOf(program, argv)
    const { operands = [], options = [] } = job ?? {}
    const all = [...options, ...SHARED.options]
    const line = readLine(all, words)
    if (line.options['version']) return print(io, [versionOf(name)])
    if (!job || line.options['help']) return print(io, [helpOfProgram(program)])
    const given = argumentsOf({ operands, options: all }, line)
    return await job.run(given, await operatorOf(given, io.env), io)
  } catch (error) {
    if (error instanceof Failure) return complain(io, name, error)
    if (!(error instanceof ConfigError)) throw error
    return complain(io, name, `${error.message}: give it in the environment or with -s/--secrets`)
  }
}

/** What is to be done, undefined where only its help or its version is asked for, and the words that it is given. */
function jobOf(program: Program, argv: readonly string[]): readonly [Job | undefined, readonly string[]] {
  if (!('verbs' in program)) return [program, argv]
  const [verb = '--help', object = ''] = argv
  if (verb.startsWith('-')) return [undefined, argv]
  const job = program.verbs.find(({ name }) => name === verb || name === `${verb} ${object}`)
  if (!job) throw new UsageError(`there is no '${verb}' to do`)
  return [job, argv.slice(job.name.split(' ').length)]
}

const helpOfProgram = (program: Program): string =>
  'verbs' in program ? helpOfVerbs(program, program.verbs, SHARED) : helpOf(program, SHARED)
