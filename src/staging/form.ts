// A multipart/form-data reader that streams: fields as text, a file as it arrives, whatever its size.
//
// Own code because the libraries hold a file whole (@remix-run/multipart-parser, Request.formData) or, by way of Node's
// streams, take twice the CPU and grow by 129 MB over an image of 2 GiB where this grows by 38 (@fastify/busboy 3.2.6).
import { limits } from '../limits.ts'
import { invalid } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { CRLF, find, malformed, PartContent, Window } from './form-window.ts'
import type { Source } from './upload.ts'

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
   * The content, of which the request is read only as fast as it is read itself. It fails with the reader's `Ec2Error` where the
   * form ends too early. Read it before asking for the next part; what was not read is skipped.
   */
  readonly content: Source
  /** Bytes that it has if nothing is behind it; undefined where the length of the form is not known. */
  readonly announced: number | undefined
}

/** How much of a form is held in memory at most. */
export interface FormLimits {
  /** Parts of either kind. */
  readonly parts: number
  /** Bytes of one field's value. */
  readonly fieldBytes: number
  /** Bytes of one part's header lines, and of what precedes the first part. Less than a window. */
  readonly headerBytes: number
}

const LIMITS: FormLimits = {
  parts: limits.uploadFields.most,
  fieldBytes: limits.uploadField.most,
  headerBytes: limits.uploadHeader.most,
}

const HYPHENS = new TextEncoder().encode('--')

/**
 * Yields a form's parts in the order they were sent. Leaving the loop, by whatever way, cancels the rest of the request.
 *
 * @param body        a byte stream, as `Request.body` is
 * @param contentType the request's Content-Type, with the boundary
 * @param length      bytes of the body, where they are known
 * @throws {Ec2Error} 400 MalformedQueryString where it is no well-formed form or ends too early, InvalidParameterValue
 *   for a field beyond the limit, RequestResourceCountExceeded for too many parts
 * @see https://www.rfc-editor.org/rfc/rfc7578 and, for the boundary, RFC 2046 section 5.1.1
 */
export async function* readForm(
  body: ReadableStream,
  contentType: string,
  { length, bounds = LIMITS }: { readonly length?: number | undefined; readonly bounds?: FormLimits } = {},
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
        const behind = window.used + window.delimiter.length + HYPHENS.length + CRLF.length
        const announced = length === undefined ? undefined : Math.max(0, length - behind)
        yield { kind: 'file', name, filename, contentType, content, announced }
        await content.skip()
      }
    }
  } finally {
    await window.close()
  }
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

function tooManyParts({ parts }: FormLimits): Ec2Error {
  return new Ec2Error('RequestResourceCountExceeded', `The form has more than ${parts} parts.`)
}
