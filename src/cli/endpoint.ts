// Where requests go and who signs them: from the command line, the EC2_* variables, or the AWS CLI's.
import { Failure } from './errors.ts'

export interface Endpoint {
  readonly url: URL
  readonly accessKey: string
  readonly secretKey: string
  /** Region in the scope of signatures. */
  readonly region: string
}

/** What the command line says of the endpoint, each with the precedence over its variable. */
export interface EndpointOptions {
  readonly url?: string | undefined
  readonly accessKey?: string | undefined
  readonly secretKey?: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Where `npm start` listens. */
export const DEFAULT_URL = 'http://localhost:8787'

const URL_VARIABLES = ['EC2_URL', 'AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL']
const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION']

/** Pairs, best first. Halves of different pairs are never put together: they belong to different users. */
const KEY_VARIABLES = [
  ['EC2_ACCESS_KEY', 'EC2_SECRET_KEY'],
  ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
] as const

/**
 * The endpoint to use. An empty variable counts as none.
 *
 * @throws {Failure} naming what is missing or wrong, never a secret
 */
export function endpointOf(options: EndpointOptions, environment: Environment): Endpoint {
  const [accessVariable, secretVariable] =
    KEY_VARIABLES.find(pair => pair.every(variable => environment[variable])) ?? KEY_VARIABLES[0]
  const accessKey = options.accessKey || environment[accessVariable]
  const secretKey = options.secretKey || environment[secretVariable]
  if (!accessKey) throw missing('access key', '-K/--access-key', 0)
  if (!secretKey) throw missing('secret key', '-S/--secret-key', 1)
  const url = options.url || firstOf(URL_VARIABLES, environment) || DEFAULT_URL
  return { url: parseUrl(url), accessKey, secretKey, region: firstOf(REGION_VARIABLES, environment) || 'us-east-1' }
}

function firstOf(variables: readonly string[], environment: Environment): string | undefined {
  return variables.map(variable => environment[variable]).find(Boolean)
}

function missing(what: string, option: string, half: 0 | 1): Failure {
  const variables = KEY_VARIABLES.map(pair => pair[half]).join(' or ')
  return new Failure(`no ${what}: give ${option}, or set ${variables}`)
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new Failure(`the URL '${text}' is not valid: it looks like ${DEFAULT_URL}`)
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new Failure(`the URL of ${url.host} may hold a path, but no user, password, query or fragment`)
  }
  return url
}
