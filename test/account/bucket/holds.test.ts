// What an import reads is held: overwritten or deleted meanwhile, the bytes stay until the import is over, and no longer.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { Bucket } from '../../../src/account/bucket/bucket.ts'
import type { AskBucket } from '../../../src/account/bucket/calls.ts'
import { bucketOf } from '../../../src/account/bucket/client.ts'
import type { Env } from '../../../src/edge/services.ts'
import { heldKey } from '../../../src/staging/key.ts'
import { openObject } from '../../../src/staging/read.ts'
import { bytes, piecesOf, put, STAGING } from './support.ts'

const HOUR = 3_600_000
const ID = 'ami-0123456789abcdef0'

interface Scene {
  readonly bucket: Bucket
  readonly ask: AskBucket
  readonly pass: (ms: number) => void
  readonly pieces: () => Promise<string[]>
  /** The bytes that are held; undefined where none are. */
  readonly held: () => Promise<Uint8Array | undefined>
}

let accounts = 0

/** A bucket of an account of its own, in its object. */
function inBucket(work: (scene: Scene) => Promise<void>): Promise<void> {
  const account = `8${String(++accounts).padStart(11, '0')}`
  return runInDurableObject((env as Env).ACCOUNT.getByName(account), async (_, { storage }) => {
    let time = Date.now()
    const later: Promise<unknown>[] = []
    const bucket = new Bucket({
      ...{ storage, now: () => time, r2: () => STAGING, mostBytes: () => 2 ** 30 },
      defer: promise => void later.push(promise),
    })
    const ask = bucketOf({ bucket: call => bucket.answer(call) }, account)
    await work({
      bucket,
      ask,
      pass: ms => {
        time += ms
      },
      async pieces() {
        await Promise.all(later.splice(0))
        return piecesOf(account)
      },
      async held() {
        const object = await ask('held', { hold: ID })
        const opened = object && (await openObject(STAGING, object))
        return opened ? new Uint8Array(await new Response(opened.body).arrayBuffer()) : undefined
      },
    })
  })
}

it('whatever becomes of the object, its bytes stay until they are released', () =>
  inBucket(async ({ bucket, ask, pieces, held }) => {
    expect(bucket.hold('a', ID)).toBeUndefined()
    const object = await put(ask, 'a', bytes(500))
    expect(bucket.hold('a', ID)).toEqual(object)
    await put(ask, 'a', bytes(1))
    await ask('remove', { objects: [{ key: 'a' }] })
    expect(await pieces()).toHaveLength(1)
    expect(await held()).toEqual(bytes(500))
    expect(bucket.usage).toMatchObject({ bytes: 500, objects: 0 })
    bucket.release(['ami-1', ID])
    expect(await held()).toBeUndefined()
    expect(await pieces()).toEqual([])
  }))

it('the end of a hold does the object no harm', () =>
  inBucket(async ({ bucket, ask, pieces }) => {
    await put(ask, 'a', bytes(5))
    bucket.hold('a', ID)
    bucket.hold('a', 'snap-1')
    bucket.release([ID])
    bucket.release(['snap-1'])
    expect(await pieces()).toHaveLength(1)
    expect((await ask('head', { key: 'a' })).size).toBe(5)
  }))

it('a hold that is made again is of what is there now', () =>
  inBucket(async ({ bucket, ask, pieces, held }) => {
    await put(ask, 'a', bytes(5))
    bucket.hold('a', ID)
    await put(ask, 'a', bytes(6))
    bucket.hold('a', ID)
    expect(await held()).toEqual(bytes(6))
    expect(await pieces()).toHaveLength(1)
  }))

it('a hold that no task looks after ends within the hour, any other does not', () =>
  inBucket(async ({ bucket, ask, pass, pieces, held }) => {
    await put(ask, 'a', bytes(5))
    bucket.hold('a', ID)
    await ask('remove', { objects: [{ key: 'a' }] })
    const key = heldKey({ account: '800000000000', imageId: ID })
    pass(50 * HOUR)
    expect(bucket.due).toBeDefined()
    await bucket.tidy([key])
    expect(await held()).toEqual(bytes(5))
    await bucket.tidy([])
    expect(await held()).toBeUndefined()
    expect(await pieces()).toEqual([])
    expect(bucket.due).toBeUndefined()
  }))
