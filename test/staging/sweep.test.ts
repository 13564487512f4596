// The sweep: what nobody follows up goes with time, what is wanted stays, and no account keeps it from the others.
import { beforeEach, describe, expect, it } from 'vitest'
import { accountOfPiece, PIECES_PREFIX, parseStagingKey, STAGING_PREFIX, stagingKey } from '../../src/staging/key.ts'
import { type SweepOptions, type SweepResult, type SweptArea, sweepStaging } from '../../src/staging/sweep.ts'
import { bucket, bucketWith, metadata } from './support.ts'

const HOUR = 3_600_000
const ACCOUNT = '000000000002'
const later = (hours: number) => () => Date.now() + hours * HOUR

const image = (number: number, account = ACCOUNT) =>
  stagingKey({ account, imageId: `ami-${String(number).padStart(17, '0')}` })
const account = (number: number) => String(number).padStart(12, '0')

async function keys(prefix = ''): Promise<string[]> {
  return (await bucket.list({ prefix })).objects.map(({ key }) => key)
}

type Options = Pick<SweepOptions, 'now' | 'after'> & {
  readonly maxOperations?: number
  /** What an account follows up; undefined where it does not say. */
  readonly wanted?: (account: string) => Promise<readonly string[] | undefined>
}

const area = (wanted: NonNullable<Options['wanted']>): SweptArea => ({
  prefix: STAGING_PREFIX,
  accountOf: key => parseStagingKey(key)?.account,
  unknown: async (of, asked) => {
    const followed = await wanted(of)
    return followed && asked.filter(key => !followed.includes(key))
  },
  keepFor: HOUR,
  keepAtMost: 24 * HOUR,
})

const sweep = ({ maxOperations = 40, wanted = () => Promise.resolve([]), ...options }: Options, from = bucket) =>
  sweepStaging(from, { areas: [area(wanted)], maxOperations, ...options })

beforeEach(async () => {
  await bucket.delete(await keys())
})

describe('the sweep', { timeout: 60_000 }, () => {
  it('takes what nobody follows up for long enough, and at last all', async () => {
    for (const number of [1, 2, 3]) await bucket.put(image(number), 'x'.repeat(number), { customMetadata: metadata })
    await bucket.put('elsewhere/1', 'x')
    const asked: string[] = []
    const wanted = (of: string) => {
      asked.push(of)
      return Promise.resolve([image(2)])
    }
    expect(await sweep({ wanted, now: later(0) })).toEqual({ seen: 3, deleted: 0, freed: 0 })
    // Nobody need be asked about what is not due in any case
    expect(asked).toEqual([])
    expect(await sweep({ wanted, now: later(2) })).toEqual({ seen: 3, deleted: 2, freed: 4 })
    expect(asked).toEqual([ACCOUNT])
    expect(await keys()).toEqual(['elsewhere/1', image(2)])
    expect(await sweep({ wanted, now: later(25) })).toEqual({ seen: 1, deleted: 1, freed: 2 })
  })

  it('asks nothing about what it did not put there, and removes it by age', async () => {
    await bucket.put('staging/strange', 'x')
    const wanted = () => Promise.reject(new Error('asked'))
    expect(await sweep({ wanted, now: later(0) })).toMatchObject({ seen: 1, deleted: 0 })
    expect(await sweep({ wanted, now: later(2) })).toMatchObject({ seen: 1, deleted: 1 })
  })

  it('keeps all of an account that does not say, and goes on', async () => {
    for (const number of [2, 3, 4]) await bucket.put(image(1, account(number)), 'x')
    const wanted = (of: string) => Promise.resolve(of === account(3) ? undefined : [])
    expect(await sweep({ wanted, now: later(2) })).toEqual({ seen: 3, deleted: 2, freed: 2 })
    expect(await keys()).toEqual([image(1, account(3))])
  })

  it('has nothing to do in an empty bucket', async () => {
    expect(await sweep({ now: later(0) })).toEqual({ seen: 0, deleted: 0, freed: 0 })
  })

  it('is bounded, and goes on where it stopped', async () => {
    for (let number = 0; number < 25; number++) {
      for (let each = 0; each < 10; each++) await bucket.put(image(each, account(number)), '')
    }
    let operations = 0
    const count = <T>(work: T): T => {
      operations += 1
      return work
    }
    const counting = bucketWith({
      list: options => count(bucket.list(options)),
      delete: due => count(bucket.delete(due)),
    })
    const run = async (after?: string) => {
      operations = 0
      const wanted = () => count(Promise.resolve([]))
      return sweep({ wanted, now: later(2), maxOperations: 9, after }, counting)
    }
    let after: string | undefined
    let runs = 0
    const seen: number[] = []
    do {
      const result: Awaited<ReturnType<typeof run>> = await run(after)
      expect(operations).toBeLessThanOrEqual(9)
      seen.push(result.seen)
      after = result.after
      runs += 1
    } while (after !== undefined)
    expect(seen.reduce((sum, each) => sum + each, 0)).toBe(250)
    expect(runs).toBeLessThan(6)
    expect(await keys('staging/')).toEqual([])
  })
})

describe('several areas', () => {
  const pieces = (unknown: SweptArea['unknown']): SweptArea => ({
    ...{ prefix: PIECES_PREFIX, accountOf: accountOfPiece, unknown, keepFor: HOUR },
  })
  const piece = (number: number, of = ACCOUNT) => `objects/${of}/${String(number).padStart(32, '0')}`

  it('are swept one behind the other, each by its own rules', async () => {
    const all = [piece(1), piece(2), piece(1, account(3)), 'objects/strange', image(1)]
    for (const key of all) await bucket.put(key, 'x')
    const asked: [string, readonly string[]][] = []
    const unknown = (of: string, some: readonly string[]) => {
      asked.push([of, some])
      return Promise.resolve(of === ACCOUNT ? [piece(2)] : undefined)
    }
    const areas = [pieces(unknown), area(() => Promise.resolve([]))]
    expect(await sweepStaging(bucket, { areas, now: later(25), maxOperations: 40 })).toEqual({
      ...{ seen: 5, deleted: 3, freed: 3 },
    })
    // What its account knows stays, however old it is
    expect(await keys()).toEqual([piece(1), piece(1, account(3))])
    expect(asked).toEqual([
      [ACCOUNT, [piece(1), piece(2)]],
      [account(3), [piece(1, account(3))]],
    ])
  })

  it('are gone on with where it stopped', async () => {
    for (const of of [2, 3, 4]) await bucket.put(piece(1, account(of)), 'x')
    await bucket.put(image(1), 'x')
    const areas = [pieces((_, some) => Promise.resolve(some)), area(() => Promise.resolve([]))]
    const results: unknown[] = []
    let after: string | undefined
    do {
      const result: SweepResult = await sweepStaging(bucket, { areas, now: later(2), after, maxOperations: 4 })
      results.push(result.seen)
      after = result.after
    } while (after !== undefined)
    expect(results).toEqual([2, 1, 1])
    expect(await keys()).toEqual([])
  })
})

describe('a key', () => {
  it('tells account and image, and nothing else is taken for one', () => {
    expect(parseStagingKey(image(7))).toEqual({ account: ACCOUNT, imageId: 'ami-00000000000000007' })
    for (const strange of ['staging/2/ami-1', `x${image(7)}`, `${image(7)}/x`, `staging/${ACCOUNT}/i-1`]) {
      expect(parseStagingKey(strange)).toBeUndefined()
    }
  })
})
