// A map that forgets what was least recently used: bounded, so that what callers send cannot fill the memory.

/** Keeps the `limit` most recently used values. A value is used when it is set and when it is read. */
export class Lru<Value> {
  readonly #limit: number
  readonly #values = new Map<string, Value>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key)
    if (value !== undefined) this.set(key, value)
    return value
  }

  set(key: string, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    const oldest = this.#values.keys().next()
    if (this.#values.size > this.#limit && !oldest.done) this.#values.delete(oldest.value)
  }

  delete(key: string): void {
    this.#values.delete(key)
  }
}
