// The time that a question about usage is about: days, one by one or month by month.
import { dateOf, dayNamed, dayOf, monthNamed, monthOf, nextMonth } from '../../lib/days.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import type { Members } from '../../protocol/json.ts'
import { invalid } from './invalid.ts'

/** Days from the first to that before the next. */
export interface Period {
  readonly first: number
  readonly next: number
}

/** The first day that is told of. @param now seconds since 1970 */
function oldestDay(now: number): number {
  let day = monthNamed(monthOf(dayOf(now)))?.first ?? 0
  for (let months = 1; months < limits.usageMonths.most; months++) day = monthNamed(monthOf(day - 1))?.first ?? 0
  return day
}

/** The days that a question is about. @param now seconds since 1970 @throws JsonError ValidationException */
export function timePeriodIn(members: Members, now: number): Period {
  const given = members.object('TimePeriod', ['Start', 'End'])
  if (!given) throw invalid('TimePeriod is missing.')
  const [first, next] = [dayIn(given, 'Start'), dayIn(given, 'End')]
  if (first >= next) throw invalid('Start date (and hour) should be before end date (and hour).')
  const oldest = oldestDay(now)
  if (first < oldest) throw invalid(`There is no usage from before ${dateOf(oldest)}.`)
  // What is to come is empty; a span of any length would be
  const latest = nextMonth(dayOf(now))
  if (next > latest) throw invalid(`The end date may be ${dateOf(latest)} at most.`)
  return { first, next }
}

/** The same, one by one. @param now seconds since 1970 @throws JsonError ValidationException */
export function periodsIn(members: Members, now: number): readonly Period[] {
  const { first: start, next: end } = timePeriodIn(members, now)
  const granularity = members.required('Granularity')
  if (granularity !== 'DAILY' && granularity !== 'MONTHLY') {
    throw invalid(`The granularity '${excerpt(granularity)}' is not one of DAILY, MONTHLY.`)
  }
  const periods: Period[] = []
  for (let first = start; first < end; ) {
    const next = Math.min(end, granularity === 'DAILY' ? first + 1 : nextMonth(first))
    periods.push({ first, next })
    first = next
  }
  return periods
}

function dayIn(members: Members, name: string): number {
  const given = members.required(name)
  const day = dayNamed(given)
  if (day !== undefined) return day
  throw invalid(`${name} has to be a date such as 2026-11-01, and is '${excerpt(given)}'.`)
}
