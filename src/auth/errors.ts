// What AWS answers to a request whose signature it does not accept: codes, statuses and wording in one table.
//
//   what is wrong                        EC2                               STS and the others
//   no signature at all                  MissingAuthenticationToken 403    the same
//   a signature that cannot be read      IncompleteSignature 400           the same
//   unknown, disabled or expired key     AuthFailure 401                   InvalidClientTokenId 403
//   a session token that does not hold   InvalidClientTokenId 403          the same
//   temporary credentials that are over  RequestExpired 400                ExpiredToken 403
//   a user who is no longer the key's    InvalidClientTokenId 403          the same
//   too old, or dated in the future      RequestExpired 400                SignatureDoesNotMatch 403
//   wrong scope or header set, wrong key SignatureDoesNotMatch 403         the same
//
// A key whose user was deleted, disabled, renamed or made an administrator is a good key: its holder has proved to hold the
// secret, and is told that whom it stands for is no longer there, as for a token, and not that the key is mistyped.
// In econe's scheme a wrong secret is answered like an unknown key, for its ids are the names of users.
//
// Observed of AWS, except that EC2 itself says MissingParameter (AWSAccessKeyId) where nothing is signed and AuthFailure
// for dates in the future; here both follow the documented list, which says more, and SDKs treat both as clock skew.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html
import { excerpt } from '../lib/excerpt.ts'
import { compactDate } from '../lib/instants.ts'
import { combination, nobodysCredentials } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { Refusals } from './refusals.ts'

/** The signature is there but does not have its form; `message` says what of it. */
function incompleteSignature(message: string): Ec2Error {
  return new Ec2Error('IncompleteSignature', message)
}

/** The signature is well-formed and wrong; `message` says why where that is no secret. */
function signatureDoesNotMatch(
  message = 'The request signature we calculated does not match the signature you provided. Check your AWS Secret ' +
    'Access Key and signing method. Consult the service documentation for details.',
): Ec2Error {
  return new Ec2Error('SignatureDoesNotMatch', message)
}

/** The access key does not exist or may not be used: AWS does not tell the difference, and neither do we. */
export function invalidAccessKey(service: string): Ec2Error {
  return service === 'ec2' ? nobodysCredentials() : invalidClientToken()
}

/** What the key stands for does not hold: a session token, or a user who is no longer the same. */
export function invalidClientToken(): Ec2Error {
  return new Ec2Error('InvalidClientTokenId', 'The security token included in the request is invalid.')
}

/** The request is outside of its time. SDKs that see either code correct their clock by our Date header and retry. */
export function outsideItsTime(service: string, detail: string): Ec2Error {
  return service === 'ec2'
    ? new Ec2Error('RequestExpired', `Request has expired. ${detail}`)
    : signatureDoesNotMatch(detail)
}

/** There were too many requests of a key, or guesses at one. */
export function tooManyRequests(): Ec2Error {
  return new Ec2Error('RequestLimitExceeded', 'Request limit exceeded.')
}

/** A place that this Worker keeps its own data in does not answer; the caller may try again. */
export function unavailable(what: string, cause: unknown): Ec2Error {
  return new Ec2Error('Unavailable', `${what} cannot be reached at the moment. Please try again.`, { cause })
}

/** The words of EC2, STS and IAM. @param service which of them */
export const queryRefusals = (service: string): Refusals => ({
  unsigned: () => new Ec2Error('MissingAuthenticationToken', 'Request is missing Authentication Token'),
  signedTwice: () => combination(ONE_MECHANISM),
  algorithm: () => incompleteSignature("Unsupported AWS 'algorithm' (only AWS4-HMAC-SHA256 for now)."),
  incomplete: (scheme, missing) => {
    const requires = (name: string) =>
      scheme === 'sigv4'
        ? `Authorization header requires '${name}' parameter.`
        : `AWS query-string parameters must include '${name}'.`
    return incompleteSignature(missing.map(requires).join(' '))
  },
  credential: () =>
    incompleteSignature(
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.',
    ),
  terminator: (_, found, right) =>
    signatureDoesNotMatch(`Credential should be scoped with a valid terminator: '${right}', not '${found}'.`),
  day: (_, found, signedDate) =>
    signatureDoesNotMatch(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${found}' != '${signedDate.slice(0, 8)}', from '${signedDate}'.`,
    ),
  region: (_, found) => signatureDoesNotMatch(`Credential should be scoped to a valid region, not '${found}'.`),
  service: (_, found, right) =>
    signatureDoesNotMatch(`Credential should be scoped to correct service: '${right}', not '${excerpt(found)}'.`),
  repeatedHeader: () => incompleteSignature('SignedHeaders must not name a header more than once.'),
  absentHeader: name => signatureDoesNotMatch(`The signed header '${name}' is not in the request.`),
  unsignedHeader: name =>
    signatureDoesNotMatch(
      name === 'host'
        ? "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        : `There were headers present in the request which were not signed: '${name}'.`,
    ),
  undated: () =>
    incompleteSignature("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."),
  date: (_, found) => incompleteSignature(`Date must be in ISO-8601 'basic format'. Got '${found}'.`),
  expires: (found, most) => incompleteSignature(`X-Amz-Expires must be between 1 and ${most} seconds. Got '${found}'.`),
  early: ({ signedAt, now, span }) => {
    const latest = `${compactDate(now + span)} (${compactDate(now)} + ${minutes(span)})`
    return outsideItsTime(service, `Signature not yet current: ${compactDate(signedAt)} is still later than ${latest}`)
  },
  late: ({ signedAt, now, span }) => {
    const earliest = `${compactDate(now - span)} (${compactDate(now)} - ${minutes(span)})`
    return outsideItsTime(service, `Signature expired: ${compactDate(signedAt)} is now earlier than ${earliest}`)
  },
  token: invalidClientToken,
  expired: () =>
    service === 'ec2'
      ? new Ec2Error('RequestExpired', 'Request has expired.')
      : new Ec2Error('ExpiredToken', 'The security token included in the request is expired'),
  wrong: () => signatureDoesNotMatch(),
  unknownKey: () => invalidAccessKey(service),
})

/** What every service says to who signs twice. */
export const ONE_MECHANISM =
  'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or ' +
  'the Authorization header should be specified'

const minutes = (span: number) => `${span / 60_000} min.`
