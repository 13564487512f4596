// Objects of the account's bucket that become AMIs and snapshots: held until OpenNebula has them, the caller's own alone, and
// whatever breaks off.
import { env } from 'cloudflare:workers'
import type {
  DescribeImagesResult,
  DescribeImportImageTasksResult,
  DescribeImportSnapshotTasksResult,
  ImportImageResult,
  ImportSnapshotResult,
  RegisterImageResult,
} from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/edge/services.ts'
import { aDisk, Killed, type Stage, setStage } from './stage.ts'

const { STAGING } = env as Env
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [READY, ERROR, DELETE] = [1, 5, 7]

/** What OpenNebula gets for a link: what is behind one is for others to test. */
let served: () => Response

beforeEach(async () => {
  for (const { key } of (await STAGING.list()).objects) await STAGING.delete(key)
  served = aDisk
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(served()))
})
afterEach(() => vi.restoreAllMocks())

const bucketOf = ({ account }: Stage) => `images_${account.id}`

/** Puts an object, as the S3 door does. */
async function put(stage: Stage, key: string, content: string | Uint8Array = key, headers = {}): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const { piece } = await stage.ask('beginPut', { key, size: bytes.length })
  await STAGING.put(piece, bytes)
  const md5 = new Uint8Array(await crypto.subtle.digest('MD5', bytes)).toHex()
  await stage.ask('finishPut', { piece, key, size: bytes.length, md5, headers })
}

const keys = async (stage: Stage) =>
  (await stage.ask('list', { prefix: '', delimiter: '', most: 1000 })).items.map(({ key }) => key)
const pieces = async ({ account }: Stage) => (await STAGING.list({ prefix: `objects/${account.id}/` })).objects.length

const made = ({ sandbox }: Stage) =>
  sandbox.world.images.all().filter(({ name, state }) => /^(ami|snap)-[0-9a-f]{17}$/.test(name) && state !== DELETE)

const register = (stage: Stage, key: string, input: object = {}) =>
  stage.succeed<RegisterImageResult>('RegisterImage', {
    ...{ Name: 'of the bucket', ImageLocation: `${bucketOf(stage)}/${key}` },
    ...input,
  })

const importImage = (stage: Stage, S3Key: string, input: object = {}) =>
  stage.succeed<ImportImageResult>('ImportImage', {
    DiskContainers: [{ UserBucket: { S3Bucket: bucketOf(stage), S3Key } }],
    ...input,
  })

const state = async (stage: Stage, id = '') =>
  (await stage.read<DescribeImagesResult>('DescribeImages', { ImageIds: [id] })).Images?.[0]?.State

/** OpenNebula has downloaded, and its alarm rings. */
async function downloaded(stage: Stage): Promise<void> {
  await expect.poll(() => made(stage).every(({ sha256, failure }) => sha256 ?? failure)).toBe(true)
  await stage.pass(MINUTE)
}

const header = (bytes: Record<number, number>) => {
  const image = new Uint8Array(1024)
  image.set([0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3])
  for (const [at, byte] of Object.entries(bytes)) image[Number(at)] = byte
  return image
}
/** 1 GiB. */
const QCOW2 = header({ 28: 0x40 })

describe('an object', () => {
  it.each([
    ['bucket/key', (bucket: string) => `${bucket}/a/disk one.img`],
    ['s3://bucket/key', (bucket: string) => `s3://${bucket}/a/disk one.img`],
    ['the address of the endpoint', (bucket: string) => `http://localhost/${bucket}/a/disk%20one.img`],
  ])('is registered by %s, held until OpenNebula has it, and stays', async (_, location) => {
    const stage = setStage()
    await put(stage, 'a/disk one.img')
    const { ImageId } = await register(stage, '', { ImageLocation: location(bucketOf(stage)) })
    expect(stage.most.upstream).toBeLessThanOrEqual(3)
    expect(await state(stage, ImageId)).toBe('pending')
    // Nobody waits for it: its bytes are held
    await stage.ask('remove', { objects: [{ key: 'a/disk one.img' }] })
    expect([await keys(stage), await pieces(stage)]).toEqual([[], 1])
    await downloaded(stage)
    expect(await state(stage, ImageId)).toBe('available')
    expect(await pieces(stage)).toBe(0)
    expect(await stage.unfinished()).toEqual([])
  })

  it('of the same name may be another one by then', async () => {
    const stage = setStage()
    await put(stage, 'disk.img', 'one')
    await register(stage, 'disk.img')
    await put(stage, 'disk.img', 'another')
    expect(await pieces(stage)).toBe(2)
    await downloaded(stage)
    expect([await keys(stage), await pieces(stage)]).toEqual([['disk.img'], 1])
  })

  it('goes when it is imported, where whoever uploaded it said so', async () => {
    const once = { 'x-amz-meta-delete-after-import': 'true' }
    const stage = setStage()
    await put(stage, 'once.img', 'once', once)
    await put(stage, 'replaced.img', 'one', once)
    await put(stage, 'said-otherwise.img', 'same', once)
    await put(stage, 'kept.img', 'kept')
    for (const key of await keys(stage)) await register(stage, key, { Name: key })
    await put(stage, 'replaced.img', 'another', once)
    await put(stage, 'said-otherwise.img', 'same')
    await downloaded(stage)
    expect(made(stage)).toHaveLength(4)
    expect(await keys(stage)).toEqual(['kept.img', 'replaced.img', 'said-otherwise.img'])
    expect(await pieces(stage)).toBe(3)
    expect(await stage.unfinished()).toEqual([])
  })

  it('is there for another try where OpenNebula could not import it', async () => {
    const stage = setStage()
    await put(stage, 'disk.img', 'disk', { 'x-amz-meta-delete-after-import': 'true' })
    const { ImportTaskId } = await importImage(stage, 'disk.img')
    const [image] = made(stage)
    if (image) {
      image.state = ERROR
      image.template['ERROR'] = [
        'Mon Nov 23 07:42:57 2026 : Error copying image in the datastore: Error downloading http://localhost/_image/x',
      ]
    }
    await stage.pass(MINUTE)
    const { ImportImageTasks } = await stage.read<DescribeImportImageTasksResult>('DescribeImportImageTasks', {
      ImportTaskIds: [ImportTaskId],
    })
    expect(ImportImageTasks).toMatchObject([
      {
        Status: 'deleted',
        StatusMessage: 'ClientError: Error copying image in the datastore: Error downloading (address)',
        SnapshotDetails: [{ UserBucket: { S3Bucket: bucketOf(stage), S3Key: 'disk.img' } }],
      },
    ])
    expect([await keys(stage), await pieces(stage), await stage.unfinished()]).toEqual([['disk.img'], 1, []])
    await register(stage, 'disk.img')
    await expect.poll(() => made(stage).at(0)?.sha256).toBeDefined()
  })

  it('is imported as an AMI and as a snapshot, and its tasks say from where', async () => {
    const stage = setStage()
    await put(stage, 'disk.qcow2', QCOW2)
    const UserBucket = { S3Bucket: bucketOf(stage), S3Key: 'disk.qcow2' }
    const { ImportTaskId, ImageId } = await importImage(stage, 'disk.qcow2')
    expect(ImageId).toMatch(/^ami-/)
    const snapshot = await stage.succeed<ImportSnapshotResult>('ImportSnapshot', {
      DiskContainer: { UserBucket, Format: 'QCOW2', Description: 'its disk' },
    })
    expect(snapshot.SnapshotTaskDetail).toMatchObject({ UserBucket, Format: 'QCOW2', Status: 'active' })
    const url = `s3://${UserBucket.S3Bucket}/${UserBucket.S3Key}`
    await stage.succeed('ImportSnapshot', { DiskContainer: { Url: url } })
    expect(stage.most.upstream).toBeLessThanOrEqual(3)
    await downloaded(stage)
    const { ImportImageTasks } = await stage.read<DescribeImportImageTasksResult>('DescribeImportImageTasks', {})
    expect(ImportImageTasks).toMatchObject([
      { ImportTaskId, ImageId, Status: 'completed', SnapshotDetails: [{ UserBucket, Status: 'completed' }] },
    ])
    expect(ImportImageTasks?.[0]).not.toHaveProperty('Url', expect.anything())
    const { ImportSnapshotTasks } = await stage.read<DescribeImportSnapshotTasksResult>(
      'DescribeImportSnapshotTasks',
      {},
    )
    expect(ImportSnapshotTasks?.map(each => each.SnapshotTaskDetail)).toMatchObject([
      { Url: url, Status: 'completed', SnapshotId: expect.stringMatching(/^snap-/) as string },
      { UserBucket, Status: 'completed', Description: 'its disk' },
    ])
    expect(JSON.stringify([ImportImageTasks, ImportSnapshotTasks])).not.toContain('_image')
    expect([await keys(stage), await stage.unfinished()]).toEqual([['disk.qcow2'], []])
  })

  it('is held no more when its import is cancelled', async () => {
    const stage = setStage()
    await put(stage, 'disk.img')
    const { ImportTaskId } = await importImage(stage, 'disk.img')
    await stage.ask('remove', { objects: [{ key: 'disk.img' }] })
    expect(await pieces(stage)).toBe(1)
    await stage.succeed('CancelImportTask', { ImportTaskId })
    expect(await pieces(stage)).toBe(0)
    await stage.pass(8 * HOUR)
    expect([made(stage), await stage.unfinished()]).toEqual([[], []])
  })
})

describe('what is refused', () => {
  const refusals: readonly (readonly [string, string | Uint8Array, object, string])[] = [
    ['a backing file', header({ 15: 104 }), {}, 'InvalidParameterValue'],
    ['data in another file', header({ 79: 4 }), {}, 'InvalidParameterValue'],
    ['a packed disk', Uint8Array.of(0x1f, 0x8b, 8), {}, 'InvalidParameterValue'],
    ['nothing in it', '', {}, 'InvalidParameterValue'],
    ['another format than is said', QCOW2, { Format: 'RAW' }, 'InvalidParameterValue'],
    [
      'a format that the cloud does not convert',
      `${'\0'.repeat(64)}\x7f\x10`,
      { Format: 'VDI' },
      'InvalidParameterValue',
    ],
    ['more than there is room for', header({ 26: 0x7f }), {}, 'InsufficientVolumeCapacity'],
  ]

  it.each(refusals)('is an object with %s, and nothing is left of it', async (_, content, said, code) => {
    const stage = setStage()
    await put(stage, 'disk.img', content)
    const { error } = await stage.perform('ImportSnapshot', {
      DiskContainer: { UserBucket: { S3Bucket: bucketOf(stage), S3Key: 'disk.img' }, ...said },
    })
    expect(error).toMatchObject({ code, status: 400 })
    await stage.ask('remove', { objects: [{ key: 'disk.img' }] })
    expect([made(stage), await pieces(stage), await stage.unfinished()]).toEqual([[], 0, []])
  })

  const images = (status: string) => ({
    code: 'InvalidManifest',
    status: 400,
    message: expect.stringContaining(status) as string,
  })

  it("is another account's object, and it is as if there were none", async () => {
    const stage = setStage()
    await put(stage, 'disk.img')
    for (const [location, answer] of [
      [`${bucketOf(stage)}/other.img`, images('HTTP 404 (Not Found) response for URL http://localhost/images_')],
      ['images_000000000003/disk.img', images('HTTP 403 (Forbidden)')],
      ['images_999999999999/disk.img', images('HTTP 403 (Forbidden)')],
      ['s3://bucket/disk.img', images('HTTP 404 (Not Found)')],
    ] as const) {
      expect((await stage.perform('RegisterImage', { Name: 'theirs', ImageLocation: location })).error).toMatchObject(
        answer,
      )
    }
    for (const S3Bucket of ['images_000000000003', 'bucket', bucketOf(stage).toUpperCase()]) {
      const { error } = await stage.perform('ImportImage', {
        DiskContainers: [{ UserBucket: { S3Bucket, S3Key: 'disk.img' } }],
      })
      expect(error).toMatchObject({
        code: 'InvalidParameter',
        message: `User does not have access to the S3 object (${S3Bucket}/disk.img).`,
      })
    }
    const rival = { id: '000000000003', user: { id: 3, name: 'rival' } }
    const theirs = await stage.perform(
      'RegisterImage',
      { Name: 'mine', ImageLocation: `${bucketOf(stage)}/disk.img` },
      rival,
    )
    expect(theirs.error?.code).toBe('InvalidManifest')
    expect(made(stage)).toEqual([])
  })

  it.each<[string, object, string]>([
    ['no place', {}, 'MissingParameter'],
    [
      'two places',
      { Url: 'https://images.example.org/a', UserBucket: { S3Bucket: 'a', S3Key: 'b' } },
      'InvalidParameterCombination',
    ],
    ['no key', { UserBucket: { S3Bucket: 'a' } }, 'MissingParameter'],
    ['no bucket', { UserBucket: { S3Key: 'a' } }, 'MissingParameter'],
    ['an archive', { Format: 'OVA', UserBucket: { S3Bucket: 'a', S3Key: 'b' } }, 'InvalidParameterValue'],
    ['a query', { Url: 'http://localhost/images_000000000002/a?X-Amz-Signature=b' }, 'InvalidParameterValue'],
  ])('is a disk with %s', async (_, DiskContainer, code) => {
    expect((await setStage().perform('ImportSnapshot', { DiskContainer })).error).toMatchObject({ code, status: 400 })
  })
})

describe('whatever breaks off', () => {
  const ways: readonly (readonly [string, (stage: Stage) => object])[] = [
    ['RegisterImage', stage => ({ Name: 'killed', ImageLocation: `${bucketOf(stage)}/disk.img` })],
    ['ImportImage', stage => ({ DiskContainers: [{ UserBucket: { S3Bucket: bucketOf(stage), S3Key: 'disk.img' } }] })],
    ['ImportSnapshot', stage => ({ DiskContainer: { UserBucket: { S3Bucket: bucketOf(stage), S3Key: 'disk.img' } } })],
  ]

  it.each(ways)('%s makes one image or none, and holds nothing in the end', async (action, input) => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      await put(stage, 'disk.img')
      stage.killAt(step)
      await stage.perform(action, input(stage)).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.ask('remove', { objects: [{ key: 'disk.img' }] })
      await stage.pass(HOUR)
      // The sandbox's download was part of what was killed
      for (const image of made(stage)) image.state = READY
      await stage.pass(2 * HOUR)
      expect(made(stage).length, `step ${step}`).toBeLessThanOrEqual(1)
      expect([await pieces(stage), await stage.unfinished()], `step ${step}`).toEqual([0, []])
      if (!wasKilled) return
    }
  })

  it.each(ways.slice(1))('%s makes it once when it is repeated', async (action, input) => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      await put(stage, 'disk.img', 'disk', { 'x-amz-meta-delete-after-import': 'true' })
      stage.killAt(step)
      const request = { ...input(stage), ClientToken: 'once' }
      await stage.perform(action, request).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.succeed(action, request)
      expect(made(stage), `step ${step}`).toHaveLength(1)
      for (const image of made(stage)) image.state = READY
      await stage.pass(HOUR)
      expect([await keys(stage), await pieces(stage), await stage.unfinished()], `step ${step}`).toEqual([[], 0, []])
      if (!wasKilled) return
    }
  })

  it('an alarm that is killed at any step ends an import in the next one', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      await put(stage, 'disk.img', 'disk', { 'x-amz-meta-delete-after-import': 'true' })
      await register(stage, 'disk.img')
      for (const image of made(stage)) image.state = READY
      stage.killAt(step)
      await stage.pass(MINUTE).catch(() => undefined)
      const wasKilled = stage.disarm()
      // The runtime rings again: here the next request sets the alarm
      await put(stage, 'next.img')
      await stage.pass(HOUR)
      expect([await keys(stage), await pieces(stage), await stage.unfinished()], `step ${step}`).toEqual([
        ['next.img'],
        1,
        [],
      ])
      if (!wasKilled) return
    }
  })

  it('a cancellation ends with nothing, or with the import as it was', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      await put(stage, 'disk.img')
      const { ImportTaskId } = await importImage(stage, 'disk.img')
      await stage.ask('remove', { objects: [{ key: 'disk.img' }] })
      stage.killAt(step)
      await stage.perform('CancelImportTask', { ImportTaskId }).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      const isGoing = (await stage.unfinished()).some(task => task.startsWith('task:image:'))
      await put(stage, 'next.img')
      for (const image of made(stage)) image.state = READY
      await stage.pass(8 * HOUR)
      expect(made(stage), `step ${step}`).toHaveLength(isGoing || !wasKilled ? 0 : 1)
      expect([await pieces(stage), await stage.unfinished()], `step ${step}`).toEqual([1, []])
      if (!wasKilled) return
    }
  })

  it('an answer that is lost leaves an import that is looked after until it is done', async () => {
    const stage = setStage()
    await put(stage, 'disk.img', 'disk', { 'x-amz-meta-delete-after-import': 'true' })
    stage.delay('one.image.allocate')
    const lost = await stage.perform('RegisterImage', { Name: 'lost', ImageLocation: `${bucketOf(stage)}/disk.img` })
    expect(lost.error).toMatchObject({ status: 503 })
    await stage.workOff()
    expect(made(stage)).toHaveLength(1)
    await downloaded(stage)
    await stage.pass(HOUR)
    expect([await keys(stage), await pieces(stage), await stage.unfinished()]).toEqual([[], 0, []])
  })

  it('a refusal leaves the object, and holds nothing', async () => {
    const stage = setStage()
    await put(stage, 'disk.img', 'disk', { 'x-amz-meta-delete-after-import': 'true' })
    served = () => new Response('', { status: 404 })
    const refused = await stage.perform('RegisterImage', {
      Name: 'refused',
      ImageLocation: `${bucketOf(stage)}/disk.img`,
    })
    expect(refused.error).toMatchObject({ code: 'InvalidParameterValue' })
    expect([await keys(stage), await stage.unfinished()]).toEqual([['disk.img'], []])
    await stage.ask('remove', { objects: [{ key: 'disk.img' }] })
    expect(await pieces(stage)).toBe(0)
  })
})
