// Runs the econe-* commands, in an environment of their own: in this process, or, where it is about that, as a shell would.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { Io } from '../../src/cli/program.ts'
import { PART_SIZES } from '../../src/upload/plan.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/bin/econe.ts', import.meta.url))

/** A folder that is there until the end of the file's tests. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'econe-cli-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Has files go in parts of other sizes until the end of the file's tests: many small ones show what many large ones do. */
export function setPartSizes(sizes: Partial<typeof PART_SIZES>): void {
  const before = { ...PART_SIZES }
  beforeAll(() => void Object.assign(PART_SIZES, sizes))
  afterAll(() => void Object.assign(PART_SIZES, before))
}

/** Credentials that satisfy the program; whether an endpoint takes them is another question. */
export const KEYS = { EC2_ACCESS_KEY: 'helen', EC2_SECRET_KEY: 'unspeakable' }

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
}

/** Starts a command as a process, by a link of its name as `npm` makes one. No variable of the tests' own environment reaches it. */
export function start(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Started {
  // Of its own: files of tests share this module, and the first of them would take a common one away at its end
  const bin = mkdtempSync(join(tmpdir(), 'econe-bin-'))
  symlinkSync(MAIN, join(bin, name))
  const child = spawn(process.execPath, [join(bin, name), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', status => {
      rmSync(bin, { recursive: true })
      resolve({ status, stdout, stderr })
    })
  })
  return { child, ended }
}

/** Runs a command to its end, in this process; `signal` is its Ctrl-C. */
export function run(
  name: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Ended> {
  return within(main, name, args, env, signal)
}

/** Runs a program in this process. */
export async function within(
  program: (argv: readonly string[], io: Io) => Promise<number>,
  calledAs: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const to = (stream: keyof typeof written) => ({ write: (text: string) => (written[stream] += text) })
  const io: Io = { calledAs, env, stdout: to('stdout'), stderr: to('stderr'), interruption: () => signal }
  return { status: await program(args, io), ...written }
}

/** What an endpoint does with a request. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** An endpoint for answers that a real one never gives, until the end of the test; returns its URL. */
export async function oddServer(listener: Listener): Promise<string> {
  const server = createServer((request, response) => {
    void Promise.resolve(listener(request, response)).catch((error: unknown) => response.destroy(asError(error)))
  })
  const url = await listening(server)
  onTestFinished(() => close(server))
  return url
}

/** The URL of a port where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = createServer()
  const url = await listening(server)
  await close(server)
  return url
}

/** All of a request's body. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function listening(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a server on a port has an address')
  return `http://127.0.0.1:${address.port}`
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
