// `npm start` as a user sees it: it says where it answers, takes the operator's commands, keeps what it holds, and goes away without a
// trace.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  CreateKeyPairCommand,
  DescribeAvailabilityZonesCommand,
  DescribeKeyPairsCommand,
  DescribeRegionsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createSandbox } from '../../src/sandbox/server.ts'
import { run } from '../cli/support.ts'
import { keepOpen, operate } from '../operator/support.ts'
import { until } from './cloud.ts'
import { type Credentials, signedGet } from './signed.ts'
import { freePort } from './stage.ts'

// Two starts of wrangler, and as many of the operator's programs
vi.setConfig({ testTimeout: 180_000 })

const root = join(import.meta.dirname, '..', '..')
let state = ''

/** The key of somebody who tried it before. */
const LEFT = { accessKeyId: 'AKIALEFTBEHIND234567', secret: 'what is left behind', regions: 1 }

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'econe-start-'))
  const before = createSandbox({
    seed: { images: [{ name: 'left', owner: 'helen', template: 'EC2_AMI="YES"' }] },
  })
  await writeFile(join(state, 'opennebula.json'), JSON.stringify(before.snapshot()))
  await writeFile(join(state, 'key.json'), JSON.stringify(LEFT))
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

/** What is to be pasted. */
const printedBy = (output: string): Record<string, string> =>
  Object.fromEntries([...output.matchAll(/export (\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]))

/** A client set up with nothing but what was printed. */
function clientFrom(output: string, region?: string): EC2Client {
  const printed = printedBy(output)
  return new EC2Client({
    endpoint: printed['AWS_ENDPOINT_URL'] ?? '',
    region: region ?? printed['AWS_DEFAULT_REGION'] ?? '',
    credentials: {
      accessKeyId: printed['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: printed['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  })
}

/** The commands of README's walk-through, each with what it prints. */
async function transcript(): Promise<{ words: string[]; printed: string }[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const [, block = ''] = /```\n(\$ npx econe-upload[^`]*)```/.exec(readme) ?? []
  return block
    .split(/^\$ npx /m)
    .filter(Boolean)
    .map(part => {
      const [command = '', ...lines] = part.split('\n')
      return { words: command.split(' '), printed: lines.join('\n') }
    })
}

const withoutIds = (text: string) => text.replaceAll(/\b(ami|i)-[0-9a-f]{17}\b/g, '$1-…')

/** Walks through README as a newcomer does: its own ids instead of those printed there, and a file of the same name. */
async function walkThrough(started: Started): Promise<void> {
  const image = join(state, 'gentoo.img')
  await writeFile(image, new Uint8Array(1024 * 1024))
  const ids = new Map<string, string>()
  for (const { words, printed } of await transcript()) {
    const [name = '', ...args] = words.map(word => (word.endsWith('.img') ? image : (ids.get(word) ?? word)))
    if (name === 'econe-terminate-instances') await untilShown(started, 'running')
    const { stdout, stderr } = await until(`what README says of ${name}`, async () => {
      const ended = await run(name, args, printedBy(started.output()))
      // A listing may be early; what changes something is done once
      const isListing = name.startsWith('econe-describe')
      return (!isListing || withoutIds(ended.stdout) === withoutIds(printed)) && ended
    })
    expect(stderr).toBe('')
    expect(withoutIds(stdout)).toBe(withoutIds(printed))
    const real = stdout.match(/\b(ami|i)-[0-9a-f]{17}\b/g) ?? []
    for (const [index, id] of (printed.match(/\b(ami|i)-[0-9a-f]{17}\b/g) ?? []).entries())
      ids.set(id, real[index] ?? '')
  }
  expect(ids.size).toBe(2)
}

const untilShown = (started: Started, text: string) =>
  until(text, async () =>
    (await run('econe-describe-instances', [], printedBy(started.output()))).stdout.includes(text),
  )

const keyIn = ({ output }: Started) => /AWS_ACCESS_KEY_ID=(\S+)/.exec(output())?.[1]

async function keyNames(started: Started): Promise<(string | undefined)[]> {
  const { KeyPairs } = await clientFrom(started.output()).send(new DescribeKeyPairsCommand({}))
  return (KeyPairs ?? []).map(({ KeyName }) => KeyName)
}

/** Runs an operator's command on what was started: as a process, but for what a process of each would take. */
async function operated(command: 'keys' | 'check', ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await operate(command, [...args, '--local', state])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

async function issue(...args: string[]): Promise<Credentials> {
  const output = await operated('keys', 'create', ...args)
  const [, accessKeyId = '', secretAccessKey = ''] = /^accessKeyId: (.+)\nsecretAccessKey: (.+)\n/.exec(output) ?? []
  return { accessKeyId, secretAccessKey }
}

/** A key that is issued works at once, and its use shows; a forged or a disabled one does not. */
async function expectKeysToCount({ port }: Started): Promise<void> {
  const endpoint = `http://127.0.0.1:${port}`
  /** Status and error code of a request signed with the key. */
  const answerTo = async (signer: Credentials) => {
    const response = await signedGet(endpoint, signer, { Action: 'DescribeKeyPairs' })
    const [, code = 'none'] = /<Code>(.*)<\/Code>/.exec(await response.text()) ?? []
    return `${response.status} ${code}`
  }
  const key = await issue('helen', '-d', 'Terraform ☃')
  expect(await answerTo(key)).toBe('200 none')
  expect(await answerTo({ ...key, secretAccessKey: `${key.secretAccessKey}x` })).toBe('403 SignatureDoesNotMatch')

  const taken = await issue('helen', '--expires', '1d')
  await operated('keys', 'disable', taken.accessKeyId)
  expect(await answerTo(taken)).toBe('401 AuthFailure')

  const today = new Date().toISOString().slice(0, 10)
  const list = await operated('keys', 'list', '-H')
  expect(list).toMatch(/^AccessKeyId +User +Status +Created +Expires +LastUsed +Description\n-+\n/)
  expect(list).not.toContain(key.secretAccessKey)
  expect(list).toMatch(new RegExp(`^${key.accessKeyId} helen +active +${today} - +${today} Terraform ☃$`, 'm'))
  expect(list).toMatch(new RegExp(`^${taken.accessKeyId} helen +disabled +${today} \\S+ - +-$`, 'm'))

  expect(await operated('keys', 'delete', taken.accessKeyId)).toBe(`Success: Deleting ${taken.accessKeyId}\n`)
  expect(await operated('keys', 'list')).not.toContain(taken.accessKeyId)

  // The programs themselves are processes
  const programs = await Promise.all(
    [['check', '-U', endpoint] as const, ['keys', 'list'] as const].map(async ([command, ...args]) => {
      const file = join(root, `src/operator/bin/econe-${command}.ts`)
      const { stdout } = await promisify(execFile)(process.execPath, [file, ...args, '--local', state], { cwd: root })
      return stdout
    }),
  )
  expect(programs[0]).toContain(`ok    Worker at ${endpoint}: ready`)
  expect(programs[1]).toContain(key.accessKeyId)
}

it('forgets what was left when told to, answers, takes keys, and keeps what it holds across a restart', async () => {
  const first = await start('--fresh')
  expect(first.output()).toMatch(/export AWS_ACCESS_KEY_ID=AKIA[A-Z2-7]{16}\n/)
  expect(keyIn(first)).not.toBe(LEFT.accessKeyId)
  // The console's, where no server is told of it, and with nothing that lasts: browsers remember it
  const [link = ''] = /http:\S+#sign-in\?\S+/.exec(first.output()) ?? []
  expect(new URL(link).origin).toBe(`http://localhost:${first.port}`)
  expect(link).not.toContain(keyIn(first))
  const given = Object.fromEntries(new URLSearchParams(link.replace(/.*\?/, '')))
  const { accessKeyId = '', secret: secretAccessKey = '', sessionToken = '', region = '', expires } = given
  const temporary = { accessKeyId, secretAccessKey, sessionToken }
  const sts = new STSClient({ endpoint: new URL(link).origin, region, credentials: temporary })
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/:user\/helen$/)
  expect(Number(expires) - Date.now()).toBeLessThan(12.01 * 60 * 60 * 1000)
  const client = clientFrom(first.output())
  const { Regions } = await client.send(new DescribeRegionsCommand({}))
  expect(Regions?.map(({ RegionName }) => RegionName)).toEqual([printedBy(first.output())['AWS_DEFAULT_REGION']])
  // Its list of images has nothing but what it uploads
  await walkThrough(first)
  const close = await keepOpen(state)
  try {
    expect(await operated('check')).not.toMatch(/^wrong/m)
    await expectKeysToCount(first)
  } finally {
    await close()
  }
  await client.send(new CreateKeyPairCommand({ KeyName: 'kept', KeyType: 'ed25519' }))
  expect(await interrupt(first)).toBe(0)
  await expect(fetch(`http://127.0.0.1:${first.port}/healthz`)).rejects.toThrow()
  expect(await readdir(state)).toContain('opennebula.json')

  // With a region more, in which the key is to count too
  const second = await start('--regions', '2')
  expect(keyIn(second)).toBe(keyIn(first))
  expect(await keyNames(second)).toEqual(['kept'])
  const [, other = ''] = /aws ec2 describe-instances --region (\S+)/.exec(second.output()) ?? []
  for (const region of ['opennebula', other]) {
    const { AvailabilityZones } = await clientFrom(second.output(), region).send(
      new DescribeAvailabilityZonesCommand({}),
    )
    expect(AvailabilityZones?.map(({ RegionName }) => RegionName)).toEqual([region])
  }
  expect((await clientFrom(second.output(), other).send(new DescribeRegionsCommand({}))).Regions).toHaveLength(2)
  await interrupt(second)
})
