// A cloud for econe-check, in which this or that is wrong.
import { onTestFinished } from 'vitest'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/server.ts'
import { EDGE_SECRET } from '../support.ts'

export interface Case {
  readonly seed?: SandboxOptions['seed']
  readonly variables?: Readonly<Record<string, string>>
  readonly prepare?: (sandbox: Sandbox) => void
}

/** A front-end until the end of the test, and the variables of a Worker before it. */
export async function started({ seed, variables, prepare }: Case) {
  const sandbox = createSandbox({ authDelay: 0, ...(seed && { seed }) })
  const { url } = await sandbox.listen()
  onTestFinished(() => sandbox.close())
  prepare?.(sandbox)
  const all = {
    ...{ ONE_XMLRPC: url, ONE_AUTH: sandbox.serverAdmin, EDGE_SECRET, ADDRESS_NETWORK_ID: '1' },
    OWN_HOSTS: 'localhost:8787',
    ...variables,
  }
  return { sandbox, variables: all }
}

/** The findings of what is wrong. */
export const wrongs = ({ lines }: { readonly lines: readonly string[] }) =>
  lines.filter(line => line.startsWith('wrong'))
