// An image on its way into R2: its bytes as they come, of whatever length, nothing left on failure.
import { limits } from '../limits.ts'
import { invalid } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { StagedMetadata } from './key.ts'

/**
 * Bytes of every part but the last. R2 wants at least 5 MiB, all equal, and at most 10,000 of them: an image may have 78 GiB. Of
 * parts that may turn out shorter two are held: one fills while the other is stored.
 */
export const PART_SIZE = 8 * 1024 * 1024

const LARGEST = limits.uploadedImage.most * 2 ** 20

/** Characters of a file name that are kept: R2 has 8 KiB for all metadata. */
const LONGEST_NAME = 255

/** Where the bytes come from. */
export interface Source {
  /**
   * The next bytes, `most` at most, valid until the next call but one; undefined at the end.
   * @throws what is wrong with them
   */
  next(most: number): Promise<Uint8Array | undefined>
  /** Nobody wants the rest: whoever waits for it waits no more. */
  close(reason?: unknown): Promise<void>
}

export interface StageOptions {
  readonly metadata: StagedMetadata
  /**
   * `ExecutionContext.waitUntil`: the runtime drops a request's work together with its client, and with it the clean-up
   * that is due just then.
   */
  readonly waitUntil: (work: Promise<unknown>) => void
  /**
   * About how many bytes there will be, where that is known: then most of them go through without being held. There may be more, and
   * fewer by less than a part.
   */
  readonly announced?: number | undefined
  /** Bytes that are taken at most. */
  readonly most?: number | undefined
  /** Stops the upload, which fails with the signal's reason. */
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
 * Stores bytes as one object. Either all of them are there afterwards or nothing is.
 *
 * @throws what the source or the signal failed with;
 *   {Ec2Error} 503 Unavailable where the bucket refused, 400 IncompleteBody where far fewer bytes came than were announced,
 *   400 InvalidParameterValue beyond the most that is taken
 * @see https://developers.cloudflare.com/r2/platform/limits/
 */
export function stageObject(
  bucket: R2Bucket,
  key: string,
  source: Source,
  options: StageOptions,
): Promise<StagedImage> {
  const staged = store(bucket, key, source, options).then(({ size, etag }) => ({ key, size, etag }))
  options.waitUntil(staged.catch(() => undefined))
  return staged
}

async function store(
  bucket: R2Bucket,
  key: string,
  source: Source,
  { metadata, signal, announced = 0, most = LARGEST }: StageOptions,
): Promise<R2Object> {
  const stop = () => void source.close(signal?.reason)
  signal?.addEventListener('abort', stop)
  try {
    signal?.throwIfAborted()
    const parts = new Parts(source, Math.min(most, LARGEST), signal)
    // The last whole one may be shorter than it looks
    const streamed = Math.floor(announced / PART_SIZE) - 1
    const first = streamed > 0 ? undefined : await parts.hold()
    if (first && first.length < PART_SIZE) return await bucket.put(key, first, storedAs(metadata))
    const upload = await bucket.createMultipartUpload(key, storedAs(metadata))
    return await storeParts(upload, parts, { streamed, first })
  } catch (error) {
    throw failure(error, signal)
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** How the parts are to be taken. */
interface Plan {
  /** So many at first as they come. */
  readonly streamed: number
  /** One that is held already. */
  readonly first: Uint8Array | undefined
}

/** Completes the upload, or aborts it and throws. */
async function storeParts(upload: R2MultipartUpload, parts: Parts, { streamed, first }: Plan): Promise<R2Object> {
  const storing: Promise<R2UploadedPart>[] = []
  const begin = (part: ReadableStream | Uint8Array, onRefused: (error: unknown) => void = () => undefined) => {
    const stored = upload.uploadPart(storing.length + 1, part)
    stored.catch(onRefused)
    storing.push(stored)
  }
  try {
    if (first) begin(first)
    while (storing.length < streamed) {
      await parts.stream(begin)
      await storing.at(-2)
    }
    for (let part = await parts.hold(); part.length > 0; part = await parts.hold()) {
      begin(part)
      // Its buffer is the next one's but one
      await storing.at(-2)
    }
    return await upload.complete(await Promise.all(storing))
  } catch (error) {
    await Promise.allSettled(storing)
    // Where even this fails, R2 itself aborts the upload after seven days.
    await upload.abort().catch(() => undefined)
    throw error
  }
}

/** Cuts a source into parts. */
class Parts {
  readonly #source: Source
  readonly #signal: AbortSignal | undefined
  #left: number
  /** The next one first. */
  #buffers: readonly (Uint8Array | undefined)[] = []

  /** @param most bytes of all parts together */
  constructor(source: Source, most: number, signal: AbortSignal | undefined) {
    this.#source = source
    this.#left = most
    this.#signal = signal
  }

  /**
   * A part that passes as it comes.
   * @param begin is given its bytes, and tells by `onRefused` that no more of them are taken: who sends does not learn it by itself
   * @throws what the source or whoever stores it failed with
   */
  async stream(begin: (part: ReadableStream, onRefused: (error: unknown) => void) => void): Promise<void> {
    const { readable, writable } = new FixedLengthStream(PART_SIZE)
    const writer = writable.getWriter()
    const end = (error: unknown) => writer.abort(error).catch(() => undefined)
    begin(readable, error => void end(error))
    try {
      await this.#send(writer)
    } catch (error) {
      await end(error)
      throw error
    }
  }

  async #send(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    let writing = Promise.resolve()
    for (let left = PART_SIZE; left > 0; ) {
      const bytes = await this.#next(left)
      if (!bytes) throw tooShort()
      left -= bytes.length
      // What comes next is read meanwhile
      await writing
      writing = writer.write(bytes)
      writing.catch(() => undefined)
    }
    await writing
    await writer.close()
  }

  /** The next part, in one of two buffers in turn; shorter, or of no bytes, at the end. */
  async hold(): Promise<Uint8Array> {
    const [buffer = new Uint8Array(PART_SIZE), other] = this.#buffers
    this.#buffers = [other, buffer]
    let length = 0
    for (let bytes = await this.#next(PART_SIZE); bytes; bytes = await this.#next(PART_SIZE - length)) {
      buffer.set(bytes, length)
      length += bytes.length
      if (length === PART_SIZE) break
    }
    return buffer.subarray(0, length)
  }

  async #next(most: number): Promise<Uint8Array | undefined> {
    const bytes = await this.#source.next(most)
    // One that was stopped may look as if it had come to its end
    this.#signal?.throwIfAborted()
    this.#left -= bytes?.length ?? 0
    if (this.#left < 0) throw tooLarge()
    return bytes
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
  return new Ec2Error('Unavailable', 'The image could not be stored. Please try again.', { cause: error })
}

const tooShort = () => new Ec2Error('IncompleteBody', 'The file has not the number of bytes that its length announces.')

const tooLarge = () => invalid('file', undefined, 'It is larger than an image may be, or was announced to be.')
