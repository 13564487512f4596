// The checksums that S3 knows.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const

export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

/** Of all bytes, or of the checksums of the parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: ChecksumType
  /** Base64; where it is composite with a hyphen and the number of parts. */
  readonly value: string
}
