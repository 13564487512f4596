// Bodies that come while their account is told of them: whichever of the two goes wrong first, nothing of them is left.
import { describe, expect, it } from 'vitest'
import type { AskBucket, BucketOperation } from '../../../src/account/bucket/calls.ts'
import { receive } from '../../../src/edge/s3/receive.ts'
import type { WriteConditions } from '../../../src/s3/conditions.ts'
import type { Authentic } from '../../../src/s3/payload.ts'
import { bytes, get, piecesOf, refusal, STAGING } from '../../account/bucket/support.ts'
import { type Stage, setStage } from '../../account/stage.ts'
import { crc32 } from '../../s3/support.ts'

const LARGE = bytes(700_000)

/** A body that comes as it is pulled, and when all of it was read. */
function slowly(body: Uint8Array) {
  const read = Promise.withResolvers<void>()
  let sent = 0
  const stream = new ReadableStream({
    type: 'bytes',
    pull(controller) {
      const piece = body.slice(sent, sent + 65_536)
      sent += piece.length
      if (piece.length > 0) return controller.enqueue(piece)
      read.resolve()
      controller.close()
      controller.byobRequest?.respond(0)
    },
  })
  return { stream, read: read.promise }
}

interface Sent {
  readonly stage: Stage
  readonly stream: ReadableStream
  readonly body: Uint8Array
  /** What is said of the body besides. */
  readonly checksum?: string
  readonly conditions?: WriteConditions
  readonly ask?: AskBucket
}

/** A put of a body; when it is over, and all that it began. */
async function put({
  stage,
  stream,
  body,
  checksum = crc32(body),
  conditions = {},
  ask = stage.ask,
}: Sent): Promise<unknown> {
  const headers = { 'content-length': String(body.length), 'x-amz-checksum-crc32': checksum }
  const request = new Request('https://h/', { method: 'PUT', body: stream })
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
  const signatures = { follows: async () => false }
  const authentic: Authentic = { headers: new Map(Object.entries(headers)), payload: { kind: 'unsigned' }, signatures }
  const work: Promise<unknown>[] = []
  const defer = (each: Promise<unknown>) => void work.push(each)
  try {
    return await receive(
      { request, authentic, caller: stage, bytes: STAGING, defer, ask },
      {
        begin: announced => ask('beginPut', { ...announced, key: 'a', conditions }),
        finish: stored => ask('finishPut', { ...stored, key: 'a', headers: {} }),
      },
    )
  } finally {
    await Promise.allSettled(work)
  }
}

/** Asks, but for one operation only after something. */
const delayed =
  (stage: Stage, operation: BucketOperation, event: Promise<unknown>): AskBucket =>
  async (name, input) => {
    if (name === operation) await event
    return stage.ask(name, input)
  }

/** That nothing is there, and nothing counts. */
async function expectNothing({ account, env }: Stage): Promise<void> {
  await expect.poll(() => env.ACCOUNT.getByName(account.id).stored()).toMatchObject({ bytes: 0, pieces: 0, begun: 0 })
  expect(await piecesOf(account.id)).toEqual([])
}

/** Of an object that is not there. */
const MISSING = { ifMatch: 'x' }

it('a body is read while the account is told of it, and counts when both are done', async () => {
  const stage = setStage()
  const { stream, read } = slowly(LARGE)
  await put({ stage, stream, body: LARGE, ask: delayed(stage, 'beginPut', read) })
  expect(await get(stage.ask, 'a')).toEqual(LARGE)
})

describe('nothing is left of a body', () => {
  it('that the account refuses, and the rest is not awaited', async () => {
    const stage = setStage()
    const refused = Promise.withResolvers<void>()
    let sent = 0
    const stream = new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        if (sent >= 300_000) await refused.promise
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const ask: AskBucket = (name, input) => stage.ask(name, input).finally(refused.resolve)
    await expect(put({ stage, stream, body: LARGE, conditions: MISSING, ask })).rejects.toEqual(refusal('NoSuchKey'))
    expect(sent).toBeLessThan(LARGE.length)
    await expectNothing(stage)
  })

  it('that the account refuses when all of it is there', async () => {
    const stage = setStage()
    const { stream, read } = slowly(LARGE)
    const ask = delayed(stage, 'beginPut', read)
    const sent = put({ stage, stream, body: LARGE, conditions: MISSING, ask })
    await expect(sent).rejects.toEqual(refusal('NoSuchKey'))
    await expectNothing(stage)
  })

  it('that is found wrong before the account has answered', async () => {
    const stage = setStage()
    const { stream, read } = slowly(LARGE)
    const ask = delayed(stage, 'beginPut', read)
    await expect(put({ stage, stream, body: LARGE, checksum: 'AAAAAA==', ask })).rejects.toEqual(refusal('BadDigest'))
    await expectNothing(stage)
  })

  it('whose client leaves before the account has answered', async () => {
    const stage = setStage()
    const lost = Promise.withResolvers<void>()
    const stream = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        controller.error(new Error('Network connection lost.'))
        lost.resolve()
      },
    })
    const ask = delayed(stage, 'beginPut', lost.promise)
    await expect(put({ stage, stream, body: LARGE, ask })).rejects.toEqual(refusal('IncompleteBody'))
    await expectNothing(stage)
  })

  it('of another account’s key', async () => {
    const stage = setStage()
    const piece = `objects/999999999999/${'0'.repeat(32)}`
    await expect(stage.ask('beginPut', { key: 'a', size: 5, piece })).rejects.toEqual(refusal('InternalError'))
  })
})
