// Who is calling: finds the signature in a request, the key it names, and whether the one was made with the other.
import type { AccessKey, FindKey } from './access-key.ts'
import { invalidAccessKey, invalidCombination, missingAuthenticationToken, signatureDoesNotMatch } from './errors.ts'
import type { SignedRequest } from './request.ts'
import type { Scheme, Signature, SignaturePolicy } from './signature.ts'
import { readSignatureV2 } from './sigv2.ts'
import { readAuthorizationHeader, readPresignedQuery } from './sigv4.ts'

/** The caller of a request that proved to be genuine. */
export interface Caller {
  readonly accessKeyId: string
  readonly key: AccessKey
  readonly scheme: Scheme
  /** Bookkeeping to finish after the answer: hand it to `waitUntil`. */
  readonly followUp?: Promise<void>
}

/** Checked in place of an unknown key's secret, so that both take the same way and time; the outcome is not looked at. */
const DECOY = 'decoy'

/**
 * Authenticates a request.
 *
 * @param policy  the service of the action, regions, clock
 * @param findKey the sources of keys that are switched on
 * @throws MissingAuthenticationToken, IncompleteSignature, InvalidParameterCombination (signed twice), AuthFailure or
 *   InvalidClientTokenId (no such key), SignatureDoesNotMatch, RequestExpired; Unavailable where keys cannot be looked up
 */
export async function authenticate(request: SignedRequest, policy: SignaturePolicy, findKey: FindKey): Promise<Caller> {
  const signature = readSignature(request, policy)
  const key = await findKey(signature.accessKeyId)
  const genuine = await signature.matches(key?.secret ?? DECOY)
  if (!key) throw invalidAccessKey(policy.service)
  if (!genuine) throw signatureDoesNotMatch()
  const { accessKeyId, scheme } = signature
  return { accessKeyId, key, scheme, ...(key.noteUse && { followUp: key.noteUse() }) }
}

const readers = {
  sigv4: readAuthorizationHeader,
  'sigv4-query': readPresignedQuery,
  sigv2: readSignatureV2,
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
  const [scheme, ...more] = schemesOf(request)
  if (!scheme) throw missingAuthenticationToken()
  if (more.length > 0) {
    throw invalidCombination(
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or ' +
        'the Authorization header should be specified',
    )
  }
  return readers[scheme](request, policy)
}

const PRESIGNED = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature']
const VERSION_2 = ['AWSAccessKeyId', 'Signature']
