// Parts that go to R2 itself, by links of the S3 door: what a link is good for, what of it counts, and econe-upload, which asks
// for them by itself.
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { limits } from '../../../src/limits.ts'
import { run, scratchFolder } from '../../cli/support.ts'
import { credentials, type Raw, raw } from '../cloud.ts'
import { type Cloud, startCloud } from '../stage.ts'
import { aKey, bucketOf, send as sendElsewhere, type User } from './support.ts'

const MIB = 2 ** 20
const R2 = { accessKeyId: 'r2', secretAccessKey: 'the token of the operator' }

let cloud: Cloud

beforeAll(async () => {
  const worker = inject('worker')
  cloud = await startCloud(
    {},
    origin => ({
      ...{ R2_ENDPOINT: `${origin}/cdn-cgi/local/r2/s3`, R2_BUCKET: 'econe-staging', BUCKET_GIB: '1' },
      ...{ R2_ACCESS_KEY_ID: R2.accessKeyId, R2_SECRET_ACCESS_KEY: R2.secretAccessKey },
    }),
    // Whose paths the R2 of this machine is among
    { worker: { ...worker, r2Buckets: { STAGING: { id: 'econe-staging', s3Credentials: R2 } } }, fronted: true },
  )
})
afterAll(() => cloud.stop())

const Bucket = bucketOf()

const s3 = () =>
  new S3Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(), maxAttempts: 1 })

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('base64')
const hex = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

interface Upload {
  readonly Key: string
  readonly UploadId: string
}

async function create(more: object = {}): Promise<Upload> {
  const Key = aKey()
  const { UploadId = '' } = await s3().send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))
  return { Key, UploadId }
}

/** Sends a document about parts. */
async function post(what: string, { Key, UploadId }: Upload, body: string, user: User = 'helen'): Promise<Raw> {
  const signer = new AwsClient({ ...credentials(user), service: 's3', region: 'us-east-1', retries: 0 })
  const url = `${cloud.endpoint}/${bucketOf(user)}/${Key}?${what}=&uploadId=${UploadId}`
  return raw(await signer.fetch(url, { method: 'POST', body }))
}

const wanted = (
  number: number | string,
  bytes: Uint8Array,
  size: number | string = bytes.length,
  digest = md5(bytes),
) => `<Part><PartNumber>${number}</PartNumber><Size>${size}</Size><ContentMD5>${digest}</ContentMD5></Part>`

const beginning = (upload: Upload, ...parts: string[]) =>
  post('begin-parts', upload, `<BeginParts>${parts.join('')}</BeginParts>`)

const finishing = (upload: Upload, pieces: readonly string[], user?: User) => {
  const parts = pieces.map(piece => `<Part><Piece>${piece}</Piece></Part>`)
  return post('finish-parts', upload, `<FinishParts>${parts.join('')}</FinishParts>`, user)
}

interface Link {
  readonly piece: string
  readonly url: string
  readonly headers: Record<string, string>
}

const text = (xml: string, name: string) =>
  (new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '').replaceAll('&amp;', '&')

function linksIn({ text: xml }: Raw): Link[] {
  return [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
    piece: text(part, 'Piece'),
    url: text(part, 'Url'),
    headers: Object.fromEntries(
      [...part.matchAll(/<Header>(.*?)<\/Header>/gs)].map(([, header = '']) => [
        text(header, 'Name'),
        text(header, 'Value'),
      ]),
    ),
  }))
}

async function linkFor(upload: Upload, number: number, bytes: Uint8Array): Promise<Link> {
  const [link] = linksIn(await beginning(upload, wanted(number, bytes)))
  if (!link) throw new Error('there is no link')
  return link
}

const put = async ({ url, headers }: Link, bytes: Uint8Array): Promise<number> => {
  const response = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(bytes) })
  await response.body?.cancel()
  return response.status
}

const complete = ({ Key, UploadId }: Upload, ...etags: string[]) => {
  const Parts = etags.map((ETag, index) => ({ PartNumber: index + 1, ETag }))
  return s3().send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
}

async function contentOf({ Key }: Upload): Promise<Buffer> {
  const { Body } = await s3().send(new GetObjectCommand({ Bucket, Key }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

const partsOf = async ({ Key, UploadId }: Upload) =>
  (await s3().send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts ?? []

const etagsIn = ({ text: xml }: Raw) =>
  [...xml.matchAll(/<ETag>&quot;(\w+)&quot;<\/ETag>/g)].map(([, etag = '']) => etag)

describe('parts', () => {
  it('go to R2, and become an object', async () => {
    const upload = await create()
    const [first, last] = [randomBytes(5 * MIB), randomBytes(7)]
    const links = linksIn(await beginning(upload, wanted(1, first), wanted(2, last)))
    expect(links).toHaveLength(2)
    expect(await Promise.all([first, last].map((bytes, index) => put(links[index] as Link, bytes)))).toEqual([200, 200])
    expect(await partsOf(upload)).toEqual([])
    const finished = await finishing(
      upload,
      links.map(({ piece }) => piece),
    )
    expect(finished.status).toBe(200)
    const etags = [first, last].map(hex)
    expect(etagsIn(finished)).toEqual(etags)
    expect((await partsOf(upload)).map(({ Size }) => Size)).toEqual([first.length, last.length])
    await complete(upload, ...etags)
    expect(Buffer.compare(await contentOf(upload), Buffer.concat([first, last]))).toBe(0)
  })

  it('may stand beside parts that came by the door, and in place of others', async () => {
    const upload = await create()
    const [old, first, last] = [randomBytes(9), randomBytes(5 * MIB), randomBytes(10)]
    for (const content of [old, first]) {
      const link = await linkFor(upload, 1, content)
      await put(link, content)
      await finishing(upload, [link.piece])
    }
    const { ETag = '' } = await s3().send(new UploadPartCommand({ Bucket, ...upload, PartNumber: 2, Body: last }))
    await complete(upload, hex(first), ETag)
    expect(Buffer.compare(await contentOf(upload), Buffer.concat([first, last]))).toBe(0)
  })
})

describe('a link', () => {
  const bytes = Buffer.from('what was announced')

  it('takes these bytes, and no others', async () => {
    const link = await linkFor(await create(), 1, bytes)
    const other = Buffer.from('what was announceD')
    expect(await put(link, other)).toBe(400)
    expect(await put(link, Buffer.concat([bytes, bytes]))).toBe(403)
    expect(await put({ ...link, headers: { ...link.headers, 'content-md5': md5(other) } }, other)).toBe(403)
    expect(await put({ ...link, url: link.url.replace(link.piece, `${link.piece.slice(0, -1)}x`) }, bytes)).toBe(403)
    expect(await put(link, bytes)).toBe(200)
  })

  it('takes them once: what counts cannot be replaced', async () => {
    const upload = await create()
    const link = await linkFor(upload, 1, bytes)
    expect(await put(link, bytes)).toBe(200)
    expect(await put(link, bytes)).toBe(412)
    const [etag = ''] = etagsIn(await finishing(upload, [link.piece]))
    expect(await put(link, bytes)).toBe(412)
    const { 'if-none-match': _, ...headers } = link.headers
    expect(await put({ ...link, headers }, bytes)).toBe(403)
    await complete(upload, etag)
    expect(Buffer.compare(await contentOf(upload), bytes)).toBe(0)
  })

  it('is good for a short time', async () => {
    const { url } = await linkFor(await create(), 1, bytes)
    expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(900)
  })
})

describe('what is finished', () => {
  const bytes = randomBytes(100)

  it('has to be there', async () => {
    const upload = await create()
    const { piece } = await linkFor(upload, 1, bytes)
    expect(await finishing(upload, [piece])).toMatchObject({ status: 400, code: 'InvalidPart' })
    expect(await finishing(upload, ['objects/000000000002/../x'])).toMatchObject({ code: 'InvalidPart' })
    expect(await partsOf(upload)).toEqual([])
  })

  it('has to be one’s own', async () => {
    const upload = await create()
    const link = await linkFor(upload, 1, bytes)
    await put(link, bytes)
    expect(await finishing(upload, [link.piece], 'rival')).toMatchObject({ status: 400, code: 'InvalidPart' })
    expect((await finishing(upload, [link.piece])).status).toBe(200)
  })

  it('has to be of the upload that is named', async () => {
    const [upload, other] = [await create(), await create()]
    const link = await linkFor(upload, 1, bytes)
    await put(link, bytes)
    expect(await finishing(other, [link.piece])).toMatchObject({ status: 404, code: 'NoSuchUpload' })
    expect([await partsOf(upload), await partsOf(other)]).toEqual([[], []])
  })

  it('is finished once', async () => {
    const upload = await create()
    const link = await linkFor(upload, 1, bytes)
    await put(link, bytes)
    const [etag = ''] = etagsIn(await finishing(upload, [link.piece]))
    expect((await finishing(upload, [link.piece])).code).toBe('RequestTimeout')
    await complete(upload, etag)
    expect(Buffer.compare(await contentOf(upload), bytes)).toBe(0)
  })
})

describe('what is refused', () => {
  const bytes = randomBytes(10)
  const many = Array.from({ length: 21 }, (_, index) => wanted(index + 1, bytes))

  it.each<[string, string[], string]>([
    ['no part', [], 'MalformedXML'],
    ['too many parts', many, 'MalformedXML'],
    ['a number that none has', [wanted(10_001, bytes)], 'InvalidArgument'],
    ['a size that is none', [wanted(1, bytes, '-1')], 'InvalidArgument'],
    ['no size', [wanted(1, bytes, '')], 'MalformedXML'],
    ['a digest that is none', [wanted(1, bytes, 10, 'AAAA')], 'InvalidDigest'],
    ['another element', ['<Part><Key>a</Key></Part>'], 'MalformedXML'],
    ['more than R2 takes', [wanted(1, bytes, limits.s3Piece.most + 1)], 'EntityTooLarge'],
    ['more than the account may have', [wanted(1, bytes, 2 ** 30 + 1)], 'QuotaExceeded'],
    ['more than the account may have, in several', [1, 2].map(at => wanted(at, bytes, 600 * MIB)), 'QuotaExceeded'],
  ])('%s: %s', async (_, parts, code) => {
    expect((await beginning(await create(), ...parts)).code).toBe(code)
  })

  it('reserves nothing', async () => {
    const upload = await create()
    const part = wanted(1, bytes, 600 * MIB)
    expect((await beginning(upload, part, wanted(2, bytes, 600 * MIB))).code).toBe('QuotaExceeded')
    expect((await beginning(upload, part)).status).toBe(200)
  })

  it('is an upload that there is not, or whose parts have checksums', async () => {
    expect((await beginning({ Key: aKey(), UploadId: 'none' }, wanted(1, bytes))).code).toBe('NoSuchUpload')
    const upload = await create({ ChecksumAlgorithm: 'CRC32' })
    expect(await beginning(upload, wanted(1, bytes))).toMatchObject({ status: 501, code: 'NotImplemented' })
  })

  it('is everything where the operator gave no way', async () => {
    const path = `/${Bucket}/${aKey()}?begin-parts=&uploadId=none`
    const body = `<BeginParts>${wanted(1, bytes)}</BeginParts>`
    expect((await raw(await sendElsewhere(path, { method: 'POST', body }))).code).toBe('NotImplemented')
  })
})

describe('econe-upload', () => {
  const folder = scratchFolder()

  it('sends parts past the Worker', async () => {
    const content = randomBytes(17 * MIB)
    const path = join(folder, 'direct.img')
    writeFileSync(path, content)
    cloud.harness.clearLogs()
    const { accessKeyId, secretAccessKey } = credentials()
    const env = { EC2_URL: cloud.endpoint, EC2_ACCESS_KEY: accessKeyId, EC2_SECRET_KEY: secretAccessKey }
    const { status, stdout, stderr } = await run('econe-upload', ['--no-register', path], env)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [, Key = ''] = /images_\d{12}\/(\S+)/.exec(stdout) ?? []
    expect(Buffer.compare(await contentOf({ Key, UploadId: '' }), content)).toBe(0)
    const actions = cloud.harness.getLogs().map(({ message }) => /"action":"([^"]+)"/.exec(message)?.[1])
    expect(actions.filter(action => action === 's3:FinishParts')).toHaveLength(3)
    expect(actions).not.toContain('s3:UploadPart')
  })
})
