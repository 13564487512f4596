// Events as LookupEvents tells them, read for a person: when, who, what, on what, and what came of it.
import { instantAt } from '../../lib/instants.ts'
import { isJsonObject, type JsonObject } from '../../lib/json-object.ts'
import { strange } from '../answers.ts'
import { parsed } from '../json.ts'
import { formatTable, type Heading } from '../table.ts'

export interface TrailEvent {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly user: string
  readonly key: string
  readonly action: string
  readonly resources: readonly string[]
  /** CloudTrail's record. */
  readonly record: JsonObject
}

/** What a page of events is. */
export interface TrailPage {
  readonly events: readonly TrailEvent[]
  readonly next: string | undefined
}

/** @throws {Failure} for what no LookupEvents answers */
export function pageIn(answer: unknown): TrailPage {
  const { Events, NextToken } = isJsonObject(answer) ? answer : {}
  if (!Array.isArray(Events)) throw strange()
  return { events: Events.map(eventIn), next: typeof NextToken === 'string' ? NextToken : undefined }
}

function eventIn(event: unknown): TrailEvent {
  const { EventTime, EventName, Username, AccessKeyId, Resources, CloudTrailEvent } = isJsonObject(event) ? event : {}
  const record = typeof CloudTrailEvent === 'string' ? parsed(CloudTrailEvent) : undefined
  if (typeof EventTime !== 'number' || Math.abs(EventTime) > 8.64e12 || !isJsonObject(record)) {
    throw strange()
  }
  const resources = Array.isArray(Resources) ? Resources : []
  return {
    time: EventTime * 1000,
    user: textOf(Username),
    key: textOf(AccessKeyId),
    action: textOf(EventName),
    resources: resources.map((each: unknown) => textOf(isJsonObject(each) ? each['ResourceName'] : undefined)),
    record,
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

const COLUMNS: readonly Heading[] = [
  { head: 'Time', width: 20 },
  { head: 'User', width: 10 },
  { head: 'AccessKey', width: 20 },
  { head: 'Action', width: 20 },
  { head: 'Resources', width: 22 },
  { head: 'Outcome', width: 10 },
]

/** Resources of which a line names the first; the others it counts. */
const SHOWN = 3

/** @param rule least length of the dashes under the heads; undefined for a table without heads */
export const trailTable = (events: readonly TrailEvent[], rule?: number): string[] =>
  formatTable(COLUMNS, events.map(cellsOf), rule)

function cellsOf({ time, user, key, action, resources, record }: TrailEvent): string[] {
  const more = resources.length - SHOWN
  const named = resources.slice(0, SHOWN).join(',') + (more > 0 ? ` and ${more} more` : '')
  return [instantAt(time), user, key, action, named, outcomeOf(record)]
}

/** `ok`, an error code, or what is known besides. */
function outcomeOf({ errorCode, additionalEventData }: JsonObject): string {
  if (typeof errorCode === 'string') return errorCode
  const { outcome, refusedRequests } = isJsonObject(additionalEventData) ? additionalEventData : {}
  if (typeof refusedRequests === 'number') return `${refusedRequests} refused requests`
  return typeof outcome === 'string' ? outcome : 'ok'
}
