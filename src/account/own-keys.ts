// The access keys of the account's user, as far as that user decides about them: which it made, switched off and took back.
//
// KV has the records, and nobody can order what is written there: so what the user decides stands here, and is asked for whenever
// a record is read. What the operator writes is never written over.
import { isIssuedId, newKeyId } from '../auth/access-key.ts'
import { invalidClientToken } from '../auth/errors.ts'
import type { KeySummary } from '../auth/key-record.ts'
import { type AccessKeys, type KeyVersion, noSuchKey } from '../auth/keys.ts'
import type { Account } from '../ec2/core/account.ts'
import type { Call } from '../ec2/core/call.ts'
import type { KeyChanges, OwnKey, Signer } from '../ec2/core/identity.ts'
import { limits } from '../limits.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { KeyVersions } from './key-versions.ts'
import type { Locks } from './locks.ts'
import type { Rows } from './rows.ts'

/** What the user decided about a key. */
interface Decision {
  readonly status: 'Active' | 'Inactive' | 'Deleted'
  /** When the user made it, in milliseconds since 1970; absent of a key that the operator issued. */
  readonly made?: number
}

/** What a key that is made has of the one that it is made with. */
interface Maker {
  readonly allowAdmin: boolean
  readonly expires: number | undefined
  readonly policy: string | undefined
}

const PREFIX = 'own-key:'

/** After so long a record is to be seen wherever it was written, in milliseconds: without one the key never came about. */
const WRITTEN_WITHIN = 5 * 60_000

export interface OwnKeysParts {
  readonly rows: Rows
  readonly versions: KeyVersions
  readonly keys: () => AccessKeys
  readonly now: () => number
}

/** Who asks for each method has the lock of the account's keys, where something is changed. */
export class OwnKeys {
  readonly #parts: OwnKeysParts

  constructor(parts: OwnKeysParts) {
    this.#parts = parts
  }

  /** Whether a record that was found counts: it is the newest that was seen, and the user has not decided otherwise. */
  counts({ accessKeyId, version, isOwn }: Omit<KeyVersion, 'user'>): boolean {
    const decision = this.#decision(accessKeyId)
    if (decision ? decision.status !== 'Active' : isOwn) return false
    return this.#parts.versions.isNewest(accessKeyId, version)
  }

  /** The keys that the user has, in the order of their ids. */
  async list(account: Account): Promise<OwnKey[]> {
    const found = await this.#found(account)
    return found.map(key => this.#shown(key))
  }

  /** A key that may do what the signer's may, and as long. @throws Ec2Error LimitExceeded; InvalidClientTokenId, as `#maker` */
  async create(account: Account, signer: Signer): Promise<OwnKey & { readonly secret: string }> {
    const { rows, keys, now } = this.#parts
    const { expires, policy, allowAdmin } = await this.#maker(account, signer)
    await this.#checkLimits(account)
    const madeWith = signer.accessKeyId
    const accessKeyId = newKeyId('AKIA')
    rows.put(PREFIX + accessKeyId, { status: 'Active', made: now() } satisfies Decision)
    try {
      const made = await keys().create(
        {
          ...{ user: account.user, madeWith, allowAdmin },
          ...(expires !== undefined && { expires }),
          ...(policy !== undefined && { policy: { text: policy } }),
        },
        accessKeyId,
      )
      return { ...this.#shown(made), secret: made.secret }
    } catch (error) {
      rows.delete(PREFIX + accessKeyId)
      throw error
    }
  }

  /** @throws Ec2Error NoSuchEntity, LimitExceeded; AccessDenied for a key that the operator has disabled */
  async setStatus(account: Account, accessKeyId: string, status: OwnKey['status']): Promise<void> {
    const { rows, keys } = this.#parts
    const key = await this.#one(account, accessKeyId)
    if (status === 'Active') {
      if (key.status === 'disabled') {
        throw new Ec2Error('AccessDenied', `The access key ${accessKeyId} was disabled by the operator of the cloud.`)
      }
      if (this.#shown(key).status === 'Inactive') await this.#checkActive(account)
    }
    rows.put(PREFIX + accessKeyId, { ...this.#decision(accessKeyId), status } satisfies Decision)
    await keys().noteOff(accessKeyId, status === 'Inactive')
  }

  /** @throws Ec2Error NoSuchEntity */
  async delete(account: Account, accessKeyId: string): Promise<void> {
    const { rows, versions, keys } = this.#parts
    await this.#one(account, accessKeyId)
    if (this.#decision(accessKeyId)?.made === undefined) {
      // Its record may come back: what it stands for has to stay away
      rows.put(PREFIX + accessKeyId, { status: 'Deleted' } satisfies Decision)
      await keys().delete(accessKeyId)
    } else {
      rows.delete(PREFIX + accessKeyId)
      versions.forget(accessKeyId)
      await keys().remove(accessKeyId, account.user)
    }
  }

  /**
   * What the signer's key may do as it is now: whoever let the request in may have known it as it was a minute ago, and what is made
   * of it stays.
   * @throws Ec2Error InvalidClientTokenId where it may do nothing any more
   */
  async #maker({ user, allowAdmin = false }: Account, { accessKeyId, expires, policy }: Signer): Promise<Maker> {
    if (!isIssuedId(accessKeyId)) return { allowAdmin, expires, policy }
    const key = await this.#parts.keys().latest(accessKeyId)
    if (key?.user.id !== user.id) throw invalidClientToken()
    const { version, madeWith } = key
    if (!this.counts({ accessKeyId, version, ...(madeWith !== undefined && { isOwn: true }) }))
      throw invalidClientToken()
    return { allowAdmin: key.allowAdmin ?? false, expires: key.expires, policy: key.policy }
  }

  #decision(accessKeyId: string): Decision | undefined {
    return this.#parts.rows.get<Decision>(PREFIX + accessKeyId)
  }

  async #one(account: Account, accessKeyId: string): Promise<KeySummary> {
    const key = (await this.#found(account)).find(each => each.accessKeyId === accessKeyId)
    if (!key) throw noSuchKey(accessKeyId)
    return key
  }

  /** Those that anybody has used, those that the user made, and those that are said to be the user's: by their records. */
  async #found({ user }: Account): Promise<KeySummary[]> {
    const { rows, versions, keys, now } = this.#parts
    const decisions = rows.list<Decision>(PREFIX)
    const decided = [...decisions.keys()].map(name => name.slice(PREFIX.length))
    const ids = [...new Set([...decided, ...versions.ids(), ...(await keys().idsOf(user.id))])].sort()
    const found = await Promise.all(
      ids.map(async id => {
        const decision = decisions.get(PREFIX + id)
        if (decision?.status === 'Deleted') return undefined
        const key = await keys().describe(id).catch(orNothing)
        if (!key && decision?.made !== undefined && now() - decision.made > WRITTEN_WITHIN) rows.delete(PREFIX + id)
        const isOurs = key?.user.id === user.id && (key.madeWith === undefined || decision !== undefined)
        return isOurs ? key : undefined
      }),
    )
    return found.filter(key => key !== undefined)
  }

  #shown({ accessKeyId, status, created, expires = Number.POSITIVE_INFINITY }: KeySummary): OwnKey {
    const isActive = status === 'active' && expires > this.#parts.now() && this.#isOn(accessKeyId)
    return { accessKeyId, status: isActive ? 'Active' : 'Inactive', created }
  }

  /** How many were made of late whose records are not to be seen yet. */
  #underWay(found: readonly OwnKey[]): number {
    const known = new Set(found.map(({ accessKeyId }) => PREFIX + accessKeyId))
    const decisions = [...this.#parts.rows.list<Decision>(PREFIX)]
    return decisions.filter(([name, { made }]) => made !== undefined && !known.has(name)).length
  }

  #isOn(accessKeyId: string): boolean {
    return (this.#decision(accessKeyId)?.status ?? 'Active') === 'Active'
  }

  async #checkLimits(account: Account): Promise<void> {
    const found = await this.#checkActive(account)
    const { most } = limits.ownKeys
    if (found.length >= most) throw limitExceeded(`A user has ${most} access keys at most: delete one.`)
  }

  async #checkActive(account: Account): Promise<OwnKey[]> {
    const found = await this.list(account)
    const { most } = limits.activeKeys
    const active = found.filter(({ status }) => status === 'Active').length
    if (active + this.#underWay(found) >= most) {
      throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${most}`)
    }
    return found
  }
}

/** Whatever is done with the account's access keys is done in turn. */
const LOCK = ['access keys']

/** What a call may do with the keys of its user. */
export function keyChanges({ account, signer, deadline }: Call, keys: OwnKeys, locks: Locks): KeyChanges {
  const inTurn = <T>(work: () => Promise<T>) => locks.hold(LOCK, work, deadline)
  return {
    create: () => inTurn(() => keys.create(account, signer)),
    setStatus: (id, status) => inTurn(() => keys.setStatus(account, id, status)),
    delete: id => inTurn(() => keys.delete(account, id)),
  }
}

const limitExceeded = (message: string) => new Ec2Error('LimitExceeded', message)

/** Of a key whose record cannot be read there is nothing to be told. @throws whatever else was thrown */
function orNothing(error: unknown): undefined {
  if (error instanceof Ec2Error && error.code !== 'Unavailable') return undefined
  throw error
}
