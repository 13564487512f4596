// A table of any length: only the rows that are in sight are drawn, all of the same height.
import { useEffect, useMemo, useRef, useState } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import type { Child, Element } from './types.ts'

/** What a table shows of its rows, and how it sorts by it. */
export interface TableColumn<Row> {
  readonly key: string
  readonly label: string
  readonly cell: (row: Row) => Child
  /** What sorts the rows; a column without is not sorted by. */
  readonly sorts?: ((row: Row) => string | number) | undefined
  readonly isNumeric?: boolean | undefined
}

export interface Sorting {
  readonly key: string
  readonly isDescending: boolean
}

/** Which rows are ticked; absent where none can be. */
export interface Ticks<Row> {
  readonly keys: ReadonlySet<string>
  readonly set: (keys: ReadonlySet<string>) => void
  /** What a row is called. */
  readonly nameOf: (row: Row) => string
}

export interface TableProps<Row> {
  readonly label: string
  readonly columns: readonly TableColumn<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly ticks?: Ticks<Row> | undefined
  readonly sorting?: Sorting | undefined
  readonly sortBy?: ((sorting: Sorting) => void) | undefined
  /** Whether rows are on their way: some that are empty stand for them. */
  readonly isLoading?: boolean | undefined
}

/** As in styles.css. */
const ROW = 40
/** Rows that are drawn above and below what is in sight. */
const MARGIN = 10
/** How many stand for those that are on their way. */
const SKELETONS = 5

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** The rows in the order of a column. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const sorts = columns.find(({ key }) => key === sorting?.key)?.sorts
  if (!sorts || !sorting) return rows
  const sign = sorting.isDescending ? -1 : 1
  return rows
    .map(row => ({ row, by: sorts(row) }))
    .sort((one, other) => sign * compare(one.by, other.by))
    .map(({ row }) => row)
}

const compare = (one: string | number, other: string | number) =>
  typeof one === 'number' && typeof other === 'number' ? one - other : COLLATOR.compare(String(one), String(other))

export function Table<Row>(props: TableProps<Row>): Element {
  const { label, columns, rows, keyOf, ticks, isLoading = false } = props
  const frame = useRef<HTMLDivElement>(null)
  const [sight, setSight] = useState({ first: 0, count: 30 })
  const look = () => {
    const { scrollTop = 0, clientHeight = 0 } = frame.current ?? {}
    // In steps: not every pixel is worth drawing for
    const first = Math.max(0, Math.floor(scrollTop / ROW / MARGIN) * MARGIN - MARGIN)
    const count = Math.ceil(clientHeight / ROW / MARGIN) * MARGIN + 3 * MARGIN
    setSight(seen => (seen.first === first && seen.count === count ? seen : { first, count }))
  }
  useEffect(() => {
    look()
    addEventListener('resize', look)
    return () => removeEventListener('resize', look)
  }, [])
  const first = Math.min(sight.first, Math.max(0, rows.length - sight.count))
  const shown = rows.slice(first, first + sight.count)
  const below = rows.length - first - shown.length
  const width = columns.length + (ticks ? 1 : 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard
    <section class="scroll" ref={frame} onScroll={look} tabIndex={0} aria-label={label}>
      <table aria-rowcount={rows.length + 1} aria-busy={isLoading}>
        <Head {...props} />
        <tbody>
          <Gap rows={first} width={width} />
          {shown.map((row, index) => (
            <BodyRow
              key={keyOf(row)}
              row={row}
              number={first + index + 2}
              columns={columns}
              id={keyOf(row)}
              ticks={ticks}
            />
          ))}
          <Gap rows={below} width={width} />
          {isLoading && <Skeletons width={width} count={rows.length === 0 ? SKELETONS : 1} />}
        </tbody>
      </table>
    </section>
  )
}

function Head<Row>({ columns, rows, keyOf, ticks, sorting, sortBy }: TableProps<Row>): Element {
  const keys = useMemo(() => rows.map(keyOf), [rows])
  const areAll = keys.length > 0 && keys.every(key => ticks?.keys.has(key))
  return (
    <thead>
      <tr aria-rowindex={1}>
        {ticks && (
          <th class="tick">
            <input
              type="checkbox"
              aria-label={texts.ui.tickAll}
              checked={areAll}
              onChange={() => ticks.set(new Set(areAll ? [] : keys))}
            />
          </th>
        )}
        {columns.map(({ key, label, sorts, isNumeric }) => {
          const isSorted = sorting?.key === key
          const order = sorting?.isDescending ? 'descending' : 'ascending'
          return (
            <th key={key} scope="col" class={isNumeric ? 'number' : ''} aria-sort={isSorted ? order : undefined}>
              {sorts && sortBy ? (
                <button
                  type="button"
                  class="plain"
                  onClick={() => sortBy({ key, isDescending: isSorted && !sorting?.isDescending })}
                >
                  {label}
                  <span aria-hidden="true" class="arrow">
                    {isSorted ? (sorting?.isDescending ? '▼' : '▲') : ''}
                  </span>
                </button>
              ) : (
                label
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

interface BodyRowProps<Row> {
  readonly row: Row
  readonly id: string
  readonly number: number
  readonly columns: readonly TableColumn<Row>[]
  readonly ticks: Ticks<Row> | undefined
}

function BodyRow<Row>({ row, id, number, columns, ticks }: BodyRowProps<Row>): Element {
  const isTicked = ticks?.keys.has(id) ?? false
  const tick = () => {
    const keys = new Set(ticks?.keys)
    if (!keys.delete(id)) keys.add(id)
    ticks?.set(keys)
  }
  return (
    <tr aria-rowindex={number} class={isTicked ? 'ticked' : ''}>
      {ticks && (
        <td class="tick">
          <input type="checkbox" aria-label={texts.ui.tick(ticks.nameOf(row))} checked={isTicked} onChange={tick} />
        </td>
      )}
      {columns.map(({ key, cell, isNumeric }) => (
        <td key={key} class={isNumeric ? 'number' : ''}>
          {cell(row)}
        </td>
      ))}
    </tr>
  )
}

/** The room of rows that are out of sight. */
function Gap({ rows, width }: { rows: number; width: number }): Element | null {
  return rows === 0 ? null : (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nobody can focus a row
    <tr aria-hidden="true" class="gap">
      <td colSpan={width} style={{ height: `${rows * ROW}px` }} />
    </tr>
  )
}

function Skeletons({ width, count }: { width: number; count: number }): Element {
  return (
    <>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nobody can focus a row
        <tr key={`skeleton-${index}`} class="skeleton" aria-hidden="true">
          <td colSpan={width}>
            <span />
          </td>
        </tr>
      ))}
    </>
  )
}
