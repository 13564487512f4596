// How checksums and headers stand in rows.
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../../s3/checksums.ts'
import type { KeptHeaders, UploadChecksum } from './calls.ts'

/** The columns of a checksum: all are null where there is none. */
export interface Checksummed {
  readonly algorithm: ChecksumAlgorithm | null
  readonly type: ChecksumType | null
  readonly checksum: string | null
}

export const checksumColumns = (checksum: Checksum | undefined) =>
  [checksum?.algorithm ?? null, checksum?.type ?? null, checksum?.value ?? null] as const

export function checksumIn({ algorithm, type, checksum: value }: Checksummed): Checksum | undefined {
  return algorithm === null || type === null || value === null ? undefined : { algorithm, type, value }
}

/** How the checksum of an upload's object is to be made. */
export function uploadChecksumIn({ algorithm, type }: Omit<Checksummed, 'checksum'>): UploadChecksum | undefined {
  return algorithm === null || type === null ? undefined : { algorithm, type }
}

/** As they were written by `JSON.stringify`. */
export const headersIn = (text: string): KeptHeaders => JSON.parse(text) as KeptHeaders
