// A map that forgets what was least recently used: bounded, so that what callers send cannot fill the memory.

/** A value between the one that was used before it and the one that was used after. */
interface Entry<Value, Key> {
  readonly key: Key
  readonly value: Value
  older: Entry<Value, Key> | undefined
  newer: Entry<Value, Key> | undefined
}

/** Keeps the most recently used values, as many as `limit` has room for. A value is used when it is set and when it is read. */
export class Lru<Value, Key = string> {
  readonly #limit: number
  readonly #sizeOf: (value: Value) => number
  readonly #entries = new Map<Key, Entry<Value, Key>>()
  #oldest: Entry<Value, Key> | undefined
  #newest: Entry<Value, Key> | undefined
  #likely: Entry<Value, Key> | undefined
  #size = 0

  /** @param sizeOf what a value takes of the limit, always the same; 1 where nothing is said */
  constructor(limit: number, sizeOf: (value: Value) => number = () => 1) {
    this.#limit = limit
    this.#sizeOf = sizeOf
  }

  /** How much more there is room for before anything is forgotten. */
  get left(): number {
    return this.#limit - this.#size
  }

  /** What was used longest ago. */
  get oldest(): Value | undefined {
    return this.#oldest?.value
  }

  /** What was used next the last time that what was read last was used: a guess at what is read next. */
  get likely(): Pick<Entry<Value, Key>, 'key' | 'value'> | undefined {
    return this.#likely
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key)
    if (entry) this.#use(entry)
    return entry?.value
  }

  /** Reads what is likely, which need not be looked up. */
  useLikely(): void {
    if (this.#likely) this.#use(this.#likely)
  }

  set(key: Key, value: Value): void {
    this.delete(key)
    const entry = { key, value, older: undefined, newer: undefined }
    this.#entries.set(key, entry)
    this.#link(entry)
    this.#size += this.#sizeOf(value)
    while (this.#size > this.#limit && this.#oldest) this.delete(this.#oldest.key)
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#unlink(entry)
    if (entry === this.#likely) this.#likely = undefined
    this.#size -= this.#sizeOf(entry.value)
  }

  #use(entry: Entry<Value, Key>): void {
    this.#likely = entry.newer
    if (entry === this.#newest) return
    this.#unlink(entry)
    this.#link(entry)
  }

  #link(entry: Entry<Value, Key>): void {
    entry.older = this.#newest
    entry.newer = undefined
    if (this.#newest) this.#newest.newer = entry
    else this.#oldest = entry
    this.#newest = entry
  }

  #unlink({ older, newer }: Entry<Value, Key>): void {
    if (older) older.newer = newer
    else this.#oldest = newer
    if (newer) newer.older = older
    else this.#newest = older
  }
}
