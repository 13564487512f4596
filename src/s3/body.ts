// From a request whose signature was verified to the bytes that it brings: into R2, or a small document into memory. What is
// announced of them, by whichever header or trailer, is verified before anything counts.
import { limits } from '../limits.ts'
import { checksOf, nativeCheck, readVerified, tooLong } from './checks.ts'
import { ChunkedContent } from './chunked.ts'
import { type Content, PlainContent } from './content.ts'
import { S3Error } from './errors.ts'
import type { Authentic } from './payload.ts'
import { type StoredBody, type StoreOptions, storeContent, storeNatively } from './store.ts'

/** The bytes of an object or a part, on their way. */
export interface ReceivedBody {
  /** Bytes of the object or part, known before any is read. */
  readonly length: number
  /**
   * Streams them into R2, once. Either they are there afterwards, and are what was signed and announced, or nothing is.
   *
   * @throws S3Error IncompleteBody, BadDigest, XAmzContentSHA256Mismatch, SignatureDoesNotMatch (a chunk), InvalidRequest,
   *   MalformedTrailerError, InvalidChunkSizeError; ServiceUnavailable where R2 refuses; what the signal says
   */
  store(bucket: R2Bucket, key: string, options: StoreOptions): Promise<StoredBody>
}

/**
 * Looks at what a request says of its body. Nothing is read yet.
 *
 * @throws S3Error MissingContentLength (411), EntityTooLarge, InvalidDigest (Content-MD5), InvalidRequest (checksums)
 */
export function receiveBody(request: Request, authentic: Authentic): ReceivedBody {
  const length = announcedLength(request, authentic)
  if (length === undefined) throw missingLength()
  if (length > limits.s3Piece.most) throw entityTooLarge(length)
  const checks = checksOf(authentic)
  return {
    length,
    store(bucket, key, options) {
      const target = { bucket, key, length, checks, ...options }
      // It may be rejected before it is waited for
      options.allowed.catch(() => undefined)
      const stored =
        authentic.payload.kind !== 'chunked' && checks.every(check => check === nativeCheck(checks))
          ? storeNatively(request.body, target)
          : storeContent(contentOf(request, authentic, length), target)
      // A client that leaves takes its request with it, but not what is left to be tidied up
      options.waitUntil(stored.catch(() => undefined))
      return stored
    },
  }
}

/**
 * The whole body, which is a document.
 *
 * @param most bytes
 * @throws S3Error MaxMessageLengthExceeded, and as `ReceivedBody.store`
 */
export async function readDocument(request: Request, authentic: Authentic, most: number): Promise<Uint8Array> {
  const length = announcedLength(request, authentic)
  if ((length ?? 0) > most) throw tooLong(most)
  const checks = checksOf(authentic)
  const content = contentOf(request, authentic, length)
  try {
    return await readVerified(content, checks, length ?? most)
  } finally {
    await content.close()
  }
}

/** Bytes of the content: of the chunks together where there are any. */
function announcedLength({ headers: own }: Request, { headers, payload }: Authentic): number | undefined {
  const text = payload.kind === 'chunked' ? headers.get('x-amz-decoded-content-length') : own.get('content-length')
  if (text === undefined || text === null) return undefined
  if (!/^\d{1,15}$/.test(text)) throw missingLength()
  return Number(text)
}

/** @param length undefined where it is not announced, which only documents need not do */
function contentOf(request: Request, { payload, signatures, headers }: Authentic, length: number | undefined): Content {
  if (payload.kind !== 'chunked') return new PlainContent(request.body, length)
  if (length === undefined) throw missingLength()
  return new ChunkedContent(request.body, {
    length,
    signatures: payload.signed ? signatures : undefined,
    trailer: headers.get('x-amz-trailer')?.trim().toLowerCase(),
    trailers: payload.trailers,
  })
}

const missingLength = () => new S3Error('MissingContentLength', 'You must provide the Content-Length HTTP header.')

/** More than R2 takes in one request. */
export const entityTooLarge = (length: number): S3Error =>
  new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    elements: { ProposedSize: String(length), MaxSizeAllowed: String(limits.s3Piece.most) },
  })
