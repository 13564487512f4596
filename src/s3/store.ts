// Bytes into R2, as they come: nothing is there afterwards that was not found right.
import { type Check, nativeCheck, RunningChecks, readVerified, verifiedChecksum } from './checks.ts'
import type { ChecksumAlgorithm } from './checksums.ts'
import { type Content, wrongLength } from './content.ts'
import { S3Error } from './errors.ts'

export interface StoreOptions {
  /**
   * Whether the bytes may be stored: R2 has them not before it is fulfilled. They come and are looked at meanwhile. Where it is
   * rejected, nothing is stored, and that is thrown.
   */
  readonly allowed: Promise<unknown>
  /**
   * `ExecutionContext.waitUntil`: the runtime drops a request's work together with its client, and with it the clean-up
   * that is due just then.
   */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** Ends it, which then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What is in R2. */
export interface StoredBody {
  /** Hexadecimal. */
  readonly md5: string
  /** Bytes. */
  readonly size: number
  /** The checksum that the request declared, which is right. In base64. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string }
}

/** Where the bytes go. */
interface Target extends StoreOptions {
  readonly bucket: R2Bucket
  readonly key: string
  /** Bytes that there will be. */
  readonly length: number
  /** What is announced of them. */
  readonly checks: readonly Check[]
}

const NO_TRAILERS: ReadonlyMap<string, string> = new Map()

/** Bytes up to which a body is verified in memory, and stored when it was found right. */
const SMALL = 256 * 1024

/** Stores a body of which R2 verifies all that is announced: its bytes pass inside the runtime, where none is held back. */
export async function storeNatively(body: ReadableStream | null, target: Target): Promise<StoredBody> {
  await target.allowed
  target.signal?.throwIfAborted()
  const { readable, writable } = new FixedLengthStream(target.length)
  return put(readable, target, pipe(body ?? new Blob([]).stream(), writable, target.signal))
}

/** @throws S3Error where it is the source that ends too early; else what the pipe failed with */
async function pipe(source: ReadableStream, sink: WritableStream, signal: AbortSignal | undefined): Promise<void> {
  try {
    await source.pipeTo(sink, { preventCancel: true, ...(signal && { signal }) })
  } catch (error) {
    await sink.abort(error).catch(() => undefined)
    const reader = source.getReader()
    const over = reader.closed.then(
      () => true,
      () => true,
    )
    const isOver = await Promise.race([over, scheduler.wait(0).then(() => false)])
    // One that waits for its source says nothing for as long
    reader.cancel(error).catch(() => undefined)
    throw isOver ? wrongLength(error) : error
  }
}

/** Stores what has to be looked at. */
export async function storeContent(content: Content, target: Target): Promise<StoredBody> {
  const { length, signal } = target
  const stop = () => void content.close(signal?.reason)
  signal?.addEventListener('abort', stop)
  try {
    signal?.throwIfAborted()
    const stored = length > SMALL ? await stream(content, target) : await putSmall(content, target)
    content.free()
    return stored
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  } finally {
    signal?.removeEventListener('abort', stop)
    await content.close()
  }
}

/** Stores what is held, and was found right. */
async function putSmall(content: Content, target: Target): Promise<StoredBody> {
  const whole = await readVerified(content, target.checks, target.length)
  await target.allowed
  return put(whole, target, Promise.resolve(), content.trailers)
}

/** Stores while it comes: R2 verifies one of the checks itself. */
function stream(content: Content, target: Target): Promise<StoredBody> {
  const { length, checks, allowed } = target
  const { readable, writable } = new FixedLengthStream(length)
  const running = new RunningChecks(checks.filter(check => check !== nativeCheck(checks)))
  let refused: Error | undefined
  const refuse = () => {
    refused = new Error('nothing more is taken')
    void content.close()
  }
  const sending = { content, writer: writable.getWriter(), checks: running, length, allowed }
  const sent = send(sending, error => refused ?? error)
  return put(readable, target, sent, content.trailers, refuse)
}

interface Sending extends Pick<Target, 'length' | 'allowed'> {
  readonly content: Content
  readonly writer: WritableStreamDefaultWriter<Uint8Array>
  readonly checks: RunningChecks
}

/**
 * Sends bytes on as they come. R2 has an object when it has its last byte: that one is held back until all is found right, and
 * may be stored.
 * @param why what is thrown for an error
 */
async function send(
  { content, writer, checks, length, allowed }: Sending,
  why: (error: unknown) => unknown,
): Promise<void> {
  let left = length
  let last: Uint8Array = new Uint8Array()
  let writing = Promise.resolve()
  try {
    for (let bytes = await content.next(); bytes; bytes = await content.next()) {
      checks.update(bytes)
      left -= bytes.length
      if (left === 0) last = bytes.slice(-1)
      const some = left === 0 ? bytes.subarray(0, -1) : bytes
      // What comes next is read meanwhile
      await writing
      if (some.length > 0) writing = writer.write(some)
      writing.catch(() => undefined)
    }
    checks.verify(content.trailers)
    await allowed
    await writing
    await writer.write(last)
    await writer.close()
  } catch (error) {
    const reason = why(error)
    await writer.abort(reason).catch(() => undefined)
    throw reason
  }
}

/**
 * Puts bytes that are being sent.
 *
 * @param sent   fails with an S3Error where it is not R2's fault
 * @param refuse is called when R2 takes no more: whoever sends does not learn it by itself
 */
async function put(
  bytes: ReadableStream | Uint8Array,
  { bucket, key, checks, waitUntil, signal }: Target,
  sent: Promise<void>,
  trailers: ReadonlyMap<string, string> = NO_TRAILERS,
  refuse: () => void = () => undefined,
): Promise<StoredBody> {
  const check = nativeCheck(checks)
  const stored = bucket.put(key, bytes, check?.native && check.expected ? { [check.native]: check.expected } : {})
  stored.catch(refuse)
  const [outcome, sending] = await Promise.allSettled([stored, sent])
  if (outcome.status === 'fulfilled' && sending.status === 'fulfilled') {
    const { etag, size } = outcome.value
    return { md5: etag, size, ...verifiedChecksum(checks, trailers) }
  }
  // It may be there all the same: an answer can be lost
  waitUntil(bucket.delete(key).catch(() => undefined))
  if (signal?.aborted) throw signal.reason
  if (sending.status === 'rejected' && sending.reason instanceof S3Error) throw sending.reason
  const cause: unknown = outcome.status === 'rejected' ? outcome.reason : sending
  if (check && isWrongHash(cause)) throw check.wrong()
  if (isTooShort(cause)) throw wrongLength(cause)
  throw new S3Error('ServiceUnavailable', 'The bytes could not be stored. Please try again.', { cause })
}

/** R2 says so by this number. https://developers.cloudflare.com/r2/api/error-codes/ */
const isWrongHash = (error: unknown): boolean => error instanceof Error && error.message.includes('(10037)')

/** The body ended before its announced length. */
const isTooShort = (error: unknown): boolean =>
  error instanceof TypeError && error.message.includes('FixedLengthStream')
