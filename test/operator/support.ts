// Runs the operator's commands on the Worker of a folder such as `npm start` leaves.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { main as check } from '../../src/operator/check/command.ts'
import { main as keys } from '../../src/operator/keys.ts'
import { type Ended, within } from '../cli/support.ts'

export const EDGE_SECRET = 'a secret of the tests of the commands'

/** Puts the variables of a Worker into a folder, to be named by `--local`. */
export function localState(folder: string, variables: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true })
  const lines = Object.entries({ EDGE_SECRET, ...variables }).map(([name, value]) => `${name}="${value}"\n`)
  writeFileSync(join(folder, 'variables'), lines.join(''))
  return folder
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
