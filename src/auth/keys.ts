// The access keys that the operator issues, AKIA…, sealed in KV and each bound to an OpenNebula user.

import { Ec2Error } from '../protocol/errors.ts'
import { deriveKey } from '../secret.ts'
import { type AccessKey, ISSUED_FORM } from './access-key.ts'
import { fromBase64, toBase64 } from './encoding.ts'
import { unavailable } from './errors.ts'
import { toBytes } from './hmac.ts'
import { Recent } from './recent.ts'

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

/** What the operator gives for a new key. */
export interface NewKey {
  /** The OpenNebula user that requests signed with the key act as. */
  readonly user: AccessKey['user']
  /** For the operator's eyes; at most 256 characters. */
  readonly description?: string
  /** From when on the key is refused, in milliseconds since the epoch; without it never. */
  readonly expires?: number
}

/** What may be shown of a key. */
export interface KeySummary extends NewKey {
  readonly accessKeyId: string
  readonly status: 'active' | 'disabled'
  /** Milliseconds since the epoch. */
  readonly created: number
  /** The day of the last use, such as `2026-11-23`; absent before the first. */
  readonly lastUsed?: string
}

/** What is sealed: all of it, so that whoever can write to KV can neither enable a key nor give it another user. */
interface KeyRecord extends Omit<KeySummary, 'accessKeyId' | 'lastUsed'> {
  readonly secret: string
}

/** Where the keys are and what opens them. */
export interface AccessKeysOptions {
  readonly store: KeyStore
  /** The Worker's secret that the sealing key is derived from. Another one opens no record. */
  readonly masterSecret: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
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
const IV_BYTES = 12

/**
 * The issued keys.
 *
 * Every method throws Unavailable (503) when KV does not answer, and InternalError (500) for a record that does not open:
 * it was moved, altered, or sealed under another master secret. Neither is ever taken for an unknown key.
 */
export class AccessKeys {
  readonly #store: KeyStore
  readonly #masterSecret: string
  readonly #now: () => number
  readonly #recent = new Recent<{ record: KeyRecord; readAt: number }>(1000)
  readonly #notedDays = new Recent<string>(1000)
  #sealingKey: Awaited<ReturnType<typeof deriveSealingKey>> | undefined

  constructor({ store, masterSecret, now }: AccessKeysOptions) {
    this.#store = store
    this.#masterSecret = masterSecret
    this.#now = now
  }

  /** Issues a key. The secret is told this once. */
  async create({ user, description = '', expires }: NewKey): Promise<KeySummary & { readonly secret: string }> {
    if (description.length > 256) throw new Ec2Error('InvalidParameterValue', 'The description is over 256 characters')
    const accessKeyId = `AKIA${Array.from(randomBytes(16), byte => BASE32[byte % 32]).join('')}`
    const record: KeyRecord = {
      secret: toBase64(randomBytes(30)),
      user: { id: user.id, name: user.name },
      status: 'active',
      created: this.#now(),
      description,
      ...(expires !== undefined && { expires }),
    }
    await this.#write(accessKeyId, record)
    return { accessKeyId, ...record }
  }

  /** All keys, in the order of their ids, without their secrets. */
  async *list(): AsyncGenerator<KeySummary> {
    let cursor: string | undefined
    do {
      const page = await this.#ask(store => store.list({ prefix: RECORDS, ...(cursor && { cursor }) }))
      const summaries = await Promise.all(page.keys.map(({ name }) => this.#summary(name.slice(RECORDS.length))))
      yield* summaries.filter(summary => summary !== undefined)
      cursor = page.list_complete ? undefined : page.cursor
    } while (cursor)
  }

  /** Refuses the key from now on. @throws NoSuchEntity (404) */
  async disable(accessKeyId: string): Promise<void> {
    await this.#setStatus(accessKeyId, 'disabled')
  }

  /** Takes the key again. @throws NoSuchEntity (404) */
  async enable(accessKeyId: string): Promise<void> {
    await this.#setStatus(accessKeyId, 'active')
  }

  /** Forgets the key, even one whose record does not open. @throws NoSuchEntity (404) */
  async delete(accessKeyId: string): Promise<void> {
    if ((await this.#readSealed(accessKeyId)) === null) throw noSuchKey(accessKeyId)
    this.#recent.delete(accessKeyId)
    await this.#ask(store => store.delete(RECORDS + accessKeyId))
    await this.#ask(store => store.delete(USES + accessKeyId))
  }

  /**
   * The key if it may be used now: `undefined` for one that is unknown, disabled or expired. Ids of any other form than
   * AKIA… are not looked up.
   */
  async find(accessKeyId: string): Promise<AccessKey | undefined> {
    if (!ISSUED_FORM.test(accessKeyId)) return undefined
    const record = await this.#recentRecord(accessKeyId)
    if (record?.status !== 'active' || (record.expires ?? Number.POSITIVE_INFINITY) <= this.#now()) return undefined
    const { secret, user } = record
    return { accessKeyId, secret, user, source: 'issued', noteUse: () => this.#noteUse(accessKeyId) }
  }

  async #recentRecord(accessKeyId: string): Promise<KeyRecord | undefined> {
    const recent = this.#recent.get(accessKeyId)
    const readAt = this.#now()
    const age = recent ? readAt - recent.readAt : Number.NaN
    if (recent && age >= 0 && age < FRESH_SECONDS * 1000) return recent.record
    const record = await this.#read(accessKeyId)
    if (record) this.#recent.set(accessKeyId, { record, readAt })
    else this.#recent.delete(accessKeyId)
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
    if (!record) return undefined
    const { secret: _, ...shown } = record
    const lastUsed = await this.#lastUsed(accessKeyId)
    return { accessKeyId, ...shown, ...(lastUsed && { lastUsed }) }
  }

  #lastUsed(accessKeyId: string): Promise<string | null> {
    return this.#ask(store => store.get(USES + accessKeyId, { cacheTtl: FRESH_SECONDS }))
  }

  async #setStatus(accessKeyId: string, status: KeyRecord['status']): Promise<void> {
    const record = await this.#read(accessKeyId)
    if (!record) throw noSuchKey(accessKeyId)
    await this.#write(accessKeyId, { ...record, status })
    this.#recent.delete(accessKeyId)
  }

  #readSealed(accessKeyId: string): Promise<string | null> {
    return this.#ask(store => store.get(RECORDS + accessKeyId, { cacheTtl: FRESH_SECONDS }))
  }

  async #read(accessKeyId: string): Promise<KeyRecord | undefined> {
    const sealed = await this.#readSealed(accessKeyId)
    return sealed === null ? undefined : this.#open(accessKeyId, sealed)
  }

  async #write(accessKeyId: string, record: KeyRecord): Promise<void> {
    const sealed = await this.#seal(accessKeyId, record)
    await this.#ask(store => store.put(RECORDS + accessKeyId, sealed))
  }

  /** Base64 of a random IV and the ciphertext, which opens under the id that it was sealed for and no other. */
  async #seal(accessKeyId: string, record: KeyRecord): Promise<string> {
    const iv = randomBytes(IV_BYTES)
    const box = { name: 'AES-GCM', iv, additionalData: toBytes(accessKeyId) }
    const sealed = await crypto.subtle.encrypt(box, await this.#key(), toBytes(JSON.stringify(record)))
    return toBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
  }

  async #open(accessKeyId: string, sealed: string): Promise<KeyRecord> {
    const bytes = fromBase64(sealed) ?? new Uint8Array()
    const box = { name: 'AES-GCM', iv: bytes.subarray(0, IV_BYTES), additionalData: toBytes(accessKeyId) }
    const key = await this.#key()
    try {
      const opened = await crypto.subtle.decrypt(box, key, bytes.subarray(IV_BYTES))
      // What opens was sealed by #seal, from a KeyRecord: nobody else has the key.
      return JSON.parse(new TextDecoder().decode(opened)) as KeyRecord
    } catch (cause) {
      throw new Ec2Error('InternalError', `The record of access key ${accessKeyId} cannot be opened.`, 500, { cause })
    }
  }

  async #key() {
    this.#sealingKey ??= await deriveSealingKey(this.#masterSecret)
    return this.#sealingKey
  }

  async #ask<Answer>(question: (store: KeyStore) => Promise<Answer>): Promise<Answer> {
    try {
      return await question(this.#store)
    } catch (cause) {
      throw unavailable('The store of access keys', cause)
    }
  }
}

const deriveSealingKey = (masterSecret: string): Promise<CryptoKey> =>
  deriveKey(masterSecret, 'econe-edge access keys 1', { name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt'])

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}

function noSuchKey(accessKeyId: string): Ec2Error {
  return new Ec2Error('NoSuchEntity', `The Access Key with id ${accessKeyId} cannot be found.`, 404)
}
