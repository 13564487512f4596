// Streams that have begun before somebody waits for them.
import { describe, expect, it } from 'vitest'
import { begun } from '../../src/lib/begun.ts'

describe('a stream that has begun', () => {
  it('has asked for its first piece, for no more, and gives all of them', async () => {
    const asked: number[] = []
    async function* pieces() {
      for (const piece of [1, 2, 3]) {
        asked.push(piece)
        yield await Promise.resolve(piece)
      }
    }
    const stream = begun(pieces())
    await new Promise(resolve => setTimeout(resolve))
    expect(asked).toEqual([1])
    expect(await Array.fromAsync(stream)).toEqual([1, 2, 3])
  })

  it('fails where it is read', async () => {
    const stream = begun(
      new ReadableStream({
        start: controller => controller.error(new RangeError('gone')),
      }),
    )
    await new Promise(resolve => setTimeout(resolve))
    await expect(Array.fromAsync(stream)).rejects.toBeInstanceOf(RangeError)
  })

  it('is left where its reader leaves', async () => {
    let isLeft = false
    async function* pieces() {
      try {
        yield 1
        yield await Promise.resolve(2)
      } finally {
        isLeft = true
      }
    }
    for await (const piece of begun(pieces())) {
      expect(piece).toBe(1)
      break
    }
    expect(isLeft).toBe(true)
  })
})
