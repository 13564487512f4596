// Events of the account, as CloudTrail's LookupEvents tells them.
import { lineOf } from '../../api/cli-line.ts'
import { api } from '../../session/session.ts'

/** By what events can be looked for. @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html */
export const ATTRIBUTES = [
  ...(['EventName', 'ResourceName', 'ResourceType', 'Username', 'AccessKeyId'] as const),
  ...(['EventSource', 'ReadOnly', 'EventId'] as const),
] as const

export type Attribute = (typeof ATTRIBUTES)[number]

/** What is asked for: one attribute at most, and a span of time. */
export interface Question {
  readonly LookupAttributes?: readonly { readonly AttributeKey: Attribute; readonly AttributeValue: string }[]
  readonly StartTime?: Date
  readonly EndTime?: Date
  readonly MaxResults?: number
}

/** An event as it is told. */
interface Told {
  readonly EventId: string
  readonly EventName: string
  readonly ReadOnly: string
  readonly AccessKeyId: string
  /** Seconds since 1970. */
  readonly EventTime: number
  readonly EventSource: string
  readonly Username: string
  readonly Resources: readonly { readonly ResourceType: string; readonly ResourceName: string }[]
  /** A record of CloudTrail's, as JSON. */
  readonly CloudTrailEvent: string
}

/** An event as it is shown. */
export interface AccountEvent {
  readonly id: string
  readonly name: string
  readonly time: Date
  readonly user: string
  readonly key: string
  readonly source: string
  readonly resources: readonly string[]
  /** The code of its error; undefined where there was none. */
  readonly error: string | undefined
  readonly message: string | undefined
  readonly address: string
  /** All that is known of it, as JSON. */
  readonly record: string
}

export interface EventPage {
  readonly events: readonly AccountEvent[]
  readonly next: string | undefined
}

const TARGET = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents'

const secondsOf = (time: Date | undefined) => time && time.getTime() / 1000

/** @param next where the page before ended @throws ApiError */
export async function lookup(question: Question, next?: string, signal?: AbortSignal): Promise<EventPage> {
  const { StartTime, EndTime, ...asked } = question
  const input = { ...asked, StartTime: secondsOf(StartTime), EndTime: secondsOf(EndTime), NextToken: next }
  const answer = (await api().json('cloudtrail', TARGET, input, signal)) as { Events: Told[]; NextToken?: string }
  return { events: answer.Events.map(shown), next: answer.NextToken }
}

function shown(told: Told): AccountEvent {
  const record = JSON.parse(told.CloudTrailEvent) as {
    errorCode?: string
    errorMessage?: string
    sourceIPAddress?: string
  }
  return {
    ...{ id: told.EventId, name: told.EventName, time: new Date(1000 * told.EventTime) },
    ...{ user: told.Username, key: told.AccessKeyId, source: told.EventSource },
    resources: told.Resources.map(({ ResourceName }) => ResourceName),
    ...{ error: record.errorCode, message: record.errorMessage, address: record.sourceIPAddress ?? '' },
    record: JSON.stringify(record, null, 2),
  }
}

/** The same as a line of the AWS CLI. */
export const lookupLine = (question: Question): string =>
  lineOf('cloudtrail', 'LookupEvents', question, { endpoint: location.origin, region: api().region })
