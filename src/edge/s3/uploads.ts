// Multipart uploads: created, completed, aborted and listed.
import type { BodyChecksum, NamedPart, UploadChecksum, UploadInfo, UploadPlace } from '../../account/bucket/calls.ts'
import {
  type ChecksumType,
  checksumAlgorithms,
  checksumHeader,
  checksumTypes,
  isChecksumAlgorithm,
} from '../../s3/checksums.ts'
import { readWriteConditions, withoutQuotes } from '../../s3/conditions.ts'
import { type Element, expectOnly, malformed, textOf } from '../../s3/document.ts'
import { S3Error } from '../../s3/errors.ts'
import { keptHeaders } from '../../s3/kept-headers.ts'
import { invalidArgument, readListParameters, readNumber } from '../../s3/listing.ts'
import { checksumElements, ENCRYPTED, quoted } from './answers.ts'
import { type BucketCall, bare, documented, type ObjectCall, ownerOf } from './call.ts'
import { documentOf } from './documents.ts'
import { prefixesOf } from './lists.ts'

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createMultipartUpload({ key, bucket, headers, ask }: ObjectCall): Promise<Response> {
  const checksum = announcedChecksum(headers)
  const { uploadId } = await ask('createUpload', { key, headers: keptHeaders(headers), checksum })
  const content = [
    ['Bucket', bucket],
    ['Key', key],
    ['UploadId', uploadId],
  ] as const
  return documented('InitiateMultipartUploadResult', content, {
    ...ENCRYPTED,
    'x-amz-checksum-algorithm': checksum?.algorithm,
    'x-amz-checksum-type': checksum?.type,
  })
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(call: ObjectCall): Promise<Response> {
  const { key, bucket, headers, ask, request } = call
  const parts = partsOf(await documentOf(call, 'CompleteMultipartUpload', withoutChecksums(headers)))
  const { etag, checksum } = await ask('complete', {
    key,
    uploadId: uploadIdOf(call),
    parts,
    conditions: readWriteConditions(headers),
    checksum: givenChecksum(headers),
    size: readNumber(headers.get('x-amz-mp-object-size'), 'x-amz-mp-object-size', Number.MAX_SAFE_INTEGER),
  })
  const { origin, pathname } = new URL(request.url)
  const content = [
    ['Location', origin + pathname],
    ['Bucket', bucket],
    ['Key', key],
    ['ETag', quoted(etag)],
    ...checksumElements(checksum),
  ] as const
  return documented('CompleteMultipartUploadResult', content, ENCRYPTED)
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export async function abortMultipartUpload(call: ObjectCall): Promise<Response> {
  await call.ask('abort', { key: call.key, uploadId: uploadIdOf(call) })
  return bare(204)
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export async function listMultipartUploads(call: BucketCall): Promise<Response> {
  const list = readListParameters(call.parameters, 'max-uploads')
  const { encode, encoding, prefix, delimiter, most } = list
  const after = placeOf(call)
  const page = await call.ask('uploads', { prefix, delimiter, most, after })
  return documented('ListMultipartUploadsResult', [
    ['Bucket', call.bucket],
    ['KeyMarker', encode(after?.key ?? '')],
    ['UploadIdMarker', after?.uploadId ?? ''],
    ['NextKeyMarker', page.next && encode(page.next.key)],
    ['NextUploadIdMarker', page.next && (page.next.uploadId ?? '')],
    ['Prefix', encode(prefix)],
    ['Delimiter', delimiter === '' ? undefined : encode(delimiter)],
    ['EncodingType', encoding],
    ['MaxUploads', most],
    ['IsTruncated', page.next !== undefined],
    ...page.items.map(upload => ['Upload', [['Key', encode(upload.key)], ...contentOf(upload, call)]] as const),
    ...prefixesOf(page, list),
  ])
}

/** Where a list of uploads goes on: S3 does not look at an id without a key. */
function placeOf({ parameters }: BucketCall): UploadPlace | undefined {
  const key = parameters.get('key-marker')
  const uploadId = parameters.get('upload-id-marker')
  return key ? { key, ...(uploadId && { uploadId }) } : undefined
}

const contentOf = ({ uploadId, initiated, checksum }: UploadInfo, call: BucketCall) =>
  [
    ['UploadId', uploadId],
    ['Initiator', ownerOf(call)],
    ['Owner', ownerOf(call)],
    ['StorageClass', 'STANDARD'],
    ['Initiated', new Date(initiated)],
    ['ChecksumAlgorithm', checksum?.algorithm],
    ['ChecksumType', checksum?.type],
  ] as const

/** The upload that a request names. */
export const uploadIdOf = ({ parameters }: ObjectCall): string => parameters.get('uploadId') ?? ''

/** The parts that a document names, as it has them. @throws S3Error MalformedXML */
function partsOf(root: Element): NamedPart[] {
  expectOnly(root, 'Part')
  if (root.children.length === 0) throw malformed()
  return root.children.map(part => {
    expectOnly(part, 'PartNumber', 'ETag', ...checksumAlgorithms.map(each => `Checksum${each}`))
    const number = textOf(part, 'PartNumber')?.trim() ?? ''
    const etag = textOf(part, 'ETag')
    if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformed()
    const checksums = checksumAlgorithms.flatMap(algorithm => {
      const value = textOf(part, `Checksum${algorithm}`)?.trim()
      return value ? [{ algorithm, value }] : []
    })
    return { number: Number(number), etag: withoutQuotes(etag), ...(checksums.length > 0 && { checksums }) }
  })
}

/** A checksum in the headers is that of the object, and not that of the document. */
const withoutChecksums = (headers: ObjectCall['headers']) =>
  new Map([...headers].filter(([name]) => !checksumAlgorithms.some(algorithm => checksumHeader(algorithm) === name)))

/** The checksum of the whole that a client gives when it completes an upload. @throws S3Error InvalidRequest */
function givenChecksum(headers: ObjectCall['headers']): (BodyChecksum & { type?: ChecksumType }) | undefined {
  const given = checksumAlgorithms.flatMap(algorithm => {
    const value = headers.get(checksumHeader(algorithm))
    return value === undefined ? [] : [{ algorithm, value }]
  })
  const [checksum, ...more] = given
  if (more.length > 0) {
    throw new S3Error(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    )
  }
  const type = typeOf(headers)
  return checksum && { ...checksum, ...(type && { type }) }
}

/** @throws S3Error InvalidRequest, for an algorithm or a type that there is not, or that do not go together */
function announcedChecksum(headers: ObjectCall['headers']): UploadChecksum | undefined {
  const named = headers.get('x-amz-checksum-algorithm')?.toUpperCase()
  const type = typeOf(headers)
  if (named === undefined) {
    if (type === undefined) return undefined
    throw invalidArgument('x-amz-checksum-type', type, 'It needs x-amz-checksum-algorithm beside it')
  }
  if (!isChecksumAlgorithm(named)) {
    const message = `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${checksumAlgorithms.join(', ')}]`
    throw new S3Error('InvalidRequest', message)
  }
  const types = checksumTypes(named)
  if (type === undefined || types.includes(type)) return { algorithm: named, type: type ?? types[0] }
  throw new S3Error(
    'InvalidRequest',
    `The ${type} checksum type cannot be used with the ${named.toLowerCase()} checksum algorithm.`,
  )
}

function typeOf(headers: ObjectCall['headers']): ChecksumType | undefined {
  const type = headers.get('x-amz-checksum-type')?.toUpperCase()
  if (type === undefined || type === 'COMPOSITE' || type === 'FULL_OBJECT') return type
  throw invalidArgument('x-amz-checksum-type', type, 'It must be COMPOSITE or FULL_OBJECT')
}
