// Bytes, hexadecimal and base64: one spelling of each, and nothing else is understood.
import { describe, expect, it } from 'vitest'
import { fromBase64, fromHex, toBase64, toBytes, toHex } from '../../src/lib/bytes.ts'

const samples = [[], [0], [255, 254], [1, 2, 3, 250], Array.from({ length: 256 }, (_, byte) => byte)]

it.each(samples)('%#: come back from what they are written as', (...list) => {
  const bytes = Uint8Array.from(list)
  expect(fromHex(toHex(bytes), bytes.length)).toEqual(bytes)
  expect(fromBase64(toBase64(bytes))).toEqual(bytes)
})

it('are those of UTF-8', () => {
  expect(toHex(toBytes('aé😀'))).toBe('61c3a9f09f9880')
  expect(toBase64(toBytes('aé'))).toBe('YcOp')
})

describe('nothing is made', () => {
  it.each(['0', '0G', '0A', '000', ' 00'])('of the hexadecimal %j', text => {
    expect(fromHex(text, 1)).toBeUndefined()
  })

  it.each(['YQ', 'YR==', 'YQ=', 'Y===', 'Y Q=', 'YQ==\n', '-_8='])('of the base64 %j', text => {
    expect(fromBase64(text)).toBeUndefined()
  })
})
