// What the programs have in common: the world they run in, what they write where, and their exit status.
import packageJson from '../../package.json' with { type: 'json' }
import type { Environment } from './endpoint.ts'
import { UsageError } from './errors.ts'
import { printable } from './table.ts'

/** Where a program writes, such as `process.stderr`. */
export interface Terminal {
  /** Undefined for a file or a pipe. */
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** The world of a program: its process, or whatever stands for one. */
export interface Io {
  /** The name that the program was called by, such as `econe-upload`. */
  readonly calledAs: string
  readonly env: Environment
  readonly stdout: Terminal
  readonly stderr: Terminal
  /** Aborted by Ctrl-C, which from this call on ends nothing by itself. */
  readonly interruption: () => AbortSignal
}

/** The version of a program, as `--version` prints it. */
export function versionOf(name: string): string {
  return `${name} ${packageJson.version}`
}

/** Prints lines; returns the exit status of success. */
export function print({ stdout }: Io, lines: readonly string[]): number {
  if (lines.length > 0) stdout.write(`${lines.map(line => printable(line, 'many lines')).join('\n')}\n`)
  return 0
}

/** Tells on standard error what went wrong, with a hint to the help where the command line did; returns `status`. */
export function complain({ stderr }: Io, name: string, problem: string | Error, status = 1): number {
  const message = problem instanceof Error ? problem.message : problem
  const hint = problem instanceof UsageError ? `\n${name}: see ${name} --help` : ''
  stderr.write(`${name}: ${printable(message + hint, 'many lines')}\n`)
  return status
}
