// The file that is uploaded, as the parts that are sent: of the same size whenever it is read, so that an upload goes on where
// it broke off.
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { type Compression, compressionOf, type Format, formatOf, HEAD, TAIL } from '../../upload/formats.ts'
import { keyOf, LARGEST_FILE, MOST_PARTS, PART_SIZES, partSizeOf, stateText } from '../../upload/plan.ts'
import { Failure } from '../errors.ts'
import { type OpenFile, openFile, shortened } from '../files.ts'
import { unpacked } from './unpack.ts'

/** Bytes read from a file at a time. */
const CHUNK = 256 * 1024

/** A part, hashed and ready to be sent. */
export interface Part {
  readonly number: number
  /** Bytes. */
  readonly size: number
  readonly md5: Buffer
  /** In hexadecimal. */
  readonly sha256: string
  /** Its bytes from the first on, as often as asked. */
  readonly read: () => AsyncIterable<Uint8Array>
}

/** The file at a path, open until {@link ImageFile.close}. */
export class ImageFile {
  readonly path: string
  /** What it is called inside: without the ending of what it is compressed with. */
  readonly name: string
  readonly compression: Compression | undefined
  /** Bytes that are sent; undefined where they are not known before. */
  readonly total: number | undefined
  /** Where it goes in the bucket: no other file goes there, and this one only as long as it is not changed. */
  readonly key: string
  readonly #file: OpenFile
  readonly #partSize: number
  #packedRead = 0

  /** @throws {Failure} if it cannot be read, or cannot be an image */
  static async open(path: string): Promise<ImageFile> {
    const file = await openFile(path)
    try {
      if (file.size === 0) throw new Failure(`${path} is empty`)
      return new ImageFile(path, file, compressionOf(await at(file, 0, HEAD)))
    } catch (error) {
      await file.handle.close()
      throw error
    }
  }

  private constructor(path: string, file: OpenFile, compression: Compression | undefined) {
    const whole = basename(path)
    this.path = path
    this.name = compression ? whole.replace(ENDINGS[compression], '') || whole : whole
    this.compression = compression
    this.total = compression ? undefined : file.size
    const state = createHash('sha256').update(stateText({ name: whole, ...file }))
    this.key = keyOf(state.digest('hex'), this.name)
    this.#file = file
    this.#partSize = compression ? PART_SIZES.packed : plainPart(path, file.size)
  }

  /** How much of it was read, 0 to 1, where it is unpacked. */
  readonly share = (): number => this.#packedRead / this.#file.size

  /** What it is, by its first bytes; of what is compressed by those inside. */
  async format(signal: AbortSignal): Promise<Format> {
    const { size } = this.#file
    if (this.compression) return formatOf(await this.#unpackedHead(signal))
    return formatOf(await at(this.#file, 0, HEAD), await at(this.#file, Math.max(0, size - TAIL), TAIL))
  }

  /**
   * Its parts in order, each when it is asked for.
   * @throws {Failure} where it cannot be read or unpacked, or has more bytes than the largest parts
   */
  parts(signal: AbortSignal): AsyncGenerator<Part, void, void> {
    return this.compression ? this.#packedParts(this.compression, signal) : this.#plainParts()
  }

  /** Whether it is no longer what it was when it was opened. */
  async isChanged(): Promise<boolean> {
    const { size, mtimeMs } = await this.#file.handle.stat()
    return size !== this.#file.size || mtimeMs !== this.#file.modified
  }

  close(): Promise<void> {
    return this.#file.handle.close()
  }

  async *#plainParts(): AsyncGenerator<Part, void, void> {
    const { size: total } = this.#file
    for (let start = 0, number = 1; start < total; start += this.#partSize, number++) {
      const size = Math.min(this.#partSize, total - start)
      const from = start
      yield hashed(number, size, () => this.#range(from, size))
    }
  }

  async *#packedParts(compression: Compression, signal: AbortSignal): AsyncGenerator<Part, void, void> {
    this.#packedRead = 0
    let number = 1
    for await (const chunks of pieces(this.#unpacked(compression, signal), this.#partSize)) {
      if (number > MOST_PARTS) throw tooLarge(this.path, MOST_PARTS * this.#partSize)
      yield hashed(
        number++,
        chunks.reduce((size, chunk) => size + chunk.length, 0),
        () => held(chunks),
      )
    }
  }

  #unpacked(compression: Compression, signal: AbortSignal): AsyncIterable<Buffer> {
    const onRead = (end: number) => {
      this.#packedRead = Math.max(this.#packedRead, end)
    }
    return unpacked({ path: this.path, handle: this.#file.handle, compression, onRead, signal })
  }

  async #unpackedHead(signal: AbortSignal): Promise<Buffer> {
    const chunks: Buffer[] = []
    if (!this.compression) return Buffer.concat(chunks)
    let length = 0
    for await (const chunk of this.#unpacked(this.compression, signal)) {
      chunks.push(chunk)
      length += chunk.length
      if (length >= HEAD) break
    }
    return Buffer.concat(chunks)
  }

  async *#range(start: number, size: number): AsyncGenerator<Uint8Array, void, void> {
    for (let done = 0; done < size; ) {
      const chunk = await at(this.#file, start + done, Math.min(CHUNK, size - done))
      if (chunk.length === 0) throw shortened(this.path)
      yield chunk
      done += chunk.length
    }
  }
}

const ENDINGS: { readonly [Ending in Compression]: RegExp } = {
  gz: /\.gz$/i,
  xz: /\.xz$/i,
  zst: /\.zstd?$/i,
  bz2: /\.bz2$/i,
}

/** The bytes there, fewer at the end of the file. */
async function at({ handle }: OpenFile, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(length), length, position })
  return buffer.subarray(0, bytesRead)
}

/** @throws {Failure} where it is too large */
function plainPart(path: string, size: number): number {
  const partSize = partSizeOf(size)
  if (partSize === undefined) throw tooLarge(path, LARGEST_FILE)
  return partSize
}

const tooLarge = (path: string, most: number) =>
  new Failure(`${path} is too large: it may have ${Math.floor(most / 2 ** 30)} GiB`)

async function hashed(number: number, size: number, read: Part['read']): Promise<Part> {
  const md5 = createHash('md5')
  const sha256 = createHash('sha256')
  for await (const chunk of read()) {
    md5.update(chunk)
    sha256.update(chunk)
  }
  return { number, size, md5: md5.digest(), sha256: sha256.digest('hex'), read }
}

/** A stream cut into pieces of so many bytes, the last of fewer; each as the chunks that it came in. */
async function* pieces(stream: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer[], void, void> {
  let chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    let rest = chunk
    while (length + rest.length >= size) {
      chunks.push(rest.subarray(0, size - length))
      rest = rest.subarray(size - length)
      yield chunks
      chunks = []
      length = 0
    }
    if (rest.length > 0) chunks.push(rest)
    length += rest.length
  }
  if (length > 0) yield chunks
}

async function* held(chunks: readonly Buffer[]): AsyncGenerator<Uint8Array, void, void> {
  yield* chunks
}
