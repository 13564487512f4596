// A KV namespace, as much of it as is used, and that part of one which is a region's.

export interface KeyStore {
  get(name: string, options: { cacheTtl: number }): Promise<string | null>
  /** @param options for how many seconds it is there; for good where they are absent */
  put(name: string, value: string, options?: { expirationTtl: number }): Promise<void>
  delete(name: string): Promise<void>
  list(options: { prefix: string; cursor?: string }): Promise<KeyStorePage>
}

/** One page of names; `cursor` leads to the next one. */
export type KeyStorePage = { keys: { name: string }[] } & (
  | { list_complete: true }
  | { list_complete: false; cursor: string }
)

/** What in a namespace has names that begin with a prefix, by the rest of them. */
export class StoreBelow implements KeyStore {
  readonly #store: KeyStore
  readonly #prefix: string

  constructor(store: KeyStore, prefix: string) {
    this.#store = store
    this.#prefix = prefix
  }

  get(name: string, options: { cacheTtl: number }): Promise<string | null> {
    return this.#store.get(this.#prefix + name, options)
  }

  put(name: string, value: string, options?: { expirationTtl: number }): Promise<void> {
    return this.#store.put(this.#prefix + name, value, options)
  }

  delete(name: string): Promise<void> {
    return this.#store.delete(this.#prefix + name)
  }

  async list({ prefix, ...options }: { prefix: string; cursor?: string }): Promise<KeyStorePage> {
    const page = await this.#store.list({ ...options, prefix: this.#prefix + prefix })
    return { ...page, keys: page.keys.map(({ name }) => ({ name: name.slice(this.#prefix.length) })) }
  }
}
