// The credential of Signature Version 4: the access key, and the scope of a day, a region and a service that its signature is
// good for.
import { incompleteSignature, signatureDoesNotMatch } from './errors.ts'
import type { SignedRequest } from './request.ts'
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

/** @throws IncompleteSignature, SignatureDoesNotMatch (its terminator) */
export function readCredential(text: string): Credential {
  const parts = text.split('/')
  const [date, region, service, terminator] = parts.slice(-4)
  const accessKeyId = parts.slice(0, -4).join('/')
  if (!accessKeyId || date === undefined || region === undefined || service === undefined) {
    throw incompleteSignature(
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.',
    )
  }
  if (terminator !== TERMINATOR) {
    throw signatureDoesNotMatch(
      `Credential should be scoped with a valid terminator: '${TERMINATOR}', not '${terminator}'.`,
    )
  }
  return { accessKeyId, date, region, service }
}

/** The scope as it is signed. */
export function scopeOf({ date, region, service }: Credential): string {
  return `${date}/${region}/${service}/${TERMINATOR}`
}

/**
 * Refuses a scope of another day than the signature's, and one of a region or a service that the request is not for.
 *
 * @param signedDate `20261123T101500Z`
 * @throws SignatureDoesNotMatch
 */
export function checkScope(
  { date, region, service }: Credential,
  signedDate: string,
  request: SignedRequest,
  policy: SignaturePolicy,
): void {
  const day = signedDate.slice(0, 8)
  if (date !== day) {
    throw signatureDoesNotMatch(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${date}' != '${day}', from '${signedDate}'.`,
    )
  }
  if (policy.anyRegion && isCutOutOfHost(service, region, request)) return
  if (!policy.anyRegion && !policy.regions.includes(region)) {
    throw signatureDoesNotMatch(`Credential should be scoped to a valid region, not '${region}'.`)
  }
  if (service !== policy.service) {
    throw signatureDoesNotMatch(`Credential should be scoped to correct service: '${policy.service}'.`)
  }
}

/** Whether service and region are the first numbers of the IP address that the request was sent to. */
function isCutOutOfHost(service: string, region: string, { headers }: SignedRequest): boolean {
  const [, first, second] = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}(:\d+)?$/.exec(headers.get('host') ?? '') ?? []
  return first !== undefined && service === first && region === second
}
