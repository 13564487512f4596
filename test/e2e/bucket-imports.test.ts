// From a laptop to an instance by AWS's SDKs alone: an object is uploaded, registered or imported, fetched by the cloud bit by
// bit, and launched.
import { createHash } from 'node:crypto'
import {
  DescribeImagesCommand,
  DescribeImportSnapshotTasksCommand,
  EC2Client,
  ImportImageCommand,
  ImportSnapshotCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  waitUntilImageAvailable,
  waitUntilInstanceRunning,
  waitUntilSnapshotImported,
} from '@aws-sdk/client-ec2'
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { credentials, until, WAITING } from './cloud.ts'
import { startDiskHost } from './disk-host.ts'
import { type Cloud, startCloud } from './stage.ts'

const MIB = 2 ** 20
const Bucket = 'images_000000000002'
const waiting = WAITING

let cloud: Cloud

beforeAll(async () => {
  cloud = await startCloud()
})
afterAll(() => cloud.stop())

const options = (user?: string) => ({
  ...{ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 },
})
const ec2 = (user?: string) => new EC2Client(options(user))
const s3 = (user?: string) => new S3Client(options(user))

const put = (Key: string, Body: string | Uint8Array, Metadata: Record<string, string> = {}) =>
  s3().send(new PutObjectCommand({ Bucket, Key, Body, Metadata }))

const imageOf = (id = '') => cloud.sandbox.world.images.all().find(({ name }) => name === id)

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Bytes of which no two runs are the same. */
const disk = (length: number) => {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

/** The link by which OpenNebula fetched an image. */
const linkOf = (id = '') => imageOf(id)?.path ?? ''

const isThere = async (Key: string) => {
  try {
    await s3().send(new HeadObjectCommand({ Bucket, Key }))
    return true
  } catch {
    return false
  }
}

describe('an object', () => {
  it('of several parts is registered, fetched as it was sent, and launched', async () => {
    const bytes = disk(11 * MIB + 3)
    const params = { Bucket, Key: 'a folder/debian 13.img', Body: bytes }
    const { ETag } = await new Upload({ client: s3(), params, partSize: 5 * MIB }).done()
    expect(ETag).toMatch(/-3"$/)
    const { ImageId } = await ec2().send(
      new RegisterImageCommand({ Name: 'debian', ImageLocation: `${Bucket}/${params.Key}`, Architecture: 'x86_64' }),
    )
    await waitUntilImageAvailable({ client: ec2(), ...waiting }, { ImageIds: [ImageId ?? ''] })
    expect(imageOf(ImageId)).toMatchObject({ sha256: sha256(bytes), size: 12, format: 'raw' })
    const link = linkOf(ImageId)
    expect(link).toContain('/_image/')
    // It leads nowhere any more, and nobody was told of it
    await until('the end of the link', async () => (await fetch(link)).status === 404)
    const { Images } = await ec2().send(new DescribeImagesCommand({ ImageIds: [ImageId ?? ''] }))
    expect(Images).toMatchObject([{ Name: 'debian', State: 'available' }])
    expect(JSON.stringify(Images)).not.toContain('_image/')
    expect(await isThere(params.Key)).toBe(true)
    const { Instances } = await ec2().send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }))
    const InstanceIds = [Instances?.[0]?.InstanceId ?? '']
    await waitUntilInstanceRunning({ client: ec2(), ...waiting }, { InstanceIds })
  })

  it('is imported as a snapshot, and goes where whoever sent it said so', async () => {
    const bytes = disk(2 * MIB)
    await put('once.img', bytes, { 'delete-after-import': 'true' })
    const UserBucket = { S3Bucket: Bucket, S3Key: 'once.img' }
    const { ImportTaskId = '' } = await ec2().send(
      new ImportSnapshotCommand({ DiskContainer: { UserBucket, Format: 'RAW' } }),
    )
    const ImportTaskIds = [ImportTaskId]
    await waitUntilSnapshotImported({ client: ec2(), ...waiting }, { ImportTaskIds })
    const { ImportSnapshotTasks } = await ec2().send(new DescribeImportSnapshotTasksCommand({ ImportTaskIds }))
    const { SnapshotTaskDetail } = ImportSnapshotTasks?.[0] ?? {}
    expect(SnapshotTaskDetail).toMatchObject({ UserBucket, Status: 'completed', DiskImageSize: 2 * MIB })
    expect(imageOf(SnapshotTaskDetail?.SnapshotId)?.sha256).toBe(sha256(bytes))
    await until('its end', async () => !(await isThere('once.img')))
  })

  it('is fetched whole, in pieces, again, and by nobody else', async () => {
    const bytes = disk(7 * MIB)
    await new Upload({ client: s3(), params: { Bucket, Key: 'slow.img', Body: bytes }, partSize: 5 * MIB }).done()
    // An import that takes its time, however long the download takes
    cloud.sandbox.setDelays({ image: 60_000 })
    onTestFinished(() => cloud.sandbox.setDelays({ image: 100 }))
    const { ImageId = '' } = await ec2().send(
      new ImportImageCommand({ DiskContainers: [{ UserBucket: { S3Bucket: Bucket, S3Key: 'slow.img' } }] }),
    )
    const link = linkOf(ImageId)
    const read = async (init?: RequestInit, url = link) => {
      const response = await fetch(url, init)
      const body = new Uint8Array(await response.arrayBuffer())
      return [response.status, response.headers.get('content-length'), sha256(body)]
    }
    expect(await read({ method: 'HEAD' })).toEqual([200, String(bytes.length), sha256('')])
    for (let time = 0; time < 2; time++) expect(await read()).toEqual([200, String(bytes.length), sha256(bytes)])
    const border = bytes.subarray(5 * MIB - 10, 5 * MIB + 10)
    const headers = { range: `bytes=${5 * MIB - 10}-${5 * MIB + 9}` }
    expect(await read({ headers })).toEqual([206, '20', sha256(border)])
    const early = await fetch(link)
    await early.body?.getReader().cancel()
    expect(await read()).toEqual([200, String(bytes.length), sha256(bytes)])
    for (const method of ['PUT', 'DELETE', 'POST']) expect((await fetch(link, { method })).status).not.toBe(200)
    const other = `${link.slice(0, -1)}${link.endsWith('A') ? 'B' : 'A'}`
    expect((await fetch(other)).status).toBe(404)
    // Nor is it an address from which anything is imported
    const again = ec2('rival').send(new RegisterImageCommand({ Name: 'stolen', ImageLocation: link }))
    await expect(again).rejects.toMatchObject({ name: 'InvalidManifest' })
  })

  it('is nobody else’s', async () => {
    await put('mine.img', 'mine')
    const theirs = new RegisterImageCommand({ Name: 'theirs', ImageLocation: `s3://${Bucket}/mine.img` })
    await expect(ec2('rival').send(theirs)).rejects.toMatchObject({ name: 'InvalidManifest' })
    const none = new RegisterImageCommand({ Name: 'none', ImageLocation: `s3://${Bucket}/none.img` })
    await expect(ec2().send(none)).rejects.toThrow('HTTP 404 (Not Found) response for URL')
    const UserBucket = { S3Bucket: Bucket, S3Key: 'mine.img' }
    await expect(ec2('rival').send(new ImportSnapshotCommand({ DiskContainer: { UserBucket } }))).rejects.toMatchObject(
      {
        name: 'InvalidParameter',
      },
    )
  })
})

it('an address is registered from the operator’s host', async () => {
  await using host = await startDiskHost(cloud.diskPort)
  const { ImageId } = await ec2().send(new RegisterImageCommand({ Name: 'by address', ImageLocation: host.url }))
  await waitUntilImageAvailable({ client: ec2(), ...waiting }, { ImageIds: [ImageId ?? ''] })
  expect(imageOf(ImageId)?.sha256).toBe(sha256(new Uint8Array(MIB)))
  for (const url of ['http://127.0.0.1:1/', 'http://localhost/', cloud.one]) {
    const refused = ec2().send(new RegisterImageCommand({ Name: 'refused', ImageLocation: url }))
    await expect(refused).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  }
})
