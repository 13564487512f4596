// The bytes of an object, for whoever reads them: of one piece as R2 gives them, of several one behind the other.
import type { ByteRange } from '../lib/byte-range.ts'
import { log, OwnWords } from '../lib/log.ts'
import { accountOfPiece } from './key.ts'
import type { Piece, StoredObject } from './object.ts'

/** A body of exactly the length that was asked for; null where that is none. */
export interface OpenedObject {
  readonly body: ReadableStream<Uint8Array> | null
}

/**
 * Bytes of a piece up to which the next one is asked for ahead: of a larger one the reading takes so long that a stream which
 * waits for its turn might not be there any more, and the time until the next one begins is nothing beside it.
 */
const SHORT = 64 * 1024 * 1024

/** A run of bytes of one piece. */
interface Slice extends ByteRange {
  readonly key: string
}

/**
 * Opens an object, or a range of it, for the body of a Response, which gets its Content-Length by it. Bytes go from R2 to
 * the client inside the runtime; who stops to read stops them. Where a piece vanishes meanwhile the body breaks off.
 *
 * @param range of at least one byte; the object has so many
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
  return { body: others.length === 0 ? body : concatenated(bucket, body, [first, ...others], length) }
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

/** One behind the other. */
function concatenated(
  bucket: R2Bucket,
  first: ReadableStream<Uint8Array>,
  slices: readonly [Slice, ...Slice[]],
  length: number,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(length)
  // Whoever reads sees how it ends: the stream is broken then, and nobody else waits for it
  void pump(bucket, first, slices, writable).catch((error: unknown) => tellBroken(slices[0], error))
  return readable
}

/** What broke off on our side: who reads sees nothing but that it ends too early. */
class Broken extends OwnWords {
  /** @param cause R2's error: its number alone is of interest */
  static by(cause: unknown): Broken {
    const [number = ''] = /\(\d+\)/.exec(String(cause)) ?? []
    return new Broken(`R2 failed ${number}`.trim(), { cause })
  }
}

/** For the log; that somebody stopped to read is no news. */
function tellBroken({ key }: Slice, error: unknown): void {
  if (error instanceof Broken) log('broken', { account: accountOfPiece(key), cause: error.message }, true)
}

type Opening = Promise<ReadableStream<Uint8Array> | undefined>

async function pump(
  bucket: R2Bucket,
  first: ReadableStream<Uint8Array>,
  slices: readonly [Slice, ...Slice[]],
  writable: WritableStream<Uint8Array>,
): Promise<void> {
  let opening: Opening | undefined = Promise.resolve(first)
  try {
    for (const [at, slice] of slices.entries()) {
      const body = await (opening ?? open(bucket, slice)).catch((cause: unknown) => {
        throw Broken.by(cause)
      })
      if (body === undefined) throw new Broken('a piece of the object is gone')
      opening = openAhead(bucket, slice, slices[at + 1])
      // Where this fails it is most often the reader who is gone: the runtime does not tell the one from the other
      await body.pipeTo(writable, { preventClose: true })
    }
    await writable.close().catch((cause: unknown) => {
      throw new Broken('a piece of the object has not the bytes that it should', { cause })
    })
  } catch (error) {
    await Promise.allSettled([writable.abort(error), opening?.then(body => body?.cancel(error))])
    throw error
  }
}

function openAhead(bucket: R2Bucket, { length }: Slice, next: Slice | undefined): Opening | undefined {
  if (next === undefined || length > SHORT) return undefined
  const opening = open(bucket, next)
  // Looked at when its turn comes
  opening.catch(() => undefined)
  return opening
}
