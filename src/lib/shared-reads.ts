// Reads that several requests wait for: begun by one of them, and kept going for the others.

/** Keeps work going when the request that began it is over (`waitUntil`). */
export type Keep = (work: Promise<unknown>) => void

/** How long others join a read: it may have been ended together with the request that began it. Milliseconds. */
const PATIENCE = 5_000

/** One read at a time for each key. */
export class SharedReads<Key, Value> {
  readonly #now: () => number
  readonly #reading = new Map<Key, { readonly since: number; readonly value: Promise<Value> }>()

  /** @param now milliseconds, from any start */
  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * The value of the read that is under way, or else of a new one, to which `read` is told when it began.
   * @throws what the read throws, to everybody who waits for it
   */
  get(key: Key, keep: Keep, read: (since: number) => Promise<Value>): Promise<Value> {
    const now = this.#now()
    const joined = this.#reading.get(key)
    if (joined && isWithin(PATIENCE, joined.since, now)) return joined.value
    const reading = { since: now, value: read(now) }
    this.#reading.set(key, reading)
    const end = () => {
      if (this.#reading.get(key) === reading) this.#reading.delete(key)
    }
    // A failure is reported by the requests that wait for it
    keep(reading.value.then(end, end))
    return reading.value
  }
}

/** Whether a time is no longer past than a span. A clock that was set back makes an age negative: unknown, and so too old. */
export function isWithin(span: number, since: number, now: number): boolean {
  const age = now - since
  return age >= 0 && age < span
}
