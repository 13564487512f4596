// The parts of a multipart upload that its completion names, held against those that came.
import { limits } from '../../limits.ts'
import { S3Error } from '../../s3/errors.ts'
import type { NamedPart, PartInfo, UploadInfo } from './calls.ts'
import { invalidRequest } from './complaints.ts'

/** A part that came, and the piece that it is in. */
export interface StoredPart extends PartInfo {
  readonly piece: string
}

/**
 * The parts that an object is to be made of.
 * @param stored all that came of the upload, by their numbers
 * @throws S3Error InvalidPartOrder, InvalidPart, InvalidRequest (a checksum is missing), EntityTooSmall
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export function chosenParts(
  upload: UploadInfo,
  named: readonly NamedPart[],
  stored: ReadonlyMap<number, StoredPart>,
): StoredPart[] {
  if (named.some(({ number }, at) => number <= (named[at - 1]?.number ?? 0))) {
    throw new S3Error(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      { elements: { UploadId: upload.uploadId } },
    )
  }
  const chosen = named.map(part => {
    const found = stored.get(part.number)
    if (!found || !isSame(part, found)) throw invalidPart(upload, part)
    return found
  })
  for (const part of named) checkGiven(upload, part)
  for (const part of chosen.slice(0, -1)) if (part.size < limits.partLeast.most) throw tooSmall(part)
  return chosen
}

/** ETag and checksums are those of the part that came, as far as they are named. */
const isSame = ({ etag, checksums = [] }: NamedPart, found: PartInfo): boolean =>
  etag.toLowerCase() === found.etag &&
  checksums.every(({ algorithm, value }) => found.checksum?.algorithm === algorithm && found.checksum.value === value)

/** Where the checksum is made of those of the parts, whoever completes says what these are. */
function checkGiven({ checksum }: UploadInfo, { number, checksums = [] }: NamedPart): void {
  if (checksum?.type !== 'COMPOSITE' || checksums.length > 0) return
  throw invalidRequest(
    `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
  )
}

const invalidPart = ({ uploadId }: UploadInfo, { number, etag }: NamedPart) =>
  new S3Error(
    'InvalidPart',
    'One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part’s entity tag.',
    { elements: { UploadId: uploadId, PartNumber: String(number), ETag: etag } },
  )

const tooSmall = ({ number, size, etag }: PartInfo) =>
  new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
    elements: {
      ProposedSize: String(size),
      MinSizeAllowed: String(limits.partLeast.most),
      PartNumber: String(number),
      ETag: etag,
    },
  })
