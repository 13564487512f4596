// What can go wrong with a request: the API says so in a code and a message, or nobody answers.

/** An error of the API, or that there was no answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** EC2's code, or {@link UNREACHABLE}. */
  readonly code: string
  /** The status of the answer; 0 where there was none. */
  readonly status: number

  constructor(code: string, message: string, status: number) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** The code for no answer at all. */
export const UNREACHABLE = 'Unreachable'

const codeOf = (error: unknown) => (error instanceof ApiError ? error.code : undefined)

/** What EC2, STS, IAM, the services that speak JSON, and S3 say of a key, a secret, a token or a time that is not right. */
const REFUSED_KEYS = new Set([
  ...['ExpiredToken', 'IncompleteSignature', 'InvalidClientTokenId', 'RequestExpired', 'SignatureDoesNotMatch'],
  ...['ExpiredTokenException', 'InvalidSignatureException', 'UnrecognizedClientException'],
  ...['InvalidAccessKeyId', 'InvalidToken', 'RequestTimeTooSkewed'],
])

/** The key, its secret or its token is wrong, or is not valid any more. EC2 says `AuthFailure` of foreign images, too. */
export const isWrongKey = (error: unknown): boolean =>
  REFUSED_KEYS.has(codeOf(error) ?? '') ||
  (error instanceof ApiError && error.code === 'AuthFailure' && error.status === 401)

/** Nobody answers, or says that the cloud behind does not. It is worth trying again. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500)

/** The caller may not do it. */
export const isForbidden = (error: unknown): boolean =>
  ['AccessDenied', 'UnauthorizedOperation', 'AccessDeniedException'].includes(codeOf(error) ?? '')

/** What is asked for is not there. */
export const isNotFound = (error: unknown): boolean => /NotFound|\.Unknown$|^NoSuchEntity$/.test(codeOf(error) ?? '')

/** Too many requests in a short time. */
export const isThrottled = (error: unknown): boolean => codeOf(error) === 'RequestLimitExceeded'
