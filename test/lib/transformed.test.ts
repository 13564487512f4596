import { describe, expect, it } from 'vitest'
import { chained, Grouped, groupsOf, streamOf, transformed } from '../../src/lib/transformed.ts'

const groups = (stream: AsyncIterable<number>) => Array.fromAsync(groupsOf(stream))

/** A stream of these groups, and whether it was left. */
function coming(...given: number[][]) {
  const state = { isLeft: false }
  async function* each() {
    try {
      yield* given
    } finally {
      state.isLeft = true
    }
  }
  return { stream: new Grouped(each()), state }
}

async function* oneByOne() {
  yield 1
  yield 2
}

describe('a stream', () => {
  it('is read piece by piece, or group by group', async () => {
    expect(await Array.fromAsync(coming([1, 2], [3]).stream)).toEqual([1, 2, 3])
    expect(await groups(coming([1, 2], [3]).stream)).toEqual([[1, 2], [3]])
    expect(await groups(oneByOne())).toEqual([[1], [2]])
    expect(await groups(streamOf([1, 2]))).toEqual([[1, 2]])
  })

  it('is made of another in the same groups, without those of which nothing comes', async () => {
    const odd = (stream: AsyncIterable<number>) => transformed(stream, each => (each % 2 === 1 ? 10 * each : undefined))
    expect(await groups(odd(coming([1, 2, 3], [4], [5]).stream))).toEqual([[10, 30], [50]])
    expect(await groups(odd(oneByOne()))).toEqual([[10]])
  })

  it('follows others, and ends in what is known only then', async () => {
    const seen: number[] = []
    const first = transformed(coming([1, 2], [3]).stream, each => {
      seen.push(each)
      return each
    })
    expect(await groups(chained(first, oneByOne(), () => seen.map(each => -each)))).toEqual([
      [1, 2],
      [3],
      [1],
      [2],
      [-1, -2, -3],
    ])
  })

  it('is let go where its reader leaves', async () => {
    const { stream, state } = coming([1, 2], [3])
    for await (const _ of chained(transformed(stream, each => each))) break
    expect(state.isLeft).toBe(true)
  })

  it('fails as what it is made of does', async () => {
    async function* failing(): AsyncGenerator<number[]> {
      yield [1]
      throw new Error('broken off')
    }
    const seen: number[] = []
    const read = async () => {
      for await (const each of chained(transformed(new Grouped(failing()), each => each))) seen.push(each)
    }
    await expect(read()).rejects.toThrow('broken off')
    expect(seen).toEqual([1])
  })
})
