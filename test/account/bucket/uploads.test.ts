// Multipart uploads: parts in any order and of any number, completed as S3 completes them.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AskBucket, BodyChecksum, PartInfo } from '../../../src/account/bucket/calls.ts'
import type { Env } from '../../../src/edge/services.ts'
import { limits } from '../../../src/limits.ts'
import { runningChecksum } from '../../../src/s3/checksums.ts'
import { type Stage, setStage } from '../stage.ts'
import { bytes, get, MiB, named, piecesOf, put, putPart, refusal, store } from './support.ts'

const DAY = 24 * 3_600_000
const LARGE = 5 * MiB

let stage: Stage
let ask: AskBucket
let upload: { readonly key: string; readonly uploadId: string }

beforeEach(async () => {
  stage = setStage()
  ask = stage.ask
  upload = { key: 'big', ...(await ask('createUpload', { key: 'big', headers: { 'content-type': 'x/y' } })) }
})

const part = (number: number, size: number, seed = number, checksum?: BodyChecksum) =>
  putPart(ask, upload, number, bytes(size, seed), checksum)

const complete = (parts: readonly PartInfo[], more: object = {}) =>
  ask('complete', { ...upload, parts: parts.map(named), ...more })

const usage = () =>
  runInDurableObject((env as Env).ACCOUNT.getByName(stage.account.id), (_, { storage: { sql } }) =>
    sql.exec('SELECT * FROM usage').one(),
  )

const md5 = async (data: Uint8Array) => new Uint8Array(await crypto.subtle.digest('MD5', data)).toHex()

const concatenated = async (...all: Uint8Array[]) => new Uint8Array(await new Blob(all).arrayBuffer())

describe('an upload', () => {
  it('is completed of parts of any size, in order of their numbers, with gaps', async () => {
    const third = await part(10_000, 17)
    const first = await part(3, LARGE + 1)
    const second = await part(700, LARGE)
    expect(first).toEqual({ number: 3, size: LARGE + 1, etag: await md5(bytes(LARGE + 1, 3)), modified: Date.now() })
    expect((await ask('parts', { ...upload, most: 10 })).parts).toEqual([first, second, third])
    const object = await complete([first, second, third])
    const md5s = [first, second, third].map(({ etag }) => etag).join('')
    expect(object).toEqual({
      ...{ key: 'big', size: 2 * LARGE + 18, parts: 3, modified: Date.now(), headers: { 'content-type': 'x/y' } },
      etag: `${await md5(Uint8Array.fromHex(md5s))}-3`,
    })
    expect(await get(ask, 'big')).toEqual(await concatenated(bytes(LARGE + 1, 3), bytes(LARGE, 700), bytes(17, 10_000)))
    await expect(ask('parts', { ...upload, most: 1 })).rejects.toEqual(refusal('NoSuchUpload'))
    expect((await ask('uploads', { prefix: '', delimiter: '', most: 1 })).items).toEqual([])
  })

  it('is completed of those that are named, and the others go', async () => {
    await part(1, LARGE)
    const second = await part(2, LARGE)
    await part(3, LARGE)
    const object = await complete([second])
    expect(object).toMatchObject({ size: LARGE, parts: 1 })
    await expect.poll(() => piecesOf(stage.account.id)).toHaveLength(1)
    expect(await get(ask, 'big')).toEqual(bytes(LARGE, 2))
  })

  it('has of each number what came last', async () => {
    const before = await part(1, 10)
    const after = await part(1, 20, 9)
    expect((await ask('parts', { ...upload, most: 10 })).parts).toEqual([after])
    await expect.poll(() => piecesOf(stage.account.id)).toHaveLength(1)
    await expect(complete([before])).rejects.toEqual(
      refusal('InvalidPart', { UploadId: upload.uploadId, PartNumber: '1', ETag: before.etag }),
    )
    await complete([after])
    expect(await get(ask, 'big')).toEqual(bytes(20, 9))
  })

  it('lists its parts page by page', async () => {
    for (const number of [2, 4, 6, 8]) await part(number, 1)
    const page = async (after: number | undefined, most: number) => {
      const { parts, next } = await ask('parts', { ...upload, after, most })
      return [parts.map(({ number }) => number), next]
    }
    expect(await page(undefined, 3)).toEqual([[2, 4, 6], 6])
    expect(await page(6, 3)).toEqual([[8], undefined])
    expect(await page(3, 2)).toEqual([[4, 6], 6])
    expect((await ask('parts', { ...upload, most: 1 })).upload).toEqual({
      ...upload,
      initiated: Date.now(),
      headers: { 'content-type': 'x/y' },
    })
  })

  it('is not completed of what is not there, in another order, or too small', async () => {
    const [one, two] = [await part(1, LARGE - 1), await part(2, 5)]
    await expect(complete([two, one])).rejects.toEqual(refusal('InvalidPartOrder', { UploadId: upload.uploadId }))
    await expect(complete([one, one])).rejects.toEqual(refusal('InvalidPartOrder'))
    await expect(complete([two, { ...two, number: 3 }])).rejects.toEqual(refusal('InvalidPart', { PartNumber: '3' }))
    await expect(complete([one, two])).rejects.toEqual(
      refusal('EntityTooSmall', {
        ...{ ProposedSize: String(LARGE - 1), MinSizeAllowed: String(LARGE), PartNumber: '1', ETag: one.etag },
      }),
    )
    await expect(complete([two], { size: 6 })).rejects.toEqual(refusal('InvalidRequest'))
    await expect(ask('complete', { ...upload, key: 'other', parts: [named(two)] })).rejects.toEqual(
      refusal('NoSuchUpload', { UploadId: upload.uploadId }),
    )
    // None of it did any harm
    expect(await complete([two], { size: 5 })).toMatchObject({ size: 5, parts: 1 })
  })

  it('that is completed again so answers the same, for a day, and else there is none', async () => {
    const parts = [await part(1, LARGE), await part(2, 5)]
    const object = await complete(parts, { conditions: { ifNoneMatch: '*' } })
    expect(await complete(parts, { conditions: { ifNoneMatch: '*' } })).toEqual(object)
    await put(ask, 'big', bytes(1))
    expect(await complete(parts)).toEqual(object)
    await expect(complete(parts.slice(1))).rejects.toEqual(refusal('NoSuchUpload'))
    await expect(ask('abort', upload)).rejects.toEqual(refusal('NoSuchUpload'))
    await expect(part(3, 1)).rejects.toEqual(refusal('NoSuchUpload'))
    await stage.pass(2 * DAY)
    await expect(complete(parts)).rejects.toEqual(refusal('NoSuchUpload'))
    expect(await ask('head', { key: 'big' })).toMatchObject({ size: 1 })
  })

  it('counts what a link may still store again, until the link is over', async () => {
    const begin = async (number: number, size = 7) =>
      (await ask('beginPart', { ...upload, number, size, isLinked: true })).piece
    const [finished, late, never] = [await begin(1), await begin(2), await begin(3)]
    await ask('finishPart', await store(finished, bytes(7)))
    await ask('abort', upload)
    await expect(ask('finishPart', await store(late, bytes(7)))).rejects.toEqual(refusal('NoSuchUpload'))
    // Nobody got its link
    await ask('cancel', { piece: never })
    await expect.poll(usage).toMatchObject({ bytes: 14, pieces: 2, begun: 0 })
    expect(await piecesOf(stage.account.id)).toHaveLength(2)
    await stage.pass(limits.directLink.most * 1000 + 60_000)
    await expect.poll(usage).toMatchObject({ bytes: 0, pieces: 0 })
    expect(await piecesOf(stage.account.id)).toEqual([])
  })

  it('keeps what is on its way to it where that is said to be of another', async () => {
    const begin = async () => (await ask('beginPart', { ...upload, number: 1, size: 7, isLinked: true })).piece
    const other = { key: 'other', ...(await ask('createUpload', { key: 'other', headers: {} })) }
    const stored = await store(await begin(), bytes(7))
    for (const of of [other, { ...upload, key: 'other' }, { ...upload, uploadId: 'none' }]) {
      await expect(ask('finishPart', { ...stored, of })).rejects.toEqual(refusal('NoSuchUpload'))
    }
    expect(await ask('finishPart', { ...stored, of: upload })).toMatchObject({ number: 1, size: 7 })
    // Of one that is not there any more it is given up, by whatever name
    const late = await store(await begin(), bytes(7))
    await ask('abort', upload)
    await expect(ask('finishPart', { ...late, of: other })).rejects.toEqual(refusal('NoSuchUpload'))
    await expect.poll(usage).toMatchObject({ begun: 0 })
  })

  it('is completed on its conditions, and stays where they do not hold', async () => {
    const parts = [await part(1, 5)]
    await expect(complete(parts, { conditions: { ifMatch: 'x' } })).rejects.toEqual(refusal('NoSuchKey'))
    const { etag } = await put(ask, 'big', bytes(1))
    await expect(complete(parts, { conditions: { ifNoneMatch: '*' } })).rejects.toEqual(refusal('PreconditionFailed'))
    expect((await ask('parts', { ...upload, most: 10 })).parts).toEqual(parts)
    await complete(parts, { conditions: { ifMatch: etag } })
    expect(await get(ask, 'big')).toEqual(bytes(5))
  })

  it('of eight that are completed at once, the one is new', async () => {
    const uploads = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const { uploadId } = await ask('createUpload', { key: 'new', headers: {} })
        const named1 = await putPart(ask, { key: 'new', uploadId }, 1, bytes(9, at))
        return { key: 'new', uploadId, parts: [named(named1)], conditions: { ifNoneMatch: '*' as const } }
      }),
    )
    const outcomes = await Promise.allSettled(uploads.map(each => ask('complete', each)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('that is aborted leaves nothing, and what is on its way counts no more', async () => {
    await part(1, 100)
    const { piece } = await ask('beginPart', { ...upload, number: 2, size: 5 })
    await ask('abort', upload)
    await expect(ask('finishPart', await store(piece, bytes(5)))).rejects.toEqual(refusal('NoSuchUpload'))
    await expect.poll(() => piecesOf(stage.account.id)).toEqual([])
    await expect(ask('abort', upload)).rejects.toEqual(refusal('NoSuchUpload'))
  })

  it('expires when no part came for a week', async () => {
    await part(1, 100)
    await stage.pass(6 * DAY)
    await part(2, 100)
    await stage.pass(6 * DAY)
    expect((await ask('parts', { ...upload, most: 10 })).parts).toHaveLength(2)
    await stage.pass(2 * DAY)
    await expect(ask('parts', { ...upload, most: 10 })).rejects.toEqual(refusal('NoSuchUpload'))
    expect(await piecesOf(stage.account.id)).toEqual([])
  })

  it('is one of so many', async () => {
    for (let at = 1; at < limits.bucketUploads.most; at++) await ask('createUpload', { key: 'x', headers: {} })
    await expect(ask('createUpload', { key: 'x', headers: {} })).rejects.toEqual(refusal('QuotaExceeded'))
    await ask('abort', upload)
    await ask('createUpload', { key: 'x', headers: {} })
  })
})

describe('a checksum', () => {
  const sumOf = (algorithm: BodyChecksum['algorithm'], ...data: Uint8Array[]): BodyChecksum => {
    const running = runningChecksum(algorithm)
    for (const each of data) running.update(each)
    return { algorithm, value: running.digest().toBase64() }
  }

  /** An upload of two parts that have a checksum. */
  async function uploaded(algorithm: BodyChecksum['algorithm'], type: 'COMPOSITE' | 'FULL_OBJECT') {
    const { uploadId } = await ask('createUpload', { key: 'big', headers: {}, checksum: { algorithm, type } })
    upload = { key: 'big', uploadId }
    expect(await ask('beginPart', { ...upload, number: 9, size: 1 })).toMatchObject({ checksum: { algorithm, type } })
    const [one, two] = [bytes(LARGE, 1), bytes(7, 2)]
    return [await part(1, LARGE, 1, sumOf(algorithm, one)), await part(2, 7, 2, sumOf(algorithm, two))] as const
  }

  it.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('of the whole is made of the parts’ %s', async algorithm => {
    const parts = await uploaded(algorithm, 'FULL_OBJECT')
    const whole = sumOf(algorithm, bytes(LARGE, 1), bytes(7, 2))
    await expect(complete(parts, { checksum: parts[0].checksum })).rejects.toEqual(refusal('BadDigest'))
    await expect(complete(parts, { checksum: { ...whole, algorithm: 'SHA1' } })).rejects.toEqual(
      refusal('InvalidRequest'),
    )
    // Parts need not be named with theirs
    const withoutSums = parts.map(({ number, etag }) => ({ number, etag }))
    const object = await ask('complete', { ...upload, parts: withoutSums, checksum: whole })
    expect(object.checksum).toEqual({ ...whole, type: 'FULL_OBJECT' })
  })

  it.each(['SHA256', 'CRC32'] as const)('of checksums is made of the parts’ %s', async algorithm => {
    const parts = await uploaded(algorithm, 'COMPOSITE')
    const values = parts.map(({ checksum }) => Uint8Array.fromBase64(checksum?.value ?? ''))
    const { value } = sumOf(algorithm, ...values)
    const bare = parts.map(({ number, etag }) => ({ number, etag }))
    await expect(ask('complete', { ...upload, parts: bare })).rejects.toEqual(refusal('InvalidRequest'))
    const lying = [named(parts[0]), { ...named(parts[1]), checksums: [{ algorithm, value: 'AAAA' }] }]
    await expect(ask('complete', { ...upload, parts: lying })).rejects.toEqual(refusal('InvalidPart'))
    await expect(complete(parts, { checksum: parts[0].checksum })).rejects.toEqual(refusal('BadDigest'))
    const object = await complete(parts, { checksum: { algorithm, value } })
    expect(object.checksum).toEqual({ algorithm, type: 'COMPOSITE', value: `${value}-2` })
    expect(await complete(parts, { checksum: { algorithm, value: `${value}-2` } })).toEqual(object)
  })

  it('has to come with every part, where the upload was created with one', async () => {
    await uploaded('SHA256', 'COMPOSITE')
    await expect(part(3, 5)).rejects.toEqual(refusal('InvalidRequest'))
    await expect(part(3, 5, 3, sumOf('CRC32', bytes(5, 3)))).rejects.toEqual(refusal('InvalidRequest'))
  })

  it('that is given with an upload that has none is held against the parts’', async () => {
    const parts = [await part(1, 7, 2, sumOf('CRC64NVME', bytes(7, 2)))]
    const whole = sumOf('CRC64NVME', bytes(7, 2))
    await expect(complete(parts, { checksum: sumOf('CRC64NVME', bytes(8)) })).rejects.toEqual(refusal('BadDigest'))
    await expect(complete(parts, { checksum: sumOf('CRC32', bytes(7, 2)) })).rejects.toEqual(refusal('InvalidRequest'))
    expect((await complete(parts, { checksum: whole })).checksum).toEqual({ ...whole, type: 'FULL_OBJECT' })
  })
})
