// The place that keys and roles are kept in, as much of it as they need: a KV namespace.

export interface KeyStore {
  get(name: string, options: { cacheTtl: number }): Promise<string | null>
  put(name: string, value: string): Promise<void>
  delete(name: string): Promise<void>
  list(options: { prefix: string; cursor?: string }): Promise<KeyStorePage>
}

/** One page of names; `cursor` leads to the next one. */
export type KeyStorePage = { keys: { name: string }[] } & (
  | { list_complete: true }
  | { list_complete: false; cursor: string }
)

/**
 * How long a record may be out of date here, and as long again in KV's cache at this location (its minimum, in seconds):
 * what was changed counts everywhere after about a minute.
 */
export const FRESH_SECONDS = 30
