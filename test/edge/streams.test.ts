// How a streamed answer is watched for its line in the log.
import { describe, expect, it } from 'vitest'
import { watchStreams } from '../../src/edge/streams.ts'

async function* counting(to: number, failure?: Error): AsyncGenerator<number> {
  for (let number = 1; number <= to; number++) yield number
  if (failure) throw failure
}

/** Reads as a response's writer does. */
async function read(output: object | undefined, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const read: number[] = []
  for (const list of Object.values(output ?? {}) as AsyncIterable<number>[]) {
    for await (const number of list) {
      read.push(number)
      if (read.length === most) return read
    }
  }
  return read
}

describe('streamed lists', () => {
  it('are not there in most answers', () => {
    const output = { Instances: [1, 2], Return: true }
    expect(watchStreams(output)).toEqual({ output })
    expect(watchStreams(undefined)).toEqual({ output: undefined })
  })

  it('end when all of them did', async () => {
    const { output, ended } = watchStreams({ A: counting(3), B: counting(2) })
    expect(await read(output)).toEqual([1, 2, 3, 1, 2])
    expect(await ended).toBe('whole')
  })

  it('are broken off by the first failure, which goes on to the writer', async () => {
    const failure = new Error('late')
    const { output, ended } = watchStreams({ A: counting(3, failure), B: counting(2) })
    await expect(read(output)).rejects.toBe(failure)
    expect(await ended).toEqual({ failure })
  })

  it('are left when the client goes away', async () => {
    const { output, ended } = watchStreams({ A: counting(100) })
    expect(await read(output, 2)).toEqual([1, 2])
    expect(await ended).toBe('left')
  })
})
