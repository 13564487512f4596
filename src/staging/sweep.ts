// The scheduled sweep: takes away what nobody comes back for. What is wanted is followed up by its account.

/** A part of R2 that is swept. */
export interface SweptArea {
  /** What its keys begin with. */
  readonly prefix: string
  /** Whose an object is; undefined for one that this program did not put there: nobody is asked, only its age counts. */
  readonly accountOf: (key: string) => string | undefined
  /**
   * Those of the keys that their account does not follow up; undefined where it does not say, and all are kept. Asked only
   * for objects that would be due.
   */
  readonly unknown: (account: string, keys: readonly string[]) => Promise<readonly string[] | undefined>
  /** Milliseconds for which an object is kept that nobody follows up. */
  readonly keepFor: number
  /** Milliseconds after which an object goes though it is followed up; absent where none does. */
  readonly keepAtMost?: number
}

/** An area all of whose keys have something before them, in terms of the whole bucket. */
export const areaBelow = (before: string, area: SweptArea): SweptArea => ({
  ...area,
  prefix: before + area.prefix,
  accountOf: key => area.accountOf(key.slice(before.length)),
  unknown: async (account, keys) => {
    const unknown = await area.unknown(
      account,
      keys.map(key => key.slice(before.length)),
    )
    return unknown?.map(key => before + key)
  },
})

export interface SweepOptions {
  /** In the order in which they are swept. */
  readonly areas: readonly SweptArea[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Where the last run stopped. */
  readonly after?: string | undefined
  /** Bucket operations and questions to accounts in this run, at most. */
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

/** Objects a page: as many as R2 lists and deletes at once. */
const PAGE = 1000

/** What a page costs besides the questions: to list it, and to delete. */
const OPERATIONS_A_PAGE = 2

/** A sweep under way. */
interface Run extends Omit<SweepOptions, 'areas' | 'maxOperations'> {
  /** Operations that are left. */
  left: number
  seen: number
  deleted: number
  freed: number
  /** The key up to which it came. */
  after: string | undefined
}

/**
 * Looks at the objects of the areas in the order of their keys, and so account by account, and deletes what is due. Uploads
 * that were never completed are no objects: R2 drops those by itself after seven days.
 *
 * @throws where the bucket fails
 */
export async function sweepStaging(bucket: R2Bucket, options: SweepOptions): Promise<SweepResult> {
  const { areas, now, after, maxOperations: left } = options
  const run: Run = { now, left, after, seen: 0, deleted: 0, freed: 0 }
  const begun = areas.findIndex(({ prefix }) => after?.startsWith(prefix))
  let isComplete = true
  for (const area of areas.slice(Math.max(0, begun))) {
    isComplete = await sweepArea(bucket, area, run)
    if (!isComplete) break
  }
  const { seen, deleted, freed } = run
  return { seen, deleted, freed, ...(!isComplete && run.after !== undefined && { after: run.after }) }
}

/** @returns whether it came to the end of the area */
async function sweepArea(bucket: R2Bucket, area: SweptArea, run: Run): Promise<boolean> {
  // From the beginning where the run comes from another area
  if (!run.after?.startsWith(area.prefix)) run.after = area.prefix
  for (;;) {
    // With one to spare for a question, or it would stop at the same account for ever
    if (run.left <= OPERATIONS_A_PAGE) return false
    run.left -= OPERATIONS_A_PAGE
    const page = await bucket.list({ prefix: area.prefix, limit: PAGE, startAfter: run.after })
    const { due, isComplete } = await dueOf(page.objects, area, run)
    if (due.length > 0) await bucket.delete(due.map(({ key }) => key))
    run.deleted += due.length
    run.freed += due.reduce((bytes, { size }) => bytes + size, 0)
    if (!isComplete) return false
    if (!page.truncated) return true
  }
}

/** What of a page is due, as far as accounts may still be asked. */
async function dueOf(objects: readonly R2Object[], area: SweptArea, run: Run) {
  const due: R2Object[] = []
  for (const group of byAccount(objects, area)) {
    const old = group.objects.filter(object => isOlder(object, area.keepFor, run))
    const asks = group.account !== undefined && old.length > 0
    if (asks && run.left === 0) return { due, isComplete: false }
    if (asks) run.left--
    const keys = old.map(({ key }) => key)
    const unknown = group.account === undefined || !asks ? keys : await area.unknown(group.account, keys)
    const gone = new Set(unknown)
    due.push(...old.filter(object => gone.has(object.key) || isOlder(object, area.keepAtMost ?? Infinity, run)))
    run.seen += group.objects.length
    run.after = group.objects.at(-1)?.key ?? run.after
  }
  return { due, isComplete: true }
}

interface Group {
  readonly account: string | undefined
  readonly objects: R2Object[]
}

function byAccount(objects: readonly R2Object[], { accountOf }: SweptArea): Group[] {
  const groups: Group[] = []
  for (const object of objects) {
    const account = accountOf(object.key)
    const last = groups.at(-1)
    if (last !== undefined && last.account === account) last.objects.push(object)
    else groups.push({ account, objects: [object] })
  }
  return groups
}

const isOlder = ({ uploaded }: R2Object, age: number, { now }: Run) => uploaded.getTime() < now() - age
