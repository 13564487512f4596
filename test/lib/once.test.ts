// Work that is done once, for everybody.
import { expect, it } from 'vitest'
import { once } from '../../src/lib/once.ts'

it('does its work when first asked, and once', async () => {
  let made = 0
  const get = once(async () => ++made)
  expect(made).toBe(0)
  expect(await Promise.all([get(), get()])).toEqual([1, 1])
  expect(await get()).toBe(1)
})
