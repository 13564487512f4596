// How a part gets to the bucket: past the Worker to R2 itself where the endpoint has such a way, else by the door.
import { beginParts, finishParts } from '../../upload/documents.ts'
import { ApiError, isUnreachable } from '../api/failure.ts'
import { allIn, type Bucket, textIn, transmit } from '../api/s3.ts'
import { pause } from '../api/wait.ts'

/** A part that is ready to be sent. */
export interface ReadyPart {
  readonly number: number
  readonly bytes: Blob
  readonly md5: Uint8Array<ArrayBuffer>
}

/** Where a part may be stored past the endpoint. */
interface Link {
  /** What the endpoint calls it. */
  readonly piece: string
  readonly url: string
  readonly headers: Headers
}

/** How often something is tried again, and how long is waited before: at first, and at most, in milliseconds. */
const RETRIES = 10
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

/** How often in a row R2 may fail: some networks let nobody get there. */
const PATIENCE = 3

/** Errors of an endpoint that has no way to R2. */
const NO_WAY = ['NotImplemented', 'MethodNotAllowed', 'MalformedXML']

/** Errors that are about the moment, or about what happened to bytes on their way. */
const PASSING = ['BadDigest', 'IncompleteBody', 'InvalidPart', 'RequestTimeout', 'SlowDown']

/** Does the work, again as long as it fails in a way that may pass. @throws what it fails with at last */
export async function retried<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      const mayPass = isUnreachable(error) || (error instanceof ApiError && PASSING.includes(error.code))
      if (!mayPass || attempt === RETRIES) throw error
    }
    await pause(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt), signal)
  }
}

/** Whether there is a way to R2, as far as is known: the endpoint is asked once, and who does not get there does not try on. */
let isOpen = true
/** How often in a row the endpoint took what R2 did not. */
let failures = 0

/** Sends the parts of one upload. */
export class Sender {
  readonly #bucket: Bucket
  readonly #key: string
  readonly #uploadId: string

  constructor(bucket: Bucket, key: string, uploadId: string) {
    this.#bucket = bucket
    this.#key = key
    this.#uploadId = uploadId
  }

  /** @throws ApiError where what is stored is not what was sent, and for all else that goes wrong at last */
  async send(part: ReadyPart, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void> {
    const etag = await retried(() => this.#sendOnce(part, onSent, signal), signal)
    if (etag.replaceAll('"', '') === part.md5.toHex()) return
    throw new ApiError('BadDigest', `Part ${part.number} was stored with other bytes than were sent.`, 400)
  }

  async #sendOnce(part: ReadyPart, onSent: (bytes: number) => void, signal: AbortSignal): Promise<string> {
    const link = isOpen ? await this.#linkFor(part, signal) : undefined
    if (link && (await isTaken(link, part, onSent, signal))) {
      failures = 0
      return textIn(await this.#askOfPart('finish-parts', finishParts(link.piece), signal), 'ETag')
    }
    const etag = await this.#byDoor(part, onSent, signal)
    if (link && ++failures >= PATIENCE) isOpen = false
    return etag
  }

  async #byDoor(
    { number, bytes, md5 }: ReadyPart,
    onSent: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const { header } = await this.#bucket.ask({
      ...{ method: 'PUT', key: this.#key, query: { partNumber: String(number), uploadId: this.#uploadId } },
      ...{ headers: { 'content-md5': md5.toBase64() }, body: bytes, onSent, signal },
    })
    return header('etag') ?? ''
  }

  /** Where the part goes; undefined where there is no such way. */
  async #linkFor({ number, bytes: { size }, md5 }: ReadyPart, signal: AbortSignal): Promise<Link | undefined> {
    try {
      const part = await this.#askOfPart('begin-parts', beginParts({ number, size, md5: md5.toBase64() }), signal)
      const headers = allIn(part, 'Header').map((each): [string, string] => [
        textIn(each, 'Name'),
        textIn(each, 'Value'),
      ])
      return { piece: textIn(part, 'Piece'), url: textIn(part, 'Url'), headers: new Headers(headers) }
    } catch (error) {
      if (!(error instanceof ApiError && NO_WAY.includes(error.code))) throw error
      isOpen = false
      return undefined
    }
  }

  async #askOfPart(what: string, body: string, signal: AbortSignal): Promise<Element> {
    const { root } = await this.#bucket.ask({
      ...{ method: 'POST', key: this.#key, query: { [what]: '', uploadId: this.#uploadId } },
      ...{ headers: { 'content-type': 'application/xml' }, body, signal },
    })
    const part = root && allIn(root, 'Part')[0]
    if (!part) throw new ApiError('InvalidPart', 'The endpoint says nothing of the part.', 400)
    return part
  }
}

/** Whether R2 takes a part. */
async function isTaken(
  { url, headers }: Link,
  { bytes }: ReadyPart,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await transmit(url, { method: 'PUT', headers, body: bytes, onSent, signal }).catch(() => undefined)
  signal.throwIfAborted()
  return answer?.status === 200
}
