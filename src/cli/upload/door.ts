// The account's bucket behind the endpoint, and what an upload asks of it: S3's operations of multipart uploads.
import { createHash } from 'node:crypto'
import { beginParts, completeUpload, finishParts } from '../../upload/documents.ts'
import { DELETE_AFTER_IMPORT } from '../../upload/plan.ts'
import type { Answer } from '../answer.ts'
import { Ec2Fault, Failure, S3Fault } from '../errors.ts'
import { query, type Session, STS } from '../query.ts'
import { Passing, type Patience, retried } from './retry.ts'
import { ask, refusal, type S3Answer, type S3Request, send, textBody } from './s3.ts'
import type { Part } from './source.ts'

/** A part as the bucket has it. */
export interface StoredPart {
  /** The MD5 of its bytes in hexadecimal. */
  readonly etag: string
  /** Bytes. */
  readonly size: number
}

/** Where a part may be stored past the endpoint. */
export interface Link {
  /** What the endpoint calls it. */
  readonly piece: string
  readonly url: URL
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Until then the request has to begin; milliseconds since 1970. */
  readonly expires: number
}

/** An object as the bucket has it. */
export interface StoredImage {
  readonly etag: string
  /** Bytes. */
  readonly size: number
  /** Whether it goes when it is imported. */
  readonly isPassing: boolean
}

const metadata = (isPassing: boolean) => ({
  'content-type': 'application/octet-stream',
  ...(isPassing && { [DELETE_AFTER_IMPORT]: 'true' }),
})

/**
 * The bucket of the account, or undefined where the endpoint is one that has no S3.
 *
 * @throws {Failure} where the endpoint cannot be reached, or refuses the key
 */
export async function findBucket(session: Session, patience: Patience): Promise<string | undefined> {
  const { root, fault } = await retried(() => listBuckets(session), patience)
  if (root?.name === 'ListAllMyBucketsResult') {
    const names = root.all('Buckets/Bucket').map(bucket => bucket.text('Name'))
    return names.find(name => /^images_\d{12}$/.test(name)) ?? bucketOfCaller(session)
  }
  if (!fault) return undefined
  // Whose policy lists no buckets may still use its own
  if (fault instanceof S3Fault && fault.code === 'AccessDenied') return bucketOfCaller(session)
  throw fault
}

/** What is answered, which may be no answer of S3's. @throws {Passing} */
async function listBuckets(session: Session): Promise<S3Answer & { readonly fault?: Failure | undefined }> {
  const request: S3Request = { method: 'GET', path: '/' }
  const answer = await send(session, request)
  const isRefused = answer.root?.name === 'Error' || GATEWAY_FAULTS.includes(answer.status)
  const fault = isRefused ? refusal(session, request, answer) : undefined
  if (fault instanceof Passing) throw fault
  return { ...answer, fault }
}

/** Of whatever is before an endpoint that is not there at the moment: it says nothing about which endpoint that is. */
const GATEWAY_FAULTS = [502, 503, 504]

async function bucketOfCaller(session: Session): Promise<string | undefined> {
  try {
    const identity = await query(session, 'GetCallerIdentity', {}, STS)
    const account = identity.text('GetCallerIdentityResult/Account')
    return /^\d{12}$/.test(account) ? `images_${account}` : undefined
  } catch (error) {
    if (error instanceof Ec2Fault) return undefined
    throw error
  }
}

/** The ETag of an object that is made of parts. */
export function etagOfParts(parts: readonly Pick<Part, 'md5'>[]): string {
  const whole = createHash('md5')
  for (const { md5 } of parts) whole.update(md5)
  return `${whole.digest('hex')}-${parts.length}`
}

/** One key of the bucket, and the uploads to it. */
export class Target {
  readonly session: Session
  readonly bucket: string
  readonly key: string
  readonly #patience: Patience

  constructor(session: Session, bucket: string, key: string, patience: Patience) {
    this.session = session
    this.bucket = bucket
    this.key = key
    this.#patience = patience
  }

  /** As an image's location is written. */
  get location(): string {
    return `${this.bucket}/${this.key}`
  }

  /** Uploads to the key that were neither completed nor given up, the newest first. */
  async uploads(): Promise<string[]> {
    const found: { id: string; initiated: string }[] = []
    const pages = this.#pages('', { uploads: '', prefix: this.key }, page => ({
      'key-marker': page.text('NextKeyMarker'),
      'upload-id-marker': page.text('NextUploadIdMarker'),
    }))
    for await (const page of pages) {
      const own = page.all('Upload').filter(upload => upload.text('Key') === this.key)
      found.push(...own.map(upload => ({ id: upload.text('UploadId'), initiated: upload.text('Initiated') })))
    }
    return found.sort((one, other) => (one.initiated < other.initiated ? 1 : -1)).map(({ id }) => id)
  }

  /** @param isPassing the object goes when it is imported */
  async begin(isPassing: boolean): Promise<string> {
    const { root } = await this.#ask({ method: 'POST', query: { uploads: '' }, headers: metadata(isPassing) })
    const id = root?.text('UploadId')
    if (!id) throw new Failure('the endpoint began an upload and did not say which')
    return id
  }

  /** The parts of an upload that are there, by their numbers. */
  async parts(uploadId: string): Promise<Map<number, StoredPart>> {
    const parts = new Map<number, StoredPart>()
    const pages = this.#pages(this.key, { uploadId }, page => ({
      'part-number-marker': page.text('NextPartNumberMarker'),
    }))
    for await (const page of pages) {
      for (const part of page.all('Part')) {
        parts.set(Number(part.text('PartNumber')), {
          etag: unquoted(part.text('ETag')),
          size: Number(part.text('Size')),
        })
      }
    }
    return parts
  }

  /** Stores a part, once. @throws {Passing} where it is worth another try; see {@link ask} */
  async put(uploadId: string, part: Part, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void> {
    const { headers } = await ask(this.session, {
      ...{ method: 'PUT', path: this.#path(this.key), body: part, onSent, signal },
      query: { partNumber: String(part.number), uploadId },
    })
    checkEtag(headers.get('etag') ?? '', part)
  }

  /**
   * Asks where a part may be stored past the endpoint.
   * @throws {S3Fault} NotImplemented where there is no such way
   */
  async beginPart(uploadId: string, { number, size, md5 }: Part): Promise<Link> {
    const content = beginParts({ number, size, md5: md5.toString('base64') })
    const part = await this.#askOfPart(uploadId, 'begin-parts', content)
    const [piece, url] = [part.text('Piece'), URL.parse(part.text('Url'))]
    if (!url || !/^[\w/-]+$/.test(piece)) throw new Failure('the endpoint does not say where the part may be stored')
    const headers = part.all('Header').map(header => [header.text('Name'), header.text('Value')] as const)
    return { piece, url, headers, expires: Date.parse(part.text('Expires')) }
  }

  /** Has the endpoint look at a part that was stored past it. @returns its ETag */
  async finishPart(uploadId: string, piece: string): Promise<string> {
    const part = await this.#askOfPart(uploadId, 'finish-parts', finishParts(piece))
    return part.text('ETag')
  }

  async #askOfPart(uploadId: string, what: string, content: string): Promise<Answer> {
    const { root } = await ask(this.session, {
      ...{ method: 'POST', path: this.#path(this.key), query: { [what]: '', uploadId } },
      ...{ headers: { 'content-type': 'application/xml' }, body: textBody(content) },
    })
    const [part] = root?.all('Part') ?? []
    if (!part) throw new Failure('the endpoint answers nothing of the part that it was asked about')
    return part
  }

  /** Makes the object. Repeated after an answer that was lost, it finds the object as it should be. */
  async complete(uploadId: string, parts: readonly Part[]): Promise<void> {
    const body = textBody(completeUpload(parts.map(({ md5 }) => md5.toString('hex'))))
    try {
      await this.#ask({ method: 'POST', query: { uploadId }, headers: { 'content-type': 'application/xml' }, body })
    } catch (error) {
      const isGone = error instanceof S3Fault && error.code === 'NoSuchUpload'
      if (!isGone || (await this.head())?.etag !== etagOfParts(parts)) throw error
    }
  }

  async abort(uploadId: string): Promise<void> {
    await this.#ask({ method: 'DELETE', query: { uploadId } }).catch((error: unknown) => {
      if (!(error instanceof S3Fault && error.code === 'NoSuchUpload')) throw error
    })
  }

  /** The object under the key, if there is one. */
  async head(): Promise<StoredImage | undefined> {
    try {
      const { headers } = await this.#ask({ method: 'HEAD' })
      return {
        etag: unquoted(headers.get('etag') ?? ''),
        size: Number(headers.get('content-length')),
        isPassing: headers.get(DELETE_AFTER_IMPORT) === 'true',
      }
    } catch (error) {
      if (error instanceof S3Fault && error.status === 404) return undefined
      throw error
    }
  }

  /** Has the object go when it is imported, or stay. */
  async mark(isPassing: boolean): Promise<void> {
    const source = { 'x-amz-copy-source': `/${this.location}`, 'x-amz-metadata-directive': 'REPLACE' }
    await this.#ask({ method: 'PUT', headers: { ...metadata(isPassing), ...source } })
  }

  #ask(request: Omit<S3Request, 'path'>): Promise<S3Answer> {
    return retried(() => ask(this.session, { path: this.#path(this.key), ...request }), this.#patience)
  }

  async *#pages(
    key: string,
    query: Readonly<Record<string, string>>,
    markers: (page: Answer) => Record<string, string>,
  ): AsyncGenerator<Answer, void, void> {
    for (let place: Record<string, string> = {}; ; ) {
      const request: S3Request = { method: 'GET', path: this.#path(key), query: { ...query, ...place } }
      const { root } = await retried(() => ask(this.session, request), this.#patience)
      if (!root) throw new Failure(`the endpoint lists nothing under ${request.path}`)
      yield root
      if (root.text('IsTruncated') !== 'true') return
      place = markers(root)
    }
  }

  #path(key: string): string {
    return `/${this.bucket}${key && `/${key}`}`
  }
}

/** @throws {Failure} where what is stored is not what was sent */
export function checkEtag(etag: string, { number, md5 }: Part): void {
  if (unquoted(etag) === md5.toString('hex')) return
  throw new Failure(`part ${number} was stored with other bytes than were sent (ETag ${etag || 'missing'})`)
}

const unquoted = (etag: string) => etag.replaceAll('"', '')
