// What becomes known of a request on its way, and its line in the log when it is over.
import type { Account } from '../ec2/core/account.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { type Meter, newMeter } from '../opennebula/transport.ts'
import type { StreamEnd } from './streams.ts'

/** What becomes known of a request on its way, for its line in the log. */
export interface Trace {
  readonly requestId: string
  /** Milliseconds since 1970. */
  readonly began: number
  /** Calls to OpenNebula on behalf of the request. */
  readonly meter: Meter
  /** One of AWS's actions; what else a caller may ask for is not repeated. */
  action?: string
  /** The access key, once the request proved to be made with it: before that it may be anything, a secret even. */
  key?: string
  /** The OpenNebula user behind the key. */
  user?: string
  /** The account of the key, and what is asked for it: as far as they are known. */
  account?: Account
  input?: object
  /** Whether the account's object was told of the request, which has its event then. */
  told?: true
  /** What becomes of the answer where it is streamed. */
  stream?: Promise<StreamEnd>
}

export function newTrace(): Trace {
  const began = Date.now()
  const requestId = crypto.randomUUID()
  return { requestId, began, meter: newMeter({ deadline: deadlineFrom(began), requestId }) }
}

/** When a request has to be answered of which all was there at `time`; milliseconds since 1970. */
const deadlineFrom = (time: number): number => time + limits.requestTime.most * 1000

/** Counts the time of a request from now: it took its own time to arrive. */
export function restartTime({ meter }: Trace): void {
  meter.deadline = deadlineFrom(Date.now())
}

/** Adds what was spent elsewhere. */
export function count(meter: Meter, { requests, calls, ms }: Omit<Meter, 'deadline'>): void {
  meter.requests += requests
  meter.calls += calls
  meter.ms += ms
}

/** How a request went, where there is more to say than its status. */
export interface Outcome {
  /** EC2's error code. */
  readonly error?: string
  /** What was thrown. */
  readonly reason?: unknown
  /** How a streamed answer ended that did not come to its end. */
  readonly stream?: 'broken' | 'left'
}

/** The line of a request that is over. @param where the region, where there are several */
export function logRequest(trace: Trace, status: number, { error, reason, stream }: Outcome, where: object): void {
  const { requestId, began, action, key, user, meter } = trace
  const upstream = { requests: meter.requests, ms: meter.ms }
  const line = { requestId, ...where, action, key, user, status, stream, error, cause: causeOf(reason), upstream }
  log('request', { ...line, ms: Date.now() - began }, isFailure(status) || stream === 'broken')
}

/** What S3 has and is not served, clients ask for to find that out. */
const NOT_IMPLEMENTED = 501

const isFailure = (status: number): boolean => status >= 500 && status !== NOT_IMPLEMENTED
