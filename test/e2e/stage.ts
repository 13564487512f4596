// A cloud to test against: a sandbox front-end, and the Worker in workerd before it, over real HTTP.
import { join } from 'node:path'
import { createTestHarness, type TestHarness } from 'wrangler'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'

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
  readonly stop: () => Promise<void>
}

/** Quick enough that tests need not wait, slow enough that every state can be seen. */
const delays = { pending: 20, prolog: 20, boot: 40, shutdown: 40, epilog: 20, hotplug: 40 }

/** The operator's configuration that comes with the project. */
export const CONFIGURATION = join(import.meta.dirname, '..', '..', 'wrangler.toml')

/** @param vars the operator's variables that are to be other than those of all tests */
export async function startCloud(
  options: SandboxOptions = {},
  vars: Record<string, string> = {},
  configPath = CONFIGURATION,
): Promise<Cloud> {
  Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', X_LOCAL_OBSERVABILITY: 'false' })
  const sandbox = createSandbox({ ...options, control: true })
  sandbox.setDelays(delays)
  const one = await sandbox.listen()
  const harness = createTestHarness({
    workers: [
      {
        configPath,
        vars: {
          ONE_XMLRPC: one.url,
          REGION: 'opennebula',
          SIGNING_REGIONS: 'us-east-1',
          ZONES: 'one-a one-b',
          ADDRESS_NETWORK_ID: '1',
          ...vars,
        },
        secrets: { ONE_AUTH: sandbox.serverAdmin, EDGE_SECRET: 'a secret of the end-to-end tests' },
      },
    ],
  })
  const { url } = await harness.listen()
  return {
    endpoint: url.origin,
    control: new URL('/sandbox/', one.url).href,
    one: one.url,
    sandbox,
    harness,
    stop: async () => {
      await harness.close()
      await sandbox.close()
    },
  }
}
