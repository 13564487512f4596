// econe-upload through the S3 door: recognised, sent in parts, verified. What the server has of it is all that is remembered, so
// that it goes on wherever it broke off.
import { basename } from 'node:path'
import type { Format } from '../../upload/formats.ts'
import { Failure, Interrupted } from '../errors.ts'
import { amount, Progress } from '../progress.ts'
import type { Session } from '../query.ts'
import { DirectParts } from './direct.ts'
import { etagOfParts, Target } from './door.ts'
import type { Patience } from './retry.ts'
import type { ImageFile, Part } from './source.ts'
import { type SendPart, transfer } from './transfer.ts'

/** How an upload is done. */
export interface Manner {
  /** Parts on their way at a time. */
  readonly parallel: number
  /** How often a request is tried again. */
  readonly retries: number
  /** Forgets what is there of it. */
  readonly restart: boolean
  /** The object goes when an image was made of it. */
  readonly isPassing: boolean
}

/** Where the file goes. */
export function targetOf(session: Session, bucket: string, file: ImageFile, retries: number): Target {
  return new Target(session, bucket, file.key, patienceOf(session, retries))
}

/** Requests are tried again so often, which is told to who traces them. */
export function patienceOf({ signal, trace }: Session, retries: number): Patience {
  const onTrouble = ({ message }: Failure, attempt: number) =>
    trace(`${message}: trying again, ${attempt} of ${retries}`)
  return { retries, signal, onTrouble }
}

/** Says what the file is: always where that is a problem, else to who is watching. */
export function tellFormat({ terminal }: Session, file: ImageFile, format: Format): void {
  const { name, virtualSize, warning } = format
  if (warning === undefined && !terminal.isTTY) return
  const size = virtualSize === undefined ? '' : `, a disk of ${amount(virtualSize)}`
  const packed = file.compression ? `, unpacked from ${file.compression} on the way` : ''
  terminal.write(`${basename(file.path)}: ${name}${size}${packed}${warning ? `. But ${warning}.` : ''}\n`)
}

/**
 * Brings the file to its place in the bucket; what is there of it already is not sent again.
 *
 * @throws {Interrupted} on Ctrl-C, {Failure} saying what is there meanwhile
 */
export async function uploadToBucket(target: Target, file: ImageFile, manner: Manner): Promise<void> {
  const { session } = target
  const label = basename(file.path)
  const progress = new Progress(session.terminal, {
    ...{ total: file.total, label },
    ...(file.compression && { share: file.share }),
  })
  try {
    if (manner.restart) await giveUp(target)
    else if (await isStored(target, file)) return await settle(target, manner)
    await send(target, file, manner, progress)
    await settle(target, manner)
  } catch (error) {
    progress.end()
    const kept = `${progress.summary} of ${label} is there`
    if (session.signal.aborted) {
      throw new Interrupted(`interrupted: ${kept}; the same command goes on from there, or gives it up with --abort`)
    }
    throw error
  } finally {
    progress.end()
  }
}

/** Gives up all uploads of the file. @returns how many there were */
export async function giveUp(target: Target): Promise<number> {
  const uploads = await target.uploads()
  for (const upload of uploads) await target.abort(upload)
  return uploads.length
}

/** Whether all of the file is there: an earlier run came so far. */
async function isStored(target: Target, file: ImageFile): Promise<boolean> {
  const object = await target.head()
  if (object === undefined || (file.total !== undefined && object.size !== file.total)) return false
  const parts: Pick<Part, 'md5'>[] = []
  for await (const { md5 } of file.parts(target.session.signal)) {
    target.session.signal.throwIfAborted()
    parts.push({ md5 })
  }
  return object.etag === etagOfParts(parts)
}

async function send(target: Target, file: ImageFile, manner: Manner, progress: Progress): Promise<void> {
  const { session } = target
  const [newest] = await target.uploads()
  const uploadId = newest ?? (await target.begin(manner.isPassing))
  const stored = newest === undefined ? new Map() : await target.parts(newest)
  const byDoor: SendPart = (part, onSent, signal) => target.put(uploadId, part, onSent, signal)
  const { send: sendPart } = new DirectParts(target, uploadId, byDoor)
  const patience = patienceOf(session, manner.retries)
  try {
    const parts = await transfer({
      parts: file.parts(session.signal),
      ...{ stored, send: sendPart, parallel: manner.parallel, patience, progress },
    })
    if (parts.length === 0) throw new Failure(`${file.path} is empty inside`)
    await refuseChanged(target, uploadId, file)
    await target.complete(uploadId, parts)
    await verify(target, parts)
  } catch (error) {
    session.signal.throwIfAborted()
    await refuseChanged(target, uploadId, file)
    if (!(error instanceof Failure)) throw error
    throw new Failure(`${error.message}\n${progress.summary} of it is there: the same command goes on from there`)
  }
}

/** Parts of two states of a file make no image. @throws {Failure} where it was changed meanwhile */
async function refuseChanged(target: Target, uploadId: string, file: ImageFile): Promise<void> {
  if (!(await file.isChanged())) return
  await target.abort(uploadId)
  throw new Failure(`${file.path} was changed while it was uploaded: nothing of it is kept`)
}

/** @throws {Failure} where the object is not what the file is */
async function verify(target: Target, parts: readonly Part[]): Promise<void> {
  const object = await target.head()
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (object?.etag === etagOfParts(parts) && object.size === size) return
  throw new Failure(`what is stored under ${target.location} is not what was sent: try again with --restart`)
}

/** An upload that goes on may have been begun for another purpose. */
async function settle(target: Target, { isPassing }: Manner): Promise<void> {
  const object = await target.head()
  if (object && object.isPassing !== isPassing) await target.mark(isPassing)
}
