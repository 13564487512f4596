// Multipart uploads: created, filled with parts in any order, completed into an object or aborted; forgotten ones expire.
import { limits } from '../../limits.ts'
import type { ObjectInfo } from '../../staging/object.ts'
import type { BodyChecksum, BucketCalls, PartInfo, UploadInfo, UploadPlace } from './calls.ts'
import { type Checksummed, headersIn, uploadChecksumIn } from './columns.ts'
import { mismatch, noSuchUpload } from './complaints.ts'
import type { Contents } from './contents.ts'
import { behindText, pageOf, type Source } from './listing.ts'
import type { Objects } from './objects.ts'
import { chosenParts, type StoredPart } from './parts.ts'
import type { BegunPiece, Pieces } from './pieces.ts'
import { checkUploads, usageOf } from './quota.ts'
import type { Tables } from './tables.ts'
import { etagOf, wholeOf } from './whole.ts'

const DAY = 24 * 60 * 60 * 1000

type UploadRow = {
  readonly id: string
  readonly key: string
  readonly initiated: number
  readonly headers: string
} & { readonly [Name in 'algorithm' | 'type']: Checksummed[Name] }

const UPLOADS = 'SELECT id, key, initiated, headers, algorithm, type FROM uploads'

const listed: Source<UploadRow> = {
  query: UPLOADS,
  order: 'key, id',
  behind: ({ key, id }) => ({ key, id: behindText(id) }),
}

function infoIn({ id, key, initiated, headers, ...columns }: UploadRow): UploadInfo {
  const checksum = uploadChecksumIn(columns)
  return { uploadId: id, key, initiated, headers: headersIn(headers), ...(checksum && { checksum }) }
}

interface PartRow extends Record<string, SqlStorageValue> {
  readonly piece: string
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly modified: number
  readonly algorithm: BodyChecksum['algorithm'] | null
  readonly checksum: string | null
}

const PARTS = `SELECT key AS piece, number, size, etag, modified, algorithm, checksum FROM pieces WHERE state = 'part' AND upload = ?`

function partIn({ piece, number, size, etag, modified, algorithm, checksum }: PartRow): StoredPart {
  const known = algorithm !== null && checksum !== null && { checksum: { algorithm, value: checksum } }
  return { piece, number, size, etag, modified, ...known }
}

function withoutPiece({ piece: _piece, ...part }: StoredPart): PartInfo {
  return part
}

export interface UploadsParts {
  readonly tables: Tables
  readonly pieces: Pieces
  readonly contents: Contents
  readonly objects: Objects
  readonly now: () => number
}

type Named = Pick<UploadInfo, 'key' | 'uploadId'>

export class Uploads {
  readonly #parts: UploadsParts

  constructor(parts: UploadsParts) {
    this.#parts = parts
  }

  /** Inside of `write`. */
  create({ key, headers, checksum }: BucketCalls['createUpload']['input']): BucketCalls['createUpload']['output'] {
    const { tables, now } = this.#parts
    checkUploads(usageOf(tables))
    const initiated = now()
    // Uploads of a key are listed in the order in which they were created
    const uploadId = initiated.toString(16).padStart(12, '0') + crypto.getRandomValues(new Uint8Array(16)).toHex()
    tables.run(
      'INSERT INTO uploads (id, key, initiated, touched, headers, algorithm, type) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)',
      ...[uploadId, key, initiated, JSON.stringify(headers), checksum?.algorithm ?? null, checksum?.type ?? null],
    )
    return { uploadId }
  }

  /** An upload of a key. @throws S3Error NoSuchUpload */
  find({ key, uploadId }: Named): UploadInfo {
    const row = this.#find(uploadId)
    if (row?.key !== key) throw noSuchUpload(uploadId)
    return infoIn(row)
  }

  list({ after, ...query }: BucketCalls['uploads']['input']): BucketCalls['uploads']['output'] {
    const { rows, prefixes, last } = pageOf(this.#parts.tables, listed, query, {
      start: startBehind(after),
      after: after?.key ?? '',
    })
    return { items: rows.map(infoIn), prefixes, ...(last !== undefined && { next: placeOf(last) }) }
  }

  listParts({ after = 0, most, ...upload }: BucketCalls['parts']['input']): BucketCalls['parts']['output'] {
    const rows = this.#parts.tables.all<PartRow>(
      `${PARTS} AND number > ? ORDER BY number LIMIT ?`,
      ...[upload.uploadId, after, most + 1],
    )
    const parts = rows.slice(0, most).map(row => withoutPiece(partIn(row)))
    const last = rows.length > most ? parts.at(-1) : undefined
    return { upload: this.find(upload), parts, ...(last && { next: last.number }) }
  }

  /** Makes a piece a part. Inside of `write`. @throws S3Error NoSuchUpload, InvalidRequest */
  addPart({ key, size, upload: uploadId, number }: BegunPiece, stored: BucketCalls['finishPart']['input']): PartInfo {
    const { tables, pieces, now } = this.#parts
    const row = uploadId === null ? undefined : this.#find(uploadId)
    if (!row || uploadId === null || number === null) throw noSuchUpload(uploadId ?? '')
    const { of, md5, checksum } = stored
    if (of && (of.key !== row.key || of.uploadId !== uploadId)) throw noSuchUpload(of.uploadId)
    checkAlgorithm(infoIn(row), checksum)
    pieces.discardParts(uploadId, number)
    tables.run(
      `UPDATE pieces SET state = 'part', until = NULL, etag = ?, modified = ?, algorithm = ?, checksum = ? WHERE key = ?`,
      ...[md5, now(), checksum?.algorithm ?? null, checksum?.value ?? null, key],
    )
    tables.run('UPDATE uploads SET touched = ? WHERE id = ?', now(), uploadId)
    return { number, size, etag: md5, modified: now(), ...(checksum && { checksum }) }
  }

  /** Inside of `write`. */
  complete({ key, uploadId, parts: named, conditions, ...expected }: BucketCalls['complete']['input']): ObjectInfo {
    const { tables, pieces, contents, objects, now } = this.#parts
    const done = this.#completed(uploadId)
    if (done?.key === key && done.etag === etagOf(named)) return done
    const upload = this.find({ key, uploadId })
    const stored = new Map(tables.all<PartRow>(PARTS, uploadId).map(row => [row.number, partIn(row)] as const))
    const chosen = chosenParts(upload, named, stored)
    const whole = wholeOf(upload, chosen, expected)
    const content = contents.make(
      chosen.map(({ piece }) => piece),
      whole,
    )
    const object = objects.put({ key, content, headers: upload.headers, conditions })
    pieces.discardParts(uploadId)
    tables.run('DELETE FROM uploads WHERE id = ?', uploadId)
    tables.run(
      'INSERT INTO completions (upload, completed, object) VALUES (?, ?, ?)',
      ...[uploadId, now(), JSON.stringify(object)],
    )
    this.#forget(
      'completed <= (SELECT completed FROM completions ORDER BY completed DESC LIMIT 1 OFFSET ?)',
      limits.bucketCompletions.most,
    )
    return object
  }

  /** Inside of `write`. @throws S3Error NoSuchUpload */
  abort(upload: Named): void {
    this.find(upload)
    this.#drop(upload.uploadId)
  }

  /** Drops uploads that got no part for long, and forgets old completions. Inside of `write`. */
  expire(): void {
    const { tables, now } = this.#parts
    const over = now() - limits.bucketUploadAge.most * DAY
    for (const { id } of tables.all<{ id: string }>('SELECT id FROM uploads WHERE touched <= ?', over)) this.#drop(id)
    this.#forget('completed <= ?', now() - DAY)
  }

  /** Drops uploads, so many at most. Inside of `write`. @returns how many there were */
  drop(most: number): number {
    const rows = this.#parts.tables.all<{ id: string }>('SELECT id FROM uploads LIMIT ?', most)
    for (const { id } of rows) this.#drop(id)
    return rows.length
  }

  /** Whether a piece is of the upload that it is said to be of, or of none that there is. */
  mayBeOf({ piece, of }: BucketCalls['finishPart']['input']): boolean {
    const row = this.#parts.tables.first<{ id: string; key: string }>(
      'SELECT uploads.id, uploads.key FROM pieces JOIN uploads ON uploads.id = pieces.upload WHERE pieces.key = ?',
      piece,
    )
    return !row || !of || (row.id === of.uploadId && row.key === of.key)
  }

  /** When one of them is over; milliseconds since 1970. */
  get due(): number | undefined {
    const row = this.#parts.tables.first<{ touched: number | null; completed: number | null }>(
      'SELECT (SELECT min(touched) FROM uploads) AS touched, (SELECT min(completed) FROM completions) AS completed',
    )
    const times = [
      ...(row?.touched == null ? [] : [row.touched + limits.bucketUploadAge.most * DAY]),
      ...(row?.completed == null ? [] : [row.completed + DAY]),
    ]
    return times.length > 0 ? Math.min(...times) : undefined
  }

  #drop(uploadId: string): void {
    this.#parts.pieces.discardParts(uploadId)
    this.#parts.tables.run('DELETE FROM uploads WHERE id = ?', uploadId)
  }

  #find(uploadId: string): UploadRow | undefined {
    return this.#parts.tables.first<UploadRow>(`${UPLOADS} WHERE id = ?`, uploadId)
  }

  /** What came of an upload whose completion may be asked for again: as it was written. */
  #completed(uploadId: string): ObjectInfo | undefined {
    const row = this.#parts.tables.first<{ object: string }>(
      'SELECT object FROM completions WHERE upload = ?',
      uploadId,
    )
    return row && (JSON.parse(row.object) as ObjectInfo)
  }

  #forget(which: string, bound: number): void {
    this.#parts.tables.run(`DELETE FROM completions WHERE ${which}`, bound)
  }
}

/** What an upload was created with, its parts have. @throws S3Error InvalidRequest */
function checkAlgorithm({ checksum }: UploadInfo, given: BodyChecksum | undefined): void {
  if (!checksum || checksum.algorithm === given?.algorithm) return
  throw mismatch(checksum.algorithm, given?.algorithm ?? 'null')
}

const placeOf = (last: UploadRow | string): UploadPlace =>
  typeof last === 'string' ? { key: last } : { key: last.key, uploadId: last.id }

/** Behind one upload of a key, or behind all of them. */
function startBehind(after: UploadPlace | undefined) {
  if (after === undefined) return { key: '', id: '' }
  return after.uploadId ? { key: after.key, id: behindText(after.uploadId) } : { key: behindText(after.key), id: '' }
}
