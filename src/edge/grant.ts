// What a key with a policy brings to its request: the policy, and what is known of the request before it says what it wants.
import type { AccessKey } from '../auth/access-key.ts'
import { type Account, userArn, userId } from '../ec2/core/account.ts'
import type { Grant, GrantPolicy } from '../ec2/core/call.ts'

/** A request, as far as policies ask about it. */
export interface Circumstances {
  readonly request: Request
  /** The region that it is for. */
  readonly region: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * A policy knows temporary credentials by when they were made; else they are the user whose key they are of, so that none of the
 * key's rules is passed by with them.
 *
 * @returns undefined for a key that may do whatever its user may
 */
export function grantOf(
  { accessKeyId, policy, session }: AccessKey,
  account: Account,
  { request, region, now }: Circumstances,
): Grant | undefined {
  const policies: GrantPolicy[] = [
    ...(policy === undefined ? [] : [{ of: 'identity-based' as const, text: policy }]),
    ...(session?.policies ?? []).map(text => ({ of: 'session' as const, text })),
  ]
  if (policies.length === 0) return undefined
  const time = new Date(now)
  const said = {
    'aws:CurrentTime': time.toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:PrincipalAccount': account.id,
    'aws:PrincipalArn': userArn(account),
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalType': 'User',
    'aws:RequestedRegion': region,
    'aws:SecureTransport': String(new URL(request.url).protocol === 'https:'),
    'aws:ViaAWSService': 'false',
    ...(session && { 'aws:TokenIssueTime': new Date(session.issued).toISOString() }),
    'aws:userid': userId(account),
    'aws:username': account.user.name,
    ...headers(request),
  }
  return { accessKeyId, policies, said }
}

/** Where Cloudflare writes the client's address, whatever the client sent, and what the client says of itself. */
const HEADERS = {
  'aws:Referer': 'referer',
  'aws:SourceIp': 'cf-connecting-ip',
  'aws:UserAgent': 'user-agent',
}

const headers = (request: Request): Record<string, string> =>
  Object.fromEntries(
    Object.entries(HEADERS).flatMap(([key, name]) => {
      const value = request.headers.get(name)
      return value === null ? [] : [[key, value] as const]
    }),
  )
