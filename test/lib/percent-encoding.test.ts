// Percent-encoding in the one form that RFC 3986 prefers.
import { expect, it } from 'vitest'
import { canonicalQueryPart, encodeRfc3986 } from '../../src/lib/percent-encoding.ts'

it.each([
  ['aZ0-._~', 'aZ0-._~'],
  ["a b!'()*", 'a%20b%21%27%28%29%2A'],
  ['é/+%', '%C3%A9%2F%2B%25'],
  ['\ud800', '%EF%BF%BD'],
])('writes %j', (text, encoded) => {
  expect(encodeRfc3986(text)).toBe(encoded)
})

it.each([
  ['%2f%41', '%2FA'],
  ['a+b', 'a%20b'],
  ['100%', '100%25'],
  ['%ff%fe', '%FF%FE'],
  ['é!', '%C3%A9%21'],
])('brings %j into it', (raw, canonical) => {
  expect(canonicalQueryPart(raw)).toBe(canonical)
})
