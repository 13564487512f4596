// What the signature schemes have in common: how a signature is presented for checking, its host and its time.
import type { Authentic } from '../s3/payload.ts'
import type { Scheme } from './refusals.ts'
import type { SignedRequest } from './request.ts'
import { rulesOf } from './rules.ts'

/** What a signature is held to. */
export interface SignaturePolicy {
  /** The service that the action belongs to, as it stands in a credential scope: `ec2`, `sts`, … */
  readonly service: string
  /** The regions that may stand in a credential scope. */
  readonly regions: readonly string[]
  /**
   * Takes any region in the scope; and of a request to a bare IP address the service that boto 2 makes of it, who cuts
   * both out of the host name: `127` and region `0` where that is `127.0.0.1`. The scope stays signed, the host with it.
   */
  readonly anyRegion: boolean
  /** What stands for another region of the same endpoint, and is never taken for this one. */
  readonly otherRegions?: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * A signature as read from a request, its form, scope and time found right. Only the secret is missing, so that one path
 * serves known and unknown keys.
 */
export interface Signature {
  readonly scheme: Scheme
  readonly accessKeyId: string
  /** The session token that was signed with it; absent where there is none, or an empty one as some old clients send. */
  readonly token?: string | undefined
  /** Whether the holder of this secret made it. Takes the same time whatever is wrong. */
  matches(secret: string): Promise<boolean>
  /** Of a request to S3, what the signature says of its body and headers; the secret made it. */
  authentic?(secret: string): Promise<Authentic>
}

/**
 * The hosts that the client may have signed: the one it sent; the same without its port (econe's own client, Perl's, boto);
 * or, when it sent none, with the port that the URL scheme implies. Never another name.
 */
export function signedHosts(request: SignedRequest): readonly string[] {
  const host = request.headers.get('host') ?? ''
  const withoutPort = host.replace(/:\d+$/, '')
  return withoutPort === host ? [host, `${host}:${request.defaultPort}`] : [host, withoutPort]
}

/**
 * Refuses a request before its time and after it.
 *
 * @param signedAt when it was signed, in milliseconds since the epoch
 * @param lifetime for how long from then it is good, in milliseconds
 * @throws what the service says to it
 */
export function checkTime(signedAt: number, lifetime: number, scheme: Scheme, policy: SignaturePolicy): void {
  const now = policy.now()
  const { clockSkew, refusals } = rulesOf(policy.service)
  if (signedAt > now + clockSkew) throw refusals.early({ scheme, signedAt, now, span: clockSkew })
  if (signedAt < now - lifetime) throw refusals.late({ scheme, signedAt, now, span: lifetime })
}
