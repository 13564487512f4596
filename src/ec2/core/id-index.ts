// Where minted ids are looked up: an index in KV that is never asked for a decision and heals itself from the pools.
import { Lru } from '../../lib/lru.ts'
import { limits } from '../../limits.ts'

/** What the index is kept in: the part of a KV namespace that it needs. */
export interface IndexStore {
  get(keys: string[]): Promise<Map<string, string | null>>
  put(key: string, value: string): Promise<void>
}

const keyOf = (id: string) => `id:${id}`

/**
 * The index from minted ids to OpenNebula numbers.
 *
 * KV is eventually consistent and may be empty, stale or down: an entry is a hint that the object itself confirms,
 * a miss is no answer (the caller's pool is), and a failure is a miss.
 * @see https://developers.cloudflare.com/kv/concepts/how-kv-works/
 */
export class IdIndex {
  readonly #store: IndexStore
  readonly #defer: (work: Promise<unknown>) => void
  readonly #seen: Lru<number>
  /** Entries that this request may still write. */
  #left: number = limits.indexWrites.most

  /**
   * @param defer keeps the Worker alive for writes that nobody waits for
   * @param seen  what earlier requests have found there: a look into KV less
   */
  constructor(store: IndexStore, defer: (work: Promise<unknown>) => void, seen = new Lru<number>(limits.seenIds.most)) {
    this.#store = store
    this.#defer = defer
    this.#seen = seen
  }

  /** The numbers of those ids that the index knows. */
  async find(ids: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    const unseen: string[] = []
    for (const id of ids) {
      const number = this.#seen.get(id)
      if (number === undefined) unseen.push(id)
      else found.set(id, number)
    }
    for (let start = 0; start < unseen.length; start += limits.kvKeysPerGet.most) {
      const batch = unseen.slice(start, start + limits.kvKeysPerGet.most)
      const values = await this.#read(batch)
      for (const id of batch) {
        const value = values.get(keyOf(id)) ?? ''
        if (!/^\d{1,10}$/.test(value)) continue
        found.set(id, Number(value))
        this.#seen.set(id, Number(value))
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
      this.#seen.set(id, number)
      if (this.#left-- <= 0) return
      this.#defer(this.#write(id, number))
    }
  }

  async #write(id: string, number: number): Promise<void> {
    try {
      await this.#store.put(keyOf(id), String(number))
    } catch {
      // The next miss writes it again
    }
  }
}
