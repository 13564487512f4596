// Lists of a bucket: in the order of bytes, by prefix and delimiter, page by page.
import { describe, expect, it } from 'vitest'
import type { AskBucket } from '../../../src/account/bucket/calls.ts'
import { behindPrefix } from '../../../src/account/bucket/listing.ts'
import { compareBytes } from '../../../src/lib/bytes.ts'
import { setStage } from '../stage.ts'
import { bytes, put } from './support.ts'

/** What S3 lists: keys and common prefixes, each once, in order. */
function expected(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const entries = keys
    .filter(key => key.startsWith(prefix))
    .map(key => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
      return at < 0 ? key : `${key.slice(0, at + delimiter.length)} …`
    })
  return [...new Set(entries)].toSorted((one, other) => compareBytes(one.replace(/ …$/, ''), other.replace(/ …$/, '')))
}

/** All pages of a list, one behind the other; how many they were. */
async function pages(ask: AskBucket, prefix: string, delimiter: string, most: number) {
  const entries: string[] = []
  let after: string | undefined
  let count = 0
  do {
    const { items, prefixes, next } = await ask('list', { prefix, delimiter, most, after })
    const page = [...items.map(({ key }) => key), ...prefixes.map(each => `${each} …`)]
    expect(page.length).toBeLessThanOrEqual(most)
    if (next !== undefined) expect(page).toHaveLength(most)
    entries.push(...page)
    after = next
    count++
  } while (after !== undefined)
  return { entries, count }
}

const KEYS = [
  ...['a', 'a/', 'a//', 'a//b', 'a/b', 'a/b/c', 'a/b/d', 'a/c', 'a0', 'b/1', 'b/2', 'b/2/x', 'c'],
  ...[
    '\u{ffff}x',
    '\u{ffff}/y',
    '🐧',
    '🐧/1',
    '🐧/2',
    '\ud7ff/1',
    '\ue000/1',
    '\u{10ffff}/z',
    '\u{10ffff}\u{10ffff}',
    'z\0',
    'z',
  ],
]

describe('a list', () => {
  it('has every key and common prefix once, in pages of any size', async () => {
    const { ask } = setStage()
    for (const key of KEYS) await put(ask, key, bytes(1))
    for (const prefix of ['', 'a', 'a/', 'a/b', 'b/', '🐧', '\u{10ffff}', '\ud7ff', 'nothing', 'z']) {
      for (const delimiter of ['', '/', '//', 'b']) {
        const all = expected(KEYS, prefix, delimiter)
        for (const most of [1, 2, 3, 1000]) {
          const { entries, count } = await pages(ask, prefix, delimiter, most)
          expect([...entries].toSorted(), `${prefix} ${delimiter} ${most}`).toEqual(all.toSorted())
          expect(count).toBe(Math.max(1, Math.ceil(all.length / most)))
        }
        const { items, prefixes } = await ask('list', { prefix, delimiter, most: 1000 })
        const inOrder = [...items.map(({ key }) => key), ...prefixes]
        expect(inOrder).toEqual([
          ...all.filter(each => !each.endsWith(' …')),
          ...all.filter(each => each.endsWith(' …')).map(each => each.slice(0, -2)),
        ])
      }
    }
  })

  it('goes on behind whatever it is told to, key or not', async () => {
    const { ask } = setStage()
    for (const key of KEYS) await put(ask, key, bytes(1))
    const behind = async (after: string, delimiter = '', prefix = '') => {
      const { items, prefixes } = await ask('list', { prefix, delimiter, most: 2, after })
      return [...items.map(({ key }) => key), ...prefixes]
    }
    expect(await behind('a/b')).toEqual(['a/b/c', 'a/b/d'])
    expect(await behind('a/bb')).toEqual(['a/c', 'a0'])
    expect(await behind('z')).toEqual(['z\0', '\ud7ff/1'])
    expect(await behind('a/', '/')).toEqual(['a0', 'b/'])
    expect(await behind('a/b', '/')).toEqual(['a0', 'b/'])
    expect(await behind('\u{10ffff}\u{10ffff}')).toEqual([])
    // What stands before the prefix, or behind it
    expect(await behind('a', '', 'b/')).toEqual(['b/1', 'b/2'])
    expect(await behind('c', '', 'b/')).toEqual([])
    expect(await behind('🐧', '', '\u{ffff}')).toEqual([])
  })

  it('of nothing at all is one', async () => {
    const { ask } = setStage()
    await put(ask, 'a', bytes(1))
    expect(await ask('list', { prefix: '', delimiter: '', most: 0 })).toEqual({ items: [], prefixes: [] })
  })

  it('of uploads has them by key, and of a key in the order in which they were created', async () => {
    const stage = setStage()
    const { ask } = stage
    const made: string[][] = []
    for (const key of ['b', 'a/1', 'a/1', 'a/2', 'c', 'b']) {
      const { uploadId } = await ask('createUpload', { key, headers: {} })
      made.push([key, uploadId])
      await stage.pass(1000)
    }
    const [b1, a1, a2, a3, c, b2] = made
    const all = { prefix: '', delimiter: '', most: 100 }
    const list = async (query: object) => {
      const { items, prefixes, next } = await ask('uploads', { ...all, ...query })
      return { found: [...items.map(({ key, uploadId }) => [key, uploadId]), ...prefixes], next }
    }
    expect(await list({})).toEqual({ found: [a1, a2, a3, b1, b2, c] })
    expect(await list({ most: 1 })).toEqual({ found: [a1], next: { key: 'a/1', uploadId: a1?.[1] } })
    expect(await list({ after: { key: 'a/1', uploadId: a1?.[1] } })).toEqual({ found: [a2, a3, b1, b2, c] })
    expect(await list({ after: { key: 'a/1' } })).toEqual({ found: [a3, b1, b2, c] })
    expect(await list({ delimiter: '/' })).toEqual({ found: [b1, b2, c, 'a/'] })
    expect(await list({ delimiter: '/', most: 1 })).toEqual({ found: ['a/'], next: { key: 'a/' } })
    expect(await list({ delimiter: '/', after: { key: 'a/' } })).toEqual({ found: [b1, b2, c] })
    expect(await list({ prefix: 'b' })).toEqual({ found: [b1, b2] })
  })
})

it('of all texts with a prefix the next is behind them', () => {
  expect(behindPrefix('ab')).toBe('ac')
  expect(behindPrefix('a\u{10ffff}')).toBe('b')
  expect(behindPrefix('\ud7ff')).toBe('\ue000')
  expect(behindPrefix('\uffff')).toBe('\u{10000}')
  expect(behindPrefix('\u{10ffff}')).toBeUndefined()
  expect(behindPrefix('')).toBeUndefined()
})
