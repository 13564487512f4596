// A file on its way: what is there of it stays, what is not is sent, several parts at a time; the whole is verified.
import { ApiError } from '../api/failure.ts'
import type { Bucket } from '../api/s3.ts'
import { beginUpload, completeParts, headObject, listParts, listUploads, type Stored } from './door.ts'
import { type ReadyPart, retried, Sender } from './send.ts'
import { etagOfParts, md5Of, type Part, partsOf } from './source.ts'

export interface Transfer {
  readonly bucket: Bucket
  readonly key: string
  readonly file: File
  /** MD5s of parts that are known already, by their numbers; gets all others. */
  readonly digests: Map<number, Uint8Array<ArrayBuffer>>
  /** Is told how many bytes of the file are there, and how many of them were sent now. */
  readonly onProgress: (all: number, now: number) => void
  readonly signal: AbortSignal
}

/** So many of something at a time; others wait for their turn. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(most: number) {
    this.#free = most
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}

/** Parts on their way at a time, of all files: some browsers have six connections to a host, and pages want some. */
const LANES = 4
const lanes = new Slots(LANES)

/**
 * Brings a file to its place in the bucket.
 * @throws ApiError; DOMException where the file cannot be read, or was changed; what the signal was aborted with
 */
export async function transfer(transfer: Transfer): Promise<void> {
  const { bucket, key, signal } = transfer
  const parts = partsOf(transfer.file)
  if (await retried(() => isStored(transfer, parts), signal)) return
  const { uploadId, stored } = await retried(() => standing(bucket, key), signal)
  const ready = await sendAll(transfer, parts, stored, new Sender(bucket, key, uploadId))
  const etags = ready.map(({ md5 }) => md5.toHex())
  const etag = await retried(() => completeParts(bucket, key, uploadId, etags), signal)
  if (etag === etagOfParts(ready.map(({ md5 }) => md5))) return
  throw new ApiError('BadDigest', 'What is stored is not what was sent. Give it up, and upload it again.', 400)
}

/** Whether all of it is there: an earlier upload came so far. */
async function isStored(transfer: Transfer, parts: readonly Part[]): Promise<boolean> {
  const object = await headObject(transfer.bucket, transfer.key)
  if (object?.size !== transfer.file.size) return false
  const digests: Uint8Array[] = []
  for (const part of parts) digests.push((await readied(part, transfer)).md5)
  return object.etag === etagOfParts(digests)
}

/** The newest upload to the key with what is there of it; else a new one. */
async function standing(bucket: Bucket, key: string): Promise<{ uploadId: string; stored: Map<number, Stored> }> {
  const [newest] = (await listUploads(bucket, key)).filter(upload => upload.key === key)
  if (newest) return { uploadId: newest.uploadId, stored: await listParts(bucket, newest) }
  return { uploadId: await beginUpload(bucket, key), stored: new Map() }
}

/** @returns all parts in order */
async function sendAll(
  transfer: Transfer,
  parts: readonly Part[],
  stored: ReadonlyMap<number, Stored>,
  sender: Sender,
): Promise<ReadyPart[]> {
  const failure = new AbortController()
  const signal = AbortSignal.any([transfer.signal, failure.signal])
  const progress = new Progress(transfer.onProgress)
  const left = parts.values()
  const done: ReadyPart[] = []
  const lane = async () => {
    for (const part of left) {
      const ready = await lanes.use(() => sendOne(part, { ...transfer, signal }, stored, sender, progress))
      done.push(ready)
    }
  }
  const all = Array.from({ length: LANES }, () =>
    lane().catch((error: unknown) => {
      failure.abort(error)
      throw error
    }),
  )
  try {
    await Promise.all(all)
  } finally {
    await Promise.allSettled(all)
  }
  return done.sort((one, other) => one.number - other.number)
}

async function sendOne(
  part: Part,
  transfer: Transfer,
  stored: ReadonlyMap<number, Stored>,
  sender: Sender,
  progress: Progress,
): Promise<ReadyPart> {
  const { signal } = transfer
  signal.throwIfAborted()
  const ready = await readied(part, transfer)
  const there = stored.get(part.number)
  const isThere = there?.size === part.bytes.size && there.etag === ready.md5.toHex()
  if (isThere) {
    progress.skip(part.bytes.size)
  } else {
    await sender.send(ready, bytes => progress.set(part.number, bytes), signal)
    progress.set(part.number, part.bytes.size)
  }
  return ready
}

async function readied(part: Part, { digests, signal }: Transfer): Promise<ReadyPart> {
  const md5 = digests.get(part.number) ?? (await md5Of(part.bytes, signal))
  digests.set(part.number, md5)
  return { ...part, md5 }
}

/** How much is there, of all parts together. */
class Progress {
  readonly #parts = new Map<number, number>()
  readonly #told: Transfer['onProgress']
  #sent = 0
  #skipped = 0

  constructor(told: Transfer['onProgress']) {
    this.#told = told
  }

  /** So many bytes of a part are gone. */
  set(part: number, bytes: number): void {
    this.#sent += bytes - (this.#parts.get(part) ?? 0)
    this.#parts.set(part, bytes)
    this.#tell()
  }

  /** So many were there before. */
  skip(bytes: number): void {
    this.#skipped += bytes
    this.#tell()
  }

  #tell(): void {
    this.#told(this.#skipped + this.#sent, this.#sent)
  }
}
