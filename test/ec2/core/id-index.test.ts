// What an isolate remembers of the index: KV is asked once for what does not change, and again in time for what may.
import { describe, expect, it } from 'vitest'
import { IdIndex, KnownNumbers } from '../../../src/ec2/core/id-index.ts'
import { limits } from '../../../src/limits.ts'

/** The index as requests of one isolate have it, over a KV whose every read is told. */
function isolate(entries: Record<string, string>) {
  const asked: string[][] = []
  const lives: (readonly [key: string, seconds: number])[] = []
  const store = {
    get: async (keys: string[]) => {
      asked.push(keys)
      return new Map(keys.map(key => [key, entries[key] ?? null]))
    },
    put: async (key: string, value: string, { expirationTtl }: { readonly expirationTtl: number }) => {
      entries[key] = value
      lives.push([key, expirationTtl])
    },
  }
  let now = 0
  const known = new KnownNumbers(() => now)
  return {
    asked,
    lives,
    /** That of a new request. */
    index: () => new IdIndex(store, known, () => undefined),
    pass: (ms: number) => {
      now += ms
    },
  }
}

describe('what an isolate knows of the index', () => {
  it('is asked of KV once, whichever request asks', async () => {
    const { index, asked, pass } = isolate({ 'id:i-1': '7', 'id:i-2': '8' })
    expect(await index().find(['i-1'])).toEqual(new Map([['i-1', 7]]))
    pass(24 * 60 * 60_000)
    expect(await index().find(['i-1', 'i-2'])).toEqual(
      new Map([
        ['i-1', 7],
        ['i-2', 8],
      ]),
    )
    expect(asked).toEqual([['id:i-1'], ['id:i-2']])
  })

  it('is not that something is missing: it may come about any moment', async () => {
    const entries: Record<string, string> = {}
    const { index, asked } = isolate(entries)
    expect(await index().find(['i-1'])).toEqual(new Map())
    entries['id:i-1'] = '7'
    expect(await index().find(['i-1'])).toEqual(new Map([['i-1', 7]]))
    expect(asked.length).toBe(2)
  })

  it('is kept for a year, so that what is gone leaves nothing behind for good', async () => {
    const { index, lives } = isolate({})
    index().remember([['i-1', 7]])
    expect(lives).toEqual([['id:i-1', 365 * 24 * 60 * 60]])
  })

  it('is what was found to be right instead', async () => {
    const { index } = isolate({ 'id:i-1': '7' })
    await index().find(['i-1'])
    index().remember([['i-1', 9]])
    expect(await index().find(['i-1'])).toEqual(new Map([['i-1', 9]]))
  })

  it('is asked anew in time where it may change', async () => {
    const entries = { 'id:vol-1/vm': '7' }
    const { index, pass } = isolate(entries)
    await index().find(['vol-1/vm'])
    entries['id:vol-1/vm'] = '8'
    pass(limits.indexAge.most * 1000 - 1)
    expect((await index().find(['vol-1/vm'])).get('vol-1/vm')).toBe(7)
    pass(1)
    expect((await index().find(['vol-1/vm'])).get('vol-1/vm')).toBe(8)
  })

  it('is bounded', async () => {
    const { index, asked } = isolate({ 'id:i-1': '7' })
    await index().find(['i-1'])
    index().remember(Array.from({ length: limits.knownNumbers.most }, (_, number) => [`i-x${number}`, number] as const))
    for (let more = 0; more < limits.knownNumbers.most; more += limits.indexWrites.most) {
      const batch = Array.from({ length: limits.indexWrites.most }, (_, at) => [`i-y${more + at}`, at] as const)
      index().remember(batch)
    }
    await index().find(['i-1'])
    expect(asked).toEqual([['id:i-1'], ['id:i-1']])
  })
})
