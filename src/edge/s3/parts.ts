// The parts of a multipart upload.
import type { PartInfo } from '../../account/bucket/calls.ts'
import { limits } from '../../limits.ts'
import { S3Error } from '../../s3/errors.ts'
import { invalidArgument, readEncoding, readNumber, readPageSize } from '../../s3/listing.ts'
import { checksumElements, checksumHeaders, ENCRYPTED, quoted } from './answers.ts'
import { bare, documented, type ObjectCall, ownerOf } from './call.ts'
import { receive } from './receive.ts'
import { uploadIdOf } from './uploads.ts'

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export async function uploadPart(call: ObjectCall): Promise<Response> {
  const { key, ask, parameters } = call
  const number = partNumber(parameters.get('partNumber') ?? '')
  const uploadId = uploadIdOf(call)
  const { etag, checksum } = await receive(call, {
    begin: announced => ask('beginPart', { ...announced, key, uploadId, number }),
    finish: stored => ask('finishPart', stored),
  })
  return bare(200, { etag: quoted(etag), ...checksumHeaders(checksum), ...ENCRYPTED })
}

/** Bytes are not read to be copied, and a part is no run of another object's bytes. */
export async function uploadPartCopy(): Promise<Response> {
  throw new S3Error(
    'NotImplemented',
    'UploadPartCopy is not implemented. CopyObject copies an object of any size in one request: set multipart_threshold ' +
      '(AWS CLI, boto3) or --s3-copy-cutoff (rclone) above the size of the object, up to 5 GiB, or upload it again.',
  )
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export async function listParts(call: ObjectCall): Promise<Response> {
  const { key, bucket, ask, parameters } = call
  const { encode, encoding } = readEncoding(parameters)
  const after = readNumber(parameters.get('part-number-marker'), 'part-number-marker') ?? 0
  const most = readPageSize(parameters.get('max-parts'), 'max-parts')
  const { upload, parts, next } = await ask('parts', { key, uploadId: uploadIdOf(call), after, most })
  return documented('ListPartsResult', [
    ['Bucket', bucket],
    ['Key', encode(key)],
    ['UploadId', upload.uploadId],
    ['EncodingType', encoding],
    ['Initiator', ownerOf(call)],
    ['Owner', ownerOf(call)],
    ['StorageClass', 'STANDARD'],
    ['PartNumberMarker', after],
    ['NextPartNumberMarker', next ?? parts.at(-1)?.number ?? 0],
    ['MaxParts', most],
    ['IsTruncated', next !== undefined],
    ['ChecksumAlgorithm', upload.checksum?.algorithm],
    ['ChecksumType', upload.checksum?.type],
    ...parts.map(part => ['Part', contentOf(part)] as const),
  ])
}

const contentOf = ({ number, modified, etag, size, checksum }: PartInfo) =>
  [
    ['PartNumber', number],
    ['LastModified', new Date(modified)],
    ['ETag', quoted(etag)],
    ['Size', size],
    ...checksumElements(checksum),
  ] as const

/** @throws S3Error InvalidArgument */
export function partNumber(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= limits.partNumber.most) return number
  const message = `Part number must be an integer between 1 and ${limits.partNumber.most}, inclusive`
  throw invalidArgument('partNumber', text, message)
}
