// What an access key is to the rest of the Worker, and how several places that know keys are asked as one.

/** A key that may be used now: whoever proves to hold its secret acts as its user. */
export interface AccessKey {
  /** As the client sends it: `AKIA…`, or an OpenNebula user name in econe's scheme. */
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
  /** Notes that the key was used; called once a request proved to be genuine, outside of the request's own time. */
  readonly noteUse?: () => Promise<void>
}

/**
 * Finds the key of an id: `undefined` for one that does not exist, is disabled, or has expired. A place that cannot
 * answer throws (503, retryable): that is never the same as an unknown key.
 */
export type FindKey = (accessKeyId: string) => Promise<AccessKey | undefined>

/** What the id of an issued key looks like. */
const ISSUED_FORM = /^AKIA[A-Z2-7]{16}$/

/** Whether an access key id has the form of those that are issued. */
export const isIssuedId = (accessKeyId: string): boolean => ISSUED_FORM.test(accessKeyId)

/** OpenNebula's database takes no longer user names. */
const LONGEST_USER_NAME = 128

/** Whether an id has a form that a key of the schemes that are switched on may have. */
export const mayBeKey = (accessKeyId: string, on: { readonly issued: boolean; readonly userNames: boolean }): boolean =>
  (on.issued && isIssuedId(accessKeyId)) || (on.userNames && accessKeyId.length <= LONGEST_USER_NAME)

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
