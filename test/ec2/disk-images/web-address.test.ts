// Addresses that OpenNebula is to fetch from: what the operator allows, however it is written, and wherever it redirects.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkWebAddress } from '../../../src/ec2/disk-images/web-address.ts'
import { Ec2Error } from '../../../src/protocol/errors.ts'
import { context } from './fixtures.ts'

afterEach(() => vi.restoreAllMocks())

type Answers = Readonly<Record<string, (method: string) => Response>>

/** The web, by its addresses; what is not there cannot be reached. */
function web(answers: Answers) {
  const asked: string[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, { method = '', redirect } = {}) => {
    const { url } = new Request(input)
    expect(redirect).toBe('manual')
    asked.push(`${method} ${url}`)
    const answer = answers[url]
    return answer ? Promise.resolve(answer(method)) : Promise.reject(new TypeError('Network connection lost.'))
  })
  return asked
}

const disk = () => new Response('x'.repeat(64), { headers: { 'content-length': '64' } })
const to =
  (location: string, status = 302) =>
  () =>
    new Response(null, { status, headers: { location } })

const NAMED = ['images.example.org', 'mirror.example.org:8443', '10.0.0.5']

const check = (url: string, importHosts: readonly string[] = NAMED) =>
  checkWebAddress('Url', url, {
    ...{ ...context.settings, importHosts },
    ...{ ownHosts: ['ec2.example.com'], publicUrl: 'https://public.example.com' },
  })

describe('an address', () => {
  it('is looked at as OpenNebula will, and told as everybody reads it', async () => {
    const asked = web({ 'https://images.example.org/b/disk.img?a=1': disk })
    const found = await check('HTTPS://Images.Example.org:443/a/../b/disk.img?a=1#part')
    expect(found).toEqual({ href: 'https://images.example.org/b/disk.img?a=1', bytes: 64 })
    expect(asked.toSorted()).toEqual([
      'GET https://images.example.org/b/disk.img?a=1',
      'HEAD https://images.example.org/b/disk.img?a=1',
    ])
  })

  it('of a host that the operator has named need not answer the Worker', async () => {
    web({ 'http://images.example.org/forbidden': () => new Response('', { status: 403 }) })
    expect(await check('http://10.0.0.5/disk.img')).toEqual({ href: 'http://10.0.0.5/disk.img', bytes: undefined })
    expect(await check('http://images.example.org/forbidden')).toMatchObject({ bytes: undefined })
  })

  it('of any other has to, where all may be fetched from', async () => {
    web({ 'http://a.example.net/disk.img': disk, 'http://a.example.net/none': () => new Response('', { status: 404 }) })
    expect(await check('http://a.example.net/disk.img', ['*'])).toMatchObject({ bytes: 64 })
    await expect(check('http://a.example.net/none', ['*'])).rejects.toThrow('nothing that can be fetched')
    await expect(check('http://b.example.net/disk.img', ['*'])).rejects.toThrow('nothing that can be fetched')
  })

  it('is refused where the operator allows none', async () => {
    await expect(check('https://images.example.org/disk.img', [])).rejects.toMatchObject({
      code: 'UnsupportedOperation',
    })
  })
})

const PRIVATE = [
  ...[
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.1/',
    'http://127.0.0.1./',
    'http://0/',
  ],
  ...[
    'http://[::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.6/',
  ],
  ...['http://localhost/', 'http://LOCALHOST./', 'http://frontend/', 'http://one.internal/', 'http://192.168.1.1/'],
]

describe('where it leads', () => {
  it.each(PRIVATE)('is not %s, whatever the operator allows', async url => {
    const asked = web({ [new URL(url).href]: disk })
    for (const hosts of [['*'], NAMED, ['*', ...NAMED]]) {
      await expect(check(url, hosts)).rejects.toMatchObject({ code: 'InvalidParameterValue' })
    }
    expect(asked).toEqual([])
  })

  it.each(PRIVATE)('is not %s by a redirect', async location => {
    const asked = web({
      'https://images.example.org/': to('/next', 308),
      'https://images.example.org/next': to(location, 303),
      [new URL(location).href]: disk,
    })
    for (const hosts of [['*'], NAMED])
      await expect(check('https://images.example.org/', hosts)).rejects.toThrow('redirects to')
    expect(asked.some(each => each.endsWith(new URL(location).href))).toBe(false)
  })

  it.each(['https://ec2.example.com/_image/abc', 'https://public.example.com/_image/abc'])(
    'is not the Worker itself: %s',
    async url => {
      web({ [url]: disk, 'https://images.example.org/': to(url) })
      for (const start of [url, 'https://images.example.org/']) {
        await expect(check(start, ['*', 'ec2.example.com', 'public.example.com'])).rejects.toBeInstanceOf(Ec2Error)
      }
    },
  )

  it.each([
    'file:///etc/passwd',
    'gopher://images.example.org/',
    'https://evil.example/',
    'https://images.example.org:8443/',
  ])('is not %s by a redirect of a host that is named', async location => {
    web({ 'https://images.example.org/': to(location), 'https://evil.example/': disk })
    await expect(check('https://images.example.org/')).rejects.toThrow('redirects to')
  })

  it('is looked at for what asks for the length as well as for what fetches', async () => {
    const answers = (which: string): Answers => ({
      'https://images.example.org/': method => (method === which ? to('http://127.0.0.1/')() : disk()),
    })
    for (const method of ['HEAD', 'GET']) {
      web(answers(method))
      await expect(check('https://images.example.org/')).rejects.toThrow('redirects to')
    }
  })

  it('may be another host that the operator has named, and no endless row of them', async () => {
    web({
      'https://images.example.org/a': to('https://mirror.example.org:8443/b', 307),
      'https://mirror.example.org:8443/b': disk,
      'https://images.example.org/loop': to('/loop'),
    })
    expect(await check('https://images.example.org/a')).toEqual({ href: 'https://images.example.org/a', bytes: 64 })
    await expect(check('https://images.example.org/loop')).rejects.toThrow('more than 5 times')
  })
})

it.each([
  ...["https://images.example.org/';id;'", 'https://images.example.org/a\\x27b', 'https://images.example.org/$(id)'],
  ...['https://images.example.org/[1-100000]', 'https://images.example.org/{a,b}', 'https://images.example.org/é'],
  ...[
    'https:images.example.org/',
    'https:/images.example.org/',
    'https://images.example.org\\@evil.example/',
    'file:///etc/passwd',
  ],
  ...[
    'http://me:secret@images.example.org/',
    'http://images.example.org@evil.example/',
    'https://images.example.org\t/',
    '',
  ],
])('%s is written as no address may be', async url => {
  web({})
  await expect(check(url)).rejects.toMatchObject({ code: 'InvalidParameterValue' })
})
