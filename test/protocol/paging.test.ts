// Page sizes, pages, and tokens that are good for one question only.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Json, pageSize, readToken, type TokenScope, takePage, writeToken } from '../../src/protocol/paging.ts'

const failure = (code: string, message: string): unknown => expect.objectContaining({ code, message, status: 400 })
const invalidToken = failure('InvalidPaginationToken', 'The specified pagination token is not valid.')

describe('pageSize', () => {
  it.each([5, 1000, undefined])('allows %j', MaxResults => {
    expect(pageSize({ MaxResults }, { set: 'instancesSet', given: undefined })).toBe(MaxResults)
  })

  it.each([
    [4, 'greater than 5'],
    [0, 'greater than 5'],
    [-1, 'greater than 5'],
    [1001, 'less than 1000'],
    [Number.MAX_SAFE_INTEGER, 'less than 1000'],
  ])('refuses %d', (MaxResults, expected) => {
    expect(() => pageSize({ MaxResults })).toThrow(
      failure(
        'InvalidParameterValue',
        `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value ${expected}.`,
      ),
    )
  })

  it('takes other limits', () => {
    expect(pageSize({ MaxResults: 1 }, undefined, { min: 1, max: 100 })).toBe(1)
    expect(() => pageSize({ MaxResults: 101 }, undefined, { min: 1, max: 100 })).toThrow(/less than 100\./)
  })

  it('refuses ids beside it', () => {
    const ids = { set: 'instancesSet', given: ['i-1'] }
    expect(() => pageSize({ MaxResults: 5 }, ids)).toThrow(
      failure('InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults'),
    )
    expect(pageSize({}, ids)).toBeUndefined()
    expect(pageSize({ MaxResults: 5 }, { ...ids, given: [] })).toBe(5)
  })
})

const hmac = { name: 'HMAC', hash: 'SHA-256' }
const keyOf = (secret: string) =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), hmac, false, ['sign', 'verify'])

let scope: TokenScope
beforeAll(async () => {
  scope = {
    keys: [await keyOf('secret')],
    action: 'DescribeInstances',
    account: '000000000002',
    input: { MaxResults: 5, ...{ Filters: [{ Name: 'tag:a', Values: ['b'] }] } },
  }
})

const isNumber = (value: unknown): value is number => typeof value === 'number'
const isJson = (value: unknown): value is Json => value !== undefined
const withToken = (scope: TokenScope, NextToken: string) => ({ ...scope, input: { ...scope.input, NextToken } })

describe('tokens', () => {
  it.each([7, 'a/b+c 🐧', null, [1, { id: 'i-1' }]])('carry %j', async cursor => {
    const token = await writeToken(scope, cursor)
    expect(token).toMatch(/^[\w-]+$/)
    expect(await readToken(withToken(scope, token), isJson)).toEqual(cursor)
  })

  it('are not there on the first page', async () => {
    expect(await readToken(scope, isNumber)).toBeUndefined()
    expect(await readToken(withToken(scope, ''), isNumber)).toBeUndefined()
  })

  it('allow another page size', async () => {
    const token = await writeToken(scope, 7)
    const input = { ...scope.input, MaxResults: 100 }
    expect(await readToken(withToken({ ...scope, input }, token), isNumber)).toBe(7)
  })

  it('are good under an earlier key as well, while that counts', async () => {
    const token = await writeToken(scope, ['kept'])
    const later: TokenScope = { ...scope, keys: [await keyOf('another'), ...scope.keys] }
    const isText = (value: unknown): value is string[] => Array.isArray(value)
    expect(await readToken({ ...later, input: { ...later.input, NextToken: token } }, isText)).toEqual(['kept'])
    const next = await writeToken(later, ['new'])
    await expect(readToken({ ...scope, input: { ...scope.input, NextToken: next } }, isText)).rejects.toEqual(
      invalidToken,
    )
  })

  it('are good for one action, account, question and key only', async () => {
    const token = await writeToken(scope, 7)
    const others: TokenScope[] = [
      { ...scope, action: 'DescribeImages' },
      { ...scope, account: '000000000003' },
      { ...scope, input: { MaxResults: 5 } },
      { ...scope, input: { ...scope.input, ...{ IncludeAllInstances: true } } },
      { ...scope, keys: [await keyOf('another')] },
    ]
    for (const other of others) await expect(readToken(withToken(other, token), isNumber)).rejects.toThrow(invalidToken)
  })

  it('notice every changed character', async () => {
    const token = await writeToken(scope, 1234567)
    for (let index = 0; index < token.length - 1; index += 1) {
      const changed = token.slice(0, index) + (token[index] === 'A' ? 'B' : 'A') + token.slice(index + 1)
      await expect(readToken(withToken(scope, changed), isNumber), changed).rejects.toThrow(invalidToken)
    }
  })

  it.each(['x', 'AAAA', '!', 'ünï', '='.repeat(10), 'A'.repeat(100_000)])('refuse %.20j', async token => {
    await expect(readToken(withToken(scope, token), isNumber)).rejects.toThrow(invalidToken)
  })

  it('refuse a cursor of another form', async () => {
    const token = await writeToken(scope, 'seven')
    await expect(readToken(withToken(scope, token), isNumber)).rejects.toThrow(invalidToken)
  })
})

describe('takePage', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)

  it('leads through everything once', async () => {
    const seen: number[][] = []
    let NextToken: string | undefined
    do {
      const page: TokenScope = { ...scope, input: { ...scope.input, NextToken } }
      const start = (await readToken(page, isNumber)) ?? -1
      const { items, nextToken } = await takePage(numbers(12).slice(start + 1), 5, page, last => last)
      seen.push(Array.isArray(items) ? items : [])
      NextToken = nextToken
    } while (NextToken)
    expect(seen).toEqual([numbers(5), [5, 6, 7, 8, 9], [10, 11]])
  })

  it('has no token where the last page is full', async () => {
    expect(await takePage(numbers(5), 5, scope, last => last)).toEqual({ items: numbers(5), nextToken: undefined })
    expect(await takePage([], 5, scope, last => last)).toEqual({ items: [], nextToken: undefined })
  })

  it('reads one item more than it gives, and closes what it reads', async () => {
    const read: number[] = []
    let closed = false
    async function* source() {
      try {
        for (const number of numbers(100)) {
          read.push(number)
          yield number
        }
      } finally {
        closed = true
      }
    }
    const { items } = await takePage(source(), 5, scope, last => last)
    expect(items).toEqual(numbers(5))
    expect(read).toHaveLength(6)
    expect(closed).toBe(true)
  })

  it('streams on where no page was asked for', async () => {
    async function* source() {
      yield 1
    }
    const stream = source()
    expect(await takePage(stream, undefined, scope, last => last)).toEqual({ items: stream, nextToken: undefined })
    expect((await takePage(new Set([1, 2]), undefined, scope, last => last)).items).toEqual([1, 2])
  })
})
