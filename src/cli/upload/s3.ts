// Speaks S3 to the endpoint's bucket: one signed request, its answer or S3's error. Path style, and a body of any length.
import { createHash } from 'node:crypto'
import { AwsV4Signer } from 'aws4fetch'
import { type Answer, documentIn } from '../answer.ts'
import { Failure, networkFailure } from '../errors.ts'
import type { Session } from '../query.ts'
import { Passing } from './retry.ts'

/** Milliseconds for which a connection may take no bytes, or an answer may be awaited, before it counts as lost. */
const STALLED = 90_000

/** S3 said no. */
export class S3Fault extends Failure {
  override readonly name = 'S3Fault'
  /** S3's code, such as `NoSuchUpload`; empty where an answer has no document. */
  readonly code: string
  /** HTTP status. */
  readonly status: number

  constructor(code: string, message: string, status: number) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** Bytes that are sent, hashed before. */
export interface Body {
  readonly size: number
  /** In hexadecimal. */
  readonly sha256: string
  readonly read: () => AsyncIterable<Uint8Array>
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Below the endpoint's host, such as `/images_000000000002/…`; nothing in it has to be encoded. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Body
  /** Is told of bytes as they go. */
  readonly onSent?: (bytes: number) => void
  readonly signal?: AbortSignal
}

/** What came back: the root of the document, if there is one. */
export interface S3Answer {
  readonly status: number
  readonly headers: Headers
  readonly root: Answer | undefined
  readonly text: string
}

/** A short text as a body. */
export function textBody(text: string): Body {
  const bytes = Buffer.from(text)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { size: bytes.length, sha256, read: () => once(bytes) }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  if (bytes.length > 0) yield bytes
}

const NOTHING = textBody('')

/**
 * Asks for something that S3 either does or refuses.
 *
 * @throws {S3Fault} for what it refuses
 * @throws {Passing} where the link broke, the service is out of order, or bytes were damaged on the way
 * @throws {Failure} for an answer that S3 would not give
 */
export async function ask(session: Session, request: S3Request): Promise<S3Answer> {
  const answer = await send(session, request)
  const { status, root } = answer
  if (status >= 200 && status < 300 && root?.name !== 'Error') return answer
  throw refusal(session, request, answer)
}

/**
 * Sends a request and reads the answer, whatever it is.
 *
 * @throws {Passing} where it cannot be reached, or the link breaks
 */
export async function send(session: Session, request: S3Request): Promise<S3Answer> {
  const { endpoint, signal, trace } = session
  const { method, path, query = {}, headers = {}, body = NOTHING, onSent = () => undefined } = request
  const url = new URL(path, endpoint.url.origin)
  url.search = new URLSearchParams(query).toString()
  const signer = new AwsV4Signer({
    ...{ method, url: url.href, service: 's3', region: endpoint.region },
    ...{ accessKeyId: endpoint.accessKey, secretAccessKey: endpoint.secretKey },
    headers: { ...headers, 'x-amz-content-sha256': body.sha256 },
  })
  const signed = await signer.sign()
  trace(`${method} ${url.href}${body.size > 0 ? ` (${body.size} bytes)` : ''}`)
  return transmit(url, { method, headers: signed.headers, body, onSent, signals: [signal, request.signal], trace })
}

interface Transmission {
  readonly method: string
  readonly headers: Headers
  readonly body: Body
  readonly onSent: (bytes: number) => void
  readonly signals: readonly (AbortSignal | undefined)[]
  readonly trace: Session['trace']
}

/** Sends what is signed already. @throws {Passing} */
export async function transmit(
  url: URL,
  { method, headers, body, onSent, signals, trace }: Transmission,
): Promise<S3Answer> {
  const watch = new Watch(STALLED, signals)
  const { signal } = watch
  try {
    const response = await fetch(url, {
      ...{ method, headers, signal },
      // A redirect that might be followed makes Node keep all that it sent: a whole part in memory.
      // https://github.com/nodejs/undici/issues/4058
      redirect: 'error',
      ...(body.size > 0 &&
        streamed(headers, body, bytes => {
          watch.touch()
          onSent(bytes)
        })),
    })
    watch.touch()
    const text = await response.text()
    trace(`HTTP ${response.status}, request id ${response.headers.get('x-amz-request-id') ?? 'unknown'}`)
    return { status: response.status, headers: response.headers, root: text ? documentIn(text) : undefined, text }
  } catch (error) {
    for (const each of signals) each?.throwIfAborted()
    if (signal.aborted) throw new Passing(`cannot reach ${url.origin}/: nothing moves any more`)
    throw new Passing(networkFailure(new URL('/', url), error).message)
  } finally {
    watch.stop()
  }
}

function streamed(headers: Headers, { size, read }: Body, onSent: (bytes: number) => void): RequestInit {
  headers.set('content-length', String(size))
  return { body: ReadableStream.from(counted(read(), onSent)), duplex: 'half' }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, onSent: (bytes: number) => void) {
  for await (const chunk of chunks) {
    yield chunk
    onSent(chunk.length)
  }
}

/** Aborts what has not moved for too long, or what one of the signals ends: they last longer, and keep nothing of it. */
class Watch {
  readonly #controller = new AbortController()
  readonly #signals: readonly AbortSignal[]
  readonly #timer: NodeJS.Timeout
  readonly #abort = () => this.#controller.abort()

  constructor(patience: number, signals: readonly (AbortSignal | undefined)[]) {
    this.#signals = signals.filter(each => each !== undefined)
    for (const each of this.#signals) each.addEventListener('abort', this.#abort)
    if (this.#signals.some(({ aborted }) => aborted)) this.#abort()
    this.#timer = setTimeout(this.#abort, patience)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  touch(): void {
    this.#timer.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
    for (const each of this.#signals) each.removeEventListener('abort', this.#abort)
  }
}

/** Refusals of S3 that are about the moment, or about what happened to the bytes on their way. */
const PASSING = ['BadDigest', 'XAmzContentSHA256Mismatch', 'IncompleteBody', 'RequestTimeout', 'SlowDown']

/** What an answer other than success is. */
export function refusal(session: Session, { method }: S3Request, { status, headers, root, text }: S3Answer): Failure {
  const code = root?.name === 'Error' ? root.text('Code') : ''
  const message = root?.text('Message') || code
  if (code) session.trace(`${code} (HTTP ${status})`)
  if (PASSING.includes(code) || (status >= 500 && status !== 501) || status === 429 || status === 408) {
    return new Passing(message || `the endpoint is out of order (HTTP ${status})`, code)
  }
  // HEAD has no document: its status is all there is
  if (code || method === 'HEAD') return new S3Fault(code, message || `refused with HTTP ${status}`, status)
  if (status === 413) return new Failure('a proxy before the endpoint takes no requests of that size (HTTP 413)')
  const kind = headers.get('content-type') ?? (text ? 'no content type' : 'nothing')
  return new Failure(`${session.endpoint.url.origin}/ does not answer as S3 does (HTTP ${status}, ${kind})`)
}
