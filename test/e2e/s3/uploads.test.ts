// Multipart uploads of the S3 door: by AWS's uploader with its defaults, and by parts that R2's own would not take.
import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ObjectAttributes,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { describe, expect, it } from 'vitest'
import { aKey, bucketOf, refusal, s3, someBytes } from './support.ts'

const MIB = 2 ** 20

const client = s3()
const Bucket = bucketOf()

const bytesOf = async (Key: string, more: object = {}) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return Buffer.from((await Body?.transformToByteArray()) ?? [])
}

/** Buffers compare by themselves: to print where megabytes differ takes minutes. */
const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0

async function begin(Key = aKey()) {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
  const upload = { Bucket, Key, UploadId }
  return {
    Key,
    upload,
    put: async (PartNumber: number, Body: Uint8Array): Promise<CompletedPart> => {
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }))
      return { PartNumber, ETag }
    },
    complete: (Parts: CompletedPart[], more: object = {}) =>
      client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more })),
  }
}

it('of which a part is read, by its number or its bytes, has the checksum of the part', async () => {
  const Key = aKey()
  const algorithm = { ChecksumAlgorithm: 'CRC32' } as const
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...algorithm }))
  const bodies = [someBytes(5 * MIB), someBytes(1000)]
  const Parts: CompletedPart[] = []
  for (const [index, Body] of bodies.entries()) {
    const named = { Bucket, Key, UploadId, PartNumber: index + 1 }
    const { ETag, ChecksumCRC32 } = await client.send(new UploadPartCommand({ ...named, Body, ...algorithm }))
    Parts.push({ PartNumber: index + 1, ETag, ChecksumCRC32 })
  }
  const whole = await client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
  )
  for (const { PartNumber, ChecksumCRC32 } of Parts) {
    const part = { Bucket, Key, PartNumber, ChecksumMode: 'ENABLED' } as const
    const said = { ChecksumCRC32, ChecksumType: 'COMPOSITE', PartsCount: 2 }
    expect(await client.send(new HeadObjectCommand(part))).toMatchObject(said)
    // The SDK holds it against the bytes
    const { Body, ...answer } = await client.send(new GetObjectCommand(part))
    expect(answer).toMatchObject(said)
    expect(
      isSame((await Body?.transformToByteArray()) ?? new Uint8Array(), bodies[(PartNumber ?? 0) - 1] ?? Buffer.of()),
    ).toBe(true)
    const range = {
      Bucket,
      Key,
      ChecksumMode: 'ENABLED',
      Range: answer.ContentRange?.replace(/ (.*)\/.*/, '=$1'),
    } as const
    const { Body: again, ...ranged } = await client.send(new GetObjectCommand(range))
    expect(ranged).toMatchObject({ ContentRange: answer.ContentRange, ChecksumCRC32 })
    expect(await again?.transformToByteArray()).toHaveLength(answer.ContentLength ?? 0)
    expect(await client.send(new HeadObjectCommand(range))).toMatchObject({ ChecksumCRC32 })
  }
  const asked = { Bucket, Key, ChecksumMode: 'ENABLED' } as const
  expect(await client.send(new HeadObjectCommand(asked))).toMatchObject({ ChecksumCRC32: whole.ChecksumCRC32 })
  for (const Range of ['bytes=0-9', 'bytes=1-', `bytes=0-${5 * MIB}`, 'bytes=0-']) {
    expect(await client.send(new HeadObjectCommand({ ...asked, Range })), Range).not.toHaveProperty('ChecksumCRC32')
  }
  const { ObjectParts } = await client.send(
    new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ['ObjectParts'] }),
  )
  expect(ObjectParts?.Parts).toMatchObject(
    Parts.map(({ PartNumber, ChecksumCRC32 }) => ({ PartNumber, ChecksumCRC32 })),
  )
})

describe("AWS's uploader", () => {
  it.each([
    ['bytes', (bytes: Uint8Array) => bytes],
    ['a stream', (bytes: Uint8Array) => Readable.from([bytes.subarray(0, 7 * MIB), bytes.subarray(7 * MIB)])],
  ])('takes %s', async (_, bodyOf) => {
    const [Key, bytes] = [aKey(), someBytes(12 * MIB + 5)]
    const upload = new Upload({ client, params: { Bucket, Key, Body: bodyOf(bytes), ContentType: 'text/plain' } })
    const { ETag, Location } = await upload.done()
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/)
    expect(Location).toContain(`${Bucket}/${Key}`)
    expect(isSame(await bytesOf(Key), bytes)).toBe(true)
    const head = await client.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    expect(head).toMatchObject({ ContentLength: bytes.length, ContentType: 'text/plain', ETag })
    expect(head.ChecksumCRC32).toMatch(/-3$/)
  })
})

describe('a multipart upload', () => {
  it('has parts of any size and number, of which some are completed', async () => {
    const { Key, upload, put, complete } = await begin()
    const bytes = someBytes(12 * MIB)
    const [first, second] = [bytes.subarray(0, 5 * MIB), bytes.subarray(5 * MIB, 11 * MIB + 3)]
    const parts = [
      await put(10_000, bytes.subarray(0, 9)),
      await put(7, first),
      await put(5, first),
      await put(900, second),
    ]
    const { Parts } = await client.send(new ListPartsCommand(upload))
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [5, 5 * MIB],
      [7, 5 * MIB],
      [900, 6 * MIB + 3],
      [10_000, 9],
    ])
    const [last, seventh, , large] = parts
    if (!last || !seventh || !large) throw new Error('not uploaded')
    const { ETag } = await complete([seventh, large, last])
    expect(ETag).toMatch(/-3"$/)
    expect(isSame(await bytesOf(Key), Buffer.concat([first, second, bytes.subarray(0, 9)]))).toBe(true)
    const across = { Range: `bytes=${5 * MIB - 2}-${5 * MIB + 1}` }
    expect(isSame(await bytesOf(Key, across), bytes.subarray(5 * MIB - 2, 5 * MIB + 2))).toBe(true)
    const part = await client.send(new GetObjectCommand({ Bucket, Key, PartNumber: 3 }))
    expect(part).toMatchObject({ PartsCount: 3, ContentLength: 9 })
    await part.Body?.transformToByteArray()
    const ObjectAttributes: ObjectAttributes[] = ['ObjectParts', 'Checksum']
    const attributes = await client.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes, MaxParts: 2 }))
    expect(attributes.Checksum).toBeUndefined()
    expect(attributes.ObjectParts).toMatchObject({
      ...{ TotalPartsCount: 3, IsTruncated: true, NextPartNumberMarker: '2' },
      Parts: [
        { PartNumber: 1, Size: 5 * MIB },
        { PartNumber: 2, Size: 6 * MIB + 3 },
      ],
    })
  })

  it('is completed as it was uploaded, or not at all', async () => {
    const { upload, put, complete } = await begin()
    const [first, second] = [await put(1, someBytes(5 * MIB - 1)), await put(2, someBytes(10))]
    expect(await refusal(complete([first, second]))).toBe('EntityTooSmall 400')
    expect(await refusal(complete([second, first]))).toBe('InvalidPartOrder 400')
    expect(await refusal(complete([{ ...first, ETag: second.ETag }]))).toBe('InvalidPart 400')
    expect(await refusal(complete([{ ...first, PartNumber: 3 }]))).toBe('InvalidPart 400')
    expect(await refusal(complete([second], { MpuObjectSize: 11 }))).toBe('InvalidRequest 400')
    const zero = client.send(new UploadPartCommand({ ...upload, PartNumber: 0, Body: 'x' }))
    expect(await refusal(zero)).toBe('InvalidArgument 400')
    const again = await put(2, someBytes(20))
    expect(await refusal(complete([second]))).toBe('InvalidPart 400')
    expect((await complete([again], { MpuObjectSize: 20 })).ETag).toMatch(/-1"$/)
    expect(await refusal(client.send(new ListPartsCommand(upload)))).toBe('NoSuchUpload 404')
  })

  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('has the checksum %s of the whole', async algorithm => {
    const [Key, body] = [aKey(), 'the whole']
    const whole = await client.send(new PutObjectCommand({ Bucket, Key, Body: body, ChecksumAlgorithm: algorithm }))
    const name = `Checksum${algorithm}` as const
    const kind = { ChecksumAlgorithm: algorithm, ChecksumType: 'FULL_OBJECT' } as const
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...kind }))
    const upload = { Bucket, Key, UploadId }
    const part = await client.send(
      new UploadPartCommand({ ...upload, PartNumber: 1, Body: body, ChecksumAlgorithm: algorithm }),
    )
    const Parts = [{ PartNumber: 1, ETag: part.ETag, [name]: part[name] }]
    const complete = (checksum: string | undefined) =>
      client.send(
        new CompleteMultipartUploadCommand({
          ...upload,
          ...{ MultipartUpload: { Parts }, ChecksumType: 'FULL_OBJECT', [name]: checksum },
        }),
      )
    expect(await refusal(complete(algorithm === 'CRC64NVME' ? 'AAAAAAAAAAA=' : 'AAAAAA=='))).toBe('BadDigest 400')
    expect(await complete(whole[name])).toMatchObject({ [name]: whole[name], ChecksumType: 'FULL_OBJECT' })
  })

  it('is listed until it is aborted', async () => {
    const prefix = `${aKey()}/`
    const uploads = [await begin(`${prefix}a`), await begin(`${prefix}b/1`), await begin(`${prefix}b/2`)]
    const list = (more: object) => client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...more }))
    const gathered = await list({ Delimiter: '/' })
    expect(gathered.Uploads).toMatchObject([{ Key: `${prefix}a`, Owner: { DisplayName: 'helen' } }])
    expect(gathered.CommonPrefixes).toEqual([{ Prefix: `${prefix}b/` }])
    const first = await list({ MaxUploads: 2 })
    expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: `${prefix}b/1` })
    const rest = await list({ KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker })
    expect(rest.Uploads?.map(({ Key }) => Key)).toEqual([`${prefix}b/2`])
    for (const { upload } of uploads) await client.send(new AbortMultipartUploadCommand(upload))
    expect((await list({})).Uploads).toBeUndefined()
  })

  it('lists its parts page by page', async () => {
    const { upload, put } = await begin()
    for (const number of [1, 2, 3]) await put(number, someBytes(number))
    const first = await client.send(new ListPartsCommand({ ...upload, MaxParts: 2 }))
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2', Initiator: { DisplayName: 'helen' } })
    const next = { ...upload, PartNumberMarker: first.NextPartNumberMarker }
    expect((await client.send(new ListPartsCommand(next))).Parts).toMatchObject([{ PartNumber: 3, Size: 3 }])
  })

  it('has no parts that are copied', async () => {
    const { upload } = await begin()
    const copy = { ...upload, PartNumber: 1, CopySource: `${Bucket}/${aKey()}` }
    expect(await refusal(client.send(new UploadPartCopyCommand(copy)))).toBe('NotImplemented 501')
  })
})
