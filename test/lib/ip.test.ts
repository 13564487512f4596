// IPv4 addresses as numbers.
import { expect, it } from 'vitest'
import { ipNumber } from '../../src/lib/ip.ts'

it.each([
  ['0.0.0.0', 0],
  ['10.0.0.1', 0x0a000001],
  ['255.255.255.255', 0xffffffff],
])('%s is a number', (ip, number) => {
  expect(ipNumber(ip)).toBe(number)
})

it.each(['', '1.2.3', '1.2.3.256', '1.2.3.4.5', ' 1.2.3.4', '::1', '0x1.2.3.4'])('%j is none', text => {
  expect(ipNumber(text)).toBeUndefined()
})
