// LookupEvents: the account's events, the newest first, by one attribute and a span of time.
import { ATTRIBUTES, type EventPlace, type EventQuery } from '../../account/events/event.ts'
import { unavailable } from '../../auth/errors.ts'
import type { Caller } from '../../ec2/core/call.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { limits } from '../../limits.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { JsonError, Members } from '../../protocol/json.ts'
import { readToken, type TokenScope, writeToken } from '../../protocol/paging.ts'
import type { EdgeContext } from '../context.ts'
import { readContext } from '../dispatch.ts'
import { secondsOf, toldEvent } from './record.ts'

/** As much as a Date can be of, in milliseconds. */
const LATEST = 8.64e15

/**
 * @throws JsonError InvalidLookupAttributesException, InvalidTimeRangeException, InvalidMaxResultsException,
 *   InvalidNextTokenException, InvalidEventCategoryException; ValidationException and SerializationException for what no
 *   input of it has
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export async function lookupEvents(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const members = new Members(input, [
    ...['LookupAttributes', 'StartTime', 'EndTime', 'EventCategory', 'MaxResults', 'NextToken'],
  ])
  checkCategory(members.string('EventCategory'))
  const query = { attribute: attributeIn(members), ...spanIn(members), most: mostIn(members) }
  const scope = await scopeOf(input, members.string('NextToken'), caller, c)
  const after = await placeIn(scope)
  const { events, next } = await c.env.ACCOUNT.getByName(caller.account.id)
    .lookUp({ ...query, after })
    .catch((cause: unknown) => Promise.reject(unavailable('The account', cause)))
  return {
    Events: events.map(event => toldEvent(event, caller.account.id)),
    ...(next && { NextToken: await writeToken(scope, next) }),
  }
}

function checkCategory(category: string | undefined): void {
  if (category === undefined) return
  const sentence = `There are no events of the category '${excerpt(category)}': management events need none.`
  throw new JsonError('InvalidEventCategoryException', sentence)
}

function attributeIn(members: Members): EventQuery['attribute'] {
  const [first, ...others] = members.objects('LookupAttributes', ['AttributeKey', 'AttributeValue'])
  if (!first) return undefined
  if (others.length > 0) throw badAttribute('There may be one lookup attribute at a time.')
  const [given, value] = [first.string('AttributeKey'), first.string('AttributeValue')]
  const key = ATTRIBUTES.find(name => name === given)
  if (key === undefined) {
    throw badAttribute(`The attribute key '${excerpt(given ?? '')}' is not one of ${ATTRIBUTES.join(', ')}.`)
  }
  if (!value || value.length > limits.lookupValue.most) {
    throw badAttribute(`The value of ${key} has to have 1 to ${limits.lookupValue.most} characters.`)
  }
  if (key === 'ReadOnly' && value !== 'true' && value !== 'false') {
    throw badAttribute(`The value of ReadOnly has to be true or false, and is '${excerpt(value)}'.`)
  }
  return { key, value }
}

const badAttribute = (sentence: string) => new JsonError('InvalidLookupAttributesException', sentence)

/** Both ends belong to the span, to the second. */
function spanIn(members: Members): Pick<EventQuery, 'from' | 'until'> {
  const [start, end] = [members.time('StartTime'), members.time('EndTime')]
  for (const time of [start, end]) {
    if (time !== undefined && !(Math.abs(time) <= LATEST)) throw badRange('StartTime and EndTime have to be times.')
  }
  if (start !== undefined && end !== undefined && start > end) throw badRange('StartTime is after EndTime.')
  return {
    ...(start !== undefined && { from: secondsOf(start) * 1000 }),
    ...(end !== undefined && { until: secondsOf(end) * 1000 + 1000 }),
  }
}

const badRange = (sentence: string) => new JsonError('InvalidTimeRangeException', sentence)

function mostIn(members: Members): number {
  const { most } = limits.lookupPage
  const given = members.number('MaxResults') ?? most
  if (Number.isInteger(given) && given >= 1 && given <= most) return given
  throw new JsonError('InvalidMaxResultsException', `MaxResults has to be a number from 1 to ${most}, and is ${given}.`)
}

/** What a token is good for: the same question of the same account. */
async function scopeOf(
  input: JsonObject,
  token: string | undefined,
  caller: Caller,
  c: EdgeContext,
): Promise<TokenScope> {
  const { pageKeys } = await readContext('LookupEvents', input, caller, c)
  const { MaxResults: _, ...question } = input
  return {
    keys: pageKeys,
    action: 'LookupEvents',
    account: caller.account.id,
    input: { ...question, NextToken: token },
  }
}

async function placeIn(scope: TokenScope): Promise<EventPlace | undefined> {
  try {
    return await readToken(scope, isPlace)
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error
    throw new JsonError('InvalidNextTokenException', 'The NextToken is not valid, or is of another lookup.')
  }
}

const isPlace = (value: unknown): value is EventPlace =>
  Array.isArray(value) && value.length === 2 && value.every(part => Number.isSafeInteger(part))
