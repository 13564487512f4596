// The scheduled sweep: takes away what nobody comes back for. What is wanted is followed up by its account.
import { parseStagingKey, STAGING_PREFIX } from './key.ts'

export interface SweepOptions {
  /**
   * Tells the keys of the objects that an account follows up; undefined where it does not say, and all of its are kept.
   * Asked only of accounts whose objects would be due.
   */
  readonly wanted: (account: string) => Promise<readonly string[] | undefined>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds for which an object is kept that nobody follows up. */
  readonly keepFor: number
  /** Milliseconds after which an object goes though it is followed up. */
  readonly keepAtMost: number
  /** Where the last run stopped. */
  readonly after?: string | undefined
  /** Bucket operations and calls of `wanted` in this run, at most. */
  readonly maxOperations: number
}

/** For the log, and where the next run goes on. */
export interface SweepResult {
  readonly seen: number
  readonly deleted: number
  /** Deleted bytes. */
  readonly freed: number
  /** To be given as `after` next time; absent where the sweep came to the end. */
  readonly after?: string
}

/** Objects a page. */
const PAGE = 100

/** What a page costs besides the questions: to list it, and to delete. */
const OPERATIONS_A_PAGE = 2

/**
 * Looks at the staged objects in the order of their keys, and so account by account, and deletes what is due. Uploads
 * that were never completed are no objects: R2 drops those by itself after seven days.
 *
 * @throws where the bucket fails
 */
export async function sweepStaging(bucket: R2Bucket, options: SweepOptions): Promise<SweepResult> {
  const total = { seen: 0, deleted: 0, freed: 0 }
  let { after, maxOperations: left } = options
  for (;;) {
    // With one to spare for a question, or it would stop at the same account for ever
    if (left <= OPERATIONS_A_PAGE) return { ...total, ...(after !== undefined && { after }) }
    const page = await listPage(bucket, after)
    left -= OPERATIONS_A_PAGE
    const due: R2Object[] = []
    let complete = true
    for (const { account, objects } of byAccount(page.objects)) {
      const asks = account !== undefined && objects.some(object => isOlder(object, options.keepFor, options))
      if (asks && left === 0) {
        complete = false
        break
      }
      if (asks) left--
      const wanted = asks ? await options.wanted(account) : []
      due.push(...objects.filter(object => isDue(object, wanted, options)))
      total.seen += objects.length
      after = objects.at(-1)?.key ?? after
    }
    if (due.length > 0) await bucket.delete(due.map(({ key }) => key))
    total.deleted += due.length
    total.freed += due.reduce((bytes, { size }) => bytes + size, 0)
    if (complete && !page.truncated) return total
  }
}

function listPage(bucket: R2Bucket, after: string | undefined): Promise<R2Objects> {
  return bucket.list({
    prefix: STAGING_PREFIX,
    limit: PAGE,
    ...(after === undefined ? {} : { startAfter: after }),
  })
}

interface Group {
  /** Undefined for an object that this program did not put there: nobody is asked, only its age counts. */
  readonly account: string | undefined
  readonly objects: R2Object[]
}

function byAccount(objects: readonly R2Object[]): Group[] {
  const groups: Group[] = []
  for (const object of objects) {
    const account = parseStagingKey(object.key)?.account
    const last = groups.at(-1)
    if (last !== undefined && last.account === account) last.objects.push(object)
    else groups.push({ account, objects: [object] })
  }
  return groups
}

const isOlder = ({ uploaded }: R2Object, age: number, { now }: SweepOptions) => uploaded.getTime() < now() - age

function isDue(object: R2Object, wanted: readonly string[] | undefined, options: SweepOptions): boolean {
  if (isOlder(object, options.keepAtMost, options)) return true
  return wanted !== undefined && !wanted.includes(object.key) && isOlder(object, options.keepFor, options)
}
