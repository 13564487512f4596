// From a request, or an account's object, to the environment of its region. Nothing below knows that there are several.
import { namedCredential, splitUrl } from '../auth/request.ts'
import { ConfigError, VARIABLES, type Variables } from '../config/names.ts'
import {
  below,
  endingOf,
  namesOf,
  otherRegions,
  type Region,
  regionIn,
  regionName,
  regionPath,
  regionsIn,
  variablesOf,
} from '../config/regions.ts'
import { BucketBelow, IndexBelow, limitBelow } from '../config/views.ts'
import { isHost } from '../lib/web-hosts.ts'
import type { Env } from './services.ts'

/** Environments of regions beside the first, by that of the Worker: what requests share hangs on them. */
const known = new WeakMap<Env, Map<string, Env>>()

/**
 * The environment of a region: its variables by their plain names, and its part of the bindings. That of the first region is the
 * Worker's own.
 *
 * @param region one beside the first
 */
export function environmentOf(env: Env, region: string | undefined): Env {
  if (region === undefined) return env
  const environments = known.get(env) ?? new Map<string, Env>()
  known.set(env, environments)
  const found = environments.get(region) ?? made(env, region)
  environments.set(region, found)
  return found
}

/** The environments of all regions, the first in front. @throws ConfigError */
export const environmentsIn = (env: Env): Env[] => [env, ...otherRegions(env).map(name => environmentOf(env, name))]

function made(env: Env, region: string): Env {
  const prefix = below(region)
  const ownWay: unknown = Reflect.get(env, `ONE${endingOf(region)}`)
  const { INDEX, STAGING, ACCOUNT, REQUEST_LIMIT, FAILURE_LIMIT } = env
  const others = Object.entries(env).filter(
    ([name]) => name !== 'ONE' && !VARIABLES.some(variable => variable === name),
  )
  return {
    ...Object.fromEntries(others),
    ...variablesOf(env, region),
    INDEX: new IndexBelow(INDEX, prefix),
    STAGING: new BucketBelow(STAGING, prefix),
    ACCOUNT: { getByName: (name, options) => ACCOUNT.getByName(prefix + name, options) },
    ...(REQUEST_LIMIT && { REQUEST_LIMIT: limitBelow(REQUEST_LIMIT, prefix) }),
    ...(FAILURE_LIMIT && { FAILURE_LIMIT: limitBelow(FAILURE_LIMIT, prefix) }),
    ...(isFetcher(ownWay) && { ONE: ownWay }),
  }
}

const isFetcher = (value: unknown): value is Fetcher => typeof value === 'object' && value !== null && 'fetch' in value

type Regions = readonly [Region, ...Region[]]

/** Which regions there are, by the environment of the Worker. */
const listed = new WeakMap<Env, Regions>()

/** @throws ConfigError */
function regionsOf(env: Env): Regions {
  const regions = listed.get(env) ?? regionsIn(env)
  listed.set(env, regions)
  return regions
}

/** The environment of the region that a request is for. */
export function environmentFor(request: Request, env: Env): Env {
  if (!env.REGIONS) return env
  try {
    const regions = regionsOf(env)
    const region = regionFor(request, regions)
    return environmentOf(env, region === regions[0] ? undefined : region.name)
  } catch (error) {
    // Whoever reads the configuration of the first region is told the same
    if (error instanceof ConfigError) return env
    throw error
  }
}

/**
 * The region that a request names: by its path, by its host where that is a region's own, or in the scope of its signature. Where
 * they do not agree, its signature is not for the region that it comes to, and is refused there. One that names none is for the
 * first.
 */
export function regionFor(request: Request, regions: Regions): Region {
  const url = new URL(request.url)
  const [first, ...others] = regions
  const scope = namedCredential(request)?.region
  return (
    regions.find(({ name }) => url.pathname.startsWith(`${regionPath(name)}/`)) ??
    others.find(({ hosts }) => hosts.some(host => isHost(host, url))) ??
    regions.find(region => scope !== undefined && namesOf(region).includes(scope)) ??
    first
  )
}

/** The path of a request, without the region that stands before it. */
export function pathBehind(url: string, variables: Variables): string {
  const { path } = splitUrl(url)
  const prefix = regionPath(regionName(variables))
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path
}

/** Where an account's object of a region beside the first keeps which that is: an alarm may not tell it its name. */
const REGION_ROW = 'region'

/** The environment of the region that an account's object is of. */
export function environmentOfObject(env: Env, { id, storage }: DurableObjectState): Env {
  const kept = storage.kv.get<string>(REGION_ROW)
  const { region = kept } = regionIn(id.name ?? '')
  if (region !== undefined && kept === undefined) storage.kv.put(REGION_ROW, region)
  return environmentOf(env, region)
}
