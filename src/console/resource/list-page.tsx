// The page of a list: search, filters, what can be done, the table, and the list as a command.
import { useEffect, useMemo, useState } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import { Empty, ErrorNotice } from '../ui/notice.tsx'
import { href } from '../ui/router.ts'
import { useStore } from '../ui/store.ts'
import { type Sorting, sorted, Table, type TableColumn } from '../ui/table.tsx'
import { Tabs } from '../ui/tabs.tsx'
import type { Element } from '../ui/types.ts'
import { isPassing, tableColumn, textIn } from './cells.tsx'
import { Command } from './command.tsx'
import type { Resource } from './definition.ts'
import { Operations } from './operations.tsx'
import { lookAtBusy, useRefresh } from './watch.ts'

const NO_TICKS: ReadonlySet<string> = new Set()

/** @param view the key of one of its views; the first where it is absent */
export function ListPage<Item>({ resource, view }: { resource: Resource<Item>; view?: string | undefined }): Element {
  const shown = resource.views?.find(({ key }) => key === view) ?? resource.views?.[0]
  const content = <Listed key={shown?.key ?? ''} resource={shown ? { ...resource, list: shown.list } : resource} />
  return (
    <>
      <header class="page">
        <h1>{resource.texts.title}</h1>
        <Operations resource={resource} operations={resource.creations ?? []} items={[]} areCreations />
      </header>
      {resource.texts.note && <p class="hint">{resource.texts.note}</p>}
      {resource.views && shown ? (
        <Tabs
          label={resource.texts.title}
          current={shown.key}
          tabs={resource.views.map(({ key, label }) => ({ key, label, href: href(resource.path, `~${key}`) }))}
        >
          {content}
        </Tabs>
      ) : (
        content
      )}
    </>
  )
}

/** A list: what narrows it, what can be done with its items, the table, and the same as a command. */
export function Listed<Item>({ resource }: { resource: Resource<Item> }): Element {
  const { list, texts: words, columns: all, isBusy = (item: Item) => isPassing(all, item) } = resource
  const { items, isLoading, error, next } = useStore(list.shown.state)
  const [search, setSearch] = useState('')
  const [filters, setFilters] = useState<Readonly<Record<string, string>>>({})
  const [sorting, setSorting] = useState<Sorting | undefined>(undefined)
  const [ticked, setTicked] = useState(NO_TICKS)
  useEffect(() => void list.shown.refresh(), [list])
  useRefresh(() => list.shown.refresh(), false, [list])
  useRefresh(() => lookAtBusy(list, isBusy), items.some(isBusy), [list])

  const columns = useMemo(() => columnsOf(resource), [resource.path])
  const texted = useMemo(() => items.map(item => ({ item, text: searchable(resource, item) })), [items])
  const inOrder = useMemo(() => {
    const texts = new Map(texted.map(({ item, text }) => [item, text]))
    return sorted(items, columns, sorting).map(item => ({ item, text: texts.get(item) ?? '' }))
  }, [texted, sorting])
  const rows = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean)
    const narrowed = all.filter(({ key }) => filters[key])
    return inOrder
      .filter(
        ({ item, text }) =>
          words.every(word => text.includes(word)) &&
          narrowed.every(column => textIn(column, item) === filters[column.key]),
      )
      .map(({ item }) => item)
  }, [inOrder, search, filters])

  const keys = new Set(rows.map(list.idOf).filter(id => ticked.has(id)))
  const chosen = rows.filter(item => keys.has(list.idOf(item)))
  const isEmpty = !isLoading && items.length === 0 && error === undefined
  return (
    <>
      <div class="tools">
        <input
          type="search"
          aria-label={texts.list.search(words.many)}
          placeholder={texts.list.search(words.many)}
          value={search}
          onInput={event => setSearch(event.target instanceof HTMLInputElement ? event.target.value : '')}
        />
        {all
          .filter(column => column.filters)
          .map(column => (
            <Filter
              key={column.key}
              label={column.label}
              values={[...new Set(items.map(item => textIn(column, item)))].filter(Boolean).sort()}
              value={filters[column.key] ?? ''}
              change={value => setFilters({ ...filters, [column.key]: value })}
            />
          ))}
        <button type="button" onClick={() => void list.shown.refresh()}>
          {texts.list.refresh}
        </button>
        <span class="count" role="status">
          {isLoading ? texts.ui.loading : texts.list.count(rows.length, items.length, words.one, words.many)}
        </span>
      </div>
      {resource.operations.length > 0 && (
        <Operations resource={resource} operations={resource.operations} items={chosen} />
      )}
      {error !== undefined && <ErrorNotice error={error} retry={() => void list.shown.refresh()} />}
      {isEmpty ? (
        <Empty title={texts.list.none(words.many)}>
          <p>{words.empty}</p>
        </Empty>
      ) : (
        <Table
          label={words.title}
          columns={columns}
          rows={rows}
          keyOf={list.idOf}
          ticks={resource.operations.length > 0 ? { keys, set: setTicked, nameOf: list.idOf } : undefined}
          sorting={sorting}
          sortBy={setSorting}
          isLoading={isLoading}
        />
      )}
      {next !== undefined && !isLoading && (
        <button type="button" onClick={() => void list.shown.more()}>
          {texts.list.more}
        </button>
      )}
      <Command calls={[list.call()]} />
    </>
  )
}

/** The columns of the table: the first one leads to the item, if it has a page. */
function columnsOf<Item>({ path, columns, list, tabs }: Resource<Item>): readonly TableColumn<Item>[] {
  return columns
    .filter(({ isHidden }) => !isHidden)
    .map((column, index) => {
      const shown = tableColumn(column)
      return index > 0 || tabs.length === 0
        ? shown
        : {
            ...shown,
            cell: (item: Item) => <a href={href(path, list.idOf(item))}>{textIn(column, item) || list.idOf(item)}</a>,
          }
    })
}

/** All that is searched of an item, in small letters. */
const searchable = <Item,>({ columns, list }: Resource<Item>, item: Item): string =>
  [list.idOf(item), ...columns.map(column => textIn(column, item))].join('\n').toLowerCase()

interface FilterProps {
  readonly label: string
  readonly values: readonly string[]
  readonly value: string
  readonly change: (value: string) => void
}

function Filter({ label, values, value, change }: FilterProps): Element {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={event => change(event.target instanceof HTMLSelectElement ? event.target.value : '')}
    >
      <option value="">{texts.list.any(label)}</option>
      {values.map(each => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  )
}
