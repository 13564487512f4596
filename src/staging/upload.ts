// Bytes into the bucket as they arrive: equal parts of a multipart upload, two of them in memory, nothing left on failure.
import { limits } from '../limits.ts'
import { invalid } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { StagedMetadata } from './key.ts'

/**
 * Bytes of every part but the last. R2 wants at least 5 MiB, all equal, and at most 10,000 of them: an image of unknown
 * length may have 78 GiB. Two parts are held: one fills while the other is stored.
 */
export const PART_SIZE = 8 * 1024 * 1024

const LARGEST = limits.uploadedImage.most * 2 ** 20

/** What R2 takes in one piece. */
const MAX_SINGLE_PUT = 5_000_000_000

/** Characters of a file name that are kept: R2 has 8 KiB for all metadata. */
const LONGEST_NAME = 255

export interface StageOptions {
  readonly metadata: StagedMetadata
  /**
   * `ExecutionContext.waitUntil`: the runtime drops a request's work together with its client, and with it the clean-up
   * that is due just then.
   */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Bytes, where they are known: then they go through without being held. The stream must keep to it. */
  readonly contentLength?: number | undefined
  /** Bytes that are taken at most, where they are not known. */
  readonly most?: number | undefined
  /** Stops the upload, which fails with the signal's reason; a stream made in script that stalls, at its next chunk. */
  readonly signal?: AbortSignal | undefined
}

export interface StagedImage {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** R2's, without quotes: an MD5 only where the image was stored in one piece. */
  readonly etag: string
}

/**
 * Stores a stream, of known or unknown length, as one object. Either the whole of it is there afterwards or nothing is.
 *
 * @param body a byte stream: `Request.body`, the stream of a form's file. With a contentLength any stream will do but
 *   an IdentityTransformStream's, which workerd does not pipe into its like.
 * @throws what the stream or the signal failed with;
 *   {Ec2Error} 503 Unavailable where the bucket refused, 400 IncompleteBody where the stream broke its contentLength,
 *   400 InvalidParameterValue beyond the most that is taken
 * @see https://developers.cloudflare.com/r2/platform/limits/
 */
export function stageObject(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream,
  options: StageOptions,
): Promise<StagedImage> {
  const { contentLength } = options
  const stored =
    contentLength !== undefined && contentLength <= MAX_SINGLE_PUT
      ? putWhole(bucket, key, body, contentLength, options)
      : putParts(bucket, key, body, options)
  const staged = stored.then(({ size, etag }) => ({ key, size, etag }))
  options.waitUntil(staged.catch(() => undefined))
  return staged
}

/** Known length: the bytes go from the request to the bucket inside the runtime. */
async function putWhole(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream,
  contentLength: number,
  { metadata, signal }: StageOptions,
): Promise<R2Object> {
  const { readable, writable } = new FixedLengthStream(contentLength)
  try {
    const [object] = await Promise.all([
      bucket.put(key, readable, storedAs(metadata)),
      body.pipeTo(writable, signal ? { signal } : {}),
    ])
    return object
  } catch (error) {
    throw failure(error, signal)
  }
}

/** Unknown length: parts are filled and stored in turn, one ahead of the other. */
async function putParts(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream,
  { metadata, signal, most = LARGEST }: StageOptions,
): Promise<R2Object> {
  const reader = new PartReader(body, Math.min(most, LARGEST), signal)
  try {
    const first = await reader.next(new ArrayBuffer(PART_SIZE))
    if (first.length < PART_SIZE) return await bucket.put(key, first, storedAs(metadata))
    const upload = await bucket.createMultipartUpload(key, storedAs(metadata))
    return await storeParts(upload, first, reader)
  } catch (error) {
    throw failure(error, signal)
  } finally {
    await reader.close()
  }
}

/** Completes the upload, or aborts it and throws. */
async function storeParts(upload: R2MultipartUpload, first: Uint8Array, reader: PartReader): Promise<R2Object> {
  const stored: R2UploadedPart[] = []
  let storing: Promise<R2UploadedPart> | undefined
  let spare: ArrayBufferLike = new ArrayBuffer(PART_SIZE)
  try {
    for (let part = first; part.length > 0; ) {
      storing = upload.uploadPart(stored.length + 1, part)
      const [done, next] = await Promise.all([storing, reader.next(spare)])
      stored.push(done)
      spare = part.buffer
      part = next
    }
    return await upload.complete(stored)
  } catch (error) {
    await Promise.allSettled([storing])
    // Where even this fails, R2 itself aborts the upload after seven days.
    await upload.abort().catch(() => undefined)
    throw error
  }
}

/** Cuts a stream of bounded length into parts. */
class PartReader {
  readonly #reader: ReadableStreamBYOBReader
  #left: number
  readonly #signal: AbortSignal | undefined
  readonly #stop = (): void => void this.#cancel(this.#signal?.reason)

  constructor(body: ReadableStream, most: number, signal: AbortSignal | undefined) {
    this.#reader = body.getReader({ mode: 'byob' })
    this.#left = most
    this.#signal = signal
    signal?.addEventListener('abort', this.#stop)
  }

  /** Fills the buffer, which it takes over, or what there is at the end of the stream: then fewer bytes or none. */
  async next(buffer: ArrayBufferLike): Promise<Uint8Array> {
    this.#signal?.throwIfAborted()
    const { value } = await this.#reader.readAtLeast(buffer.byteLength, new Uint8Array(buffer))
    this.#signal?.throwIfAborted()
    const part = value ?? new Uint8Array()
    this.#left -= part.length
    if (this.#left < 0) throw tooLarge()
    return part
  }

  /** Nobody wants the rest. */
  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#stop)
    await this.#cancel()
  }

  async #cancel(reason?: unknown): Promise<void> {
    // A stream that failed has nothing left to cancel.
    await this.#reader.cancel(reason).catch(() => undefined)
  }
}

function storedAs({ created, name, owner }: StagedMetadata): R2PutOptions & R2MultipartOptions {
  return {
    httpMetadata: { contentType: 'application/octet-stream' },
    customMetadata: { created, name: name.slice(0, LONGEST_NAME).toWellFormed(), owner },
  }
}

/** What the caller hears of a failed upload: the stream's own complaint where it has one. */
function failure(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason
  if (error instanceof Ec2Error) return error
  // There were more or fewer bytes than announced.
  if (error instanceof TypeError && error.message.includes('FixedLengthStream')) {
    const message = 'The body has not the number of bytes that its length announces.'
    return new Ec2Error('IncompleteBody', message, { cause: error })
  }
  return new Ec2Error('Unavailable', 'The image could not be stored. Please try again.', { cause: error })
}

const tooLarge = () => invalid('file', undefined, 'It is larger than an image may be, or was announced to be.')
