// Cyclic redundancy checks: the catalogue's values, in one piece and in many, and combined from those of pieces.
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { toHex } from '../../src/lib/bytes.ts'
import { CRC32, CRC32C, CRC64NVME, Crc, type CrcModel, combineCrcs } from '../../src/lib/crc.ts'

function crcOf(model: CrcModel, ...pieces: readonly Uint8Array[]): Uint8Array {
  const crc = new Crc(model)
  for (const piece of pieces) crc.update(piece)
  return crc.digest()
}

const DIGITS = new TextEncoder().encode('123456789')
const bytes = crypto.getRandomValues(new Uint8Array(10_000))
const models = { CRC32, CRC32C, CRC64NVME }

describe.each([
  ['CRC32', 'cbf43926', '00000000'],
  ['CRC32C', 'e3069283', '00000000'],
  ['CRC64NVME', 'ae8b14860a799888', '0000000000000000'],
] as const)('%s', (name, ofDigits, ofNothing) => {
  const model = models[name]

  it('has the value of the catalogue', () => {
    expect(toHex(crcOf(model, DIGITS))).toBe(ofDigits)
    expect(toHex(crcOf(model))).toBe(ofNothing)
  })

  it('is the same wherever the bytes are cut, and wherever they lie', () => {
    const whole = toHex(crcOf(model, bytes))
    for (let cut = 0; cut <= 40; cut++) {
      expect(toHex(crcOf(model, bytes.subarray(0, cut), bytes.subarray(cut)))).toBe(whole)
      const shifted = new Uint8Array(bytes.length + cut).subarray(cut)
      shifted.set(bytes)
      expect(toHex(crcOf(model, shifted))).toBe(whole)
    }
  })

  it.each([
    ['none', []],
    ['one', [10_000]],
    ['equal ones', [2500, 2500, 2500, 2500]],
    ['unequal ones, and empty ones', [0, 1, 4095, 0, 5904, 0]],
  ])('is combined from pieces: %s', (_, sizes) => {
    let at = 0
    const parts = sizes.map(size => {
      at += size
      return { digest: crcOf(model, bytes.subarray(at - size, at)), size }
    })
    expect(toHex(combineCrcs(model, parts))).toBe(toHex(crcOf(model, bytes.subarray(0, at))))
  })

  it('is combined over more bytes than 32 bits count', () => {
    // 5 GiB of zeros behind a byte: as the same in pieces
    const [head, zeros] = [crcOf(model, new Uint8Array([7])), crcOf(model, new Uint8Array(1024))]
    const double = (digest: Uint8Array, size: number) =>
      combineCrcs(
        model,
        [1, 2].map(() => ({ digest, size })),
      )
    let digest = zeros
    let size = 1024
    const pieces = [{ digest: head, size: 1 }]
    for (; size < 5 * 2 ** 30; size *= 2) digest = double(digest, size)
    pieces.push({ digest, size })
    const half = { digest: zeros, size: 1024 }
    let combined = combineCrcs(model, [{ digest: head, size: 1 }, half])
    for (let rest = 1024; rest < size; rest *= 2) {
      combined = combineCrcs(model, [
        { digest: combined, size: 1 + rest },
        { digest: zerosOf(model, rest), size: rest },
      ])
    }
    expect(toHex(combineCrcs(model, pieces))).toBe(toHex(combined))
  })
})

/** The check of zeros, 1 KiB or a power of two times as many. */
function zerosOf(model: CrcModel, size: number): Uint8Array {
  if (size === 1024) return crcOf(model, new Uint8Array(1024))
  const half = { digest: zerosOf(model, size / 2), size: size / 2 }
  return combineCrcs(model, [half, half])
}

it('of 32 bits is that of zlib', () => {
  const expected = new Uint8Array(4)
  new DataView(expected.buffer).setUint32(0, crc32(bytes))
  expect(crcOf(CRC32, bytes)).toEqual(expected)
})
