// The pieces that the bytes are in: begun before their last byte, counted, and deleted from R2 when they belong to nothing.
import { limits } from '../../limits.ts'
import { entityTooLarge } from '../../s3/body.ts'
import { S3Error } from '../../s3/errors.ts'
import { accountOfPiece, newPieceKey } from '../../staging/key.ts'
import type { Announced, Begun, StoredBytes } from './calls.ts'
import { tooLate } from './complaints.ts'
import { checkRoom, usageOf } from './quota.ts'
import type { Tables } from './tables.ts'

/** Bytes a millisecond below which a client is too slow: 2 Mbit/s. */
const SLOWEST = 256

/** Until deleting is tried again where R2 refused, or the object was killed; milliseconds. */
const AGAIN = 60 * 1000

/** Batches of garbage that are deleted in one go. */
const BATCHES = 10

/**
 * From when on garbage is deleted: what was deleted while there is a link to store it could be stored
 * again, and would be counted by nobody.
 * @param now as it stands in the statement
 */
const deletedFrom = (now: string) => `max(${now}, coalesce(linked, 0))`

/** Where a part belongs. */
export interface PartPlace {
  readonly upload: string
  readonly number: number
}

/** What is to come. */
interface AnnouncedPiece extends Announced {
  /** Whether the client gets a link to store it itself: it may use that until then. */
  readonly isLinked?: true
}

/** A piece whose bytes were on their way, and are there. */
export interface BegunPiece {
  readonly key: string
  readonly size: number
  /** Null of a put. */
  readonly upload: string | null
  readonly number: number | null
}

export interface PiecesParts {
  readonly tables: Tables
  readonly r2: () => R2Bucket
  readonly now: () => number
  /** Bytes that the account may have. */
  readonly mostBytes: () => number
}

export class Pieces {
  readonly #parts: PiecesParts

  constructor(parts: PiecesParts) {
    this.#parts = parts
  }

  /**
   * Room for bytes that are about to come, under a key which nobody can guess. Inside of `write`.
   * @throws S3Error EntityTooLarge, QuotaExceeded, SlowDown
   */
  begin(account: string, announced: AnnouncedPiece, part?: PartPlace): Begun {
    const { tables, now, mostBytes } = this.#parts
    const { size, piece = newPieceKey(account), isLinked = false } = announced
    if (accountOfPiece(piece) !== account) throw new TypeError('a piece is of the account that it lies below')
    if (size > limits.s3Piece.most) throw entityTooLarge(size)
    checkRoom(usageOf(tables), size, mostBytes())
    const until = now() + limits.bucketBodyTime.most * 1000 + Math.ceil(size / SLOWEST)
    const linked = isLinked ? Math.min(until, now() + limits.directLink.most * 1000) : undefined
    tables.run(
      `INSERT INTO pieces (key, size, state, until, linked, upload, number) VALUES (?, ?, 'begun', ?, ?, ?, ?)`,
      ...[piece, size, until, linked ?? null, part?.upload ?? null, part?.number ?? null],
    )
    return { piece, until: linked ?? until }
  }

  /** The piece whose bytes are stored now. @throws S3Error RequestTimeout, IncompleteBody */
  arrived({ piece, size }: StoredBytes): BegunPiece {
    const row = this.#parts.tables.first<{ [Name in keyof BegunPiece]: BegunPiece[Name] }>(
      `SELECT key, size, upload, number FROM pieces WHERE key = ? AND state = 'begun'`,
      piece,
    )
    if (!row) throw tooLate()
    if (row.size === size) return row
    throw new S3Error('IncompleteBody', 'The body has not the number of bytes that its length announces.')
  }

  /**
   * Gives up what is on its way, before its client has a link. A row that is gone may have bytes that came after it.
   * Inside of `write`.
   */
  cancel(account: string, piece: string): void {
    const { tables } = this.#parts
    tables.run(`UPDATE pieces SET linked = NULL WHERE key = ? AND state = 'begun'`, piece)
    this.giveUp(account, piece)
  }

  /** The same of what a client may have a link for. Inside of `write`. */
  giveUp(account: string, piece: string): void {
    const { tables, now } = this.#parts
    if (accountOfPiece(piece) !== account) return
    tables.run(
      `INSERT INTO pieces (key, size, state, until) VALUES (?1, 0, 'garbage', ?2)
       ON CONFLICT (key) DO UPDATE SET state = 'garbage', until = ${deletedFrom('?2')}, upload = NULL, number = NULL
       WHERE state = 'begun'`,
      ...[piece, now()],
    )
  }

  /** A part that was replaced is garbage, or all of an upload's. Inside of `write`. */
  discardParts(upload: string, number?: number): void {
    const ofUpload = `state = 'part' AND upload = ?`
    if (number === undefined) this.#discard(ofUpload, upload)
    else this.#discard(`${ofUpload} AND number = ?`, upload, number)
  }

  /** What no object has any more, and no import holds, is garbage. Inside of `write`. */
  discardContent(content: number): void {
    this.#discard(`state = 'content' AND content = ?`, content)
  }

  #discard(which: string, ...bindings: readonly (string | number)[]): void {
    const { tables, now } = this.#parts
    tables.run(
      `UPDATE pieces SET state = 'garbage', until = ${deletedFrom('?')}, upload = NULL, number = NULL, content = NULL, position = NULL WHERE ${which}`,
      ...[now(), ...bindings],
    )
  }

  /** What was begun too long ago is given up. Inside of `write`. */
  expire(): void {
    const { tables, now } = this.#parts
    tables.run(
      `UPDATE pieces SET state = 'garbage', upload = NULL, number = NULL WHERE state = 'begun' AND until <= ?`,
      now(),
    )
  }

  /** When something of them is due; milliseconds since 1970. Garbage is being deleted: the alarm comes after that. */
  get due(): number | undefined {
    const { tables, now } = this.#parts
    const row = tables.first<{ until: number | null }>('SELECT min(until) AS until FROM pieces WHERE until IS NOT NULL')
    return row?.until == null ? undefined : Math.max(row.until, now() + AGAIN)
  }

  /**
   * Deletes garbage, batch by batch. What R2 refuses is tried again later, and what is more than a few batches as well.
   * @returns how many are gone
   */
  async collect(): Promise<number> {
    let collected = 0
    for (let batch = 0; batch < BATCHES; batch++) {
      const keys = this.#garbage()
      if (keys.length === 0 || !(await this.#delete(keys))) break
      collected += keys.length
    }
    return collected
  }

  #garbage(): string[] {
    const { tables, now } = this.#parts
    return tables
      .all<{ key: string }>(
        `SELECT key FROM pieces WHERE state = 'garbage' AND until <= ? ORDER BY until LIMIT ?`,
        ...[now(), limits.r2Deletes.most],
      )
      .map(({ key }) => key)
  }

  async #delete(keys: string[]): Promise<boolean> {
    const { tables, r2, now } = this.#parts
    const among = `WHERE state = 'garbage' AND key IN (SELECT value FROM json_each(?))`
    try {
      await r2().delete(keys)
    } catch {
      tables.write(() => tables.run(`UPDATE pieces SET until = ? ${among}`, now() + AGAIN, JSON.stringify(keys)))
      return false
    }
    tables.write(() => tables.run(`DELETE FROM pieces ${among}`, JSON.stringify(keys)))
    return true
  }

  /** Those of the keys that there is no row of. */
  unknown(keys: readonly string[]): string[] {
    const known = this.#parts.tables.all<{ key: string }>(
      'SELECT key FROM pieces WHERE key IN (SELECT value FROM json_each(?))',
      JSON.stringify(keys),
    )
    const rows = new Set(known.map(({ key }) => key))
    return keys.filter(key => !rows.has(key))
  }
}
