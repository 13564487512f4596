// What each operation does, one line or a few: all at once, in a transaction where something is written.
import type { BucketCall, BucketCalls, BucketOperation } from './calls.ts'
import type { Contents } from './contents.ts'
import type { Holds } from './holds.ts'
import type { Objects } from './objects.ts'
import type { Pieces } from './pieces.ts'
import type { Uploads } from './uploads.ts'

/** The rooms of a bucket. */
export interface BucketRooms {
  readonly pieces: Pieces
  readonly contents: Contents
  readonly objects: Objects
  readonly uploads: Uploads
  readonly holds: Holds
}

export type Operations = {
  readonly [Name in BucketOperation]: (
    input: BucketCalls[Name]['input'],
    account: string,
  ) => BucketCalls[Name]['output']
}

/** Those that write nothing, and make no tables. */
export const reads: ReadonlySet<BucketOperation> = new Set([
  'head',
  'open',
  'list',
  'parts',
  'uploads',
  'held',
  'unknown',
])

export const operationsOf = ({ pieces, contents, objects, uploads, holds }: BucketRooms): Operations => ({
  beginPut({ key, conditions, ...announced }, account) {
    objects.check(key, conditions)
    return pieces.begin(account, announced)
  },
  finishPut({ key, headers, conditions, ...stored }) {
    const { key: piece, size } = pieces.arrived(stored)
    const { md5: etag, checksum } = stored
    const whole = checksum && { checksum: { ...checksum, type: 'FULL_OBJECT' as const } }
    const content = contents.make([piece], { size, etag, ...whole })
    return objects.put({ key, content, headers, conditions })
  },
  beginPart({ key, uploadId, number, ...announced }, account) {
    const { checksum } = uploads.find({ key, uploadId })
    const begun = pieces.begin(account, announced, { upload: uploadId, number })
    return { ...begun, ...(checksum && { checksum }) }
  },
  finishPart: stored => uploads.addPart(pieces.arrived(stored), stored),
  cancel({ piece }, account) {
    pieces.cancel(account, piece)
    return null
  },
  head: input => objects.head(input),
  open: input => objects.open(input),
  list: input => objects.list(input),
  remove: input => objects.remove(input),
  copy: input => objects.copy(input),
  createUpload: input => uploads.create(input),
  parts: input => uploads.listParts(input),
  uploads: input => uploads.list(input),
  complete: input => uploads.complete(input),
  abort(input) {
    uploads.abort(input)
    return null
  },
  held: ({ hold }) => holds.held(hold) ?? null,
  unknown: input => pieces.unknown(input.pieces),
})

/** Has a call done by its operation. */
export const perform = <Name extends BucketOperation>(
  operations: Operations,
  { name, input, account }: BucketCall<Name>,
): BucketCalls[Name]['output'] => operations[name](input, account)
