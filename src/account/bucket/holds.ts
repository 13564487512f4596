// Holds: what an import reads stays as it is, whatever becomes of the object meanwhile.
import { limits } from '../../limits.ts'
import type { StoredObject } from '../../staging/object.ts'
import { headersIn } from './columns.ts'
import { CONTENT_COLUMNS, type ContentColumns, type Contents, contentIn } from './contents.ts'
import type { Objects } from './objects.ts'
import type { Tables } from './tables.ts'

/** For so long a hold lasts that nothing looks after (any more); milliseconds. */
const LASTS = limits.bucketHold.most * 60 * 1000

type HoldRow = { readonly key: string; readonly modified: number } & {
  readonly [Name in keyof ContentColumns]: ContentColumns[Name]
}

export interface HoldsParts {
  readonly tables: Tables
  readonly contents: Contents
  readonly objects: Objects
  readonly now: () => number
}

export class Holds {
  readonly #parts: HoldsParts

  constructor(parts: HoldsParts) {
    this.#parts = parts
  }

  /** Holds what a key names. Inside of `write`. @throws S3Error NoSuchKey */
  hold(key: string, id: string): void {
    const { tables, objects, now } = this.#parts
    const { content, modified } = objects.row(key)
    this.release([id])
    tables.run(
      'INSERT INTO holds (id, key, content, modified, since) VALUES (?, ?, ?, ?, ?)',
      ...[id, key, content, modified, now()],
    )
  }

  /** What is held under an id. */
  held(id: string): StoredObject | undefined {
    const { tables, contents } = this.#parts
    const row = tables.first<HoldRow>(
      `SELECT key, modified, ${CONTENT_COLUMNS} FROM holds JOIN contents ON contents.id = content WHERE holds.id = ?`,
      id,
    )
    if (!row) return undefined
    const { key, modified, ...content } = row
    return { key, modified, headers: headersIn('{}'), ...contentIn(content), pieces: contents.pieces(content.content) }
  }

  /** Inside of `write`. */
  release(ids: readonly string[]): void {
    const { tables, contents } = this.#parts
    const rows = tables.all<{ content: number }>(
      'DELETE FROM holds WHERE id IN (SELECT value FROM json_each(?)) RETURNING content',
      JSON.stringify(ids),
    )
    for (const { content } of rows) contents.release(content)
  }

  /** Ends those that nothing looks after. Inside of `write`. @param wanted ids of those that are looked after */
  expire(wanted: readonly string[]): void {
    const { tables, now } = this.#parts
    const due = tables.all<{ id: string }>('SELECT id FROM holds WHERE since <= ?', now() - LASTS)
    this.release(due.map(({ id }) => id).filter(id => !wanted.includes(id)))
  }

  /** When to look for those that nothing looks after; milliseconds since 1970. */
  get due(): number | undefined {
    const { tables, now } = this.#parts
    const row = tables.first<{ since: number | null }>('SELECT max(since) AS since FROM holds')
    return row?.since == null ? undefined : Math.max(row.since, now()) + LASTS
  }
}
