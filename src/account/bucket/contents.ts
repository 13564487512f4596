// Contents: bytes that never change, in their pieces. Objects have them, copies share them, imports hold them; what nobody
// refers to any more goes.
import type { ObjectInfo, Piece } from '../../staging/object.ts'
import { type Checksummed, checksumColumns, checksumIn } from './columns.ts'
import type { Pieces } from './pieces.ts'
import type { Tables } from './tables.ts'

/** What is known of a content. */
export type ContentInfo = Pick<ObjectInfo, 'size' | 'etag' | 'checksum' | 'parts'>

/** The columns of a content, as others select them. */
export interface ContentColumns extends Checksummed {
  readonly content: number
  readonly size: number
  readonly etag: string
  readonly parts: number | null
}

export const CONTENT_COLUMNS = 'contents.id AS content, size, etag, parts, algorithm, type, checksum'

export function contentIn({ size, etag, parts, ...columns }: ContentColumns): ContentInfo {
  const checksum = checksumIn(columns)
  return { size, etag, ...(checksum && { checksum }), ...(parts !== null && { parts }) }
}

type PieceRow = { readonly key: string; readonly size: number } & {
  readonly [Name in 'algorithm' | 'checksum']: Checksummed[Name]
}

export class Contents {
  readonly #tables: Tables
  readonly #pieces: Pieces

  constructor(tables: Tables, pieces: Pieces) {
    this.#tables = tables
    this.#pieces = pieces
  }

  /**
   * Makes a content of pieces, in their order. Inside of `write`.
   * @param keys of pieces that are begun or parts
   * @returns its number
   */
  make(keys: readonly string[], { size, etag, parts, checksum }: ContentInfo): number {
    const row = this.#tables.first<{ id: number }>(
      'INSERT INTO contents (size, etag, parts, algorithm, type, checksum) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
      ...[size, etag, parts ?? null, ...checksumColumns(checksum)],
    )
    if (!row) throw new TypeError('an insert returns its row')
    this.#tables.run(
      `UPDATE pieces SET state = 'content', content = ?, position = place.key, until = NULL, upload = NULL, number = NULL
       FROM json_each(?) AS place WHERE pieces.key = place.value`,
      ...[row.id, JSON.stringify(keys)],
    )
    return row.id
  }

  /** The pieces of a content, in their order. */
  pieces(content: number): Piece[] {
    const rows = this.#tables.all<PieceRow>(
      `SELECT key, size, algorithm, checksum FROM pieces WHERE state = 'content' AND content = ? ORDER BY position`,
      content,
    )
    return rows.map(({ key, size, algorithm, checksum: value }) => ({
      ...{ key, size },
      ...(algorithm !== null && value !== null && { checksum: { algorithm, value } }),
    }))
  }

  /** Something refers to a content no more: the last one to do so takes it along. Inside of `write`. */
  release(content: number): void {
    const row = this.#tables.first<{ refers: number }>(
      'SELECT EXISTS (SELECT 1 FROM objects WHERE content = ?1) OR EXISTS (SELECT 1 FROM holds WHERE content = ?1) AS refers',
      content,
    )
    if (row?.refers) return
    this.#pieces.discardContent(content)
    this.#tables.run('DELETE FROM contents WHERE id = ?', content)
  }
}
