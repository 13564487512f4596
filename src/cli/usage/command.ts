// econe-usage: what the caller's account used in a month.
import { isJsonObject, type JsonObject } from '../../lib/json-object.ts'
import { listIn, textOf } from '../answers.ts'
import type { Arguments } from '../arguments.ts'
import { askJson } from '../json.ts'
import type { Session } from '../query.ts'
import { monthOfReport, type UsageLine, usageCsv, usageTable } from './report.ts'

const GET_USAGE = { service: 'ce', target: 'AWSInsightsIndexService.GetCostAndUsage' } as const

/** As wide as econe's tables were. */
const RULE = 78

/**
 * @returns the lines to print
 * @throws {Failure} in words for whoever called it
 */
export async function tellUsage(session: Session, given: Arguments, headers: boolean): Promise<string[]> {
  const month = monthOfReport(given.last('month'))
  const answer = await askJson(session, GET_USAGE, {
    TimePeriod: { Start: month.start, End: month.end },
    Granularity: 'MONTHLY',
    Metrics: ['UsageQuantity'],
    GroupBy: [
      { Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' },
      { Type: 'DIMENSION', Key: 'USAGE_TYPE' },
    ],
  })
  const lines = linesIn(answer)
  return given.has('csv') ? usageCsv(lines, month.name) : usageTable(lines, {}, headers ? RULE : undefined)
}

function linesIn(answer: JsonObject): UsageLine[] {
  const owners = listIn(answer, 'DimensionValueAttributes').map(
    ({ Value, Attributes }) => [textOf(Value), nameIn(Attributes)] as const,
  )
  const users = new Map(owners)
  const groups = listIn(answer, 'ResultsByTime').flatMap(period => listIn(period, 'Groups'))
  return groups.map(({ Keys, Metrics }) => {
    const [account, type]: readonly unknown[] = isList(Keys) ? Keys : []
    const metric = isJsonObject(Metrics) ? Metrics['UsageQuantity'] : undefined
    const { Amount, Unit } = isJsonObject(metric) ? metric : {}
    return {
      account: textOf(account),
      user: users.get(textOf(account)) ?? '',
      ...{ type: textOf(type), quantity: textOf(Amount), unit: textOf(Unit) },
    }
  })
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

const nameIn = (attributes: unknown): string => (isJsonObject(attributes) ? textOf(attributes['description']) : '')
