// How the signatures of one service differ from those of another, as data.
import { UNSIGNED_PAYLOAD } from '../s3/payload.ts'
import { normalizedPath, pathOnceEncoded } from './canonical-request.ts'
import { queryRefusals } from './errors.ts'
import type { Refusals, Scheme } from './refusals.ts'
import { missingPayloadHash, s3Refusals } from './s3-refusals.ts'

export interface Rules {
  readonly refusals: Refusals
  /** How far a client's clock may be from ours, in milliseconds. */
  readonly clockSkew: number
  readonly canonicalPath: (path: string) => string
  /**
   * What the request declares of its body, which is signed in place of a hash and verified by who receives the body; absent
   * where the body is at hand, and its hash is what was signed.
   */
  readonly declared?: (headers: ReadonlyMap<string, string>, scheme: Scheme) => string
  /** Whether a presigned request has to say for how long it is good. */
  readonly needsExpires: boolean
  /** Whether a scope that boto 2 cut out of a bare IP address counts. */
  readonly bareAddresses: boolean
}

const MINUTE = 60_000

/** EC2's, and those of the other services of the Query protocol. */
const queryRules = (service: string): Rules => ({
  refusals: queryRefusals(service),
  clockSkew: 5 * MINUTE,
  canonicalPath: normalizedPath,
  needsExpires: false,
  bareAddresses: true,
})

const S3: Rules = {
  refusals: s3Refusals,
  clockSkew: 15 * MINUTE,
  canonicalPath: pathOnceEncoded,
  declared: (headers, scheme) => {
    const declared = headers.get('x-amz-content-sha256')
    if (declared === undefined && scheme === 'sigv4') throw missingPayloadHash()
    return declared ?? UNSIGNED_PAYLOAD
  },
  needsExpires: true,
  bareAddresses: false,
}

/** The rules of a service, as it stands in a scope. */
export const rulesOf = (service: string): Rules => (service === 's3' ? S3 : queryRules(service))
