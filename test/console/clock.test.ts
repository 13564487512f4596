// The console's clock, by which its requests are signed.
import { expect, it } from 'vitest'
import { Clock } from '../../src/console/api/clock.ts'

const MINUTE = 60_000

/** What is refused for its time, as the endpoint says it: the time there. */
const refusal = (time: number) =>
  `Signature expired: 20260101T000000Z is now earlier than … (${new Date(time).toISOString().replace(/[:-]|\.\d{3}/g, '')} - 5 min.)`

it('is worth another try for all requests that were signed by a wrong time', () => {
  const clock = new Clock()
  const signedAt = clock.now()
  const theirs = Date.now() - 120 * MINUTE
  expect(clock.learn(refusal(theirs), null, signedAt)).toBe(true)
  // Another, under way when the first one was told
  expect(clock.learn(refusal(theirs), null, signedAt)).toBe(true)
  expect(Math.abs(clock.now() - theirs)).toBeLessThan(MINUTE)
})

it('is not what is wrong where the times agree', () => {
  const clock = new Clock()
  expect(clock.learn(refusal(Date.now()), null, clock.now())).toBe(false)
  expect(clock.learn('No such key.', new Date().toUTCString(), clock.now())).toBe(false)
  expect(clock.learn('No such key.', null, clock.now())).toBe(false)
})
