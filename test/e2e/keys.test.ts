// The operator's keys on a Worker that runs: econe-keys writes into the state of `npm start`, and EC2 clients use them.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Credentials, signedGet } from './signed.ts'
import { freePort } from './stage.ts'

// Every look into KV is a start of wrangler.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const root = join(import.meta.dirname, '..', '..')
const run = promisify(execFile)
let state = ''
let endpoint = ''
let program: ChildProcess

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'econe-keys-'))
  const port = await freePort()
  const options = ['--port', String(port), '--one-port', String(await freePort()), '--state', state]
  const started = spawn(process.execPath, [join(root, 'src/sandbox/start.ts'), ...options], { cwd: root })
  let output = ''
  started.stdout.on('data', chunk => {
    output += String(chunk)
  })
  while (!output.includes('Ctrl-C') && started.exitCode === null) {
    await Promise.race([once(started.stdout, 'data'), once(started, 'exit')])
  }
  program = started
  endpoint = `http://127.0.0.1:${port}`
})

afterAll(async () => {
  if (program.exitCode === null) {
    program.kill('SIGINT')
    await once(program, 'exit')
  }
  await rm(state, { recursive: true })
})

async function operate(command: 'keys' | 'check', ...args: string[]): Promise<string> {
  const file = join(root, `src/operator/bin/econe-${command}.ts`)
  const { stdout } = await run(process.execPath, [file, ...args, '--local', state], { cwd: root })
  return stdout
}

async function issue(...args: string[]): Promise<Credentials> {
  const output = await operate('keys', 'create', ...args)
  const [, accessKeyId = '', secretAccessKey = ''] = /^accessKeyId: (.+)\nsecretAccessKey: (.+)\n/.exec(output) ?? []
  return { accessKeyId, secretAccessKey }
}

/** Status and error code of a request signed with the key. */
async function answerTo(key: Credentials): Promise<string> {
  const response = await signedGet(endpoint, key, { Action: 'DescribeKeyPairs' })
  const [, code = 'none'] = /<Code>(.*)<\/Code>/.exec(await response.text()) ?? []
  return `${response.status} ${code}`
}

it('a key that is issued works at once, and its use shows; a forged or a disabled one does not', async () => {
  const key = await issue('helen', '-d', 'Terraform ☃')
  expect(await answerTo(key)).toBe('200 none')
  expect(await answerTo({ ...key, secretAccessKey: `${key.secretAccessKey}x` })).toBe('403 SignatureDoesNotMatch')

  const taken = await issue('helen', '--expires', '1d')
  await operate('keys', 'disable', taken.accessKeyId)
  expect(await answerTo(taken)).toBe('401 AuthFailure')

  const today = new Date().toISOString().slice(0, 10)
  const list = await operate('keys', 'list', '-H')
  expect(list).toMatch(/^AccessKeyId +User +Status +Created +Expires +LastUsed +Description\n-+\n/)
  expect(list).not.toContain(key.secretAccessKey)
  expect(list).toMatch(new RegExp(`^${key.accessKeyId} helen +active +${today} - +${today} Terraform ☃$`, 'm'))
  expect(list).toMatch(new RegExp(`^${taken.accessKeyId} helen +disabled +${today} \\S+ - +-$`, 'm'))

  expect(await operate('keys', 'delete', taken.accessKeyId)).toBe(`Success: Deleting ${taken.accessKeyId}\n`)
  expect(await operate('keys', 'list')).not.toContain(taken.accessKeyId)
})

it('econe-check finds the Worker ready', async () => {
  expect(await operate('check', '-U', endpoint)).toContain(`ok    Worker at ${endpoint}: ready`)
})
