// Identical reads at the same moment: who comes while one is under way shares the next one with all that come meanwhile.
//
// Nobody joins a read that was sent before they came: it might tell less than they know already, of what they have just
// changed. Whoever has waited long enough asks by itself, so that no request depends on what becomes of another.
import { isWithin } from '../lib/shared-reads.ts'
import { within } from '../lib/within.ts'
import { limits } from '../limits.ts'

/** As long as OpenNebula takes for an answer that is worth waiting for; milliseconds. */
const PATIENCE = 250

/** A read that is under way, or about to be. */
class Turn {
  since: number
  /** Whether others wait for what is read. */
  isAwaited = false
  readonly #ended = Promise.withResolvers<readonly Uint8Array[] | undefined>()

  constructor(since: number) {
    this.since = since
  }

  /** All of the answer; undefined where that is not to be had. */
  get answer(): Promise<readonly Uint8Array[] | undefined> {
    return this.#ended.promise
  }

  end(answer?: readonly Uint8Array[]): void {
    this.#ended.resolve(answer)
  }
}

/** Answers by what was asked. What is asked says who asks: the session of its user stands in it. */
export class SharedAnswers {
  readonly #now: () => number
  readonly #patience: number
  readonly #running = new Map<string, Turn>()
  readonly #next = new Map<string, Turn>()

  /**
   * @param now milliseconds, from any start
   * @param patience how long anybody waits for another's read; milliseconds
   */
  constructor(now: () => number, patience = PATIENCE) {
    this.#now = now
    this.#patience = patience
  }

  /**
   * The answer to a read, of its own or the same as others'.
   * @throws what `send` throws
   */
  async stream(asked: string, send: () => Promise<AsyncIterable<Uint8Array>>): Promise<AsyncIterable<Uint8Array>> {
    const running = this.#running.get(asked)
    if (!running || !isWithin(this.#patience, running.since, this.#now())) return this.#begin(asked, this.#turn(), send)
    const next = this.#next.get(asked)
    if (next && isWithin(this.#patience, next.since, this.#now())) {
      next.isAwaited = true
      const answer = await within(2 * this.#patience, next.answer)
      return answer ? all(answer) : send()
    }
    const own = this.#turn()
    this.#next.set(asked, own)
    await within(this.#patience, running.answer)
    if (this.#next.get(asked) === own) this.#next.delete(asked)
    return this.#begin(asked, own, send)
  }

  #turn(): Turn {
    return new Turn(this.#now())
  }

  async #begin(
    asked: string,
    turn: Turn,
    send: () => Promise<AsyncIterable<Uint8Array>>,
  ): Promise<AsyncIterable<Uint8Array>> {
    turn.since = this.#now()
    this.#running.set(asked, turn)
    try {
      return this.#read(asked, turn, await send())
    } catch (error) {
      this.#end(asked, turn)
      throw error
    }
  }

  /** Passes an answer on, and keeps it where others wait for it. */
  async *#read(asked: string, turn: Turn, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let kept: Uint8Array[] | undefined = turn.isAwaited ? [] : undefined
    let length = 0
    try {
      for await (const chunk of chunks) {
        length += chunk.length
        if (length > limits.sharedAnswer.most) kept = undefined
        // A piece of its own: it may stand in a buffer that is much larger
        kept?.push(chunk.slice())
        yield chunk
      }
      this.#end(asked, turn, kept)
    } finally {
      // Where it broke off, or was left, the others ask by themselves
      this.#end(asked, turn)
    }
  }

  #end(asked: string, turn: Turn, answer?: readonly Uint8Array[]): void {
    if (this.#running.get(asked) === turn) this.#running.delete(asked)
    turn.end(answer)
  }
}

async function* all(answer: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* answer
}
