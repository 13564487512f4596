// How much an account may have in its bucket. Whatever it can make rows of is counted.
import { limits } from '../../limits.ts'
import { S3Error } from '../../s3/errors.ts'
import { quotaExceeded } from './complaints.ts'
import type { Tables } from './tables.ts'

/** What an account has. */
export interface Usage {
  /** Of objects, parts, what is on its way and what is still to be deleted. */
  readonly bytes: number
  readonly pieces: number
  /** Puts and parts on their way. */
  readonly begun: number
  readonly objects: number
  readonly uploads: number
}

const NOTHING: Usage = { bytes: 0, pieces: 0, begun: 0, objects: 0, uploads: 0 }

export const usageOf = (tables: Tables): Usage =>
  tables.first<{ [Name in keyof Usage]: number }>('SELECT *, (SELECT count(*) FROM uploads) AS uploads FROM usage') ??
  NOTHING

const amount = (count: number) => count.toLocaleString('en')

/**
 * That there is room for so many bytes more, in one piece.
 * @param most bytes of the account
 * @throws S3Error QuotaExceeded; SlowDown, which clients try again, for too much at once
 */
export function checkRoom({ bytes, pieces, begun }: Usage, size: number, most: number): void {
  if (begun >= limits.bucketBegun.most) {
    throw new S3Error(
      'SlowDown',
      `Please send fewer bodies at a time: ${amount(limits.bucketBegun.most)} are under way.`,
    )
  }
  if (bytes + size > most) {
    const left = amount(Math.max(0, most - bytes))
    throw quotaExceeded(`${amount(most)} bytes of objects and parts, of which ${left} are left`)
  }
  if (pieces >= limits.bucketPieces.most) throw quotaExceeded(`${amount(limits.bucketPieces.most)} objects and parts`)
}

/** That there is room for an object more. @throws S3Error QuotaExceeded */
export function checkObjects({ objects }: Usage): void {
  if (objects >= limits.bucketObjects.most) throw quotaExceeded(`${amount(limits.bucketObjects.most)} objects`)
}

/** That there is room for an upload more. @throws S3Error QuotaExceeded */
export function checkUploads({ uploads }: Usage): void {
  if (uploads >= limits.bucketUploads.most) {
    throw quotaExceeded(`${amount(limits.bucketUploads.most)} multipart uploads that are not completed`)
  }
}
