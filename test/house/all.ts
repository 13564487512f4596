// `npm test`: the checks and the tests, side by side, for each waits at times. Arguments are vitest's. A check that fails ends the tests.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** @returns the status that a program ended with; 1 where a signal ended it */
const ended = (running: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', status => resolve(status ?? 1))
  })

const tests = spawn('vitest', ['run', ...process.argv.slice(2)], { stdio: 'inherit' })
const checks = spawn(process.execPath, [join(import.meta.dirname, 'check.ts')], {
  stdio: ['ignore', 'pipe', 'inherit'],
})

const said: Buffer[] = []
checks.stdout.on('data', (chunk: Buffer) => said.push(chunk))
const say = () => process.stdout.write(Buffer.concat(said))

const tested = ended(tests)
const checked = await ended(checks)
if (checked === 0) say()
else tests.kill('SIGINT')
const status = await tested
process.exitCode = checked || status
// Below whatever the tests said
if (checked !== 0) say()
