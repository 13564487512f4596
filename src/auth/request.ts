// The parts of a request that its signature covers, as they came in, before anything normalises them.
import type { ParameterList } from '../protocol/parameters.ts'

/** What a verifier needs to know of a request. */
export interface SignedRequest {
  readonly method: string
  /** As sent, percent-encoding and dot segments included; begins with `/`. */
  readonly path: string
  /** As sent, without the `?`; `''` where there is none. */
  readonly query: string
  /** Query and form (urlencoded, or the fields of a multipart one) together, decoded, in any order. */
  readonly parameters: ParameterList
  /** By lower-case name; values of a repeated header joined by `, `. `host` is always there. */
  readonly headers: ReadonlyMap<string, string>
  /** Empty where there is none, and for a multipart upload, whose file no signature covers. */
  readonly body: Uint8Array
  /** The port that the URL scheme implies: what a client may or may not write after the host. */
  readonly defaultPort: string
}

/** The request with its body read and its parameters decoded by the caller, who bounds both. */
export function signedRequest(request: Request, body: Uint8Array, parameters: ParameterList): SignedRequest {
  const { scheme, authority, path, query } = splitUrl(request.url)
  const headers = new Map(request.headers)
  if (!headers.has('host')) headers.set('host', authority)
  const acceptEncoding = clientAcceptEncoding(request)
  if (acceptEncoding !== undefined) headers.set('accept-encoding', acceptEncoding)
  const defaultPort = scheme === 'http' ? '80' : '443'
  return { method: request.method, path, query, parameters, headers, body, defaultPort }
}

/** What a signature says of itself. */
export interface NamedCredential {
  readonly accessKeyId: string
  readonly service: string
  /** Absent of version 2, which has none. */
  readonly region?: string
}

/**
 * The access key that a signature in the Authorization header or in the query names, and for which region and service: what is
 * known of a request before its body is read. Nothing is checked; undefined where there is no such signature, or a malformed one.
 */
export function namedCredential(request: Request): NamedCredential | undefined {
  const query = new URL(request.url).searchParams
  const credential =
    /Credential=([^,\s]+)/.exec(request.headers.get('authorization') ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? ''
  const [, accessKeyId, region, service] = /^(.+)\/[^/]*\/([^/]*)\/([^/]*)\/[^/]*$/s.exec(credential) ?? []
  if (accessKeyId !== undefined && region !== undefined && service !== undefined)
    return { accessKeyId, service, region }
  const version2 = query.get('AWSAccessKeyId')
  return version2 ? { accessKeyId: version2, service: 'ec2' } : undefined
}

/** Splits by hand, because `new URL` resolves dot segments and re-encodes: the signature is over what was sent. */
export function splitUrl(url: string): { scheme: string; authority: string; path: string; query: string } {
  const withoutFragment = url.split('#', 1)[0] ?? ''
  const mark = withoutFragment.indexOf('?')
  const location = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark)
  const [, scheme = '', authority = '', path = ''] = /^([^:]*):\/\/([^/]*)(.*)$/s.exec(location) ?? []
  return { scheme, authority, path: path || '/', query: mark < 0 ? '' : withoutFragment.slice(mark + 1) }
}

/**
 * Cloudflare replaces Accept-Encoding on its way to the Worker and keeps what the client sent here (`''` for nothing);
 * some clients sign it. Outside of Cloudflare's edge there is no such property, and the header is the client's own.
 */
function clientAcceptEncoding(request: Request): string | undefined {
  const cf: unknown = 'cf' in request ? request.cf : undefined
  if (typeof cf !== 'object' || cf === null || !('clientAcceptEncoding' in cf)) return undefined
  return typeof cf.clientAcceptEncoding === 'string' ? cf.clientAcceptEncoding : undefined
}
