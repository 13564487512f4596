// Bodies into R2: every way in which one may come, and what of it is wrong; nothing wrong is ever there.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { describe, expect, it, vi } from 'vitest'
import { WINDOW } from '../../src/lib/byte-window.ts'
import { toBase64 } from '../../src/lib/bytes.ts'
import { limits } from '../../src/limits.ts'
import { readDocument, receiveBody } from '../../src/s3/body.ts'
import type { ChecksumAlgorithm } from '../../src/s3/checksums.ts'
import { checksumHeader, runningChecksum } from '../../src/s3/checksums.ts'
import { S3Error } from '../../src/s3/errors.ts'
import type { Authentic, Payload } from '../../src/s3/payload.ts'
import { authenticOf, bucket, requestOf, storeMessage } from './door.ts'
import {
  base64Hash,
  bytesOf,
  concat,
  crc32,
  inChunks,
  inHeader,
  linkV2,
  type Message,
  md5,
  noise,
  piecesOf,
  presigned,
  sha256,
} from './support.ts'

const keyOf = () => `objects/${crypto.randomUUID()}`

function checksum(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  const running = runningChecksum(algorithm)
  running.update(bytes)
  return toBase64(running.digest())
}

async function refusal(attempt: Promise<unknown>): Promise<S3Error> {
  const error = await attempt.then(
    () => 'accepted',
    (reason: unknown) => reason,
  )
  if (!(error instanceof S3Error)) throw new Error('not refused', { cause: error })
  return error
}

const ways: Readonly<Record<string, (body: Uint8Array) => Message>> = {
  'its hash signed': body => inHeader({ body }),
  'its hash signed, and its MD5': body => inHeader({ body, headers: { 'content-md5': base64Hash('md5', body) } }),
  'its hash signed, and a CRC': body => inHeader({ body, headers: { 'x-amz-checksum-crc32': crc32(body) } }),
  'its hash signed, and a SHA-1': body =>
    inHeader({ body, headers: { 'x-amz-checksum-sha1': base64Hash('sha1', body) } }),
  'its hash signed twice': body => inHeader({ body, headers: { 'x-amz-checksum-sha256': base64Hash('sha256', body) } }),
  unsigned: body => inHeader({ body }, 'UNSIGNED-PAYLOAD'),
  'unsigned, with its MD5': body =>
    inHeader({ body, headers: { 'content-md5': base64Hash('md5', body) } }, 'UNSIGNED-PAYLOAD'),
  'a presigned link': body => presigned({ body }),
  'a link of version 2': body => linkV2({ body }),
  'signed chunks': body => inChunks({ pieces: piecesOf(body, 65_536), signed: true }).message,
  'signed chunks and trailer': body =>
    inChunks({
      pieces: piecesOf(body, 65_536),
      signed: true,
      trailers: { 'x-amz-checksum-crc64nvme': checksum('CRC64NVME', body) },
    }).message,
  'signed chunks and a header': body =>
    inChunks({ pieces: piecesOf(body, 9000), signed: true }, { headers: { 'x-amz-checksum-crc32': crc32(body) } })
      .message,
  'chunks and trailer': body =>
    inChunks({
      pieces: piecesOf(body, 2 ** 20),
      signed: false,
      trailers: { 'x-amz-checksum-sha256': base64Hash('sha256', body) },
    }).message,
  'chunks without trailer': body => inChunks({ pieces: piecesOf(body, 65_536), signed: false, trailers: {} }).message,
}

describe.each(Object.entries(ways))('a body, %s,', (_, make) => {
  it.each([0, 1, 5000, 262_144, 262_145, 1_500_000])('of %i bytes is stored', async length => {
    const body = noise(length)
    const key = keyOf()
    const stored = await storeMessage(make(body), key)
    expect(stored).toMatchObject({ size: length, md5: md5(body) })
    const found = await bucket.get(key)
    expect(sha256(new Uint8Array((await found?.arrayBuffer()) ?? []))).toBe(sha256(body))
  })
})

it('is stored as it is, wherever in a window the framing of its chunks is', async () => {
  const body = noise(2 * WINDOW + 100_000)
  for (let place = 0; place < 24; place++) {
    const first = WINDOW - place
    const pieces = [body.subarray(0, first), ...piecesOf(body.subarray(first), 300_000)]
    const stored = await storeMessage(inChunks({ pieces, signed: false, trailers: {} }).message, keyOf())
    expect(stored.md5, `${place} bytes before the end`).toBe(md5(body))
  }
})

it('has the checksum that was declared', async () => {
  const body = noise(1000)
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    const value = checksum(algorithm, body)
    const header = checksumHeader(algorithm)
    const byHeader = inHeader({ body, headers: { [header]: value } })
    const byTrailer = inChunks({ pieces: [body], signed: false, trailers: { [header]: value } }).message
    for (const message of [byHeader, byTrailer]) {
      expect((await storeMessage(message, keyOf())).checksum).toEqual({ algorithm, value })
    }
  }
  expect(await storeMessage(inHeader({ body }), keyOf())).not.toHaveProperty('checksum')
})

it('takes no checksum from the query of a link: SDKs put that of an empty body there', async () => {
  const body = noise(1000)
  const query = 'x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32'
  expect(await storeMessage(presigned({ body, query }), keyOf())).not.toHaveProperty('checksum')
})

/** What an altered body is: as long, or not at all so. */
const altered = (body: Uint8Array): Uint8Array => concat(body.subarray(0, -1), new Uint8Array([(body.at(-1) ?? 0) ^ 1]))

describe.each([1000, 400_000])('of %i bytes nothing is stored', length => {
  const body = noise(length)
  const wrong = altered(body)

  it.each([
    ['another hash than signed', () => inHeader({ body }), 'XAmzContentSHA256Mismatch'],
    [
      'another hash than signed, though the checksum is right',
      () => inHeader({ body, headers: { 'x-amz-checksum-crc32': crc32(wrong) } }),
      'XAmzContentSHA256Mismatch',
    ],
    [
      'another hash than signed, though the MD5 is right',
      () => inHeader({ body, headers: { 'content-md5': base64Hash('md5', wrong) } }),
      'XAmzContentSHA256Mismatch',
    ],
    [
      'another MD5',
      () => inHeader({ body, headers: { 'content-md5': base64Hash('md5', body) } }, 'UNSIGNED-PAYLOAD'),
      'BadDigest',
    ],
    [
      'another MD5 than signed, though the hash is right',
      () => inHeader({ body, headers: { 'content-md5': base64Hash('md5', body) } }, sha256(wrong)),
      'BadDigest',
    ],
    ...(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const).flatMap(
      algorithm =>
        [
          [
            `another ${algorithm}`,
            () =>
              inHeader({ body, headers: { [checksumHeader(algorithm)]: checksum(algorithm, body) } }, sha256(wrong)),
            'BadDigest',
          ],
          [
            `another ${algorithm} of an unsigned body`,
            () =>
              inHeader(
                { body, headers: { [checksumHeader(algorithm)]: checksum(algorithm, body) } },
                'UNSIGNED-PAYLOAD',
              ),
            'BadDigest',
          ],
        ] as const,
    ),
  ] as const)('that has %s', async (_, make, code) => {
    const key = keyOf()
    expect((await refusal(storeMessage({ ...make(), body: wrong }, key))).code).toBe(code)
    expect(await bucket.head(key)).toBeNull()
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'that has another trailing %s',
    async algorithm => {
      for (const signed of [true, false]) {
        const trailers = { [checksumHeader(algorithm)]: checksum(algorithm, wrong) }
        const key = keyOf()
        const { message } = inChunks({ pieces: [body], signed, trailers })
        expect((await refusal(storeMessage(message, key))).code).toBe('BadDigest')
        expect(await bucket.head(key)).toBeNull()
      }
    },
  )

  it.each(['AAAA', '', 'no base64'])('that has a trailing checksum that is none: %j', async value => {
    const key = keyOf()
    const { message } = inChunks({ pieces: [body], signed: false, trailers: { 'x-amz-checksum-crc32': value } })
    expect(await refusal(storeMessage(message, key))).toMatchObject({
      code: 'InvalidRequest',
      message: 'Value for x-amz-checksum-crc32 trailing header is invalid.',
    })
    expect(await bucket.head(key)).toBeNull()
  })
})

/** What the signature of a request says, for requests that need none. */
const said = (headers: Readonly<Record<string, string>> = {}, payload: Payload = { kind: 'unsigned' }): Authentic => ({
  headers: new Map(Object.entries(headers)),
  payload,
  signatures: { follows: async () => false },
})

const put = (body: BodyInit | null, headers: Readonly<Record<string, string>>) =>
  new Request('https://h/', { method: 'PUT', headers, body })

const CHUNKED: Payload = { kind: 'chunked', trailers: true, signed: false }

describe('before anything is read', () => {
  const attempt = (headers: Readonly<Record<string, string>>, payload?: Payload) => {
    const error = (() => {
      try {
        receiveBody(put('x', headers), said(headers, payload))
        return undefined
      } catch (reason) {
        return reason
      }
    })()
    if (!(error instanceof S3Error)) throw new Error('not refused', { cause: error })
    return error
  }

  it('the length has to be known', () => {
    expect(attempt({})).toMatchObject({ code: 'MissingContentLength', status: 411 })
    expect(attempt({ 'content-length': '1' }, CHUNKED)).toMatchObject({ code: 'MissingContentLength' })
    for (const length of ['', '-1', '1.5', '0x10', '1e3', 'many', '9'.repeat(16)]) {
      expect(attempt({ 'x-amz-decoded-content-length': length }, CHUNKED).code).toBe('MissingContentLength')
    }
  })

  it('it may not be too large', () => {
    const most = limits.s3Piece.most
    const length = String(most + 1)
    const refused = { code: 'EntityTooLarge', elements: { ProposedSize: length, MaxSizeAllowed: String(most) } }
    expect(attempt({ 'content-length': length })).toMatchObject(refused)
    expect(attempt({ 'x-amz-decoded-content-length': length }, CHUNKED)).toMatchObject(refused)
    const headers = { 'x-amz-decoded-content-length': String(most) }
    expect(receiveBody(put('x', headers), said(headers, CHUNKED)).length).toBe(most)
  })

  it.each(['', 'AAAA', 'no base64', base64Hash('sha1', bytesOf('x'))])('Content-MD5 has to be one: %j', value => {
    expect(attempt({ 'content-length': '1', 'content-md5': value }).code).toBe('InvalidDigest')
  })

  it('there may be one checksum', () => {
    const headers = { 'content-length': '1', 'x-amz-checksum-crc32': 'AAAAAA==', 'x-amz-checksum-crc32c': 'AAAAAA==' }
    expect(attempt(headers).code).toBe('InvalidRequest')
  })
})

/** A body of so many bytes of which the first come, and what then happens to it. */
function broken(first: number, then: (controller: ReadableByteStreamController) => void): ReadableStream {
  let sent = 0
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (sent >= first) return then(controller)
      const piece = new Uint8Array(Math.min(65_536, first - sent))
      sent += piece.length
      controller.enqueue(piece)
    },
  })
}

const LENGTH = 1_000_000

/** A request whose body is a stream, with the headers that a runtime would have. */
function streaming(body: ReadableStream, headers: Readonly<Record<string, string>>): Request {
  const request = new Request('https://h/', { method: 'PUT', body })
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
  return request
}

async function outcomeOf(request: Request, authentic: Authentic, signal?: AbortSignal, into = bucket) {
  const context = createExecutionContext()
  const key = keyOf()
  const waitUntil = (work: Promise<unknown>) => context.waitUntil(work)
  const outcome = await receiveBody(request, authentic)
    .store(into, key, { allowed: Promise.resolve(), waitUntil, signal })
    .then(
      () => 'stored',
      (reason: unknown) => reason,
    )
  await waitOnExecutionContext(context)
  expect(await bucket.head(key)).toBeNull()
  return outcome
}

const plain = { 'content-length': String(LENGTH) }
const withCrc = { ...plain, 'x-amz-checksum-crc32': 'AAAAAA==' }
const inOneChunk = { 'x-amz-decoded-content-length': String(LENGTH), 'x-amz-trailer': 'x-amz-checksum-crc32' }

describe.each([
  ['by R2 alone', plain, { kind: 'unsigned' }],
  ['by script', withCrc, { kind: 'unsigned' }],
  ['in chunks', inOneChunk, CHUNKED],
] as const)('a body that is looked at %s', (_, headers, payload) => {
  const authentic = said(headers, payload)

  it.each([1, 300_000, LENGTH - 1])('whose client goes away after %i bytes leaves nothing', async first => {
    const body = broken(first, controller => controller.error(new Error('Network connection lost.')))
    expect(await outcomeOf(streaming(body, headers), authentic)).toMatchObject({ code: 'IncompleteBody', status: 400 })
  })

  it('that is shorter than announced leaves nothing', async () => {
    const body = broken(LENGTH - 1, controller => {
      controller.close()
      controller.byobRequest?.respond(0)
    })
    expect(await outcomeOf(streaming(body, headers), authentic)).toMatchObject({ code: 'IncompleteBody', status: 400 })
  })

  it('that is given up leaves nothing, and says why', async () => {
    const stop = new AbortController()
    const why = new S3Error('InvalidRequest', 'It took too long.')
    const body = broken(300_000, controller => {
      stop.abort(why)
      controller.enqueue(new Uint8Array(65_536))
    })
    expect(await outcomeOf(streaming(body, headers), authentic, stop.signal)).toBe(why)
    const never = streaming(
      broken(LENGTH, () => undefined),
      headers,
    )
    expect(await outcomeOf(never, authentic, AbortSignal.abort(why))).toBe(why)
  })

  it('that R2 does not take is to be sent again', async () => {
    const failing = vi.spyOn(bucket, 'put').mockImplementation(async (_key, value) => {
      if (value instanceof ReadableStream) await value.cancel(new Error('put: internal error (10001)'))
      throw new Error('put: We encountered an internal error. Please try again. (10001)')
    })
    const body = broken(LENGTH + 100, () => undefined)
    const outcome = await outcomeOf(streaming(body, headers), authentic)
    failing.mockRestore()
    expect(outcome).toMatchObject({ code: 'ServiceUnavailable', status: 503 })
  })
})

it('is deleted where R2 stored it and its answer was lost', async () => {
  const real = bucket.put.bind(bucket)
  const lost = vi.spyOn(bucket, 'put').mockImplementation(async (...args: Parameters<typeof real>) => {
    await real(...args)
    throw new Error('Network connection lost.')
  })
  const outcome = await outcomeOf(put(noise(1000), { 'content-length': '1000' }), said({}))
  lost.mockRestore()
  expect(outcome).toMatchObject({ code: 'ServiceUnavailable' })
})

describe.each([
  ['by R2 alone', {}],
  ['by script', { 'x-amz-checksum-crc32': '' }],
] as const)('a body that is looked at %s, and may not be stored yet,', (_, declared) => {
  it.each([1000, 700_000])('is not there before it may be, nor where it may not: %i bytes', async length => {
    const body = noise(length)
    const headers = {
      'content-length': String(length),
      ...('x-amz-checksum-crc32' in declared && { 'x-amz-checksum-crc32': crc32(body) }),
    }
    const noRoom = new S3Error('QuotaExceeded', 'There is no room.')
    // In between, or before anything of it was read
    for (const [refused, looks] of [
      [undefined, 10],
      [noRoom, 10],
      [noRoom, 0],
    ] as const) {
      const key = keyOf()
      const context = createExecutionContext()
      const { promise: allowed, resolve, reject } = Promise.withResolvers<void>()
      const waitUntil = (work: Promise<unknown>) => context.waitUntil(work)
      const stored = receiveBody(put(body, headers), said(headers)).store(bucket, key, { allowed, waitUntil })
      // R2 takes no longer for what it has
      for (let look = 0; look < looks; look++) expect(await bucket.head(key)).toBeNull()
      if (refused) reject(refused)
      else resolve()
      const [outcome] = await Promise.allSettled([stored])
      await waitOnExecutionContext(context)
      expect(outcome).toMatchObject(refused ? { reason: refused } : { value: { md5: md5(body) } })
      expect((await bucket.head(key))?.size).toBe(refused ? undefined : length)
    }
  })
})

describe('a document', () => {
  const XML = bytesOf('<Delete><Object><Key>a</Key></Object></Delete>')

  const document = async (message: Message, most = 1000) =>
    readDocument(requestOf({ ...message, method: 'POST' }), await authenticOf({ ...message, method: 'POST' }), most)

  const post = { method: 'POST', body: XML }

  it.each([
    ['its hash signed', () => inHeader(post)],
    ['with MD5', () => inHeader({ ...post, headers: { 'content-md5': base64Hash('md5', XML) } })],
    ['with a checksum', () => inHeader({ ...post, headers: { 'x-amz-checksum-crc32': crc32(XML) } })],
    ['unsigned', () => inHeader(post, 'UNSIGNED-PAYLOAD')],
    ['in chunks', () => inChunks({ pieces: [XML], signed: true }, { method: 'POST' }).message],
  ])('is read whole: %s', async (_, make) => {
    expect(await document(make())).toEqual(XML)
  })

  it('is read without its length', async () => {
    const body = broken(2000, controller => {
      controller.close()
      controller.byobRequest?.respond(0)
    })
    const request = streaming(body, {})
    expect((await readDocument(request, said(), 2000)).length).toBe(2000)
  })

  it('may be empty', async () => {
    expect(await document(inHeader({ method: 'POST' }))).toEqual(new Uint8Array())
    expect(await readDocument(new Request('https://h/'), said(), 10)).toEqual(new Uint8Array())
  })

  it.each([
    ['another hash', () => ({ ...inHeader(post), body: altered(XML) }), 'XAmzContentSHA256Mismatch'],
    [
      'another MD5',
      () => inHeader({ ...post, headers: { 'content-md5': base64Hash('md5', altered(XML)) } }),
      'BadDigest',
    ],
    ['another checksum', () => inHeader({ ...post, headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } }), 'BadDigest'],
  ])('is not read with %s', async (_, make, code) => {
    expect((await refusal(document(make()))).code).toBe(code)
  })

  it('may not be too long, announced or not', async () => {
    expect((await refusal(document(inHeader(post), XML.length - 1))).code).toBe('MaxMessageLengthExceeded')
    const endless = broken(Number.POSITIVE_INFINITY, () => undefined)
    expect((await refusal(readDocument(streaming(endless, {}), said(), 100))).code).toBe('MaxMessageLengthExceeded')
  })
})
