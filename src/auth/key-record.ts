// The record of an issued access key: what is in it, and how it is sealed, so that whoever can write to KV can neither enable
// a key nor give it another user.
import { type MasterSecrets, sealingKeys } from '../config/derived-keys.ts'
import { fromBase64, randomBytes, toBase64, toBytes } from '../lib/bytes.ts'
import { once } from '../lib/once.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { AccessKey } from './access-key.ts'

/** What the operator gives for a new key. */
export interface NewKey {
  /** The OpenNebula user that requests signed with the key act as. */
  readonly user: AccessKey['user']
  /** For the operator's eyes; at most 256 characters. */
  readonly description?: string
  /** From when on the key is refused, in milliseconds since the epoch; without it never. */
  readonly expires?: number
  /** Whether it may be used while the user is in OpenNebula's group 0. */
  readonly allowAdmin?: boolean
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

/** What is sealed: all of it. */
export interface KeyRecord extends Omit<KeySummary, 'accessKeyId' | 'lastUsed' | 'status'> {
  /** A deleted key leaves its record, without the secret: an older one that somebody puts back in KV does not count. */
  readonly status: KeySummary['status'] | 'deleted'
  readonly secret: string
  /** Greater with each change: when that was, in milliseconds since the epoch. Absent, and 0, in the oldest records. */
  readonly version?: number
}

/** The code for a record that does not open. */
export const UNREADABLE = 'InternalError'

const IV_BYTES = 12

/** Seals records, each for the id of its key. */
export class RecordSeal {
  readonly #keys: () => Promise<readonly [CryptoKey, ...CryptoKey[]]>

  /** @param secrets records are sealed under the first, and open under any */
  constructor(secrets: MasterSecrets) {
    this.#keys = once(() => sealingKeys(secrets, 'accessKeys'))
  }

  /** Base64 of a random IV and the ciphertext, which opens under the id that it was sealed for and no other. */
  async seal(accessKeyId: string, record: KeyRecord): Promise<string> {
    const iv = randomBytes(IV_BYTES)
    const box = { name: 'AES-GCM', iv, additionalData: toBytes(accessKeyId) }
    const [key] = await this.#keys()
    const sealed = await crypto.subtle.encrypt(box, key, toBytes(JSON.stringify(record)))
    return toBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)]))
  }

  /** @throws InternalError for what was moved, altered, or sealed under another secret */
  async open(accessKeyId: string, sealed: string): Promise<KeyRecord> {
    const bytes = fromBase64(sealed) ?? new Uint8Array()
    const box = { name: 'AES-GCM', iv: bytes.subarray(0, IV_BYTES), additionalData: toBytes(accessKeyId) }
    const keys = await this.#keys()
    try {
      const opened = await Promise.any(keys.map(key => crypto.subtle.decrypt(box, key, bytes.subarray(IV_BYTES))))
      // What opens was sealed by seal, from a KeyRecord: nobody else has the key.
      return JSON.parse(new TextDecoder().decode(opened)) as KeyRecord
    } catch (cause) {
      throw new Ec2Error(UNREADABLE, `The record of access key ${accessKeyId} cannot be opened.`, { cause })
    }
  }
}
