// Bodies that never come, or come in part: what is refused is refused before them, and what breaks off leaves nothing.
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentials, until } from '../cloud.ts'
import { type Cloud, startCloud } from '../stage.ts'
import { aKey, answerTo, begin, bucketOf } from './support.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

const Bucket = bucketOf()

let cloud: Cloud
let client: S3Client

beforeAll(async () => {
  cloud = await startCloud({}, { BUCKET_GIB: '1' })
  const { endpoint } = cloud
  client = new S3Client({ endpoint, region: 'us-east-1', credentials: credentials(), maxAttempts: 1 })
})
afterAll(() => cloud.stop())

const put = (path: string, length: number) => begin({ method: 'PUT', path, length }, { origin: cloud.endpoint })

interface Held {
  list(options: { prefix: string }): Promise<{ objects: readonly { key: string }[] }>
}

/** What R2 holds for buckets. */
async function pieces(): Promise<string[]> {
  const { STAGING } = await cloud.harness.getWorker<{ STAGING: Held }>().getEnv()
  const { objects } = await STAGING.list({ prefix: 'objects/' })
  return objects.map(({ key }) => key)
}

describe('a body that is not awaited', () => {
  it.each([
    ['another’s bucket', `/${bucketOf('rival')}/x`, MIB, 'AccessDenied'],
    ['an upload that is not there', `/${Bucket}/x?partNumber=1&uploadId=none`, MIB, 'NoSuchUpload'],
    ['more than an account may have', `/${Bucket}/x`, 2 * GIB, 'QuotaExceeded'],
    ['more than R2 takes in one piece', `/${Bucket}/x`, 6 * GIB, 'EntityTooLarge'],
    ['a key that cannot be', `/${Bucket}/${'x'.repeat(1025)}`, MIB, 'KeyTooLongError'],
    ['a setting', `/${Bucket}?policy`, MIB, 'NotImplemented'],
  ])('is that of %s', async (_, path, length, code) => {
    const sent = put(path, length)
    sent.flushHeaders()
    expect((await answerTo(sent)).text).toContain(`<Code>${code}</Code>`)
    sent.destroy()
  })

  it('is refused though it is looked at while it comes, and no more of it does', async () => {
    const path = `/${Bucket}/x?partNumber=1&uploadId=none`
    const sent = begin({ method: 'PUT', path, length: 4 * MIB, checksum: 'AAAAAA==' }, { origin: cloud.endpoint })
    sent.on('error', () => undefined)
    sent.write(Buffer.alloc(MIB))
    expect((await answerTo(sent)).text).toContain('<Code>NoSuchUpload</Code>')
    sent.destroy()
  })
})

describe('a client that leaves', () => {
  it('has put nothing', async () => {
    const sent = put(`/${Bucket}/${aKey()}`, 4 * MIB)
    sent.on('error', () => undefined)
    await new Promise(resolve => sent.write(Buffer.alloc(2 * MIB), resolve))
    await leave(sent)
    expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0)
  })

  it('has uploaded no part', async () => {
    const Key = aKey()
    const { UploadId = '' } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    const sent = put(`/${Bucket}/${Key}?partNumber=1&uploadId=${encodeURIComponent(UploadId)}`, 4 * MIB)
    sent.on('error', () => undefined)
    await new Promise(resolve => sent.write(Buffer.alloc(2 * MIB), resolve))
    await leave(sent)
    expect((await client.send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts).toBeUndefined()
  })

  /** Goes, and waits for the Worker to have noticed. */
  async function leave(sent: ReturnType<typeof put>): Promise<void> {
    cloud.harness.clearLogs()
    sent.destroy()
    await until('the end of the request', async () =>
      cloud.harness.getLogs().some(({ message }) => message.includes('"event":"request"')),
    )
    await until('the bytes to go', async () => (await pieces()).length === 0)
  }
})

it('takes what fits, and takes it away again', async () => {
  const Key = aKey()
  const sent = put(`/${Bucket}/${Key}`, 3)
  sent.end('abc')
  expect((await answerTo(sent)).status).toBe(200)
  expect(await pieces()).toHaveLength(1)
  await client.send(new DeleteObjectCommand({ Bucket, Key }))
  await until('the bytes to go', async () => (await pieces()).length === 0)
})
