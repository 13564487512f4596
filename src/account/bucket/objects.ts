// The objects of a bucket: keys, and the contents that they name. The last writer of a key wins.
import type { WriteConditions } from '../../s3/conditions.ts'
import { S3Error, type ToldS3Error, toldS3 } from '../../s3/errors.ts'
import type { ObjectInfo, StoredObject } from '../../staging/object.ts'
import type { BucketCalls, KeptHeaders, ListedObject } from './calls.ts'
import { headersIn } from './columns.ts'
import { invalidRequest, noSuchKey } from './complaints.ts'
import { checkSource, checkWrite } from './conditions.ts'
import { CONTENT_COLUMNS, type ContentColumns, type Contents, contentIn } from './contents.ts'
import { behindText, pageOf, type Source } from './listing.ts'
import { checkObjects, usageOf } from './quota.ts'
import type { Tables } from './tables.ts'

type ObjectRow = {
  readonly key: string
  readonly modified: number
  readonly headers: string
} & { readonly [Name in keyof ContentColumns]: ContentColumns[Name] }

const OBJECTS = `SELECT key, modified, headers, ${CONTENT_COLUMNS} FROM objects JOIN contents ON contents.id = content`

const listed: Source<ObjectRow> = {
  query: OBJECTS,
  order: 'key',
  behind: ({ key }) => ({ key: behindText(key), id: '' }),
}

const infoIn = ({ key, modified, headers, ...content }: ObjectRow): ObjectInfo => ({
  ...{ key, modified, headers: headersIn(headers) },
  ...contentIn(content),
})

/** What a key is to name. */
export interface NewObject {
  readonly key: string
  /** Of a content. */
  readonly content: number
  readonly headers: KeptHeaders
  readonly conditions?: WriteConditions | undefined
}

export class Objects {
  readonly #tables: Tables
  readonly #contents: Contents
  readonly #now: () => number

  constructor(tables: Tables, contents: Contents, now: () => number) {
    this.#tables = tables
    this.#contents = contents
    this.#now = now
  }

  head({ key }: BucketCalls['head']['input']): ObjectInfo {
    return infoIn(this.row(key))
  }

  open({ key }: BucketCalls['open']['input']): StoredObject {
    const row = this.row(key)
    return { ...infoIn(row), pieces: this.#contents.pieces(row.content) }
  }

  list({ after = '', ...query }: BucketCalls['list']['input']): BucketCalls['list']['output'] {
    const start = { key: after === '' ? '' : behindText(after), id: '' }
    const { rows, prefixes, last } = pageOf(this.#tables, listed, query, { start, after })
    return {
      items: rows.map(row => listedIn(row)),
      prefixes,
      ...(last !== undefined && { next: typeof last === 'string' ? last : last.key }),
    }
  }

  /** What a key names; undefined where it names nothing. */
  find(key: string): ObjectInfo | undefined {
    const row = this.#find(key)
    return row && infoIn(row)
  }

  /** What a key names now. @throws S3Error NoSuchKey */
  row(key: string): ObjectRow {
    const row = this.#find(key)
    if (!row) throw noSuchKey(key)
    return row
  }

  /** That a key may be written to. @throws S3Error PreconditionFailed, NoSuchKey, QuotaExceeded */
  check(key: string, conditions: WriteConditions | undefined): ObjectRow | undefined {
    const current = this.#find(key)
    checkWrite(key, current, conditions)
    if (!current) checkObjects(usageOf(this.#tables))
    return current
  }

  /** Has a key name a content. Inside of `write`. @throws S3Error as `check` */
  put({ key, content, headers, conditions }: NewObject): ObjectInfo {
    const before = this.check(key, conditions)
    this.#tables.run(
      `INSERT INTO objects (key, content, modified, headers) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET content = excluded.content, modified = excluded.modified, headers = excluded.headers`,
      ...[key, content, this.#now(), JSON.stringify(headers)],
    )
    if (before) this.#contents.release(before.content)
    return this.head({ key })
  }

  /** Inside of `write`. */
  copy({ from, to, headers, conditions, sourceConditions }: BucketCalls['copy']['input']): ObjectInfo {
    const source = this.row(from)
    checkSource(source, sourceConditions)
    if (from === to && headers === undefined) throw ontoItself()
    return this.put({ key: to, content: source.content, headers: headers ?? headersIn(source.headers), conditions })
  }

  /** Inside of `write`. */
  remove({ objects }: BucketCalls['remove']['input']): BucketCalls['remove']['output'] {
    return objects.map(({ key, ifMatch }) => {
      const error = this.#remove(key, ifMatch)
      return error ? { key, error } : { key }
    })
  }

  /** Drops objects, so many at most. Inside of `write`. @returns how many there were */
  drop(most: number): number {
    const rows = this.#tables.all<{ key: string }>('SELECT key FROM objects LIMIT ?', most)
    for (const { key } of rows) this.#remove(key, undefined)
    return rows.length
  }

  #remove(key: string, ifMatch: string | undefined): ToldS3Error | undefined {
    const row = this.#find(key)
    try {
      checkWrite(key, row, ifMatch === undefined ? {} : { ifMatch })
    } catch (error) {
      if (error instanceof S3Error) return toldS3(error)
      throw error
    }
    if (row) {
      this.#tables.run('DELETE FROM objects WHERE key = ?', key)
      this.#contents.release(row.content)
    }
    return undefined
  }

  #find(key: string): ObjectRow | undefined {
    return this.#tables.first<ObjectRow>(`${OBJECTS} WHERE key = ?`, key)
  }
}

function listedIn(row: ObjectRow): ListedObject {
  const { headers: _headers, ...object } = infoIn(row)
  return object
}

const ontoItself = () =>
  invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )
