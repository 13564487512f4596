// A cloud to test against: a sandbox front-end, and the Worker in workerd before it, over real HTTP.
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestHarness, type TestHarness } from 'wrangler'
import type { NewKey } from '../../src/auth/key-record.ts'
import { AccessKeys, type KeyStore } from '../../src/auth/keys.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import type { Credentials } from './signed.ts'

export interface Cloud {
  /** The EC2 endpoint. */
  readonly endpoint: string
  /** The sandbox's control endpoint, `…/sandbox/`. */
  readonly control: string
  /** OpenNebula's XML-RPC endpoint. */
  readonly one: string
  readonly sandbox: Sandbox
  /** The Worker's bindings, log and schedule. */
  readonly harness: TestHarness
  /** Issues a key, as the operator does. */
  readonly issue: (key: NewKey) => Promise<Credentials>
  readonly stop: () => Promise<void>
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

const root = join(import.meta.dirname, '..', '..')

/** The project's own configuration, with another limit of requests, or with none: tests send more than a client would. */
async function writeConfiguration(folder: string, limit: string | undefined): Promise<string> {
  const text = await readFile(join(root, 'wrangler.toml'), 'utf8')
  const limited = limit
    ? text.replace(/simple = .*/, `simple = ${limit}`)
    : text.replaceAll(/\[\[ratelimits\]\]\n(?:\w.*\n)*/g, '')
  const file = join(folder, 'wrangler.toml')
  await writeFile(file, limited.replace('"src/worker.ts"', JSON.stringify(join(root, 'src/worker.ts'))))
  return file
}

/**
 * @param vars  the operator's variables that are to be other than those of all tests
 * @param limit of requests, as wrangler.toml has it
 */
export async function startCloud(
  options: SandboxOptions = {},
  vars: Record<string, string> = {},
  limit?: string,
): Promise<Cloud> {
  Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', X_LOCAL_OBSERVABILITY: 'false' })
  const sandbox = createSandbox({ authDelay, ...options, control: true })
  sandbox.setDelays(delays)
  const one = await sandbox.listen()
  const folder = await mkdtemp(join(tmpdir(), 'econe-cloud-'))
  const worker = {
    configPath: await writeConfiguration(folder, limit),
    vars: {
      ONE_XMLRPC: one.url,
      REGION: 'opennebula',
      SIGNING_REGIONS: 'us-east-1',
      USER_NAME_KEYS: 'true',
      ZONES: 'one-a one-b',
      ADDRESS_NETWORK_ID: '1',
      SUBNET_TEMPLATE_ID: '0',
      ...vars,
    },
    secrets: { ONE_AUTH: sandbox.serverAdmin, EDGE_SECRET },
  }
  const harness = createTestHarness({ workers: [worker] })
  const { url } = await harness.listen()
  // Only now is its port known
  await harness.update({ workers: [{ ...worker, vars: { OWN_HOSTS: url.host, ...worker.vars } }] })
  return {
    endpoint: url.origin,
    control: new URL('/sandbox/', one.url).href,
    one: one.url,
    sandbox,
    harness,
    issue: async key => {
      const { INDEX } = await harness.getWorker<{ INDEX: KeyStore }>().getEnv()
      const keys = new AccessKeys({ store: INDEX, secrets: [EDGE_SECRET], now: () => Date.now() })
      const { accessKeyId, secret } = await keys.create(key)
      return { accessKeyId, secretAccessKey: secret }
    },
    stop: async () => {
      await harness.close()
      await sandbox.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** A port that nobody listens on, for programs that must be told theirs. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
