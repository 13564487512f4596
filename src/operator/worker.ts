// What the operator's commands work on: the Worker of a wrangler.toml, deployed or on this machine, and its variables.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import type { GetPlatformProxyOptions, PlatformProxy, Unstable_Config } from 'wrangler'
import type { KeyStore } from '../auth/key-store.ts'
import type { Arguments } from '../cli/arguments.ts'
import type { Option } from '../cli/command.ts'
import type { Environment } from '../cli/endpoint.ts'
import { Failure } from '../cli/errors.ts'
import { contentOf } from '../cli/files.ts'
import { PLAIN_VARIABLES, SECRETS, type Variables } from '../config/names.ts'

const CONFIGURATION = 'wrangler.toml'

/** Options that say which Worker it is. */
export const WORKER_OPTIONS = [
  { name: 'config', short: 'c', value: 'FILE', about: 'Its configuration', initial: CONFIGURATION },
  { name: 'env', short: 'e', value: 'NAME', about: 'Environment in that configuration' },
  {
    name: 'secrets',
    short: 's',
    value: 'FILE',
    about: 'Its secrets, one NAME=value a line, where they are not in the environment',
  },
  {
    name: 'local',
    short: 'l',
    value: 'FOLDER',
    about: 'Not what is deployed, but what `npm start` runs on this machine: .econe',
  },
] as const satisfies readonly Option[]

/** Where a Worker's variables are taken from. */
export const WORKER_NOTE =
  `Variables come from the configuration; secrets (${SECRETS.join(', ')}) from the environment or FILE, for Cloudflare ` +
  'shows them to nobody. With -l both come from FOLDER.'

/** wrangler.toml as wrangler reads it. */
export type Configuration = Unstable_Config

export interface Operator {
  readonly configuration: Configuration
  readonly variables: Variables
  /** Where the Worker's state is, if it is one on this machine. */
  readonly local: string | undefined
  /** What tells `wrangler kv` where the namespace of a deployed one is. */
  readonly namespace: readonly string[]
}

/** @throws {Failure} for a file that cannot be read */
export async function operatorOf(given: Arguments, environment: Environment): Promise<Operator> {
  const last = (name: (typeof WORKER_OPTIONS)[number]['name']) => given.last(name)
  const [file, env, local, secrets] = [last('config') ?? CONFIGURATION, last('env'), last('local'), last('secrets')]
  const configuration = await readConfiguration(file, env)
  return {
    configuration,
    variables: {
      ...picked(PLAIN_VARIABLES, configuration.vars),
      ...(local !== undefined && everything(join(local, 'variables'))),
      ...(secrets !== undefined && everything(secrets)),
      ...picked(SECRETS, environment),
    },
    local: local && join(local, 'worker'),
    namespace: ['--binding', 'INDEX', '--config', file, ...(env === undefined ? [] : ['--env', env]), '--remote'],
  }
}

/** As much of wrangler as is needed; it is big, and loaded last. */
interface Wrangler {
  readonly unstable_readConfig: (args: { config: string; env?: string }, options: object) => Configuration
  readonly getPlatformProxy: (
    options: GetPlatformProxyOptions,
  ) => Promise<Pick<PlatformProxy<{ readonly INDEX?: KeyStore }>, 'env' | 'dispose'>>
}

/** @throws {Failure} where it is not installed */
export async function loadWrangler(): Promise<Wrangler> {
  const loaded: Promise<Wrangler> = import('wrangler')
  return loaded.catch(() => {
    throw notInstalled()
  })
}

/** @throws {Failure} for a file that cannot be read */
export async function readConfiguration(file: string, env?: string): Promise<Configuration> {
  contentOf(file)
  const wrangler = await loadWrangler()
  try {
    return wrangler.unstable_readConfig({ config: file, ...(env !== undefined && { env }) }, { hideWarnings: true })
  } catch (error) {
    throw new Failure(`cannot make sense of ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const everything = (file: string): Variables =>
  picked([...PLAIN_VARIABLES, ...SECRETS], parseEnv(contentOf(file).toString()))

/** Whatever is no text is none of ours. */
function picked(names: readonly (keyof Variables)[], from: Readonly<Record<string, unknown>>): Variables {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = from[name]
      return typeof value === 'string' && value !== '' ? [[name, value]] : []
    }),
  )
}

/** The file that is wrangler's program. @throws {Failure} */
export function wranglerProgram(): string {
  try {
    const main = createRequire(import.meta.url).resolve('wrangler')
    return join(dirname(main), '..', 'bin', 'wrangler.js')
  } catch {
    throw notInstalled()
  }
}

const notInstalled = () => new Failure('wrangler is not installed: see `npm install` in the folder of econe-edge')
