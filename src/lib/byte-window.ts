// A window onto a stream of bytes: read in large pieces, looked at in place.

/** How long a read waits: until something came, or (fewer and larger reads) until the window is full. */
export type Enough = 'some' | 'full'

/** Bytes that are read at a time. Every read costs promises and garbage, so a large body wants few. */
export const WINDOW = 512 * 1024

/**
 * The bytes of a stream that were read and not yet used. Two buffers, handed to the runtime and back in turn: a view is valid
 * until the next read but one, so that what was read last can be on its way while more comes.
 */
export class ByteWindow {
  readonly #reader: ReadableStreamBYOBReader
  #buffer: Uint8Array<ArrayBufferLike>
  #other: Uint8Array<ArrayBufferLike>
  #start = 0
  #end: number

  /**
   * @param body  a byte stream, as `Request.body` is
   * @param first bytes that come before it
   * @param size  bytes of the window
   */
  constructor(body: ReadableStream, { first, size = WINDOW }: { first?: Uint8Array; size?: number } = {}) {
    this.#reader = body.getReader({ mode: 'byob' })
    this.#buffer = new Uint8Array(size)
    this.#other = new Uint8Array(size)
    if (first) this.#buffer.set(first)
    this.#end = first?.length ?? 0
  }

  get unread(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end)
  }

  /** So many of them are read. */
  use(bytes: number): void {
    this.#start += bytes
  }

  /**
   * Reads on, whatever is unread before it. There must be room: no reader keeps a window unread.
   * @returns whether there was anything: false at the end of the stream
   * @throws what the stream failed with
   */
  async fill(enough: Enough): Promise<boolean> {
    const { unread } = this
    const next = this.#other
    next.set(unread)
    // The runtime has the buffer now, and it does not come back from a stream that failed.
    this.#other = this.#buffer
    this.#buffer = new Uint8Array()
    this.#start = this.#end = 0
    const room = next.subarray(unread.length)
    const { value } = await this.#reader.readAtLeast(enough === 'some' ? 1 : room.length, room)
    if (value === undefined) return false
    this.#buffer = new Uint8Array(value.buffer)
    this.#end = unread.length + value.length
    return value.length > 0
  }

  /**
   * Gives its memory back at once, when all is read and nobody has a view any more: V8 would wait for 64 MiB of such, which is what a
   * client that sends many bodies would be seen to take.
   */
  free(): void {
    for (const { buffer } of [this.#buffer, this.#other]) {
      if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
    }
    this.#buffer = new Uint8Array()
    this.#other = new Uint8Array()
    this.#start = this.#end = 0
  }

  /** Nobody wants the rest. */
  async close(reason?: unknown): Promise<void> {
    // A stream that failed has nothing left to cancel.
    await this.#reader.cancel(reason).catch(() => undefined)
  }
}
