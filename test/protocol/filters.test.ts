// Filters of the Describe actions.
import { describe, expect, it } from 'vitest'
import { type FilterTable, matcher } from '../../src/protocol/filters.ts'

interface Volume {
  readonly id: string
  readonly size?: number
  readonly encrypted?: boolean
  readonly created?: Date
  readonly devices?: readonly string[]
  readonly tags?: readonly { readonly Key?: string; readonly Value?: string }[]
}

const table: FilterTable<Volume> = {
  'volume-id': volume => volume.id,
  size: volume => volume.size,
  encrypted: volume => volume.encrypted,
  'create-time': volume => volume.created,
  'attachment.device': volume => volume.devices ?? [],
}

const tagsOf = (volume: Volume) => [...(volume.tags ?? [])]

const filter = (Name: string, ...Values: string[]) => ({ Name, Values })

const volume: Volume = {
  id: 'vol-1',
  size: 8,
  encrypted: false,
  created: new Date('2024-01-02T03:04:05Z'),
  devices: ['/dev/sda1', '/dev/sdf'],
  tags: [
    { Key: 'Name', Value: 'web' },
    { Key: 'stage', Value: '' },
  ],
}

it.each([
  ['no filters', undefined, true],
  ['an empty list', [], true],
  ['text', [filter('volume-id', 'vol-1')], true],
  ['case', [filter('volume-id', 'VOL-1')], false],
  ['one of several values', [filter('volume-id', 'vol-0', 'vol-1')], true],
  ['all of several filters', [filter('volume-id', 'vol-1'), filter('size', '8')], true],
  ['one of two filters', [filter('volume-id', 'vol-1'), filter('size', '9')], false],
  ['the same filter twice', [filter('size', '8'), filter('size', '9')], false],
  ['a number', [filter('size', '8')], true],
  ['a number as written otherwise', [filter('size', '8.0')], false],
  ['a boolean', [filter('encrypted', 'false')], true],
  ['a time', [filter('create-time', '2024-01-02T03:04:05.000Z')], true],
  ['a day', [filter('create-time', '2024-01-02T*')], true],
  ['one of several things', [filter('attachment.device', '/dev/sdf')], true],
  ['none of several things', [filter('attachment.device', '/dev/sdg')], false],
  ['a tag', [filter('tag:Name', 'web')], true],
  ['a tag of another value', [filter('tag:Name', 'db')], false],
  ['a tag of another key', [filter('tag:name', 'web')], false],
  ['an empty tag', [filter('tag:stage', '')], true],
  ['a tag there is not', [filter('tag:other', '*')], false],
  ['the value of another tag', [filter('tag:stage', 'web')], false],
  ['a tag’s key', [filter('tag-key', 'stage')], true],
  ['a tag’s key with a wildcard', [filter('tag-key', 'N*')], true],
  ['a tag’s value', [filter('tag-value', 'web')], true],
  ['a filter without values', [{ Name: 'size', Values: [] }], false],
  ['a filter with nothing but a name', [{ Name: 'size' }], false],
])('%s', (_, filters, expected) => {
  expect(matcher(filters, table, tagsOf)(volume)).toBe(expected)
})

it('matches nothing by what an item does not have', () => {
  for (const name of ['size', 'encrypted', 'create-time', 'attachment.device', 'tag-key', 'tag-value', 'tag:Name']) {
    expect(matcher([filter(name, '*', '', 'undefined')], table, tagsOf)({ id: 'vol-2' })).toBe(false)
  }
})

describe('wildcards', () => {
  it.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['?', '', false],
    ['?', 'a', true],
    ['?', '🐧', true],
    ['??', '🐧', false],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['*b*', 'abc', true],
    ['a*c', 'abcbc', true],
    ['a*c', 'abcb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*?', '', false],
    ['**a**', 'xax', true],
    ['*ab*ab*', 'xabyabz', true],
    ['*ab*ab*', 'xabyaz', false],
    ['abc*', 'ab', false],
    ['a\nb*', 'a\nbc', true],
    ['\\*amazon\\?\\\\', '*amazon?\\', true],
    ['\\*', 'a', false],
    ['\\?*', '?a', true],
    ['\\\\*', '\\a', true],
    ['\\a*', '\\ab', true],
    ['a\\', 'a\\', true],
    ['.*', 'abc', false],
    ['[a-z]+', 'abc', false],
    ['🐧*', '🐧x', true],
  ])('%j and %j: %j', (value, text, expected) => {
    expect(matcher([filter('volume-id', value)], table)({ id: text })).toBe(expected)
  })

  it.each([
    ['*a*b*', 'ba', false],
    ['*ab*c', 'abc', true],
    ['ab*bc', 'abc', false],
    ['ab?*?bc', 'abxybc', true],
    ['ab?*?bc', 'abxbc', false],
    ['*🐧?b*', 'a🐧🐧b', true],
    ['*??🐧', 'a🐧', false],
    ['*??🐧', 'ab🐧', true],
    ['*?a?*', 'a🐧a🐧', true],
    [`*${'x'.repeat(40)}?${'y'.repeat(40)}*`, `a${'x'.repeat(41)}${'y'.repeat(40)}`, true],
    [`*${'x'.repeat(40)}?${'y'.repeat(40)}*`, `a${'x'.repeat(41)}${'y'.repeat(39)}`, false],
    [`*?${'y'.repeat(31)}*`, `${'y'.repeat(31)}`, false],
    [`*${'y'.repeat(30)}?*`, `z${'y'.repeat(31)}`, true],
  ])('in the middle of a value: %j and %j: %j', (value, text, expected) => {
    expect(matcher([filter('volume-id', value)], table)({ id: text })).toBe(expected)
  })

  it('see the first 1,024 characters of a text', () => {
    const text = 'a'.repeat(100_000)
    expect(matcher([filter('volume-id', 'a*')], table)({ id: text })).toBe(true)
    expect(matcher([filter('volume-id', 'a*b')], table)({ id: `${text}b` })).toBe(false)
  })

  it.each([
    ['that begin alike', Array.from({ length: 150 }, (_, n) => `${'a'.repeat(60)}*${n}b`)],
    ['with a long text between them', Array.from({ length: 50 }, (_, n) => `*${'a'.repeat(120)}b${n}*`)],
    ['with a text for any character', ['*a?a?ab*', `*${'a'.repeat(100)}?b*`]],
  ])('%s are matched in bounded time', (_, values) => {
    const hostile = matcher([filter('tag-value', ...values)], table, tagsOf)
    const tags = Array.from({ length: 50 }, (_, n) => ({ Key: String(n), Value: `${'a'.repeat(250)}${n}` }))
    const start = performance.now()
    for (let id = 0; id < 20; id++) expect(hostile({ id: String(id), tags })).toBe(false)
    // What the tags of 20 volumes take: a fiftieth of what a full answer does
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('are compared with tags that were read once', () => {
    let read = 0
    const counted = (item: Volume) => {
      read++
      return tagsOf(item)
    }
    const matches = matcher(
      [filter('tag:Name', 'w*'), filter('tag-key', 's*'), filter('tag-value', '*')],
      table,
      counted,
    )
    expect(matches(volume)).toBe(true)
    expect(read).toBe(1)
  })
})

describe('refuses', () => {
  const failure = (code: string, message: string): unknown => expect.objectContaining({ code, message, status: 400 })

  it.each(['sizes', 'Size', 'tag', 'constructor', '__proto__', ''])('the filter %j', name => {
    expect(() => matcher([filter(name, 'x')], table, tagsOf)).toThrow(
      failure('InvalidParameterValue', `The filter '${name}' is invalid`),
    )
  })

  it('a filter without a name', () => {
    expect(() => matcher([{ Values: ['x'] }], table)).toThrow(
      failure('InvalidParameterValue', "The filter 'null' is invalid"),
    )
  })

  it.each(['tag:Name', 'tag-key', 'tag-value'])('%s where there are no tags', name => {
    expect(() => matcher([filter(name, 'x')], table)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValue' }),
    )
  })

  it('more than 200 values, however they are spread', () => {
    const error = failure(
      'FilterLimitExceeded',
      'The maximum number of filter values specified on a single call is 200',
    )
    const values = (count: number) => Array.from({ length: count }, (_, number) => String(number))
    expect(matcher([filter('size', ...values(200))], table)(volume)).toBe(true)
    expect(() => matcher([filter('size', ...values(201))], table)).toThrow(error)
    expect(() => matcher([filter('size', ...values(150)), filter('size', ...values(51))], table)).toThrow(error)
    expect(() =>
      matcher(
        values(51).map(() => ({ Name: 'size' })),
        table,
      ),
    ).toThrow(failure('FilterLimitExceeded', 'The maximum number of filters specified on a single call is 50'))
  })

  it.each([
    ['more than 255 characters', ['x'.repeat(256)], 'The maximum length for a filter value is 255 characters'],
    ['more than five wildcards', ['*a?b*c*d?e*'], 'The maximum number of wildcards in a filter value is 5'],
    [
      'more to look for than can be',
      Array.from({ length: 51 }, (_, n) => `*${n}*`),
      'The filter values have more text beside wildcards than a single call may look for',
    ],
    [
      'more text than can be',
      Array.from({ length: 41 }, (_, n) => `${'a'.repeat(248)}${n % 10}*`),
      'The filter values have more text beside wildcards than a single call may look for',
    ],
    [
      'more to look for with `?` than can be',
      Array.from({ length: 6 }, (_, n) => `*${n}?x*`),
      'The filter values have more text beside wildcards than a single call may look for',
    ],
  ])('%s', (_, values, message) => {
    expect(() => matcher([filter('volume-id', ...values)], table)).toThrow(failure('FilterLimitExceeded', message))
    expect(() => matcher([filter('volume-id', ...values.slice(1))], table)).not.toThrow()
  })
})
