// Signature Version 2: what econe's own tools, boto 2 and other clients of its time send, verified and made. Signing is
// pure, for the command line's upload and for tests.
// https://docs.aws.amazon.com/general/latest/gr/signature-version-2.html
import { fromBase64, toBase64, toBytes } from '../lib/bytes.ts'
import { compactDate, instantAt } from '../lib/instants.ts'
import { encodeRfc3986 } from '../lib/percent-encoding.ts'
import { limits } from '../limits.ts'
import { invalid, missing, notTogether } from '../protocol/complaints.ts'
import { type ParameterList, single } from '../protocol/parameters.ts'
import { outsideItsTime } from './errors.ts'
import { type Hash, type HmacKey, hmac, importHmacKey, keptKey, verifyHmac } from './hmac.ts'
import type { SignedRequest } from './request.ts'
import { rulesOf } from './rules.ts'
import { checkTime, type Signature, type SignaturePolicy, signedHosts } from './signature.ts'

/** The keyed hashes of version 2, by their names on the wire. */
const HASHES = { HmacSHA256: 'SHA-256', HmacSHA1: 'SHA-1' } as const satisfies Record<string, Hash>

/** `HmacSHA256` or `HmacSHA1`. */
export type SignatureMethod = keyof typeof HASHES

/** What a signature of version 2 covers: no headers but the host, and no body but its parameters. */
export interface RequestV2 {
  readonly method: string
  /** With its port if the client signs it. */
  readonly host: string
  /** As sent; `''` counts as `/`. */
  readonly path: string
  /** All parameters of query and form, decoded, in any order. */
  readonly parameters: ParameterList
}

/**
 * Signs a request: its parameters with AWSAccessKeyId, SignatureMethod, SignatureVersion, Timestamp and Signature added.
 * Files of a multipart form are not signed.
 */
export async function signV2(
  request: RequestV2,
  credentials: { readonly accessKeyId: string; readonly secret: string },
  now: () => number,
  signatureMethod: SignatureMethod = 'HmacSHA256',
): Promise<ParameterList> {
  const parameters: ParameterList = [
    ...request.parameters,
    ['AWSAccessKeyId', credentials.accessKeyId],
    ['SignatureMethod', signatureMethod],
    ['SignatureVersion', '2'],
    ['Timestamp', instantAt(now())],
  ]
  const key = await importHmacKey(HASHES[signatureMethod], toBytes(credentials.secret))
  const signature = await hmac(key, stringToSignV2({ ...request, parameters }))
  return [...parameters, ['Signature', toBase64(signature)]]
}

/**
 * What a signature of version 2 is over. Repeated and empty parameters count as they are; names sort by their bytes.
 *
 * @param encode how names and values are percent-encoded
 */
export function stringToSignV2(request: RequestV2, encode: (text: string) => string = encodeRfc3986): string {
  return textToSign(request, canonicalQuery(sorted(request.parameters), encode))
}

const sorted = (parameters: ParameterList): ParameterList =>
  parameters.toSorted((one, other) => compareBytes(one[0], other[0]) || compareBytes(one[1], other[1]))

const canonicalQuery = (parameters: ParameterList, encode: (text: string) => string): string =>
  parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')

const textToSign = ({ method, host, path }: Omit<RequestV2, 'parameters'>, query: string): string =>
  `${method}\n${host.toLowerCase()}\n${path || '/'}\n${query}`

/**
 * Reads the signature among the parameters, of the query and of a form alike.
 *
 * @throws MissingParameter, InvalidParameterValue (version 1, unknown method, no date, repeated), InvalidParameterCombination
 *   (Timestamp with Expires), RequestExpired. Costs little: what is long is looked at by `matches`
 *   alone, when the key is known to exist.
 */
export function readSignatureV2(request: SignedRequest, policy: SignaturePolicy): Signature {
  const { parameters } = request
  const required = (name: string) => {
    const value = single(parameters, name)
    if (!value) throw missing(name)
    return value
  }
  const accessKeyId = required('AWSAccessKeyId')
  const signature = required('Signature')
  const version = required('SignatureVersion')
  if (version !== '2') throw invalid('SignatureVersion', version, 'Sign with version 2 or with version 4.')
  const signatureMethod = required('SignatureMethod')
  if (!isSignatureMethod(signatureMethod)) {
    throw invalid('SignatureMethod', signatureMethod, `It must be ${Object.keys(HASHES).join(' or ')}.`)
  }
  checkDates(single(parameters, 'Timestamp'), single(parameters, 'Expires'), policy)
  return {
    scheme: 'sigv2',
    accessKeyId,
    token: single(parameters, 'SecurityToken') || undefined,
    async matches(secret) {
      const key = await signingKey(secret, HASHES[signatureMethod])
      const made = signature.length <= LONGEST_SIGNATURE ? fromBase64(signature) : undefined
      for (const text of candidates(request)) {
        const genuine = await verifyHmac(key, made ?? new Uint8Array(), text)
        if (genuine) return made !== undefined
      }
      return false
    },
  }
}

/** Characters of the longest signature, that of HmacSHA256. */
const LONGEST_SIGNATURE = 44

/** The texts that one request may have been signed as: its hosts, and `*` encoded or, as Java clients had it, not. */
function* candidates({ parameters, ...request }: SignedRequest): Iterable<string> {
  const signed = sorted(parameters.filter(([name]) => name !== 'Signature'))
  const query = canonicalQuery(signed, encodeRfc3986)
  const hosts = signedHosts({ ...request, parameters })
  for (const host of hosts) yield textToSign({ ...request, host }, query)
  // An asterisk that came encoded twice is `%252A`: what reads `%2A` here was one
  if (query.includes('%2A')) {
    for (const host of hosts) yield textToSign({ ...request, host }, query.replaceAll('%2A', '*'))
  }
}

function signingKey(secret: string, hash: Hash): Promise<HmacKey> {
  return keptKey(JSON.stringify([hash, secret]), () => importHmacKey(hash, toBytes(secret)))
}

function isSignatureMethod(name: string): name is SignatureMethod {
  return Object.hasOwn(HASHES, name)
}

function checkDates(timestamp: string | undefined, expires: string | undefined, policy: SignaturePolicy): void {
  if (timestamp && expires) {
    throw notTogether('Timestamp', 'Expires')
  }
  if (timestamp) checkTime(parseDate('Timestamp', timestamp), rulesOf(policy.service).clockSkew, 'sigv2', policy)
  else if (expires) checkExpires(parseDate('Expires', expires), policy)
  else throw missing('Timestamp')
}

function checkExpires(expires: number, { service, now }: SignaturePolicy): void {
  const time = now()
  const { most } = limits.expiresAhead
  if (expires > time + most * 24 * 60 * 60 * 1000) {
    throw invalid('Expires', compactDate(expires), `It must be at most ${most} days ahead.`)
  }
  if (expires >= time) return
  throw outsideItsTime(service, `Signature expired: ${compactDate(expires)} is now earlier than ${compactDate(time)}`)
}

/** ISO 8601; without a zone it is UTC, as clients that leave it out mean it. */
function parseDate(name: string, text: string): number {
  const [, local, zone = 'Z'] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? []
  const time = local === undefined ? Number.NaN : Date.parse(local + zone)
  if (Number.isNaN(time)) throw invalid(name, text, 'It must be a date such as 2026-11-23T10:15:00Z.')
  return time
}

/** The order of UTF-8 bytes, which is that of code points and not that of JavaScript's UTF-16. */
function compareBytes(one: string, other: string): number {
  const shorter = Math.min(one.length, other.length)
  let index = 0
  while (index < shorter && one.charCodeAt(index) === other.charCodeAt(index)) index++
  return (one.codePointAt(index) ?? -1) - (other.codePointAt(index) ?? -1)
}
