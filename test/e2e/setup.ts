// For all end-to-end tests together: a sandbox front-end, and the Worker in workerd before it, over real HTTP.
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createTestHarness } from 'wrangler'
import { createSandbox } from '../../src/sandbox/server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The EC2 endpoint. */
    endpoint: string
    /** The sandbox's control endpoint, `…/sandbox/`. */
    control: string
  }
}

/** Quick enough that tests need not wait, slow enough that every state can be seen. */
const delays = { pending: 20, prolog: 20, boot: 40, shutdown: 40, epilog: 20, hotplug: 40 }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', X_LOCAL_OBSERVABILITY: 'false' })
  const sandbox = createSandbox({ control: true })
  sandbox.setDelays(delays)
  const one = await sandbox.listen()
  const harness = createTestHarness({
    workers: [
      {
        configPath: join(import.meta.dirname, '..', '..', 'wrangler.toml'),
        vars: {
          ONE_XMLRPC: one.url,
          REGION: 'opennebula',
          SIGNING_REGIONS: 'us-east-1',
          ZONES: 'one-a one-b',
          ADDRESS_NETWORK_ID: '1',
        },
        secrets: { ONE_AUTH: sandbox.serverAdmin, EDGE_SECRET: 'a secret of the end-to-end tests' },
      },
    ],
  })
  const { url } = await harness.listen()
  project.provide('endpoint', url.origin)
  project.provide('control', new URL('/sandbox/', one.url).href)
  return async () => {
    await harness.close()
    await sandbox.close()
  }
}
