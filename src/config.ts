// The one place that reads the environment: every variable and secret, validated, with a clear word for what is wrong.
import type { AccountObject } from './account/object.ts'

/** The bindings of wrangler.toml, and the variables and secrets of the operator. All text, as Cloudflare has it. */
export interface Env {
  readonly INDEX: KVNamespace
  readonly STAGING: R2Bucket
  readonly ACCOUNT: DurableObjectNamespace<AccountObject>
  /** A private way to the front-end (Workers VPC or another Worker), used instead of the public one. */
  readonly ONE?: Fetcher
  readonly ONE_XMLRPC?: string
  readonly ONE_AUTH?: string
  readonly EDGE_SECRET?: string
  readonly ACCESS_CLIENT_ID?: string
  readonly ACCESS_CLIENT_SECRET?: string
  readonly REGION?: string
  readonly ZONES?: string
  readonly SIGNING_REGIONS?: string
  readonly USER_NAME_KEYS?: string
  readonly ISSUED_KEYS?: string
  readonly PUBLIC_URL?: string
  readonly DATASTORE_ID?: string
  readonly ADDRESS_NETWORK_ID?: string
  readonly TERMINATED_FOR_SECONDS?: string
  readonly IMPORT_HOURS?: string
  readonly UPSTREAM_TIMEOUT_SECONDS?: string
}

/** What the operator has decided, typed. */
export interface Config {
  /** Where the OpenNebula front-end is and how to reach it. */
  readonly origin: {
    readonly url: string
    readonly binding?: Fetcher
    readonly access?: { readonly clientId: string; readonly clientSecret: string }
    /** Milliseconds that one call may take. */
    readonly timeout: number
  }
  /** The OpenNebula user that acts for all others (driver `server_cipher`). */
  readonly serverAdmin: { readonly name: string; readonly password: string }
  /** The secret from which all keys of the Worker are derived. */
  readonly secret: string
  readonly region: string
  readonly zones: readonly [string, ...string[]]
  /** Region names accepted in a signature's scope; undefined accepts any. */
  readonly signingRegions: ReadonlySet<string> | undefined
  /** Which access keys count: econe's (user name and password hash), and those that the operator issued. */
  readonly keys: { readonly userNames: boolean; readonly issued: boolean }
  /** The Worker's own address as OpenNebula reaches it, where that is not the one clients use. */
  readonly publicUrl: string | undefined
  /** OpenNebula datastore for images and volumes. */
  readonly datastore: number
  /** OpenNebula network that elastic addresses are reserved from. */
  readonly addressNetwork: number | undefined
  /** Milliseconds for which terminated instances are still listed. */
  readonly terminatedFor: number
  /** Milliseconds for which OpenNebula may fetch an uploaded image. */
  readonly importWithin: number
}

/** What is wrong with the configuration. For the operator's log: callers are told nothing of it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const configs = new WeakMap<Env, Config>()

/**
 * The configuration, read once per environment.
 * @throws ConfigError naming the variable and what it should be
 */
export function readConfig(env: Env): Config {
  const known = configs.get(env)
  if (known) return known
  const config = parse(env)
  configs.set(env, config)
  return config
}

function parse(env: Env): Config {
  const region = env.REGION || 'opennebula'
  return {
    origin: {
      url: originUrl(required('ONE_XMLRPC', env.ONE_XMLRPC)),
      ...(env.ONE && { binding: env.ONE }),
      ...accessToken(env),
      timeout: 1000 * number('UPSTREAM_TIMEOUT_SECONDS', env.UPSTREAM_TIMEOUT_SECONDS, 30),
    },
    serverAdmin: credentials(required('ONE_AUTH', env.ONE_AUTH)),
    secret: masterSecret(required('EDGE_SECRET', env.EDGE_SECRET)),
    region,
    zones: zoneNames(env.ZONES || `${region}a`),
    signingRegions: env.SIGNING_REGIONS === '*' ? undefined : new Set([region, ...words(env.SIGNING_REGIONS ?? '')]),
    keys: {
      userNames: flag('USER_NAME_KEYS', env.USER_NAME_KEYS, true),
      issued: flag('ISSUED_KEYS', env.ISSUED_KEYS, true),
    },
    publicUrl: env.PUBLIC_URL ? webUrl('PUBLIC_URL', env.PUBLIC_URL) : undefined,
    datastore: number('DATASTORE_ID', env.DATASTORE_ID, 1),
    addressNetwork: env.ADDRESS_NETWORK_ID ? number('ADDRESS_NETWORK_ID', env.ADDRESS_NETWORK_ID, 0) : undefined,
    terminatedFor: 1000 * number('TERMINATED_FOR_SECONDS', env.TERMINATED_FOR_SECONDS, 3600),
    importWithin: 3_600_000 * number('IMPORT_HOURS', env.IMPORT_HOURS, 6),
  }
}

function required(name: string, value: string | undefined): string {
  if (!value) throw new ConfigError(`${name} is not set`)
  return value
}

function number(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined || value === '') return otherwise
  if (!/^\d{1,9}$/.test(value)) throw new ConfigError(`${name} must be a whole number, but is "${value}"`)
  return Number(value)
}

function flag(name: string, value: string | undefined, otherwise: boolean): boolean {
  if (value === undefined || value === '') return otherwise
  if (value !== 'true' && value !== 'false') throw new ConfigError(`${name} must be "true" or "false"`)
  return value === 'true'
}

function webUrl(name: string, value: string): string {
  const url = URL.parse(value)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new ConfigError(`${name} must be an http(s) address`)
  }
  return value
}

/** Plain HTTP would carry session tokens in the clear: it is for a front-end on the same machine only. */
function originUrl(value: string): string {
  const url = new URL(webUrl('ONE_XMLRPC', value))
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'http:' && !local) throw new ConfigError('ONE_XMLRPC must be an https address')
  return value
}

function credentials(value: string): { name: string; password: string } {
  const colon = value.indexOf(':')
  if (colon < 1 || colon === value.length - 1) throw new ConfigError('ONE_AUTH must have the form user:password')
  return { name: value.slice(0, colon), password: value.slice(colon + 1) }
}

function masterSecret(value: string): string {
  if (value.length < 16) throw new ConfigError('EDGE_SECRET must have 16 characters or more')
  return value
}

function accessToken({ ACCESS_CLIENT_ID: clientId, ACCESS_CLIENT_SECRET: clientSecret }: Env) {
  if (!clientId && !clientSecret) return {}
  if (!clientId || !clientSecret) throw new ConfigError('ACCESS_CLIENT_ID and ACCESS_CLIENT_SECRET go together')
  return { access: { clientId, clientSecret } }
}

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean)

function zoneNames(text: string): [string, ...string[]] {
  const [first, ...others] = words(text)
  if (first === undefined) throw new ConfigError('ZONES must name at least one availability zone')
  return [first, ...others]
}
