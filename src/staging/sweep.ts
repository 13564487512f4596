// The scheduled sweep: takes away staged images that were imported, and those that nobody came back for.
import { parseStagingKey, STAGING_PREFIX, type StagedMetadata, type StagedName } from './key.ts'

/** What the sweep shows of an object to those who know what became of it. */
export interface StagedObject extends StagedName {
  readonly key: string
  /** Bytes. */
  readonly size: number
  readonly uploaded: Date
  readonly metadata: Partial<StagedMetadata>
}

/**
 * What became of an image: `imported`, OpenNebula has its own copy; `pending`, it is being imported or will be;
 * `unknown`, nobody asks for it.
 */
export type Fate = 'imported' | 'pending' | 'unknown'

export interface SweepOptions {
  /**
   * Tells the fate of a page of objects by key; one that it leaves out is `unknown`. A whole page at once, so that one
   * upstream call can answer. Where it throws the sweep ends with that error: not to know is no reason to delete.
   */
  readonly fates: (objects: readonly StagedObject[]) => Promise<ReadonlyMap<string, Fate>>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds for which an object of unknown fate is kept. */
  readonly keepFor: number
  /** Where the last run stopped. */
  readonly after?: string | undefined
  /** Bucket operations and calls of `fates` in this run, at most. */
  readonly maxOperations?: number
}

/** For the log, and where the next run goes on. */
export interface SweepResult {
  readonly seen: number
  readonly imported: number
  readonly abandoned: number
  /** Deleted bytes. */
  readonly freed: number
  /** To be given as `after` next time; absent where the sweep came to the end. */
  readonly after?: string
}

/** Objects a page; R2 gives no more where metadata is asked for. */
const PAGE = 100

/** A page costs: list, `fates`, delete. */
const OPERATIONS_A_PAGE = 3

/**
 * Looks at the staged objects, page by page, and deletes what is due. Uploads that were never completed are no objects:
 * R2 drops those by itself after seven days.
 *
 * @throws what `fates` throws, and where the bucket fails
 */
export async function sweepStaging(bucket: R2Bucket, options: SweepOptions): Promise<SweepResult> {
  const { maxOperations = 1000 } = options
  const total = { seen: 0, imported: 0, abandoned: 0, freed: 0 }
  let after = options.after
  for (let left = maxOperations; left >= OPERATIONS_A_PAGE; left -= OPERATIONS_A_PAGE) {
    const page = await listPage(bucket, after)
    const { imported, abandoned } = await dueObjects(page.objects, options)
    const due = [...imported, ...abandoned]
    if (due.length > 0) await bucket.delete(due.map(({ key }) => key))
    total.seen += page.objects.length
    total.imported += imported.length
    total.abandoned += abandoned.length
    total.freed += due.reduce((bytes, { size }) => bytes + size, 0)
    if (!page.truncated) return total
    after = page.objects.at(-1)?.key ?? after
  }
  return after === undefined ? total : { ...total, after }
}

function listPage(bucket: R2Bucket, after: string | undefined): Promise<R2Objects> {
  return bucket.list({
    prefix: STAGING_PREFIX,
    limit: PAGE,
    include: ['customMetadata'],
    ...(after === undefined ? {} : { startAfter: after }),
  })
}

async function dueObjects(
  objects: readonly R2Object[],
  { fates, now, keepFor }: SweepOptions,
): Promise<{ imported: R2Object[]; abandoned: R2Object[] }> {
  const staged = objects.flatMap(asStaged)
  const known = staged.length > 0 ? await fates(staged) : new Map<string, Fate>()
  const oldest = now() - keepFor
  const fateOf = ({ key }: R2Object): Fate => known.get(key) ?? 'unknown'
  return {
    imported: objects.filter(object => fateOf(object) === 'imported'),
    abandoned: objects.filter(object => fateOf(object) === 'unknown' && object.uploaded.getTime() < oldest),
  }
}

/** Nothing for an object that this program did not put there: its fate is not asked, only its age counts. */
function asStaged({ key, size, uploaded, customMetadata }: R2Object): StagedObject[] {
  const name = parseStagingKey(key)
  return name ? [{ ...name, key, size, uploaded, metadata: customMetadata ?? {} }] : []
}
