// The canonical form of a request that Signature Version 4 is over.
//
// It is made here and not by aws4fetch, which signs (presigned URLs, the command line) but builds on URL: as a verifier it
// resolves dot segments, drops repeated keys and cannot hold bytes that are no UTF-8.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { canonicalPathPart, canonicalQueryPart, encodeRfc3986 } from '../lib/percent-encoding.ts'
import type { SignedRequest } from './request.ts'

/**
 * The canonical request that was hashed and signed.
 *
 * @param signedHeaders names as in the signature: lower case, sorted, joined by `;`
 * @param payload       hexadecimal SHA-256 of the body, or what stands for it
 * @param canonicalPath how the service has the path
 */
export function canonicalRequest(
  request: SignedRequest,
  signedHeaders: string,
  payload: string,
  canonicalPath: (path: string) => string = normalizedPath,
): string {
  const headers = signedHeaders
    .split(';')
    .map(name => `${name}:${trimHeader(request.headers.get(name) ?? '')}\n`)
    .join('')
  const query = canonicalQuery(request.query)
  return `${request.method}\n${canonicalPath(request.path)}\n${query}\n${headers}\n${signedHeaders}\n${payload}`
}

/**
 * Dot segments and repeated slashes resolved and the encoded path encoded once more, as every service but S3 has it. A
 * path that is sent in two spellings is one resource here, so resolving it loses nothing.
 */
export function normalizedPath(path: string): string {
  if (path === '/') return path
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encodeRfc3986(segment))
  }
  const directory = path.endsWith('/') && segments.length > 0 ? '/' : ''
  return `/${segments.join('/')}${directory}`
}

/** Every segment in its canonical encoding, and nothing resolved: to S3 `a//b` and `a/../b` are keys like others. */
export const pathOnceEncoded = (path: string): string => path.split('/').map(canonicalPathPart).join('/')

/** Encoded canonically and sorted by name, then value; the signature itself is left out. */
function canonicalQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .filter(part => part !== '' && !part.startsWith('X-Amz-Signature='))
    .map(part => {
      const equals = part.indexOf('=')
      const name = equals < 0 ? part : part.slice(0, equals)
      return { name: canonicalQueryPart(name), value: equals < 0 ? '' : canonicalQueryPart(part.slice(equals + 1)) }
    })
    .sort((one, other) => compare(one.name, other.name) || compare(one.value, other.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}

function trimHeader(value: string): string {
  return value.trim().replace(/\s+/g, ' ')
}
