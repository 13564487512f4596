// Whatever is killed, and wherever: an object is as it was or as it was to be, what is resumed is whole, and of what is
// abandoned nothing is left.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AskBucket } from '../../../src/account/bucket/calls.ts'
import { receive } from '../../../src/edge/s3/receive.ts'
import { sweep } from '../../../src/edge/scheduled.ts'
import type { Env } from '../../../src/edge/services.ts'
import { limits } from '../../../src/limits.ts'
import { authenticOf, requestOf } from '../../s3/door.ts'
import { crc32, inChunks } from '../../s3/support.ts'
import { Killed, type Stage, setStage } from '../stage.ts'
import { bytes, get, named, piecesOf, put, putPart, STAGING, store } from './support.ts'

const DAY = 24 * 3_600_000

/** Longer than anything is kept that nobody finishes. */
const LONG = 9 * DAY

const TABLES = ['pieces', 'contents', 'objects', 'holds', 'uploads', 'completions']

beforeAll(() => {
  // Parts of 5 MiB show no more than small ones, many times over
  const { most } = limits.partLeast
  Reflect.set(limits.partLeast, 'most', 16)
  return () => void Reflect.set(limits.partLeast, 'most', most)
})

/** How many rows an account's tables have, and what is counted of them. */
const rowsOf = (account: string) =>
  runInDurableObject((env as Env).ACCOUNT.getByName(account), (_, { storage: { sql } }) => {
    // Where the first write was killed
    if (sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'pieces'`).toArray().length === 0) return {}
    const counts = TABLES.flatMap(table => {
      const [row] = sql.exec(`SELECT count(*) AS count FROM ${table}`).toArray()
      return row?.['count'] ? [[table, row['count']]] : []
    })
    const [usage] = sql.exec('SELECT * FROM usage').toArray()
    const [held] = sql.exec('SELECT count(*) AS pieces, coalesce(sum(size), 0) AS bytes FROM pieces').toArray()
    expect(usage).toMatchObject({ ...held })
    return Object.fromEntries(counts) as Record<string, number>
  })

/** That R2 has what the account's rows say, and the bytes of these objects and nothing else. */
async function expectOnly(stage: Stage, objects: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const { ask, account } = stage
  const { items } = await ask('list', { prefix: '', delimiter: '', most: 1000 })
  expect(items.map(({ key }) => key)).toEqual(Object.keys(objects))
  const pieces = new Set<string>()
  const contents = new Set<string | undefined>()
  for (const [key, body] of Object.entries(objects)) {
    expect(await get(ask, key)).toEqual(body)
    const { pieces: own } = await ask('open', { key })
    for (const piece of own) pieces.add(piece.key)
    contents.add(own[0]?.key)
  }
  expect((await piecesOf(account.id)).toSorted()).toEqual([...pieces].toSorted())
  expect(await ask('unknown', { pieces: [...pieces] })).toEqual([])
  const rows = await rowsOf(account.id)
  expect(rows).toEqual(
    items.length === 0 ? {} : { pieces: pieces.size, contents: contents.size, objects: items.length },
  )
}

const ignoreKills = (error: unknown) => {
  if (!(error instanceof Killed)) throw error
}

/** What a client does, and what is there afterwards where it was not done or was. */
interface Scenario {
  readonly setUp?: (ask: AskBucket) => Promise<unknown>
  readonly act: (ask: AskBucket, account: string) => Promise<unknown>
  /** What may be there, each all of it. */
  readonly ends: readonly Readonly<Record<string, Uint8Array>>[]
}

const OLD = bytes(20, 1)
const NEW = bytes(30, 2)

async function uploadParts(ask: AskBucket, key: string) {
  const upload = { key, ...(await ask('createUpload', { key, headers: {} })) }
  const parts = [await putPart(ask, upload, 1, bytes(16, 3)), await putPart(ask, upload, 2, bytes(5, 4))]
  return { upload, parts }
}

/** So many that they are sent on while they come. */
const LARGE = bytes(300_000, 5)

/** A put as the door does it: its bytes come while the account is told of it. */
async function putByDoor(ask: AskBucket, account: string, key: string, body: Uint8Array): Promise<void> {
  const { message } = inChunks({ pieces: [body], signed: false, trailers: { 'x-amz-checksum-crc32': crc32(body) } })
  const work: Promise<unknown>[] = []
  const call = {
    ...{
      request: requestOf(message),
      authentic: await authenticOf(message),
      caller: { account: { id: account } },
      ask,
    },
    ...{ bytes: STAGING, defer: (each: Promise<unknown>) => void work.push(each) },
  }
  try {
    await receive(call, {
      begin: announced => ask('beginPut', { ...announced, key }),
      finish: stored => ask('finishPut', { ...stored, key, headers: {} }),
    })
  } finally {
    await Promise.allSettled(work)
  }
}

const WHOLE = Uint8Array.from([...bytes(16, 3), ...bytes(5, 4)])

const scenarios: Readonly<Record<string, Scenario>> = {
  'a put': { act: ask => put(ask, 'a', NEW), ends: [{}, { a: NEW }] },
  'a put in place of another': {
    setUp: ask => put(ask, 'a', OLD),
    act: ask => put(ask, 'a', NEW),
    ends: [{ a: OLD }, { a: NEW }],
  },
  'a put by the door': { act: (ask, account) => putByDoor(ask, account, 'a', LARGE), ends: [{}, { a: LARGE }] },
  'a removal': {
    setUp: ask => put(ask, 'a', OLD),
    act: ask => ask('remove', { objects: [{ key: 'a' }] }),
    ends: [{ a: OLD }, {}],
  },
  'a copy in place of another whose source goes': {
    setUp: async ask => [await put(ask, 'a', OLD), await put(ask, 'b', NEW)],
    async act(ask) {
      await ask('copy', { from: 'b', to: 'a' })
      await ask('remove', { objects: [{ key: 'b' }] })
    },
    ends: [{ a: OLD, b: NEW }, { a: NEW, b: NEW }, { a: NEW }],
  },
  'an upload that is completed in place of another': {
    setUp: ask => put(ask, 'a', OLD),
    async act(ask) {
      const { upload, parts } = await uploadParts(ask, 'a')
      await putPart(ask, upload, 7, bytes(3))
      await putPart(ask, upload, 2, bytes(5, 4))
      await ask('complete', { ...upload, parts: parts.map(named) })
    },
    ends: [{ a: OLD }, { a: WHOLE }],
  },
  'an upload that is aborted': {
    async act(ask) {
      const { upload } = await uploadParts(ask, 'a')
      await ask('abort', upload)
    },
    ends: [{}],
  },
  'a removal of many': {
    setUp: async ask => [await put(ask, 'a', OLD), await put(ask, 'b', NEW), await put(ask, 'c', bytes(3))],
    act: ask => ask('remove', { objects: ['a', 'none', 'b', 'c'].map(key => ({ key })) }),
    ends: [{ a: OLD, b: NEW, c: bytes(3) }, {}],
  },
  'a copy at once with the removal of its source': {
    setUp: ask => put(ask, 'a', OLD),
    act: ask => Promise.all([ask('copy', { from: 'a', to: 'b' }), ask('remove', { objects: [{ key: 'a' }] })]),
    ends: [{ a: OLD }, { a: OLD, b: OLD }, { b: OLD }],
  },
  'an upload that is completed twice at once': {
    async act(ask) {
      const { upload, parts } = await uploadParts(ask, 'a')
      const complete = () => ask('complete', { ...upload, parts: parts.map(named) })
      const [one, other] = await Promise.all([complete(), complete()])
      expect(one).toEqual(other)
    },
    ends: [{}, { a: WHOLE }],
  },
  'an upload that is aborted while it is completed': {
    async act(ask) {
      const { upload, parts } = await uploadParts(ask, 'a')
      const [completed, aborted] = await Promise.allSettled([
        ask('complete', { ...upload, parts: parts.map(named) }),
        ask('abort', upload),
      ])
      if (completed.status === 'rejected') throw completed.reason
      if (aborted.status === 'rejected' && aborted.reason instanceof Killed) throw aborted.reason
      expect(aborted).toMatchObject({ status: 'rejected', reason: { code: 'NoSuchUpload' } })
    },
    ends: [{}, { a: WHOLE }],
  },
  'two puts of one key at once': {
    act: ask => Promise.all([put(ask, 'a', OLD), put(ask, 'a', NEW)]),
    ends: [{}, { a: OLD }, { a: NEW }],
  },
  'bytes that are given up': {
    async act(ask) {
      const { piece } = await ask('beginPut', { key: 'a', size: 5 })
      await store(piece, bytes(5))
      await ask('cancel', { piece })
    },
    ends: [{}],
  },
}

describe.each(Object.entries(scenarios))('of %s', (_, { setUp, act, ends }) => {
  it('that is killed at any step nothing is half there, and nothing is left over', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      await setUp?.(stage.ask)
      stage.killAt(step)
      const wasDone = await act(stage.ask, stage.account.id).then(
        () => true,
        error => ignoreKills(error),
      )
      const wasKilled = stage.disarm()
      await stage.pass(LONG)
      const { items } = await stage.ask('list', { prefix: '', delimiter: '', most: 10 })
      const there = items.map(({ key, size }) => [key, size]).join()
      const end = ends.find(
        each =>
          Object.entries(each)
            .map(([key, { length }]) => [key, length])
            .join() === there,
      )
      if (!end) throw new Error(`step ${step}: there is ${JSON.stringify(items)}`)
      if (wasDone) expect(end, `step ${step}`).toBe(ends.at(-1))
      await expectOnly(stage, end)
      if (!wasKilled) break
    }
  })
})

/** A generator of numbers below one, the same for each seed. */
function random(seed: number): () => number {
  let state = seed * 2_654_435_761
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}

const PARTS = 5
const partBytes = (number: number) => bytes(16 + number, number)

/** One try of a client that goes on where it stopped: it asks what is there, sends what is missing, and completes. */
async function tryOnce(ask: AskBucket, progress: { uploadId?: string }, next: () => number): Promise<void> {
  progress.uploadId ??= (await ask('createUpload', { key: 'big', headers: {} })).uploadId
  const upload = { key: 'big', uploadId: progress.uploadId }
  const { parts } = await ask('parts', { ...upload, most: 100 })
  const there = new Map(parts.map(part => [part.number, part]))
  for (let number = 1; number <= PARTS; number++) {
    if (there.has(number)) continue
    const { piece } = await ask('beginPart', { ...upload, number, size: partBytes(number).length })
    // The Worker is killed between the steps: before the bytes are there, or before they are told of
    if (next() < 0.1) throw new Killed()
    const stored = await store(piece, partBytes(number))
    if (next() < 0.1) throw new Killed()
    there.set(number, await ask('finishPart', stored))
  }
  const all = [...there.values()].toSorted((one, other) => one.number - other.number)
  await ask('complete', { ...upload, parts: all.map(named) })
}

/** Tries with kills at random steps. @returns whether it came to its end */
async function tryKilled(stage: Stage, progress: { uploadId?: string }, next: () => number): Promise<boolean> {
  stage.killAt(1 + Math.floor(next() * 25))
  const isDone = await tryOnce(stage.ask, progress, next).then(() => true, ignoreKills)
  stage.disarm()
  return isDone === true
}

const TIMES = 100

describe('a multipart upload that is killed at random', () => {
  it('and resumed as often has its bytes, whatever is killed when', async () => {
    let kills = 0
    for (let seed = 1; kills < TIMES; seed++) {
      const [stage, next] = [setStage(), random(seed)]
      const progress = {}
      while (!(await tryKilled(stage, progress, next))) kills++
      await stage.pass(LONG)
      await expectOnly(stage, { big: Uint8Array.from([1, 2, 3, 4, 5].flatMap(number => [...partBytes(number)])) })
    }
  })

  it('and abandoned leaves nothing, whatever is killed when', async () => {
    for (let seed = 1; seed <= TIMES / 2; seed++) {
      const [stage, next] = [setStage(), random(seed)]
      const progress = {}
      const tries = 1 + Math.floor(next() * 3)
      let isDone = false
      for (let at = 0; at < tries && !isDone; at++) isDone = await tryKilled(stage, progress, next)
      if (isDone) await stage.ask('remove', { objects: [{ key: 'big' }] })
      await stage.pass(LONG)
      await expectOnly(stage, {})
    }
  })
})

it('bytes that come when they were given up long ago are swept', async () => {
  const others = await STAGING.list({ prefix: 'objects/' })
  await STAGING.delete(others.objects.map(({ key }) => key))
  const stage = setStage()
  const { piece } = await stage.ask('beginPut', { key: 'a', size: 5 })
  await put(stage.ask, 'b', NEW)
  await stage.pass(DAY)
  await store(piece, bytes(5))
  await STAGING.put(`objects/999999999999/${'0'.repeat(32)}`, 'of nobody')
  const variables = { ONE_XMLRPC: 'http://localhost/RPC2', ONE_AUTH: 'serveradmin:x', EDGE_SECRET: 'a secret of tests' }
  await sweep({ ...(env as Env), ...variables })
  expect(await piecesOf('999999999999')).toEqual([])
  await expectOnly(stage, { b: NEW })
})
