// Signature Version 2: the forms that old clients send, every byte of them altered, and what is refused.
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { authenticate } from '../../src/auth/authenticate.ts'
import { type RequestV2, type SignatureMethod, signV2, stringToSignV2 } from '../../src/auth/sigv2.ts'
import type { ParameterList } from '../../src/protocol/parameters.ts'
import {
  alterations,
  authenticateHelen,
  helen,
  type Message,
  NOW,
  parametersOf,
  policy,
  refusal,
  SECRET,
  toSignedRequest,
} from './support.ts'

const HOST = 'cloud.example.com:8443'
const PLAIN: ParameterList = [
  ['Action', 'DescribeInstances'],
  ['Version', '2014-10-01'],
]

interface Signing extends Partial<RequestV2> {
  readonly hash?: SignatureMethod
  readonly secret?: string
  readonly at?: number
}

/** A signed message, its parameters in the query of a GET and in the form of a POST. */
async function signed(signing: Signing = {}): Promise<Message> {
  const { method = 'POST', host = HOST, path = '/services/Cloud/', parameters = PLAIN, secret = SECRET } = signing
  const credentials = { accessKeyId: 'helen', secret }
  const all = await signV2({ method, host, path, parameters }, credentials, () => signing.at ?? NOW, signing.hash)
  return message({ method, host, path }, all)
}

function message({ method, host, path }: Omit<RequestV2, 'parameters'>, parameters: ParameterList): Message {
  const encoded = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString()
  const [query, body] = method === 'GET' ? [encoded, ''] : ['', encoded]
  return { method, path, query, headers: { host }, body }
}

/** The message with a parameter set to another value, or taken away. */
function altered(original: Message, name: string, value?: string): Message {
  const parameters = parametersOf(original).filter(parameter => parameter[0] !== name)
  const host = original.headers['host'] ?? ''
  return message({ ...original, host }, value === undefined ? parameters : [...parameters, [name, value]])
}

/** Signs parameters as they are given, dates and all. */
async function signedAsGiven(parameters: ParameterList): Promise<Message> {
  const all: ParameterList = [
    ...parameters,
    ['AWSAccessKeyId', 'helen'],
    ['SignatureMethod', 'HmacSHA256'],
    ['SignatureVersion', '2'],
  ]
  const request = { method: 'POST', host: HOST, path: '/' }
  const signature = await hmac256(stringToSignV2({ ...request, parameters: all }))
  return message(request, [...all, ['Signature', signature]])
}

async function hmac256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(SECRET)
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return btoa(
    String.fromCharCode(...new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)))),
  )
}

it("accepts the example of AWS's documentation", async () => {
  const query =
    'AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Action=DescribeJobFlows&SignatureMethod=HmacSHA256&SignatureVersion=2&' +
    'Timestamp=2011-10-03T15%3A19%3A30&Version=2009-03-31&Signature=i91nKc4PWAt0JJIdXwz9HxZCJDdiy6cf%2FMj6vPxyYIs%3D'
  const request = toSignedRequest({
    method: 'GET',
    path: '/',
    query,
    headers: { host: 'elasticmapreduce.amazonaws.com' },
    body: '',
  })
  const now = () => Date.parse('2011-10-03T15:19:30Z')
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const find = async (accessKeyId: string) => ({ ...helen, accessKeyId, secret })
  expect((await authenticate(request, policy({ now }), find)).accessKeyId).toBe('AKIAIOSFODNN7EXAMPLE')
})

describe('accepts', () => {
  const methods = ['GET', 'POST']
  const hashes = ['HmacSHA256', 'HmacSHA1'] as const
  it.each(methods.flatMap(method => hashes.map(hash => [method, hash] as const)))(
    '%s with %s',
    async (method, hash) => {
      const caller = await authenticateHelen(await signed({ method, hash }))
      expect(caller).toEqual({ accessKeyId: 'helen', key: helen, scheme: 'sigv2' })
    },
  )

  it.each([
    ['cloud.example.com:8443', 'cloud.example.com'],
    ['cloud.example.com', 'cloud.example.com:443'],
    ['Cloud.Example.COM', 'cloud.example.com'],
  ])('the host sent as %s and signed as %s', async (host, signedHost) => {
    const original = await signed({ host: signedHost })
    expect((await authenticateHelen({ ...original, headers: { host } })).key).toBe(helen)
  })

  it('an empty path as /', async () => {
    const original = await signed({ path: '' })
    expect((await authenticateHelen({ ...original, path: '/' })).key).toBe(helen)
  })

  it.each([
    [
      'empty values and an empty token',
      [
        ['SecurityToken', ''],
        ['Filter.1.Value.1', ''],
      ],
    ],
    [
      'repeated parameters',
      [
        ['InstanceId', 'i-2'],
        ['InstanceId', 'i-1'],
      ],
    ],
    ['text of all kinds', [['Description', "a b*?+~!(x)'%41 Grüße 日本 😀"]]],
    [
      'names in the order of their bytes',
      [
        ['é', '1'],
        ['a', '2'],
        ['B', '3'],
        ['a.10', '4'],
        ['a.2', '5'],
        ['𐀀', '6'],
        ['\uffee', '7'],
      ],
    ],
  ] satisfies [string, ParameterList][])('%s', async (_, more) => {
    for (const method of methods) {
      const parameters: ParameterList = [...PLAIN, ...more]
      expect((await authenticateHelen(await signed({ method, parameters }))).key).toBe(helen)
    }
  })

  it('an asterisk that the client did not encode', async () => {
    const encode = (text: string) => encodeURIComponent(text)
    const parameters: ParameterList = [
      ...PLAIN,
      ['AWSAccessKeyId', 'helen'],
      ['Filter.1.Value.1', 'web-*'],
      ['SignatureMethod', 'HmacSHA256'],
      ['SignatureVersion', '2'],
      ['Timestamp', '2026-11-23T10:15:00Z'],
    ]
    const request = { method: 'POST', host: HOST, path: '/', parameters }
    const text = stringToSignV2(request, encode)
    expect(text).toContain('web-*')
    const signature = await hmac256(text)
    expect((await authenticateHelen(message(request, [...parameters, ['Signature', signature]]))).key).toBe(helen)
  })

  it('parameters of query and form together, and the fields of a multipart form', async () => {
    const original = await signed()
    const [first, ...rest] = original.body.split('&')
    expect((await authenticateHelen({ ...original, query: first ?? '', body: rest.join('&') })).key).toBe(helen)
    const fields = { ...toSignedRequest(original), body: new Uint8Array() }
    expect((await authenticate(fields, policy(), async () => helen)).scheme).toBe('sigv2')
  })
})

it('sorts by bytes, not by UTF-16', () => {
  const parameters: ParameterList = [
    ['𐀀', ''],
    ['\uffee', ''],
    ['a', 'b'],
    ['a', 'B'],
    ['A', ''],
  ]
  expect(stringToSignV2({ method: 'GET', host: 'H', path: '', parameters })).toBe(
    'GET\nh\n/\nA=&a=B&a=b&%EF%BF%AE=&%F0%90%80%80=',
  )
})

describe('every altered byte is refused', () => {
  it.each(['GET', 'POST'])('in a %s', async method => {
    const original = await signed({ method, parameters: [...PLAIN, ['Filter.1.Value.1', 'Grüße *']] })
    const meaning = JSON.stringify(parametersOf(original))
    const place = method === 'GET' ? 'query' : 'body'
    const rebuilt: Message[] = []
    for (const part of ['method', 'path', place] as const) {
      for (const flip of [0x01, 0x02, 0x20]) {
        for (const text of alterations(original[part], flip)) rebuilt.push({ ...original, [part]: text })
      }
    }
    for (const host of alterations(HOST, 0x01)) rebuilt.push({ ...original, headers: { host } })
    // %2F and %2f are two spellings of one parameter: not an alteration.
    const changed = rebuilt.filter(
      one => one[place] === original[place] || JSON.stringify(parametersOf(one)) !== meaning,
    )
    expect(changed.length).toBeGreaterThan(rebuilt.length * 0.95)
    for (const one of changed) {
      const outcome = await authenticateHelen(one).then(
        () => one,
        (error: { status: number }) => error.status,
      )
      expect([400, 401, 403]).toContain(outcome)
    }
  })
})

describe('time', () => {
  it.each([-300_000, 0, 300_000])('a Timestamp is good %i ms from it', async late => {
    expect((await authenticateHelen(await signed(), { now: () => NOW + late })).key).toBe(helen)
  })

  it.each([-300_001, 300_001])('and not %i ms from it', async late => {
    expect(await refusal(authenticateHelen(await signed(), { now: () => NOW + late }))).toMatchObject({
      code: 'RequestExpired',
      status: 400,
    })
  })

  it('Expires is good until then', async () => {
    const original = await signedAsGiven([...PLAIN, ['Expires', '2026-11-23T12:00:00Z']])
    const end = Date.parse('2026-11-23T12:00:00Z')
    expect((await authenticateHelen(original, { now: () => end })).key).toBe(helen)
    expect(await refusal(authenticateHelen(original, { now: () => end + 1 }))).toMatchObject({ code: 'RequestExpired' })
  })

  it.each(['2026-11-23T10:15:00Z', '2026-11-23T10:15:00.123Z', '2026-11-23T10:15:00', '2026-11-23T12:15:00+02:00'])(
    'may be written %s',
    async timestamp => {
      expect((await authenticateHelen(await signedAsGiven([...PLAIN, ['Timestamp', timestamp]]))).key).toBe(helen)
    },
  )

  it.each(['now', '20261123T101500Z', '2026-13-23T10:15:00Z', '1795428900'])('is not written %s', async timestamp => {
    expect(await refusal(authenticateHelen(await signedAsGiven([['Timestamp', timestamp]])))).toEqual({
      code: 'InvalidParameterValue',
      status: 400,
      message: `Value (${timestamp}) for parameter Timestamp is invalid. It must be a date such as 2026-11-23T10:15:00Z.`,
    })
  })

  it.each([
    ['2026-11-30T10:15:00Z', true],
    ['2026-11-30T10:15:01Z', false],
    ['9999-12-31T23:59:59Z', false],
  ])('expires in 7 days at the latest: %s %s', async (expires, accepted) => {
    const attempt = authenticateHelen(await signedAsGiven([...PLAIN, ['Expires', expires]]))
    if (accepted) expect((await attempt).key).toBe(helen)
    else {
      expect(await refusal(attempt)).toMatchObject({
        code: 'InvalidParameterValue',
        message: expect.stringMatching(/^Value \(\S+\) for parameter Expires is invalid\. .*7 days/) as string,
      })
    }
  })

  it('is one of Timestamp and Expires', async () => {
    const dates: ParameterList = [
      ['Timestamp', '2026-11-23T10:15:00Z'],
      ['Expires', '2026-11-23T12:00:00Z'],
    ]
    expect(await refusal(authenticateHelen(await signedAsGiven(dates)))).toMatchObject({
      code: 'InvalidParameterCombination',
    })
    expect(await refusal(authenticateHelen(await signedAsGiven(PLAIN)))).toMatchObject({
      code: 'MissingParameter',
      message: 'The request must contain the parameter Timestamp',
    })
  })
})

describe('refuses', () => {
  it.each(['0', '1', '3', '02'])('SignatureVersion %s', async version => {
    expect(await refusal(authenticateHelen(altered(await signed(), 'SignatureVersion', version)))).toEqual({
      code: 'InvalidParameterValue',
      status: 400,
      message: `Value (${version}) for parameter SignatureVersion is invalid. Sign with version 2 or with version 4.`,
    })
  })

  it.each(['HmacMD5', 'hmacsha256', 'constructor'])('SignatureMethod %s', async method => {
    expect(await refusal(authenticateHelen(altered(await signed(), 'SignatureMethod', method)))).toMatchObject({
      code: 'InvalidParameterValue',
    })
  })

  it.each(['AWSAccessKeyId', 'Signature', 'SignatureVersion', 'SignatureMethod'])(
    'a request without %s',
    async name => {
      expect(await refusal(authenticateHelen(altered(await signed(), name)))).toEqual({
        code: 'MissingParameter',
        status: 400,
        message: `The request must contain the parameter ${name}`,
      })
    },
  )

  it('a signature of the other hash', async () => {
    const message = altered(await signed({ hash: 'HmacSHA1' }), 'SignatureMethod', 'HmacSHA256')
    expect(await refusal(authenticateHelen(message))).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 })
  })

  it.each(['', '=', 'AAA', `${'A'.repeat(4_000_000)}`, 'ä'])('a signature that is none', async signature => {
    const message = altered(await signed(), 'Signature', signature)
    expect([400, 403]).toContain((await refusal(authenticateHelen(message))).status)
  })

  it('a session token', async () => {
    const message = await signed({ parameters: [...PLAIN, ['SecurityToken', 'token']] })
    expect(await refusal(authenticateHelen(message))).toMatchObject({ code: 'InvalidClientTokenId', status: 403 })
  })

  it('a signature given twice', async () => {
    const original = await signed()
    const twice = { ...original, query: original.body.split('&').find(part => part.startsWith('Signature=')) ?? '' }
    expect(await refusal(authenticateHelen(twice))).toMatchObject({ status: 400 })
  })
})

describe('a large request', () => {
  it.each(['!', '*', "'()", 'ä', '%'])('of %s alone is encoded once, however it may have been signed', async text => {
    const parameters: ParameterList = [...PLAIN, ['UserData', text.repeat(1_000_000 / text.length)]]
    const request = toSignedRequest(await signed({ parameters, secret: 'wrong' }))
    const encode = vi.spyOn(globalThis, 'encodeURIComponent')
    onTestFinished(() => encode.mockRestore())
    expect(await refusal(authenticate(request, policy(), async () => helen))).toMatchObject({ status: 403 })
    expect(encode.mock.calls.filter(([value]) => String(value).length > 1000)).toHaveLength(1)
  })

  it('for a key that does not exist is not encoded at all', async () => {
    const parameters: ParameterList = [...PLAIN, ['!'.repeat(1_000_000), '']]
    const request = toSignedRequest(await signed({ parameters }))
    const encode = vi.spyOn(globalThis, 'encodeURIComponent')
    onTestFinished(() => encode.mockRestore())
    expect(await refusal(authenticate(request, policy(), async () => undefined))).toMatchObject({ status: 401 })
    expect(encode).not.toHaveBeenCalled()
  })
})
