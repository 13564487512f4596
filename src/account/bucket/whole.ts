// What is known of an object that is made of parts, from what is known of these: nobody reads the bytes again.
import { createHash } from 'node:crypto'
import type { Checksum } from '../../s3/checksums.ts'
import { S3Error } from '../../s3/errors.ts'
import type { BucketCalls, PartInfo, UploadInfo } from './calls.ts'
import { invalidRequest } from './complaints.ts'
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
  const checksum = made && checksumOfParts(made, parts)
  checkExpected(checksum, expected.checksum)
  return { size, etag: etagOf(parts), parts: parts.length, ...(checksum && { checksum }) }
}

/** The MD5 of the MD5s, and how many they are. */
export function etagOf(parts: readonly Pick<PartInfo, 'etag'>[]): string {
  const hash = createHash('md5')
  for (const { etag } of parts) hash.update(etag, 'hex')
  return `${hash.digest('hex')}-${parts.length}`
}

function checksumOfParts(
  { algorithm, type }: NonNullable<UploadInfo['checksum']>,
  parts: readonly PartInfo[],
): Checksum | undefined {
  if (type !== 'COMPOSITE' || !(algorithm === 'SHA1' || algorithm === 'SHA256')) return undefined
  const hash = createHash(algorithm.toLowerCase())
  for (const { checksum } of parts) hash.update(checksum?.value ?? '', 'base64')
  return { algorithm, type, value: `${hash.digest('base64')}-${parts.length}` }
}

/** @throws S3Error BadDigest, InvalidRequest for one that the upload was not created with */
function checkExpected(checksum: Checksum | undefined, expected: Expected['checksum']): void {
  if (!expected || !checksum) return
  const { algorithm, type = checksum.type, value } = expected
  if (algorithm !== checksum.algorithm || type !== checksum.type) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()} (${checksum.type}), actual checksum Type: ${algorithm.toLowerCase()} (${type})`,
    )
  }
  // Clients give a composite one with its number or without
  if (value === checksum.value || value === checksum.value.replace(/-\d+$/, '')) return
  throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`)
}
