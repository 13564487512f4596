// The sweep: what is imported or abandoned goes, what is pending, young or another's stays.
import { beforeEach, describe, expect, it } from 'vitest'
import { parseStagingKey, stagingKey } from '../../src/staging/key.ts'
import { type Fate, type StagedObject, sweepStaging } from '../../src/staging/sweep.ts'
import { bucket, bucketWith, metadata } from './support.ts'

const HOUR = 3_600_000
const ACCOUNT = '000000000002'
const later = (hours: number) => () => Date.now() + hours * HOUR

const image = (number: number) => stagingKey({ account: ACCOUNT, imageId: `ami-${String(number).padStart(17, '0')}` })

async function keys(prefix = ''): Promise<string[]> {
  return (await bucket.list({ prefix })).objects.map(({ key }) => key)
}

const nobodyKnows = () => Promise.resolve(new Map<string, Fate>())

beforeEach(async () => {
  await bucket.delete(await keys())
})

describe('the sweep', { timeout: 60_000 }, () => {
  it('takes what was imported, and what nobody asked for in time', async () => {
    const fates = new Map<string, Fate>([
      [image(1), 'imported'],
      [image(2), 'pending'],
      [image(3), 'unknown'],
    ])
    for (const number of [1, 2, 3, 4]) await bucket.put(image(number), 'x'.repeat(number), { customMetadata: metadata })
    await bucket.put('elsewhere/1', 'x')
    const asked: StagedObject[] = []
    const options = {
      keepFor: 24 * HOUR,
      fates: (objects: readonly StagedObject[]) => {
        asked.push(...objects)
        return Promise.resolve(fates)
      },
    }
    expect(await sweepStaging(bucket, { ...options, now: later(23) })).toEqual({
      seen: 4,
      imported: 1,
      abandoned: 0,
      freed: 1,
    })
    expect(asked[1]).toEqual({
      account: ACCOUNT,
      imageId: 'ami-00000000000000002',
      key: image(2),
      size: 2,
      uploaded: (await bucket.head(image(2)))?.uploaded,
      metadata,
    })
    expect(await sweepStaging(bucket, { ...options, now: later(25) })).toEqual({
      seen: 3,
      imported: 0,
      abandoned: 2,
      freed: 7,
    })
    expect(await keys()).toEqual(['elsewhere/1', image(2)])
  })

  it('asks nothing about what it did not put there, and removes it by age', async () => {
    await bucket.put('staging/strange', 'x')
    const fates = () => Promise.reject(new Error('asked'))
    const options = { fates, keepFor: HOUR }
    expect(await sweepStaging(bucket, { ...options, now: later(0) })).toMatchObject({ seen: 1, abandoned: 0 })
    expect(await sweepStaging(bucket, { ...options, now: later(2) })).toMatchObject({ seen: 1, abandoned: 1 })
  })

  it('deletes nothing when the cloud cannot tell', async () => {
    await bucket.put(image(1), 'x')
    const fates = () => Promise.reject(new Error('origin down'))
    await expect(sweepStaging(bucket, { fates, now: later(99), keepFor: HOUR })).rejects.toThrow('origin down')
    expect(await keys()).toEqual([image(1)])
  })

  it('has nothing to do in an empty bucket', async () => {
    const result = await sweepStaging(bucket, { fates: nobodyKnows, now: later(0), keepFor: HOUR })
    expect(result).toEqual({ seen: 0, imported: 0, abandoned: 0, freed: 0 })
  })

  it('is bounded, and goes on where it stopped', async () => {
    for (let number = 0; number < 250; number++) await bucket.put(image(number), '')
    let operations = 0
    const counting = bucketWith({
      list: options => {
        operations += 1
        return bucket.list(options)
      },
      delete: due => {
        operations += 1
        return bucket.delete(due)
      },
    })
    const fates = (objects: readonly StagedObject[]) => {
      operations += 1
      return Promise.resolve(new Map<string, Fate>(objects.slice(0, 80).map(({ key }) => [key, 'imported'])))
    }
    const run = async (after?: string) => {
      operations = 0
      return sweepStaging(counting, { fates, now: later(0), keepFor: HOUR, maxOperations: 8, after })
    }
    const first = await run()
    expect(first).toEqual({ seen: 200, imported: 160, abandoned: 0, freed: 0, after: image(199) })
    expect(operations).toBe(6)
    expect(await run(first.after)).toEqual({ seen: 50, imported: 50, abandoned: 0, freed: 0 })
    expect(await keys('staging/')).toHaveLength(40)
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
