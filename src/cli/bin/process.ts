// The process as the world of a program.
import * as module from 'node:module'
import { basename, join } from 'node:path'
import type { Io } from '../program.ts'

/** Runs a program. @returns the exit status */
type Main = (argv: readonly string[], io: Io) => Promise<number>

/** A folder of those who installed the programs: one for all users of a machine would be anybody's to write code into. */
const COMPILED = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'econe')

/**
 * Runs a program in this process, which ends with its exit status.
 * @param load imports it, once what it is made of can be kept as it was compiled: that is most of the time of a short command
 */
export async function runHere(load: () => Promise<{ readonly main: Main }>): Promise<void> {
  // Node 20 has none
  if ('enableCompileCache' in module) module.enableCompileCache(COMPILED)
  const { main } = await load()
  survivePipes()
  const { env, stdout, stderr } = process
  const [, program = '', ...argv] = process.argv
  process.exitCode = await main(argv, { calledAs: basename(program), env, stdout, stderr, interruption })
}

function interruption(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}

/** A reader that has seen enough, such as `head`, is no error. */
function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
  }
}
