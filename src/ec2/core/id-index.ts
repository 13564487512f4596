// Where minted ids are looked up: an index in KV that is never asked for a decision and heals itself from the pools.
import { Lru } from '../../lib/lru.ts'
import { isWithin } from '../../lib/shared-reads.ts'
import { limits } from '../../limits.ts'

/** What the index is kept in: the part of a KV namespace that it needs. */
export interface IndexStore {
  get(keys: string[]): Promise<Map<string, string | null>>
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>
}

const keyOf = (id: string) => `id:${id}`

/**
 * Seconds. Nobody takes back the entry of what is gone, which would be an operation for each; of what is there still the next miss
 * writes it again, once in that time.
 */
const LIFETIME = limits.indexLife.most * 24 * 60 * 60

/** What an id names stays its number. What is known of an id besides, behind a slash, may change, and is known as long as in KV. */
const mayChange = (id: string) => id.includes('/')

/**
 * What an isolate knows of the index: who polls asks for the same ids again and again, and KV bills each. As good as what KV
 * has: a hint.
 */
export class KnownNumbers {
  readonly #now: () => number
  readonly #entries = new Lru<{ readonly number: number; readonly since: number }>(limits.knownNumbers.most)

  /** @param now milliseconds, from any start */
  constructor(now: () => number) {
    this.#now = now
  }

  get(id: string): number | undefined {
    const entry = this.#entries.get(id)
    if (!entry || (mayChange(id) && !isWithin(limits.indexAge.most * 1000, entry.since, this.#now()))) return undefined
    return entry.number
  }

  set(id: string, number: number): void {
    this.#entries.set(id, { number, since: this.#now() })
  }
}

/**
 * The index from minted ids to OpenNebula numbers.
 *
 * KV is eventually consistent and may be empty, stale or down: an entry is a hint that the object itself confirms,
 * a miss is no answer (the caller's pool is), and a failure is a miss.
 * @see https://developers.cloudflare.com/kv/concepts/how-kv-works/
 */
export class IdIndex {
  readonly #store: IndexStore
  readonly #known: KnownNumbers
  readonly #defer: (work: Promise<unknown>) => void
  /** Entries that this request may still write. */
  #left: number = limits.indexWrites.most

  /**
   * @param known the isolate's
   * @param defer keeps the Worker alive for writes that nobody waits for
   */
  constructor(store: IndexStore, known: KnownNumbers, defer: (work: Promise<unknown>) => void) {
    this.#store = store
    this.#known = known
    this.#defer = defer
  }

  /** The numbers of those ids that the index knows. */
  async find(ids: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    const unknown: string[] = []
    for (const id of ids) {
      const number = this.#known.get(id)
      if (number === undefined) unknown.push(id)
      else found.set(id, number)
    }
    for (let start = 0; start < unknown.length; start += limits.kvKeysPerGet.most) {
      const batch = unknown.slice(start, start + limits.kvKeysPerGet.most)
      const values = await this.#read(batch)
      for (const id of batch) {
        const value = values.get(keyOf(id)) ?? ''
        if (!/^\d{1,10}$/.test(value)) continue
        this.#known.set(id, Number(value))
        found.set(id, Number(value))
      }
    }
    return found
  }

  async #read(ids: readonly string[]): Promise<Map<string, string | null>> {
    try {
      return await this.#store.get(ids.map(keyOf))
    } catch {
      return new Map()
    }
  }

  /**
   * Writes entries behind the caller's back: losing one costs a look into the pool, nothing else. So of many only the
   * first ones of a request are written, for each is an operation of its own.
   */
  remember(entries: Iterable<readonly [id: string, number: number]>): void {
    for (const [id, number] of entries) {
      this.#known.set(id, number)
      if (this.#left-- <= 0) return
      this.#defer(this.#write(id, number))
    }
  }

  async #write(id: string, number: number): Promise<void> {
    try {
      await this.#store.put(keyOf(id), String(number), { expirationTtl: LIFETIME })
    } catch {
      // The next miss writes it again
    }
  }
}
