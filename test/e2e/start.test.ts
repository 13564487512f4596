// `npm start` as a user sees it: it says where it answers, keeps what it holds, and goes away without a trace.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateKeyPairCommand, DescribeKeyPairsCommand, EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from './stage.ts'

const root = join(import.meta.dirname, '..', '..')
let state = ''

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'econe-start-'))
})

afterAll(async () => {
  await rm(state, { recursive: true })
})

interface Started {
  readonly program: ChildProcess
  readonly output: () => string
  readonly port: number
}

async function start(...more: string[]): Promise<Started> {
  const port = await freePort()
  const options = ['--port', String(port), '--one-port', String(await freePort()), '--state', state, ...more]
  const program = spawn(process.execPath, [join(root, 'src/sandbox/start.ts'), ...options], { cwd: root })
  let output = ''
  program.stdout.on('data', chunk => {
    output += String(chunk)
  })
  program.stderr.on('data', chunk => {
    output += String(chunk)
  })
  while (!output.includes('Ctrl-C') && program.exitCode === null) {
    await Promise.race([once(program.stdout, 'data'), once(program, 'exit')])
  }
  if (program.exitCode !== null) throw new Error(`it does not start:\n${output}`)
  return { program, output: () => output, port }
}

/** Ctrl-C. @returns the exit status */
async function interrupt({ program }: Started): Promise<number | null> {
  program.kill('SIGINT')
  await once(program, 'exit')
  return program.exitCode
}

/** A client set up with nothing but what was printed. */
function clientFrom(output: string): EC2Client {
  const printed = Object.fromEntries(
    [...output.matchAll(/export (\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  )
  return new EC2Client({
    endpoint: printed['AWS_ENDPOINT_URL'] ?? '',
    region: printed['AWS_DEFAULT_REGION'] ?? '',
    credentials: {
      accessKeyId: printed['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: printed['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })
}

const keyIn = ({ output }: Started) => /AWS_ACCESS_KEY_ID=(\S+)/.exec(output())?.[1]

async function keyNames(started: Started): Promise<(string | undefined)[]> {
  const { KeyPairs } = await clientFrom(started.output()).send(new DescribeKeyPairsCommand({}))
  return (KeyPairs ?? []).map(({ KeyName }) => KeyName)
}

it('answers, keeps what it holds across a restart, and forgets it when told to', async () => {
  const first = await start()
  expect(first.output()).toMatch(/export AWS_ACCESS_KEY_ID=AKIA[A-Z2-7]{16}\n/)
  await clientFrom(first.output()).send(new CreateKeyPairCommand({ KeyName: 'kept', KeyType: 'ed25519' }))
  expect(await interrupt(first)).toBe(0)
  await expect(fetch(`http://127.0.0.1:${first.port}/healthz`)).rejects.toThrow()
  expect(await readdir(state)).toContain('opennebula.json')

  const second = await start()
  expect(keyIn(second)).toBe(keyIn(first))
  expect(await keyNames(second)).toEqual(['kept'])
  await interrupt(second)

  const third = await start('--fresh')
  expect(keyIn(third)).not.toBe(keyIn(first))
  expect(await keyNames(third)).toEqual([])
  await interrupt(third)
})
