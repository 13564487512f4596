// Pages of keys in the order of their bytes in UTF-8, which is that of SQLite; what stands below a common prefix is not
// walked through.
import { compareBytes } from '../../lib/bytes.ts'
import type { ListQuery } from './calls.ts'
import type { SqlRow, Tables } from './tables.ts'

/** Where rows begin: with the first whose key and id are not less. */
export interface Position {
  readonly key: string
  /** Tells rows of one key from each other; '' where a key has one. */
  readonly id: string
}

type KeyedRow = SqlRow & { readonly key: string }

/** Where rows come from. */
export interface Source<Row> {
  /** What of them is selected. */
  readonly query: string
  /** What rows are ordered by: their key, which is one row's alone, or their key and id. */
  readonly order: 'key' | 'key, id'
  readonly behind: (row: Row) => Position
}

/** What a page has, and what it ends with where something follows. */
export interface KeyPage<Row> {
  readonly rows: readonly Row[]
  readonly prefixes: readonly string[]
  readonly last?: Row | string
}

/** The least text that is greater than another. */
export const behindText = (text: string): string => `${text}\0`

/** The least text that is greater than all that begin with a prefix; undefined where none is. */
export function behindPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, character => character.codePointAt(0) ?? 0)
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    // Surrogates are no characters
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
  }
  return undefined
}

/**
 * A page of rows by their keys. A common prefix counts as one.
 * @param start where the page begins
 * @param after the key or common prefix that the page before ended with: what it begins with is not told again
 */
export function pageOf<Row extends KeyedRow>(
  tables: Tables,
  source: Source<Row>,
  query: ListQuery,
  { start, after }: { readonly start: Position; readonly after: string },
): KeyPage<Row> {
  const rows: Row[] = []
  const prefixes: string[] = []
  let last: Row | string | undefined
  if (query.most === 0) return { rows, prefixes }
  for (const entry of entriesFrom(start, tables, source, query)) {
    if (typeof entry === 'string' && after.startsWith(entry)) continue
    if (rows.length + prefixes.length === query.most) return { rows, prefixes, ...(last !== undefined && { last }) }
    if (typeof entry === 'string') prefixes.push(entry)
    else rows.push(entry)
    last = entry
  }
  return { rows, prefixes }
}

/** Rows, and in place of those that have one in common their prefix. */
function* entriesFrom<Row extends KeyedRow>(
  start: Position,
  tables: Tables,
  source: Source<Row>,
  { prefix, delimiter, most }: ListQuery,
): Generator<Row | string> {
  const before = behindPrefix(prefix)
  let place: Position | undefined = compareBytes(start.key, prefix) < 0 ? { key: prefix, id: '' } : start
  // Behind a common prefix there is most often another: no more rows are read than stood in a row before
  const fewest = delimiter === '' ? most + 1 : 1
  for (let count = fewest; place !== undefined; ) {
    const rows: readonly Row[] = rowsFrom(tables, source, place, before, count)
    const plain = rows.findIndex(({ key }) => commonPrefix(key, prefix, delimiter) !== undefined)
    const gathered = plain < 0 ? undefined : commonPrefix(rows[plain]?.key ?? '', prefix, delimiter)
    yield* plain < 0 ? rows : rows.slice(0, plain)
    if (gathered !== undefined) {
      yield gathered
      const key = behindPrefix(gathered)
      place = key === undefined ? undefined : { key, id: '' }
      count = fewest
    } else {
      const end = rows.at(-1)
      place = end === undefined || rows.length < count ? undefined : source.behind(end)
      count = Math.min(2 * count, most + 1)
    }
  }
}

function rowsFrom<Row extends KeyedRow>(
  tables: Tables,
  { query, order }: Source<Row>,
  { key, id }: Position,
  before: string | undefined,
  most: number,
): Row[] {
  const [columns, ...from] = order === 'key' ? ['key', key] : ['key, id', key, id]
  const bound = before === undefined ? [] : [before]
  return tables.all<Row>(
    `${query} WHERE (${columns}) >= (${from.map(() => '?').join()})${bound.map(() => ' AND key < ?').join('')} ORDER BY ${columns} LIMIT ?`,
    ...[...from, ...bound, most],
  )
}

/** What a key has up to the first delimiter behind the prefix. */
function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return at < 0 ? undefined : key.slice(0, at + delimiter.length)
}
