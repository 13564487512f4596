#!/usr/bin/env node
// The econe-* commands: one program with many names, which asks the table what to do under the name it was called by.

import { basename } from 'node:path'
import type { Answer } from './answer.ts'
import type { Command, Ec2Parameters } from './command.ts'
import { COMMANDS } from './commands.ts'
import { endpointOf } from './endpoint.ts'
import { Ec2Fault, Failure } from './errors.ts'
import { helpOf, listOf } from './help.ts'
import { type CommandLine, commonOption, parametersOf, readCommandLine } from './options.ts'
import { outputOf } from './output.ts'
import { complain, print, survivePipes, versionOf } from './program.ts'
import { query, queryPages, type Session } from './query.ts'
import { printable } from './table.ts'

/** Exit status of a program that ended by Ctrl-C. */
const INTERRUPTED = 130

/** Runs the program under the name it was called by, or `econe COMMAND`; returns the exit status. */
async function main(program: string, argv: readonly string[]): Promise<number> {
  const command = COMMANDS.find(({ name }) => name === program)
  if (command) return runCommand(command, argv)
  const [first = '--help', ...others] = argv
  const named = COMMANDS.find(({ name }) => name === first || name === `econe-${first}`)
  if (named) return runCommand(named, others)
  if (['-V', '--version'].includes(first)) return print([versionOf('econe')])
  if (['-h', '--help'].includes(first)) return print([listOf(COMMANDS)])
  return complain('econe', `there is no command '${first}'\necone: see econe --help`)
}

async function runCommand(command: Command, argv: readonly string[]): Promise<number> {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  try {
    const line = readCommandLine(command, argv)
    if (commonOption(line, 'help')) return print([helpOf(command)])
    if (commonOption(line, 'version')) return print([versionOf(command.name)])
    return print(await answerTo(command, line, interruption.signal))
  } catch (error) {
    if (interruption.signal.aborted) return complain(command.name, 'interrupted', INTERRUPTED)
    if (error instanceof Failure) return complain(command.name, error)
    throw error
  }
}

async function answerTo(command: Command, line: CommandLine, signal: AbortSignal): Promise<string[]> {
  const parameters = parametersOf(command, line)
  const session = sessionOf(line, signal)
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

function sessionOf(line: CommandLine, signal: AbortSignal): Session {
  const options = {
    url: commonOption(line, 'url'),
    accessKey: commonOption(line, 'access-key'),
    secretKey: commonOption(line, 'secret-key'),
  }
  const tell = (text: string) => void process.stderr.write(`${printable(text)}\n`)
  return {
    endpoint: endpointOf(options, process.env),
    signal,
    trace: commonOption(line, 'verbose') ? tell : () => undefined,
  }
}

async function send({ action, send }: Command, session: Session, parameters: Ec2Parameters): Promise<Answer[]> {
  if (send) return [await send(session, parameters)]
  if (action.startsWith('Describe')) return queryPages(session, action, parameters)
  return [await query(session, action, parameters)]
}

function namesSeveral({ operands }: Command, parameters: Ec2Parameters): boolean {
  return operands.some(({ fills }) => {
    const value = typeof fills === 'string' ? parameters[fills] : undefined
    return Array.isArray(value) && value.length > 1
  })
}

survivePipes()
process.exitCode = await main(basename(process.argv[1] ?? ''), process.argv.slice(2))
