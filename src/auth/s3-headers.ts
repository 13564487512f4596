// The headers of a request to S3 that count, some of which a signed query may have in their place.
//
// Who makes a link cannot set headers, so S3 takes them from the query: x-amz-… in any version, and in version 2, which
// always signs them, Content-Type and Content-MD5. Checksums in a query it ignores: SDKs put that of an empty body there.
import type { ParameterList } from '../protocol/parameters.ts'
import type { Scheme } from './refusals.ts'
import type { SignedRequest } from './request.ts'
import { contradictory } from './s3-refusals.ts'

/** What is the signature itself, and no header. */
const OWN: ReadonlySet<string> = new Set(
  ['algorithm', 'credential', 'date', 'expires', 'signedheaders', 'signature', 'security-token'].map(
    name => `x-amz-${name}`,
  ),
)

const IN_VERSION_2: ReadonlySet<string> = new Set(['content-type', 'content-md5'])

/** Version 2 signs it as the header that it is elsewhere. */
const TOKEN = 'x-amz-security-token'

/** Whether a parameter stands for a header in the query of a request that was signed so. @param name in lower case */
export const standsForHeader = (name: string, scheme: Scheme): boolean =>
  (name.startsWith('x-amz-') && !OWN.has(name)) || (scheme === 'sigv2' && (IN_VERSION_2.has(name) || name === TOKEN))

/**
 * The headers, and what stands for them in the query where that is signed.
 * @throws S3Error InvalidArgument where the two differ, or the query has one twice
 */
export function signedHeadersOf({ headers, parameters }: SignedRequest, scheme: Scheme): Map<string, string> {
  const all = new Map(headers)
  if (scheme !== 'sigv4') {
    for (const [name, value] of headersIn(parameters, scheme)) {
      if (all.has(name) && all.get(name) !== value) throw contradictory(name)
      all.set(name, value)
    }
  }
  return all
}

/** Of those, the ones that count. */
export function countingHeaders(request: SignedRequest, scheme: Scheme): ReadonlyMap<string, string> {
  const all = signedHeadersOf(request, scheme)
  for (const name of all.keys()) if (isChecksum(name) && !request.headers.has(name)) all.delete(name)
  return all
}

const isChecksum = (name: string) => name.startsWith('x-amz-checksum-') || name === 'x-amz-sdk-checksum-algorithm'

const headersIn = (parameters: ParameterList, scheme: Scheme) =>
  parameters
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .filter(([name]) => standsForHeader(name, scheme))
