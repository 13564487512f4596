// How the value of a column is shown, searched and sorted.
import { bytesText, Code, moodOf, NONE, numberText, Status, sizeText, Time } from '../ui/format.tsx'
import { href } from '../ui/router.ts'
import type { TableColumn } from '../ui/table.tsx'
import type { Child } from '../ui/types.ts'
import type { As, Column } from './definition.ts'

type CellValue = string | number | boolean | Date | undefined

/** How each kind of value is shown. */
const SHOWN: { readonly [Kind in As]: (value: CellValue) => Child } = {
  text: value => String(value),
  code: value => <Code>{String(value)}</Code>,
  status: value => <Status state={String(value)} />,
  time: value => <Time at={value instanceof Date ? value : undefined} />,
  gib: value => sizeText(Number(value)),
  bytes: value => bytesText(Number(value)),
  number: value => numberText(Number(value)),
}

const NUMERIC: readonly As[] = ['gib', 'bytes', 'number']

/** What stands in the cell of an item. */
export function cellOf<Item>({ value, as = 'text', link }: Column<Item>, item: Item): Child {
  const found = value(item)
  if (found === undefined || found === '') return NONE
  const shown = SHOWN[as](found)
  return link ? <a href={href(link, String(found))}>{shown}</a> : shown
}

/** Whether a state of an item passes by itself. */
export const isPassing = <Item,>(columns: readonly Column<Item>[], item: Item): boolean =>
  columns.some(({ as, value }) => as === 'status' && moodOf(String(value(item) ?? '')) === 'busy')

/** A value as it is searched and narrowed by. */
export function textIn<Item>({ value }: Column<Item>, item: Item): string {
  const found = value(item)
  return found instanceof Date ? found.toISOString() : String(found ?? '')
}

/** A column as the table draws it. */
export const tableColumn = <Item,>(column: Column<Item>): TableColumn<Item> => ({
  key: column.key,
  label: column.label,
  isNumeric: NUMERIC.includes(column.as ?? 'text'),
  cell: item => cellOf(column, item),
  sorts: item => {
    const found = column.value(item)
    if (found instanceof Date) return found.getTime()
    return typeof found === 'number' ? found : String(found ?? '')
  },
})
