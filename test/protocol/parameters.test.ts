// Parameters from query and form, their decoding and their bounds.
import { describe, expect, it } from 'vitest'
import { readBody, readParameters, single } from '../../src/protocol/parameters.ts'

const bounds = { count: 10, bytes: 1000 }
const formType = 'application/x-www-form-urlencoded'
const bytes = (text: string) => new TextEncoder().encode(text)
const failure = (code: string, status = 400): unknown => expect.objectContaining({ code, status })

describe('readParameters', () => {
  it.each([
    ['', []],
    ['?', []],
    ['?Action=A', [['Action', 'A']]],
    [
      'Action=A&Action=B',
      [
        ['Action', 'A'],
        ['Action', 'B'],
      ],
    ],
    [
      '&A=1&&B=2&',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'A&B=',
      [
        ['A', ''],
        ['B', ''],
      ],
    ],
    ['A=b=c', [['A', 'b=c']]],
    ['A=a+b%20c%2Bd', [['A', 'a b c+d']]],
    ['Tag%2E1=%F0%9F%90%A7%C3%BC', [['Tag.1', '🐧ü']]],
    ['A=100%25', [['A', '100%']]],
  ])('reads the query %j', (query, expected) => {
    expect(readParameters({ query }, bounds)).toEqual(expected)
  })

  it.each([formType, `${formType}; charset=utf-8`, 'Application/X-WWW-Form-URLEncoded;charset=UTF-8', null, undefined])(
    'reads query and form, in this order, sent as %j',
    contentType => {
      const request = { query: 'A=1&B=2', contentType: contentType ?? null, body: bytes('C=3&A=ü') }
      expect(readParameters(request, bounds)).toEqual([
        ['A', '1'],
        ['B', '2'],
        ['C', '3'],
        ['A', 'ü'],
      ])
    },
  )

  it('ignores the content type of nothing', () => {
    expect(readParameters({ query: 'A=1', contentType: 'text/plain', body: new Uint8Array() }, bounds)).toHaveLength(1)
  })

  it.each(['application/json', 'multipart/form-data; boundary=x', 'text/xml', ''])(
    'refuses a body of %j',
    contentType => {
      const request = { query: '', contentType, body: bytes('A=1') }
      expect(() => readParameters(request, bounds)).toThrow(failure('InvalidRequest'))
    },
  )

  it.each(['A=%', 'A=%4', 'A=%zz', 'A=%FF', '%C3=1', 'A=%C0%80', 'A=%ED%A0%80', '=1'])('refuses %j', query => {
    expect(() => readParameters({ query }, bounds)).toThrow(failure('MalformedQueryString'))
  })

  it('refuses a form that is no UTF-8', () => {
    const body = new Uint8Array([0x41, 0x3d, 0xff])
    expect(() => readParameters({ query: '', contentType: formType, body }, bounds)).toThrow(
      failure('MalformedQueryString'),
    )
  })

  it('takes as many parameters and bytes as its bounds say, and no more', () => {
    const many = (count: number) => Array.from({ length: count }, () => 'A=1').join('&')
    expect(readParameters({ query: many(10) }, bounds)).toHaveLength(10)
    expect(() => readParameters({ query: many(11) }, bounds)).toThrow(failure('InvalidQueryParameter'))
    expect(readParameters({ query: 'A=1', body: bytes(`B=${'x'.repeat(995)}`) }, bounds)).toHaveLength(2)
    expect(() => readParameters({ query: 'A=1', body: bytes(`B=${'x'.repeat(996)}`) }, bounds)).toThrow(
      failure('RequestEntityTooLarge', 413),
    )
  })
})

describe('readBody', () => {
  const post = (body: BodyInit) => new Request('http://test/', { method: 'POST', body })

  it('reads what is there', async () => {
    expect(await readBody(post('A=1&B=2'), 7)).toEqual(bytes('A=1&B=2'))
    expect(await readBody(new Request('http://test/'), 0)).toHaveLength(0)
  })

  it('refuses a declared length without reading', async () => {
    const request = new Request('http://test/', { method: 'POST', body: 'A=1', headers: { 'content-length': '8' } })
    await expect(readBody(request, 7)).rejects.toThrow(failure('RequestEntityTooLarge', 413))
  })

  it('stops reading at the bound', async () => {
    let sent = 0
    let cancelled = false
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1
        controller.enqueue(bytes('A=1&'))
      },
      cancel() {
        cancelled = true
      },
    })
    await expect(readBody(post(endless), 100)).rejects.toThrow(failure('RequestEntityTooLarge', 413))
    expect(sent).toBeLessThan(100)
    expect(cancelled).toBe(true)
  })

  it('holds nothing of what has come but its bytes, in however small pieces', async () => {
    const text = 'A=1&'.repeat(1000)
    let at = 0
    // What held pieces would have the last byte of all
    const piece = new Uint8Array(1)
    const drop = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (at === text.length) return controller.close()
          piece[0] = text.charCodeAt(at++)
          controller.enqueue(piece)
        },
      },
      { highWaterMark: 0 },
    )
    const headers = new Headers()
    expect(new TextDecoder().decode(await readBody({ headers, body: drop }, text.length))).toBe(text)
  })
})

describe('single', () => {
  const parameters = [
    ['Action', 'A'],
    ['Version', ''],
    ['Twice', '1'],
    ['Twice', '1'],
  ] as const

  it('gives the one value', () => {
    expect(single(parameters, 'Action')).toBe('A')
    expect(single(parameters, 'Version')).toBe('')
    expect(single(parameters, 'action')).toBeUndefined()
  })

  it('refuses two', () => {
    expect(() => single(parameters, 'Twice')).toThrow(failure('InvalidParameterValue'))
  })
})
