// Download links: what a downloader may ask of them, and that nothing else opens them.
import { beforeAll, describe, expect, it } from 'vitest'
import { signingKeys } from '../../src/config/derived-keys.ts'
import type { SigningKeys } from '../../src/lib/signing.ts'
import { heldKey } from '../../src/staging/key.ts'
import { type LinkedBytes, serveDownload, signLink } from '../../src/staging/link.ts'
import type { StoredObject } from '../../src/staging/object.ts'
import { bucket, bucketWith, bytesOf, noise } from './support.ts'

const ORIGIN = 'https://ec2.example.com'
const KEY = 'staging/000000000002/ami-0123456789abcdef0'
const HOUR = 3_600_000
const START = Date.UTC(2026, 10, 23, 16)

const content = noise(100_000)
const holds = new Map<string, StoredObject>()
const bytes: LinkedBytes = {
  bucket,
  held: ({ account, imageId }) => Promise.resolve(holds.get(`${account} ${imageId}`)),
}
let time = START
const now = () => time
let linkKeys: SigningKeys
let link: string

beforeAll(async () => {
  await bucket.put(KEY, content, { customMetadata: { owner: 'helen' } })
  linkKeys = await signingKeys(['master secret'], 'imageLinks')
  link = await sign()
  return () => bucket.delete(KEY)
})

const sign = (objectKey = KEY, keys = linkKeys) =>
  signLink(ORIGIN, objectKey, { linkKeys: keys, now: () => START, lifetime: 6 * HOUR })

const ask = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  serveDownload(new Request(url, { method, headers }), bytes, { linkKeys, now })

async function expectNotFound(response: Response): Promise<void> {
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('')
  expect([...response.headers.keys()]).toEqual(['cache-control'])
}

describe('a link', () => {
  it('is made of what needs no quoting, and has no extension', async () => {
    expect(new URL(link).pathname).toMatch(/^\/_image\/[A-Za-z0-9_-]+$/)
    expect(await sign('staging/000000000002/größe ?#%')).toMatch(
      /^https:\/\/ec2\.example\.com\/_image\/[A-Za-z0-9_-]+$/,
    )
  })

  it('answers HEAD with the length and no body', async () => {
    const response = await ask(link, {}, 'HEAD')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
    const object = await bucket.head(KEY)
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'content-length': '100000',
      'content-type': 'application/octet-stream',
      etag: object?.httpEtag,
      'last-modified': object?.uploaded.toUTCString(),
      'x-content-type-options': 'nosniff',
    })
  })

  it('gives the whole image, as often as asked, whatever became of the last time', async () => {
    const early = await ask(link)
    await early.body?.cancel()
    for (let time = 0; time < 3; time++) {
      const response = await ask(link)
      expect(response.status).toBe(200)
      expect(await bytesOf(response.body)).toEqual(content)
    }
  })

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-511', 0, 511],
    ['bytes=99999-', 99_999, 99_999],
    ['bytes=500-999999', 500, 99_999],
    ['bytes=-5', 99_995, 99_999],
    ['bytes=-999999', 0, 99_999],
  ])('gives the range %s', async (range, first, last) => {
    const response = await ask(link, { range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${first}-${last}/100000`)
    expect(await bytesOf(response.body)).toEqual(content.subarray(first, last + 1))
  })

  it.each(['bytes=100000-', 'bytes=200000-300000', 'bytes=-0'])('cannot give the range %s', async range => {
    const response = await ask(link, { range })
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe('bytes */100000')
    expect(await response.text()).toBe('')
  })

  it.each(['bytes=0-1,5-6', 'bytes=9-1', 'bytes=-', 'bytes=a-b', 'items=0-1'])(
    'gives the whole for %s',
    async range => {
      const response = await ask(link, { range })
      expect(response.status).toBe(200)
      expect((await response.arrayBuffer()).byteLength).toBe(content.length)
    },
  )

  it('knows what the downloader has already', async () => {
    const etag = (await ask(link, {}, 'HEAD')).headers.get('etag') ?? ''
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await ask(link, { 'if-none-match': known })
      expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, etag, ''])
    }
    expect((await ask(link, { 'if-none-match': '"other"' }, 'HEAD')).status).toBe(200)
    expect((await ask(link, { range: 'bytes=0-0', 'if-range': etag }, 'GET')).status).toBe(206)
    expect((await ask(link, { range: 'bytes=0-0', 'if-range': '"other"' }, 'GET')).status).toBe(200)
    const time = (await ask(link, {}, 'HEAD')).headers.get('last-modified') ?? ''
    expect((await ask(link, { range: 'bytes=0-0', 'if-range': time }, 'GET')).status).toBe(206)
  })
})

describe('a link to what an account holds', () => {
  const hold = 'ami-0123456789abcdef1'
  const pieces = [0, 1, 2].map(at => ({ key: `objects/000000000002/${at}`, size: [40_000, 1, 59_999][at] ?? 0 }))
  let held: string

  beforeAll(async () => {
    for (const [at, { key, size }] of pieces.entries()) {
      const offset = pieces.slice(0, at).reduce((sum, piece) => sum + piece.size, 0)
      await bucket.put(key, content.subarray(offset, offset + size))
    }
    const etag = `${'0'.repeat(32)}-3`
    holds.set(`000000000002 ${hold}`, { ...{ key: 'a/b', size: 100_000, etag, modified: START, headers: {} }, pieces })
    held = await sign(heldKey({ account: '000000000002', imageId: hold }))
    return () => bucket.delete(pieces.map(({ key }) => key))
  })

  it('gives its bytes as one, as often as asked, whatever became of the last time', async () => {
    const head = await ask(held, {}, 'HEAD')
    expect(Object.fromEntries(head.headers)).toEqual({
      ...{ 'accept-ranges': 'bytes', 'cache-control': 'private, no-store', 'content-length': '100000' },
      ...{ 'content-type': 'application/octet-stream', etag: `"${'0'.repeat(32)}-3"` },
      'last-modified': new Date(START).toUTCString(),
      'x-content-type-options': 'nosniff',
    })
    const early = await ask(held)
    await early.body?.cancel()
    for (let time = 0; time < 3; time++) expect(await bytesOf((await ask(held)).body)).toEqual(content)
  })

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=39999-40001', 39_999, 40_001],
    ['bytes=-5', 99_995, 99_999],
    ['bytes=1-', 1, 99_999],
  ])('gives the range %s', async (range, first, last) => {
    const response = await ask(held, { range })
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe(`bytes ${first}-${last}/100000`)
    expect(await bytesOf(response.body)).toEqual(content.subarray(first, last + 1))
  })

  it('knows what the downloader has already', async () => {
    const etag = `"${'0'.repeat(32)}-3"`
    expect((await ask(held, { 'if-none-match': etag })).status).toBe(304)
    expect((await ask(held, { range: 'bytes=0-0', 'if-range': etag })).status).toBe(206)
    expect((await ask(held, { range: 'bytes=0-0', 'if-range': '"other"' })).status).toBe(200)
    expect((await ask(held, { range: 'bytes=100000-' })).status).toBe(416)
  })

  it('opens nothing else: no other hold, no other account’s, no piece, and nothing once it is released', async () => {
    for (const [account, imageId] of [
      ['000000000002', 'ami-0123456789abcdef2'],
      ['000000000003', hold],
    ] as const) {
      await expectNotFound(await ask(await sign(heldKey({ account, imageId }))))
    }
    const object = holds.get(`000000000002 ${hold}`)
    holds.delete(`000000000002 ${hold}`)
    await expectNotFound(await ask(held))
    if (object) holds.set(`000000000002 ${hold}`, object)
    await bucket.delete(pieces[0]?.key ?? '')
    await expectNotFound(await ask(held))
  })
})

describe('nothing is found', () => {
  it('by a link that was changed in any place', async () => {
    const prefix = `${ORIGIN}/_image/`.length
    for (let at = prefix; at < link.length; at++) {
      for (const other of ['A', 'B', '_', '~', ''].filter(one => one !== link[at])) {
        await expectNotFound(await ask(link.slice(0, at) + other + link.slice(at + 1), {}, 'HEAD'))
      }
    }
    for (const more of ['A', '=', '/', '.img', '%20']) await expectNotFound(await ask(link + more))
  })

  it('by a second spelling of the same bytes', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // Keys of all lengths: base64 has no, two or four spare bits at its end.
    for (const objectKey of ['a', 'ab', 'abc']) {
      await bucket.put(objectKey, 'x')
      const good = await sign(objectKey)
      const opened: string[] = []
      for (const last of letters) {
        if ((await ask(good.slice(0, -1) + last, {}, 'HEAD')).ok) opened.push(last)
      }
      expect(opened).toEqual([good.at(-1)])
      await bucket.delete(objectKey)
    }
  })

  it('after it expired', async () => {
    time = START + 6 * HOUR - 1
    expect((await ask(link, {}, 'HEAD')).status).toBe(200)
    time = START + 6 * HOUR
    await expectNotFound(await ask(link))
    time = START
  })

  it('by a secret that counted before, and only while it still counts', async () => {
    const rotated = await signingKeys(['a new secret', 'master secret'], 'imageLinks')
    const askRotated = (url: string) => serveDownload(new Request(url), bytes, { linkKeys: rotated, now })
    expect((await askRotated(link)).status).toBe(200)
    const made = await sign(KEY, rotated)
    expect((await askRotated(made)).status).toBe(200)
    await expectNotFound(await ask(made))
  })

  it('by another secret, or the same for another purpose', async () => {
    await expectNotFound(await ask(await sign(KEY, await signingKeys(['another secret'], 'imageLinks'))))
    const raw = new TextEncoder().encode('master secret')
    const plain = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    await expectNotFound(await ask(await sign(KEY, [plain])))
    await expect(crypto.subtle.exportKey('raw', linkKeys[0])).rejects.toThrow()
  })

  it('for an object that is gone, by another method, or elsewhere', async () => {
    await expectNotFound(await ask(await sign('staging/000000000002/ami-00000000000000000')))
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) await expectNotFound(await ask(link, {}, method))
    await expectNotFound(await ask(link.replace('/_image/', '/_images/')))
    await expectNotFound(await ask(`${ORIGIN}/_image/`))
  })

  it.each([
    ['replaced', (key: string) => bucket.put(key, 'another')],
    ['deleted', (key: string) => bucket.delete(key)],
  ])('for an object that is %s in this very moment', async (_, change) => {
    const key = 'staging/000000000002/ami-00000000000000001'
    await bucket.put(key, 'one')
    const racing = bucketWith({
      async head(asked) {
        const object = await bucket.head(asked)
        await change(asked)
        return object
      },
    })
    await expectNotFound(
      await serveDownload(new Request(await sign(key)), { ...bytes, bucket: racing }, { linkKeys, now }),
    )
    await bucket.delete(key)
  })
})
