// The bytes of a body as they come, read through a window.
import { ByteWindow, WINDOW } from '../lib/byte-window.ts'
import { S3Error } from './errors.ts'

/** What is between the framing of a body, if it has any. */
export interface Content {
  /**
   * The next bytes, valid until the next call but one; undefined at the end, when all that the framing says was found right.
   * @throws S3Error for what is not
   */
  next(): Promise<Uint8Array | undefined>
  /** Headers that came behind, by lower-case name: complete at the end. */
  readonly trailers: ReadonlyMap<string, string>
  /** All of it is where it goes, and nobody has any of its bytes. */
  free(): void
  /** Nobody wants the rest. */
  close(reason?: unknown): Promise<void>
}

/** A body without framing. */
export class PlainContent implements Content {
  readonly trailers: ReadonlyMap<string, string> = new Map()
  readonly #window: BodyWindow
  readonly #length: number | undefined
  #read = 0

  /** @param length its bytes, if they are announced */
  constructor(body: ReadableStream | null, length: number | undefined) {
    this.#window = new BodyWindow(body, length ?? WINDOW)
    this.#length = length
  }

  async next(): Promise<Uint8Array | undefined> {
    if (!(await this.#window.fill())) {
      if (this.#read < (this.#length ?? 0)) throw wrongLength()
      return undefined
    }
    const bytes = this.#window.unread
    this.#window.use(bytes.length)
    this.#read += bytes.length
    if (this.#read > (this.#length ?? Number.POSITIVE_INFINITY)) throw wrongLength()
    return bytes
  }

  free(): void {
    this.#window.free()
  }

  close(reason?: unknown): Promise<void> {
    return this.#window.close(reason)
  }
}

/** The window onto a body, which may be none. */
export class BodyWindow {
  readonly #bytes: ByteWindow | undefined

  /** @param length about as many bytes as there will be */
  constructor(body: ReadableStream | null, length: number) {
    this.#bytes = body ? new ByteWindow(body, { size: Math.min(Math.max(length, 1), WINDOW) }) : undefined
  }

  get unread(): Uint8Array {
    return this.#bytes?.unread ?? new Uint8Array()
  }

  /** So many of them are read. */
  use(bytes: number): void {
    this.#bytes?.use(bytes)
  }

  /** Reads on. @returns false at the end @throws S3Error where the client went away */
  async fill(): Promise<boolean> {
    return (await this.#bytes?.fill('full').catch(truncated)) ?? false
  }

  free(): void {
    this.#bytes?.free()
  }

  async close(reason?: unknown): Promise<void> {
    await this.#bytes?.close(reason)
  }
}

/** There were fewer bytes than announced, or more. */
export const wrongLength = (cause?: unknown): S3Error =>
  new S3Error('IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header', {
    cause,
  })

/** The body ended before it was whole: most often the client went away. */
export function truncated(cause?: unknown): never {
  throw new S3Error('IncompleteBody', 'The request body terminated unexpectedly', { cause })
}
