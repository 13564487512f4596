// A bounded memory: what is used stays, what is not goes.
import { expect, it } from 'vitest'
import { Lru } from '../../src/lib/lru.ts'

it('forgets what was used longest ago', () => {
  const recent = new Lru<number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  expect(recent.get('a')).toBe(1)
  recent.set('c', 3)
  expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([1, undefined, 3])
})

it('keeps the newest value, and forgets when asked to', () => {
  const recent = new Lru<number>(2)
  recent.set('a', 1)
  recent.set('a', 2)
  expect(recent.get('a')).toBe(2)
  recent.delete('a')
  expect(recent.get('a')).toBeUndefined()
})

it('guesses what comes next by the order of the time before', () => {
  const recent = new Lru<number>(3)
  for (const [value, key] of ['a', 'b', 'c'].entries()) recent.set(key, value)
  expect(recent.likely).toBeUndefined()
  recent.get('a')
  expect(recent.likely).toMatchObject({ key: 'b', value: 1 })
  recent.useLikely()
  expect(recent.likely).toMatchObject({ key: 'c', value: 2 })
  recent.get('a')
  expect(recent.likely).toMatchObject({ key: 'b' })
  recent.delete('b')
  expect(recent.likely).toBeUndefined()
  recent.useLikely()
  recent.set('d', 3)
  recent.set('e', 4)
  expect([recent.get('c'), recent.get('a'), recent.get('d')]).toEqual([undefined, 0, 3])
})

it('keeps what there is room for', () => {
  const recent = new Lru<string>(5, text => text.length)
  recent.set('a', 'aa')
  recent.set('b', 'bb')
  recent.set('b', 'bbb')
  expect([recent.get('a'), recent.get('b')]).toEqual(['aa', 'bbb'])
  recent.set('c', 'ccc')
  expect([recent.get('a'), recent.get('b'), recent.get('c')]).toEqual([undefined, undefined, 'ccc'])
  recent.set('c', 'too long')
  expect(recent.get('c')).toBeUndefined()
  recent.set('a', 'aaaaa')
  expect(recent.get('a')).toBe('aaaaa')
})
