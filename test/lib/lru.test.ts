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
