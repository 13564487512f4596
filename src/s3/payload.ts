// What the signature of a request to S3 says of its body, and which of its headers count: what has to be known to receive it.
import { excerpt } from '../lib/excerpt.ts'
import { S3Error } from './errors.ts'

/** A request that proved to be somebody's. */
export interface Authentic {
  /**
   * The headers that count, by lower-case name: those of the request, and what stands for them in a signed query. Every
   * `x-amz-…` among them was signed.
   */
  readonly headers: ReadonlyMap<string, string>
  readonly payload: Payload
  /** Verifies the chunks of a body where they are signed. */
  readonly signatures: SignatureChain
}

/** How the body is bound to the signature: by its hash, not at all, or piece by piece. */
export type Payload =
  /** The SHA-256 of the whole, in hexadecimal. */
  | { readonly kind: 'hashed'; readonly sha256: string }
  | { readonly kind: 'unsigned' }
  /** aws-chunked: whether trailing headers may follow, and whether all of it is signed. */
  | { readonly kind: 'chunked'; readonly trailers: boolean; readonly signed: boolean }

/** What comes after the request itself is signed over the signature before it; the first over the request's own. */
export interface SignatureChain {
  /**
   * Whether a signature is the next one. Takes the same time whatever is wrong.
   * @param signature 64 hexadecimal digits
   * @param hashes    what it is over besides, in lines
   */
  follows(signature: string, algorithm: ChainAlgorithm, hashes: string): Promise<boolean>
}

/** That of chunks, and that of trailing headers. */
export type ChainAlgorithm = 'AWS4-HMAC-SHA256-PAYLOAD' | 'AWS4-HMAC-SHA256-TRAILER'

/** What is declared of a body that nothing is declared of. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** What x-amz-content-sha256 may say besides a hash. */
const FORMS: Readonly<Record<string, Payload>> = {
  [UNSIGNED_PAYLOAD]: { kind: 'unsigned' },
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { kind: 'chunked', trailers: true, signed: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { kind: 'chunked', trailers: false, signed: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { kind: 'chunked', trailers: true, signed: true },
}

/**
 * Reads x-amz-content-sha256.
 *
 * @throws S3Error InvalidArgument for what is none of its forms, NotImplemented for those of asymmetric signatures
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
export function readPayload(declared: string): Payload {
  const form = Object.hasOwn(FORMS, declared) ? FORMS[declared] : undefined
  if (form) return form
  if (/^[0-9a-f]{64}$/.test(declared)) return { kind: 'hashed', sha256: declared }
  if (declared.startsWith('STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD')) {
    throw new S3Error('NotImplemented', `The chunk encoding algorithm ${excerpt(declared)} is not supported.`)
  }
  throw new S3Error(
    'InvalidArgument',
    `x-amz-content-sha256 must be ${Object.keys(FORMS).join(', ')}, or a valid sha256 value.`,
    { elements: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: excerpt(declared) } },
  )
}
