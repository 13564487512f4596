// What most measurements need: the Worker in workerd, the sandbox front-end behind it, and a user's client before it.
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EC2Client } from '@aws-sdk/client-ec2'
import { STSClient } from '@aws-sdk/client-sts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import { bundle } from './bundle.ts'
import { serveKv, serveR2 } from './storage.ts'
import { startWorkerd, type Workerd } from './workerd.ts'

export const USER = 'helen'
export const REGION = 'us-east-1'

/** econe's own scheme: the user's name, and the hash of the password as the user pool has it. */
export const credentials = {
  accessKeyId: USER,
  secretAccessKey: createHash('sha256').update(USER).digest('hex'),
}

/** How long states last, in ms: as good as not at all. */
const DELAYS = { pending: 1, prolog: 1, boot: 1, shutdown: 1, epilog: 1, hotplug: 1 }

export interface Edge extends AsyncDisposable {
  readonly workerd: Workerd
  readonly sandbox: Sandbox
  readonly ec2: EC2Client
  readonly sts: STSClient
}

export interface EdgeOptions {
  readonly sandbox?: SandboxOptions
  readonly v8Flags?: readonly string[]
}

/** A folder that is gone when it is not needed any more. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'econe-bench-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Starts everything on 127.0.0.1; all of it ends, and leaves nothing behind, with the disposal. */
export async function startEdge(options: EdgeOptions = {}): Promise<Edge> {
  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await temporaryFolder())
  const sandbox = starting.adopt(createSandbox(options.sandbox), each => each.close())
  sandbox.setDelays(DELAYS)
  const { url } = await sandbox.listen()
  await mkdir(join(path, 'bucket'))
  const kv = starting.use(await serveKv())
  const r2 = starting.use(await serveR2(join(path, 'bucket')))
  const { script } = await bundle(join(path, 'worker'))
  const workerd = starting.use(
    await startWorkerd({
      script,
      vars: {
        ONE_XMLRPC: url,
        ONE_AUTH: sandbox.serverAdmin,
        EDGE_SECRET: 'a secret of the bench',
        SIGNING_REGIONS: REGION,
        ADDRESS_NETWORK_ID: '1',
      },
      storage: { kv: kv.address, r2: r2.address },
      ...(options.v8Flags && { v8Flags: options.v8Flags }),
    }),
  )
  const client = { endpoint: workerd.url, region: REGION, credentials, maxAttempts: 1 }
  const [ec2, sts] = [new EC2Client(client), new STSClient(client)]
  const running = starting.move()
  return { workerd, sandbox, ec2, sts, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Polls until something is true; fails after half a minute. */
export async function until(what: string, probe: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!(await probe())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within 30 seconds`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
