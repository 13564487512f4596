// GetDimensionValues: by what there is usage to be asked for, in a span of days.
import type { Caller } from '../../ec2/core/call.ts'
import type { Context } from '../../ec2/core/context.ts'
import { quantityOn } from '../../ec2/usage/types.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { limits } from '../../limits.ts'
import { Members } from '../../protocol/json.ts'
import type { EdgeContext } from '../context.ts'
import { askedFor, COMMON, describedAs, dimensionNamed, METRIC } from './asking.ts'
import type { Dimension } from './dimensions.ts'
import { invalid } from './invalid.ts'
import { timePeriodIn } from './periods.ts'

const MEMBERS = [...COMMON, 'Dimension', 'SearchString', 'Context', 'SortBy', 'MaxResults']

const MOST = limits.dimensionValues.most

/** A value of a dimension, and how much was used that has it: for an order, of whatever units. */
interface Value {
  readonly value: string
  readonly quantity: number
  /** Where all of it is in one. */
  readonly unit: string | undefined
}

/**
 * @throws JsonError ValidationException, InvalidNextTokenException; SerializationException for what no input of it has
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetDimensionValues.html
 */
export async function getDimensionValues(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const members = new Members(input, MEMBERS)
  const period = timePeriodIn(members, Math.floor(Date.now() / 1000))
  const dimension = dimensionNamed(members.required('Dimension'))
  checkContext(members)
  const search = members.string('SearchString')?.toLowerCase() ?? ''
  const sorted = orderIn(members)
  const { context, known } = await askedFor({ operation: 'GetDimensionValues', input, members, period }, caller, c)
  const used = known
    .map(({ usage, of }) => ({
      ...{ value: of[dimension], unit: usage.unit },
      quantity: quantityOn(usage, period.first, period.next),
    }))
    .filter(({ value, quantity }) => quantity > 0 && value.toLowerCase().includes(search))
  const values = [...Map.groupBy(used, ({ value }) => value)].map(([value, parts]) => addedUp(value, parts))
  const page = sorted(values)
  return {
    DimensionValues: page.map(each => ({ Value: each.value, Attributes: attributesOf(dimension, each, context) })),
    ReturnSize: page.length,
    TotalSize: values.length,
  }
}

function addedUp(value: string, parts: readonly { readonly unit: string; readonly quantity: number }[]): Value {
  const units = [...new Set(parts.map(({ unit }) => unit))]
  return {
    value,
    quantity: parts.reduce((sum, { quantity }) => sum + quantity, 0),
    unit: units.length === 1 ? units[0] : undefined,
  }
}

function checkContext(members: Members): void {
  const asked = members.string('Context') ?? 'COST_AND_USAGE'
  if (asked === 'COST_AND_USAGE') return
  throw invalid(`The Context '${excerpt(asked)}' is not known here: usage alone has dimensions, COST_AND_USAGE.`)
}

const byName = (values: readonly Value[]) => values.toSorted((one, other) => (one.value < other.value ? -1 : 1))

/** The order of the values, and how many of them are told: by their names all of them. */
function orderIn(members: Members): (values: readonly Value[]) => readonly Value[] {
  const [order, another] = members.objects('SortBy', ['Key', 'SortOrder'])
  const most = members.number('MaxResults') ?? MOST
  if (!Number.isInteger(most) || most < 1 || most > MOST) throw invalid(`MaxResults has to be from 1 to ${MOST}.`)
  if (!order) return byName
  if (another) throw invalid('SortBy may have one key.')
  if (members.has('SearchString')) throw invalid('SearchString cannot be used together with SortBy.')
  const [key, way] = [order.required('Key'), order.string('SortOrder') ?? 'ASCENDING']
  if (key !== METRIC) throw invalid(`Nothing can be sorted by '${excerpt(key)}' here: ${METRIC} is what there is.`)
  if (way !== 'ASCENDING' && way !== 'DESCENDING') {
    throw invalid(`The SortOrder '${excerpt(way)}' is not one of ASCENDING, DESCENDING.`)
  }
  const sign = way === 'ASCENDING' ? 1 : -1
  return values =>
    byName(values)
      .toSorted((one, other) => sign * (one.quantity - other.quantity))
      .slice(0, most)
}

/** As AWS says it: of an account its name, of a usage type its unit. */
function attributesOf(dimension: Dimension, { unit }: Value, context: Context): Readonly<Record<string, string>> {
  if (dimension === 'LINKED_ACCOUNT') return describedAs(context)
  return dimension === 'USAGE_TYPE' && unit !== undefined ? { unit } : {}
}
