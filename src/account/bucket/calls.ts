// What the account's bucket may be asked, as plain data: one row an operation, the same for who asks and who answers.
import type { ChecksumAlgorithm, ChecksumType } from '../../s3/checksums.ts'
import type { ReadConditions, WriteConditions } from '../../s3/conditions.ts'
import type { ToldS3Error } from '../../s3/errors.ts'
import type { ObjectInfo, StoredObject } from '../../staging/object.ts'
import type { Asked } from '../events/event.ts'

/** Headers that are kept with an object, by lower-case name. */
export type KeptHeaders = ObjectInfo['headers']

/** The checksum of the bytes of a put or of a part, verified by whoever stored them. */
export interface BodyChecksum {
  readonly algorithm: ChecksumAlgorithm
  /** Base64. */
  readonly value: string
}

/** What R2 has of a piece. */
export interface StoredBytes {
  /** The key that it was begun with. */
  readonly piece: string
  /** Bytes; as many as were announced. */
  readonly size: number
  /** In hexadecimal. */
  readonly md5: string
  readonly checksum?: BodyChecksum | undefined
}

/** Bytes of a put or a part that are to come. */
export interface Announced {
  readonly size: number
  /** The key in R2 that whoever asks has made by `newPieceKey`, and nobody else has; without one it is made here. */
  readonly piece?: string
}

/** Where the bytes of a put or a part go. */
export interface Begun {
  /** The key in R2. */
  readonly piece: string
  /** Until when they have to be stored and finished; milliseconds since 1970. */
  readonly until: number
}

/** How the checksum of a multipart upload's object is made. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm
  readonly type: ChecksumType
}

/** A multipart upload. */
export interface UploadInfo {
  readonly uploadId: string
  readonly key: string
  /** Milliseconds since 1970. */
  readonly initiated: number
  readonly headers: KeptHeaders
  readonly checksum?: UploadChecksum | undefined
}

/** A part that was uploaded. */
export interface PartInfo {
  /** 1 to 10,000. */
  readonly number: number
  readonly size: number
  /** The MD5 in hexadecimal, without quotes. */
  readonly etag: string
  readonly modified: number
  readonly checksum?: BodyChecksum | undefined
}

/** A part as the document of CompleteMultipartUpload has it. */
export interface NamedPart {
  readonly number: number
  /** Without quotes. */
  readonly etag: string
  /** All of the checksums that are given for it. */
  readonly checksums?: readonly BodyChecksum[] | undefined
}

/** What of a list of keys is asked for. */
export interface ListQuery {
  /** '' for all. */
  readonly prefix: string
  /** What keys are gathered by; '' for not at all. */
  readonly delimiter: string
  /** At most so many keys and prefixes; 0 for none. */
  readonly most: number
}

/** An object in a list. */
export type ListedObject = Omit<ObjectInfo, 'headers'>

/** A page of a list. */
export interface Listed<Item, Place> {
  /** In order of the bytes of their keys in UTF-8. */
  readonly items: readonly Item[]
  /** Common prefixes, in the same order. */
  readonly prefixes: readonly string[]
  /** Where the list goes on, to be given as `after`; absent at its end. */
  readonly next?: Place | undefined
}

/** A place in the list of uploads: behind all of a key, or behind one of its uploads. */
export interface UploadPlace {
  readonly key: string
  readonly uploadId?: string | undefined
}

interface Operation {
  readonly input: object
  readonly output: unknown
}

/** An operation of the table below. */
interface Row<Input extends object, Output> extends Operation {
  readonly input: Readonly<Input>
  readonly output: Output
}

/**
 * Every operation: what it is asked with, and what it answers. Keys, headers and numbers of parts are within the bounds that
 * the door holds them to. Errors are S3's; besides those that are named, QuotaExceeded
 * and SlowDown of what begins something, and ServiceUnavailable where the storage fails.
 */
export interface BucketCalls {
  /**
   * Before the last byte of PutObject is on its way to R2, which has an object from then on. The conditions are looked at here, and again when they count.
   * @throws PreconditionFailed, NoSuchKey (If-Match without an object), EntityTooLarge
   */
  readonly beginPut: Row<Announced & { key: string; conditions?: WriteConditions }, Begun>
  /**
   * Makes the bytes an object. Whatever it throws: the bytes go.
   * @throws PreconditionFailed, NoSuchKey, QuotaExceeded, RequestTimeout (it began too long ago), IncompleteBody
   */
  readonly finishPut: Row<StoredBytes & { key: string; headers: KeptHeaders; conditions?: WriteConditions }, ObjectInfo>
  /**
   * Before the last byte of UploadPart is on its way; or before its client gets a link to store them, which it may have no longer than
   * `until` says. Tells the algorithm that the upload was created with.
   * @throws NoSuchUpload, EntityTooLarge
   */
  readonly beginPart: Row<
    Announced & { key: string; uploadId: string; number: number; isLinked?: true },
    Begun & { readonly checksum?: UploadChecksum | undefined }
  >
  /**
   * Makes the bytes a part, in place of what was uploaded under its number before. Whatever it throws: the bytes go.
   * @param of the upload that they have to be a part of, where a client says that besides
   * @throws NoSuchUpload, InvalidRequest (no checksum, or another than the upload's), RequestTimeout, IncompleteBody
   */
  readonly finishPart: Row<StoredBytes & { of?: { key: string; uploadId: string } }, PartInfo>
  /** Gives up what `beginPut` or `beginPart` began, for which nobody has a link; nothing happens to what counts. */
  readonly cancel: Row<{ piece: string }, null>
  /** @throws NoSuchKey */
  readonly head: Row<{ key: string }, ObjectInfo>
  /** @throws NoSuchKey */
  readonly open: Row<{ key: string }, StoredObject>
  /** What stands behind `after`: keys and common prefixes that are greater. */
  readonly list: Row<ListQuery & { after?: string | undefined }, Listed<ListedObject, string>>
  /** DeleteObject and DeleteObjects: an outcome for each, in their order. What is not there is deleted. */
  readonly remove: Row<
    { objects: readonly { readonly key: string; readonly ifMatch?: string | undefined }[] },
    readonly { readonly key: string; readonly error?: ToldS3Error | undefined }[]
  >
  /**
   * Another name for the same bytes. Without `headers` those of the source are kept.
   * @throws NoSuchKey, PreconditionFailed, InvalidRequest (onto itself with the same headers)
   */
  readonly copy: Row<
    {
      from: string
      to: string
      headers?: KeptHeaders | undefined
      conditions?: WriteConditions
      sourceConditions?: ReadConditions
    },
    ObjectInfo
  >
  readonly createUpload: Row<
    { key: string; headers: KeptHeaders; checksum?: UploadChecksum | undefined },
    { readonly uploadId: string }
  >
  /** The parts behind the number `after`. @throws NoSuchUpload */
  readonly parts: Row<
    { key: string; uploadId: string; after?: number | undefined; most: number },
    { readonly upload: UploadInfo; readonly parts: readonly PartInfo[]; readonly next?: number | undefined }
  >
  readonly uploads: Row<ListQuery & { after?: UploadPlace | undefined }, Listed<UploadInfo, UploadPlace>>
  /**
   * Makes an object of parts, in the order of their numbers. Completing again what was completed so answers the same, for a day.
   * @param size x-amz-mp-object-size
   * @param checksum of the whole: a composite one with or without its hyphen and number
   * @throws NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest, BadDigest, PreconditionFailed, NoSuchKey
   */
  readonly complete: Row<
    {
      key: string
      uploadId: string
      parts: readonly NamedPart[]
      conditions?: WriteConditions
      checksum?: (BodyChecksum & { readonly type?: ChecksumType | undefined }) | undefined
      size?: number | undefined
    },
    ObjectInfo
  >
  /** @throws NoSuchUpload */
  readonly abort: Row<{ key: string; uploadId: string }, null>
  /** The object whose bytes are held for an import; null where there is no such hold. */
  readonly held: Row<{ hold: string }, StoredObject | null>
  /** Those of the keys in R2 that nothing here knows. */
  readonly unknown: Row<{ pieces: readonly string[] }, readonly string[]>
}

export type BucketOperation = keyof BucketCalls

/** A call of one operation, or of any. */
export type BucketCall<Name extends BucketOperation = BucketOperation> = {
  readonly [Each in Name]: {
    /** 12 digits. */
    readonly account: string
    readonly name: Each
    readonly input: BucketCalls[Each]['input']
    /** The request that it is for, to be told in the account's events; absent where it is for none. */
    readonly asked?: Asked | undefined
  }
}[Name]

/** How it went. Errors cross as data: a thrown one would lose its code on the way. */
export type BucketAnswer<Name extends BucketOperation = BucketOperation> =
  | { readonly output: BucketCalls[Name]['output']; readonly error?: undefined }
  | { readonly error: ToldS3Error & { readonly cause?: string | undefined } }

/** Asks an account's bucket. @throws S3Error */
export type AskBucket = <Name extends BucketOperation>(
  name: Name,
  input: BucketCalls[Name]['input'],
) => Promise<BucketCalls[Name]['output']>
