// The SSH wire format, against bytes written by hand.
import { expect, it } from 'vitest'
import { concat, field, fieldsOf, mpint } from '../../../src/ec2/key-pairs/wire.ts'

it('puts the length in front of a field', () => {
  expect(field('né').toHex()).toBe('00000003' + '6ec3a9')
  expect(field(new Uint8Array()).toHex()).toBe('00000000')
})

it.each([
  ['7f', '000000017f'],
  ['80', '000000020080'],
  ['', '00000000'],
])('writes the number %s as %s', (magnitude, expected) => {
  expect(mpint(Uint8Array.fromHex(magnitude)).toHex()).toBe(expected)
})

it('reads back the fields that it wrote, also out of a larger buffer', () => {
  const blob = concat([Uint8Array.of(9, 9), field('ssh-rsa'), field(''), field('\x80')]).subarray(2)
  expect(fieldsOf(blob)?.map(part => part.toHex())).toEqual(['7373682d727361', '', 'c280'])
  expect(fieldsOf(new Uint8Array())).toEqual([])
})

it.each(['00', '000000', '00000001', '0000000261', 'ffffffff61', '000000016100'])(
  'refuses %s, which is not whole',
  hex => {
    expect(fieldsOf(Uint8Array.fromHex(hex))).toBeUndefined()
  },
)
