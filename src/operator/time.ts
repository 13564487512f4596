// Times to come, as operators write them.
import { UsageError } from '../cli/errors.ts'

/** Milliseconds since 1970. @throws {UsageError} for what is no time, or is over */
export function instantOf(when: string): number {
  const [, days] = /^(\d{1,5})d$/.exec(when) ?? []
  const instant = days === undefined ? timeOf(when) : Date.now() + Number(days) * 86_400_000
  if (Number.isNaN(instant)) {
    throw new UsageError(`'${when}' is no time: it looks like 2027-01-31, 2027-01-31T18:00:00Z or 90d`)
  }
  if (instant <= Date.now()) throw new UsageError(`'${when}' is over already`)
  return instant
}

/** Only what names its zone, or a day: that of UTC. */
const timeOf = (text: string) =>
  /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN
