// Rows in the account object's storage: read and written at once, and Unavailable where the storage fails.
import { unavailable } from '../ec2/core/failures.ts'

/**
 * The storage of one account's object.
 *
 * Nothing leaves the object before what was written is durable: a row that is written before an upstream call is there
 * when the call arrives.
 * @see https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/#synchronous-kv-api
 */
export class Rows {
  readonly #storage: DurableObjectStorage

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** Every method throws Ec2Error Unavailable. */
  get<T>(key: string): T | undefined {
    return attempt(() => this.#storage.kv.get<T>(key))
  }

  list<T>(prefix: string): Map<string, T> {
    return attempt(() => new Map(this.#storage.kv.list<T>({ prefix })))
  }

  has(prefix: string): boolean {
    return attempt(() => [...this.#storage.kv.list({ prefix, limit: 1 })].length > 0)
  }

  put<T>(key: string, value: T): void {
    attempt(() => this.#storage.kv.put(key, value))
  }

  delete(...keys: readonly string[]): void {
    for (const key of keys) attempt(() => this.#storage.kv.delete(key))
  }

  /** Has the alarm ring at a time (milliseconds since 1970), if it does not ring sooner. */
  async wakeBy(time: number): Promise<void> {
    try {
      const set = await this.#storage.getAlarm()
      if (set === null || set > time) await this.#storage.setAlarm(time)
    } catch {
      throw unavailable()
    }
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch {
    throw unavailable()
  }
}
