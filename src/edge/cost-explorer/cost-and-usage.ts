// GetCostAndUsage: how much of what the account used, month by month or day by day.

import type { Caller } from '../../ec2/core/call.ts'
import type { Context } from '../../ec2/core/context.ts'
import { amountOf, quantityOn, type Usage } from '../../ec2/usage/types.ts'
import { dateOf, timeOf } from '../../lib/days.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { JsonError, Members } from '../../protocol/json.ts'
import type { EdgeContext } from '../context.ts'
import { readContext } from '../dispatch.ts'
import { usageOfCaller } from '../usage.ts'
import { type Dimension, dimensions, isDimension } from './dimensions.ts'
import { EXPRESSION, filterIn } from './filter.ts'
import { invalid } from './invalid.ts'
import { type Period, periodsIn } from './periods.ts'

/** What AWS tells of usage; there are no prices here. */
const METRIC = 'UsageQuantity'

/** What a grouping is by, at most so many at once. */
const GROUPINGS = 2

const MEMBERS = ['TimePeriod', 'Granularity', 'Filter', 'Metrics', 'GroupBy', 'BillingViewArn', 'NextPageToken']

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
  const context = await readContext('GetCostAndUsage', input, caller, c)
  const isAsked = filterIn(members.object('Filter', EXPRESSION))
  checkRest(members)
  const span = { from: timeOf(periods[0]?.first ?? 0), until: timeOf(periods.at(-1)?.next ?? 0) }
  const whole = await usageOfCaller(context, c.env, span)
  const usage = whole.map(each => ({ usage: each, of: dimensions(each, context) })).filter(({ of }) => isAsked(of))
  return {
    ...(groups.length > 0 && { GroupDefinitions: groups.map(Key => ({ Type: 'DIMENSION', Key })) }),
    ResultsByTime: periods.map(period => resultOf(period, usage, groups, now)),
    DimensionValueAttributes: groups.includes('LINKED_ACCOUNT') ? [ownerOf(context)] : [],
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
    if (isDimension(key)) return key
    throw invalid(`The dimension '${excerpt(key)}' is not known here.`)
  })
}

function checkRest(members: Members): void {
  const view = members.string('BillingViewArn')
  if (view !== undefined) throw invalid(`There is no billing view '${excerpt(view)}'.`)
  if (members.string('NextPageToken') === undefined) return
  throw new JsonError('InvalidNextTokenException', 'The NextPageToken is not valid: all results are on one page.')
}

type Known = { readonly usage: Usage; readonly of: Readonly<Record<Dimension, string>> }

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

const ownerOf = ({ account }: Context): object => ({
  Value: account.id,
  Attributes: { description: account.user.name },
})
