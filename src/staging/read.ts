// The bytes of an object, for whoever reads them: of one piece as R2 gives them, of several one behind the other.
import type { Piece, StoredObject } from './object.ts'

/** A run of bytes. */
export interface ByteRange {
  readonly offset: number
  /** At least 1; the object has so many. */
  readonly length: number
}

/** A body of exactly the length that was asked for; null where that is none. */
export interface OpenedObject {
  readonly body: ReadableStream<Uint8Array> | null
}

/** A run of bytes of one piece. */
interface Slice extends ByteRange {
  readonly key: string
}

/**
 * Opens an object, or a range of it, for the body of a Response, which gets its Content-Length by it. Bytes go from R2 to
 * the client inside the runtime; who stops to read stops them. Where a piece vanishes meanwhile the body breaks off.
 *
 * @returns undefined where the first piece is gone: the object was deleted, or is another by now
 * @throws where R2 fails
 */
export async function openObject(
  bucket: R2Bucket,
  { pieces, size }: Pick<StoredObject, 'pieces' | 'size'>,
  { offset, length }: ByteRange = { offset: 0, length: size },
): Promise<OpenedObject | undefined> {
  const [first, ...others] = slicesOf(pieces, offset, offset + length)
  if (first === undefined) return { body: null }
  const body = await open(bucket, first)
  if (body === undefined) return undefined
  return { body: others.length === 0 ? body : concatenated(bucket, body, others, length) }
}

function slicesOf(pieces: readonly Piece[], from: number, to: number): Slice[] {
  const slices: Slice[] = []
  let start = 0
  for (const { key, size } of pieces) {
    const offset = Math.max(from - start, 0)
    const length = Math.min(to - start, size) - offset
    if (length > 0) slices.push({ key, offset, length })
    start += size
  }
  return slices
}

async function open(bucket: R2Bucket, { key, offset, length }: Slice): Promise<ReadableStream<Uint8Array> | undefined> {
  const found = await bucket.get(key, { range: { offset, length } })
  return found === null ? undefined : found.body
}

/** One behind the other. The next one is asked for while one is read, so that nobody waits between them. */
function concatenated(
  bucket: R2Bucket,
  first: ReadableStream<Uint8Array>,
  others: readonly Slice[],
  length: number,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(length)
  // Whoever reads sees how it ends: the stream is broken then, and nobody else waits for it
  void pump(bucket, first, others, writable).catch(() => undefined)
  return readable
}

async function pump(
  bucket: R2Bucket,
  first: ReadableStream<Uint8Array>,
  others: readonly Slice[],
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  let next: Promise<ReadableStream<Uint8Array> | undefined> = Promise.resolve(first)
  try {
    for (const slice of [...others, undefined]) {
      const body = await next
      if (body === undefined) throw new Error('A piece of the object is gone.')
      next = slice === undefined ? Promise.resolve(undefined) : open(bucket, slice)
      // Looked at when its turn comes
      next.catch(() => undefined)
      await body.pipeTo(writable, { preventClose: true })
    }
    await writable.close()
  } catch (error) {
    await Promise.allSettled([writable.abort(error), next.then(body => body?.cancel(error))])
    throw error
  }
}
