// Where the elements of a document stand, and what is wanted of each: found by what came there the last time.
import { ownText } from '../../lib/own-text.ts'
import { MalformedAnswer } from '../errors.ts'
import type { DocumentType } from './document-type.ts'
import { type AroundPlan, type FieldPlan, fieldOf, type Plan } from './plan.ts'

/** Names up to here are remembered, up to so many in a place. */
const MAX_NAME = 128
const MAX_NAMES = 500

const NAME = /^[A-Za-z_:\u0080-\uffff][\w.:\-\u0080-\uffff]*$/

/**
 * An element by its place in the document. Objects of a kind are alike: what came after an element the last time
 * nearly always comes again, and a comparison with that is cheaper than to look every name up.
 */
export class Place {
  readonly name: string
  /** The start tag behind `&lt;`, and the end tag. */
  readonly start: string
  readonly end: string
  /** What is read of it, if anything. */
  readonly field: FieldPlan | undefined
  /** How, and for a text its most characters: here, because they are looked at for every element. */
  readonly kind: Plan['kind'] | undefined
  readonly most: number
  /** Whether it is passed by, and differs every time. */
  readonly isVolatile: boolean
  /** The element that came first inside, and the one that came after, the last time. */
  first: Place | undefined = undefined
  next: Place | undefined = undefined
  #inside: Map<string, Place> | undefined = undefined
  #remembered = true

  constructor(name: string, field: FieldPlan | undefined, isVolatile = false) {
    this.name = name
    this.start = `${name}&gt;`
    this.end = `&lt;/${name}&gt;`
    this.field = field
    this.kind = field?.plan.kind
    this.isVolatile = isVolatile
    this.most = field && 'most' in field.plan ? field.plan.most : Number.POSITIVE_INFINITY
  }

  /** The element of this name inside, which came after another. Throws MalformedAnswer for what is no name. */
  child(name: string, before: Place | undefined): Place {
    const child = this.#inside?.get(name) ?? this.#newChild(name)
    // What is not remembered must not be held by what is
    if (!child.#remembered) return child
    if (!before) this.first = child
    else if (before.#remembered) before.next = child
    return child
  }

  #newChild(name: string): Place {
    if (!NAME.test(name)) throw new MalformedAnswer('a tag is malformed')
    const plan = this.field?.plan
    const isVolatile = plan?.kind === 'struct' && plan.volatile.has(name)
    const child = new Place(ownText(name), plan && fieldOf(plan, name), isVolatile)
    this.#inside ??= new Map()
    if (this.#remembered && name.length <= MAX_NAME && this.#inside.size < MAX_NAMES) this.#inside.set(name, child)
    else child.#remembered = false
    return child
  }
}

/** The place around a document: a pool of a type or one object of it. */
export function documentPlace<T>({ element, pool, plan }: DocumentType<T>): Place {
  const around = (...fields: FieldPlan[]): AroundPlan => ({
    kind: 'around',
    fields: new Map(fields.map(field => [field.name, field])),
  })
  const object: FieldPlan = { name: element, many: false, plan }
  const objects: FieldPlan = { name: pool, many: false, plan: around(object) }
  return new Place('', { name: '', many: false, plan: around(object, objects) })
}
