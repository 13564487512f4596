// Sealed records in KV, each under a name: so that whoever can write to KV can neither make one nor give it another name.
import type { MasterSecrets, Purpose } from '../config/derived-keys.ts'
import { Lru } from '../lib/lru.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { unavailable } from './errors.ts'
import { FRESH_SECONDS, type KeyStore } from './key-store.ts'
import { Seal } from './seal.ts'

/** What every record has. */
export interface Versioned {
  /** Greater with each change: when that was, in milliseconds since the epoch. Absent, and 0, in the oldest records. */
  readonly version?: number
}

export interface SealedRecordsOptions<R> {
  readonly store: KeyStore
  /** The Worker's secrets: records are sealed under the first, and open under any. */
  readonly secrets: MasterSecrets
  readonly purpose: Purpose
  /** What their names in KV begin with. */
  readonly prefix: string
  /** What a record is of, in messages: `access key`. */
  readonly noun: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Whether a record that was found counts: an older one may have been put back. Without it whatever is in KV counts. */
  readonly counts?: ((name: string, record: R) => Promise<boolean>) | undefined
}

/** The code for a record that does not open. */
const UNREADABLE = 'InternalError'

/** For what is to be done to a record even if it does not open. @throws whatever else was thrown */
export const orUnreadable = (error: unknown): typeof UNREADABLE => {
  if (error instanceof Ec2Error && error.code === UNREADABLE) return UNREADABLE
  throw error
}

/**
 * Records of one kind. Every method throws Unavailable (503) when KV does not answer, and InternalError (500) for a record that
 * does not open: it was moved, altered, or sealed under another secret. Neither is ever taken for one that is not there.
 */
export class SealedRecords<R extends Versioned> {
  readonly #options: SealedRecordsOptions<R>
  readonly #seal: Seal
  /** Without a record: what is in KV does not count. */
  readonly #recent = new Lru<{ record: R | undefined; readAt: number }>(1000)

  constructor(options: SealedRecordsOptions<R>) {
    this.#options = options
    this.#seal = new Seal(options.secrets, options.purpose)
  }

  /** The record of a name as of late, if it counts. */
  async recent(name: string): Promise<R | undefined> {
    const { now, counts } = this.#options
    const recent = this.#recent.get(name)
    const readAt = now()
    const age = recent ? readAt - recent.readAt : Number.NaN
    if (recent && age >= 0 && age < FRESH_SECONDS * 1000) return recent.record
    const found = await this.read(name)
    if (!found) {
      this.#recent.delete(name)
      return undefined
    }
    const record = (await this.ask(() => counts?.(name, found) ?? true)) ? found : undefined
    this.#recent.set(name, { record, readAt })
    return record
  }

  /** The record that is in KV. */
  async read(name: string): Promise<R | undefined> {
    const { prefix, noun } = this.#options
    const sealed = await this.ask(store => store.get(prefix + name, { cacheTtl: FRESH_SECONDS }))
    if (sealed === null) return undefined
    try {
      // What opens was sealed by write, from a record: nobody else has the key
      return (await this.#seal.open(name, sealed)) as R
    } catch (cause) {
      throw new Ec2Error(UNREADABLE, `The record of ${noun} ${name} cannot be opened.`, { cause })
    }
  }

  /** Later than what it replaces, and than all that could have been seen: the operator's change counts in any case. */
  async write(name: string, record: R): Promise<void> {
    const { prefix, now } = this.#options
    const version = Math.max(now(), (record.version ?? 0) + 1)
    const sealed = await this.#seal.seal(name, { ...record, version })
    await this.ask(store => store.put(prefix + name, sealed))
    this.#recent.delete(name)
  }

  /** Forgets a record, even one that does not open. */
  async delete(name: string): Promise<void> {
    await this.ask(store => store.delete(this.#options.prefix + name))
    this.#recent.delete(name)
  }

  /** The names of all records, page by page. */
  async *pages(): AsyncGenerator<string[]> {
    const { prefix } = this.#options
    let cursor: string | undefined
    do {
      const page = await this.ask(store => store.list({ prefix, ...(cursor && { cursor }) }))
      yield page.keys.map(({ name }) => name.slice(prefix.length))
      cursor = page.list_complete ? undefined : page.cursor
    } while (cursor)
  }

  /**
   * Seals every record anew, so that none needs an earlier secret any more.
   * @param also what is to be done to each besides
   * @returns how many
   */
  async reseal(also?: (name: string, record: R) => Promise<void>): Promise<number> {
    let count = 0
    for await (const names of this.pages()) {
      const records = await Promise.all(names.map(name => this.read(name)))
      for (const [index, name] of names.entries()) {
        const record = records[index]
        if (!record) continue
        await this.write(name, record)
        await also?.(name, record)
        count++
      }
    }
    return count
  }

  /** Asks the store. @throws Ec2Error Unavailable */
  async ask<Answer>(question: (store: KeyStore) => Answer | Promise<Answer>): Promise<Answer> {
    try {
      return await question(this.#options.store)
    } catch (cause) {
      throw unavailable('The store of access keys', cause)
    }
  }
}
