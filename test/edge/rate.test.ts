// What a request costs beyond itself: the limiter counts its calls to OpenNebula.
import { describe, expect, it, vi } from 'vitest'
import { chargeCalls } from '../../src/edge/rate.ts'
import type { Env } from '../../src/edge/services.ts'
import { newTrace } from '../../src/edge/trace.ts'
import { limits } from '../../src/limits.ts'

const FREE = limits.callsARequest.most

async function charged(calls: number, { key = 'AKIA', left = Number.POSITIVE_INFINITY } = {}): Promise<number> {
  let rest = left
  const limit = vi.fn(() => Promise.resolve({ success: rest-- > 0 }))
  const trace = newTrace()
  if (key) trace.key = key
  trace.meter.calls = calls
  const env = { REQUEST_LIMIT: { limit } } as unknown as Env
  await chargeCalls(env, trace)
  for (const call of limit.mock.calls) expect(call).toEqual([{ key }])
  return limit.mock.calls.length
}

describe('the rate limit', () => {
  it.each([
    [0, 0],
    [FREE, 0],
    [FREE + 1, 1],
    [2 * FREE, 1],
    [2 * FREE + 1, 2],
    [100 * FREE, 99],
  ])('counts %i calls %i times more', async (calls, times) => {
    expect(await charged(calls)).toBe(times)
  })

  it('is charged to nobody who did not prove who they are, and no further when nothing is left', async () => {
    expect(await charged(100, { key: '' })).toBe(0)
    expect(await charged(100 * FREE, { left: 3 })).toBe(4)
  })
})
