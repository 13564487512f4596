// A cloud to test against: a sandbox front-end, and the Worker in workerd before it, over real HTTP.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  convertV4MiniflareOptions as converted,
  Miniflare,
  type V4WorkerOptions,
  type WorkerdStructuredLog,
} from 'miniflare'
import { inject } from 'vitest'
import type { NewKey } from '../../src/auth/key-record.ts'
import type { KeyStore } from '../../src/auth/key-store.ts'
import { AccessKeys } from '../../src/auth/keys.ts'
import { type NewRole, Roles } from '../../src/auth/roles.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import { expectNoSecrets } from './secrets.ts'
import type { Credentials } from './signed.ts'

export interface Cloud {
  /** The EC2 endpoint. */
  readonly endpoint: string
  /** The same by way of what does here what Cloudflare does before a Worker, to Accept-Encoding for example. */
  readonly front: string
  /** The sandbox's control endpoint, `…/sandbox/`. */
  readonly control: string
  /** The port of this machine from which the cloud may fetch disks. */
  readonly diskPort: number
  /** OpenNebula's XML-RPC endpoint. */
  readonly one: string
  readonly sandbox: Sandbox
  /** The Worker's bindings, log and schedule. */
  readonly harness: Harness
  /** Issues a key, as the operator does. */
  readonly issue: (key: NewKey) => Promise<Credentials>
  /** Defines a role, as the operator does. */
  readonly define: (role: NewRole) => Promise<void>
  readonly stop: () => Promise<void>
}

type Variables = Readonly<Record<string, string>>

interface Harness {
  /** What the Worker has logged since it started, or since the log was cleared. */
  getLogs(): readonly WorkerdStructuredLog[]
  clearLogs(): void
  getWorker<Bindings>(): {
    getEnv(): Promise<Bindings>
    /** Lets the time of the schedule come. */
    scheduled(options: { cron: string }): Promise<unknown>
  }
}

/** Quick enough that tests need not wait, slow enough that every state can be seen. */
const delays = {
  ...{ pending: 20, dispatch: 10, prolog: 20, boot: 40, shutdown: 40, epilog: 20, save: 40 },
  ...{ hotplug: 40, hotplugNic: 80, resize: 80, saveas: 250, image: 100, clone: 250, remove: 40 },
  ...{ network: 80, removeNetwork: 80, securityGroup: 100 },
}

/** What OpenNebula takes to check a token that it does not remember: each user, and each Worker, brings one. */
const authDelay = 40

export const EDGE_SECRET = 'a secret of the end-to-end tests'

type Limits = NonNullable<V4WorkerOptions['ratelimits']>

/** The project's own limits, the first of them another one; none where there is none. */
function limited({ ratelimits = {} }: V4WorkerOptions, simple: Limits[string]['simple'] | undefined): Limits {
  const { REQUEST_LIMIT, ...others } = ratelimits
  return simple && REQUEST_LIMIT ? { ...others, REQUEST_LIMIT: { ...REQUEST_LIMIT, simple } } : {}
}

/** By way of this process where a front-end's certificate is to be checked: workerd has its own list of authorities. */
const outbound = (address: string) =>
  address.startsWith('https:') ? { outboundService: (request: Request) => fetch(request.url, request) } : {}

interface Settings {
  /** Of requests, as wrangler.toml has it. Without one there is none: tests send more than a client would. */
  readonly limit?: Limits[string]['simple']
  /** What it runs. */
  readonly worker?: V4WorkerOptions
  /** The file with what must be in no event. */
  readonly secrets?: string
  /**
   * Whether the console is there, and every request comes by way of the front. Both are Workers before the Worker: without them
   * a request costs half.
   */
  readonly fronted?: boolean
}

/** @param vars the operator's variables that are to be other than those of all tests, by the Worker's own address where they name it */
export async function startCloud(
  options: SandboxOptions = {},
  vars: Variables | ((origin: string) => Variables) = {},
  { limit, worker = inject('worker'), secrets = inject('secrets'), fronted = false }: Settings = {},
): Promise<Cloud> {
  const sandbox = createSandbox({ authDelay, ...options, control: true })
  sandbox.setDelays(delays)
  const one = await sandbox.listen()
  const port = await freePort()
  const diskPort = await freePort()
  const bindings = {
    ONE_XMLRPC: one.url,
    ONE_AUTH: sandbox.serverAdmin,
    EDGE_SECRET,
    REGION: 'opennebula',
    SIGNING_REGIONS: 'us-east-1',
    USER_NAME_KEYS: 'true',
    ZONES: 'one-a one-b',
    ADDRESS_NETWORK_ID: '1',
    IMPORT_HOSTS: `127.0.0.1:${diskPort}`,
    SUBNET_TEMPLATE_ID: '0',
    OWN_HOSTS: `127.0.0.1:${port}`,
    ...(typeof vars === 'function' ? vars(`http://127.0.0.1:${port}`) : vars),
  }
  const storage = await mkdtemp(join(tmpdir(), 'econe-storage-'))
  let logs: WorkerdStructuredLog[] = []
  const { assets: _, ...alone } = worker
  const reached = fronted ? worker : { ...alone, unsafeDirectSockets: [{ host: '127.0.0.1', port }] }
  const runtime = new Miniflare(
    converted({
      ...{ host: '127.0.0.1', port: fronted ? port : 0, cf: false, resourcePersistencePath: storage },
      handleStructuredLogs: line => logs.push(line),
      workers: [{ ...reached, bindings, ratelimits: limited(worker, limit), ...outbound(bindings.ONE_XMLRPC) }],
    }),
  )
  const { origin: front } = await runtime.ready
  return {
    endpoint: `http://127.0.0.1:${port}`,
    front,
    diskPort,
    control: new URL('/sandbox/', one.url).href,
    one: one.url,
    sandbox,
    harness: {
      getLogs: () => logs,
      clearLogs: () => {
        logs = []
      },
      getWorker: <Bindings>() => ({
        getEnv: () => runtime.getBindings<Bindings>(),
        scheduled: async schedule => (await runtime.getWorker()).scheduled(schedule),
      }),
    },
    issue: async key => {
      const { INDEX } = await runtime.getBindings<{ INDEX: KeyStore }>()
      const keys = new AccessKeys({ store: INDEX, secrets: [EDGE_SECRET], now: () => Date.now() })
      const { accessKeyId, secret } = await keys.create(key)
      return { accessKeyId, secretAccessKey: secret }
    },
    define: async role => {
      const { INDEX } = await runtime.getBindings<{ INDEX: KeyStore }>()
      await new Roles({ store: INDEX, secrets: [EDGE_SECRET], now: () => Date.now() }).create(role)
    },
    stop: async () => {
      await runtime.dispose()
      await sandbox.close()
      try {
        expectNoSecrets(storage, sandbox, secrets)
      } finally {
        await rm(storage, { recursive: true })
      }
    },
  }
}

/**
 * Ports that no connection is given by the system: what is told one may take it a while later.
 * Behind 10080, which `fetch` refuses (https://fetch.spec.whatwg.org/#port-blocking).
 */
const PORTS = { first: 10_081, last: 32_767 }

/** A port that nobody listens on, for programs that must be told theirs. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.first, PORTS.last)
    const server = createServer().listen(port, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
