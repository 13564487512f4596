// Objects of the S3 door by AWS's SDK with its defaults: put, read, listed, copied and deleted.
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { endpoint } from '../cloud.ts'
import { aKey, bucketOf, link, refusal, s3, send, someBytes } from './support.ts'

const client = s3()
const Bucket = bucketOf()

const put = (Key: string, Body: PutObjectCommandInput['Body'] = '', more: Partial<PutObjectCommandInput> = {}) =>
  client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))

const get = (Key: string, more: object = {}) => client.send(new GetObjectCommand({ Bucket, Key, ...more }))

const bytesOf = async (Key: string, more: object = {}) => (await get(Key, more)).Body?.transformToByteArray()

const textOf = async (Key: string, more: object = {}) => (await get(Key, more)).Body?.transformToString()

describe('an object', () => {
  it.each(['', 'x', someBytes(300_000)])('comes back as it went (%#)', async Body => {
    const Key = aKey()
    const { ETag } = await put(Key, Body)
    const { ContentLength, ETag: found, LastModified, ...answer } = await get(Key)
    const bytes = typeof Body === 'string' ? new TextEncoder().encode(Body) : Body
    expect(await answer.Body?.transformToByteArray()).toEqual(bytes)
    expect({ ContentLength, found }).toEqual({ ContentLength: bytes.length, found: ETag })
    expect(Math.abs(Date.now() - (LastModified?.getTime() ?? 0))).toBeLessThan(60_000)
    expect(answer).toMatchObject({ AcceptRanges: 'bytes', ServerSideEncryption: 'AES256' })
    expect(answer.ContentType).toMatch(/octet-stream/)
    expect(answer.VersionId).toBeUndefined()
  })

  it('comes as a stream whose checksum follows', async () => {
    const [Key, bytes] = [aKey(), someBytes(200_000)]
    await put(Key, Readable.from([bytes.slice(0, 77_777), bytes.slice(77_777)]), { ContentLength: bytes.length })
    expect(await bytesOf(Key)).toEqual(bytes)
  })

  it('keeps its headers and its metadata', async () => {
    const Key = aKey('.txt')
    const headers = {
      ...{ ContentType: 'text/plain', CacheControl: 'max-age=5', ContentDisposition: 'attachment; filename="a b"' },
      ...{ ContentLanguage: 'de', ContentEncoding: 'identity', ExpiresString: 'Thu, 01 Jan 2026 00:00:00 GMT' },
      Metadata: { one: '1', 'two-2': 'a  b' },
    }
    await put(Key, 'x', { ...headers, Expires: new Date('2026-01-01') })
    expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(headers)
    const overridden = await get(Key, { ResponseContentType: 'image/png', ResponseCacheControl: 'no-cache' })
    expect(overridden).toMatchObject({ ContentType: 'image/png', CacheControl: 'no-cache', ContentLanguage: 'de' })
  })

  it('that is packed is not unpacked on the way, or packed again', async () => {
    const [Key, packed] = [aKey('.gz'), gzipSync('x'.repeat(5000))]
    await put(Key, packed, { ContentEncoding: 'gzip', ContentType: 'text/plain' })
    const answer = await get(Key)
    expect(answer).toMatchObject({ ContentEncoding: 'gzip', ContentLength: packed.length })
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? [])).toEqual(packed)
    expect(await bytesOf(Key, { Range: 'bytes=1-2' })).toEqual(new Uint8Array(packed.subarray(1, 3)))
  })

  it('is no page of this host', async () => {
    const Key = aKey('.html')
    await put(Key, '<script>alert(1)</script>', { ContentType: 'text/html' })
    const { headers } = await fetch(await link(`/${Bucket}/${Key}`))
    expect(headers.get('content-security-policy')).toContain('sandbox')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)('has the checksum %s', async algorithm => {
    const Key = aKey()
    const made = await put(Key, 'checked', { ChecksumAlgorithm: algorithm })
    const name = `Checksum${algorithm}` as const
    expect(made[name]).toMatch(/=$/)
    const read = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    expect(read).toMatchObject({ [name]: made[name], ChecksumType: 'FULL_OBJECT' })
    const wanted = { ObjectAttributes: ['Checksum', 'ETag', 'ObjectSize', 'StorageClass'] as const }
    const found = await client.send(
      new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: [...wanted.ObjectAttributes] }),
    )
    expect(found).toMatchObject({
      ...{ ETag: made.ETag?.replaceAll('"', ''), ObjectSize: 7, StorageClass: 'STANDARD' },
      Checksum: { [name]: made[name], ChecksumType: 'FULL_OBJECT' },
    })
  })

  it('is not what does not arrive as it was sent', async () => {
    const Key = aKey()
    expect(await refusal(put(Key, 'x', { ContentMD5: 'rL0Y20zC+Fzt72VPzMSk2A==' }))).toBe('BadDigest 400')
    expect(await refusal(put(Key, 'x', { ChecksumCRC32: 'AAAAAA==' }))).toBe('BadDigest 400')
    expect(await refusal(get(Key))).toBe('NoSuchKey 404')
  })

  it('is read in part', async () => {
    const Key = aKey()
    await put(Key, '0123456789')
    expect(await textOf(Key, { Range: 'bytes=2-4' })).toBe('234')
    expect(await textOf(Key, { Range: 'bytes=-3' })).toBe('789')
    expect(await get(Key, { Range: 'bytes=8-20' })).toMatchObject({
      ...{ ContentRange: 'bytes 8-9/10', ContentLength: 2, $metadata: { httpStatusCode: 206 } },
    })
    expect(await get(Key, { PartNumber: 1 })).toMatchObject({ ContentRange: 'bytes 0-9/10' })
    expect(await refusal(get(Key, { PartNumber: 2 }))).toBe('InvalidPartNumber 416')
    expect(await refusal(get(Key, { Range: 'bytes=10-' }))).toBe('InvalidRange 416')
    const head = await send(`/${Bucket}/${Key}`, { method: 'HEAD', headers: { range: 'bytes=1-2' } })
    expect([head.status, head.headers.get('content-length')]).toEqual([206, '2'])
  })

  it('is read on conditions', async () => {
    const Key = aKey()
    const { ETag } = await put(Key, 'x')
    expect(await textOf(Key, { IfMatch: ETag })).toBe('x')
    expect(await refusal(get(Key, { IfMatch: '"other"' }))).toBe('PreconditionFailed 412')
    const same = await send(`/${Bucket}/${Key}`, { headers: { 'if-none-match': ETag ?? '' } })
    expect([same.status, same.headers.get('etag'), await same.text()]).toEqual([304, ETag, ''])
    const since = { headers: { 'if-modified-since': new Date(Date.now() + 1000).toUTCString() } }
    expect((await send(`/${Bucket}/${Key}`, since)).status).toBe(304)
  })

  it('is written on conditions', async () => {
    const Key = aKey()
    expect(await refusal(put(Key, '0', { IfMatch: '"other"' }))).toBe('NoSuchKey 404')
    const { ETag } = await put(Key, '1', { IfNoneMatch: '*' })
    expect(await refusal(put(Key, '2', { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412')
    expect(await refusal(put(Key, '3', { IfMatch: '"other"' }))).toBe('PreconditionFailed 412')
    expect(await textOf(Key)).toBe('1')
    await put(Key, '4', { IfMatch: ETag })
    expect(await textOf(Key)).toBe('4')
    expect(await refusal(put(Key, '5', { IfNoneMatch: '"x"' }))).toBe('NotImplemented 501')
  })

  it('is made by one of eight that want to be the first', async () => {
    const Key = aKey()
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, writer) => refusal(put(Key, `by ${writer}`, { IfNoneMatch: '*' }))),
    )
    const winner = outcomes.indexOf('none')
    expect(outcomes.toSpliced(winner, 1)).toEqual(Array.from({ length: 7 }, () => 'PreconditionFailed 412'))
    expect(await textOf(Key)).toBe(`by ${winner}`)
  })

  it('is deleted, whether it is there or not', async () => {
    const Key = aKey()
    await put(Key, 'x')
    for (const _ of [1, 2]) {
      expect(await client.send(new DeleteObjectCommand({ Bucket, Key }))).toMatchObject({
        $metadata: { httpStatusCode: 204 },
      })
    }
    expect(await refusal(get(Key))).toBe('NoSuchKey 404')
    expect(await refusal(client.send(new HeadObjectCommand({ Bucket, Key })))).toBe('NotFound 404')
  })

  it.each(['a b', 'a+b', 'a//b', '/a', 'a/', 'ü€😀', '%41%2F', "!'()*~&=?#", '<&>"', ' ', '...', 'a\\b'])(
    'may be called "%s"',
    async name => {
      const Key = aKey(`/${name}`)
      await put(Key, name)
      expect(await textOf(Key)).toBe(name)
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }))
      expect(Contents?.map(({ Key }) => Key)).toEqual([Key])
      await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }))
      expect(await refusal(get(Key))).toBe('NoSuchKey 404')
    },
  )

  it('is not called what would be lost on the way', async () => {
    const Delete = { Objects: [{ Key: 'a/../b' }, { Key: aKey() }] }
    const { Errors, Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }))
    expect(Errors).toMatchObject([{ Key: 'a/../b', Code: 'InvalidArgument' }])
    expect(Deleted).toHaveLength(1)
    const CopySource = `${Bucket}/a/./b`
    const copy = client.send(new CopyObjectCommand({ Bucket, Key: aKey(), CopySource }))
    expect(await refusal(copy)).toBe('InvalidArgument 400')
    expect(await refusal(put('é'.repeat(513)))).toBe('KeyTooLongError 400')
  })

  it('has bounded metadata', async () => {
    expect(await refusal(put(aKey(), '', { Metadata: { a: 'x'.repeat(2048) } }))).toBe('MetadataTooLarge 400')
  })
})

describe('a list', () => {
  const prefix = `${aKey()}/`
  const names = ['a', 'b/1', 'b/2', 'b/c/3', 'd', 'e f', 'g+h', 'ü']
  const keys = names.map(name => prefix + name)

  it('has what there is, page by page', async () => {
    await Promise.all(keys.map(key => put(key, key)))
    const found: (string | undefined)[] = []
    const pages = paginateListObjectsV2({ client, pageSize: 3 }, { Bucket, Prefix: prefix })
    for await (const { Contents = [], KeyCount } of pages) {
      expect(KeyCount).toBe(Contents.length)
      found.push(...Contents.map(({ Key }) => Key))
    }
    expect(found).toEqual(keys)
  })

  it('gathers keys by a delimiter, in either version', async () => {
    const question = { Bucket, Prefix: prefix, Delimiter: '/' }
    const second = await client.send(new ListObjectsV2Command({ ...question, FetchOwner: true }))
    const first = await client.send(new ListObjectsCommand(question))
    for (const { CommonPrefixes, Contents, IsTruncated } of [first, second]) {
      expect(CommonPrefixes).toEqual([{ Prefix: `${prefix}b/` }])
      expect(Contents?.map(({ Key }) => Key?.slice(prefix.length))).toEqual(['a', 'd', 'e f', 'g+h', 'ü'])
      expect(Contents?.[0]).toMatchObject({ StorageClass: 'STANDARD', Owner: { DisplayName: 'helen' } })
      expect(IsTruncated).toBe(false)
    }
  })

  it('of version 1 goes on behind its marker, and not into what it gathered', async () => {
    const question = { Bucket, Prefix: prefix, Delimiter: '/', MaxKeys: 2 }
    const first = await client.send(new ListObjectsCommand(question))
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: `${prefix}b/` })
    const { Contents } = await client.send(new ListObjectsCommand({ ...question, Marker: first.NextMarker }))
    expect(Contents?.map(({ Key }) => Key)).toEqual([`${prefix}d`, `${prefix}e f`])
  })

  it('begins behind a key, and has keys encoded where that is asked for', async () => {
    const question = { Bucket, Prefix: prefix, StartAfter: `${prefix}d`, EncodingType: 'url' as const }
    const { Contents, EncodingType, Prefix } = await client.send(new ListObjectsV2Command(question))
    expect(Contents?.map(({ Key }) => Key?.slice(prefix.length))).toEqual(['e%20f', 'g%2Bh', '%C3%BC'])
    expect({ EncodingType, Prefix }).toEqual({ EncodingType: 'url', Prefix: prefix })
  })

  it('may be of nothing', async () => {
    const none = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: 0 }))
    expect(none).toMatchObject({ KeyCount: 0, IsTruncated: false, MaxKeys: 0 })
    expect(await refusal(client.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'x' })))).toBe(
      'InvalidArgument 400',
    )
  })

  it('of versions has one of each', async () => {
    const { Versions } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: `${prefix}b/` }))
    expect(Versions).toMatchObject(
      ['b/1', 'b/2', 'b/c/3'].map(name => ({ Key: prefix + name, VersionId: 'null', IsLatest: true })),
    )
  })

  it('holds keys that XML cannot', async () => {
    const Key = `${prefix}z\u0001`
    await put(Key)
    const question = { Bucket, Prefix: `${prefix}z` }
    const plain = await client.send(new ListObjectsV2Command(question))
    expect(plain.Contents?.[0]?.Key).toBe(`${prefix}z\ufffd`)
    const encoded = await client.send(new ListObjectsV2Command({ ...question, EncodingType: 'url' }))
    expect(encoded.Contents?.[0]?.Key).toBe(`${prefix}z%01`)
  })
})

describe('a copy', () => {
  it('is another name for the same', async () => {
    const [Key, other] = [aKey(' ü'), aKey()]
    const { ETag } = await put(Key, 'x', { ContentType: 'text/plain', Metadata: { a: 'b' } })
    const CopySource = `/${Bucket}/${encodeURIComponent(Key)}`
    const { CopyObjectResult } = await client.send(new CopyObjectCommand({ Bucket, Key: other, CopySource }))
    expect(CopyObjectResult?.ETag).toBe(ETag)
    await client.send(new DeleteObjectCommand({ Bucket, Key }))
    expect(await get(other)).toMatchObject({ ContentType: 'text/plain', Metadata: { a: 'b' }, ETag })
    expect(await textOf(other)).toBe('x')
  })

  it('is made by a link, which has its headers in the query', async () => {
    const [Key, other] = [aKey(' ü'), aKey()]
    const { ETag } = await put(Key, 'x', { ContentType: 'text/plain' })
    const source = encodeURIComponent(`/${Bucket}/${encodeURIComponent(Key)}`)
    const to = await link(`/${Bucket}/${other}?x-amz-copy-source=${source}`, 'PUT')
    const copied = await fetch(to, { method: 'PUT' })
    expect([copied.status, await copied.text()]).toEqual([200, expect.stringContaining('<CopyObjectResult') as string])
    expect(await get(other)).toMatchObject({ ContentType: 'text/plain', ETag })
    expect((await fetch(to.replace(source, `${source}x`), { method: 'PUT' })).status).toBe(403)
  })

  it('may have other headers, and only so be onto itself', async () => {
    const Key = aKey()
    await put(Key, 'x', { Metadata: { a: 'b' } })
    const copy = { Bucket, Key, CopySource: `${Bucket}/${Key}` }
    expect(await refusal(client.send(new CopyObjectCommand(copy)))).toBe('InvalidRequest 400')
    await client.send(new CopyObjectCommand({ ...copy, MetadataDirective: 'REPLACE', Metadata: { c: 'd' } }))
    expect((await get(Key)).Metadata).toEqual({ c: 'd' })
  })

  it('is made on conditions', async () => {
    const Key = aKey()
    const { ETag } = await put(Key, 'x')
    const copy = { Bucket, Key: aKey(), CopySource: `${Bucket}/${Key}` }
    const outcome = (more: object) => refusal(client.send(new CopyObjectCommand({ ...copy, ...more })))
    expect(await outcome({ CopySourceIfMatch: '"other"' })).toBe('PreconditionFailed 412')
    expect(await outcome({ CopySourceIfNoneMatch: ETag })).toBe('PreconditionFailed 412')
    expect(await outcome({ CopySourceIfMatch: ETag, IfNoneMatch: '*' })).toBe('none')
    expect(await outcome({ IfNoneMatch: '*' })).toBe('PreconditionFailed 412')
    expect(await outcome({ CopySource: `${Bucket}/${aKey()}` })).toBe('NoSuchKey 404')
  })
})

describe('links', () => {
  it('are for reading and for writing', async () => {
    const path = `/${Bucket}/${aKey()}`
    const uploaded = await fetch(await link(path, 'PUT'), { method: 'PUT', body: 'by a link' })
    expect(uploaded.status).toBe(200)
    const read = await fetch(await link(`${path}?response-content-type=text%2Fplain`))
    expect([read.status, read.headers.get('content-type'), await read.text()]).toEqual([200, 'text/plain', 'by a link'])
    const other = await fetch(await link(path), { method: 'PUT', body: 'x' })
    expect(other.status).toBe(403)
  })

  it('have headers in their query, which make no others', async () => {
    const path = `/${Bucket}/${aKey()}`
    const query = '?x-amz-meta-a=1%0D%0Aset-cookie:%20x&x-amz-meta-b=%C3%BC'
    expect((await fetch(await link(path + query, 'PUT'), { method: 'PUT', body: 'x' })).status).toBe(200)
    const { headers } = await fetch(await link(`${path}?response-content-disposition=a%0Ab`))
    expect(headers.get('set-cookie')).toBeNull()
    expect(headers.get('x-amz-meta-b')).toBe('=?UTF-8?B?w7w=?=')
    expect(headers.get('content-disposition')).toBe('=?UTF-8?B?YQpi?=')
    const named = await fetch(await link(`${path}?x-amz-meta-a%0D%0Ab=1`, 'PUT'), { method: 'PUT', body: 'x' })
    expect([named.status, await named.text()]).toEqual([400, expect.stringContaining('<Code>InvalidArgument</Code>')])
    const acl = await fetch(await link(`${path}?x-amz-acl=public-read`, 'PUT'), { method: 'PUT', body: 'x' })
    expect([acl.status, await acl.text()]).toEqual([400, expect.stringContaining('AccessControlListNotSupported')])
  })

  it('are needed', async () => {
    const response = await fetch(`${endpoint}/${Bucket}/${aKey()}`)
    expect([response.status, await response.text()]).toEqual([
      403,
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ])
  })
})
