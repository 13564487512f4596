// The parameters of a request: GET query and POST form, merged, in the order in which they were sent.
import { excerpt } from '../lib/excerpt.ts'
import { repeated } from './complaints.ts'
import { Ec2Error } from './errors.ts'

export type ParameterList = readonly (readonly [name: string, value: string])[]

export interface Bounds {
  /** Parameters in one request. */
  readonly count: number
  /** Bytes of query and form together. */
  readonly bytes: number
}

export interface EncodedParameters {
  /** The query as it was sent, with or without the `?`. */
  readonly query: string
  /** The Content-Type header; a client that sends none is taken to send a form. */
  readonly contentType?: string | null
  readonly body?: Uint8Array
}

const formType = 'application/x-www-form-urlencoded'

/**
 * Decodes query and form.
 *
 * @throws Ec2Error MalformedQueryString for what is no form or no UTF-8, InvalidRequest for another content type,
 *   InvalidQueryParameter for too many parameters, RequestEntityTooLarge (413) for too many bytes
 */
export function readParameters({ query, contentType, body }: EncodedParameters, bounds: Bounds): ParameterList {
  const form = body && body.byteLength > 0 ? readForm(contentType, body) : ''
  if (query.length + (body?.byteLength ?? 0) > bounds.bytes) throw tooLarge(bounds.bytes)
  const pieces = [query.replace(/^\?/, ''), form].flatMap(text => text.split('&', bounds.count + 1))
  const pairs = pieces.filter(piece => piece !== '')
  // Empty ones are no parameters, but many of them are work as well
  if (pairs.length > bounds.count || pieces.length > bounds.count + 1) throw tooMany(bounds.count)
  return pairs.map(decodePair)
}

/** Bytes that a body may have before more room is made for it. */
const FIRST_ROOM = 4096

/**
 * Reads a body of bounded size. Its pieces are held no longer than it takes to copy them: each has a buffer of its own, and a client may
 * send one a byte.
 *
 * @throws Ec2Error RequestEntityTooLarge (413), as soon as the body exceeds the bound
 */
export async function readBody(request: Pick<Request, 'headers' | 'body'>, bytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length'))
  if (declared > bytes) throw tooLarge(bytes)
  const body: ReadableStream<Uint8Array> | null = request.body
  let read = new Uint8Array(Math.min(declared || FIRST_ROOM, bytes))
  let length = 0
  for await (const piece of body ?? []) {
    const end = length + piece.byteLength
    if (end > bytes) throw tooLarge(bytes)
    if (end > read.length) read = grown(read, Math.min(Math.max(end, 2 * read.length), bytes))
    read.set(piece, length)
    length = end
  }
  return read.subarray(0, length)
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length)
  larger.set(bytes)
  return larger
}

/**
 * The one value of a parameter outside the action's input, such as `Action` or `Version`.
 *
 * @throws Ec2Error InvalidParameterValue if it was sent more than once
 */
export function single(parameters: ParameterList, name: string): string | undefined {
  let found: string | undefined
  for (const [each, value] of parameters) {
    if (each !== name) continue
    if (found !== undefined) throw repeated(name)
    found = value
  }
  return found
}

function readForm(contentType: string | null | undefined, body: Uint8Array): string {
  const [type = ''] = (contentType ?? formType).split(';')
  if (type.trim().toLowerCase() !== formType) {
    throw new Ec2Error('InvalidRequest', `The content type ${excerpt(type)} is not supported, send ${formType}.`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw malformed()
  }
}

function decodePair(pair: string): readonly [string, string] {
  const end = pair.indexOf('=')
  if (end === 0) throw malformed()
  return end < 0 ? [decode(pair), ''] : [decode(pair.slice(0, end)), decode(pair.slice(end + 1))]
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    throw malformed()
  }
}

function malformed(): Ec2Error {
  return new Ec2Error('MalformedQueryString', 'The query string contains a syntax error.')
}

function tooMany(count: number): Ec2Error {
  return new Ec2Error('InvalidQueryParameter', `The request has more than ${count} parameters.`)
}

function tooLarge(bytes: number): Ec2Error {
  return new Ec2Error('RequestEntityTooLarge', `The request is larger than ${bytes} bytes.`)
}
