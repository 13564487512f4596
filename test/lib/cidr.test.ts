// Blocks of IPv4 addresses.
import { describe, expect, it } from 'vitest'
import { blockAround, blockText, holds, maskBits, smallestAround, spanOf } from '../../src/lib/cidr.ts'
import { ipNumber } from '../../src/lib/ip.ts'

const span = (first: string, last: string) => ({ first: ipNumber(first) ?? 0, last: ipNumber(last) ?? 0 })
const around = (...spans: [string, string][]) => {
  const block = smallestAround(
    spans.map(([first, last]) => span(first, last)),
    28,
  )
  return block && blockText(block)
}

describe('a block', () => {
  it('is the smallest around addresses, and no smaller than is wanted', () => {
    expect(around(['10.0.0.10', '10.0.19.145'])).toBe('10.0.0.0/19')
    expect(around(['172.16.1.4', '172.16.1.254'])).toBe('172.16.1.0/24')
    expect(around(['192.0.2.7', '192.0.2.7'])).toBe('192.0.2.0/28')
    expect(around(['10.0.0.1', '10.0.0.2'], ['10.9.0.1', '10.9.0.2'])).toBe('10.0.0.0/12')
    expect(around(['0.0.0.0', '255.255.255.255'])).toBe('0.0.0.0/0')
    expect(around(['127.255.255.255', '128.0.0.0'])).toBe('0.0.0.0/0')
    expect(around()).toBeUndefined()
  })

  it('holds what is in it', () => {
    const block = blockAround(ipNumber('10.1.2.3') ?? 0, 24)
    expect(blockText(block)).toBe('10.1.2.0/24')
    expect(spanOf(block)).toEqual(span('10.1.2.0', '10.1.2.255'))
    expect(holds(block, span('10.1.2.0', '10.1.2.255'))).toBe(true)
    expect(holds(block, span('10.1.2.0', '10.1.3.0'))).toBe(false)
    expect(holds(block, span('10.1.1.255', '10.1.2.0'))).toBe(false)
  })

  it('has a mask', () => {
    const masks = ['255.255.255.0', '255.255.224.0', '0.0.0.0', '255.255.255.255', '128.0.0.0', '255.0.255.0', '24', '']
    expect(masks.map(maskBits)).toEqual([24, 19, 0, 32, 1, undefined, undefined, undefined])
  })
})
