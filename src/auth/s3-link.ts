// Links to S3 signed with version 2, as the AWS CLI 1 and old SDKs make them: verified.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
import { fromBase64, toBytes } from '../lib/bytes.ts'
import { limits } from '../limits.ts'
import { single } from '../protocol/parameters.ts'
import { readPayload, type SignatureChain } from '../s3/payload.ts'
import { importHmacKey, keptKey, verifyHmac } from './hmac.ts'
import type { SignedRequest } from './request.ts'
import { rulesOf } from './rules.ts'
import { countingHeaders, signedHeadersOf, standsForHeader } from './s3-headers.ts'
import { invalidExpires, s3Refusals, uncovered } from './s3-refusals.ts'
import type { Signature, SignaturePolicy } from './signature.ts'

const SCHEME = 'sigv2'

/** What the signature is made of. */
const OWN: ReadonlySet<string> = new Set(['AWSAccessKeyId', 'Signature', 'Expires'])

/** The parameters that are signed. */
const COVERED: ReadonlySet<string> = new Set([
  ...['accelerate', 'acl', 'analytics', 'cors', 'defaultObjectAcl', 'delete', 'encryption', 'inventory', 'lifecycle'],
  ...['location', 'logging', 'metrics', 'notification', 'object-lock', 'partNumber', 'policy', 'publicAccessBlock'],
  ...['replication', 'requestPayment', 'restore', 'select', 'select-type', 'storageClass', 'tagging', 'torrent'],
  ...['uploadId', 'uploads', 'versionId', 'versioning', 'versions', 'website'],
  ...['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires'].map(
    name => `response-${name}`,
  ),
])

/** Characters of a signature: base64 of 20 bytes. */
const SIGNATURE_LENGTH = 28

/** Nothing follows on such a signature: it cannot sign chunks. */
const NO_CHAIN: SignatureChain = { follows: async () => false }

/**
 * Reads the signature in the query. Version 2 covers no parameters but those it knows: a request with others is refused, for
 * they could be anybody's.
 *
 * @throws S3Error AccessDenied (incomplete, expired, not covered), InvalidArgument
 */
export function readLinkV2(request: SignedRequest, policy: SignaturePolicy): Signature {
  const [accessKeyId, signature, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map(name =>
    single(request.parameters, name),
  )
  if (!accessKeyId || !signature || !expires) throw s3Refusals.incomplete(SCHEME, [])
  const headers = signedHeadersOf(request, SCHEME)
  checkExpires(expires, policy)
  const resource = canonicalResource(request)
  const payload = readPayload(rulesOf('s3').declared?.(headers, SCHEME) ?? '')
  return {
    scheme: SCHEME,
    accessKeyId,
    token: headers.get('x-amz-security-token') || undefined,
    async matches(secret) {
      const key = await keptKey(JSON.stringify(['SHA-1', secret]), () => importHmacKey('SHA-1', toBytes(secret)))
      const made = signature.length === SIGNATURE_LENGTH ? fromBase64(signature) : undefined
      const standard = ['content-md5', 'content-type'].map(name => headers.get(name) ?? '')
      const text = [request.method, ...standard, expires, ...amzHeaders(headers), resource].join('\n')
      const genuine = await verifyHmac(key, made ?? new Uint8Array(20), text)
      return genuine && made !== undefined
    },
    authentic: async () => ({ headers: countingHeaders(request, SCHEME), payload, signatures: NO_CHAIN }),
  }
}

const amzHeaders = (headers: ReadonlyMap<string, string>): string[] =>
  [...headers]
    .filter(([name]) => name.startsWith('x-amz-'))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}`)

/** The path as it was sent, and what is signed of the query, by name. @throws S3Error AccessDenied for what is not */
function canonicalResource({ path, query }: SignedRequest): string {
  const signed: { readonly name: string; readonly text: string }[] = []
  for (const part of query.split('&').filter(Boolean)) {
    const [name = '', ...value] = part.split('=')
    // A name that is encoded otherwise is not looked up: it is as unknown to the signature as to clients
    if (COVERED.has(name)) {
      const text = value.length > 0 ? `${name}=${decoded(value.join('='))}` : name
      signed.push({ name, text })
    } else if (!OWN.has(name) && !standsForHeader(name.toLowerCase(), SCHEME)) throw uncovered(name)
  }
  if (new Set(signed.map(({ name }) => name)).size < signed.length) throw uncovered(query)
  signed.sort((one, other) => (one.name < other.name ? -1 : 1))
  return signed.length > 0 ? `${path}?${signed.map(({ text }) => text).join('&')}` : path
}

/** As whoever acts on a parameter reads it, so that no two spellings of it are signed alike and read otherwise. */
const decoded = (value: string): string => decodeURIComponent(value.replaceAll('+', ' '))

/** Seconds since 1970. */
function checkExpires(text: string, { now }: SignaturePolicy): void {
  if (!/^\d{1,11}$/.test(text)) throw invalidExpires(text, 'it should be seconds since 1970.')
  const time = now()
  const expires = Number(text) * 1000
  const { most } = limits.expiresAhead
  if (expires < time) throw s3Refusals.late({ scheme: SCHEME, signedAt: expires, now: time, span: 0 })
  if (expires > time + most * 24 * 60 * 60 * 1000) throw invalidExpires(text, `it must be at most ${most} days ahead.`)
}
