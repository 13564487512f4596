// The last HTTP requests that the sandbox answered.

export interface LoggedRequest {
  /** Ms since the epoch. */
  at: number
  /** In order; a multicall stands before the methods it held. */
  methods: readonly string[]
  requestBytes: number
  responseBytes: number
  /** What it says it is for, by the header `x-request-id`. */
  requestId?: string | undefined
  /** HTTP status; 0 for a connection that was cut. */
  status: number
  /** Until the answer was ready to be sent. */
  ms: number
}

const LIMIT = 10_000

export class RequestLog {
  #requests: LoggedRequest[] = []

  add(request: LoggedRequest): void {
    this.#requests.push(request)
    if (this.#requests.length > 2 * LIMIT) this.#requests = this.#requests.slice(-LIMIT)
  }

  list(): readonly LoggedRequest[] {
    return this.#requests
  }

  clear(): void {
    this.#requests = []
  }
}
