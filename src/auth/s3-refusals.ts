// What S3 says to a signature that it does not accept: other codes than EC2's, and other ones in a query than in a header.
//
//   what is wrong                        in the header                      in the query
//   no signature at all                  AccessDenied 403                   the same
//   not its form, another scope          AuthorizationHeaderMalformed 400   AuthorizationQueryParametersError 400
//   unknown, disabled or expired key     InvalidAccessKeyId 403             the same
//   a session token that does not hold   InvalidToken 400                   the same
//   temporary credentials that are over  ExpiredToken 400                   the same
//   outside of its time                  RequestTimeTooSkewed 403           AccessDenied 403
//   an x-amz-* header that is unsigned   AccessDenied 403                   the same
//   wrong key, changed request           SignatureDoesNotMatch 403          the same
//
// The error of a wrong region names the right one: SDKs sign again with it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
import { excerpt } from '../lib/excerpt.ts'
import { instantAt } from '../lib/instants.ts'
import { S3Error } from '../s3/errors.ts'
import { ONE_MECHANISM } from './errors.ts'
import type { Refusals, Scheme, Untimely } from './refusals.ts'

/** The words of S3. */
export const s3Refusals: Refusals = {
  unsigned: () => denied('Access Denied'),
  signedTwice: () => invalidArgument(ONE_MECHANISM, 'Authorization'),
  algorithm: (scheme, found) => {
    if (scheme !== 'sigv4') return malformedQuery('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256".')
    // Version 2 in a header
    if (found === 'AWS') {
      const message = 'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.'
      return new S3Error('InvalidRequest', message)
    }
    return invalidArgument('Unsupported Authorization Type', 'Authorization', found)
  },
  incomplete: (scheme, missing) => {
    if (scheme === 'sigv4') {
      return malformedHeader(
        'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
      )
    }
    if (scheme === 'sigv2') {
      return denied('Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters.')
    }
    return malformedQuery(
      'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, ' +
        `X-Amz-SignedHeaders, and X-Amz-Expires parameters: ${missing.join(', ')} is missing.`,
    )
  },
  credential: scheme =>
    malformed(scheme, 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'),
  terminator: (scheme, found, right) =>
    malformed(scheme, `incorrect terminal ${quoted(found)}. This endpoint uses "${right}".`),
  day: (scheme, found, signedDate) => {
    const message = `Invalid credential date ${quoted(found)}. This date is not the same as X-Amz-Date: "${signedDate.slice(0, 8)}".`
    return scheme === 'sigv4' ? malformedHeader(message) : malformedQuery(message)
  },
  region: (scheme, found, right) =>
    malformed(scheme, `the region ${quoted(found)} is wrong; expecting "${right}"`, { Region: right }),
  service: (scheme, found, right) =>
    malformed(scheme, `incorrect service ${quoted(found)}. This endpoint belongs to "${right}".`),
  repeatedHeader: scheme => malformed(scheme, 'SignedHeaders must not name a header more than once.'),
  absentHeader: () => s3Refusals.wrong(),
  unsignedHeader: name =>
    new S3Error('AccessDenied', 'There were headers present in the request which were not signed', {
      elements: { HeadersNotSigned: name },
    }),
  undated: () => denied('AWS authentication requires a valid Date or x-amz-date header'),
  date: scheme =>
    scheme === 'sigv4'
      ? s3Refusals.undated()
      : malformedQuery(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`),
  expires: (found, most) => {
    if (!/^-?\d+$/.test(found)) return malformedQuery('X-Amz-Expires should be a number')
    if (Number(found) <= most) return malformedQuery('X-Amz-Expires must be positive')
    return malformedQuery(
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${most} seconds`,
    )
  },
  early: time => (time.scheme === 'sigv4' ? skewed(time) : denied('Request is not valid yet', lifeOf(time))),
  late: time => (time.scheme === 'sigv4' ? skewed(time) : denied('Request has expired', lifeOf(time))),
  token: () => new S3Error('InvalidToken', 'The provided token is malformed or otherwise invalid.'),
  expired: () => new S3Error('ExpiredToken', 'The provided token has expired.'),
  wrong: () =>
    new S3Error(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    ),
  unknownKey: accessKeyId =>
    new S3Error('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', {
      elements: { AWSAccessKeyId: excerpt(accessKeyId) },
    }),
}

/** A header names S3 and does not say what is signed of the body. */
export const missingPayloadHash = (): S3Error =>
  new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')

/** Something is in a query that its signature does not cover. */
export const uncovered = (name: string): S3Error =>
  denied(`The parameter ${quoted(name)} is not covered by a signature of version 2. Sign with version 4.`)

/** A header is in the request and, otherwise, in the signed query. */
export const contradictory = (name: string): S3Error =>
  invalidArgument(`The header ${name} has another value than the signed query says.`, name)

/** Expires of version 2 is no time, or too far ahead. */
export const invalidExpires = (found: string, why: string): S3Error =>
  denied(`Invalid Expires ${quoted(found)}: ${why}`)

const quoted = (text = '') => `"${excerpt(text)}"`

type Elements = Readonly<Record<string, string>>

const denied = (message: string, elements: Elements = {}) => new S3Error('AccessDenied', message, { elements })

const invalidArgument = (message: string, name: string, value = '') =>
  new S3Error('InvalidArgument', message, { elements: { ArgumentName: name, ArgumentValue: excerpt(value) } })

const malformed = (scheme: Scheme, what: string, elements?: Elements) =>
  scheme === 'sigv4'
    ? malformedHeader(what, elements)
    : malformedQuery(`Error parsing the X-Amz-Credential parameter; ${what}`, elements)

const malformedHeader = (what: string, elements: Elements = {}) =>
  new S3Error('AuthorizationHeaderMalformed', `The authorization header is malformed; ${what}`, { elements })

const malformedQuery = (message: string, elements: Elements = {}) =>
  new S3Error('AuthorizationQueryParametersError', message, { elements })

const skewed = ({ signedAt, now, span }: Untimely) =>
  new S3Error('RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {
    elements: {
      RequestTime: instantAt(signedAt),
      ServerTime: instantAt(now),
      MaxAllowedSkewMilliseconds: String(span),
    },
  })

const lifeOf = ({ scheme, signedAt, now, span }: Untimely): Elements => ({
  ...(scheme === 'sigv4-query' && { 'X-Amz-Expires': String(span / 1000) }),
  Expires: instantAt(signedAt + span),
  ServerTime: instantAt(now),
})
