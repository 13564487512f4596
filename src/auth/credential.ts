// The credential of Signature Version 4: the access key, and the scope of a day, a region and a service that its signature is
// good for.
import type { Refusals, Scheme } from './refusals.ts'
import type { SignedRequest } from './request.ts'
import { rulesOf } from './rules.ts'
import type { SignaturePolicy } from './signature.ts'

/** What every scope ends in. */
export const TERMINATOR = 'aws4_request'

/** `accessKeyId/date/region/service/aws4_request`; the id may itself contain slashes. */
export interface Credential {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
}

/** @throws what the service says to one without its five parts, and to another terminator */
export function readCredential(text: string, scheme: Scheme, refusals: Refusals): Credential {
  const parts = text.split('/')
  const [date, region, service, terminator] = parts.slice(-4)
  const accessKeyId = parts.slice(0, -4).join('/')
  if (!accessKeyId || date === undefined || region === undefined || service === undefined) {
    throw refusals.credential(scheme)
  }
  if (terminator !== TERMINATOR) throw refusals.terminator(scheme, terminator, TERMINATOR)
  return { accessKeyId, date, region, service }
}

/** The scope as it is signed. */
export function scopeOf({ date, region, service }: Credential): string {
  return `${date}/${region}/${service}/${TERMINATOR}`
}

/**
 * Refuses a scope of another day than the signature's, and one of a region or a service that the request is not for.
 *
 * @throws what the service says to it
 */
export function checkScope(
  { date, region, service }: Credential,
  { scheme, date: signedDate }: { readonly scheme: Scheme; readonly date: string },
  request: SignedRequest,
  policy: SignaturePolicy,
): void {
  const { refusals, bareAddresses } = rulesOf(policy.service)
  if (date !== signedDate.slice(0, 8)) throw refusals.day(scheme, date, signedDate)
  if (policy.anyRegion && bareAddresses && isCutOutOfHost(service, region, request)) return
  const { regions, anyRegion, otherRegions = [] } = policy
  if (!regions.includes(region) && (!anyRegion || otherRegions.includes(region))) {
    throw refusals.region(scheme, region, regions[0] ?? '')
  }
  if (service !== policy.service) throw refusals.service(scheme, service, policy.service)
}

/** Whether service and region are the first numbers of the IP address that the request was sent to. */
function isCutOutOfHost(service: string, region: string, { headers }: SignedRequest): boolean {
  const [, first, second] = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}(:\d+)?$/.exec(headers.get('host') ?? '') ?? []
  return first !== undefined && service === first && region === second
}
