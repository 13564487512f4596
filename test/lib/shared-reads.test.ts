// Reads that several requests wait for.
import { expect, it } from 'vitest'
import { isWithin, SharedReads } from '../../src/lib/shared-reads.ts'

it('is one read at a time for each key, until it has ended or takes too long', async () => {
  let now = 0
  const kept: Promise<unknown>[] = []
  const begun: PromiseWithResolvers<string>[] = []
  const reads = new SharedReads<string, string>(() => now)
  const get = (key: string) =>
    reads.get(
      key,
      work => kept.push(work),
      () => {
        const read = Promise.withResolvers<string>()
        begun.push(read)
        return read.promise
      },
    )
  const joined = [get('a'), get('a'), get('b')]
  expect(begun.length).toBe(2)
  now = 60_000
  joined.push(get('a'))
  expect(begun.length).toBe(3)
  for (const [index, { resolve }] of begun.entries()) resolve(String(index))
  expect(await Promise.all(joined)).toEqual(['0', '0', '1', '2'])
  await Promise.all(kept)
  void get('a')
  expect(begun.length).toBe(4)
})

it('fails for all who wait, and is begun anew for the next', async () => {
  const reads = new SharedReads<string, string>(() => 0)
  const kept: Promise<unknown>[] = []
  const failure = new Error('no')
  const get = (read: () => Promise<string>) => reads.get('a', work => kept.push(work), read)
  const [one, other] = [get(() => Promise.reject(failure)), get(() => Promise.resolve('joined'))]
  await expect(one).rejects.toBe(failure)
  await expect(other).rejects.toBe(failure)
  await Promise.all(kept)
  expect(await get(() => Promise.resolve('anew'))).toBe('anew')
})

it('knows no age before a clock that was set back', () => {
  expect([isWithin(10, 0, 9), isWithin(10, 0, 10), isWithin(10, 5, 4)]).toEqual([true, false, false])
})
