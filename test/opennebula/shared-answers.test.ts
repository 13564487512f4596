// Identical reads at the same moment: who shares, who never may, and that nobody depends on what becomes of another.
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { SharedAnswers } from '../../src/opennebula/shared-answers.ts'

/** Longer than any test takes, and so short that it is over at once. */
const [LONG, SHORT] = [60_000, 50]

/** A front-end whose answers end when the test says so: each says the how-manieth it is. */
function frontEnd({ size = 1, patience = LONG } = {}) {
  const sent: { readonly end: () => void; readonly fail: () => void }[] = []
  const send = async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const nth = sent.push({ end: resolve, fail: () => reject(new Error('broken off')) })
    return (async function* () {
      yield new Uint8Array(size).fill(nth)
      await promise
      yield new Uint8Array([nth])
    })()
  }
  const shared = new SharedAnswers(() => Date.now(), patience)
  /** Asks, and reads the answer to its end. */
  const ask = async (asked = 'who') => {
    const pieces = await Array.fromAsync(await shared.stream(asked, send))
    return new Set(pieces.flatMap(piece => [...piece]))
  }
  const until = async (count: number) => {
    while (sent.length < count) await new Promise(resolve => setTimeout(resolve, 1))
  }
  return { sent, shared, send, ask, until }
}

describe('an answer', () => {
  it('is shared by all that came while another was under way, and by none that is older than who asks', async () => {
    const { sent, ask, until } = frontEnd()
    const first = ask()
    await until(1)
    const others = [ask(), ask(), ask()]
    sent[0]?.end()
    await until(2)
    sent[1]?.end()
    expect(await first).toEqual(new Set([1]))
    expect(await Promise.all(others)).toEqual([new Set([2]), new Set([2]), new Set([2])])
    expect(sent.length).toBe(2)
  })

  it('is everybody’s own where something else is asked', async () => {
    const { sent, ask, until } = frontEnd()
    const asked = [ask('helen'), ask('eve')]
    await until(2)
    for (const { end } of sent) end()
    expect(await Promise.all(asked)).toEqual([new Set([1]), new Set([2])])
  })

  it('is got by the others themselves where the one that they wait for breaks off', async () => {
    const { sent, ask, until } = frontEnd()
    const first = ask()
    await until(1)
    const leader = ask().catch(() => 'broken off')
    const other = ask()
    sent[0]?.end()
    await until(2)
    sent[1]?.fail()
    await until(3)
    sent[2]?.end()
    expect(await Promise.all([first, leader, other])).toEqual([new Set([1]), 'broken off', new Set([3])])
  })

  it('is waited for no longer than a while', async () => {
    const { sent, ask, until } = frontEnd({ patience: SHORT })
    // Each of them waits, and then asks by itself: none has come to its end
    const all = [ask(), ask(), ask()]
    await until(3)
    for (const { end } of sent) end()
    expect((await Promise.all(all)).map(answer => [...answer])).toEqual(expect.arrayContaining([[1], [2], [3]]))
  })

  it('is waited for no longer where the first is left without an end', async () => {
    const { sent, shared, send, ask, until } = frontEnd({ patience: SHORT })
    // Nobody reads it: its request is gone
    await shared.stream('who', send)
    const second = ask()
    await until(2)
    sent[1]?.end()
    expect(await second).toEqual(new Set([2]))
  })

  it('is kept for the others up to a size', async () => {
    const { sent, ask, until } = frontEnd({ size: limits.sharedAnswer.most })
    const first = ask()
    await until(1)
    const [leader, other] = [ask(), ask()]
    sent[0]?.end()
    await until(2)
    sent[1]?.end()
    await until(3)
    sent[2]?.end()
    expect(await Promise.all([first, leader, other])).toEqual([new Set([1]), new Set([2]), new Set([3])])
  })
})
