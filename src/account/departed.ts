// The bucket of a user whom OpenNebula has deleted: it is emptied, but not before OpenNebula said so day by day, for long. Only its
// answer that there is no such user counts; while it says nothing, or something else, the bucket stays.
import type { Verdict } from '../auth/standing.ts'
import type { Account } from '../ec2/core/account.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import type { Bucket } from './bucket/bucket.ts'
import type { Rows } from './rows.ts'
import type { UserStanding } from './user-standing.ts'

const DAY = 24 * 60 * 60 * 1000
/** Until more is deleted of what is too much for one go. */
const SOON = 60 * 1000

const ROW = 'departed'

/** What is known of the bucket's user. */
interface Known {
  readonly account: Account
  /** When to ask; milliseconds since 1970. */
  readonly next: number
  /** When OpenNebula said for the first time that there is no such user. */
  readonly since?: number
}

export interface DepartedParts {
  readonly rows: Rows
  readonly bucket: Pick<Bucket, 'usage' | 'empty'>
  readonly user: Pick<UserStanding, 'judge'>
  readonly now: () => number
  /** What the log says of an account. */
  readonly whose: (account: Account) => object
}

export class Departed {
  readonly #parts: DepartedParts

  constructor(parts: DepartedParts) {
    this.#parts = parts
  }

  /** Looks after the bucket from now on: somebody who was let in has made use of it. */
  follow(account: Account): void {
    const { rows, now } = this.#parts
    if (!rows.get<Known>(ROW)) rows.put<Known>(ROW, { account, next: now() + DAY })
  }

  /** When to ask again; milliseconds since 1970. */
  get due(): number | undefined {
    return this.#parts.rows.get<Known>(ROW)?.next
  }

  /** Asks, where it is time to, and empties the bucket where the user has been gone for long enough. */
  async look(): Promise<void> {
    const { rows, bucket, now, whose } = this.#parts
    const known = rows.get<Known>(ROW)
    if (!known || known.next > now()) return
    if (bucket.usage.pieces === 0) return rows.delete(ROW)
    const { since, ...rest } = known
    const verdict = await this.#verdict(known)
    if (verdict !== 'gone') {
      // An answer that there is such a user counts for all that was said before; none at all says nothing
      const asked = { ...rest, next: now() + DAY }
      return rows.put<Known>(ROW, verdict === undefined && since !== undefined ? { ...asked, since } : asked)
    }
    const first = since ?? now()
    if (since === undefined) log('departed', { ...whose(known.account), days: limits.departedBucket.most })
    const isOver = now() - first >= limits.departedBucket.most * DAY
    const isMore = isOver && bucket.empty()
    if (isOver) log('emptied', { ...whose(known.account), left: bucket.usage.pieces })
    rows.put<Known>(ROW, { ...rest, since: first, next: now() + (isMore ? SOON : DAY) })
  }

  /** What OpenNebula says of the user; undefined where it says nothing. */
  async #verdict({ account }: Known): Promise<Verdict | undefined> {
    try {
      return await this.#parts.user.judge(account)
    } catch (error) {
      log('unfinished', { ...this.#parts.whose(account), cause: causeOf(error) }, true)
      return undefined
    }
  }
}
