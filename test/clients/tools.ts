// The tools of other people that these tests run: what is not on this machine is skipped, and said so.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { describe } from 'vitest'
import type { SandboxOptions } from '../../src/sandbox/server.ts'
import { type Cloud, startCloud } from '../e2e/stage.ts'

const execute = promisify(execFile)

export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Variables of a process. */
export type Variables = Readonly<Record<string, string>>

/** Runs a program to its end. Of this process's variables it gets those by which programs are found, and no more. */
export async function run(program: string, args: readonly string[], env: Variables = {}, cwd?: string): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env
  const options = { env: { PATH, HOME, ...env }, maxBuffer: 64 * 1024 * 1024, ...(cwd !== undefined && { cwd }) }
  try {
    return { status: 0, ...(await execute(program, args, options)) }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'stdout' in error && 'stderr' in error)) throw error
    return { status: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) }
  }
}

/** A suite for those who have a tool; the others read in its name why it was skipped. */
export function withTool(tool: string, missing: string | undefined, suite: () => void): void {
  if (missing === undefined) describe(tool, suite)
  else describe.skip(`${tool}: skipped, ${missing}`, suite)
}

/** Why a program cannot be run with these arguments; undefined where it can. */
export async function whyNot(program: string, ...args: string[]): Promise<string | undefined> {
  const ended = await run(program, args).catch(() => undefined)
  return ended?.status === 0 ? undefined : `\`${[program, ...args].join(' ')}\` does not work here`
}

/** The same for a program that takes minutes, and so runs only where `test/clients/run` asks for all. */
export const whyNotNow = async (program: string, ...args: string[]): Promise<string | undefined> =>
  process.env['CLIENTS'] === 'all' ? await whyNot(program, ...args) : 'it takes minutes: test/clients/run runs it'

/** A Python that has a module: the one on the path, or the system's, which Debian's packages are for. */
export async function pythonWith(module: string): Promise<{ python: string; missing: string | undefined }> {
  const pythons = ['python3', '/usr/bin/python3']
  const lacks = await Promise.all(pythons.map(python => whyNot(python, '-c', `import ${module}`)))
  const found = lacks.indexOf(undefined)
  return { python: pythons[found] ?? 'python3', missing: found < 0 ? lacks[0] : undefined }
}

/** The AWS CLI, for as many commands as there are. */
export interface AwsCli extends AsyncDisposable {
  /** Runs a command to its end. */
  run(args: readonly string[], env: Variables): Promise<Ended>
}

/** Loads the AWS CLI once for all commands where a Python has it as a module; elsewhere each command starts it. */
export async function awsCli(): Promise<AwsCli> {
  const { python, missing } = await pythonWith('awscli')
  if (missing !== undefined) {
    return { run: (args, env) => run('aws', args, env), [Symbol.asyncDispose]: () => Promise.resolve() }
  }
  const { PATH = '', HOME = '' } = process.env
  const cli = spawn(python, [join(import.meta.dirname, 'aws_cli.py')], {
    env: { PATH, HOME, ...NOTHING_OF_THIS_MACHINE },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(cli, 'exit')
  const running = new Map<number, PromiseWithResolvers<Ended>>()
  createInterface(cli.stdout).on('line', line => {
    const { id, ...ended } = JSON.parse(line) as Ended & { readonly id: number }
    running.get(id)?.resolve(ended)
    running.delete(id)
  })
  cli.on('exit', () => {
    for (const { reject } of running.values()) reject(new Error('the AWS CLI has ended'))
  })
  let commands = 0
  return {
    run: (args, env) => {
      const ended = Promise.withResolvers<Ended>()
      const id = ++commands
      running.set(id, ended)
      cli.stdin.write(`${JSON.stringify({ id, args, env })}\n`)
      return ended.promise
    },
    [Symbol.asyncDispose]: async () => {
      cli.stdin.end()
      await exited
    },
  }
}

/** For AWS's tools. */
const NOTHING_OF_THIS_MACHINE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
}

/** An image that all may launch, in clouds that have {@link WITH_IMAGE}. */
export const IMAGE = 'ami-00000000'

export const WITH_IMAGE: SandboxOptions = {
  seed: { images: [{ name: 'linux', owner: 'oneadmin', public: true, size: 1024, template: 'EC2_AMI="YES"' }] },
}

/** The region of these clouds, in which all tools believe. */
export const REGION = 'us-east-1'

/** A cloud of a tool's own, and what AWS's tools go by. */
export async function cloudFor(
  user: { id: number; name: string },
  options: SandboxOptions = {},
  vars: Record<string, string> = {},
): Promise<{ cloud: Cloud; env: Variables }> {
  const cloud = await startCloud(options, { REGION, ...vars }, { fronted: true })
  // Security group 0 is taken off the networks, as README has it: or it would show at every instance
  for (const { template } of cloud.sandbox.world.networks.all()) template['SECURITY_GROUPS'] = ['']
  const { accessKeyId, secretAccessKey } = await cloud.issue({ user })
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: cloud.endpoint,
    ...NOTHING_OF_THIS_MACHINE,
  }
  return { cloud, env }
}
