// What is written down of a request: plain data, for whoever asks for the account's events and for whoever reports one.
import type { Account } from '../../ec2/core/account.ts'
import type { Origin } from '../../ec2/core/call.ts'

/** A request, as far as an event tells of it. */
export interface Asked {
  readonly account: Account
  readonly requestId: string
  readonly origin: Origin
  /** The service's name in signatures: `ec2`. */
  readonly service: string
  readonly action: string
  /** Its parameters, parsed; undefined where they could not be. */
  readonly input: object | undefined
}

/** How a request ended that was not done. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly status: number
}

export interface NamedResource {
  /** Such as `AWS::EC2::Instance`. */
  readonly type: string
  readonly name: string
}

/** An event, as the account's object tells it. */
export interface AccountEvent {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly time: number
  readonly service: string
  readonly action: string
  readonly readOnly: boolean
  readonly user: string
  readonly accessKeyId: string
  readonly resources: readonly NamedResource[]
  readonly details: EventDetails
}

/** What is told of an event, and nothing is looked up by. */
export interface EventDetails {
  readonly requestId: string
  readonly address?: string | undefined
  readonly userAgent?: string | undefined
  readonly region: string
  /** Without what is secret, and cut where it is long; absent where the parameters could not be read. */
  readonly request?: object | undefined
  readonly response?: object | undefined
  readonly error?: Refusal | undefined
  /** The change had begun, and nobody has seen it end: what it was about may have come about. */
  readonly open?: true | undefined
  /** Refused requests that have no event of their own, in the minute from this one's time. */
  readonly omitted?: number | undefined
}

/** What events are looked up by, one at a time. */
export const ATTRIBUTES = [
  'EventId',
  'EventName',
  'ReadOnly',
  'Username',
  'ResourceType',
  'ResourceName',
  'EventSource',
  'AccessKeyId',
] as const

export type EventAttribute = (typeof ATTRIBUTES)[number]

/** A place in the list of events: behind the nth change and the nth refusal, as they were counted. */
export type EventPlace = readonly [change: number, refusal: number]

/** Which events are asked for. */
export interface EventQuery {
  readonly attribute?: { readonly key: EventAttribute; readonly value: string } | undefined
  /** The first millisecond since 1970 that counts. */
  readonly from?: number | undefined
  /** The first that counts no more. */
  readonly until?: number | undefined
  readonly after?: EventPlace | undefined
  readonly most: number
}

/** A page of events, the newest first. */
export interface EventPage {
  readonly events: readonly AccountEvent[]
  /** Where the list goes on; absent at its end. */
  readonly next?: EventPlace | undefined
}
