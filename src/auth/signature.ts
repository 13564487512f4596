// What the signature schemes have in common: how a signature is presented for checking, its host and its time.
import { outsideItsTime } from './errors.ts'
import type { SignedRequest } from './request.ts'

/** How a request was signed: SigV4 in the Authorization header, in the query string (presigned), or SigV2. */
export type Scheme = 'sigv4' | 'sigv4-query' | 'sigv2'

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
  /** Whether the holder of this secret made it. Takes the same time whatever is wrong. */
  matches(secret: string): Promise<boolean>
}

/** How far a client's clock may be from ours, in milliseconds. */
export const CLOCK_SKEW = 5 * 60_000

/**
 * The hosts that the client may have signed: the one it sent; the same without its port (econe's own client, Perl's, boto);
 * or, when it sent none, with the port that the URL scheme implies. Never another name.
 */
export function signedHosts(request: SignedRequest): readonly string[] {
  const host = request.headers.get('host') ?? ''
  const withoutPort = host.replace(/:\d+$/, '')
  return withoutPort === host ? [host, `${host}:${request.defaultPort}`] : [host, withoutPort]
}

/** `20261123T101500Z`, the form of dates in SigV4. */
export function compactDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '')
}

/**
 * Refuses a request before its time and after it.
 *
 * @param signedAt when it was signed, in milliseconds since the epoch
 * @param lifetime for how long from then it is good, in milliseconds
 * @throws RequestExpired (EC2) or SignatureDoesNotMatch (other services)
 */
export function checkTime(signedAt: number, lifetime: number, { now, service }: SignaturePolicy): void {
  const time = now()
  const minutes = (span: number) => `${span / 60_000} min.`
  if (signedAt > time + CLOCK_SKEW) {
    const latest = `${compactDate(time + CLOCK_SKEW)} (${compactDate(time)} + ${minutes(CLOCK_SKEW)})`
    throw outsideItsTime(service, `Signature not yet current: ${compactDate(signedAt)} is still later than ${latest}`)
  }
  if (signedAt < time - lifetime) {
    const earliest = `${compactDate(time - lifetime)} (${compactDate(time)} - ${minutes(lifetime)})`
    throw outsideItsTime(service, `Signature expired: ${compactDate(signedAt)} is now earlier than ${earliest}`)
  }
}
