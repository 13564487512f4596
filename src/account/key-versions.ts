// The versions of the account's access keys: KV, which holds their records, may be set back, and this is what tells.
import type { Rows } from './rows.ts'

const VERSION = 'key:'

/** The newest version that was seen of the record of each key. Rows are made by genuine records alone. */
export class KeyVersions {
  readonly #rows: Rows

  constructor(rows: Rows) {
    this.#rows = rows
  }

  /** Whether none newer than this was seen; remembers it. @throws Ec2Error Unavailable */
  isNewest(accessKeyId: string, version: number): boolean {
    const newest = this.#rows.get<number>(VERSION + accessKeyId)
    if (newest !== undefined && newest > version) return false
    if (newest !== version) this.#rows.put(VERSION + accessKeyId, version)
    return true
  }

  /** The keys of which a version was seen. */
  ids(): string[] {
    return [...this.#rows.list(VERSION).keys()].map(name => name.slice(VERSION.length))
  }

  forget(accessKeyId: string): void {
    this.#rows.delete(VERSION + accessKeyId)
  }
}
