// Runs the operator's commands as a shell would, on the Worker of a folder such as `npm start` leaves.

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Ended } from './support.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export const EDGE_SECRET = 'a secret of the tests of the commands'

/** Puts the variables of a Worker into a folder, to be named by `--local`. */
export function localState(folder: string, variables: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true })
  const lines = Object.entries({ EDGE_SECRET, ...variables }).map(([name, value]) => `${name}="${value}"\n`)
  writeFileSync(join(folder, 'variables'), lines.join(''))
  return folder
}

/** Runs econe-keys or econe-check in the project's folder. */
export function operate(
  command: 'keys' | 'check',
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const program = join(ROOT, 'src', 'cli', `${command}.ts`)
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [program, ...args], { cwd: ROOT, env: { PATH, HOME, ...env } })
  return new Promise((resolve, reject) => {
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', status => resolve({ status, stdout, stderr }))
  })
}
