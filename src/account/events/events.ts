// The account's trail: an event for every request that changes something, and for every one that was refused.
//
// A change is written down before its first call to OpenNebula, as the task of what may break off is, and once more when it
// has come to its end: whatever breaks off between leaves an event that says so.
import { actions, changes } from '../../ec2/actions.ts'
import type { Account } from '../../ec2/core/account.ts'
import type { Call } from '../../ec2/core/call.ts'
import { toEc2Error } from '../../ec2/core/failures.ts'
import type { Refused } from '../../ec2/core/tasks.ts'
import { services } from '../../ec2/model/services.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { answerContent, requestContent, withoutAccess } from './content.ts'
import type { AccountEvent, Asked, EventDetails, EventPage, EventQuery, Refusal } from './event.ts'
import { resourcesIn } from './kinds.ts'
import { type EventRow, EventTable } from './table.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

const KEPT_FOR = limits.eventAge.most * DAY

/** How a request ended: with an answer, or refused. */
export type Ending =
  | { readonly output: object | undefined; readonly error?: undefined }
  | { readonly output?: undefined; readonly error: Refusal }

/** The event of a change that is on its way. */
export interface Entry {
  /** The change begins: what it does from now on may come about whatever becomes of it. @throws Ec2Error Unavailable */
  begin(): void
  /** @throws Ec2Error Unavailable */
  end(ending: Ending): void
}

/** Steps of an action that its own event is about (UploadImage). */
const NOTHING: Entry = { begin: () => undefined, end: () => undefined }

/** Refusals of one minute. */
interface Minute {
  readonly since: number
  count: number
  /** The event that counts those without one. */
  rest?: { readonly row: EventRow; readonly event: AccountEvent; count: number }
}

/** The events of one account. */
export class Events {
  readonly #table: EventTable
  readonly #now: () => number
  /** Nothing of what comes is older than it; older ones may have gone. */
  #oldest: number | undefined
  #minute: Minute = { since: Number.NEGATIVE_INFINITY, count: 0 }

  constructor(storage: DurableObjectStorage, now: () => number) {
    this.#table = new EventTable(storage)
    this.#now = now
  }

  /** The event of a change. Nothing is written before it begins. */
  entryOf(call: Call): Entry {
    const operation = services.map(service => service.operation(call.action)).find(Boolean)
    if (!operation) return NOTHING
    const asked: Asked = { ...call, service: operation.service.signingName }
    let begun: EventRow | undefined
    return {
      begin: () => {
        begun ??= this.#table.add('change', this.#eventOf(asked, { open: true }))
      },
      end: ending => {
        if (ending.error && !begun) return this.refuse(asked, ending.error)
        const event = this.#eventOf(asked, endingOf(asked, ending), ending.output)
        if (begun) this.#table.update(begun, event)
        else this.#table.add('change', event)
      },
    }
  }

  /** Writes down what was done at once. */
  add(asked: Asked): void {
    this.#table.add('change', this.#eventOf(asked, {}))
  }

  /** Writes down that a request was refused; of too many in a minute, only how many there were. */
  refuse(asked: Asked, error: Refusal): void {
    const now = this.#now()
    if (now - this.#minute.since >= MINUTE || now < this.#minute.since) this.#minute = { since: now, count: 0 }
    const minute = this.#minute
    if (minute.count++ < limits.refusalsAMinute.most) {
      this.#table.add('refusal', this.#eventOf(asked, endingOf(asked, { error })))
    } else if (minute.rest) {
      const { row, event } = minute.rest
      const omitted = ++minute.rest.count
      this.#table.update(row, { ...event, details: { ...event.details, omitted } })
    } else {
      const event = this.#eventOf({ ...asked, ...OMITTED }, { omitted: 1 })
      minute.rest = { row: this.#table.add('refusal', event), event, count: 1 }
    }
  }

  /** Writes down that what was accepted came to nothing after all: by no request, and nobody's key. */
  refuseLater(account: Account, { asked, error }: Refused, region: string): void {
    const origin = { accessKeyId: '', address: undefined, userAgent: undefined, region }
    this.refuse({ account, requestId: '', origin, service: 'ec2', ...asked }, toEc2Error(error))
  }

  /** @throws Ec2Error Unavailable */
  find(query: EventQuery): EventPage {
    return this.#table.find(query)
  }

  /** Forgets what is too old. */
  expire(): void {
    if (this.due === undefined || this.due > this.#now()) return
    this.#table.expire(this.#now() - KEPT_FOR)
    this.#oldest = undefined
  }

  /** When there will be something to forget; undefined while there is nothing. Once a day is enough. */
  get due(): number | undefined {
    this.#oldest ??= this.#table.oldest
    return this.#oldest === undefined ? undefined : Math.ceil((this.#oldest + KEPT_FOR + 1) / DAY) * DAY
  }

  #eventOf(asked: Asked, ending: Partial<EventDetails>, output?: object): AccountEvent {
    const { account, requestId, origin, service, action, input } = asked
    const { accessKeyId, address, userAgent, region } = origin
    const request = input && requestContent(action, input, limits.eventRequest.most)
    return {
      id: crypto.randomUUID(),
      time: this.#now(),
      service,
      action,
      readOnly: isRead(action),
      user: account.user.name,
      accessKeyId,
      resources: resourcesIn(input, output),
      details: { requestId, address, userAgent, region, request, ...ending },
    }
  }
}

/** What counts refused requests that have no event of their own. */
const OMITTED = { service: 'cloudtrail', action: 'RefusedRequestsOmitted', input: undefined } as const

function endingOf({ action }: Asked, { error, output }: Ending): Partial<EventDetails> {
  if (error) {
    const { code, status } = error
    return { error: { code, status, message: excerpt(withoutAccess(error.message), limits.eventText.most) } }
  }
  if (output === undefined) return {}
  const shape = services.map(service => service.operation(action)).find(Boolean)?.output
  return { response: answerContent(action, output, shape, limits.eventAnswer.most) }
}

/** Of what is not served here its name tells. */
const isRead = (action: string): boolean =>
  !changes.has(action) && (actions.has(action) || /^(Describe|Get|Head|List|Lookup|Search)/.test(action))
