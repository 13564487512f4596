// Spans of time, day by day (UTC). Times are in seconds since 1970, a day is the number of days since then.
import { dateAt } from './instants.ts'

export const DAY = 24 * 60 * 60

export interface Span {
  readonly from: number
  /** The first second that is no part of it. */
  readonly until: number
}

/** The day that a time is on. */
export const dayOf = (time: number): number => Math.floor(time / DAY)

/** The first second of a day. */
export const timeOf = (day: number): number => day * DAY

/** A day as `2026-11-26`. */
export const dateOf = (day: number): string => dateAt(timeOf(day) * 1000)

/** The day that a date such as `2026-11-26` is; undefined for what is none. */
export function dayNamed(date: string): number | undefined {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) / 1000 : Number.NaN
  return Number.isNaN(time) || dateOf(dayOf(time)) !== date ? undefined : dayOf(time)
}

/** The month of a day, as `2026-11`. */
export const monthOf = (day: number): string => dateOf(day).slice(0, 7)

/** The first days of a month such as `2026-11` and of the next; undefined for what is no month. */
export function monthNamed(month: string): { readonly first: number; readonly next: number } | undefined {
  const first = dayNamed(`${month}-01`)
  return first === undefined ? undefined : { first, next: nextMonth(first) }
}

/** The first day of the month after that of a day. */
export function nextMonth(day: number): number {
  const date = new Date(timeOf(day) * 1000)
  return dayOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 1000)
}

/** Seconds of the month of a day. */
export const secondsOfMonth = (day: number): number =>
  timeOf(nextMonth(day)) - timeOf(dayNamed(`${monthOf(day)}-01`) ?? 0)

/** The days that two spans have in common, and so many seconds of each. */
export function* sharedDays(one: Span, other: Span): Generator<readonly [day: number, seconds: number]> {
  const [from, until] = [Math.max(one.from, other.from), Math.min(one.until, other.until)]
  for (let day = dayOf(from); timeOf(day) < until; day++) {
    yield [day, Math.min(until, timeOf(day + 1)) - Math.max(from, timeOf(day))]
  }
}
