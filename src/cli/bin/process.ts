// The process as the world of a program.
import { basename } from 'node:path'
import type { Io } from '../program.ts'

/** Runs a program in this process, which ends with its exit status. */
export async function runHere(main: (argv: readonly string[], io: Io) => Promise<number>): Promise<void> {
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
