// Adds up what is used, by types and days of a span.
import { type Span, sharedDays } from '../../lib/days.ts'
import { limits } from '../../limits.ts'
import { ofInstances, type Usage, type UsageType } from './types.ts'

/** Instances of types beyond those that are told apart: users name the types of their instances. */
const OTHERS = ofInstances('other')

interface Entry {
  readonly type: UsageType
  readonly days: Map<number, number>
}

export class Tally {
  readonly #span: Span
  readonly #types = new Map<string, Entry>()

  constructor(span: Span) {
    this.#span = span
  }

  /** Counts so many of a type for as long as a span and this one's have in common. */
  add(type: UsageType, span: Span, amount = 1): void {
    for (const [day, seconds] of sharedDays(span, this.#span)) this.addTo(type, day, seconds * amount)
  }

  /** Counts seconds on a day, of each of so many; fewer than none take back what was counted. */
  addTo(type: UsageType, day: number, seconds: number): void {
    const { days } = this.#of(type)
    days.set(day, (days.get(day) ?? 0) + seconds)
  }

  #of(type: UsageType): Entry {
    const known = this.#types.get(type.name)
    if (known) return known
    if (this.#types.size >= limits.usageTypes.most && type.instanceType !== undefined && type !== OTHERS) {
      return this.#of(OTHERS)
    }
    const entry = { type, days: new Map<number, number>() }
    this.#types.set(type.name, entry)
    return entry
  }

  /** What was used, by the names of types. */
  get usage(): Usage[] {
    return [...this.#types.values()]
      .map(({ type, days }) => ({ ...type, days }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  }
}
