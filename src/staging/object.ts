// An object of the S3 door: what is known of it, and the pieces that its bytes are in.
import type { Checksum } from '../s3/checksums.ts'

/** The bucket of an account. The underscore keeps it in the path: no host can have that name, and SDKs know. */
export const bucketName = (account: string): string => `images_${account}`

/** One object of R2's that holds a run of an object's bytes. */
export interface Piece {
  /** In R2: `objects/<account>/<32 hex digits>`. */
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Of the part that it was, where that came with one. */
  readonly checksum?: Pick<Checksum, 'algorithm' | 'value'>
}

/** What is known of an object besides its bytes. */
export interface ObjectInfo {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Without quotes: the MD5 in hexadecimal; of parts the MD5 of their MD5s, a hyphen and their number. */
  readonly etag: string
  /** Milliseconds since 1970. */
  readonly modified: number
  /** By lower-case name, as they are to be given back: `content-type`, `cache-control`, …, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>
  readonly checksum?: Checksum
  /** How many parts it was made of; absent where it came in one. */
  readonly parts?: number
}

/** What is said of an object by whoever uploads it only to have it imported. */
const ONCE = 'x-amz-meta-delete-after-import'

/** Whether an object is to go when its import has succeeded. */
export const isForOnce = ({ headers }: Pick<ObjectInfo, 'headers'>): boolean => headers[ONCE]?.toLowerCase() === 'true'

/** An object, and where its bytes are, in order. */
export interface StoredObject extends ObjectInfo {
  readonly pieces: readonly Piece[]
}
