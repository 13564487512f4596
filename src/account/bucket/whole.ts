// What is known of an object that is made of parts, from what is known of these: nobody reads the bytes again.
import { createHash } from 'node:crypto'
import { type Checksum, checksumOfParts, checksumTypes, wrongChecksum } from '../../s3/checksums.ts'
import type { BucketCalls, PartInfo, UploadChecksum, UploadInfo } from './calls.ts'
import { invalidRequest, mismatch } from './complaints.ts'
import type { ContentInfo } from './contents.ts'

/** What whoever completes an upload says of the whole. */
type Expected = Pick<BucketCalls['complete']['input'], 'checksum' | 'size'>

/**
 * The whole that parts make.
 * @throws S3Error InvalidRequest, BadDigest where it is not what is expected
 */
export function wholeOf({ checksum: made }: UploadInfo, parts: readonly PartInfo[], expected: Expected): ContentInfo {
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (expected.size !== undefined && expected.size !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${expected.size} does not match what was computed: ${size}`,
    )
  }
  const announced = made ?? (expected.checksum && announcedBy(expected.checksum, parts))
  const values = parts.map(part => ({ size: part.size, value: part.checksum?.value ?? '' }))
  const checksum = announced && checksumOfParts(announced.algorithm, announced.type, values)
  if (expected.checksum && checksum) checkExpected(checksum, expected.checksum)
  return { size, etag: etagOf(parts), parts: parts.length, ...(checksum && { checksum }) }
}

/** The MD5 of the MD5s, and how many they are. */
export function etagOf(parts: readonly Pick<PartInfo, 'etag'>[]): string {
  const hash = createHash('md5')
  for (const { etag } of parts) hash.update(etag, 'hex')
  return `${hash.digest('hex')}-${parts.length}`
}

/** Where an upload was created without a checksum, its parts may have one all the same. @throws S3Error InvalidRequest */
function announcedBy(
  { algorithm, type }: NonNullable<Expected['checksum']>,
  parts: readonly PartInfo[],
): UploadChecksum {
  const missing = parts.find(({ checksum }) => checksum?.algorithm !== algorithm)
  if (missing) throw mismatch(missing.checksum?.algorithm ?? 'null', algorithm)
  return { algorithm, type: type ?? checksumTypes(algorithm)[0] }
}

/** @throws S3Error BadDigest, InvalidRequest for one that the upload was not created with */
function checkExpected(checksum: Checksum, expected: NonNullable<Expected['checksum']>): void {
  const { algorithm, type = checksum.type, value } = expected
  if (algorithm !== checksum.algorithm) throw mismatch(checksum.algorithm, algorithm)
  if (type !== checksum.type) throw mismatch(checksum.type, type)
  // Clients give a composite one with its number or without
  if (value === checksum.value || value === checksum.value.replace(/-\d+$/, '')) return
  throw wrongChecksum(algorithm)
}
