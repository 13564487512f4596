// Counts what OpenNebula does not: what is there no more, and what it says no times of. Day by day, in a row a month.
import { causeOf } from '../../ec2/core/cause.ts'
import { type UsageKind, type UsageNotes, type Used, usageKinds } from '../../ec2/core/usage.ts'
import { dayOf, monthOf, type Span, sharedDays } from '../../lib/days.ts'
import { log } from '../../lib/log.ts'
import { limits } from '../../limits.ts'
import type { Usage } from '../bucket/quota.ts'
import type { Rows } from '../rows.ts'

/** A row for each month: by kinds and days, seconds of each of so many. */
const USED = 'used:'
/** A row for each kind that there is some of: how much, and since when nobody has counted it. */
const LEVEL = 'level:'

type Month = { readonly [Kind in UsageKind]?: Readonly<Record<number, number>> }

interface Level {
  readonly level: number
  /** Seconds since 1970. */
  readonly since: number
  /** What was counted before on the day of that: a bucket that changes all the time costs a row a change, and no more. */
  readonly counted: number
}

/** What was used of a kind on a day: seconds, of each of so many. */
export interface Metered {
  readonly kind: UsageKind
  readonly day: number
  readonly seconds: number
}

/** What an account's object says of usage. */
export interface Metering {
  readonly used: Metered[]
  /** The names of tasks by which something goes that OpenNebula has yet: it was counted when they were accepted. */
  readonly ending: string[]
}

/** For so long it is kept: a month more than is told of; seconds. */
const KEPT_FOR = (limits.usageMonths.most + 1) * 31 * 24 * 60 * 60

const GIB = 2 ** 30

export class UsageMeter implements UsageNotes {
  readonly #rows: Rows
  readonly #now: () => number
  readonly #levels = new Map<UsageKind, Level>()

  /** @param now milliseconds since 1970 */
  constructor(rows: Rows, now: () => number) {
    this.#rows = rows
    this.#now = () => Math.floor(now() / 1000)
  }

  ended(used: Used): void {
    this.#note(() => this.#add(used))
  }

  changed(kind: UsageKind, by: number): void {
    this.#note(() => this.#set(kind, Math.max(0, this.#level(kind).level + by)))
  }

  /** What the bucket has now. */
  stored(usage: () => Pick<Usage, 'bytes'>): void {
    this.#note(() => this.#set('bucket', usage().bytes / GIB))
  }

  /**
   * What was used in a span of whole days.
   * @param addresses how many there are now
   * @throws Ec2Error Unavailable where the storage fails
   */
  read(span: Span, addresses: number): Metered[] {
    this.#set('address', addresses)
    const [first, next] = [dayOf(span.from), dayOf(span.until)]
    const kept = [...this.#rows.list<Month>(USED).values()].flatMap(month =>
      usageKinds.flatMap(kind =>
        Object.entries(month[kind] ?? {}).map(([day, seconds]): Metered => ({ kind, day: Number(day), seconds })),
      ),
    )
    const open = usageKinds.flatMap(kind => this.#counting(kind))
    return [...kept, ...open].filter(({ day }) => day >= first && day < next)
  }

  /** What is counted, and in no row of a month. */
  #counting(kind: UsageKind): Metered[] {
    const { level, since, counted } = this.#level(kind)
    const until = this.#now()
    const days = level === 0 ? [] : [...sharedDays({ from: since, until }, { from: until - KEPT_FOR, until })]
    return [
      { kind, day: dayOf(since), seconds: counted },
      ...days.map(([day, seconds]): Metered => ({ kind, day, seconds: seconds * level })),
    ].filter(({ seconds }) => seconds !== 0)
  }

  /** Counts what was there. */
  #add({ kind, since, until = this.#now(), amount }: Used): void {
    const days = [...sharedDays({ from: since, until }, { from: until - KEPT_FOR, until })]
    this.#keep(days.map(([day, seconds]) => ({ kind, day, seconds: seconds * amount })))
  }

  #keep(metered: readonly Metered[]): void {
    for (const [month, ofMonth] of Map.groupBy(metered, ({ day }) => monthOf(day))) {
      const row = this.#rows.get<Month>(USED + month)
      const changed: Record<string, Record<number, number>> = { ...row }
      for (const { kind, day, seconds } of ofMonth) {
        changed[kind] = { ...changed[kind], [day]: (changed[kind]?.[day] ?? 0) + seconds }
      }
      this.#rows.put(USED + month, changed)
      if (!row) this.#forget()
    }
  }

  /** There is so much of a kind from now on. */
  #set(kind: UsageKind, level: number): void {
    const known = this.#level(kind)
    if (known.level === level) return
    const since = this.#now()
    const isOfDay = dayOf(since) === dayOf(known.since)
    if (!isOfDay) this.#keep(this.#counting(kind))
    const counted = isOfDay ? known.counted + known.level * (since - known.since) : 0
    const next = { level, since, counted }
    this.#rows.put(LEVEL + kind, next)
    this.#levels.set(kind, next)
  }

  #level(kind: UsageKind): Level {
    const nothing = { level: 0, since: this.#now(), counted: 0 }
    const level = this.#levels.get(kind) ?? this.#rows.get<Level>(LEVEL + kind) ?? nothing
    this.#levels.set(kind, level)
    return level
  }

  /** A month that begins is when others are too old. */
  #forget(): void {
    const oldest = USED + monthOf(dayOf(this.#now() - KEPT_FOR))
    const old = [...this.#rows.list(USED).keys()].filter(row => row < oldest)
    this.#rows.delete(...old)
  }

  /** What is noted is done, whatever becomes of the note. */
  #note(work: () => void): void {
    try {
      work()
    } catch (error) {
      log('uncounted-usage', { cause: causeOf(error) }, true)
    }
  }
}
