// Compressed images as they are inside: read from the file, unpacked on the way, never held and never written to disk.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import type { Compression } from '../../upload/formats.ts'
import { Failure } from '../errors.ts'

/** Bytes read at a time. */
const CHUNK = 256 * 1024

/** zstd's `--long` has windows of 2 GiB at most. */
const LONGEST_WINDOW = 31

/** Where Node has no decoder of its own: the program, and the package that has it. */
const PROGRAMS = {
  xz: { program: 'xz', packages: 'xz-utils or xz' },
  bz2: { program: 'bzip2', packages: 'bzip2' },
} as const

/** It counts, as `bytesWritten`, what it has taken of what it was given. */
type Decoder = Gunzip | ZstdDecompress

/** A compressed file that is being read. */
export interface Packed {
  readonly path: string
  readonly handle: FileHandle
  readonly compression: Compression
  /** Is told of every piece of the compressed file that was read where it ends, in bytes; some are read more than once. */
  readonly onRead: (end: number) => void
  readonly signal: AbortSignal
}

/**
 * What is in the file, from its beginning.
 *
 * @throws {Failure} where it is damaged, ends too early, or the program that unpacks it is missing
 */
export function unpacked(packed: Packed): AsyncIterable<Buffer> {
  switch (packed.compression) {
    case 'gz':
      return decoded(packed, createGunzip({ chunkSize: CHUNK }))
    case 'zst':
      return frames(packed)
    default:
      return byProgram(packed, PROGRAMS[packed.compression])
  }
}

/**
 * What is in all frames of zstd: Node's decoder may end with any of them, and says how far it came.
 * @see https://www.rfc-editor.org/rfc/rfc8878#section-3.1
 */
async function* frames(packed: Packed): AsyncGenerator<Buffer> {
  const { size } = await packed.handle.stat()
  for (let from = 0; from < size; ) {
    const decoder = createZstdDecompress({
      chunkSize: CHUNK,
      params: { [constants.ZSTD_d_windowLogMax]: LONGEST_WINDOW },
    })
    // What was read beyond the frame before is read again
    yield* decoded(packed, decoder, from)
    if (decoder.bytesWritten === 0) throw damaged(packed, 'it goes on with what is no frame')
    from += decoder.bytesWritten
  }
}

async function* decoded(packed: Packed, decoder: Decoder, from = 0): AsyncGenerator<Buffer> {
  void feed(decoder, bytesOf(packed, from))
  try {
    for await (const chunk of decoder) if (Buffer.isBuffer(chunk)) yield chunk
  } catch (error) {
    packed.signal.throwIfAborted()
    throw damaged(packed, error instanceof Error ? error.message : String(error))
  }
}

/** Gives a decoder one piece after the other, until it leaves something of one: what it decodes has ended there. */
async function feed(decoder: Decoder, pieces: AsyncIterable<Buffer>): Promise<void> {
  let given = 0
  try {
    for await (const piece of pieces) {
      if (decoder.destroyed) return
      given += piece.length
      await new Promise<void>(resolve => void decoder.write(piece, () => resolve()))
      if (decoder.bytesWritten < given) return
    }
    decoder.end()
  } catch (error) {
    decoder.destroy(error instanceof Error ? error : new Error(String(error)))
  }
}

async function* byProgram(
  packed: Packed,
  { program, packages }: (typeof PROGRAMS)[keyof typeof PROGRAMS],
): AsyncGenerator<Buffer> {
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'], signal: packed.signal })
  const ended = once(child, 'close').then(
    ([status]) => (status === 0 ? undefined : 'it cannot be unpacked'),
    (error: NodeJS.ErrnoException) => error,
  )
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 1000)
  })
  // What the program does not take, it says itself
  child.stdin.on('error', () => undefined)
  const source = sourceOf(packed)
  source.on('error', () => child.kill())
  source.pipe(child.stdin)
  try {
    for await (const chunk of child.stdout) if (Buffer.isBuffer(chunk)) yield chunk
    const trouble = await ended
    packed.signal.throwIfAborted()
    if (trouble instanceof Error) throw missing(packed, program, packages, trouble)
    if (trouble !== undefined) throw damaged(packed, complaint.trim() || trouble)
  } finally {
    source.destroy()
    child.kill()
  }
}

/** The compressed bytes; whoever reads on decides how fast. */
function sourceOf(packed: Packed): Readable {
  return Readable.from(bytesOf(packed), { objectMode: false, highWaterMark: CHUNK })
}

async function* bytesOf({ handle, onRead }: Packed, from = 0): AsyncGenerator<Buffer> {
  for (let position = from; ; ) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.allocUnsafe(CHUNK), length: CHUNK, position })
    if (bytesRead === 0) return
    position += bytesRead
    onRead(position)
    yield buffer.subarray(0, bytesRead)
  }
}

const damaged = ({ path, compression }: Packed, why: string) =>
  new Failure(`${path} is compressed (${compression}), and damaged: ${why}`)

function missing({ path, compression }: Packed, program: string, packages: string, error: NodeJS.ErrnoException) {
  if (error.code !== 'ENOENT') return new Failure(`${path} cannot be unpacked: ${error.message}`)
  return new Failure(
    `${path} is compressed (${compression}), and there is no program ${program} here to unpack it on the way: ` +
      `install it (package ${packages}), or unpack the file first`,
  )
}
