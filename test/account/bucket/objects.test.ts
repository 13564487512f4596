// Objects of an account's bucket: put, read, copied and removed, as S3 has them.
import { describe, expect, it } from 'vitest'
import { limits } from '../../../src/limits.ts'
import type { ReadConditions } from '../../../src/s3/conditions.ts'
import { setStage } from '../stage.ts'
import { bytes, get, piecesOf, put, refusal, STAGING, store } from './support.ts'

const GIB = 2 ** 30
const HOUR = 3_600_000

describe('an object', () => {
  it('is what was put, until another takes its place', async () => {
    const { ask, account } = setStage()
    await expect(ask('head', { key: 'a' })).rejects.toEqual(refusal('NoSuchKey', { Key: 'a' }))
    const headers = { 'content-type': 'text/plain', 'x-amz-meta-größe': '5' }
    const first = await put(ask, 'a', bytes(1000), { headers, checksum: { algorithm: 'CRC32', value: 'AAAAAA==' } })
    expect(first).toEqual({
      ...{
        key: 'a',
        size: 1000,
        headers,
        modified: Date.now(),
        etag: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      },
      checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT', value: 'AAAAAA==' },
    })
    expect(await ask('head', { key: 'a' })).toEqual(first)
    expect(await get(ask, 'a')).toEqual(bytes(1000))
    const second = await put(ask, 'a', bytes(10, 2))
    expect(second.etag).not.toBe(first.etag)
    expect(await get(ask, 'a')).toEqual(bytes(10, 2))
    await expect.poll(() => piecesOf(account.id)).toHaveLength(1)
    expect(await ask('remove', { objects: [{ key: 'a' }, { key: 'never' }] })).toEqual([{ key: 'a' }, { key: 'never' }])
    await expect(ask('open', { key: 'a' })).rejects.toEqual(refusal('NoSuchKey'))
    await expect.poll(() => piecesOf(account.id)).toEqual([])
  })

  it('may have any key, and none is another', async () => {
    const { ask } = setStage()
    const keys = [
      'a/../b',
      'a//b',
      '/',
      '..',
      'a b+c%2F',
      'größe',
      '🐧',
      '\uffff',
      'e\u0301',
      'é',
      'a\0b',
      "'; DROP TABLE objects",
    ]
    for (const [at, key] of keys.entries()) await put(ask, key, bytes(at))
    for (const [at, key] of keys.entries()) expect(await get(ask, key)).toEqual(bytes(at))
    const { items } = await ask('list', { prefix: '', delimiter: '', most: 100 })
    expect(new Set(items.map(({ key }) => key))).toEqual(new Set(keys))
  })

  it('may be empty', async () => {
    const { ask } = setStage()
    expect(await put(ask, 'empty', bytes(0))).toMatchObject({ size: 0, etag: 'd41d8cd98f00b204e9800998ecf8427e' })
    expect(await get(ask, 'empty')).toEqual(bytes(0))
  })

  it('is made once by eight who want it new', async () => {
    const { ask } = setStage()
    const writers = Array.from({ length: 8 }, (_, at) =>
      put(ask, 'new', bytes(10, at), { conditions: { ifNoneMatch: '*' } }),
    )
    const outcomes = await Promise.allSettled(writers)
    const won = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(won).toHaveLength(1)
    const lost = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(lost).toEqual(Array(7).fill(refusal('PreconditionFailed', { Condition: 'If-None-Match' })))
    expect(await ask('head', { key: 'new' })).toEqual(won[0])
  })

  it('is changed only as it was known', async () => {
    const { ask, account } = setStage()
    const put1 = (ifMatch: string) => put(ask, 'a', bytes(5), { conditions: { ifMatch } })
    await expect(put1('0'.repeat(32))).rejects.toEqual(refusal('NoSuchKey'))
    const { etag } = await put(ask, 'a', bytes(4))
    await expect(put1('0'.repeat(32))).rejects.toEqual(refusal('PreconditionFailed', { Condition: 'If-Match' }))
    await put1(etag)
    await put1('*')
    const { etag: now } = await ask('head', { key: 'a' })
    expect(
      await ask('remove', {
        objects: [
          { key: 'a', ifMatch: etag },
          { key: 'b', ifMatch: '*' },
        ],
      }),
    ).toEqual([
      { key: 'a', error: refusal('PreconditionFailed') },
      { key: 'b', error: refusal('NoSuchKey') },
    ])
    expect(await ask('remove', { objects: [{ key: 'a', ifMatch: now }] })).toEqual([{ key: 'a' }])
    await expect.poll(() => piecesOf(account.id)).toEqual([])
  })

  it('that came about meanwhile is not replaced by who wants it new, whose bytes go', async () => {
    const { ask, account } = setStage()
    const conditions = { ifNoneMatch: '*' } as const
    const { piece } = await ask('beginPut', { key: 'a', size: 3, conditions })
    const stored = await store(piece, bytes(3))
    await put(ask, 'a', bytes(9))
    await expect(ask('finishPut', { ...stored, key: 'a', headers: {}, conditions })).rejects.toEqual(
      refusal('PreconditionFailed'),
    )
    expect(await get(ask, 'a')).toEqual(bytes(9))
    await expect.poll(() => piecesOf(account.id)).toHaveLength(1)
  })
})

describe('bytes on their way', () => {
  it('leave nothing when they are given up, and what counts stays', async () => {
    const { ask, account } = setStage()
    const { piece } = await ask('beginPut', { key: 'a', size: 3 })
    await store(piece, bytes(3))
    await ask('cancel', { piece })
    await expect.poll(() => piecesOf(account.id)).toEqual([])
    await expect(ask('finishPut', { piece, size: 3, md5: '', key: 'a', headers: {} })).rejects.toEqual(
      refusal('RequestTimeout'),
    )
    await put(ask, 'b', bytes(4))
    const { pieces } = await ask('open', { key: 'b' })
    await ask('cancel', { piece: pieces[0]?.key ?? '' })
    expect(await get(ask, 'b')).toEqual(bytes(4))
  })

  it('are given up in time where the Worker died, whatever came of them', async () => {
    const stage = setStage()
    const { ask, account } = stage
    const { piece, until } = await ask('beginPut', { key: 'a', size: 1_000_000 })
    await store(piece, bytes(1_000_000))
    expect(until - Date.now()).toBe(limits.bucketBodyTime.most * 1000 + Math.ceil(1_000_000 / 256))
    await stage.pass(limits.bucketBodyTime.most * 1000)
    expect(await ask('unknown', { pieces: [piece] })).toEqual([])
    await stage.pass(HOUR)
    expect(await piecesOf(account.id)).toEqual([])
    expect(await ask('unknown', { pieces: [piece] })).toEqual([piece])
    await expect(ask('finishPut', { piece, size: 1_000_000, md5: '', key: 'a', headers: {} })).rejects.toEqual(
      refusal('RequestTimeout'),
    )
  })

  it('that are not as many as announced count for nothing', async () => {
    const { ask, account } = setStage()
    const { piece } = await ask('beginPut', { key: 'a', size: 3 })
    await expect(ask('finishPut', { ...(await store(piece, bytes(4))), key: 'a', headers: {} })).rejects.toEqual(
      refusal('IncompleteBody'),
    )
    await expect.poll(() => piecesOf(account.id)).toEqual([])
  })

  it('are deleted later where R2 refuses', async () => {
    let isRefusing = true
    const refusing = new Proxy(STAGING, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name)
        if (name === 'delete' && isRefusing) return () => Promise.reject(new Error('delete: Internal (10001)'))
        return typeof member === 'function'
          ? (...args: unknown[]): unknown => Reflect.apply(member, target, args)
          : member
      },
    })
    const stage = setStage({ STAGING: refusing })
    await put(stage.ask, 'a', bytes(3))
    await stage.ask('remove', { objects: [{ key: 'a' }] })
    await stage.pass(10 * 60_000)
    expect(await piecesOf(stage.account.id)).toHaveLength(1)
    isRefusing = false
    await stage.pass(10 * 60_000)
    expect(await piecesOf(stage.account.id)).toEqual([])
  })
})

describe('a copy', () => {
  it('is another name for the same bytes, that outlives the first', async () => {
    const { ask, account } = setStage()
    const source = await put(ask, 'a', bytes(500), { headers: { 'x-amz-meta-a': '1' } })
    expect(await ask('copy', { from: 'a', to: 'b' })).toEqual({ ...source, key: 'b' })
    const headers = { 'x-amz-meta-b': '2' }
    expect(await ask('copy', { from: 'a', to: 'c', headers })).toEqual({ ...source, key: 'c', headers })
    expect(await ask('copy', { from: 'a', to: 'a', headers })).toEqual({ ...source, headers })
    expect(await piecesOf(account.id)).toHaveLength(1)
    await ask('remove', { objects: [{ key: 'a' }, { key: 'c' }] })
    expect(await get(ask, 'b')).toEqual(bytes(500))
    await put(ask, 'b', bytes(1))
    await expect.poll(() => piecesOf(account.id)).toHaveLength(1)
  })

  it('is refused where nothing would change, or a condition does not hold', async () => {
    const { ask } = setStage()
    await expect(ask('copy', { from: 'a', to: 'b' })).rejects.toEqual(refusal('NoSuchKey', { Key: 'a' }))
    const { etag, modified } = await put(ask, 'a', bytes(5))
    await expect(ask('copy', { from: 'a', to: 'a' })).rejects.toEqual(refusal('InvalidRequest'))
    const copy = (sourceConditions: ReadConditions) => ask('copy', { from: 'a', to: 'b', sourceConditions })
    for (const conditions of [
      { ifMatch: ['another'] },
      { ifNoneMatch: [etag] },
      { ifNoneMatch: ['*'] },
      { ifModifiedSince: modified },
      { ifUnmodifiedSince: modified - 2000 },
    ]) {
      await expect(copy(conditions)).rejects.toEqual(refusal('PreconditionFailed'))
    }
    await expect(ask('head', { key: 'b' })).rejects.toEqual(refusal('NoSuchKey'))
    await copy({ ifMatch: [etag], ifUnmodifiedSince: modified - 2000 })
    await expect(ask('copy', { from: 'a', to: 'b', conditions: { ifNoneMatch: '*' } })).rejects.toEqual(
      refusal('PreconditionFailed'),
    )
  })
})

describe('an account', () => {
  it('has no tables before it writes', async () => {
    const { ask } = setStage()
    expect(await ask('list', { prefix: '', delimiter: '', most: 10 })).toEqual({ items: [], prefixes: [] })
    expect(await ask('uploads', { prefix: '', delimiter: '', most: 10 })).toEqual({ items: [], prefixes: [] })
    expect(await ask('unknown', { pieces: ['a', 'b'] })).toEqual(['a', 'b'])
    expect(await ask('held', { hold: 'ami-1' })).toBeNull()
    await expect(ask('beginPart', { key: 'a', uploadId: 'x', number: 1, size: 1 })).rejects.toEqual(
      refusal('NoSuchUpload', { UploadId: 'x' }),
    )
    await expect(ask('head', { key: 'a' })).rejects.toEqual(refusal('NoSuchKey'))
  })

  it('reaches nothing of another’s', async () => {
    const [one, other] = [setStage(), setStage()]
    await put(one.ask, 'a', bytes(5))
    const { uploadId } = await one.ask('createUpload', { key: 'u', headers: {} })
    const begun = await one.ask('beginPart', { key: 'u', uploadId, number: 1, size: 5 })
    const part = await one.ask('finishPart', await store(begun.piece, bytes(5)))
    const put2 = await one.ask('beginPut', { key: 'p', size: 5 })
    await store(put2.piece, bytes(5))
    const { pieces } = await one.ask('open', { key: 'a' })
    const before = await piecesOf(one.account.id)

    const { ask } = other
    await put(ask, 'mine', bytes(1))
    for (const name of ['head', 'open'] as const) {
      await expect(ask(name, { key: 'a' })).rejects.toEqual(refusal('NoSuchKey'))
    }
    await expect(ask('copy', { from: 'a', to: 'b' })).rejects.toEqual(refusal('NoSuchKey'))
    const upload = { key: 'u', uploadId }
    await expect(ask('beginPart', { ...upload, number: 1, size: 5 })).rejects.toEqual(refusal('NoSuchUpload'))
    await expect(ask('parts', { ...upload, most: 10 })).rejects.toEqual(refusal('NoSuchUpload'))
    await expect(ask('abort', upload)).rejects.toEqual(refusal('NoSuchUpload'))
    await expect(ask('complete', { ...upload, parts: [part] })).rejects.toEqual(refusal('NoSuchUpload'))
    const finish = { size: 5, md5: part.etag, key: 'stolen', headers: {} }
    for (const piece of [put2.piece, begun.piece, pieces[0]?.key ?? '']) {
      await expect(ask('finishPut', { ...finish, piece })).rejects.toEqual(refusal('RequestTimeout'))
      await ask('cancel', { piece })
    }
    await ask('remove', { objects: [{ key: 'a' }] })
    const all = { prefix: '', delimiter: '', most: 10 }
    expect((await ask('list', all)).items.map(({ key }) => key)).toEqual(['mine'])
    expect((await ask('uploads', all)).items).toEqual([])
    await other.pass(HOUR)
    expect(await piecesOf(one.account.id)).toEqual(before)
    expect(await get(one.ask, 'a')).toEqual(bytes(5))
  })

  it('has no more bytes than it may have, those on their way among them', async () => {
    const { ask, account } = setStage({}, {}, { BUCKET_GIB: '1' })
    const first = await ask('beginPut', { key: 'a', size: GIB - 10 })
    await expect(ask('beginPut', { key: 'b', size: 11 })).rejects.toEqual(refusal('QuotaExceeded'))
    await put(ask, 'b', bytes(10))
    await ask('cancel', { piece: first.piece })
    // Garbage counts only as long as it is there
    await put(ask, 'c', bytes(100))
    await ask('remove', { objects: [{ key: 'b' }, { key: 'c' }] })
    const all = await ask('beginPut', { key: 'd', size: GIB })
    await ask('cancel', { piece: all.piece })
    await expect.poll(() => piecesOf(account.id)).toEqual([])
  })

  it('has no bucket where the operator has none', async () => {
    const { ask } = setStage({}, {}, { BUCKET_GIB: '0' })
    await expect(ask('beginPut', { key: 'b', size: 1 })).rejects.toEqual(refusal('QuotaExceeded'))
  })

  it('sends so many bodies at a time', async () => {
    const { ask } = setStage()
    for (let at = 0; at < limits.bucketBegun.most; at++) await ask('beginPut', { key: `${at}`, size: 1 })
    await expect(ask('beginPut', { key: 'more', size: 1 })).rejects.toEqual(refusal('SlowDown'))
  })
})
