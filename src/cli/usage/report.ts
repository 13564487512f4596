// What was used in a month, as it is printed: a table for people, or CSV for programs.
import { dateOf, dayOf, monthNamed, monthOf } from '../../lib/days.ts'
import { UsageError } from '../errors.ts'
import { formatTable, type Heading, printable } from '../table.ts'

/** A line of a report. */
export interface UsageLine {
  /** Absent in a report of one region. */
  readonly region?: string
  /** `helen`; absent in a report of one account. */
  readonly user?: string
  /** 12 digits. */
  readonly account?: string
  readonly type: string
  /** In decimals. */
  readonly quantity: string
  readonly unit: string
}

/** A month that is asked for, and the first days of it and of the next. */
export interface ReportMonth {
  readonly name: string
  readonly start: string
  readonly end: string
}

/** @param given such as `2026-11`; this month where absent @throws {UsageError} */
export function monthOfReport(given: string | undefined): ReportMonth {
  const name = given ?? monthOf(dayOf(Date.now() / 1000))
  const month = monthNamed(name)
  if (!month) throw new UsageError(`--month has to be a month such as 2026-11, but is '${name}'`)
  return { name, start: dateOf(month.first), end: dateOf(month.next) }
}

const QUANTITY: readonly Heading[] = [
  { head: 'UsageType', width: 26 },
  { head: 'Quantity', width: 12 },
  { head: 'Unit', width: 6 },
]
const REGION: readonly Heading[] = [{ head: 'Region', width: 12 }]
const ACCOUNT: readonly Heading[] = [
  { head: 'Account', width: 12 },
  { head: 'User', width: 12 },
]

/** What a report has in front of what was used. */
export interface Told {
  readonly regions?: boolean
  readonly accounts?: boolean
}

/** @param rule least length of the dashes under the heads; undefined for a table without heads */
export function usageTable(lines: readonly UsageLine[], { regions, accounts }: Told, rule?: number): string[] {
  const rows = lines.map(({ region = '', account = '', user = '', type, quantity, unit }) => [
    ...(regions ? [region] : []),
    ...(accounts ? [account, user] : []),
    ...[type, Number(quantity).toFixed(3), unit],
  ])
  return formatTable([...(regions ? REGION : []), ...(accounts ? ACCOUNT : []), ...QUANTITY], rows, rule)
}

/** The same for programs, with the names of its columns first. */
export const usageCsv = (lines: readonly UsageLine[], month: string, { regions }: Told = {}): string[] => [
  `month,${regions ? 'region,' : ''}account,user,usage_type,quantity,unit`,
  ...lines.map(({ region = '', account = '', user = '', type, quantity, unit }) =>
    [month, ...(regions ? [region] : []), account, user, type, quantity, unit].map(cell).join(','),
  ),
]

/** Names are anybody's: what a spreadsheet would take for a formula is text. */
function cell(value: string): string {
  const text = printable(/^[=+\-@\t]/.test(value) ? `'${value}` : value)
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
