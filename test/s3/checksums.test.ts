// S3's checksums: values, what a request may declare, and those of objects made of parts.
import { describe, expect, it } from 'vitest'
import { toBase64 } from '../../src/lib/bytes.ts'
import {
  type ChecksumAlgorithm,
  checksumHeader,
  checksumOfParts,
  checksumTypes,
  declaredChecksum,
  isChecksum,
  runningChecksum,
} from '../../src/s3/checksums.ts'
import { S3Error } from '../../src/s3/errors.ts'
import { bytesOf, noise, piecesOf } from './support.ts'

function checksum(algorithm: ChecksumAlgorithm, ...pieces: readonly Uint8Array[]): string {
  const running = runningChecksum(algorithm)
  for (const piece of pieces) running.update(piece)
  return toBase64(running.digest())
}

/** Of `Hello world`, as AWS's SDK for Python computes them. */
const ofHello: Readonly<Record<ChecksumAlgorithm, string>> = {
  CRC32: 'i9aeUg==',
  CRC32C: 'crUfeA==',
  CRC64NVME: 'OOJZ0D8xKts=',
  SHA1: 'e1AsOh9IyGCa4hLN+2Od7jlnP14=',
  SHA256: 'ZOyIygCyaOW6GjVnihtTFtIS9PNmskdyMlNKiuyjfzw=',
}

const algorithms = Object.keys(ofHello) as ChecksumAlgorithm[]

describe.each(algorithms)('%s', algorithm => {
  it('is that of AWS', () => {
    expect(checksum(algorithm, bytesOf('Hello world'))).toBe(ofHello[algorithm])
    expect(checksum(algorithm, bytesOf('Hello'), bytesOf(''), bytesOf(' world'))).toBe(ofHello[algorithm])
    expect(isChecksum(algorithm, ofHello[algorithm])).toBe(true)
  })

  it.each(['', 'AAAA', 'AAAAAAA=', `${'A'.repeat(44)}=`, 'no base64', 'AAAAAB=='])('is not %j', text => {
    expect(isChecksum(algorithm, text)).toBe(false)
  })

  it('is declared by a header, or announced as a trailer', () => {
    const value = ofHello[algorithm]
    const header = checksumHeader(algorithm)
    expect(declaredChecksum(new Map([[header, value]]), false)).toEqual({ algorithm, value })
    const named = new Map([
      [header, value],
      ['x-amz-sdk-checksum-algorithm', algorithm],
      ['x-amz-checksum-type', 'FULL_OBJECT'],
    ])
    expect(declaredChecksum(named, true)).toEqual({ algorithm, value })
    expect(declaredChecksum(new Map([['x-amz-trailer', header]]), true)).toEqual({ algorithm })
  })
})

const CRC = checksumHeader('CRC32')

it('may be declared by nobody', () => {
  expect(declaredChecksum(new Map([['x-amz-checksum-mode', 'ENABLED']]), true)).toBeUndefined()
})

describe('what is declared is refused:', () => {
  it.each([
    ['two', { [CRC]: ofHello.CRC32, 'x-amz-checksum-sha1': ofHello.SHA1 }, 'Expecting a single x-amz-checksum- header'],
    ['header and trailer', { [CRC]: ofHello.CRC32, 'x-amz-trailer': CRC }, 'Expecting a single x-amz-checksum- header'],
    ['an unknown algorithm', { 'x-amz-checksum-crc16': 'AAA=' }, 'The algorithm type you specified'],
    ['a value that is none', { [CRC]: 'AAAA' }, 'Value for x-amz-checksum-crc32 header is invalid.'],
    ['an empty value', { [CRC]: '' }, 'Value for x-amz-checksum-crc32 header is invalid.'],
    ['another trailer', { 'x-amz-trailer': 'x-amz-meta-a' }, 'The value specified in the x-amz-trailer header'],
    [
      'two trailers',
      { 'x-amz-trailer': `${CRC},x-amz-checksum-sha1` },
      'The value specified in the x-amz-trailer header',
    ],
    [
      'an algorithm and no value',
      { 'x-amz-sdk-checksum-algorithm': 'CRC32' },
      'x-amz-sdk-checksum-algorithm specified,',
    ],
    [
      'another algorithm than the value',
      { [CRC]: ofHello.CRC32, 'x-amz-sdk-checksum-algorithm': 'SHA1' },
      'Value for x-amz-sdk-',
    ],
    [
      'an algorithm that is none',
      { 'x-amz-sdk-checksum-algorithm': 'CRC16' },
      'Checksum algorithm provided is unsupported.',
    ],
  ])('%s', (_, headers, message) => {
    const attempt = () => declaredChecksum(new Map(Object.entries(headers)), true)
    expect(attempt).toThrow(S3Error)
    expect(attempt).toThrow(message)
  })

  it('a trailer where none may come', () => {
    expect(() => declaredChecksum(new Map([['x-amz-trailer', CRC]]), false)).toThrow('x-amz-trailer')
  })
})

describe('of an object made of parts', () => {
  const whole = noise(30_000)
  const pieces = piecesOf(whole, 7001)

  const parts = (algorithm: ChecksumAlgorithm) =>
    pieces.map(piece => ({ value: checksum(algorithm, piece), size: piece.length }))

  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('%s is that of all bytes', algorithm => {
    const expected = { algorithm, type: 'FULL_OBJECT', value: checksum(algorithm, whole) }
    expect(checksumOfParts(algorithm, 'FULL_OBJECT', parts(algorithm))).toEqual(expected)
  })

  it.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)('%s is that of the checksums', algorithm => {
    const digests = parts(algorithm).map(({ value }) => Uint8Array.from(atob(value), byte => byte.charCodeAt(0)))
    const value = `${checksum(algorithm, ...digests)}-${pieces.length}`
    expect(checksumOfParts(algorithm, 'COMPOSITE', parts(algorithm))).toEqual({ algorithm, type: 'COMPOSITE', value })
  })

  it.each([
    ['CRC64NVME', 'COMPOSITE'],
    ['SHA1', 'FULL_OBJECT'],
    ['SHA256', 'FULL_OBJECT'],
  ] as const)('%s is not %s', (algorithm, type) => {
    expect(checksumTypes(algorithm)).not.toContain(type)
    expect(() => checksumOfParts(algorithm, type, parts(algorithm))).toThrow(`The ${type} checksum type cannot be used`)
  })
})
