// econe-events: the trail of the caller's account, page after page.
import type { Arguments } from '../arguments.ts'
import { UsageError } from '../errors.ts'
import { askJson } from '../json.ts'
import type { Session } from '../query.ts'
import { pageIn, type TrailEvent, trailTable } from './trail.ts'

const LOOKUP = {
  service: 'cloudtrail',
  target: 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents',
} as const

/** As wide as econe's tables were. */
const RULE = 78

/** Options that choose events: the attribute that the endpoint looks up by, and the same of an event here. */
const CHOICES: readonly (readonly [option: string, attribute: string, of: (event: TrailEvent) => readonly string[]])[] =
  [
    ['resource', 'ResourceName', ({ resources }) => resources],
    ['action', 'EventName', ({ action }) => [action]],
    ['key', 'AccessKeyId', ({ key }) => [key]],
    ['user', 'Username', ({ user }) => [user]],
  ]

/**
 * The events that are asked for, the newest first.
 *
 * @returns the lines to print
 * @throws {Failure} in words for whoever called it
 */
export async function tellEvents(session: Session, given: Arguments, headers: boolean): Promise<string[]> {
  const most = mostOf(given.the('most'))
  // The endpoint looks up by one attribute: by the rarest, and the others are looked at here
  const [first, ...others] = CHOICES.filter(([option]) => given.has(option))
  const question = {
    ...(first && { LookupAttributes: [{ AttributeKey: first[1], AttributeValue: given.the(first[0]) }] }),
    ...(given.has('since') && { StartTime: timeOf('since', given.the('since')) }),
    ...(given.has('until') && { EndTime: timeOf('until', given.the('until')) }),
  }
  const isWanted = (event: TrailEvent) => others.every(([option, , of]) => of(event).includes(given.the(option)))
  const events: TrailEvent[] = []
  let token: string | undefined
  do {
    const page = pageIn(
      await askJson(session, LOOKUP, { ...question, ...(token !== undefined && { NextToken: token }) }),
    )
    events.push(...page.events.filter(isWanted))
    token = page.next
  } while (token !== undefined && events.length < most)
  const shown = events.slice(0, most)
  if (given.has('json')) return shown.map(({ record }) => JSON.stringify(record))
  return trailTable(shown, headers ? RULE : undefined)
}

function mostOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new UsageError(`--most has to be a number from 1 to 999999, but is '${text}'`)
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds since 1970 of a date, or of so long ago. */
function timeOf(option: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined) return Math.floor(Date.now() / 1000) - Number(count) * (SECONDS[unit] ?? 0)
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return Math.floor(time / 1000)
  throw new UsageError(
    `--${option} has to be a date such as 2026-11-26T10:00Z, or a time ago such as 2h or 7d, but is '${text}'`,
  )
}
