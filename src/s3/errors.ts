// Every error code of the S3 door, in one table, and the one way to say no there.
import type { Ec2Error } from '../protocol/errors.ts'

/** When a code is answered, and with which HTTP status. SDKs retry every 5xx. */
export interface S3Answer {
  readonly when: string
  readonly status: number
}

/**
 * The catalogue: codes by what they are about. docs/errors.md is written from it (`npm run docs`).
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export const s3Catalogue = {
  callers: {
    AccessDenied: {
      when: 'The request is not signed, its link has expired, or it is about what is not the caller’s',
      status: 403,
    },
    AuthorizationHeaderMalformed: {
      when: 'The Authorization header has not its form, or is for another region or service',
      status: 400,
    },
    AuthorizationQueryParametersError: { when: 'The signature in the query has not its form', status: 400 },
    InvalidAccessKeyId: { when: 'The access key is unknown or not valid', status: 403 },
    ExpiredToken: { when: 'The session token has come to its end', status: 400 },
    InvalidToken: { when: 'The session token is not valid', status: 400 },
    RequestTimeTooSkewed: { when: 'The request is dated too far from now', status: 403 },
    SignatureDoesNotMatch: { when: 'The signature is wrong', status: 403 },
    SlowDown: { when: 'There were too many requests of late: try again later', status: 503 },
  },
  requests: {
    AccessControlListNotSupported: {
      when: 'The bucket has no access control lists: it is its account’s alone',
      status: 400,
    },
    BadDigest: { when: 'A checksum or Content-MD5 is not that of the bytes that came', status: 400 },
    EntityTooLarge: { when: 'The object or part is larger than may be', status: 400 },
    EntityTooSmall: { when: 'A part that is not the last has less than 5 MiB', status: 400 },
    IncompleteBody: { when: 'There were fewer or more bytes than announced', status: 400 },
    InvalidArgument: { when: 'A header or parameter has a value that it cannot have', status: 400 },
    InvalidChunkSizeError: { when: 'A chunk that is not the last has less than 8 KiB', status: 403 },
    InvalidDigest: { when: 'Content-MD5 or a checksum is none', status: 400 },
    InvalidPart: { when: 'A part that is to be completed was not uploaded so', status: 400 },
    InvalidPartNumber: { when: 'The object has no part of that number', status: 416 },
    InvalidPartOrder: { when: 'The parts that are to be completed are not in order', status: 400 },
    InvalidRange: { when: 'The object has no such bytes', status: 416 },
    InvalidRequest: { when: 'The request is not of the form that its operation needs', status: 400 },
    InvalidStorageClass: { when: 'The storage class is another than STANDARD', status: 400 },
    InvalidURI: { when: 'The path cannot be read', status: 400 },
    KeyTooLongError: { when: 'The key has more than 1,024 bytes', status: 400 },
    MalformedTrailerError: { when: 'The trailing headers are not those that were announced', status: 400 },
    MalformedXML: { when: 'The document in the body cannot be read', status: 400 },
    MaxMessageLengthExceeded: { when: 'The document in the body is too long', status: 400 },
    MetadataTooLarge: { when: 'The headers that are kept with an object are too long', status: 400 },
    MethodNotAllowed: { when: 'The resource has no such method', status: 405 },
    MissingContentLength: { when: 'The length of the body is not announced', status: 411 },
    MissingRequestBodyError: { when: 'The operation needs a document in the body', status: 400 },
    NotImplemented: { when: 'S3 has it, this door has not', status: 501 },
    PreconditionFailed: { when: 'A condition of the request does not hold', status: 412 },
    RequestTimeout: { when: 'The body did not come in time', status: 400 },
    XAmzContentSHA256Mismatch: { when: 'The body is not what its signed hash says', status: 400 },
  },
  resources: {
    BucketAlreadyExists: { when: 'The bucket is another account’s, or could only be', status: 409 },
    ConditionalRequestConflict: { when: 'The object was changed while the request was under way', status: 409 },
    NoSuchBucket: { when: 'There is no such bucket', status: 404 },
    NoSuchKey: { when: 'There is no such object', status: 404 },
    NoSuchUpload: { when: 'There is no such upload, or no longer', status: 404 },
    QuotaExceeded: { when: 'The account has as much as it may have', status: 403 },
  },
  // What S3 answers to whoever asks for a setting that a bucket or an object has not
  settings: {
    NoSuchBucketPolicy: { when: 'The bucket has no policy', status: 404 },
    NoSuchCORSConfiguration: { when: 'The bucket has no CORS rules', status: 404 },
    NoSuchConfiguration: { when: 'The bucket has no such configuration', status: 404 },
    NoSuchLifecycleConfiguration: { when: 'The bucket has no lifecycle rules', status: 404 },
    NoSuchObjectLockConfiguration: { when: 'The object has no lock', status: 404 },
    NoSuchTagSet: { when: 'The bucket has no tags', status: 404 },
    NoSuchWebsiteConfiguration: { when: 'The bucket is no website', status: 404 },
    ObjectLockConfigurationNotFoundError: { when: 'The bucket has no object lock', status: 404 },
    ReplicationConfigurationNotFoundError: { when: 'The bucket is not replicated', status: 404 },
  },
  cloud: {
    InternalError: { when: 'A defect: the operator finds the request ID in the log', status: 500 },
    ServiceUnavailable: { when: 'What the service keeps is out of reach: try again', status: 503 },
  },
} as const satisfies Record<string, Record<string, S3Answer>>

type Catalogue = typeof s3Catalogue

/** Every code that the S3 door answers. */
export type S3Code = { [Group in keyof Catalogue]: keyof Catalogue[Group] }[keyof Catalogue]

const answers = new Map<string, S3Answer>(
  Object.values<Readonly<Record<string, S3Answer>>>(s3Catalogue).flatMap(group => Object.entries(group)),
)

const isS3Code = (text: string): text is S3Code => answers.has(text)

/** What an error has besides its code and message. */
export interface S3ErrorDetails {
  /** Elements that S3 has in the answer besides, by name: `Region`, `Key`, `ProposedSize`, … */
  readonly elements?: Readonly<Record<string, string>>
  /** What is behind it, for the log. */
  readonly cause?: unknown
}

/** An error of the S3 door, thrown wherever it is noticed and written as XML in one place. */
export class S3Error extends Error {
  override readonly name = 'S3Error'
  readonly code: S3Code
  readonly status: number
  readonly elements: Readonly<Record<string, string>>

  /** @param message what the caller reads: it names the header or parameter and the value, and never an internal detail */
  constructor(code: S3Code, message: string, { elements = {}, ...options }: S3ErrorDetails = {}) {
    super(message, options)
    this.code = code
    this.status = answers.get(code)?.status ?? 500
    this.elements = elements
  }
}

/** An error as data: classes do not cross from one Worker's isolate to another. */
export interface ToldS3Error {
  readonly code: string
  readonly message: string
  readonly elements: Readonly<Record<string, string>>
}

/** An error as data. */
export const toldS3 = ({ code, message, elements }: S3Error): ToldS3Error => ({ code, message, elements })

/** An error that came as data, from a Worker that may be of another release. */
export const fromToldS3 = ({ code, message, elements }: ToldS3Error, cause?: unknown): S3Error =>
  new S3Error(isS3Code(code) ? code : 'InternalError', message, { elements, cause })

/** What the codes of EC2 that callers and the service's own state are refused with are called in S3. */
const CODES: Readonly<Record<string, S3Code>> = {
  MissingAuthenticationToken: 'AccessDenied',
  IncompleteSignature: 'AuthorizationHeaderMalformed',
  SignatureDoesNotMatch: 'SignatureDoesNotMatch',
  RequestExpired: 'RequestTimeTooSkewed',
  AuthFailure: 'InvalidAccessKeyId',
  InvalidClientTokenId: 'InvalidAccessKeyId',
  UnauthorizedOperation: 'AccessDenied',
  RequestLimitExceeded: 'SlowDown',
  Unavailable: 'ServiceUnavailable',
  InternalError: 'InternalError',
}

/** An error of EC2's as S3 has it. What S3 has no code for is a request that cannot be read. */
export const toS3Error = (error: Ec2Error): S3Error =>
  new S3Error(CODES[error.code] ?? 'InvalidRequest', error.message, { cause: error.cause })
