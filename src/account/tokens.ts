// Client tokens: a request that is repeated with the token of an earlier one gets the earlier one's answer.
import { Ec2Error } from '../protocol/errors.ts'
import type { Locks } from './locks.ts'

/** What is kept of a request that carried a client token. */
interface Remembered {
  /** Digest of the request without its token: the same token with another request is a mistake. */
  readonly fingerprint: string
  /** What ids are minted from, so that a repeat after a crash mints the same ones. */
  readonly seed: string
  readonly created: number
  /** Absent while the request runs, and after a crash in the middle of it. */
  readonly answer?: unknown
}

/** What a run under a client token knows of the run before it. */
export interface Attempt {
  readonly seed: string
  /** True when an earlier run may have left something behind. */
  readonly resumed: boolean
}

/** AWS remembers tokens for at least a day. */
const RETENTION_MS = 24 * 60 * 60 * 1000

const PREFIX = 'token:'

/**
 * The client tokens of one account, in its Durable Object's storage.
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export class ClientTokens {
  readonly #storage: DurableObjectStorage
  readonly #locks: Locks
  readonly #now: () => number

  constructor(storage: DurableObjectStorage, locks: Locks, now: () => number) {
    this.#storage = storage
    this.#locks = locks
    this.#now = now
  }

  /**
   * Runs `work` once for a token. Repeats wait for it and get its answer; after a crash the repeat resumes it.
   *
   * What failed through the caller's fault left nothing behind and is forgotten; what failed otherwise is resumed.
   * @throws Ec2Error IdempotentParameterMismatch when the token came with another request before
   */
  once<T>(action: string, token: string, request: unknown, work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const key = `${PREFIX}${action}:${token}`
    return this.#locks.hold([key], async () => {
      const fingerprint = await digest(request)
      const earlier = await this.#storage.get<Remembered>(key)
      if (earlier !== undefined && earlier.fingerprint !== fingerprint) throw mismatch(token)
      if (earlier?.answer !== undefined) return earlier.answer as T
      const row: Remembered = earlier ?? { fingerprint, seed: crypto.randomUUID(), created: this.#now() }
      await this.#storage.put(key, row)
      const answer = await this.#forgetOnRefusal(key, work({ seed: row.seed, resumed: earlier !== undefined }))
      await this.#storage.put(key, { ...row, answer })
      return answer
    })
  }

  /** Drops the tokens whose day is over. */
  async expire(): Promise<void> {
    const rows = await this.#storage.list<Remembered>({ prefix: PREFIX })
    const old = [...rows].filter(([, row]) => row.created < this.#now() - RETENTION_MS).map(([key]) => key)
    for (const key of old) await this.#storage.delete(key)
  }

  async #forgetOnRefusal<T>(key: string, running: Promise<T>): Promise<T> {
    try {
      return await running
    } catch (error) {
      if (error instanceof Ec2Error && error.status < 500) await this.#storage.delete(key)
      throw error
    }
  }
}

const mismatch = (token: string) =>
  new Ec2Error(
    'IdempotentParameterMismatch',
    `The client token '${token}' was used before in a request with other parameters.`,
  )

/** SHA-256 of a value, the same whatever order the parameters came in. */
async function digest(value: unknown): Promise<string> {
  const text = JSON.stringify(value, (_, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return new Uint8Array(hash).toHex()
}
