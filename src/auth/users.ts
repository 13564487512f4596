// econe's own scheme: the access key is an OpenNebula user name, its secret the password hash in the user pool.
import { isWithin, type Keep, SharedReads } from '../lib/shared-reads.ts'
import type { UserCredentials } from '../opennebula/documents.ts'
import type { AccessKey } from './access-key.ts'
import { isInGroup0 } from './standing.ts'

/** What the directory works with. */
export interface UserDirectoryOptions {
  /** Streams `one.userpool.info`, asked as the server's account; its errors go to the caller as they are. */
  readonly readUsers: () => AsyncIterable<UserCredentials>
  /** Milliseconds, from any start. */
  readonly now: () => number
}

/** The users that may sign requests, by name, as of a moment. */
interface Snapshot {
  readonly takenAt: number
  readonly users: ReadonlyMap<string, AccessKey>
}

/** For how long a snapshot answers: so long at most does a user who was disabled get in. Milliseconds. */
const LIFETIME = 60_000
/** How often a name that is not in a valid snapshot, which may be a new user's, is worth another look. Milliseconds. */
const EARLY_REFRESH = 5_000

/** The drivers whose users econe let in: others keep no password hash that the client could know. */
const DRIVERS: ReadonlySet<string> = new Set(['core', 'public'])

/**
 * The user pool, kept for a minute in one isolate. Requests that need it at the same time share one read; a failed read
 * leaves nothing behind but is counted against the early ones. Nothing in here is ever logged.
 */
export class UserDirectory {
  readonly #options: UserDirectoryOptions
  #snapshot: Snapshot | undefined
  readonly #reads: SharedReads<'users', Snapshot>
  #readAt = Number.NEGATIVE_INFINITY

  constructor(options: UserDirectoryOptions) {
    this.#options = options
    this.#reads = new SharedReads(options.now)
  }

  /**
   * The user of this name as an access key; `undefined` for users of other drivers, disabled ones and members of group 0 as
   * for no user. To look again for a name that is unknown, which may be a new one, nobody waits: the time that it took would
   * tell names that exist from others.
   *
   * @param keep the request's own: what it begins goes on when it is over
   * @throws what the read throws, when the pool has to be read and cannot be
   */
  async find(name: string, keep: Keep): Promise<AccessKey | undefined> {
    const snapshot = this.#valid() ?? (await this.#read(keep))
    const key = snapshot.users.get(name)
    if (!key && !this.#within(EARLY_REFRESH, this.#readAt)) this.#read(keep).catch(() => 'the next request reads again')
    return key
  }

  #valid(): Snapshot | undefined {
    return this.#snapshot && this.#within(LIFETIME, this.#snapshot.takenAt) ? this.#snapshot : undefined
  }

  #within(span: number, since: number): boolean {
    return isWithin(span, since, this.#options.now())
  }

  #read(keep: Keep): Promise<Snapshot> {
    return this.#reads.get('users', keep, takenAt => this.#take(takenAt))
  }

  async #take(takenAt: number): Promise<Snapshot> {
    this.#readAt = takenAt
    const users = new Map<string, AccessKey>()
    for await (const user of this.#options.readUsers()) {
      if (mayEnter(user)) users.set(user.NAME, toAccessKey(user))
    }
    this.#snapshot = { takenAt, users }
    return this.#snapshot
  }
}

function mayEnter(user: UserCredentials): boolean {
  return user.ENABLED && DRIVERS.has(user.AUTH_DRIVER) && user.PASSWORD !== '' && !isInGroup0(user)
}

function toAccessKey({ ID, NAME, PASSWORD }: UserCredentials): AccessKey {
  return { accessKeyId: NAME, secret: PASSWORD, user: { id: ID, name: NAME }, source: 'econe' }
}
