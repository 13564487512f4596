// Nothing of one account's bucket is to be had, seen or changed by another, by whatever verb.
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it } from 'vitest'
import { accountOf, aKey, answerTo, begin, bucketOf, refusal, s3 } from './support.ts'

const [helen, rival] = [s3('helen'), s3('rival')]
const Bucket = bucketOf('helen')
const Key = aKey()
let UploadId: string | undefined
let ETag: string | undefined

beforeAll(async () => {
  await helen.send(new PutObjectCommand({ Bucket, Key, Body: 'secret' }))
  ;({ UploadId } = await helen.send(new CreateMultipartUploadCommand({ Bucket, Key })))
  ;({ ETag } = await helen.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: 'part' })))
})

/** Everything that can be asked about a bucket, its objects and uploads. */
const asked = (bucket: string) => {
  const object = { Bucket: bucket, Key }
  const upload = { ...object, UploadId }
  return [
    ['GetObject', new GetObjectCommand(object)],
    ['GetObjectAttributes', new GetObjectAttributesCommand({ ...object, ObjectAttributes: ['ETag'] })],
    ['PutObject', new PutObjectCommand({ ...object, Body: 'theirs' })],
    ['DeleteObject', new DeleteObjectCommand(object)],
    ['DeleteObjects', new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key }] } })],
    ['CopyObject', new CopyObjectCommand({ ...object, CopySource: `${bucketOf('rival')}/x` })],
    ['ListObjects', new ListObjectsCommand({ Bucket: bucket })],
    ['ListObjectsV2', new ListObjectsV2Command({ Bucket: bucket })],
    ['CreateMultipartUpload', new CreateMultipartUploadCommand(object)],
    ['UploadPart', new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'theirs' })],
    [
      'CompleteMultipartUpload',
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }),
    ],
    ['AbortMultipartUpload', new AbortMultipartUploadCommand(upload)],
    ['ListParts', new ListPartsCommand(upload)],
    ['ListMultipartUploads', new ListMultipartUploadsCommand({ Bucket: bucket })],
  ] as const
}

const NAMES = asked('').map(([name]) => name)

const commandOf = (name: string, bucket: string) => {
  const found = asked(bucket).find(([each]) => each === name)
  if (!found) throw new Error(name)
  // The SDK has one overload for each command
  return rival.send(found[1] as GetObjectCommand)
}

describe('of the bucket of another account', () => {
  it.each(NAMES)('%s is denied, as of one that nobody has', async name => {
    expect(await refusal(commandOf(name, Bucket))).toBe('AccessDenied 403')
    expect(await refusal(commandOf(name, 'images_999999999999'))).toBe('AccessDenied 403')
  })

  it('not even HEAD tells anything', async () => {
    expect(await refusal(rival.send(new HeadObjectCommand({ Bucket, Key })))).toMatch(/ 403$/)
    expect(await refusal(rival.send(new HeadObjectCommand({ Bucket, Key: aKey() })))).toMatch(/ 403$/)
    expect(await refusal(rival.send(new HeadBucketCommand({ Bucket })))).toMatch(/ 403$/)
  })

  it('nothing is copied', async () => {
    const copy = new CopyObjectCommand({ Bucket: bucketOf('rival'), Key: aKey(), CopySource: `${Bucket}/${Key}` })
    expect(await refusal(rival.send(copy))).toBe('AccessDenied 403')
  })
})

describe('in the own bucket', () => {
  const own = bucketOf('rival')

  it('nothing of the other is there', async () => {
    expect(await refusal(commandOf('GetObject', own))).toBe('NoSuchKey 404')
    expect((await rival.send(new ListObjectsV2Command({ Bucket: own, Prefix: Key }))).KeyCount).toBe(0)
    expect((await rival.send(new ListMultipartUploadsCommand({ Bucket: own }))).Uploads).toBeUndefined()
  })

  it.each(['UploadPart', 'CompleteMultipartUpload', 'AbortMultipartUpload', 'ListParts'])(
    '%s finds no upload of the other',
    async name => {
      expect(await refusal(commandOf(name, own))).toBe('NoSuchUpload 404')
    },
  )
})

it('is refused where the client expects another account’s', async () => {
  const ExpectedBucketOwner = accountOf('rival')
  expect(await refusal(helen.send(new GetObjectCommand({ Bucket, Key, ExpectedBucketOwner })))).toBe('AccessDenied 403')
  const own = { Bucket, Key, ExpectedBucketOwner: accountOf('helen') }
  expect(await refusal(helen.send(new GetObjectCommand(own)))).toBe('none')
})

it.each(['/x/../..', '/..', '/%2e%2e', '/%2E./x/..'])('no path leads there by way of %s', async way => {
  const sent = begin(
    { method: 'GET', path: `/${bucketOf('rival')}${way}/${Bucket}/${Key}`, length: 0 },
    { user: 'rival' },
  )
  sent.end()
  const { status, text } = await answerTo(sent)
  expect(text).not.toContain('secret')
  expect([400, 403]).toContain(status)
})

it('everything is as it was', async () => {
  const { Body } = await helen.send(new GetObjectCommand({ Bucket, Key }))
  expect(await Body?.transformToString()).toBe('secret')
  const { Parts } = await helen.send(new ListPartsCommand({ Bucket, Key, UploadId }))
  expect(Parts).toMatchObject([{ PartNumber: 1, ETag, Size: 4 }])
})
