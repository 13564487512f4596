// Tabs made of data: facts about an item, a table of what belongs to it, and what the API is asked for besides.
import { useEffect, useState } from 'hono/jsx/dom'
import { call } from '../api/client.ts'
import type { Action, Answer, Input } from '../api/model.ts'
import { api } from '../session/session.ts'
import { texts } from '../texts.ts'
import { ErrorNotice } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'
import type { Child, Element } from '../ui/types.ts'
import { cellOf, isPassing, tableColumn } from './cells.tsx'
import type { Column, Tab } from './definition.ts'
import { useRefresh } from './watch.ts'

/** A tab of names and values, each written like a column. */
export const factsTab = <Item,>(key: string, label: string, facts: readonly Column<Item>[]): Tab<Item> => ({
  key,
  label,
  content: ({ item }) => <Facts facts={facts} item={item} />,
})

export function Facts<Item>({ facts, item }: { facts: readonly Column<Item>[]; item: Item }): Element {
  return (
    <dl class="facts">
      {facts.map(fact => (
        <div key={fact.key}>
          <dt>{fact.label}</dt>
          <dd>{cellOf(fact, item)}</dd>
        </div>
      ))}
    </dl>
  )
}

interface Related<Item, Row> {
  readonly rows: (item: Item) => readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  readonly empty: string
}

/** A tab with a table of what belongs to an item. */
export const relatedTab = <Item, Row>(
  key: string,
  label: string,
  { rows, ...table }: Related<Item, Row>,
): Tab<Item> => ({
  key,
  label,
  content: ({ item }) => <RowsTable label={label} rows={rows(item)} {...table} />,
})

interface RowsTableProps<Row> extends Omit<Related<unknown, Row>, 'rows'> {
  readonly label: string
  readonly rows: readonly Row[]
  /** What stands behind a row: what can be done with it. */
  readonly more?: (row: Row) => Child
}

/** A short table. */
export function RowsTable<Row>({ label, rows, keyOf, columns, empty, more }: RowsTableProps<Row>): Element {
  if (rows.length === 0) return <p class="hint">{empty}</p>
  const shown = columns.map(tableColumn)
  const all = more ? [...shown, { key: 'more', label: texts.ui.actions, cell: more }] : shown
  return <Table label={label} rows={rows} keyOf={keyOf} columns={all} />
}

/** What the API answered; neither answer nor error as long as it is asked. */
export interface Asked<T> {
  readonly answer?: T
  readonly error?: unknown
  readonly again: () => void
}

/** Asks the API, and again when what is asked for is something else. */
export const useAnswer = <A extends Action>(action: A, input: Input<A>): Asked<Answer<A>> =>
  useAsked(() => api().call(action, input), [action, JSON.stringify(input)])

/** Asks, and again when what the question is made of is something else. */
export function useAsked<T>(ask: () => Promise<T>, about: readonly unknown[]): Asked<T> {
  const [asked, setAsked] = useState<Omit<Asked<T>, 'again'>>({})
  const [times, setTimes] = useState(0)
  useEffect(() => {
    let isWanted = true
    ask().then(
      answer => isWanted && setAsked({ answer }),
      (error: unknown) => isWanted && setAsked({ error }),
    )
    return () => {
      isWanted = false
    }
  }, [...about, times])
  return { ...asked, again: () => setTimes(before => before + 1) }
}

interface AskedRows<A extends Action, Row> extends Omit<Related<unknown, Row>, 'rows'> {
  readonly action: A
  readonly input: Input<A>
  readonly rows: (answer: Answer<A>) => readonly Row[] | undefined
}

/** A tab with a table of what the API says belongs to an item. */
export const askedTab = <Item, A extends Action, Row>(
  key: string,
  label: string,
  { input, ...table }: Omit<AskedRows<A, Row>, 'input'> & { readonly input: (id: string) => Input<A> },
): Tab<Item> => ({
  key,
  label,
  content: ({ id }) => <AskedTable label={label} input={input(id)} {...table} />,
  calls: id => [call(table.action, input(id))],
})

function AskedTable<A extends Action, Row>({
  action,
  input,
  rows,
  ...table
}: AskedRows<A, Row> & { readonly label: string }): Element {
  const asked = useAnswer(action, input)
  const isBusy = asked.answer !== undefined && rows(asked.answer)?.some(row => isPassing(table.columns, row))
  useRefresh(async () => asked.again(), isBusy ?? false, [])
  return <WithAnswer asked={asked}>{answer => <RowsTable rows={rows(answer) ?? []} {...table} />}</WithAnswer>
}

/** What was asked for, when it is there. */
export function WithAnswer<T>({
  asked,
  children,
}: {
  asked: Asked<T>
  children: (answer: T) => Element | null
}): Element | null {
  if (asked.error !== undefined) return <ErrorNotice error={asked.error} retry={asked.again} />
  return asked.answer === undefined ? <p>{texts.ui.loading}</p> : children(asked.answer)
}
