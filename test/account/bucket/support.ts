// A client of an account's bucket, as the S3 door is one: it tells the account, stores the bytes, and tells it again.
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type {
  AskBucket,
  BodyChecksum,
  KeptHeaders,
  NamedPart,
  PartInfo,
  StoredBytes,
} from '../../../src/account/bucket/calls.ts'
import type { Env } from '../../../src/edge/services.ts'
import type { WriteConditions } from '../../../src/s3/conditions.ts'
import type { ObjectInfo } from '../../../src/staging/object.ts'
import { openObject } from '../../../src/staging/read.ts'

export const { STAGING } = env as Env

export const MiB = 2 ** 20

/** Bytes that tell where they are from. */
export function bytes(size: number, seed = 1): Uint8Array {
  const run = Uint8Array.from({ length: Math.min(size, 65_521) }, (_, at) => at * 31 + seed * 7 + (at >> 8))
  const all = new Uint8Array(size)
  for (let at = 0; at < size; at += run.length) all.set(run.subarray(0, size - at), at)
  return all
}

/** Stores bytes under a piece's key, as the door does. */
export async function store(piece: string, body: Uint8Array, checksum?: BodyChecksum): Promise<StoredBytes> {
  const { etag, size } = await STAGING.put(piece, body, {})
  return { piece, size, md5: etag, ...(checksum && { checksum }) }
}

export interface PutOptions {
  readonly headers?: KeptHeaders
  readonly conditions?: WriteConditions
  readonly checksum?: BodyChecksum
}

/** PutObject. */
export async function put(
  ask: AskBucket,
  key: string,
  body: Uint8Array,
  options: PutOptions = {},
): Promise<ObjectInfo> {
  const { headers = {}, conditions = {}, checksum } = options
  const { piece } = await ask('beginPut', { key, size: body.length, conditions })
  return ask('finishPut', { ...(await store(piece, body, checksum)), key, headers, conditions })
}

/** UploadPart. */
export async function putPart(
  ask: AskBucket,
  upload: { readonly key: string; readonly uploadId: string },
  number: number,
  body: Uint8Array,
  checksum?: BodyChecksum,
): Promise<PartInfo> {
  const { piece } = await ask('beginPart', { ...upload, number, size: body.length })
  return ask('finishPart', await store(piece, body, checksum))
}

/** A part as the document of CompleteMultipartUpload names it. */
export const named = ({ number, etag, checksum }: PartInfo): NamedPart => ({
  ...{ number, etag },
  ...(checksum && { checksums: [checksum] }),
})

/** The bytes of an object; undefined where they are gone. */
export async function get(ask: AskBucket, key: string): Promise<Uint8Array | undefined> {
  const opened = await openObject(STAGING, await ask('open', { key }))
  return opened && new Uint8Array(await new Response(opened.body).arrayBuffer())
}

/** Keys in R2 of an account's pieces. */
export const piecesOf = async (account: string): Promise<string[]> =>
  (await STAGING.list({ prefix: `objects/${account}/` })).objects.map(({ key }) => key)

/** An error of S3's, as `toEqual` and `rejects` take it. */
export const refusal = (code: string, elements: Readonly<Record<string, string>> = {}): unknown =>
  expect.objectContaining({ code, elements: expect.objectContaining(elements) as unknown })
