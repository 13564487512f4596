// Events as a table, and one of them with all that is known of it.
import { tableColumn } from '../../resource/cells.tsx'
import type { Column } from '../../resource/definition.ts'
import { Facts } from '../../resource/tabs.tsx'
import { texts } from '../../texts.ts'
import { CommandLine, Verbatim } from '../../ui/copy.tsx'
import { ErrorNotice } from '../../ui/notice.tsx'
import { href } from '../../ui/router.ts'
import { Table } from '../../ui/table.tsx'
import type { Element } from '../../ui/types.ts'
import { type AccountEvent, lookupLine, type Question } from './lookup.ts'
import { useEvents } from './use-events.ts'

const words = texts.events

const columns: readonly Column<AccountEvent>[] = [
  { key: 'time', label: words.columns.time, value: ({ time }) => time, as: 'time' },
  { key: 'name', label: words.columns.name, value: ({ name }) => name },
  { key: 'outcome', label: words.columns.outcome, value: ({ error }) => error ?? words.ok },
  { key: 'resources', label: words.columns.resources, value: ({ resources }) => resources.join(', '), as: 'code' },
  { key: 'user', label: words.columns.user, value: ({ user }) => user },
]

const facts: readonly Column<AccountEvent>[] = [
  ...columns,
  { key: 'message', label: words.columns.message, value: ({ message }) => message },
  { key: 'key', label: words.columns.key, value: ({ key }) => key, as: 'code' },
  { key: 'source', label: words.columns.source, value: ({ source }) => source },
  { key: 'address', label: words.columns.address, value: ({ address }) => address, as: 'code' },
  { key: 'id', label: words.columns.id, value: ({ id }) => id, as: 'code' },
]

/** What a question finds, and the question as a command. */
export function FoundEvents({ question }: { question: Question }): Element {
  const { events, error, more, again } = useEvents(question)
  return (
    <>
      {error !== undefined && <ErrorNotice error={error} retry={again} />}
      {events && <EventTable events={events} />}
      {events === undefined && error === undefined && <p>{texts.ui.loading}</p>}
      {more && (
        <button type="button" onClick={more}>
          {texts.list.more}
        </button>
      )}
      <CommandLine lines={[lookupLine(question)]} />
    </>
  )
}

/** The newest first; each action leads to all that is known of it. */
function EventTable({ events }: { events: readonly AccountEvent[] }): Element {
  if (events.length === 0) return <p class="hint">{words.none}</p>
  const shown = columns
    .map(tableColumn)
    .map(column => (column.key === 'name' ? { ...column, cell: detailsOf } : column))
  return <Table label={words.title} columns={shown} rows={events} keyOf={({ id }) => id} />
}

const detailsOf = ({ id, name }: AccountEvent) => <a href={href('events', id)}>{name}</a>

export const EventDetails = ({ event }: { event: AccountEvent }): Element => (
  <>
    <Facts facts={facts} item={event} />
    <h2>{words.record}</h2>
    <Verbatim>{event.record}</Verbatim>
  </>
)
