// Requests to S3 as clients sign them, made by the rules of AWS's documentation and by nothing of src/auth and src/s3.
import { createHash, createHmac } from 'node:crypto'
import { crc32 as zlibCrc32 } from 'node:zlib'
import { toBase64, toHex } from '../../src/lib/bytes.ts'

export const ACCESS_KEY = 'AKIAIOSFODNN7EXAMPLE'
export const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
/** That of AWS's examples. */
export const DATE = '20130524T000000Z'
export const NOW = Date.parse('2013-05-24T00:00:00Z')
const SCOPE = '20130524/us-east-1/s3/aws4_request'

/** A request in parts that can be altered one by one. */
export interface Message {
  readonly method: string
  /** As it is sent. */
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export function concat(...pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const bytes = pieces.map(piece => (typeof piece === 'string' ? bytesOf(piece) : piece))
  const whole = new Uint8Array(bytes.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of bytes) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** Bytes that no two tests share. */
export function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

/** Cut into pieces of a size. */
export function piecesOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return pieces
}

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** A hash in base64, as headers have it. */
export const base64Hash = (name: 'md5' | 'sha1' | 'sha256', bytes: Uint8Array): string =>
  createHash(name).update(bytes).digest('base64')

/** CRC-32 in base64. */
export function crc32(bytes: Uint8Array): string {
  const four = new Uint8Array(4)
  new DataView(four.buffer).setUint32(0, zlibCrc32(bytes))
  return toBase64(four)
}

const mac = (key: Uint8Array, text: string): Uint8Array =>
  new Uint8Array(createHmac('sha256', key).update(text).digest())

const signingKey = (secret: string): Uint8Array =>
  SCOPE.split('/').reduce((key, step) => mac(key, step), bytesOf(`AWS4${secret}`))

const seal = (secret: string, algorithm: string, lines: string): string =>
  toHex(mac(signingKey(secret), `${algorithm}\n${DATE}\n${SCOPE}\n${lines}`))

/** What is the same for every request unless a test says otherwise. */
const HOST = 'cloud.example.com'

/** Percent-encoded as SDKs do it. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const canonicalQuery = (query: string): string =>
  query === ''
    ? ''
    : query
        .split('&')
        .map(part => part.split('='))
        .map(([name = '', value = '']) => `${name}=${value}`)
        .sort()
        .join('&')

function canonical({ method, path, query, headers }: Message, signed: readonly string[], payload: string): string {
  const lines = signed.map(name => `${name}:${headers[name]?.trim()}\n`).join('')
  return `${method}\n${path}\n${canonicalQuery(query)}\n${lines}\n${signed.join(';')}\n${payload}`
}

/** What a test asks for. */
export interface Asked {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly secret?: string
}

const asked = ({
  method = 'PUT',
  path = '/images_000000000002/disk.img',
  query = '',
  headers = {},
  body = '',
}: Asked) => ({
  method,
  path,
  query,
  headers: { host: HOST, ...headers },
  body: typeof body === 'string' ? bytesOf(body) : body,
})

/**
 * Signed in the Authorization header.
 * @param payload x-amz-content-sha256; the hash of the body where nothing is said
 */
export function inHeader(request: Asked, payload?: string): Message {
  const message = asked(request)
  const declared = payload ?? sha256(message.body)
  const headers: Record<string, string> = {
    'content-length': String(message.body.length),
    ...message.headers,
    'x-amz-content-sha256': declared,
    'x-amz-date': DATE,
  }
  const signed = Object.keys(headers).sort()
  const hash = sha256(canonical({ ...message, headers }, signed, declared))
  const signature = seal(request.secret ?? SECRET, 'AWS4-HMAC-SHA256', hash)
  const authorization = `AWS4-HMAC-SHA256 Credential=${ACCESS_KEY}/${SCOPE},SignedHeaders=${signed.join(';')},Signature=${signature}`
  return { ...message, headers: { ...headers, authorization } }
}

/** The signature of a message that is signed in its header. */
export const seedOf = ({ headers }: Message): string =>
  /Signature=(\w+)/.exec(headers['authorization'] ?? '')?.[1] ?? ''

/** Presigned, for an hour: all headers that are asked for are signed. */
export function presigned(request: Asked, expires = 3600, payload = 'UNSIGNED-PAYLOAD'): Message {
  const message = asked(request)
  const signed = Object.keys(message.headers).sort()
  const query = [
    ...(message.query === '' ? [] : [message.query]),
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${encode(`${ACCESS_KEY}/${SCOPE}`)}`,
    `X-Amz-Date=${DATE}`,
    `X-Amz-Expires=${expires}`,
    `X-Amz-SignedHeaders=${encode(signed.join(';'))}`,
  ].join('&')
  const hash = sha256(canonical({ ...message, query }, signed, payload))
  const signature = seal(request.secret ?? SECRET, 'AWS4-HMAC-SHA256', hash)
  const length = { 'content-length': String(message.body.length) }
  return { ...message, headers: { ...length, ...message.headers }, query: `${query}&X-Amz-Signature=${signature}` }
}

/** A link of version 2 as botocore makes it: headers of `headers` are signed, and put into the query. */
export function linkV2(request: Asked, expires = NOW / 1000 + 3600): Message {
  const { headers: given = {} } = request
  const message = asked({ ...request, headers: {} })
  const amz = Object.entries(given).filter(([name]) => name.startsWith('x-amz-'))
  const lines = amz.toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, value]) => `${name}:${value}\n`)
  const resources = message.query
    .split('&')
    .filter(part => /^(uploads|uploadId|partNumber|acl|delete|response-[a-z-]+)(=|$)/.test(part))
    .sort()
    .map(part => decodeURIComponent(part))
  const resource = message.path + (resources.length > 0 ? `?${resources.join('&')}` : '')
  const standard = `${given['content-md5'] ?? ''}\n${given['content-type'] ?? ''}`
  const text = `${message.method}\n${standard}\n${expires}\n${lines.join('')}${resource}`
  const signature = createHmac('sha1', request.secret ?? SECRET)
    .update(text)
    .digest('base64')
  const query = [
    ...(message.query === '' ? [] : [message.query]),
    `AWSAccessKeyId=${ACCESS_KEY}`,
    `Signature=${encode(signature)}`,
    ...Object.entries(given).map(([name, value]) => `${name}=${encode(value)}`),
    `Expires=${expires}`,
  ].join('&')
  return { ...message, query, headers: { ...message.headers, 'content-length': String(message.body.length) } }
}

/** How a body is put into chunks. */
export interface Chunks {
  /** The data of each chunk but the last, which is empty. */
  readonly pieces: readonly Uint8Array[]
  readonly signed: boolean
  /** Trailing headers; none may follow where it is absent. */
  readonly trailers?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

const payloadOf = ({ signed, trailers }: Chunks): string =>
  `STREAMING-${signed ? 'AWS4-HMAC-SHA256' : 'UNSIGNED'}-PAYLOAD${trailers ? '-TRAILER' : ''}`

/** A chunked message, and the parts of its body: each chunk's header and data, what is between, and the trailers. */
export interface ChunkedMessage {
  readonly message: Message
  readonly frames: readonly (string | Uint8Array)[]
}

/** A message in chunks, signed in its header. */
export function inChunks(chunks: Chunks, request: Asked = {}): ChunkedMessage {
  const { pieces, trailers } = chunks
  const names = Object.keys(trailers ?? {})
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': String(pieces.reduce((sum, { length }) => sum + length, 0)),
    ...(names.length > 0 && { 'x-amz-trailer': names.join(',') }),
    ...request.headers,
  }
  // The length of the body is signed, and is known when its signatures are
  const unsigned = framesOf(chunks, '0'.repeat(64), request.secret)
  const length = { 'content-length': String(concat(...unsigned).length) }
  const head = inHeader({ ...request, headers: { ...length, ...headers } }, payloadOf(chunks))
  const frames = framesOf(chunks, seedOf(head), request.secret)
  return { message: { ...head, body: concat(...frames) }, frames }
}

function framesOf({ pieces, signed, trailers }: Chunks, seed: string, secret = SECRET): (string | Uint8Array)[] {
  let previous = seed
  const next = (algorithm: string, lines: string) => {
    previous = seal(secret, algorithm, `${previous}\n${lines}`)
    return previous
  }
  const header = (piece: Uint8Array) => {
    const size = piece.length.toString(16)
    return signed
      ? `${size};chunk-signature=${next('AWS4-HMAC-SHA256-PAYLOAD', `${sha256('')}\n${sha256(piece)}`)}`
      : size
  }
  const frames = pieces.flatMap(piece => [`${header(piece)}\r\n`, piece, '\r\n'])
  frames.push(`${header(new Uint8Array())}\r\n`)
  for (const [name, value] of Object.entries(trailers ?? {})) frames.push(`${name}:${value}\r\n`)
  if (signed && trailers) {
    const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}\n`)
    frames.push(`x-amz-trailer-signature:${next('AWS4-HMAC-SHA256-TRAILER', sha256(lines.join('')))}\r\n`)
  }
  return [...frames, '\r\n']
}
