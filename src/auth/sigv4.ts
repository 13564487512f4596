// Signature Version 4, the verifying side, from the Authorization header and from a presigned query string.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { fromHex, toBytes, toHex } from '../lib/bytes.ts'
import { limits } from '../limits.ts'
import { single } from '../protocol/parameters.ts'
import { canonicalRequest } from './canonical-request.ts'
import { type Credential, checkScope, readCredential, scopeOf, TERMINATOR } from './credential.ts'
import { incompleteSignature, invalidClientToken, signatureDoesNotMatch } from './errors.ts'
import { type HmacKey, hmac, importHmacKey, keptKey, verifyHmac } from './hmac.ts'
import type { SignedRequest } from './request.ts'
import {
  CLOCK_SKEW,
  checkTime,
  compactDate,
  type Scheme,
  type Signature,
  type SignaturePolicy,
  signedHosts,
} from './signature.ts'

const ALGORITHM = 'AWS4-HMAC-SHA256'
const LONGEST_EXPIRES = limits.presignedExpires.most
const NO_SIGNATURE = new Uint8Array(32)
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** The parts of a signature, from wherever the request carries them. */
interface Fields {
  readonly scheme: Scheme
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
  /** `20261123T101500Z` */
  readonly date: string
  /** For how long after its date the signature is good, in milliseconds. */
  readonly lifetime: number
}

/**
 * Reads the signature in the Authorization header.
 *
 * @throws IncompleteSignature, SignatureDoesNotMatch (scope, header set), RequestExpired, InvalidClientTokenId
 */
export function readAuthorizationHeader(request: SignedRequest, policy: SignaturePolicy): Signature {
  const [, algorithm = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(request.headers.get('authorization') ?? '') ?? []
  checkAlgorithm(algorithm)
  const parts = new Map(
    rest.split(/,(?=\s*(?:Credential|SignedHeaders|Signature)=)/).map(part => {
      const equals = part.indexOf('=')
      return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()]
    }),
  )
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter(name => !parts.get(name))
  if (missing.length > 0) {
    throw incompleteSignature(missing.map(name => `Authorization header requires '${name}' parameter.`).join(' '))
  }
  const signedHeaders = parts.get('SignedHeaders') ?? ''
  const fields: Fields = {
    scheme: 'sigv4',
    credential: parts.get('Credential') ?? '',
    signedHeaders,
    signature: parts.get('Signature') ?? '',
    date: signedDate(request, signedHeaders),
    lifetime: CLOCK_SKEW,
  }
  refuseSessionToken(request.headers.get('x-amz-security-token'))
  return readSignature(request, policy, fields)
}

/**
 * Reads the signature in the query string of a presigned request. Without X-Amz-Expires, which S3 alone insists on, it is
 * good for as long as one in a header.
 *
 * @throws as {@link readAuthorizationHeader}
 */
export function readPresignedQuery(request: SignedRequest, policy: SignaturePolicy): Signature {
  const required = (name: string) => {
    const value = single(request.parameters, name)
    if (!value) throw incompleteSignature(`AWS query-string parameters must include '${name}'.`)
    return value
  }
  checkAlgorithm(required('X-Amz-Algorithm'))
  const fields: Fields = {
    scheme: 'sigv4-query',
    credential: required('X-Amz-Credential'),
    signedHeaders: required('X-Amz-SignedHeaders'),
    signature: required('X-Amz-Signature'),
    date: required('X-Amz-Date'),
    lifetime: lifetimeOf(single(request.parameters, 'X-Amz-Expires')),
  }
  refuseSessionToken(single(request.parameters, 'X-Amz-Security-Token'))
  refuseSessionToken(request.headers.get('x-amz-security-token'))
  return readSignature(request, policy, fields)
}

function readSignature(request: SignedRequest, policy: SignaturePolicy, fields: Fields): Signature {
  const credential = readCredential(fields.credential)
  checkSignedHeaders(request, fields.signedHeaders)
  checkTime(parseCompactDate(fields.date), fields.lifetime, policy)
  checkScope(credential, fields.date, request, policy)
  const signature = fromHex(fields.signature, 32)
  return {
    scheme: fields.scheme,
    accessKeyId: credential.accessKeyId,
    async matches(secret) {
      const payloadHash = await hashPayload(request.body)
      const key = await signingKey(secret, credential)
      for (const signed of signedForms(request, fields.signedHeaders)) {
        const canonical = canonicalRequest(signed, fields.signedHeaders, payloadHash)
        const text = await stringToSign(canonical, fields.date, credential)
        const genuine = await verifyHmac(key, signature ?? NO_SIGNATURE, text)
        if (genuine) return signature !== undefined && bodyIsAsDeclared(request, payloadHash)
      }
      return false
    },
  }
}

/**
 * The requests that the client may have signed: by the hosts that it may have meant, and with headers as they came or as
 * AWS joins those that were sent more than once, by a comma alone. Which were, nobody can tell: Headers puts a space behind
 * the comma, where a single header may have one too. A date is no list.
 */
function* signedForms(request: SignedRequest, signedHeaders: string): Generator<SignedRequest> {
  const { headers } = request
  const lists = signedHeaders.split(';').filter(name => name !== 'date' && headers.get(name)?.includes(', '))
  const joined = lists.map(name => [name, headers.get(name)?.replaceAll(', ', ',') ?? ''] as const)
  for (const changed of lists.length > 0 ? [[], joined] : [[]]) {
    for (const host of signedHosts(request))
      yield { ...request, headers: new Map([...headers, ...changed, ['host', host]]) }
  }
}

/** What the signature is over. */
async function stringToSign(canonical: string, date: string, credential: Credential): Promise<string> {
  return `${ALGORITHM}\n${date}\n${scopeOf(credential)}\n${await sha256(toBytes(canonical))}`
}

/** The key that signs for a day, a region and a service, four hashes away from the secret. */
function signingKey(secret: string, { date, region, service }: Credential): Promise<HmacKey> {
  return keptKey(JSON.stringify([ALGORITHM, date, region, service, secret]), async () => {
    let bytes = toBytes(`AWS4${secret}`)
    for (const step of [date, region, service, TERMINATOR])
      bytes = await hmac(await importHmacKey('SHA-256', bytes), step)
    return importHmacKey('SHA-256', bytes)
  })
}

/** Always computed: a signed x-amz-content-sha256 alone would say nothing about the body that came with it. */
function hashPayload(body: SignedRequest['body']): Promise<string> {
  return body.byteLength === 0 ? Promise.resolve(EMPTY_SHA256) : sha256(body)
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/**
 * `UNSIGNED-PAYLOAD` and `STREAMING-…` are S3's. AWS hashes the body of any other request itself, so that they mismatch
 * there (SignatureDoesNotMatch), as they do here.
 */
function bodyIsAsDeclared(request: SignedRequest, payloadHash: string): boolean {
  const declared = request.headers.get('x-amz-content-sha256')
  return declared === undefined || declared === payloadHash
}

/**
 * AWS wants Host and every x-amz-* header of the request signed: an unsigned one could be anybody's. A header may be named
 * once only, or naming a long one often would make a canonical request that exceeds the Worker's memory.
 */
function checkSignedHeaders(request: SignedRequest, signedHeaders: string): void {
  const names = signedHeaders.split(';')
  const signed = new Set(names)
  if (signed.size !== names.length) throw incompleteSignature('SignedHeaders must not name a header more than once.')
  if (!signed.has('host')) {
    throw signatureDoesNotMatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  }
  const absent = names.find(name => !request.headers.has(name))
  if (absent !== undefined) {
    throw signatureDoesNotMatch(`The signed header '${absent}' is not in the request.`)
  }
  for (const name of request.headers.keys()) if (name.startsWith('x-amz-')) requireSigned(name, signed)
}

function requireSigned(name: string, signed: ReadonlySet<string>): void {
  if (signed.has(name)) return
  throw signatureDoesNotMatch(`There were headers present in the request which were not signed: '${name}'.`)
}

/** X-Amz-Date, or Date where there is none, in the compact form that was signed, from a header that was signed. */
function signedDate(request: SignedRequest, signedHeaders: string): string {
  const name = request.headers.has('x-amz-date') ? 'x-amz-date' : 'date'
  const value = request.headers.get(name)
  if (!value) {
    throw incompleteSignature("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
  }
  requireSigned(name, new Set(signedHeaders.split(';')))
  if (COMPACT_DATE.test(value)) return value
  const time = name === 'date' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) throw notADate(value)
  return compactDate(time)
}

const COMPACT_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/

function parseCompactDate(date: string): number {
  const time = Date.parse(date.replace(COMPACT_DATE, '$1-$2-$3T$4:$5:$6Z'))
  // The way back finds what Date.parse lets pass: other notations, and the 30th of February.
  if (Number.isNaN(time) || compactDate(time) !== date) throw notADate(date)
  return time
}

function notADate(value: string) {
  return incompleteSignature(`Date must be in ISO-8601 'basic format'. Got '${value}'.`)
}

function lifetimeOf(expires: string | undefined): number {
  if (expires === undefined) return CLOCK_SKEW
  const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0
  if (seconds < 1 || seconds > LONGEST_EXPIRES) {
    throw incompleteSignature(`X-Amz-Expires must be between 1 and ${LONGEST_EXPIRES} seconds. Got '${expires}'.`)
  }
  return seconds * 1000
}

function checkAlgorithm(algorithm: string): void {
  if (algorithm !== ALGORITHM) {
    throw incompleteSignature(`Unsupported AWS 'algorithm' (only ${ALGORITHM} for now).`)
  }
}

/** Some old clients send an empty token with keys that have none. */
function refuseSessionToken(token: string | undefined): void {
  if (token) throw invalidClientToken()
}
