// Objects that are left out of an answer because they cannot be read.

/** An object that was left out because it could not be read. */
export class Flaw {
  /** Its element, such as `IMAGE`. */
  readonly kind: string
  /** Its number, where that could be read. */
  readonly id: number | undefined
  /** Why, in words that hold nothing of the object. */
  readonly reason: string

  constructor(kind: string, id: number | undefined, reason: string) {
    this.kind = kind
    this.id = id
    this.reason = reason
  }
}
