// GetCostAndUsage: how much of what the account used, month by month or day by day.
import type { Caller } from '../../ec2/core/call.ts'
import { amountOf, quantityOn } from '../../ec2/usage/types.ts'
import { dateOf, timeOf } from '../../lib/days.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { Members } from '../../protocol/json.ts'
import type { EdgeContext } from '../context.ts'
import { askedFor, COMMON, describedAs, dimensionNamed, type Known, METRIC } from './asking.ts'
import type { Dimension } from './dimensions.ts'
import { invalid } from './invalid.ts'
import { type Period, periodsIn } from './periods.ts'

/** What a grouping is by, at most so many at once. */
const GROUPINGS = 2

const MEMBERS = [...COMMON, 'Granularity', 'Metrics', 'GroupBy']

/**
 * @throws JsonError ValidationException, InvalidNextTokenException; SerializationException for what no input of it has
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
export async function getCostAndUsage(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const members = new Members(input, MEMBERS)
  const now = Math.floor(Date.now() / 1000)
  const periods = periodsIn(members, now)
  checkMetrics(members.strings('Metrics'))
  const groups = groupsIn(members)
  const period = { first: periods[0]?.first ?? 0, next: periods.at(-1)?.next ?? 0 }
  const { context, known } = await askedFor({ operation: 'GetCostAndUsage', input, members, period }, caller, c)
  return {
    ...(groups.length > 0 && { GroupDefinitions: groups.map(Key => ({ Type: 'DIMENSION', Key })) }),
    ResultsByTime: periods.map(each => resultOf(each, known, groups, now)),
    DimensionValueAttributes: groups.includes('LINKED_ACCOUNT')
      ? [{ Value: context.account.id, Attributes: describedAs(context) }]
      : [],
  }
}

function checkMetrics(metrics: readonly string[]): void {
  const [first, ...others] = metrics
  if (first === undefined) throw invalid(`Metrics has to name ${METRIC}.`)
  const unknown = [first, ...others].find(metric => metric !== METRIC)
  if (unknown === undefined) return
  throw invalid(
    `The metric '${excerpt(unknown)}' is not known: nothing has a price here, ${METRIC} says how much was used.`,
  )
}

function groupsIn(members: Members): readonly Dimension[] {
  const groups = members.objects('GroupBy', ['Type', 'Key'])
  if (groups.length > GROUPINGS) throw invalid(`GroupBy may have ${GROUPINGS} groupings at most.`)
  return groups.map(group => {
    const [type, key] = [group.string('Type'), group.required('Key')]
    if (type !== undefined && type !== 'DIMENSION') throw invalid(`Usage has no ${excerpt(type)} to be grouped by.`)
    return dimensionNamed(key)
  })
}

function resultOf({ first, next }: Period, usage: readonly Known[], groups: readonly Dimension[], now: number): object {
  const used = usage
    .map(({ usage: each, of }) => ({ unit: each.unit, of, quantity: quantityOn(each, first, next) }))
    .filter(({ quantity }) => quantity > 0)
  const grouped = Map.groupBy(used, ({ of }) => JSON.stringify(groups.map(key => of[key])))
  return {
    TimePeriod: { Start: dateOf(first), End: dateOf(next) },
    Total: groups.length > 0 ? {} : metricOf(used),
    Groups:
      groups.length === 0
        ? []
        : [...grouped].map(([keys, parts]) => ({ Keys: JSON.parse(keys) as string[], Metrics: metricOf(parts) })),
    Estimated: timeOf(next) > now,
  }
}

/** What is added up of several units has none. */
function metricOf(parts: readonly { readonly unit: string; readonly quantity: number }[]): object {
  const units = new Set(parts.map(({ unit }) => unit))
  const [unit] = units
  const quantity = parts.reduce((sum, part) => sum + part.quantity, 0)
  return { [METRIC]: { Amount: amountOf(quantity), Unit: units.size === 1 ? unit : 'N/A' } }
}
