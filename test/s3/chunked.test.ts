// aws-chunked: AWS's own examples, every place where a chunk may be cut, and whatever is not of its form.
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { ChunkedContent, type Chunking } from '../../src/s3/chunked.ts'
import { S3Error } from '../../src/s3/errors.ts'
import { authenticOf } from './door.ts'
import { bytesOf, concat, inHeader, type Message, noise, piecesOf, seedOf } from './support.ts'

/** A body that arrives in pieces. */
function bodyOf(...pieces: readonly Uint8Array[]): ReadableStream {
  const left = [...pieces]
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const piece = left.shift()
      if (piece) controller.enqueue(piece.slice())
      else {
        controller.close()
        controller.byobRequest?.respond(0)
      }
    },
  })
}

interface Decoded {
  readonly data: Uint8Array
  readonly trailers: Readonly<Record<string, string>>
}

async function decode(body: ReadableStream, chunking: Chunking): Promise<Decoded> {
  const content = new ChunkedContent(body, chunking)
  const data: Uint8Array[] = []
  for (let bytes = await content.next(); bytes; bytes = await content.next()) data.push(bytes.slice())
  return { data: concat(...data), trailers: Object.fromEntries(content.trailers) }
}

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => 'accepted',
    (reason: unknown) => reason,
  )
  if (!(error instanceof S3Error)) throw new Error('not refused', { cause: error })
  return error.code
}

const A_66560 = new Uint8Array(66_560).fill(97)

/** The request of AWS's examples: 65 KiB of the letter a, in a chunk of 64 and one of 1 KiB. */
const example = (headers: Readonly<Record<string, string>>, payload: string): Message =>
  inHeader(
    {
      path: '/examplebucket/chunkObject.txt',
      headers: {
        host: 's3.amazonaws.com',
        'content-encoding': 'aws-chunked',
        'x-amz-decoded-content-length': '66560',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        ...headers,
      },
    },
    payload,
  )

describe("AWS's example", () => {
  it('of chunks', async () => {
    const message = example({ 'content-length': '66824' }, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
    expect(seedOf(message)).toBe('4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9')
    const { signatures } = await authenticOf(message)
    const body = concat(
      '10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n',
      A_66560.subarray(0, 65_536),
      '\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n',
      A_66560.subarray(65_536),
      '\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n',
    )
    expect(body.length).toBe(66_824)
    const { data } = await decode(bodyOf(body), { length: 66_560, signatures, trailers: false })
    expect(data).toEqual(A_66560)
  })

  it('of chunks with a trailer', async () => {
    const message = example({ 'x-amz-trailer': 'x-amz-checksum-crc32c' }, 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER')
    const { 'content-length': _, ...headers } = message.headers
    const authorization = (headers['authorization'] ?? '')
      .replace(
        /SignedHeaders=[^,]+/,
        'SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
      )
      .replace(/Signature=\w+/, 'Signature=106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e')
    const { signatures } = await authenticOf({ ...message, headers: { ...headers, authorization } })
    const body = concat(
      '10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n',
      A_66560.subarray(0, 65_536),
      '\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n',
      A_66560.subarray(65_536),
      '\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n',
      'x-amz-checksum-crc32c:sOO8/Q==\n\r\n',
      'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
    )
    const chunking = { length: 66_560, signatures, trailers: true, trailer: 'x-amz-checksum-crc32c' }
    const { data, trailers } = await decode(bodyOf(body), chunking)
    expect(data).toEqual(A_66560)
    expect(trailers).toEqual({ 'x-amz-checksum-crc32c': 'sOO8/Q==' })
  })
})

const TRAILER = 'x-amz-checksum-crc32'
const unsigned = (length: number, trailer?: string): Chunking => ({ length, trailers: true, trailer })

describe('a body in chunks', () => {
  it('is the same wherever it is cut', async () => {
    const data = noise(8192 + 5)
    const body = concat(
      '2000\r\n',
      data.subarray(0, 8192),
      '\r\n5\r\n',
      data.subarray(8192),
      `\r\n0\r\n${TRAILER}:AAAAAA==\r\n\r\n`,
    )
    for (const cut of [0, 1, 4, 5, 6, 7, 8197, 8198, 8199, 8200, 8201, body.length - 2, body.length - 1, body.length]) {
      const decoded = await decode(
        bodyOf(...[body.subarray(0, cut), body.subarray(cut)].filter(piece => piece.length > 0)),
        unsigned(data.length, TRAILER),
      )
      expect(decoded, `cut at ${cut}`).toEqual({ data, trailers: { [TRAILER]: 'AAAAAA==' } })
    }
  })

  it('may have chunks of many windows, and many chunks in one', async () => {
    const data = noise(3 * 2 ** 20 + 17)
    for (const size of [8192, 65_536, 2 ** 20 - 7, 2 ** 20, 2 ** 20 + 1, data.length]) {
      const chunks = piecesOf(data, size).flatMap(piece => [`${piece.length.toString(16)}\r\n`, piece, '\r\n'])
      const body = concat(...chunks, '0\r\n\r\n')
      const decoded = await decode(bodyOf(...piecesOf(body, 100_003)), unsigned(data.length))
      expect(Buffer.compare(decoded.data, data), `chunks of ${size}`).toBe(0)
    }
  })

  it.each([
    ['nothing', '0\r\n\r\n'],
    ['lengths in capitals', 'A\r\n0123456789\r\n0\r\n\r\n'],
    ['lengths with zeros in front', '000a\r\n0123456789\r\n000\r\n\r\n'],
  ])('may have %s', async (_, text) => {
    const expected = text.includes('0123456789') ? '0123456789' : ''
    const { data } = await decode(bodyOf(bytesOf(text)), unsigned(expected.length))
    expect(data).toEqual(bytesOf(expected))
  })

  it.each([
    ['as most clients do', `${TRAILER}:AAAAAA==\r\n\r\n`],
    ['as minio does', `${TRAILER}:AAAAAA==\n\r\n\r\n`],
    ['in other letters, with spaces', `X-Amz-Checksum-CRC32: AAAAAA==\r\n\r\n`],
  ])('may end in a trailer %s', async (_, end) => {
    const { trailers } = await decode(bodyOf(bytesOf(`1\r\nx\r\n0\r\n${end}`)), unsigned(1, TRAILER))
    expect(trailers).toEqual({ [TRAILER]: 'AAAAAA==' })
  })

  it.each([
    ['nothing at all', '', 'IncompleteBody'],
    ['no last chunk', '1\r\nx\r\n', 'IncompleteBody'],
    ['an end in a chunk', '5\r\nx', 'IncompleteBody'],
    ['an end in a header', '1', 'IncompleteBody'],
    ['an end behind the last chunk', '1\r\nx\r\n0\r\n', 'MalformedTrailerError'],
    ['half an end', '1\r\nx\r\n0\r\n\r', 'MalformedTrailerError'],
    ['no length', '\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a length that is none', 'g\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a negative length', '-1\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a length with a space', ' 1\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a length beyond all', `${'f'.repeat(13)}\r\nx\r\n0\r\n\r\n`, 'IncompleteBody'],
    ['a header without end', `${'0'.repeat(300)}1\r\nx\r\n0\r\n\r\n`, 'IncompleteBody'],
    ['a line feed alone behind the length', '1\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a chunk longer than it says', '1\r\nxy\r\n0\r\n\r\n', 'IncompleteBody'],
    ['a chunk shorter than it says', '2\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    ['more than announced', '2\r\nxy\r\n0\r\n\r\n', 'IncompleteBody'],
    ['less than announced', '0\r\n\r\n', 'IncompleteBody'],
    ['a signature that nobody asked for', `1;chunk-signature=${'0'.repeat(64)}\r\nx\r\n0\r\n\r\n`, 'IncompleteBody'],
    ['an extension', '1;a=b\r\nx\r\n0\r\n\r\n', 'IncompleteBody'],
    ['bytes behind the end', '1\r\nx\r\n0\r\n\r\nx', 'MalformedTrailerError'],
    ['an empty line behind the end', '1\r\nx\r\n0\r\n\r\n\r\n', 'MalformedTrailerError'],
    ['another body behind the end', '1\r\nx\r\n0\r\n\r\n1\r\ny\r\n0\r\n\r\n', 'MalformedTrailerError'],
    ['a trailer that was not announced', `1\r\nx\r\n0\r\n${TRAILER}:AAAAAA==\r\n\r\n`, 'MalformedTrailerError'],
    ['a trailer without colon', '1\r\nx\r\n0\r\nx\r\n\r\n', 'MalformedTrailerError'],
    ['much behind the end', `1\r\nx\r\n0\r\n${'x'.repeat(limits.s3Trailers.most)}\r\n\r\n`, 'MalformedTrailerError'],
  ])('may not have %s', async (_, text, code) => {
    expect(await codeOf(decode(bodyOf(bytesOf(text)), unsigned(1)))).toBe(code)
  })

  it.each([
    ['none of those that were announced', '\r\n'],
    ['one twice', `${TRAILER}:AAAAAA==\r\n${TRAILER}:AAAAAA==\r\n\r\n`],
    ['another one', 'x-amz-checksum-sha1:AAAAAA==\r\n\r\n'],
    ['another one besides', `${TRAILER}:AAAAAA==\r\nx-amz-meta-a:b\r\n\r\n`],
    ['a signature where none are', `${TRAILER}:AAAAAA==\r\nx-amz-trailer-signature:${'0'.repeat(64)}\r\n\r\n`],
  ])('may not have trailers: %s', async (_, end) => {
    const attempt = decode(bodyOf(bytesOf(`1\r\nx\r\n0\r\n${end}`)), unsigned(1, TRAILER))
    expect(await codeOf(attempt)).toBe('MalformedTrailerError')
  })

  it('may not have small chunks before the last', async () => {
    const small = '1fff\r\n'.concat('x'.repeat(8191), '\r\n1\r\nx\r\n0\r\n\r\n')
    expect(await codeOf(decode(bodyOf(bytesOf(small)), unsigned(8192)))).toBe('InvalidChunkSizeError')
  })

  it('is refused as soon as more is announced than may come, before it is read', async () => {
    let pulled = 0
    const endless = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        controller.enqueue(pulled++ === 0 ? bytesOf('ffffff\r\n') : new Uint8Array(65_536))
      },
    })
    expect(await codeOf(decode(endless, unsigned(100)))).toBe('IncompleteBody')
    expect(pulled).toBeLessThan(5)
  })

  it('fails with its stream', async () => {
    const failing = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        controller.error(new Error('the client went away'))
      },
    })
    expect(await codeOf(decode(failing, unsigned(100)))).toBe('IncompleteBody')
  })
})
