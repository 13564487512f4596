// The record of an issued access key: what is in it, and how it is sealed, so that whoever can write to KV can neither enable
// a key nor give it another user.
import type { MasterSecrets } from '../config/derived-keys.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { AccessKey } from './access-key.ts'
import type { Policy } from './policy/parse.ts'
import { Seal } from './seal.ts'

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
  /** What it may be used for; without one for all that the user may do. */
  readonly policy?: Policy
}

/** What may be shown of a key. */
export interface KeySummary extends Omit<NewKey, 'policy'> {
  readonly accessKeyId: string
  /** The text of its policy, where it has one. */
  readonly policy?: string
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

/** Seals records, each for the id of its key. */
export class RecordSeal {
  readonly #seal: Seal

  /** @param secrets records are sealed under the first, and open under any */
  constructor(secrets: MasterSecrets) {
    this.#seal = new Seal(secrets, 'accessKeys')
  }

  /** Opens under the id that it was sealed for and no other. */
  seal(accessKeyId: string, record: KeyRecord): Promise<string> {
    return this.#seal.seal(accessKeyId, record)
  }

  /** @throws InternalError for what was moved, altered, or sealed under another secret */
  async open(accessKeyId: string, sealed: string): Promise<KeyRecord> {
    try {
      // What opens was sealed by seal, from a KeyRecord: nobody else has the key.
      return (await this.#seal.open(accessKeyId, sealed)) as KeyRecord
    } catch (cause) {
      throw new Ec2Error(UNREADABLE, `The record of access key ${accessKeyId} cannot be opened.`, { cause })
    }
  }
}
