import { describe, expect, it } from 'vitest'
import { isObjectName, objectName } from '../../src/opennebula/names.ts'

describe('object names', () => {
  it.each(['web-1', 'ec2-os', 'a b', 'a.b_c@d', 'é', '日本', 'x'.repeat(128)])('takes %j', name => {
    expect(isObjectName(name)).toBe(true)
    expect(objectName(name, 'x')).toBe(name)
  })

  it.each([
    ['bad$name', 'bad-name'],
    ['a&b|c:d\\e"f;g/h\'i#j{k}l$m<n>o', 'a-b-c-d-e-f-g-h-i-j-k-l-m-n-o'],
    ['a\tb\nc', 'a-b-c'],
    ['a😀b', 'a-b'],
    [' a ', 'a'],
    ['$$$', 'fallback'],
    ['', 'fallback'],
    ['x'.repeat(200), 'x'.repeat(128)],
  ])('refuses %j and would take %j', (text, nearest) => {
    expect(isObjectName(text)).toBe(false)
    expect(objectName(text, 'fallback')).toBe(nearest)
    expect(isObjectName(objectName(text, 'fallback'))).toBe(true)
  })
})
