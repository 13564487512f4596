// How files go to the bucket: keys and parts that every client comes to.
import { expect, it } from 'vitest'
import { keyOf, LARGEST_FILE, MOST_PARTS, PART_SIZES, partSizeOf, stateText } from '../../src/upload/plan.ts'

const MIB = 2 ** 20

it('has as few bytes in a part as make few enough parts', () => {
  expect(partSizeOf(1)).toBe(8 * MIB)
  expect(partSizeOf(MOST_PARTS * 8 * MIB)).toBe(8 * MIB)
  expect(partSizeOf(MOST_PARTS * 8 * MIB + 1)).toBe(16 * MIB)
  expect(partSizeOf(LARGEST_FILE)).toBe(88 * MIB)
  expect(partSizeOf(LARGEST_FILE + 1)).toBeUndefined()
  expect(PART_SIZES.packed).toBe(32 * MIB)
})

it('tells every state of a file apart, by whole milliseconds', () => {
  const state = { name: 'a.img', size: 1, modified: 1_764_163_123_456.789 }
  expect(stateText(state)).toBe(stateText({ ...state, modified: 1_764_163_123_456 }))
  for (const other of [{ name: 'b.img' }, { size: 2 }, { modified: 0 }]) {
    expect(stateText({ ...state, ...other })).not.toBe(stateText(state))
  }
})

it('has keys that nothing takes for something else', () => {
  expect(keyOf('0123456789abcdef0123', 'Debian 13/../ü?.img')).toBe('0123456789abcdef/Debian-13-..---.img')
})
