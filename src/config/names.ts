// The names of the operator's variables and secrets, and the error that says what is wrong with one.
import { OwnWords } from '../lib/log.ts'

/** What is never written into wrangler.toml: Cloudflare keeps it as secrets. */
export const SECRETS = [
  'ONE_AUTH',
  'EDGE_SECRET',
  'EDGE_SECRET_OLD',
  'ACCESS_CLIENT_ID',
  'ACCESS_CLIENT_SECRET',
  'R2_ACCESS_KEY_ID',
  'R2_SECRET_ACCESS_KEY',
] as const

/** What wrangler.toml says under `[vars]`. */
export const PLAIN_VARIABLES = [
  'ONE_XMLRPC',
  'REGION',
  'REGIONS',
  'ZONES',
  'ZONE_CLUSTERS',
  'DNS_DOMAIN',
  'SIGNING_REGIONS',
  'USER_NAME_KEYS',
  'ISSUED_KEYS',
  'TRUSTED_OWNERS',
  'PUBLIC_URL',
  'OWN_HOSTS',
  'DATASTORE_ID',
  'ADDRESS_NETWORK_ID',
  'DEFAULT_GROUP',
  'SUBNET_TEMPLATE_ID',
  'SUBNET_PARENT_ID',
  'TERMINATED_FOR_SECONDS',
  'IMPORT_HOURS',
  'IMPORT_HOSTS',
  'STAGING_GIB',
  'BUCKET_GIB',
  'MARKETPLACE',
  'UPSTREAM_TIMEOUT_SECONDS',
  'R2_ENDPOINT',
  'R2_BUCKET',
  'CONSOLE',
] as const

export type VariableName = (typeof SECRETS)[number] | (typeof PLAIN_VARIABLES)[number]

/** Every variable and secret. */
export const VARIABLES: readonly VariableName[] = [...PLAIN_VARIABLES, ...SECRETS]

/** Variables and secrets, all text, as Cloudflare has them; an empty one counts as none. */
export type Variables = { readonly [Name in VariableName]?: string } & { readonly beside?: Beside }

/** Of the variables of a region beside the first, where they come from. */
export interface Beside {
  /** What the names end in that the operator gave them: `_SOUTH`. */
  readonly ending: string
  /** The variables of all regions. */
  readonly all: Variables
}

/** What is wrong with the configuration. For the operator's log: callers are told nothing of it. */
export class ConfigError extends OwnWords {
  override readonly name = 'ConfigError'
  readonly variable: VariableName
  readonly problem: string
  /** The variable as the operator calls it: of a region beside the first with that region's name behind it. */
  readonly called: string

  /** @param problem what is wrong with the variable, to follow its name; never a secret's value */
  constructor(variable: VariableName, problem: string, called: string = variable) {
    super(`${called} ${problem}`)
    this.variable = variable
    this.problem = problem
    this.called = called
  }
}
