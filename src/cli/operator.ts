// What the operator's commands work on: the Worker of a wrangler.toml, deployed or on this machine, and its variables.

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import type { GetPlatformProxyOptions, PlatformProxy, Unstable_Config } from 'wrangler'
import type { KeyStore } from '../auth/keys.ts'
import { PLAIN_VARIABLES, SECRETS, type Variables } from '../config/variables.ts'
import type { Option } from './command.ts'
import type { Environment } from './endpoint.ts'
import { Failure } from './errors.ts'
import { contentOf } from './files.ts'
import type { CommandLine } from './options.ts'

/** Options that the operator's commands have. */
export const OPERATOR_OPTIONS = [
  { name: 'config', short: 'c', value: 'FILE', about: 'The Worker', initial: 'wrangler.toml' },
  { name: 'env', short: 'e', value: 'NAME', about: 'Environment in that file' },
  { name: 'secrets', short: 's', value: 'FILE', about: 'Secrets, NAME=value a line' },
  { name: 'local', short: 'l', value: 'FOLDER', about: 'The state of npm start instead of what is deployed' },
  { name: 'help', short: 'h', about: 'Print this help' },
  { name: 'version', short: 'V', about: 'Print the version' },
] as const satisfies readonly Option[]

/** Their part of a help text. */
export const OPERATOR_HELP = `Which Worker:
  -c, --config FILE   Its configuration (default: wrangler.toml)
  -e, --env NAME      Environment in that configuration
  -s, --secrets FILE  Its secrets, one NAME=value a line, where they are not in the environment
  -l, --local FOLDER  Not what is deployed, but what \`npm start\` runs on this machine: .econe
  -h, --help          Print this help
  -V, --version       Print the version

Variables come from the configuration; secrets (${SECRETS.join(', ')})
from the environment or FILE, for Cloudflare shows them to nobody. With -l both come from FOLDER.`

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
export async function operatorOf({ options }: CommandLine, environment: Environment): Promise<Operator> {
  const last = (name: (typeof OPERATOR_OPTIONS)[number]['name']) => options[name]?.at(-1)
  const [file, env, local, secrets] = [last('config') ?? 'wrangler.toml', last('env'), last('local'), last('secrets')]
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
