// What a message repeats of a caller's text.
import { expect, it } from 'vitest'
import { excerpt } from '../../src/lib/excerpt.ts'

it('repeats what is short, and the beginning of what is long', () => {
  expect(excerpt('x'.repeat(100))).toBe('x'.repeat(100))
  expect(excerpt('x'.repeat(101))).toBe(`${'x'.repeat(100)}…`)
  expect(excerpt('abc', 2)).toBe('ab…')
})
