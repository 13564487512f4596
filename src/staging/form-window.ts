// What the form reader reads through: a window onto the request, and the content of a part, up to the delimiter behind it.
import * as node from 'node:buffer'
import { ByteWindow, type Enough } from '../lib/byte-window.ts'
import { Ec2Error } from '../protocol/errors.ts'

export const CRLF = new TextEncoder().encode('\r\n')

/** workers-types has `any` for Node's Buffer; this is its own type. */
const native: { readonly Buffer: BufferConstructor } = node

/** The bytes of the request that were read and not yet used. */
export class Window {
  /** CRLF, two hyphens and the boundary: no part contains it. */
  readonly delimiter: Uint8Array
  readonly #bytes: ByteWindow
  #used = -CRLF.length

  constructor(body: ReadableStream, boundary: string) {
    this.delimiter = new TextEncoder().encode(`\r\n--${boundary}`)
    // The first delimiter may lack its CRLF, so the form begins with one of ours.
    this.#bytes = new ByteWindow(body, { first: CRLF })
  }

  get unread(): Uint8Array {
    return this.#bytes.unread
  }

  /** So many of them are read. */
  use(bytes: number): void {
    this.#bytes.use(bytes)
    this.#used += bytes
  }

  /** Bytes of the request that are used. */
  get used(): number {
    return this.#used
  }

  /**
   * Reads on. There must be room: no reader keeps a window unread.
   * @throws {Ec2Error} MalformedQueryString at the end of the request: nobody reads on after the closing boundary
   */
  async fill(enough: Enough): Promise<void> {
    if (!(await this.#bytes.fill(enough).catch(truncated))) truncated()
  }

  close(reason?: unknown): Promise<void> {
    return this.#bytes.close(reason)
  }
}

/** One part's content, up to the next delimiter. */
export class PartContent {
  readonly #window: Window
  readonly #enough: Enough
  /** Bytes at the window's start which were searched and are content. */
  #known = 0
  #delimiterFound = false
  #ended = false

  constructor(window: Window, enough: Enough) {
    this.#window = window
    this.#enough = enough
  }

  /**
   * The next bytes, `most` at most, valid until the next call but one, as that reads once at most, unless it fails; undefined at the
   * end.
   */
  async next(most = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    while (this.#known === 0 && !this.#ended) await this.#search()
    if (this.#ended) return undefined
    const bytes = this.#window.unread.subarray(0, Math.min(this.#known, most))
    this.#window.use(bytes.length)
    this.#known -= bytes.length
    return bytes
  }

  /** Nobody wants the rest, nor what comes behind it. */
  close(reason?: unknown): Promise<void> {
    return this.#window.close(reason)
  }

  /** Reads what is left and drops it. */
  async skip(): Promise<void> {
    while ((await this.next()) !== undefined);
  }

  async #search(): Promise<void> {
    const { delimiter } = this.#window
    if (this.#delimiterFound) {
      this.#window.use(delimiter.length)
      this.#ended = true
      return
    }
    if (this.#window.unread.length < delimiter.length) await this.#window.fill(this.#enough)
    const { unread } = this.#window
    const found = find(unread, delimiter)
    this.#delimiterFound = found >= 0
    // Without one, the last bytes may be its beginning.
    this.#known = found >= 0 ? found : Math.max(0, unread.length - delimiter.length + 1)
  }
}

/** Where the needle begins, or -1. Native: a seventh of what a search in script costs. */
export function find(bytes: Uint8Array, needle: Uint8Array): number {
  return native.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(needle)
}

/** The form is none; `why` says in our own words what is wrong with it. */
export function malformed(why: string, cause?: unknown): Ec2Error {
  return new Ec2Error('MalformedQueryString', `The multipart form is malformed: ${why}.`, { cause })
}

/** The request ended before the form did: most often the client went away. */
function truncated(cause?: unknown): never {
  throw malformed('it ends before its closing boundary', cause)
}
