// What the programs have in common: what they write where, and their exit status.

import packageJson from '../../package.json' with { type: 'json' }
import { UsageError } from './errors.ts'
import { printable } from './table.ts'

/** The version of a program, as `--version` prints it. */
export function versionOf(name: string): string {
  return `${name} ${packageJson.version}`
}

/** Prints lines; returns the exit status of success. */
export function print(lines: readonly string[]): number {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

/** Tells on standard error what went wrong, with a hint to the help where the command line did; returns `status`. */
export function complain(name: string, problem: string | Error, status = 1): number {
  const message = problem instanceof Error ? problem.message : problem
  const hint = problem instanceof UsageError ? `\n${name}: see ${name} --help` : ''
  process.stderr.write(`${name}: ${printable(message + hint, 'many lines')}\n`)
  return status
}

/** A reader that has seen enough, such as `head`, is no error. */
export function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
  }
}
