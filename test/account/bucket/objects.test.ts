// Objects of an account's bucket: put, read, listed, copied and removed, as S3 has them.
import { describe, expect, it } from 'vitest'
import { setStage } from '../stage.ts'
import { bytes, get, piecesOf, put } from './support.ts'

const refusal = (code: string, elements: object = {}) =>
  expect.objectContaining({ code, elements: expect.objectContaining(elements) as object }) as Error

describe('an object', () => {
  it('is what was put, until another takes its place', async () => {
    const { ask, account } = setStage()
    await expect(ask('head', { key: 'a' })).rejects.toEqual(refusal('NoSuchKey', { Key: 'a' }))
    const first = await put(ask, 'a', bytes(1000), { headers: { 'content-type': 'text/plain' } })
    expect(first).toMatchObject({ key: 'a', size: 1000, headers: { 'content-type': 'text/plain' } })
    expect(await ask('head', { key: 'a' })).toEqual(first)
    expect(await get(ask, 'a')).toEqual(bytes(1000))
    const second = await put(ask, 'a', bytes(10, 2))
    expect(second.etag).not.toBe(first.etag)
    expect(await get(ask, 'a')).toEqual(bytes(10, 2))
    await expect.poll(() => piecesOf(account.id)).toHaveLength(1)
    await ask('remove', { objects: [{ key: 'a' }, { key: 'never' }] })
    await expect(ask('open', { key: 'a' })).rejects.toEqual(refusal('NoSuchKey'))
    await expect.poll(() => piecesOf(account.id)).toEqual([])
  })
})
