// Who is calling: finds the signature in a request, the key it names, and whether the one was made with the other.
import type { Authentic } from '../s3/payload.ts'
import { type AccessKey, type FindKey, isIssuedId, isTemporaryId } from './access-key.ts'
import type { Guesses } from './guesses.ts'
import type { Scheme } from './refusals.ts'
import type { SignedRequest } from './request.ts'
import { rulesOf } from './rules.ts'
import { readLinkV2 } from './s3-link.ts'
import type { Signature, SignaturePolicy } from './signature.ts'
import { readSignatureV2 } from './sigv2.ts'
import { readAuthorizationHeader, readPresignedQuery } from './sigv4.ts'

/** The caller of a request that proved to be genuine. */
export interface Caller {
  readonly accessKeyId: string
  readonly key: AccessKey
  readonly scheme: Scheme
  /** Of a request to S3: what has to be known to receive its body. */
  readonly authentic?: Authentic
  /** Bookkeeping to finish after the answer: hand it to `waitUntil`. */
  readonly followUp?: Promise<void>
}

/** Checked in place of an unknown user's secret, so that both take the same way and time; the outcome is not looked at. */
const DECOY = 'decoy'

/**
 * Authenticates a request.
 *
 * The id of an issued key is no secret: for one that does not exist nothing is hashed. In econe's scheme ids are the names of
 * users, and their secrets can be guessed: a name that does not exist costs, and is answered, as a wrong secret. Temporary
 * credentials are what their session token says, as long as it counts.
 *
 * @param policy  the service of the action, regions, clock
 * @param findKey the sources of keys that are switched on
 * @param guesses what limits failures in econe's scheme, where that is switched on
 * @throws Ec2Error MissingAuthenticationToken, IncompleteSignature, InvalidParameterCombination (signed twice), AuthFailure or
 *   InvalidClientTokenId (no such key, no such token), SignatureDoesNotMatch, RequestExpired, ExpiredToken; S3Error for S3, with its codes for the same;
 *   Ec2Error RequestLimitExceeded for too many guesses, Unavailable where keys cannot be looked up
 */
export async function authenticate(
  request: SignedRequest,
  policy: SignaturePolicy,
  findKey: FindKey,
  guesses?: Guesses,
): Promise<Caller> {
  const signature = readSignature(request, policy)
  const { accessKeyId, scheme, token } = signature
  const { refusals } = rulesOf(policy.service)
  const isTemporary = isTemporaryId(accessKeyId)
  if (token !== undefined && !isTemporary) throw refusals.token()
  if (token === undefined && isTemporary) throw refusals.unknownKey(accessKeyId)
  const guarded = isTemporary || isIssuedId(accessKeyId) ? undefined : guesses
  const address = request.headers.get(CLIENT_ADDRESS)
  guarded?.check(accessKeyId, address)
  const key = await findKey(accessKeyId, token)
  if (!key && !guarded) throw isTemporary ? refusals.token() : refusals.unknownKey(accessKeyId)
  const genuine = await signature.matches(key?.secret ?? DECOY)
  if (key && genuine) {
    if (key.session && key.session.expires <= policy.now()) throw refusals.expired()
    const authentic = await signature.authentic?.(key.secret)
    return {
      accessKeyId,
      key,
      scheme,
      ...(authentic && { authentic }),
      ...(key.noteUse && { followUp: key.noteUse() }),
    }
  }
  await guarded?.fail(accessKeyId, address)
  throw guarded ? refusals.unknownKey(accessKeyId) : refusals.wrong()
}

/** Where Cloudflare writes the client's address, whatever the client sent; absent where the Worker runs elsewhere. */
const CLIENT_ADDRESS = 'cf-connecting-ip'

/** Version 2 is another one for S3. */
const READERS = {
  sigv4: readAuthorizationHeader,
  'sigv4-query': readPresignedQuery,
  sigv2: (request, policy) => (policy.service === 's3' ? readLinkV2 : readSignatureV2)(request, policy),
} as const satisfies Record<Scheme, typeof readSignature>

/** How a request presents itself as signed: by one scheme if it is well-formed. Nothing is checked. */
export function schemesOf({ headers, parameters }: Pick<SignedRequest, 'headers' | 'parameters'>): Scheme[] {
  const names = new Set(parameters.map(([name]) => name))
  const schemes: Scheme[] = headers.has('authorization') ? ['sigv4'] : []
  if (PRESIGNED.some(name => names.has(name))) schemes.push('sigv4-query')
  if (VERSION_2.some(name => names.has(name))) schemes.push('sigv2')
  return schemes
}

function readSignature(request: SignedRequest, policy: SignaturePolicy): Signature {
  const { refusals } = rulesOf(policy.service)
  const [scheme, ...more] = schemesOf(request)
  if (!scheme) throw refusals.unsigned()
  if (more.length > 0) throw refusals.signedTwice()
  return READERS[scheme](request, policy)
}

const PRESIGNED = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature']
const VERSION_2 = ['AWSAccessKeyId', 'Signature']
