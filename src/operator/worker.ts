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
import { PLAIN_VARIABLES, SECRETS, VARIABLES, type Variables } from '../config/names.ts'
import { below, endingOf, namedRegions, regionName, regionPath, variablesOf } from '../config/regions.ts'

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
  {
    name: 'region',
    short: 'r',
    value: 'NAME',
    about:
      'Of its regions this one alone; without it what is made is made in the first, and the rest is about all of them',
  },
] as const satisfies readonly Option[]

/** Where a Worker's variables are taken from. */
export const WORKER_NOTE =
  `Variables come from the configuration; secrets (${SECRETS.join(', ')}) from the environment or FILE, for Cloudflare ` +
  'shows them to nobody. With -l both come from FOLDER. Those of further regions end in their names: ONE_AUTH_SOUTH.'

/** wrangler.toml as wrangler reads it. */
export type Configuration = Unstable_Config

/** A region, as far as the operator's commands go. */
export interface OperatorRegion {
  readonly region: string
  /** Its variables, by their plain names. */
  readonly variables: Variables
  /** What the names of its variables end in, and those of its bindings. */
  readonly ending: string
  /** Before its names in KV. */
  readonly prefix: string
  /** Before the paths of its doors. */
  readonly path: string
}

/** A Worker, in the region that is named, else in the first. */
export interface Operator extends OperatorRegion {
  readonly configuration: Configuration
  /** All regions that are meant: the one that is named, else every one, the first in front. */
  readonly everywhere: readonly OperatorRegion[]
  readonly all: readonly OperatorRegion[]
  /** Where the Worker's state is, if it is one on this machine. */
  readonly local: string | undefined
  /** What tells `wrangler kv` where the namespace of a deployed one is. */
  readonly namespace: readonly string[]
}

/** @throws {Failure} for a file that cannot be read, or a region that there is none of that name */
export async function operatorOf(given: Arguments, environment: Environment): Promise<Operator> {
  const last = (name: (typeof WORKER_OPTIONS)[number]['name']) => given.last(name)
  const [file, env, local, secrets] = [last('config') ?? CONFIGURATION, last('env'), last('local'), last('secrets')]
  const configuration = await readConfiguration(file, env)
  const sources = [
    [PLAIN_VARIABLES, configuration.vars],
    ...(local === undefined ? [] : ([[VARIABLES, linesOf(join(local, 'variables'))]] as const)),
    ...(secrets === undefined ? [] : ([[VARIABLES, linesOf(secrets)]] as const)),
    [SECRETS, environment],
  ] as const
  const said = (...endings: readonly string[]): Variables =>
    Object.fromEntries(sources.flatMap(([names, from]) => picked(names, endings, from)))
  const all = regionsOf(said('', ...namedRegions(said('')).map(endingOf)))
  const everywhere = meant(all, given.last('region'))
  return {
    configuration,
    ...everywhere[0],
    ...{ everywhere, all },
    local: local && join(local, 'worker'),
    namespace: ['--binding', 'INDEX', '--config', file, ...(env === undefined ? [] : ['--env', env]), '--remote'],
  }
}

/** The namespace of a Worker on this machine, as long as it is open. */
export type Simulation = Pick<PlatformProxy<{ readonly INDEX?: KeyStore }>, 'env' | 'dispose'>

/** As much of wrangler as is needed; it is big, and loaded last. */
interface Wrangler {
  readonly unstable_readConfig: (args: { config: string; env?: string }, options: object) => Configuration
  readonly getPlatformProxy: (options: GetPlatformProxyOptions) => Promise<Simulation>
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

type Regions = readonly [OperatorRegion, ...OperatorRegion[]]

function regionsOf(all: Variables): Regions {
  const first = { region: regionName(all), variables: all, ending: '', prefix: '', path: '' }
  const others = namedRegions(all).map(region => ({
    ...{ region, variables: variablesOf(all, region) },
    ...{ ending: endingOf(region), prefix: below(region), path: regionPath(region) },
  }))
  return [first, ...others]
}

/** The regions that are meant. @throws {Failure} where there is none of that name */
function meant(all: Regions, named: string | undefined): Regions {
  if (named === undefined) return all
  const found = all.find(({ region }) => region === named)
  if (found) return [found]
  throw new Failure(`there is no region '${named}', but ${all.map(({ region }) => region).join(', ')}`)
}

const linesOf = (file: string) => parseEnv(contentOf(file).toString())

/** Whatever is no text is none of ours. */
function picked(
  names: readonly string[],
  endings: readonly string[],
  from: Readonly<Record<string, unknown>>,
): (readonly [name: string, value: string])[] {
  const all = endings.flatMap(ending => names.map(name => name + ending))
  return all.flatMap(name => {
    const value = from[name]
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : []
  })
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
