// What most measurements need: the Worker in workerd, the sandbox front-end behind it, and a user's client before it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AwsClient } from 'aws4fetch'
import { services } from '../../src/ec2/model/services.ts'
import { findOperation } from '../../src/protocol/model.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import { freePort } from '../e2e/stage.ts'
import type { Parameters } from './asking.ts'
import { type Bundle, bundle } from './bundle.ts'
import { credentials, REGION } from './credentials.ts'
import { serveKv, serveR2 } from './storage.ts'
import { startTape, type Tape } from './tape.ts'
import { startWorkerd, type Workerd, type WorkerdOptions } from './workerd.ts'

export { elements, numbered, type Parameters, until } from './asking.ts'

/** How long states last, in ms: as good as not at all. */
const DELAYS = { pending: 1, prolog: 1, boot: 1, shutdown: 1, epilog: 1, hotplug: 1 }

export interface Edge extends AsyncDisposable {
  readonly workerd: Workerd
  /** What it runs. */
  readonly worker: Bundle
  readonly sandbox: Sandbox
  /** The port of this machine from which the cloud may fetch disks. */
  readonly diskPort: number
  /** OpenNebula's XML-RPC endpoint. */
  readonly one: string
  /** What is between the Worker and that, where it was asked for. */
  readonly tape?: Tape | undefined
  /** The servers behind its namespaces and its bucket. */
  readonly storage: { readonly kv: string; readonly r2: string }
  /** A request of the user's, signed with SigV4. */
  readonly signed: (action: string, parameters?: Parameters) => Promise<Request>
  /** Sends one and gives the answer's text. Throws what it says where it is an error. */
  readonly call: (action: string, parameters?: Parameters) => Promise<string>
}

export interface EdgeOptions {
  readonly sandbox?: SandboxOptions
  readonly workerd?: Pick<WorkerdOptions, 'v8Flags' | 'inspector'>
  /** Whether what the Worker asks of OpenNebula is kept. */
  readonly taped?: boolean
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
  const tape = options.taped ? starting.use(await startTape(url)) : undefined
  await mkdir(join(path, 'bucket'))
  const kv = starting.use(await serveKv())
  const r2 = starting.use(await serveR2(join(path, 'bucket')))
  const worker = await bundle(join(path, 'worker'))
  const storage = { kv: kv.address, r2: r2.address }
  const port = await freePort()
  const diskPort = await freePort()
  const workerd = starting.use(
    await startWorkerd({
      script: worker.script,
      vars: {
        REGION: 'opennebula',
        ONE_XMLRPC: tape?.url ?? url,
        ONE_AUTH: sandbox.serverAdmin,
        EDGE_SECRET: 'a secret of the bench',
        SIGNING_REGIONS: REGION,
        USER_NAME_KEYS: 'true',
        ADDRESS_NETWORK_ID: '1',
        SUBNET_TEMPLATE_ID: '0',
        OWN_HOSTS: `127.0.0.1:${port}`,
        IMPORT_HOSTS: `127.0.0.1:${diskPort}`,
      },
      port,
      storage,
      ...options.workerd,
    }),
  )
  const signed: Edge['signed'] = (action, parameters) => sign(workerd.url, action, parameters)
  const call: Edge['call'] = async (action, parameters) => textOf(await fetch(await signed(action, parameters)))
  const running = starting.move()
  return {
    workerd,
    worker,
    sandbox,
    diskPort,
    one: url,
    tape,
    storage,
    signed,
    call,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Whose signature it is to be. */
interface Signer {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** An action's form, signed by aws4fetch for the service that the action is of. */
export function sign(
  url: string,
  action: string,
  parameters: Parameters = {},
  signer: Signer = credentials,
): Promise<Request> {
  const { signingName, signingRegion = REGION, versions } = findOperation(services, action).service
  const client = new AwsClient({ ...signer, service: signingName, region: signingRegion, retries: 0 })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const body = new URLSearchParams({ Action: action, Version: versions.newest, ...parameters }).toString()
  return client.sign(url, { method: 'POST', headers, body })
}

/** What an answer says. */
export async function textOf(response: Response): Promise<string> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return text
}
