// What is asked of the bucket: its objects, and uploads of several parts.
import { completeUpload } from '../../upload/documents.ts'
import { DELETE_AFTER_IMPORT } from '../../upload/plan.ts'
import { ApiError } from '../api/failure.ts'
import { allIn, type Bucket, textIn } from '../api/s3.ts'

/** An object, or a part, as the bucket has it. */
export interface Stored {
  readonly etag: string
  /** Bytes. */
  readonly size: number
}

export interface StoredObject extends Stored {
  readonly key: string
  readonly modified: Date
}

/** An upload that was neither completed nor given up. */
export interface OpenUpload {
  readonly key: string
  readonly uploadId: string
  readonly initiated: Date
}

const XML = { 'content-type': 'application/xml' }

const etagIn = (text: string | null) => (text ?? '').replaceAll('"', '')

const storedIn = (element: Element): Stored => ({
  etag: etagIn(textIn(element, 'ETag')),
  size: Number(textIn(element, 'Size')),
})

/** All objects. @throws ApiError */
export async function listObjects(bucket: Bucket): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  const request = { method: 'GET', query: { 'list-type': '2' } } as const
  for await (const page of bucket.pages(request, { 'continuation-token': 'NextContinuationToken' })) {
    for (const each of allIn(page, 'Contents')) {
      found.push({ key: textIn(each, 'Key'), modified: new Date(textIn(each, 'LastModified')), ...storedIn(each) })
    }
  }
  return found
}

/** @throws ApiError */
export const deleteObject = (bucket: Bucket, key: string): Promise<unknown> => bucket.ask({ method: 'DELETE', key })

/** What is under a key, if anything is. @throws ApiError */
export async function headObject(bucket: Bucket, key: string): Promise<Stored | undefined> {
  try {
    const { header } = await bucket.ask({ method: 'HEAD', key })
    return { etag: etagIn(header('etag')), size: Number(header('content-length')) }
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** Open uploads, the newest first. @param prefix of their keys @throws ApiError */
export async function listUploads(bucket: Bucket, prefix = ''): Promise<OpenUpload[]> {
  const found: OpenUpload[] = []
  const markers = { 'key-marker': 'NextKeyMarker', 'upload-id-marker': 'NextUploadIdMarker' }
  for await (const page of bucket.pages({ method: 'GET', query: { uploads: '', prefix } }, markers)) {
    for (const each of allIn(page, 'Upload')) {
      const initiated = new Date(textIn(each, 'Initiated'))
      found.push({ key: textIn(each, 'Key'), uploadId: textIn(each, 'UploadId'), initiated })
    }
  }
  return found.toSorted((one, other) => other.initiated.getTime() - one.initiated.getTime())
}

/** @returns its id @throws ApiError */
export async function beginUpload(bucket: Bucket, key: string): Promise<string> {
  const headers = { 'content-type': 'application/octet-stream', [DELETE_AFTER_IMPORT]: 'true' }
  const { root } = await bucket.ask({ method: 'POST', key, query: { uploads: '' }, headers })
  return root ? textIn(root, 'UploadId') : ''
}

/** The parts of an upload that are there, by their numbers. @throws ApiError */
export async function listParts(bucket: Bucket, { key, uploadId }: OpenUpload): Promise<Map<number, Stored>> {
  const found = new Map<number, Stored>()
  const request = { method: 'GET', key, query: { uploadId } } as const
  for await (const page of bucket.pages(request, { 'part-number-marker': 'NextPartNumberMarker' })) {
    for (const each of allIn(page, 'Part')) found.set(Number(textIn(each, 'PartNumber')), storedIn(each))
  }
  return found
}

/**
 * Makes an object of parts. Repeated after an answer that was lost, it finds the object as it should be.
 * @param etags of all parts in order
 * @returns the ETag of the object
 * @throws ApiError
 */
export async function completeParts(
  bucket: Bucket,
  key: string,
  uploadId: string,
  etags: readonly string[],
): Promise<string> {
  try {
    const body = completeUpload(etags)
    const { root } = await bucket.ask({ method: 'POST', key, query: { uploadId }, headers: XML, body })
    return root ? etagIn(textIn(root, 'ETag')) : ''
  } catch (error) {
    const object = isGone(error) ? await headObject(bucket, key) : undefined
    if (!object) throw error
    return object.etag
  }
}

/** Gives up all uploads to a key. @throws ApiError */
export async function abortUploads(bucket: Bucket, key: string): Promise<void> {
  for (const { uploadId, ...upload } of await listUploads(bucket, key)) {
    if (upload.key !== key) continue
    await bucket.ask({ method: 'DELETE', key, query: { uploadId } }).catch((error: unknown) => {
      if (!isGone(error)) throw error
    })
  }
}

const isGone = (error: unknown) => error instanceof ApiError && error.code === 'NoSuchUpload'
