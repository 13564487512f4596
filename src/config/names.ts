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

/** Variables and secrets, all text, as Cloudflare has them; an empty one counts as none. */
export type Variables = { readonly [Name in VariableName]?: string }

/** What is wrong with the configuration. For the operator's log: callers are told nothing of it. */
export class ConfigError extends OwnWords {
  override readonly name = 'ConfigError'
  readonly variable: VariableName

  /** @param problem what is wrong with the variable, to follow its name; never a secret's value */
  constructor(variable: VariableName, problem: string) {
    super(`${variable} ${problem}`)
    this.variable = variable
  }
}
