// The record of an issued access key: what is in it.
import type { AccessKey } from './access-key.ts'
import type { Policy } from './policy/parse.ts'
import type { Versioned } from './sealed-records.ts'

/** What is given for a new key. */
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
  readonly policy?: Pick<Policy, 'text'>
  /** The key with which its user made it; absent where the operator did. */
  readonly madeWith?: string
}

/** What may be shown of a key. */
export interface KeySummary extends Omit<NewKey, 'policy'> {
  readonly accessKeyId: string
  /** The text of its policy, where it has one. */
  readonly policy?: string
  /** `inactive`: its user has switched it off. */
  readonly status: 'active' | 'inactive' | 'disabled'
  /** Milliseconds since the epoch. */
  readonly created: number
  /** The day of the last use, such as `2026-11-23`; absent before the first. */
  readonly lastUsed?: string
}

/** What is sealed: all of it. */
export interface KeyRecord extends Omit<KeySummary, 'accessKeyId' | 'lastUsed' | 'status'>, Versioned {
  /** A deleted key leaves its record, without the secret: an older one that somebody puts back in KV does not count. */
  readonly status: 'active' | 'disabled' | 'deleted'
  readonly secret: string
}
