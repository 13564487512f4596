// An element that is being read, and what of it is held so far.
import { begin, emptyRecord } from './draft.ts'
import type { Place } from './place.ts'
import type { Draft } from './plan.ts'

/** An element that is being read. */
export class Frame {
  readonly place: Place
  /** The element that came last inside. */
  before: Place | undefined = undefined
  /** What it holds; a vector's once the attribute turns out to be one. */
  members: Draft | undefined
  /** Its text, and what of that is still to be unescaped. */
  text = ''
  escaped = ''
  /** Characters of all members of a vector. */
  size = 0

  constructor(place: Place) {
    this.place = place
    const plan = place.field?.plan
    if (plan?.kind === 'struct') this.members = begin(plan)
    else this.members = plan?.kind === 'attributes' ? emptyRecord() : undefined
  }
}
