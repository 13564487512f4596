// Failures on demand: what an operator's front-end, network or proxy may do to a call.

/** Where in a call a failure strikes. `before`: it had no effect; `after`: it took effect and the caller does not learn of it. */
export type Moment = 'before' | 'after'

export type Failure =
  /** The answer takes `ms` longer. */
  | { kind: 'latency'; ms: number }
  /** The connection is cut. */
  | { kind: 'drop'; when: Moment }
  /** A proxy answers instead, with `status` and a page. */
  | { kind: 'status'; status: number; when: Moment }
  /** OpenNebula's own error answer, without effect. */
  | { kind: 'error'; code: number; message: string }
  /** The answer is no XML. */
  | { kind: 'malformed' }
  /** The answer ends after half its bytes. */
  | { kind: 'truncated' }
  /** The answer comes in pieces of `bytes` bytes, `ms` apart. */
  | { kind: 'drip'; bytes: number; ms: number }

/** A failure of the next `times` calls (all of them without it) of a method, inside multicalls as well; `*` for every method
 *  but `system.multicall` itself. */
export type Injection = Failure & { method: string; times?: number }

/** The connection is to be cut. */
export class Dropped extends Error {}

/** Something in front of OpenNebula answered. */
export class ProxyAnswer extends Error {
  readonly status: number

  constructor(status: number) {
    super(`HTTP ${status}`)
    this.status = status
  }
}

export class Faults {
  #injections: Injection[] = []

  add(...injections: Injection[]): void {
    this.#injections.push(...injections.map(injection => ({ ...injection })))
  }

  clear(): void {
    this.#injections = []
  }

  list(): readonly Injection[] {
    return this.#injections
  }

  /** All failures for one call of that method; those that were wanted a number of times are used up by it. */
  take(method: string): Failure[] {
    const any = method === 'system.multicall' ? method : '*'
    const due = this.#injections.filter(injection => injection.method === any || injection.method === method)
    for (const injection of due) if (injection.times !== undefined) injection.times -= 1
    this.#injections = this.#injections.filter(injection => injection.times === undefined || injection.times > 0)
    return due
  }
}

/** Throws what cuts a call off at that moment. */
export function strike(failures: readonly Failure[], moment: Moment): void {
  for (const failure of failures) {
    if (failure.kind === 'drop' && failure.when === moment) throw new Dropped()
    if (failure.kind === 'status' && failure.when === moment) throw new ProxyAnswer(failure.status)
  }
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isCount = (value: unknown): value is number => Number.isInteger(value)
const isMoment = (value: unknown): value is Moment => value === 'before' || value === 'after'

/** Members of each kind of failure, with their checks; the control endpoint takes JSON. */
const SHAPES: Record<Failure['kind'], Record<string, (value: unknown) => boolean>> = {
  latency: { ms: isCount },
  drop: { when: isMoment },
  status: { status: isCount, when: isMoment },
  error: { code: isCount, message: isText },
  malformed: {},
  truncated: {},
  drip: { bytes: isCount, ms: isCount },
}

/** Whether JSON from outside is an injection. */
export function isInjection(value: unknown): value is Injection {
  if (typeof value !== 'object' || value === null) return false
  const members = new Map<string, unknown>(Object.entries(value))
  const shape = Object.entries(SHAPES).find(([kind]) => kind === members.get('kind'))?.[1]
  const times = members.get('times')
  return (
    shape !== undefined &&
    isText(members.get('method')) &&
    (times === undefined || isCount(times)) &&
    Object.entries(shape).every(([name, check]) => check(members.get(name)))
  )
}
