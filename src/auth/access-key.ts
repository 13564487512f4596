// What an access key is to the rest of the Worker, and how several places that know keys are asked as one.
import { randomBytes } from '../lib/bytes.ts'

/** A key that may be used now: whoever proves to hold its secret acts as its user. */
export interface AccessKey {
  /** As the client sends it: `AKIA…`, `ASIA…`, or an OpenNebula user name in econe's scheme. */
  readonly accessKeyId: string
  /** Never empty, never logged, never in a message. */
  readonly secret: string
  /** The OpenNebula user that the request will act as. */
  readonly user: { readonly id: number; readonly name: string }
  /** Which scheme knows it: issued by the operator, or econe's own. */
  readonly source: 'issued' | 'econe'
  /** Whether the operator allowed it for a user of OpenNebula's group 0. */
  readonly allowAdmin?: boolean
  /** The policy that says what it may be used for; absent where that is all that the user may do. */
  readonly policy?: string
  /** From when on it is refused, in milliseconds since the epoch; without it never. */
  readonly expires?: number
  /** What makes it temporary; absent of a key that is not. */
  readonly session?: Session
  /** Notes that the key was used; called once a request proved to be genuine, outside of the request's own time. */
  readonly noteUse?: () => Promise<void>
}

/** What temporary credentials are besides the key that they were made with, and end with. */
export interface Session {
  /** The id of that key. */
  readonly parent: string
  /** By what they were made: GetSessionToken, GetFederationToken, AssumeRole. */
  readonly kind: 'session' | 'federated' | 'role'
  /** What whoever asked for them called them; of a plain session absent. */
  readonly name?: string
  readonly role?: RoleMark
  /** Milliseconds since the epoch. */
  readonly issued: number
  readonly expires: number
  /** Each has to allow what is done with them, and so has the policy of the key. */
  readonly policies: readonly string[]
}

/** A role as it was when it was assumed: one that was deleted and defined anew is another one. */
export interface RoleMark {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly created: number
}

/**
 * Finds the key of an id: `undefined` for one that does not exist, is disabled, or has expired. A place that cannot
 * answer throws (503, retryable): that is never the same as an unknown key.
 * @param token what came with the id of a temporary one
 */
export type FindKey = (accessKeyId: string, token?: string) => Promise<AccessKey | undefined>

/** What the id of an issued key looks like, and that of a temporary one. */
const ISSUED_FORM = /^AKIA[A-Z2-7]{16}$/
const TEMPORARY_FORM = /^ASIA[A-Z2-7]{16}$/

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new id, that nobody can guess. @param prefix says for how long its key is meant to be */
export const newKeyId = (prefix: 'AKIA' | 'ASIA'): string =>
  `${prefix}${Array.from(randomBytes(16), byte => BASE32[byte % 32]).join('')}`

/** Whether an access key id has the form of those that are issued. */
export const isIssuedId = (accessKeyId: string): boolean => ISSUED_FORM.test(accessKeyId)

/** Whether an access key id has the form of temporary ones, which count with their session tokens alone. */
export const isTemporaryId = (accessKeyId: string): boolean => TEMPORARY_FORM.test(accessKeyId)

/** OpenNebula's database takes no longer user names. */
const LONGEST_USER_NAME = 128

/** Whether an id has a form that a key of the schemes that are switched on may have. */
export const mayBeKey = (accessKeyId: string, on: { readonly issued: boolean; readonly userNames: boolean }): boolean =>
  isTemporaryId(accessKeyId) ||
  (on.issued && isIssuedId(accessKeyId)) ||
  (on.userNames && accessKeyId.length <= LONGEST_USER_NAME)

/**
 * Asks the sources in order; the first that knows the key decides. A scheme is switched off by leaving it out; with no
 * source at all every key is unknown.
 */
export function findKeyIn(sources: readonly FindKey[]): FindKey {
  return async accessKeyId => {
    for (const find of sources) {
      const key = await find(accessKeyId)
      if (key) return key
    }
    return undefined
  }
}
