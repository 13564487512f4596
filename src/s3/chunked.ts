// aws-chunked, decoded while it streams: each chunk is signed over the one before it, or none is; checksums may come behind.
//
//   chunk     hex length, `;chunk-signature=` and 64 hex digits where chunks are signed, CRLF, the bytes, CRLF
//   the end   a chunk of length 0 without the CRLF of its bytes, then `name:value` lines, `x-amz-trailer-signature:` where
//             trailers are signed, and an empty line
//
// Bytes pass on before the signature of their chunk was seen, for a chunk may be larger than what can be held: whoever stores
// them holds the last ones back until the end was found right.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
import { toBytes, toHex } from '../lib/bytes.ts'
import { limits } from '../limits.ts'
import { type RunningHash, runningHash } from './checksums.ts'
import { BodyWindow, type Content, truncated, wrongLength } from './content.ts'
import { S3Error } from './errors.ts'
import type { ChainAlgorithm, SignatureChain } from './payload.ts'

export interface Chunking {
  /** Bytes of all chunks together. */
  readonly length: number
  /** Verifies chunks and trailers; absent where they are not signed. */
  readonly signatures?: SignatureChain | undefined
  /** The trailing header that was announced, in lower case. */
  readonly trailer?: string | undefined
  /** Whether there may be trailers, or their signature. */
  readonly trailers: boolean
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const TRAILER_SIGNATURE = 'x-amz-trailer-signature'
const [CR, LF] = [0x0d, 0x0a]
const CRLF = 2

const CHUNK_HEADER = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/

const LONGEST_HEADER = limits.s3ChunkHeader.most
const LONGEST_TRAILERS = limits.s3Trailers.most

/** Bytes between those of two chunks. */
const LONGEST_FRAMING = CRLF + LONGEST_HEADER + CRLF

/** What the last chunk alone may go below. */
const SMALLEST_CHUNK = 8192

/** Lines, an empty one that some clients have before the signature or at the end, and the empty one that ends it all. */
const TRAILERS = /^((?:[^\r\n]+\r?\n(?:\r\n)?)*)\r\n$/
const NO_TRAILERS = /^()\r\n$/

/** The chunk whose bytes are passing. */
interface Chunk {
  /** Bytes that are to come. */
  left: number
  /** Of its bytes, and the signature over it. */
  readonly signed: { readonly hash: RunningHash; readonly signature: string } | undefined
}

/** A body in chunks. */
export class ChunkedContent implements Content {
  readonly #window: BodyWindow
  readonly #chunking: Chunking
  readonly #trailers = new Map<string, string>()
  #chunk: Chunk | undefined
  /** Bytes of the chunks so far, by their headers. */
  #announced = 0
  /** Of the chunk before. */
  #size = Number.POSITIVE_INFINITY
  #ended = false

  constructor(body: ReadableStream | null, chunking: Chunking) {
    this.#window = new BodyWindow(body, chunking.length + LONGEST_TRAILERS)
    this.#chunking = chunking
  }

  get trailers(): ReadonlyMap<string, string> {
    return this.#trailers
  }

  /**
   * Of all chunks that are in the window: many are small, and whoever takes bytes has costs each time. It reads once at most, for
   * what is between two chunks is less than a window.
   */
  async next(): Promise<Uint8Array | undefined> {
    let passed: Uint8Array | undefined
    while (!this.#ended) {
      if (passed && this.#mayReadOn()) return passed
      this.#chunk ??= await this.#open()
      if (this.#chunk.left > 0) {
        const bytes = await this.#pass(this.#chunk)
        passed = passed ? closedUp(passed, bytes) : bytes
      } else {
        await this.#finish(this.#chunk)
        this.#chunk = undefined
      }
    }
    return undefined
  }

  /** Whether what comes next may not be in the window, which is another after reading. */
  #mayReadOn(): boolean {
    return this.#size === 0 || this.#window.unread.length < LONGEST_FRAMING
  }

  free(): void {
    this.#window.free()
  }

  close(reason?: unknown): Promise<void> {
    return this.#window.close(reason)
  }

  /** As much of the chunk as is there. */
  async #pass(chunk: Chunk): Promise<Uint8Array> {
    if (this.#window.unread.length === 0) await this.#more()
    const bytes = this.#window.unread.subarray(0, Math.min(chunk.left, this.#window.unread.length))
    this.#window.use(bytes.length)
    chunk.left -= bytes.length
    chunk.signed?.hash.update(bytes)
    return bytes
  }

  /** Reads the header of a chunk. */
  async #open(): Promise<Chunk> {
    const { signatures, length } = this.#chunking
    const [, hex = '', signature] = CHUNK_HEADER.exec(await this.#line()) ?? truncated()
    if ((signature !== undefined) !== (signatures !== undefined)) truncated()
    const size = Number.parseInt(hex, 16)
    if (size > 0 && this.#size < SMALLEST_CHUNK) throw tooSmall(this.#size)
    this.#announced += size
    this.#size = size
    if (this.#announced > length) throw wrongLength()
    return { left: size, signed: signature === undefined ? undefined : { hash: runningHash('sha256'), signature } }
  }

  /** What is behind the bytes of a chunk, and after the last one all the rest. */
  async #finish({ signed }: Chunk): Promise<void> {
    const last = this.#size === 0
    if (!last) await this.#passCrlf()
    if (signed)
      await this.#verify(
        signed.signature,
        'AWS4-HMAC-SHA256-PAYLOAD',
        `${EMPTY_SHA256}\n${toHex(signed.hash.digest())}`,
      )
    if (!last) return
    if (this.#announced < this.#chunking.length) throw wrongLength()
    await this.#readTrailers(await this.#rest())
    this.#ended = true
  }

  async #readTrailers(text: string): Promise<void> {
    const { signatures, trailer, trailers } = this.#chunking
    const lines = (trailers ? TRAILERS : NO_TRAILERS)
      .exec(text)?.[1]
      ?.split(/[\r\n]+/)
      .filter(Boolean)
    if (!lines) throw malformedTrailer()
    const headers = lines.map(headerIn)
    const signature = trailers && signatures ? headers.pop() : undefined
    const names = headers.map(([name]) => name)
    if (names.join() !== (trailer ?? '')) throw malformedTrailer()
    for (const [name, value] of headers) this.#trailers.set(name, value)
    if (!(trailers && signatures)) return
    if (signature?.[0] !== TRAILER_SIGNATURE) throw malformedTrailer()
    const hash = runningHash('sha256')
    hash.update(toBytes(headers.map(([name, value]) => `${name}:${value}\n`).join('')))
    await this.#verify(signature[1], 'AWS4-HMAC-SHA256-TRAILER', toHex(hash.digest()))
  }

  async #verify(signature: string, algorithm: ChainAlgorithm, hashes: string): Promise<void> {
    if (!(await this.#chunking.signatures?.follows(signature, algorithm, hashes))) throw wrongSignature()
  }

  /** One line without its CRLF. */
  async #line(): Promise<string> {
    for (;;) {
      const { unread } = this.#window
      const end = findCrlf(unread.subarray(0, LONGEST_HEADER))
      if (end >= 0) {
        this.#window.use(end + CRLF)
        return textOf(unread.subarray(0, end))
      }
      if (unread.length >= LONGEST_HEADER) truncated()
      await this.#more()
    }
  }

  async #passCrlf(): Promise<void> {
    while (this.#window.unread.length < CRLF) await this.#more()
    const { unread } = this.#window
    if (unread[0] !== CR || unread[1] !== LF) truncated()
    this.#window.use(CRLF)
  }

  /** All that is left, which is not much. */
  async #rest(): Promise<string> {
    do {
      if (this.#window.unread.length > LONGEST_TRAILERS) throw malformedTrailer()
    } while (await this.#window.fill())
    return textOf(this.#window.unread)
  }

  async #more(): Promise<void> {
    if (!(await this.#window.fill())) truncated()
  }
}

/** Bytes and others that are behind them in the same buffer, moved up to them. */
function closedUp(bytes: Uint8Array, others: Uint8Array): Uint8Array {
  const all = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length + others.length)
  all.set(others, bytes.length)
  return all
}

/** Where the first CRLF begins, or -1. */
function findCrlf(bytes: Uint8Array): number {
  let at = bytes.indexOf(CR)
  while (at >= 0 && bytes[at + 1] !== LF) at = bytes.indexOf(CR, at + 1)
  return at
}

const decoder = new TextDecoder()
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)

function headerIn(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':')
  if (colon < 1) throw malformedTrailer()
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
}

const tooSmall = (size: number) =>
  new S3Error(
    'InvalidChunkSizeError',
    `Only the last chunk is allowed to have a size less than ${SMALLEST_CHUNK} bytes`,
    {
      elements: { BadChunkSize: String(size) },
    },
  )

const malformedTrailer = () =>
  new S3Error(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  )

const wrongSignature = () =>
  new S3Error(
    'SignatureDoesNotMatch',
    'The signature of a chunk we calculated does not match the signature you provided. Check your key and signing method.',
  )
