// The account's events as rows of a table of their own: changes and refused requests, each counted from its first, so that
// the oldest of either go when there are too many, and none of the others with them.
import { unavailable } from '../../ec2/core/failures.ts'
import { limits } from '../../limits.ts'
import type { AccountEvent, EventAttribute, EventDetails, EventPage, EventPlace, EventQuery } from './event.ts'

/** What is counted by itself. */
export type EventClass = 'change' | 'refusal'

const CLASSES = { change: 0, refusal: 1 } as const satisfies Record<EventClass, number>

const MOST: Readonly<Record<EventClass, number>> = {
  change: limits.changeEvents.most,
  refusal: limits.refusalEvents.most,
}

// A row without a number of its own keeps the details, its last column, on other pages where they are long: a search reads
// what it compares, and no more.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    class INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    time INTEGER NOT NULL,
    id TEXT NOT NULL,
    service TEXT NOT NULL,
    action TEXT NOT NULL,
    readOnly INTEGER NOT NULL,
    user TEXT NOT NULL,
    accessKeyId TEXT NOT NULL,
    resources TEXT NOT NULL,
    details TEXT NOT NULL,
    PRIMARY KEY (class, nth)
  ) WITHOUT ROWID`

/** What an attribute compares, and with what: nothing equals null. */
const CONDITIONS: Readonly<
  Record<EventAttribute, readonly [sql: string, operand: (value: string) => SqlStorageValue]>
> = {
  EventId: ['id = ?', value => value],
  EventName: ['action = ?', value => value],
  ReadOnly: ['readOnly = ?', value => (value === 'true' ? 1 : 0)],
  Username: ['user = ?', value => value],
  ResourceType: ["EXISTS (SELECT 1 FROM json_each(resources) WHERE value ->> 'type' = ?)", value => value],
  ResourceName: ["EXISTS (SELECT 1 FROM json_each(resources) WHERE value ->> 'name' = ?)", value => value],
  EventSource: ['service = ?', value => /^(.+)\.amazonaws\.com$/.exec(value)?.[1] ?? null],
  AccessKeyId: ['accessKeyId = ?', value => value],
}

/** Where the list begins: no row is counted so far. */
const BEFORE_ALL: EventPlace = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** Where a row is. */
export interface EventRow {
  readonly class: EventClass
  readonly nth: number
}

/** The newest of a class. */
interface Newest {
  readonly nth: number
  readonly time: number
}

type Row = Record<string, SqlStorageValue> & {
  readonly class: number
  readonly nth: number
  readonly time: number
  readonly id: string
  readonly service: string
  readonly action: string
  readonly readOnly: number
  readonly user: string
  readonly accessKeyId: string
  readonly resources: string
  readonly details: string
}

/** Every method throws Ec2Error Unavailable where the storage fails. */
export class EventTable {
  readonly #storage: DurableObjectStorage
  #isThere = false
  readonly #newest = new Map<EventClass, Newest>()

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
  }

  /** Writes an event down as the newest of its class; the oldest goes where there are too many. */
  add(kind: EventClass, event: AccountEvent): EventRow {
    const last = this.#newest.get(kind) ?? this.#read(kind)
    const nth = last.nth + 1
    // Clocks go back: the order does not
    const time = Math.max(event.time, last.time)
    const { id, service, action, readOnly, user, accessKeyId } = event
    const columns = [id, service, action, readOnly ? 1 : 0, user, accessKeyId, ...textsOf(event)]
    this.#exec('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', CLASSES[kind], nth, time, ...columns)
    this.#newest.set(kind, { nth, time })
    if (nth > MOST[kind]) {
      this.#exec('DELETE FROM events WHERE class = ? AND nth <= ?', CLASSES[kind], nth - MOST[kind])
    }
    return { class: kind, nth }
  }

  /** Changes what is told of an event. */
  update({ class: kind, nth }: EventRow, event: Pick<AccountEvent, 'resources' | 'details'>): void {
    const place = [CLASSES[kind], nth]
    this.#exec('UPDATE events SET resources = ?, details = ? WHERE class = ? AND nth = ?', ...textsOf(event), ...place)
  }

  /** The events that are asked for, the newest first. */
  find({ attribute, from, until, after = BEFORE_ALL, most }: EventQuery): EventPage {
    const conditions: [sql: string, operand: SqlStorageValue][] = []
    if (attribute) {
      const [sql, operand] = CONDITIONS[attribute.key]
      conditions.push([sql, operand(attribute.value)])
    }
    if (from !== undefined) conditions.push(['time >= ?', from])
    if (until !== undefined) conditions.push(['time < ?', until])
    const where = conditions.map(([sql]) => ` AND ${sql}`).join('')
    const operands = conditions.map(([, operand]) => operand)
    const found = (['change', 'refusal'] as const).flatMap(kind =>
      this.#rows(
        `SELECT * FROM events WHERE class = ? AND nth < ?${where} ORDER BY nth DESC LIMIT ?`,
        ...[CLASSES[kind], after[CLASSES[kind]], ...operands, most + 1],
      ),
    )
    const rows = found.toSorted((one, other) => other.time - one.time || one.class - other.class)
    const page = rows.slice(0, most)
    const events = page.map(eventOf)
    return rows.length > most ? { events, next: placeBehind(page, after) } : { events }
  }

  /** The time of the oldest event; undefined where there is none. */
  get oldest(): number | undefined {
    const times = Object.values(CLASSES).flatMap(kind =>
      this.#rows('SELECT * FROM events WHERE class = ? ORDER BY nth LIMIT 1', kind).map(({ time }) => time),
    )
    return times.length > 0 ? Math.min(...times) : undefined
  }

  /** Forgets what happened before a time. */
  expire(before: number): void {
    this.#exec('DELETE FROM events WHERE time < ?', before)
    this.#newest.clear()
  }

  #read(kind: EventClass): Newest {
    const [row] = this.#rows('SELECT * FROM events WHERE class = ? ORDER BY nth DESC LIMIT 1', CLASSES[kind])
    return row ?? { nth: 0, time: 0 }
  }

  #rows(sql: string, ...operands: SqlStorageValue[]): Row[] {
    return attempt(() =>
      this.#sql()
        .exec<Row>(sql, ...operands)
        .toArray(),
    )
  }

  #exec(sql: string, ...operands: SqlStorageValue[]): void {
    attempt(() => this.#sql().exec(sql, ...operands))
  }

  /** An object that only looks something up gets no table. */
  #sql(): SqlStorage {
    const { sql } = this.#storage
    if (!this.#isThere) sql.exec(SCHEMA)
    this.#isThere = true
    return sql
  }
}

function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch {
    throw unavailable()
  }
}

const textsOf = ({ resources, details }: Pick<AccountEvent, 'resources' | 'details'>): [string, string] => [
  JSON.stringify(resources),
  JSON.stringify(details),
]

/** Nobody but this class has written the texts. */
function eventOf({ id, time, service, action, readOnly, user, accessKeyId, resources, details }: Row): AccountEvent {
  const told = {
    resources: JSON.parse(resources) as AccountEvent['resources'],
    details: JSON.parse(details) as EventDetails,
  }
  return { id, time, service, action, readOnly: readOnly === 1, user, accessKeyId, ...told }
}

/** Where the list goes on behind a page: of a class that the page has nothing of, where the page before ended. */
function placeBehind(page: readonly Row[], [change, refusal]: EventPlace): EventPlace {
  const last = (kind: EventClass) => page.findLast(row => row.class === CLASSES[kind])?.nth
  return [last('change') ?? change, last('refusal') ?? refusal]
}
