// econe's own scheme: the access key is an OpenNebula user name, its secret the password hash in the user pool.
import type { UserCredentials } from '../opennebula/documents.ts'
import type { AccessKey } from './access-key.ts'

/** What the directory works with. */
export interface UserDirectoryOptions {
  /** Streams `one.userpool.info`, asked as the server's account; its errors go to the caller as they are. */
  readonly readUsers: () => AsyncIterable<UserCredentials>
  /** Milliseconds, from any start. */
  readonly now: () => number
  /**
   * Keeps a read going when the client that started it goes away (`waitUntil`), because other requests wait for it too.
   */
  readonly keep: (work: Promise<unknown>) => void
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
  #reading: Promise<Snapshot> | undefined
  #readAt = Number.NEGATIVE_INFINITY

  constructor(options: UserDirectoryOptions) {
    this.#options = options
  }

  /**
   * The user of this name as an access key; `undefined` for users of other drivers and disabled ones as for no user.
   *
   * @throws what the read throws, when the pool has to be read and cannot be
   */
  async find(name: string): Promise<AccessKey | undefined> {
    const snapshot = this.#valid()
    if (snapshot) {
      const key = snapshot.users.get(name)
      if (key || this.#within(EARLY_REFRESH, this.#readAt)) return key
    }
    const newer = await this.#read()
    return newer.users.get(name)
  }

  #valid(): Snapshot | undefined {
    return this.#snapshot && this.#within(LIFETIME, this.#snapshot.takenAt) ? this.#snapshot : undefined
  }

  /** A clock that was set back makes an age negative: unknown, and so too old. */
  #within(span: number, since: number): boolean {
    const age = this.#options.now() - since
    return age >= 0 && age < span
  }

  #read(): Promise<Snapshot> {
    if (this.#reading) return this.#reading
    const reading = this.#take().finally(() => {
      this.#reading = undefined
    })
    this.#reading = reading
    this.#options.keep(reading.catch(() => 'reported by the requests that wait for it'))
    return reading
  }

  async #take(): Promise<Snapshot> {
    const takenAt = this.#options.now()
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
  return user.ENABLED && DRIVERS.has(user.AUTH_DRIVER) && user.PASSWORD !== ''
}

function toAccessKey({ ID, NAME, PASSWORD }: UserCredentials): AccessKey {
  return { accessKeyId: NAME, secret: PASSWORD, user: { id: ID, name: NAME }, source: 'econe' }
}
