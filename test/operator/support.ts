// Runs the operator's commands on the Worker of a folder such as `npm start` leaves.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { main as check } from '../../src/operator/check/command.ts'
import { main as keys } from '../../src/operator/keys.ts'
import { withLocalIndex } from '../../src/operator/kv.ts'
import { readConfiguration } from '../../src/operator/worker.ts'
import { type Ended, within } from '../cli/support.ts'

export const EDGE_SECRET = 'a secret of the tests of the commands'

/** Puts the variables of a Worker into a folder, to be named by `--local`. */
export function localState(folder: string, variables: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true })
  const lines = Object.entries({ EDGE_SECRET, ...variables }).map(([name, value]) => `${name}="${value}"\n`)
  writeFileSync(join(folder, 'variables'), lines.join(''))
  return folder
}

/** Keeps the namespace of such a folder open until it is told to close it: to open it costs more than what a command does there. */
export async function keepOpen(folder: string): Promise<() => Promise<void>> {
  const configuration = await readConfiguration(join(import.meta.dirname, '..', '..', 'wrangler.toml'))
  const over = Promise.withResolvers<void>()
  const closed = withLocalIndex(configuration, join(folder, 'worker'), () => over.promise)
  return () => {
    over.resolve()
    return closed
  }
}

/** Runs econe-keys or econe-check on the project's folder. */
export function operate(
  command: 'keys' | 'check',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env
  return within(command === 'keys' ? keys : check, `econe-${command}`, args, { PATH, HOME, ...env })
}
