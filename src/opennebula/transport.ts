// One HTTP request to the front-end: time-outs, size bounds, the careful retry, and what each failure means.
import { toBase64, toBytes } from '../lib/bytes.ts'
import { type CallOutcome, MalformedAnswer, OneUnavailable, type Unavailability } from './errors.ts'

/** What one EC2 request costs upstream; handed in per request, for logs and tests. */
export interface Meter {
  /** HTTP requests sent, retries included. */
  requests: number
  /** Calls in them: a multicall has many. */
  calls: number
  /** Milliseconds spent waiting for them. */
  ms: number
  /** When all of them have to be over, in milliseconds since 1970; absent where nobody waits for an answer. */
  deadline?: number | undefined
  /** The EC2 request that they are for, which they name to the front-end; absent for what no single one is behind. */
  readonly requestId?: string | undefined
}

/** A new meter at zero. */
export const newMeter = ({ deadline, requestId }: Pick<Meter, 'deadline' | 'requestId'> = {}): Meter => ({
  ...{ requests: 0, calls: 0, ms: 0 },
  deadline,
  requestId,
})

/** By this header whoever stands before the front-end can tell for which EC2 request it was asked. */
const REQUEST_ID = 'x-request-id'

/** `fetch`, or that of a service binding. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>

export interface TransportOptions {
  /** The front-end's XML-RPC address. User and password in it are sent as HTTP Basic authentication. */
  readonly url: string
  /** Where requests go instead of the network: a service binding's `fetch`, bound. */
  readonly fetch?: FetchLike | undefined
  /** Cloudflare Access service token. */
  readonly access?: { readonly clientId: string; readonly clientSecret: string } | undefined
  readonly timeouts?: Partial<Timeouts> | undefined
}

/** Milliseconds. */
export interface Timeouts {
  /** For a read until its answer begins. */
  readonly read: number
  /** For a call that changes something: image allocation looks at its source URL before it answers. */
  readonly write: number
  /** For the whole body of a small answer, and for every 16 KiB of a streamed one. */
  readonly body: number
}

/** How one request is to be treated. */
export interface Sending {
  readonly meter: Meter
  /** A read: safe to repeat, and without effect whatever happens. */
  readonly repeatable: boolean
  /** The methods that are called: a multicall has several, and is given more time. */
  readonly methods: readonly string[]
}

const TIMEOUTS: Timeouts = { read: 15_000, write: 60_000, body: 15_000 }
const EXTRA_PER_CALL = 100
const MAX_SMALL_ANSWER = 2 * 1024 * 1024
// Without room for more, the runtime hands out 4 KiB at a time. Of long answers more comes at once: whatever is done for each
// piece is done the less often.
const ROOM = 64 * 1024
const MOST_ROOM = 256 * 1024
// An answer that drips would never come to an end: so much has to come within the time for a body.
const STRETCH = 16 * 1024
const OUT_OF_TIME = 'The request has taken too long'
const RETRY_AFTER = { least: 50, spread: 200 }

// Statuses by which Cloudflare or a proxy says that the request did not get as far as OpenNebula.
// https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/
const NOT_DELIVERED = new Set([521, 523, 525, 526, 530])

/** The way to one front-end. Stateless; one instance serves all requests. */
export class Transport {
  readonly #url: string
  readonly #fetch: FetchLike
  readonly #headers: Readonly<Record<string, string>>
  readonly #timeouts: Timeouts

  constructor({ url, fetch: send, access, timeouts }: TransportOptions) {
    const address = new URL(url)
    this.#headers = {
      'content-type': 'text/xml; charset=utf-8',
      ...basicAuthentication(address),
      ...(access && { 'cf-access-client-id': access.clientId, 'cf-access-client-secret': access.clientSecret }),
    }
    address.username = ''
    address.password = ''
    this.#url = address.href
    this.#fetch = send ?? ((target, init) => fetch(target, init))
    this.#timeouts = { ...TIMEOUTS, ...timeouts }
  }

  /**
   * Sends a call and returns the whole answer, 2 MiB at most.
   * @throws OneUnavailable
   */
  text(body: string, sending: Sending): Promise<string> {
    return this.#carefully(sending, async exchange => {
      await this.#send(exchange, body)
      return exchange.text()
    })
  }

  /**
   * Sends a read and returns its answer as it arrives. Ending the iteration early closes the connection.
   * @throws OneUnavailable, also in the middle of the iteration
   */
  stream(body: string, sending: Sending): Promise<AsyncIterable<Uint8Array>> {
    return this.#carefully(sending, async exchange => {
      await this.#send(exchange, body)
      return exchange.chunks()
    })
  }

  async #carefully<T>(sending: Sending, attempt: (exchange: Exchange) => Promise<T>): Promise<T> {
    try {
      return await attempt(new Exchange(sending, this.#timeouts))
    } catch (error) {
      if (!(error instanceof OneUnavailable && sending.repeatable && worthRepeating(error))) throw error
    }
    await new Promise(resolve => setTimeout(resolve, RETRY_AFTER.least + Math.random() * RETRY_AFTER.spread))
    return attempt(new Exchange(sending, this.#timeouts))
  }

  async #send(exchange: Exchange, body: string): Promise<void> {
    const { requestId } = exchange
    const headers = requestId === undefined ? this.#headers : { ...this.#headers, [REQUEST_ID]: requestId }
    await exchange.begin(signal =>
      this.#fetch(this.#url, { method: 'POST', headers, body, signal, redirect: 'manual' }),
    )
  }
}

/** Another attempt helps against a dropped connection or a restarting server, not against a slow one. */
function worthRepeating({ reason, status }: OneUnavailable): boolean {
  return reason === 'unreachable' || (status !== undefined && status >= 500)
}

/** One attempt: a request and its answer under the watch of a clock. */
class Exchange {
  readonly #abort = new AbortController()
  readonly #sending: Sending
  readonly #timeouts: Timeouts
  #body: ReadableStreamBYOBReader | undefined

  constructor(sending: Sending, timeouts: Timeouts) {
    this.#sending = sending
    this.#timeouts = timeouts
  }

  get requestId(): string | undefined {
    return this.#sending.meter.requestId
  }

  async begin(send: (signal: AbortSignal) => Promise<Response>): Promise<void> {
    const {
      meter,
      repeatable,
      methods: { length: calls },
    } = this.#sending
    // A request whose time is up sends nothing more
    if (this.#left() <= 0) throw this.#failed('timeout', OUT_OF_TIME, 'none')
    meter.requests++
    meter.calls += calls
    const patience = (repeatable ? this.#timeouts.read : this.#timeouts.write) + (calls - 1) * EXTRA_PER_CALL
    const response = await this.#within(patience, send(this.#abort.signal))
    if (response.status !== 200) throw this.#refusal(response)
    this.#body = response.body?.getReader({ mode: 'byob' })
  }

  async text(): Promise<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
    const deadline = Date.now() + this.#timeouts.body
    let [text, size] = ['', 0]
    for await (const chunk of this.chunks(() => deadline - Date.now())) {
      size += chunk.byteLength
      if (size > MAX_SMALL_ANSWER) throw this.#failed('too-large', 'The answer of OpenNebula is too large')
      text += this.#decode(() => decoder.decode(chunk, { stream: true }))
    }
    return text + this.#decode(() => decoder.decode())
  }

  /**
   * Each piece is there until the next one is asked for: they come in the same room.
   * @param patience milliseconds that the next piece may take, after so many of waiting for the stretch that it is in
   */
  async *chunks(patience = (waited: number): number => this.#timeouts.body - waited): AsyncGenerator<Uint8Array> {
    const body = this.#body
    if (!body) return
    let [waited, came] = [0, 0]
    let room = new ArrayBuffer(ROOM)
    try {
      for (;;) {
        const began = Date.now()
        const { done, value } = await this.#within(patience(waited), body.read(new Uint8Array(room)))
        if (done) return
        waited += Date.now() - began
        came += value.byteLength
        if (came >= STRETCH) [waited, came] = [0, 0]
        yield value
        const { buffer, byteLength } = value
        const isFull = byteLength === buffer.byteLength && byteLength < MOST_ROOM
        room = isFull ? new ArrayBuffer(MOST_ROOM) : buffer
      }
    } finally {
      // No await: a connection that hangs would keep its reader from leaving.
      body.cancel().catch(() => {})
    }
  }

  /** Milliseconds that the EC2 request has left. */
  #left(): number {
    const { deadline } = this.#sending.meter
    return deadline === undefined ? Number.POSITIVE_INFINITY : deadline - Date.now()
  }

  #decode(work: () => string): string {
    try {
      return work()
    } catch {
      throw this.#failed('malformed', 'The answer of OpenNebula is not UTF-8')
    }
  }

  /** Waits for a step of the exchange, at most `ms`, and turns its failure into ours. */
  async #within<T>(ms: number, step: Promise<T>): Promise<T> {
    const began = Date.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<'late'>(resolve => {
      timer = setTimeout(resolve, Math.max(Math.min(ms, this.#left()), 0), 'late')
    })
    try {
      const first = await Promise.race([step.then(value => ({ value })), late])
      if (first !== 'late') return first.value
    } catch {
      // What the runtime says may hold the URL.
      throw this.#failed('unreachable', 'The connection to OpenNebula failed')
    } finally {
      clearTimeout(timer)
      this.#sending.meter.ms += Date.now() - began
    }
    this.#abort.abort()
    throw this.#failed('timeout', 'OpenNebula did not answer in time')
  }

  #refusal({ status, body }: Response): OneUnavailable {
    body?.cancel().catch(() => {})
    const delivered = status >= 500 && !NOT_DELIVERED.has(status)
    const outcome = delivered && !this.#sending.repeatable ? 'unknown' : 'none'
    const message = `The way to OpenNebula answered with HTTP status ${status}`
    return new OneUnavailable('refused', outcome, message, { status, methods: named(this.#sending) })
  }

  #failed(reason: Unavailability, message: string, outcome = outcomeOf(this.#sending)): OneUnavailable {
    return new OneUnavailable(reason, outcome, message, { methods: named(this.#sending) })
  }
}

/** Runs a reader of answers; what it finds malformed becomes a OneUnavailable. */
export async function readingAnswer<T>(
  sending: Pick<Sending, 'repeatable' | 'methods'>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw asUnavailable(error, sending)
  }
}

/** What became of a call whose answer is not known. */
const outcomeOf = ({ repeatable }: Pick<Sending, 'repeatable'>): CallOutcome => (repeatable ? 'none' : 'unknown')

/** The methods of a request, each once. */
const named = ({ methods }: Pick<Sending, 'methods'>): string => [...new Set(methods)].join(' ')

/** A MalformedAnswer as the OneUnavailable that callers know; any other error as it is. */
export function asUnavailable(error: unknown, sending: Pick<Sending, 'repeatable' | 'methods'>): unknown {
  if (!(error instanceof MalformedAnswer)) return error
  const message = `Bad answer of OpenNebula: ${error.message}`
  return new OneUnavailable('malformed', outcomeOf(sending), message, { methods: named(sending) })
}

function basicAuthentication({ username, password }: URL): Record<string, string> {
  if (username === '') return {}
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${toBase64(toBytes(credentials))}` }
}
