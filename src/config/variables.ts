// The variables and secrets of the operator: every one validated, with a clear word for what is wrong. Pure, so that
// econe-check can read them on the operator's machine as the Worker does.
import { limits } from '../limits.ts'
import { regionSecret } from './derived-keys.ts'
import { ConfigError, type Variables } from './names.ts'
import { parseR2Access, type R2Access } from './r2-access.ts'
import { choice, flag, hostName, number, optionalNumber, required, webUrl, words } from './readers.ts'
import { below, calledIn, otherRegions, type Region, regionName, regionPath, regionsIn } from './regions.ts'
import { parseZoneClusters } from './zone-clusters.ts'

/** What the operator has decided, typed. */
export interface Config {
  /** Where the OpenNebula front-end is and how to reach it. */
  readonly origin: {
    readonly url: string
    readonly access?: { readonly clientId: string; readonly clientSecret: string }
    /** Milliseconds that one call may take. */
    readonly timeout: number
  }
  /** The OpenNebula user that acts for all others (driver `server_cipher`). */
  readonly serverAdmin: { readonly name: string; readonly password: string }
  /** The secret from which all keys of the Worker are derived, then others whose seals count as well. */
  readonly secrets: readonly [string, ...string[]]
  readonly region: string
  /** All regions of the endpoint, this one among them. */
  readonly regions: readonly [Region, ...Region[]]
  /** Before the paths of doors that no signature leads to this region: links, and the operator's. Empty for the first one. */
  readonly path: string
  readonly zones: readonly [string, ...string[]]
  /** OpenNebula clusters by the zone that they are in, each in one at most; zones without any are not here. */
  readonly zoneClusters: ReadonlyMap<string, readonly number[]>
  /** What the names of instances end in. */
  readonly dnsDomain: string
  /** Region names accepted in a signature's scope; undefined accepts any. */
  readonly signingRegions: ReadonlySet<string> | undefined
  /** Which access keys count: econe's (user name and password hash), and those that the operator issued. */
  readonly keys: { readonly userNames: boolean; readonly issued: boolean }
  /**
   * OpenNebula users besides oneadmin and the members of its group whose instance types, networks and security groups
   * are the operator's.
   */
  readonly trustedOwners: readonly number[]
  /** The Worker's own address as OpenNebula reaches it. */
  readonly publicUrl: string | undefined
  /** Hosts (`name` or `name:port`) that are the Worker's own: OpenNebula may be sent to one that a request names. */
  readonly ownHosts: readonly string[]
  /** OpenNebula datastore for images and volumes. */
  readonly datastore: number
  /** OpenNebula network that elastic addresses are reserved from. */
  readonly addressNetwork: number | undefined
  /** What the default security groups are before anybody changes them. */
  readonly defaultGroup: 'open' | 'closed'
  /** OpenNebula network template that the networks of subnets are made of. */
  readonly subnetTemplate: number | undefined
  /** OpenNebula network that they are reserved from, where there is no such template. */
  readonly subnetParent: number | undefined
  /** Milliseconds for which terminated instances are still listed. */
  readonly terminatedFor: number
  /** Milliseconds for which OpenNebula may fetch an uploaded image. */
  readonly importWithin: number
  /** Hosts (`name`, `name:port`) from which OpenNebula may be told to fetch images; `*` for any. */
  readonly importHosts: readonly string[]
  /** Bytes that an account may have staged at a time. */
  readonly stagedBytes: number
  /** How clients store bytes in R2 themselves; undefined where they all go through the Worker. */
  readonly directUploads: R2Access | undefined
  /** Bytes that an account may have in its bucket; 0 where there are no buckets. */
  readonly bucketBytes: number
  /** Whether images can be had from the marketplaces of the cloud. */
  readonly marketplace: boolean
  /** Whether browsers are shown the console. */
  readonly console: boolean
}

type Readers = { readonly [Name in keyof Config]: (variables: Variables) => Config[Name] }

const readers: Readers = {
  origin,
  serverAdmin: ({ ONE_AUTH }) => credentials(required('ONE_AUTH', ONE_AUTH)),
  secrets: edgeSecrets,
  region,
  regions: ({ beside, ...own }) => regionsIn(beside?.all ?? own),
  path: variables => (variables.beside ? regionPath(region(variables)) : ''),
  zones: zoneNames,
  zoneClusters,
  dnsDomain: variables =>
    variables.DNS_DOMAIN ? domainName(variables.DNS_DOMAIN) : `${region(variables)}.compute.internal`,
  signingRegions,
  keys: ({ USER_NAME_KEYS, ISSUED_KEYS }) => ({
    userNames: flag('USER_NAME_KEYS', USER_NAME_KEYS, false),
    issued: flag('ISSUED_KEYS', ISSUED_KEYS, true),
  }),
  trustedOwners: ({ TRUSTED_OWNERS = '' }) =>
    words(TRUSTED_OWNERS).map(text => number('TRUSTED_OWNERS', text, { otherwise: 0 })),
  publicUrl: ({ PUBLIC_URL }) => (PUBLIC_URL ? webUrl('PUBLIC_URL', PUBLIC_URL) : undefined),
  ownHosts: ({ OWN_HOSTS = '' }) => words(OWN_HOSTS).map(host => hostName('OWN_HOSTS', host)),
  datastore: ({ DATASTORE_ID }) => number('DATASTORE_ID', DATASTORE_ID, { otherwise: 1 }),
  defaultGroup: ({ DEFAULT_GROUP }) => choice('DEFAULT_GROUP', DEFAULT_GROUP, ['open', 'closed']),
  addressNetwork: optionalNumber('ADDRESS_NETWORK_ID'),
  subnetTemplate: optionalNumber('SUBNET_TEMPLATE_ID'),
  subnetParent: optionalNumber('SUBNET_PARENT_ID'),
  terminatedFor: ({ TERMINATED_FOR_SECONDS }) =>
    1000 * number('TERMINATED_FOR_SECONDS', TERMINATED_FOR_SECONDS, { otherwise: 3600 }),
  importWithin: ({ IMPORT_HOURS }) => 3_600_000 * number('IMPORT_HOURS', IMPORT_HOURS, { otherwise: 6, least: 1 }),
  importHosts: ({ IMPORT_HOSTS = '' }) =>
    words(IMPORT_HOSTS).map(host => (host === '*' ? host : hostName('IMPORT_HOSTS', host))),
  marketplace: ({ MARKETPLACE }) => choice('MARKETPLACE', MARKETPLACE, ['on', 'off']) === 'on',
  console: ({ CONSOLE }) => choice('CONSOLE', CONSOLE, ['on', 'off']) === 'on',
  stagedBytes: ({ STAGING_GIB }) =>
    2 ** 30 * number('STAGING_GIB', STAGING_GIB, { otherwise: limits.stagedBytes.most, least: 1 }),
  directUploads,
  bucketBytes: ({ BUCKET_GIB }) => 2 ** 30 * number('BUCKET_GIB', BUCKET_GIB, { otherwise: limits.bucketBytes.most }),
}

/**
 * The configuration that the variables make.
 * @throws ConfigError naming the first that is wrong, and what it should be
 */
export function parseConfig(variables: Variables): Config {
  const config: unknown = Object.fromEntries(
    Object.entries(readers).map(([name, read]) => {
      try {
        return [name, read(variables)]
      } catch (error) {
        throw called(error, variables)
      }
    }),
  )
  // By their type the readers give, under each name of Config, what Config has there
  return config as Config
}

/** Everything that is wrong with the variables. */
export function configErrors(variables: Variables): ConfigError[] {
  return Object.values(readers).flatMap(read => {
    try {
      read(variables)
      return []
    } catch (error) {
      if (error instanceof ConfigError) return [called(error, variables)]
      throw error
    }
  })
}

/** The error with the name that the operator gave the variable. */
function called<E>(error: E, variables: Variables): E | ConfigError {
  if (!(error instanceof ConfigError) || error.called !== error.variable) return error
  return new ConfigError(error.variable, error.problem, calledIn(variables, error.variable))
}

/**
 * The secret that everything is made under, then those of `EDGE_SECRET_OLD`, one a line. A region beside the first has secrets of
 * its own, which follow from these: what was made in one counts in no other.
 * @throws ConfigError
 */
export function edgeSecrets(variables: Variables): [string, ...string[]] {
  const { EDGE_SECRET, EDGE_SECRET_OLD = '', beside } = variables
  const own = (secret: string) => (beside ? regionSecret(secret, regionName(variables)) : secret)
  const others = EDGE_SECRET_OLD.split('\n').map(line => line.trim())
  return [
    own(longEnough('EDGE_SECRET', required('EDGE_SECRET', EDGE_SECRET))),
    ...others.filter(Boolean).map(secret => own(longEnough('EDGE_SECRET_OLD', secret))),
  ]
}

function longEnough(name: 'EDGE_SECRET' | 'EDGE_SECRET_OLD', secret: string): string {
  if (secret.length < 16) throw new ConfigError(name, 'must have 16 characters or more')
  return secret
}

function region(variables: Variables): string {
  const name = regionName(variables)
  const { beside } = variables
  if (beside && !otherRegions(beside.all).includes(name)) throw new ConfigError('REGIONS', `does not have "${name}"`)
  return name
}

function signingRegions(variables: Variables): ReadonlySet<string> | undefined {
  const { SIGNING_REGIONS = '' } = variables
  return SIGNING_REGIONS === '*' ? undefined : new Set([region(variables), ...words(SIGNING_REGIONS)])
}

function directUploads(variables: Variables): R2Access | undefined {
  const access = parseR2Access(variables, (variable, problem) => {
    throw new ConfigError(variable, problem)
  })
  return access && variables.beside ? { ...access, prefix: below(region(variables)) } : access
}

function origin(variables: Variables): Config['origin'] {
  return {
    url: originUrl(required('ONE_XMLRPC', variables.ONE_XMLRPC)),
    ...accessToken(variables),
    timeout: 1000 * number('UPSTREAM_TIMEOUT_SECONDS', variables.UPSTREAM_TIMEOUT_SECONDS, { otherwise: 30, least: 1 }),
  }
}

function domainName(text: string): string {
  if (text.length <= 200 && /^[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i.test(text)) return text
  throw new ConfigError('DNS_DOMAIN', `must be the name of a domain, but is "${text}"`)
}

/** Plain HTTP would carry session tokens in the clear: it is for a front-end on the same machine only. */
function originUrl(value: string): string {
  const url = new URL(webUrl('ONE_XMLRPC', value))
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol === 'http:' && !local) throw new ConfigError('ONE_XMLRPC', 'must be an https address')
  return value
}

function credentials(value: string): { name: string; password: string } {
  const colon = value.indexOf(':')
  if (colon < 1 || colon === value.length - 1) throw new ConfigError('ONE_AUTH', 'must have the form user:password')
  return { name: value.slice(0, colon), password: value.slice(colon + 1) }
}

function accessToken({ ACCESS_CLIENT_ID: clientId, ACCESS_CLIENT_SECRET: clientSecret }: Variables) {
  if (!clientId && !clientSecret) return {}
  if (!clientId) throw new ConfigError('ACCESS_CLIENT_ID', 'is not set, but ACCESS_CLIENT_SECRET is')
  if (!clientSecret) throw new ConfigError('ACCESS_CLIENT_SECRET', 'is not set, but ACCESS_CLIENT_ID is')
  return { access: { clientId, clientSecret } }
}

function zoneNames(variables: Variables): [string, ...string[]] {
  const [first, ...others] = words(variables.ZONES || `${region(variables)}a`)
  if (first === undefined) throw new ConfigError('ZONES', 'must name at least one availability zone')
  return [first, ...others]
}

function zoneClusters(variables: Variables): ReadonlyMap<string, readonly number[]> {
  const text = variables.ZONE_CLUSTERS
  if (!text) return new Map()
  return parseZoneClusters(text, zoneNames(variables), problem => {
    throw new ConfigError('ZONE_CLUSTERS', problem)
  })
}
