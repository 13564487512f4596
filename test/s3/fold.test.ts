// Folding leaves every check what it is: of bytes of any length, whatever they are, wherever they are cut.
import { crc32 } from 'node:zlib'
import { expect, it } from 'vitest'
import { toHex } from '../../src/lib/bytes.ts'
import { CRC32, CRC32C, CRC64NVME, Crc, type CrcModel, type Fold } from '../../src/lib/crc.ts'
import { fold } from '../../src/s3/fold/fold.ts'
import { noise } from './support.ts'

const { least, most } = fold

function crcOf(model: CrcModel, by: Fold | undefined, ...pieces: readonly Uint8Array[]): string {
  const crc = new Crc(model, by)
  for (const piece of pieces) crc.update(piece)
  return toHex(crc.digest())
}

const longest = noise(2 * most + 2 * least)
const lengths = [0, least - 1, least, least + 1, least + 15, least + 16, most - 1, most, most + 1, most + least]

it.each([CRC32, CRC32C, CRC64NVME])('leaves $name what it is', model => {
  for (const length of [...lengths, longest.length]) {
    const bytes = longest.subarray(0, length)
    const expected = crcOf(model, undefined, bytes)
    expect(crcOf(model, fold, bytes), `${length} bytes`).toBe(expected)
    for (const cut of [1, 7, least + 3, most + 5].filter(each => each < length)) {
      expect(crcOf(model, fold, bytes.subarray(0, cut), bytes.subarray(cut)), `${length} cut at ${cut}`).toBe(expected)
    }
  }
  for (const byte of [0, 0xff]) {
    const same = new Uint8Array(most + least + 9).fill(byte)
    expect(crcOf(model, fold, same), `all ${byte}`).toBe(crcOf(model, undefined, same))
  }
})

it('knows of no bytes of the call before', () => {
  const zeros = new Uint8Array(least)
  const expected = crcOf(CRC64NVME, fold, zeros)
  crcOf(CRC64NVME, fold, longest)
  expect(crcOf(CRC64NVME, fold, zeros)).toBe(expected)
})

it('sees every bit', () => {
  const expected = crcOf(CRC64NVME, fold, longest)
  for (const at of [0, 1, 1739, 1740, least, most - 1, most, longest.length - 1]) {
    longest[at] = (longest[at] ?? 0) ^ 0x10
    expect(crcOf(CRC64NVME, fold, longest), `at ${at}`).not.toBe(expected)
    longest[at] = (longest[at] ?? 0) ^ 0x10
  }
})

it('of CRC32 is that of zlib', () => {
  expect(crcOf(CRC32, fold, longest)).toBe(crc32(longest).toString(16).padStart(8, '0'))
})
