// The bytes of objects: every range exact, of one piece or many; what is closed early stops, and what vanishes breaks off.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { ByteRange } from '../../src/lib/byte-range.ts'
import type { Piece } from '../../src/staging/object.ts'
import { openObject } from '../../src/staging/read.ts'
import { bucket, bucketWith, bytesOf, noise } from './support.ts'

const PREFIX = 'objects/000000000002/'
const SIZES = [1000, 0, 1, 70_000, 0, 3]

const contents = SIZES.map(noise)
const whole = new Uint8Array(contents.reduce((sum, { length }) => sum + length, 0))
const pieces: Piece[] = contents.map(({ length }, at) => ({ key: `${PREFIX}${at}`, size: length }))
const object = { pieces, size: whole.length }

beforeAll(async () => {
  let at = 0
  for (const [index, content] of contents.entries()) {
    whole.set(content, at)
    at += content.length
    await bucket.put(`${PREFIX}${index}`, content)
  }
  return () => bucket.delete(pieces.map(({ key }) => key))
})

/** The bucket, which of its objects were asked for, and of which the bytes were not wanted after all. */
function watched(found: (key: string) => 'there' | 'gone' | 'broken' = () => 'there') {
  const asked: string[] = []
  const cancelled: string[] = []
  const watching = bucketWith({
    get: (async (key: string, options: R2GetOptions) => {
      asked.push(key)
      if (found(key) === 'gone') return null
      if (found(key) === 'broken') throw new Error('get: Internal (10001)')
      const got = await bucket.get(key, options)
      return (
        got &&
        new Proxy(got, {
          get(target, name) {
            const member: unknown = Reflect.get(target, name)
            if (name === 'body') watch(target.body, () => cancelled.push(key))
            return typeof member === 'function' ? (member.bind(target) as unknown) : member
          },
        })
      )
    }) as R2Bucket['get'],
  })
  return { watching, asked, cancelled }
}

function watch(body: ReadableStream, onCancel: () => void): void {
  const cancel = body.cancel.bind(body)
  body.cancel = reason => {
    onCancel()
    return cancel(reason)
  }
}

async function read(range?: ByteRange, from = bucket): Promise<Uint8Array> {
  const opened = await openObject(from, object, range)
  if (!opened) throw new Error('nothing was opened')
  const response = new Response(opened.body)
  return new Uint8Array(await response.arrayBuffer())
}

describe('an object', () => {
  it('is read whole', async () => {
    expect(await read()).toEqual(whole)
  })

  it('is read in any range', async () => {
    const edges = [0, 1, 999, 1000, 1001, 1002, 40_000, 71_000, 71_001, 71_002, 71_003]
    for (const from of edges) {
      for (const to of edges.filter(edge => edge > from)) {
        const { watching, asked } = watched()
        expect(await read({ offset: from, length: to - from }, watching)).toEqual(whole.subarray(from, to))
        // No piece is asked for that has none of it
        expect(asked.length).toBeLessThanOrEqual(4)
      }
    }
  })

  it('of one piece, or a range in one, is what R2 gives', async () => {
    const { watching, asked } = watched()
    expect(await read({ offset: 1500, length: 10 }, watching)).toEqual(whole.subarray(1500, 1510))
    expect(asked).toEqual([`${PREFIX}3`])
  })

  it('that is empty has no body', async () => {
    expect(await openObject(bucket, { pieces: [], size: 0 })).toEqual({ body: null })
    expect(await openObject(bucket, { pieces: [{ key: `${PREFIX}1`, size: 0 }], size: 0 })).toEqual({ body: null })
  })

  it('whose first piece is gone is not opened', async () => {
    const { watching } = watched(key => (key === `${PREFIX}0` ? 'gone' : 'there'))
    expect(await openObject(watching, object)).toBeUndefined()
    await expect(openObject(watched(() => 'broken').watching, object)).rejects.toThrow('10001')
  })

  it.each(['gone', 'broken'] as const)(
    'whose later piece is %s breaks off, and looks complete to nobody',
    async how => {
      const { watching } = watched(key => (key === `${PREFIX}5` ? how : 'there'))
      const told = vi.spyOn(console, 'error').mockReturnValue()
      await expect(read(undefined, watching)).rejects.toThrow()
      await expect.poll(() => told.mock.calls).toEqual([[expect.stringContaining('"event":"broken"') as string]])
      const cause = how === 'gone' ? 'a piece of the object is gone' : 'R2 failed (10001)'
      expect(told.mock.calls[0]).toEqual([expect.stringContaining(`"cause":"${cause}"`) as string])
      told.mockRestore()
    },
  )

  it('of which a piece has not the bytes that it should breaks off', async () => {
    const [first, ...others] = pieces
    if (!first) throw new Error('there are pieces')
    const longer = { pieces: [first, { ...first, size: 2000 }, ...others], size: whole.length + 2000 }
    const opened = await openObject(bucket, longer)
    await expect(new Response(opened?.body).arrayBuffer()).rejects.toThrow()
  })

  it('that is closed early asks for no more', async () => {
    const large = await Promise.all(
      [0, 1, 2, 3].map(async at => {
        const key = `${PREFIX}large${at}`
        await bucket.put(key, noise(2 ** 20))
        return { key, size: 2 ** 20 }
      }),
    )
    const { watching, asked, cancelled } = watched()
    const told = vi.spyOn(console, 'error').mockReturnValue()
    const opened = await openObject(watching, { pieces: large, size: 4 * 2 ** 20 })
    const reader = opened?.body?.getReader()
    await reader?.read()
    await reader?.cancel(new Error('enough'))
    // The one that was asked for ahead
    await expect.poll(() => cancelled).toEqual([large[1]?.key])
    expect(told).not.toHaveBeenCalled()
    told.mockRestore()
    expect(asked).toEqual(large.slice(0, 2).map(({ key }) => key))
    // As often as asked, whatever became of the last time
    expect((await bytesOf((await openObject(bucket, { pieces: large, size: 4 * 2 ** 20 }))?.body ?? null)).length).toBe(
      4 * 2 ** 20,
    )
    await bucket.delete(large.map(({ key }) => key))
  })
})
