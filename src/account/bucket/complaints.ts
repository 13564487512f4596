// What the bucket says no with: S3's codes, sentences and elements.
import { S3Error } from '../../s3/errors.ts'

export const noSuchKey = (key: string): S3Error =>
  new S3Error('NoSuchKey', 'The specified key does not exist.', { elements: { Key: key } })

export const noSuchUpload = (uploadId: string): S3Error =>
  new S3Error(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { elements: { UploadId: uploadId } },
  )

/** What came has not begun here, or so long ago that it was given up. */
export const tooLate = (): S3Error =>
  new S3Error('RequestTimeout', 'The body took too long to arrive. Please try again.')

/** @param what of it, with the number that the account may have */
export const quotaExceeded = (what: string): S3Error => new S3Error('QuotaExceeded', `The account may have ${what}.`)

/** A checksum is of another algorithm or type than that of the upload, or there is none. */
export const mismatch = (expected: string, actual: string): S3Error =>
  invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected.toLowerCase()}, actual checksum Type: ${actual.toLowerCase()}`,
  )

export const invalidRequest = (message: string): S3Error => new S3Error('InvalidRequest', message)
