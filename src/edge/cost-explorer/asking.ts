// What questions about usage have in common: whom they are about, and what is told of each usage.
import type { Caller } from '../../ec2/core/call.ts'
import type { Context } from '../../ec2/core/context.ts'
import type { Usage } from '../../ec2/usage/types.ts'
import { timeOf } from '../../lib/days.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { JsonError, type Members } from '../../protocol/json.ts'
import type { EdgeContext } from '../context.ts'
import { readContext } from '../dispatch.ts'
import { usageOfCaller } from '../usage.ts'
import { type Dimension, dimensions, isDimension } from './dimensions.ts'
import { EXPRESSION, filterIn } from './filter.ts'
import { invalid } from './invalid.ts'
import type { Period } from './periods.ts'

/** What AWS tells of usage; there are no prices here. */
export const METRIC = 'UsageQuantity'

/** Members that every question may have. */
export const COMMON = ['TimePeriod', 'Filter', 'BillingViewArn', 'NextPageToken']

/** A usage, and what it is by each dimension. */
export interface Known {
  readonly usage: Usage
  readonly of: Readonly<Record<Dimension, string>>
}

/** A question that is read, and found right. */
export interface Question {
  readonly operation: string
  readonly input: JsonObject
  readonly members: Members
  /** The days that it is about. */
  readonly period: Period
}

/**
 * What the caller's account used, as far as the Filter of a question lets it through.
 * @throws JsonError ValidationException, InvalidNextTokenException
 */
export async function askedFor(
  { operation, input, members, period }: Question,
  caller: Caller,
  c: EdgeContext,
): Promise<{ readonly context: Context; readonly known: Known[] }> {
  const context = await readContext(operation, input, caller, c)
  const isAsked = filterIn(members.object('Filter', EXPRESSION))
  checkCommon(members)
  const whole = await usageOfCaller(context, c.env, { from: timeOf(period.first), until: timeOf(period.next) })
  const known = whole.map(usage => ({ usage, of: dimensions(usage, context) })).filter(({ of }) => isAsked(of))
  return { context, known }
}

function checkCommon(members: Members): void {
  const view = members.string('BillingViewArn')
  if (view !== undefined) throw invalid(`There is no billing view '${excerpt(view)}'.`)
  if (members.string('NextPageToken') === undefined) return
  throw new JsonError('InvalidNextTokenException', 'The NextPageToken is not valid: all results are on one page.')
}

/** @throws JsonError ValidationException */
export function dimensionNamed(name: string): Dimension {
  if (isDimension(name)) return name
  throw invalid(`The dimension '${excerpt(name)}' is not known here.`)
}

/** What is said of an account besides its number. */
export const describedAs = ({ account }: Context): Readonly<Record<string, string>> => ({
  description: account.user.name,
})
