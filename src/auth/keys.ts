// The access keys that the operator issues, AKIA…, sealed in KV and each bound to an OpenNebula user.
import type { MasterSecrets } from '../config/derived-keys.ts'
import { randomBytes, toBase64 } from '../lib/bytes.ts'
import { Lru } from '../lib/lru.ts'
import { invalidBecause } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { type AccessKey, isIssuedId } from './access-key.ts'
import { unavailable } from './errors.ts'
import { type KeyRecord, type KeySummary, type NewKey, RecordSeal, UNREADABLE } from './key-record.ts'
import type { Policy } from './policy/parse.ts'

/** As much of a KV namespace as the keys need. */
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

/** A version of a key's record, as it was found in KV. */
export interface KeyVersion {
  readonly accessKeyId: string
  readonly user: AccessKey['user']
  readonly version: number
}

/** Where the keys are and what opens them. */
export interface AccessKeysOptions {
  readonly store: KeyStore
  /** The Worker's secrets: records are sealed under the first, and open under any. */
  readonly secrets: MasterSecrets
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /**
   * Whether no later version was ever seen; remembers this one. Without it whatever is in KV counts, as for the operator, who
   * changes it.
   */
  readonly isNewest?: (found: KeyVersion) => Promise<boolean>
}

/**
 * How long a record may be out of date here, and as long again in KV's cache at this location (its minimum, in seconds):
 * a key that was disabled or deleted is refused everywhere after about a minute.
 */
const FRESH_SECONDS = 30
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const RECORDS = 'key:'
/** Uses are noted apart: writing them into the record from a stale copy could bring a disabled key back to life. */
const USES = 'key-used:'

/**
 * The issued keys.
 *
 * Who can write to KV can put an older record back. It is refused if anybody, anywhere, has looked the key up since it was
 * changed: the user's account object remembers the latest version that was seen. What nobody has seen it cannot know.
 *
 * Every method throws Unavailable (503) when KV does not answer, and InternalError (500) for a record that does not open:
 * it was moved, altered, or sealed under another secret. Neither is ever taken for an unknown key.
 */
export class AccessKeys {
  readonly #store: KeyStore
  readonly #seal: RecordSeal
  readonly #now: () => number
  readonly #isNewest: AccessKeysOptions['isNewest']
  /** Without a record: what is in KV does not count. */
  readonly #recent = new Lru<{ record: KeyRecord | undefined; readAt: number }>(1000)
  readonly #notedDays = new Lru<string>(1000)

  constructor({ store, secrets, now, isNewest }: AccessKeysOptions) {
    this.#store = store
    this.#seal = new RecordSeal(secrets)
    this.#now = now
    this.#isNewest = isNewest
  }

  /** Issues a key. The secret is told this once. */
  async create({
    user,
    description = '',
    expires,
    allowAdmin = false,
    policy,
  }: NewKey): Promise<KeySummary & { readonly secret: string }> {
    if (description.length > 256) throw invalidBecause('The description is over 256 characters')
    const accessKeyId = `AKIA${Array.from(randomBytes(16), byte => BASE32[byte % 32]).join('')}`
    const record: KeyRecord = {
      secret: toBase64(randomBytes(30)),
      user: { id: user.id, name: user.name },
      status: 'active',
      created: this.#now(),
      description,
      ...(expires !== undefined && { expires }),
      ...(allowAdmin && { allowAdmin }),
      ...(policy && { policy: policy.text }),
    }
    await this.#write(accessKeyId, record)
    return { ...shown(accessKeyId, record), secret: record.secret }
  }

  /** All keys, in the order of their ids, without their secrets. */
  async *list(): AsyncGenerator<KeySummary> {
    for await (const ids of this.#pages()) {
      const summaries = await Promise.all(ids.map(id => this.#summary(id)))
      yield* summaries.filter(summary => summary !== undefined)
    }
  }

  /**
   * Seals every record anew, those of deleted keys too, so that none needs an earlier secret any more.
   * @returns how many
   */
  async reseal(): Promise<number> {
    let count = 0
    for await (const ids of this.#pages()) {
      const records = await Promise.all(ids.map(id => this.#read(id)))
      for (const [index, id] of ids.entries()) {
        const record = records[index]
        if (!record) continue
        await this.#write(id, record)
        count++
      }
    }
    return count
  }

  /** What may be shown of a key. @throws NoSuchEntity (404) */
  async show(accessKeyId: string): Promise<KeySummary> {
    const summary = await this.#summary(accessKeyId)
    if (!summary) throw noSuchKey(accessKeyId)
    return summary
  }

  /** Gives the key another policy, or none: its secret stays. @throws NoSuchEntity (404) */
  async setPolicy(accessKeyId: string, policy: Policy | undefined): Promise<void> {
    await this.#change(accessKeyId, record => {
      const { policy: _, ...others } = record
      return { ...others, ...(policy && { policy: policy.text }) }
    })
  }

  /** Refuses the key from now on. @throws NoSuchEntity (404) */
  async disable(accessKeyId: string): Promise<void> {
    await this.#change(accessKeyId, record => ({ ...record, status: 'disabled' }))
  }

  /** Takes the key again. @throws NoSuchEntity (404) */
  async enable(accessKeyId: string): Promise<void> {
    await this.#change(accessKeyId, record => ({ ...record, status: 'active' }))
  }

  /** Forgets the key, even one whose record does not open. @throws NoSuchEntity (404) */
  async delete(accessKeyId: string): Promise<void> {
    try {
      await this.#change(accessKeyId, record => ({ ...record, status: 'deleted', secret: '' }))
    } catch (error) {
      if (!(error instanceof Ec2Error && error.code === UNREADABLE)) throw error
      await this.#ask(store => store.delete(RECORDS + accessKeyId))
    }
    await this.#ask(store => store.delete(USES + accessKeyId))
  }

  /**
   * The key if it may be used now: `undefined` for one that is unknown, disabled or expired. Ids of any other form than
   * AKIA… are not looked up.
   */
  async find(accessKeyId: string): Promise<AccessKey | undefined> {
    if (!isIssuedId(accessKeyId)) return undefined
    const record = await this.#recentRecord(accessKeyId)
    if (record?.status !== 'active' || (record.expires ?? Number.POSITIVE_INFINITY) <= this.#now()) return undefined
    const { secret, user, allowAdmin = false, policy } = record
    const noteUse = () => this.#noteUse(accessKeyId)
    return { accessKeyId, secret, user, source: 'issued', allowAdmin, ...(policy !== undefined && { policy }), noteUse }
  }

  /** The ids of all records, page by page. */
  async *#pages(): AsyncGenerator<string[]> {
    let cursor: string | undefined
    do {
      const page = await this.#ask(store => store.list({ prefix: RECORDS, ...(cursor && { cursor }) }))
      yield page.keys.map(({ name }) => name.slice(RECORDS.length))
      cursor = page.list_complete ? undefined : page.cursor
    } while (cursor)
  }

  async #recentRecord(accessKeyId: string): Promise<KeyRecord | undefined> {
    const recent = this.#recent.get(accessKeyId)
    const readAt = this.#now()
    const age = recent ? readAt - recent.readAt : Number.NaN
    if (recent && age >= 0 && age < FRESH_SECONDS * 1000) return recent.record
    const found = await this.#read(accessKeyId)
    if (!found) {
      this.#recent.delete(accessKeyId)
      return undefined
    }
    const { user, version = 0 } = found
    const counts = await this.#ask(() => this.#isNewest?.({ accessKeyId, user, version }) ?? true)
    const record = counts ? found : undefined
    this.#recent.set(accessKeyId, { record, readAt })
    return record
  }

  /** At most one KV write a day, of the thousand that the free plan has, and one read a day in each isolate. */
  async #noteUse(accessKeyId: string): Promise<void> {
    const day = new Date(this.#now()).toISOString().slice(0, 10)
    if (this.#notedDays.get(accessKeyId) === day) return
    this.#notedDays.set(accessKeyId, day)
    if ((await this.#lastUsed(accessKeyId)) !== day) await this.#ask(store => store.put(USES + accessKeyId, day))
  }

  async #summary(accessKeyId: string): Promise<KeySummary | undefined> {
    const record = await this.#read(accessKeyId)
    if (!record || record.status === 'deleted') return undefined
    const lastUsed = await this.#lastUsed(accessKeyId)
    return { ...shown(accessKeyId, record), ...(lastUsed && { lastUsed }) }
  }

  #lastUsed(accessKeyId: string): Promise<string | null> {
    return this.#ask(store => store.get(USES + accessKeyId, { cacheTtl: FRESH_SECONDS }))
  }

  async #change(accessKeyId: string, change: (record: KeyRecord) => KeyRecord): Promise<void> {
    this.#recent.delete(accessKeyId)
    const record = await this.#read(accessKeyId)
    if (!record || record.status === 'deleted') throw noSuchKey(accessKeyId)
    await this.#write(accessKeyId, change(record))
  }

  async #read(accessKeyId: string): Promise<KeyRecord | undefined> {
    const sealed = await this.#ask(store => store.get(RECORDS + accessKeyId, { cacheTtl: FRESH_SECONDS }))
    return sealed === null ? undefined : this.#seal.open(accessKeyId, sealed)
  }

  /** Later than what it replaces, and than all that could have been seen: the operator's change counts in any case. */
  async #write(accessKeyId: string, { version = 0, ...record }: KeyRecord): Promise<void> {
    const sealed = await this.#seal.seal(accessKeyId, { ...record, version: Math.max(this.#now(), version + 1) })
    await this.#ask(store => store.put(RECORDS + accessKeyId, sealed))
  }

  async #ask<Answer>(question: (store: KeyStore) => Answer | Promise<Answer>): Promise<Answer> {
    try {
      return await question(this.#store)
    } catch (cause) {
      throw unavailable('The store of access keys', cause)
    }
  }
}

function shown(accessKeyId: string, record: KeyRecord): KeySummary {
  const { secret: _, version: __, status, ...rest } = record
  return { accessKeyId, ...rest, status: status === 'active' ? 'active' : 'disabled' }
}

function noSuchKey(accessKeyId: string): Ec2Error {
  return new Ec2Error('NoSuchEntity', `The Access Key with id ${accessKeyId} cannot be found.`)
}
