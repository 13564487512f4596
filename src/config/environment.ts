// The one place that reads the environment: the bindings of wrangler.toml, and the configuration of the operator.
import type { Variables } from './names.ts'
import { type Config, parseConfig } from './variables.ts'
import type { Index } from './views.ts'

/** The bindings of wrangler.toml but for the account's object, and the variables and secrets of the operator. */
export interface Bindings extends Variables {
  readonly INDEX: Index
  readonly STAGING: R2Bucket
  /** A private way to the front-end (Workers VPC or another Worker), used instead of the public one. */
  readonly ONE?: Fetcher
  /** How many requests an access key may make at one Cloudflare location; without it any number. */
  readonly REQUEST_LIMIT?: RateLimit
  /** The console's files; without them there is none. */
  readonly ASSETS?: Fetcher
  /** Where a data point is written of every request, if anywhere (Analytics Engine). */
  readonly CALLS?: AnalyticsEngineDataset
  /** How many requests with econe's keys may fail there for a user name, and for a client address; counted in any case. */
  readonly FAILURE_LIMIT?: RateLimit
}

const configs = new WeakMap<Bindings, Config>()

/**
 * The configuration, read once per environment.
 * @throws ConfigError naming the variable and what it should be
 */
export function readConfig(env: Bindings): Config {
  const known = configs.get(env)
  if (known) return known
  const config = parseConfig(env)
  configs.set(env, config)
  return config
}
