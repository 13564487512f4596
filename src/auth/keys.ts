// The issued access keys, AKIA…, sealed in KV and each bound to an OpenNebula user: the operator's to give, and their holders' to
// renew.
import type { MasterSecrets } from '../config/derived-keys.ts'
import { randomBytes, toBase64 } from '../lib/bytes.ts'
import { dateAt } from '../lib/instants.ts'
import { Lru } from '../lib/lru.ts'
import { invalidBecause } from '../protocol/complaints.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { type AccessKey, isIssuedId, newKeyId } from './access-key.ts'
import type { KeyRecord, KeySummary, NewKey } from './key-record.ts'
import { FRESH_SECONDS, type KeyStore } from './key-store.ts'
import type { Policy } from './policy/parse.ts'
import { orUnreadable, SealedRecords, type Versioned } from './sealed-records.ts'

/** A version of a key's record, as it was found in KV. */
export interface KeyVersion {
  readonly accessKeyId: string
  readonly user: AccessKey['user']
  readonly version: number
  /** Its user made it: then the account's object has to know it. */
  readonly isOwn?: true
}

/** Where the keys are and what opens them. */
export interface AccessKeysOptions {
  readonly store: KeyStore
  /** The Worker's secrets: records are sealed under the first, and open under any. */
  readonly secrets: MasterSecrets
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /**
   * Whether no later version was ever seen, and its user has not taken the key back; remembers this one. Without it whatever is
   * in KV counts, as for the operator, who changes it.
   */
  readonly isNewest?: (found: KeyVersion) => Promise<boolean>
}

const RECORDS = 'key:'
/** Uses are noted apart: writing them into the record from a stale copy could bring a disabled key back to life. */
const USES = 'key-used:'
/** That its user switched a key off is noted apart for the same reason; the account's object decides. */
const OFF = 'key-off:'
/** The keys of each user, by their names alone. */
const OF_USERS = 'key-of:'

const nameOf = (userId: number, accessKeyId = '') => `${OF_USERS}${userId}:${accessKeyId}`

/**
 * The issued keys.
 *
 * Who can write to KV can put an older record back. It is refused if anybody, anywhere, has looked the key up since it was
 * changed: the user's account object remembers the latest version that was seen. What nobody has seen it cannot know.
 *
 * Errors are those of `SealedRecords`.
 */
export class AccessKeys {
  readonly #records: SealedRecords<KeyRecord>
  readonly #now: () => number
  readonly #notedDays = new Lru<string>(1000)

  constructor({ store, secrets, now, isNewest }: AccessKeysOptions) {
    this.#now = now
    this.#records = new SealedRecords<KeyRecord>({
      ...{ store, secrets, now },
      ...{ purpose: 'accessKeys', prefix: RECORDS, noun: 'access key' },
      counts:
        isNewest &&
        ((accessKeyId, { user, version = 0, madeWith }) =>
          isNewest({ accessKeyId, user, version, ...(madeWith !== undefined && { isOwn: true }) })),
    })
  }

  /** Issues a key. The secret is told this once. @param accessKeyId a new one, or one of another region with its secret */
  async create(
    { user, description = '', expires, allowAdmin = false, policy, madeWith }: NewKey,
    accessKeyId: string = newKeyId('AKIA'),
    secret: string = toBase64(randomBytes(30)),
  ): Promise<KeySummary & { readonly secret: string }> {
    if (description.length > 256) throw invalidBecause('The description is over 256 characters')
    const record: KeyRecord = {
      secret,
      user: { id: user.id, name: user.name },
      status: 'active',
      created: this.#now(),
      description,
      ...(expires !== undefined && { expires }),
      ...(allowAdmin && { allowAdmin }),
      ...(policy && { policy: policy.text }),
      ...(madeWith !== undefined && { madeWith }),
    }
    await this.#records.write(accessKeyId, record)
    await this.#records.ask(store => store.put(nameOf(user.id, accessKeyId), ''))
    return { ...shown(accessKeyId, record), secret }
  }

  /** What its record says of a key; undefined where there is none. */
  async describe(accessKeyId: string): Promise<KeySummary | undefined> {
    const record = await this.#records.read(accessKeyId)
    return record && record.status !== 'deleted' ? shown(accessKeyId, record) : undefined
  }

  /** A key that may be used, by its record as it is in KV now, and which version of it that is. */
  async latest(accessKeyId: string): Promise<(KeySummary & Required<Versioned>) | undefined> {
    const record = await this.#records.read(accessKeyId)
    if (record?.status !== 'active' || (record.expires ?? Number.POSITIVE_INFINITY) <= this.#now()) return undefined
    return { ...shown(accessKeyId, record), version: record.version ?? 0 }
  }

  /** The day of the last use, such as `2026-11-23`; undefined before the first. */
  async lastUsed(accessKeyId: string): Promise<string | undefined> {
    return (await this.#noted(USES, accessKeyId)) ?? undefined
  }

  /** All keys, in the order of their ids, without their secrets. */
  async *list(): AsyncGenerator<KeySummary> {
    for await (const ids of this.#records.pages()) {
      const summaries = await Promise.all(ids.map(id => this.#summary(id)))
      yield* summaries.filter(summary => summary !== undefined)
    }
  }

  /** The ids of the keys that a user is said to have: the first thousand, in order. What they are their records say. */
  async idsOf(userId: number): Promise<string[]> {
    const prefix = nameOf(userId)
    const { keys } = await this.#records.ask(store => store.list({ prefix }))
    return keys.map(({ name }) => name.slice(prefix.length))
  }

  /**
   * Seals every record anew, those of deleted keys too, so that none needs an earlier secret any more. Keys that were issued before
   * users could list theirs are among them then.
   * @returns how many
   */
  reseal(): Promise<number> {
    return this.#records.reseal(async (accessKeyId, { status, user }) => {
      if (status !== 'deleted') await this.#records.ask(store => store.put(nameOf(user.id, accessKeyId), ''))
    })
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

  /** Notes for the operator that the key's user has switched it off, or on again. */
  async noteOff(accessKeyId: string, isOff: boolean): Promise<void> {
    await this.#records.ask(store => (isOff ? store.put(OFF + accessKeyId, 'off') : store.delete(OFF + accessKeyId)))
  }

  /** Forgets the key, even one whose record does not open. @throws NoSuchEntity (404) */
  async delete(accessKeyId: string): Promise<void> {
    const record = await this.#records.read(accessKeyId).catch(orUnreadable)
    if (!record || (typeof record === 'object' && record.status === 'deleted')) throw noSuchKey(accessKeyId)
    if (typeof record === 'string') await this.#records.delete(accessKeyId)
    else {
      await this.#records.write(accessKeyId, { ...record, status: 'deleted', secret: '' })
      await this.#records.ask(store => store.delete(nameOf(record.user.id, accessKeyId)))
    }
    await this.#forgetNotes(accessKeyId)
  }

  /** Leaves nothing of a key that its user made: that the account's object does not know it any more is enough. */
  async remove(accessKeyId: string, user: AccessKey['user']): Promise<void> {
    await this.#records.delete(accessKeyId)
    await this.#records.ask(store => store.delete(nameOf(user.id, accessKeyId)))
    await this.#forgetNotes(accessKeyId)
  }

  /**
   * The key if it may be used now: `undefined` for one that is unknown, disabled or expired. Ids of any other form than
   * AKIA… are not looked up.
   */
  async find(accessKeyId: string): Promise<AccessKey | undefined> {
    if (!isIssuedId(accessKeyId)) return undefined
    const record = await this.#records.recent(accessKeyId)
    if (record?.status !== 'active' || (record.expires ?? Number.POSITIVE_INFINITY) <= this.#now()) return undefined
    const { secret, user, allowAdmin = false, policy, expires } = record
    const noteUse = () => this.#noteUse(accessKeyId)
    return {
      ...{ accessKeyId, secret, user, source: 'issued', allowAdmin, noteUse },
      ...(policy !== undefined && { policy }),
      ...(expires !== undefined && { expires }),
    }
  }

  /** At most one KV write a day, of the thousand that the free plan has, and one read a day in each isolate. */
  async #noteUse(accessKeyId: string): Promise<void> {
    const day = dateAt(this.#now())
    if (this.#notedDays.get(accessKeyId) === day) return
    this.#notedDays.set(accessKeyId, day)
    if ((await this.#noted(USES, accessKeyId)) !== day) {
      await this.#records.ask(store => store.put(USES + accessKeyId, day))
    }
  }

  async #summary(accessKeyId: string): Promise<KeySummary | undefined> {
    const key = await this.describe(accessKeyId)
    if (!key) return undefined
    const [lastUsed, off] = await Promise.all([USES, OFF].map(kind => this.#noted(kind, accessKeyId)))
    const status = key.status === 'active' && off ? 'inactive' : key.status
    return { ...key, status, ...(lastUsed && { lastUsed }) }
  }

  #noted(kind: string, accessKeyId: string): Promise<string | null> {
    return this.#records.ask(store => store.get(kind + accessKeyId, { cacheTtl: FRESH_SECONDS }))
  }

  async #forgetNotes(accessKeyId: string): Promise<void> {
    for (const kind of [USES, OFF]) await this.#records.ask(store => store.delete(kind + accessKeyId))
  }

  async #change(accessKeyId: string, change: (record: KeyRecord) => KeyRecord): Promise<void> {
    const record = await this.#records.read(accessKeyId)
    if (!record || record.status === 'deleted') throw noSuchKey(accessKeyId)
    await this.#records.write(accessKeyId, change(record))
  }
}

function shown(accessKeyId: string, record: KeyRecord): KeySummary {
  const { secret: _, version: __, status, ...rest } = record
  return { accessKeyId, ...rest, status: status === 'active' ? 'active' : 'disabled' }
}

/** There is no such key, or it is another user's. */
export const noSuchKey = (accessKeyId: string): Ec2Error =>
  new Ec2Error('NoSuchEntity', `The Access Key with id ${accessKeyId} cannot be found.`)
