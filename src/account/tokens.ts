// Client tokens: a request that is repeated with the token of an earlier one gets the earlier one's answer.
import { isFinal } from '../ec2/core/failures.ts'
import { limits } from '../limits.ts'
import { invalid } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { Locks } from './locks.ts'
import type { Rows } from './rows.ts'

/** What is kept of a request that carried a client token. */
interface Remembered {
  /** Digest of the request without its token: the same token with another request is a mistake. */
  readonly fingerprint: string
  /** What ids are minted from, so that a repeat after a crash mints the same ones. */
  readonly seed: string
  readonly created: number
  /** False while the request runs, and after a crash in the middle of it. */
  readonly answered: boolean
}

/** One run of a request. */
export interface Attempt {
  /** The same for all runs of one request; the lock by this name is held while it runs. */
  readonly request: string
  /** Absent where the request carries no token, and so cannot be repeated. */
  readonly seed?: string
  /** When the first run began; milliseconds since 1970. */
  readonly since: number
  /** True when an earlier run may have left something behind. */
  readonly resumed: boolean
}

/** A request with a client token. */
export interface Tokened {
  readonly action: string
  readonly token: string
  /** The request without its token. */
  readonly request: unknown
  /** When it has to be answered; milliseconds since 1970. */
  readonly deadline?: number | undefined
}

/** AWS remembers tokens for at least a day. */
const RETENTION_MS = 24 * 60 * 60 * 1000

const ROW = 'token:'
/** Answers are rows of their own: they are large, and seldom looked at. */
const ANSWER = 'answer:'

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
const LONGEST = 64

/** The client tokens of one account. */
export class ClientTokens {
  readonly #rows: Rows
  readonly #locks: Locks
  readonly #now: () => number
  /** How many there are, once they were counted. */
  #count: number | undefined
  /** When the day of the first one is over, once they were looked through; milliseconds since 1970. */
  #firstOver = Number.NEGATIVE_INFINITY

  constructor(rows: Rows, locks: Locks, now: () => number) {
    this.#rows = rows
    this.#locks = locks
    this.#now = now
  }

  /**
   * Runs `work` once for a token. Repeats wait for it and get its answer; after a crash the repeat resumes it.
   *
   * What failed through the caller's fault left nothing behind and is forgotten; what failed otherwise is resumed.
   * @throws Ec2Error IdempotentParameterMismatch when the token came with another request before, and RequestLimitExceeded when an
   *   earlier run takes too long
   */
  async once<T>({ action, token, request, deadline }: Tokened, work: (attempt: Attempt) => Promise<T>): Promise<T> {
    checkToken(token)
    const name = `${action}:${token}`
    const fingerprint = await digest(request)
    const run = async () => {
      const earlier = this.#rows.get<Remembered>(ROW + name)
      if (earlier !== undefined && earlier.fingerprint !== fingerprint) throw mismatch(token)
      if (earlier?.answered) return this.#answer<T>(name)
      if (!earlier) this.#makeRoom()
      const row = earlier ?? { fingerprint, seed: crypto.randomUUID(), created: this.#now(), answered: false }
      this.#rows.put(ROW + name, row)
      const { seed, created: since } = row
      const answer = await this.#forgetOnRefusal(
        name,
        work({ request: name, seed, since, resumed: earlier !== undefined }),
      )
      this.#rows.put(ANSWER + name, { answer })
      this.#rows.put(ROW + name, { ...row, answered: true })
      return answer
    }
    return this.#locks.hold([name], run, deadline)
  }

  /** Forgets a request, so that its token begins a new one: nothing of it is left, or will be. */
  forget(name: string): void {
    if (this.#count !== undefined && this.#rows.get(ROW + name) !== undefined) this.#count--
    this.#rows.delete(ROW + name, ANSWER + name)
  }

  /** Drops the tokens whose day is over. Looks through all of them no sooner than one may be. */
  expire(): void {
    const now = this.#now()
    if (this.#firstOver > now) return
    this.#firstOver = now + RETENTION_MS
    for (const [key, { created }] of this.#rows.list<Remembered>(ROW)) {
      const over = created + RETENTION_MS
      if (over <= now) this.forget(key.slice(ROW.length))
      else this.#firstOver = Math.min(this.#firstOver, over)
    }
  }

  /**
   * Counts one more, and drops the oldest where there are as many as there may be: whoever sends ever new ones fills no storage. Of
   * those that run now none goes, and of those that may be resumed as few as can be.
   */
  #makeRoom(): void {
    const { most } = limits.clientTokens
    this.#count ??= this.#rows.list(ROW).size
    if (this.#count >= most) {
      const rows = [...this.#rows.list<Remembered>(ROW)].map(([key, row]) => ({ name: key.slice(ROW.length), ...row }))
      const oldest = rows
        .filter(({ name }) => !this.#locks.isHeld(name))
        .toSorted((one, other) => Number(other.answered) - Number(one.answered) || one.created - other.created)
        .slice(0, rows.length - most + Math.ceil(most / 10))
      for (const { name } of oldest) this.forget(name)
      this.#count = rows.length - oldest.length
    }
    this.#count++
  }

  /** When to look for tokens whose day is over; undefined while there are none. */
  get due(): number | undefined {
    return this.#rows.has(ROW) ? this.#now() + RETENTION_MS : undefined
  }

  #answer<T>(name: string): T {
    const row = this.#rows.get<{ answer: T }>(ANSWER + name)
    if (row === undefined) throw new TypeError('an answered token has no answer')
    return row.answer
  }

  async #forgetOnRefusal<T>(name: string, running: Promise<T>): Promise<T> {
    try {
      return await running
    } catch (error) {
      if (isFinal(error)) this.forget(name)
      throw error
    }
  }
}

function checkToken(token: string): void {
  if (token.length <= LONGEST && /^[\x20-\x7e]*$/.test(token)) return
  throw invalid('ClientToken', token, `It has at most ${LONGEST} ASCII characters.`)
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
