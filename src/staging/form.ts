// A multipart/form-data reader that streams: fields as text, a file as it arrives, whatever its size.
//
// Own code because the libraries hold a file whole (@remix-run/multipart-parser, Request.formData) or, by way of Node's
// streams, take twice the CPU and grow by 129 MB over an image of 2 GiB where this grows by 38 (@fastify/busboy 3.2.6).
import * as node from 'node:buffer'
import { limits } from '../limits.ts'
import { invalid } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'

/** A part without a file name: an ordinary parameter. */
export interface FormField {
  readonly kind: 'field'
  readonly name: string
  readonly value: string
}

/** A part with a file name. */
export interface FormFile {
  readonly kind: 'file'
  readonly name: string
  readonly filename: string
  /** As the client declared it; `application/octet-stream` where it did not. */
  readonly contentType: string
  /**
   * The content: a byte stream that reads the request only as fast as it is read itself. It errors with the reader's
   * `Ec2Error` where the form ends too early. Read it before asking for the next part; what was not read is skipped.
   */
  readonly stream: ReadableStream<Uint8Array>
}

/** How much of a form is held in memory at most. */
export interface FormLimits {
  /** Parts of either kind. */
  readonly parts: number
  /** Bytes of one field's value. */
  readonly fieldBytes: number
  /** Bytes of one part's header lines, and of what precedes the first part. At most {@link WINDOW}. */
  readonly headerBytes: number
}

/** How long a read waits: until something came, or (fewer and larger reads) until the window is full. */
type Enough = 'some' | 'full'

/** Bytes read from the request at a time. Every read costs promises and garbage, so a large image wants few. */
export const WINDOW = 1024 * 1024

const LIMITS: FormLimits = {
  parts: limits.uploadFields.most,
  fieldBytes: limits.uploadField.most,
  headerBytes: 16 * 1024,
}

const CRLF = new TextEncoder().encode('\r\n')
const HYPHENS = new TextEncoder().encode('--')

/** workers-types has `any` for Node's Buffer; this is its own type. */
const native: { readonly Buffer: BufferConstructor } = node

/**
 * Yields a form's parts in the order they were sent. Leaving the loop, by whatever way, cancels the rest of the request.
 *
 * @param body        a byte stream, as `Request.body` is
 * @param contentType the request's Content-Type, with the boundary
 * @throws {Ec2Error} 400 MalformedQueryString where it is no well-formed form or ends too early, InvalidParameterValue
 *   for a field beyond the limit, RequestResourceCountExceeded for too many parts
 * @see https://www.rfc-editor.org/rfc/rfc7578 and, for the boundary, RFC 2046 section 5.1.1
 */
export async function* readForm(
  body: ReadableStream,
  contentType: string,
  bounds: FormLimits = LIMITS,
): AsyncGenerator<FormField | FormFile, void, void> {
  const window = new Window(body, boundaryOf(contentType))
  try {
    await skipPreamble(window, bounds)
    for (let parts = 0; !(await isClosing(window, bounds)); parts++) {
      if (parts === bounds.parts) throw tooManyParts(bounds)
      const { name, filename, contentType } = await readHeader(window, bounds)
      if (filename === undefined) {
        yield { kind: 'field', name, value: await readText(new PartContent(window, 'some'), name, bounds) }
      } else {
        const content = new PartContent(window, 'full')
        yield { kind: 'file', name, filename, contentType, stream: streamOf(content) }
        await content.skip()
      }
    }
  } finally {
    await window.close()
  }
}

/**
 * The bytes of the request that were read and not yet used. One buffer, handed to the runtime and back with every read:
 * a view of it is valid until the next read.
 */
class Window {
  /** CRLF, two hyphens and the boundary: no part contains it. */
  readonly delimiter: Uint8Array
  readonly #reader: ReadableStreamBYOBReader
  #buffer = new Uint8Array(WINDOW)
  #start = 0
  #end: number

  constructor(body: ReadableStream, boundary: string) {
    this.delimiter = new TextEncoder().encode(`\r\n--${boundary}`)
    this.#reader = body.getReader({ mode: 'byob' })
    // The first delimiter may lack its CRLF, so the form begins with one of ours.
    this.#buffer.set(CRLF)
    this.#end = CRLF.length
  }

  get unread(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end)
  }

  use(bytes: number): void {
    this.#start += bytes
  }

  /**
   * Reads on. There must be room: no reader keeps a window unread.
   * @throws {Ec2Error} MalformedQueryString at the end of the request: nobody reads on after the closing boundary
   */
  async fill(enough: Enough): Promise<void> {
    const kept = this.#end - this.#start
    this.#buffer.copyWithin(0, this.#start, this.#end)
    const room = this.#buffer.subarray(kept)
    // The runtime has the buffer now, and it does not come back from a request that failed.
    this.#buffer = new Uint8Array()
    this.#start = this.#end = 0
    const { value } = await this.#reader.readAtLeast(enough === 'some' ? 1 : room.length, room).catch(truncated)
    if (value === undefined || value.length === 0) return truncated()
    this.#buffer = new Uint8Array(value.buffer)
    this.#end = kept + value.length
  }

  async close(): Promise<void> {
    // A request that failed has nothing left to cancel.
    await this.#reader.cancel().catch(() => undefined)
  }
}

/** One part's content, up to the next delimiter. */
class PartContent {
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

  /** The next bytes, `most` at most, valid until the next call; undefined at the end. */
  async next(most = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
    while (this.#known === 0 && !this.#ended) await this.#search()
    if (this.#ended) return undefined
    const bytes = this.#window.unread.subarray(0, Math.min(this.#known, most))
    this.#window.use(bytes.length)
    this.#known -= bytes.length
    return bytes
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

function streamOf(content: PartContent): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: WINDOW,
    async pull(controller) {
      const request = controller.byobRequest
      const view = request?.view
      if (!request || !view) throw new TypeError('autoAllocateChunkSize gives every pull a buffer')
      const bytes = await content.next(view.byteLength)
      if (bytes === undefined) controller.close()
      else new Uint8Array(view.buffer, view.byteOffset).set(bytes)
      request.respond(bytes?.length ?? 0)
    },
  })
}

/** A field's value: UTF-8, bounded. */
async function readText(content: PartContent, name: string, { fieldBytes }: FormLimits): Promise<string> {
  const decoder = new TextDecoder('utf-8', STRICT)
  let text = ''
  let length = 0
  for (let piece = await content.next(); piece !== undefined; piece = await content.next()) {
    length += piece.length
    if (length > fieldBytes) {
      throw invalid(name, undefined, `It is longer than ${fieldBytes} bytes.`)
    }
    text += decode(piece, decoder, { stream: true })
  }
  return text + decode(undefined, decoder)
}

/** What precedes the first delimiter is for programs that know no multipart: dropped, but not without end. */
async function skipPreamble(window: Window, { headerBytes }: FormLimits): Promise<void> {
  const preamble = new PartContent(window, 'some')
  let length = 0
  for (let piece = await preamble.next(); piece !== undefined; piece = await preamble.next()) {
    length += piece.length
    if (length > headerBytes) throw malformed('no part begins with the boundary that Content-Type names')
  }
}

/** Reads the rest of a delimiter's line: two hyphens end the form, and what follows them is ignored. */
async function isClosing(window: Window, { headerBytes }: FormLimits): Promise<boolean> {
  while (window.unread.length < 2) await window.fill('some')
  if (find(window.unread.subarray(0, 2), HYPHENS) === 0) return true
  const line = await readLine(window, headerBytes)
  if (line.trim() !== '') throw malformed('a line begins with the boundary and goes on')
  return false
}

interface PartHeader {
  readonly name: string
  readonly filename: string | undefined
  readonly contentType: string
}

async function readHeader(window: Window, { headerBytes }: FormLimits): Promise<PartHeader> {
  const header = new Map<string, string>()
  let left = headerBytes
  for (let line = await readLine(window, left); line !== ''; line = await readLine(window, left)) {
    left -= line.length
    const colon = line.indexOf(':')
    if (colon < 1) throw malformed('a header line of a part has no name')
    header.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  const disposition = header.get('content-disposition') ?? ''
  const name = /^form-data\s*;/i.test(disposition) ? dispositionParameter(disposition, 'name') : undefined
  if (name === undefined) throw malformed('a part has no Content-Disposition: form-data; name="…"')
  return {
    name,
    filename: dispositionParameter(disposition, 'filename'),
    contentType: header.get('content-type') ?? 'application/octet-stream',
  }
}

/** One line without its CRLF. */
async function readLine(window: Window, most: number): Promise<string> {
  for (;;) {
    const { unread } = window
    const end = find(unread, CRLF)
    if ((end < 0 ? unread.length : end) > most) throw malformed('the header of a part is too long')
    if (end >= 0) {
      const line = decode(unread.subarray(0, end))
      window.use(end + CRLF.length)
      return line
    }
    await window.fill('some')
  }
}

/** Browsers write a quote in a name as `%22` and line ends as `%0D%0A`; older curl and the RFC put a backslash before a quote. */
function dispositionParameter(disposition: string, parameter: string): string | undefined {
  const pattern = new RegExp(`;\\s*${parameter}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, 'i')
  const [, quotedText, token] = pattern.exec(disposition) ?? []
  return quotedText?.replace(/\\(["\\])/g, '$1').replace(/%22|%0D|%0A/gi, decodeURIComponent) ?? token
}

/** RFC 2046: 1 to 70 characters. */
function boundaryOf(contentType: string): string {
  const [, quotedText, token] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType) ?? []
  const boundary = quotedText ?? token
  if (boundary === undefined) throw malformed('Content-Type is not multipart/form-data with a boundary')
  return boundary
}

const STRICT = { fatal: true, ignoreBOM: true }

function decode(
  bytes: Uint8Array | undefined,
  decoder = new TextDecoder('utf-8', STRICT),
  options: TextDecoderDecodeOptions = { stream: false },
): string {
  try {
    return decoder.decode(bytes, options)
  } catch {
    throw malformed('it is not UTF-8')
  }
}

/** Where the needle begins, or -1. Native: a seventh of what a search in script costs. */
function find(bytes: Uint8Array, needle: Uint8Array): number {
  return native.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(needle)
}

function malformed(why: string, cause?: unknown): Ec2Error {
  return new Ec2Error('MalformedQueryString', `The multipart form is malformed: ${why}.`, { cause })
}

/** The request ended before the form did: most often the client went away. */
function truncated(cause?: unknown): never {
  throw malformed('it ends before its closing boundary', cause)
}

function tooManyParts({ parts }: FormLimits): Ec2Error {
  return new Ec2Error('RequestResourceCountExceeded', `The form has more than ${parts} parts.`)
}
