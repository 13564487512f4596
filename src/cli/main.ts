// The econe-* commands of EC2's actions: one program with many names, which asks the table what to do under the name it was
// called by.
import type { Answer } from './answer.ts'
import type { Command, RequestCommand } from './command.ts'
import { COMMANDS } from './commands.ts'
import { endpointOf } from './endpoint.ts'
import { Ec2Fault, Failure, Interrupted } from './errors.ts'
import { helpOf, listOf, type SharedOptions } from './help.ts'
import {
  argumentsOf,
  COMMON_OPTIONS,
  type CommandLine,
  commonOption,
  parametersOf,
  readCommandLine,
} from './options.ts'
import { outputOf } from './output.ts'
import { complain, type Io, print, versionOf } from './program.ts'
import { type Ec2Parameters, query, queryPages, type Session } from './query.ts'
import { printable } from './table.ts'

/** Exit status of a program that ended by Ctrl-C. */
const INTERRUPTED = 130

const SHARED: SharedOptions = { title: 'Options of every command:', options: COMMON_OPTIONS }

/** Runs the program under the name it was called by, or `econe COMMAND`; returns the exit status. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const command = COMMANDS.find(({ name }) => name === io.calledAs)
  if (command) return runCommand(command, argv, io)
  const [first = '--help', ...others] = argv
  const named = COMMANDS.find(({ name }) => name === first || name === `econe-${first}`)
  if (named) return runCommand(named, others, io)
  if (['-V', '--version'].includes(first)) return print(io, [versionOf('econe')])
  if (['-h', '--help'].includes(first)) return print(io, [listOf(COMMANDS)])
  return complain(io, 'econe', `there is no command '${first}'\necone: see econe --help`)
}

async function runCommand(command: Command, argv: readonly string[], io: Io): Promise<number> {
  const signal = io.interruption()
  try {
    const line = readCommandLine(command, argv)
    if (commonOption(line, 'help')) return print(io, [helpOf(command, SHARED)])
    if (commonOption(line, 'version')) return print(io, [versionOf(command.name)])
    return print(io, await answerTo(command, line, signal, io))
  } catch (error) {
    if (signal.aborted) {
      return complain(io, command.name, error instanceof Interrupted ? error : 'interrupted', INTERRUPTED)
    }
    if (error instanceof Failure) return complain(io, command.name, error)
    throw error
  }
}

async function answerTo(command: Command, line: CommandLine, signal: AbortSignal, io: Io): Promise<string[]> {
  if (!('run' in command)) return requested(command, line, signal, io)
  const given = argumentsOf(command, line)
  return command.run(sessionOf(line, signal, io), given)
}

async function requested(command: RequestCommand, line: CommandLine, signal: AbortSignal, io: Io): Promise<string[]> {
  const parameters = parametersOf(command, line)
  const session = sessionOf(line, signal, io)
  try {
    const pages = await send(command, session, parameters)
    return await outputOf(command, session, pages, parameters, commonOption(line, 'headers') !== undefined)
  } catch (error) {
    if (!(error instanceof Ec2Fault) || error.status >= 500 || !namesSeveral(command, parameters)) throw error
    throw new Failure(
      `${error.message}\n${command.name}: EC2 takes all or none: nothing was done for the others either`,
    )
  }
}

function sessionOf(line: CommandLine, signal: AbortSignal, { env, stderr }: Io): Session {
  const options = {
    url: commonOption(line, 'url'),
    accessKey: commonOption(line, 'access-key'),
    secretKey: commonOption(line, 'secret-key'),
  }
  const tell = (text: string) => void stderr.write(`${printable(text)}\n`)
  return {
    endpoint: endpointOf(options, env),
    signal,
    terminal: stderr,
    trace: commonOption(line, 'verbose') ? tell : () => undefined,
  }
}

async function send({ action, send }: RequestCommand, session: Session, parameters: Ec2Parameters): Promise<Answer[]> {
  if (send) return [await send(session, parameters)]
  if (action.startsWith('Describe')) return queryPages(session, action, parameters)
  return [await query(session, action, parameters)]
}

function namesSeveral({ operands }: RequestCommand, parameters: Ec2Parameters): boolean {
  return operands.some(({ fills }) => {
    const value = typeof fills === 'string' ? parameters[fills] : undefined
    return Array.isArray(value) && value.length > 1
  })
}
