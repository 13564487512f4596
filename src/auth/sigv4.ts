// Signature Version 4, the verifying side, from the Authorization header and from a presigned query string.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { fromHex, toBytes, toHex } from '../lib/bytes.ts'
import { compactDate, isCompactDate, parseCompactDate } from '../lib/instants.ts'
import { limits } from '../limits.ts'
import { single } from '../protocol/parameters.ts'
import { readPayload, type SignatureChain } from '../s3/payload.ts'
import { canonicalRequest } from './canonical-request.ts'
import { type Credential, checkScope, readCredential, scopeOf, TERMINATOR } from './credential.ts'
import { type HmacKey, hmac, importHmacKey, keptKey, verifyHmac } from './hmac.ts'
import type { Refusals, Scheme } from './refusals.ts'
import type { SignedRequest } from './request.ts'
import { type Rules, rulesOf } from './rules.ts'
import { countingHeaders, signedHeadersOf } from './s3-headers.ts'
import { checkTime, type Signature, type SignaturePolicy, signedHosts } from './signature.ts'

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
  /** The session token, if there is one. */
  readonly token: string | undefined
}

/**
 * Reads the signature in the Authorization header.
 *
 * @throws what the service says to its form, scope, header set and time, and to a session token
 */
export function readAuthorizationHeader(request: SignedRequest, policy: SignaturePolicy): Signature {
  const { refusals, clockSkew } = rulesOf(policy.service)
  const [, algorithm = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(request.headers.get('authorization') ?? '') ?? []
  if (algorithm !== ALGORITHM) throw refusals.algorithm('sigv4', algorithm)
  const parts = new Map(
    rest.split(/,(?=\s*(?:Credential|SignedHeaders|Signature)=)/).map(part => {
      const equals = part.indexOf('=')
      return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()]
    }),
  )
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter(name => !parts.get(name))
  if (missing.length > 0) throw refusals.incomplete('sigv4', missing)
  const signedHeaders = parts.get('SignedHeaders') ?? ''
  const fields: Fields = {
    scheme: 'sigv4',
    credential: parts.get('Credential') ?? '',
    signedHeaders,
    signature: parts.get('Signature') ?? '',
    date: signedDate(request, signedHeaders, refusals),
    lifetime: clockSkew,
    token: request.headers.get('x-amz-security-token') || undefined,
  }
  return readSignature(request, policy, fields)
}

/**
 * Reads the signature in the query string of a presigned request. Without X-Amz-Expires, which S3 alone insists on, it is
 * good for as long as one in a header.
 *
 * @throws as {@link readAuthorizationHeader}
 */
export function readPresignedQuery(request: SignedRequest, policy: SignaturePolicy): Signature {
  const rules = rulesOf(policy.service)
  const { refusals } = rules
  const required = (name: string) => {
    const value = single(request.parameters, name)
    if (!value) throw refusals.incomplete('sigv4-query', [name])
    return value
  }
  const algorithm = required('X-Amz-Algorithm')
  if (algorithm !== ALGORITHM) throw refusals.algorithm('sigv4-query', algorithm)
  const fields: Fields = {
    scheme: 'sigv4-query',
    credential: required('X-Amz-Credential'),
    signedHeaders: required('X-Amz-SignedHeaders'),
    signature: required('X-Amz-Signature'),
    date: required('X-Amz-Date'),
    lifetime: lifetimeOf(
      rules.needsExpires ? required('X-Amz-Expires') : single(request.parameters, 'X-Amz-Expires'),
      rules,
    ),
    token: tokenIn(request, rules.refusals),
  }
  return readSignature(request, policy, fields)
}

/** In the query, or in a header that is signed: the same one in either. */
function tokenIn({ headers, parameters }: SignedRequest, refusals: Refusals): string | undefined {
  const given = single(parameters, 'X-Amz-Security-Token') || undefined
  const header = headers.get('x-amz-security-token') || undefined
  if (given !== undefined && header !== undefined && given !== header) throw refusals.token()
  return given ?? header
}

function readSignature(request: SignedRequest, policy: SignaturePolicy, fields: Fields): Signature {
  const { scheme, signedHeaders, date } = fields
  const rules = rulesOf(policy.service)
  const { refusals } = rules
  const credential = readCredential(fields.credential, scheme, refusals)
  const declared = rules.declared?.(signedHeadersOf(request, scheme), scheme)
  const payload = declared === undefined ? undefined : readPayload(declared)
  checkSignedHeaders(request, fields, refusals)
  const signedAt = parseCompactDate(date)
  if (signedAt === undefined) throw refusals.date(scheme, date)
  checkTime(signedAt, fields.lifetime, scheme, policy)
  checkScope(credential, fields, request, policy)
  const signature = fromHex(fields.signature, 32)
  return {
    scheme,
    accessKeyId: credential.accessKeyId,
    token: fields.token,
    async matches(secret) {
      const payloadHash = declared ?? (await hashPayload(request.body))
      const key = await signingKey(secret, credential)
      for (const signed of signedForms(request, signedHeaders)) {
        const canonical = canonicalRequest(signed, signedHeaders, payloadHash, rules.canonicalPath)
        const text = await stringToSign(canonical, date, credential)
        const genuine = await verifyHmac(key, signature ?? NO_SIGNATURE, text)
        if (genuine)
          return signature !== undefined && (declared !== undefined || bodyIsAsDeclared(request, payloadHash))
      }
      return false
    },
    ...(payload && {
      authentic: async (secret: string) => ({
        headers: countingHeaders(request, scheme),
        payload,
        signatures: signatureChain(await signingKey(secret, credential), fields, scopeOf(credential)),
      }),
    }),
  }
}

/** What follows on a signature that matched. It lives as long as its request. */
function signatureChain(key: HmacKey, { date, signature }: Fields, scope: string): SignatureChain {
  let previous = signature
  return {
    async follows(next, algorithm, hashes) {
      const bytes = fromHex(next, 32)
      const text = `${algorithm}\n${date}\n${scope}\n${previous}\n${hashes}`
      const genuine = await verifyHmac(key, bytes ?? NO_SIGNATURE, text)
      previous = next
      return genuine && bytes !== undefined
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
 * Of a body that is at hand. `UNSIGNED-PAYLOAD` and `STREAMING-…` are S3's. AWS hashes the body of any other request itself, so that they mismatch
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
function checkSignedHeaders(request: SignedRequest, { scheme, signedHeaders }: Fields, refusals: Refusals): void {
  const names = signedHeaders.split(';')
  const signed = new Set(names)
  if (signed.size !== names.length) throw refusals.repeatedHeader(scheme)
  if (!signed.has('host')) throw refusals.unsignedHeader('host')
  const absent = names.find(name => !request.headers.has(name))
  if (absent !== undefined) throw refusals.absentHeader(absent)
  for (const name of request.headers.keys()) {
    if (name.startsWith('x-amz-') && !signed.has(name)) throw refusals.unsignedHeader(name)
  }
}

/** X-Amz-Date, or Date where there is none, in the compact form that was signed, from a header that was signed. */
function signedDate(request: SignedRequest, signedHeaders: string, refusals: Refusals): string {
  const name = request.headers.has('x-amz-date') ? 'x-amz-date' : 'date'
  const value = request.headers.get(name)
  if (!value) throw refusals.undated()
  if (!signedHeaders.split(';').includes(name)) throw refusals.unsignedHeader(name)
  if (isCompactDate(value)) return value
  const time = name === 'date' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(time)) throw refusals.date('sigv4', value)
  return compactDate(time)
}

function lifetimeOf(expires: string | undefined, { refusals, clockSkew }: Rules): number {
  if (expires === undefined) return clockSkew
  const seconds = /^\d{1,6}$/.test(expires) ? Number(expires) : 0
  if (seconds < 1 || seconds > LONGEST_EXPIRES) throw refusals.expires(expires, LONGEST_EXPIRES)
  return seconds * 1000
}
