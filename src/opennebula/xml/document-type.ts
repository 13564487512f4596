// Kinds of documents: how their elements are called, and what of them is read.
import { once } from '../../lib/once.ts'
import { compile, type Draft, type StructPlan } from './plan.ts'
import type { Shape, Typed } from './shape.ts'

/** A kind of document: how its elements are called, and what of them is read. */
export interface DocumentType<T> {
  /** Element of one object, such as `VM`. */
  readonly element: string
  /** Element around all of a pool, such as `VM_POOL`. */
  readonly pool: string
  readonly plan: StructPlan
  /** Whether what is read of an object is remembered, with its text: not where that holds secrets that are nobody's but the server's. */
  readonly remembered: boolean
  /** The type that `plan` reads. */
  readonly finished: (draft: Draft) => T
}

/** What is other than of most kinds. */
export interface Manner {
  /** The element around all of a pool, where it is not called as those of others are. */
  readonly pool?: string
  /**
   * Where objects are remembered: elements directly inside of one that are not in its shape, and differ every time. Where this is
   * absent each object is read every time.
   */
  readonly volatile?: readonly string[]
}

/** Names a kind of document. */
export function documentType<S extends Shape>(
  element: string,
  shape: S,
  { pool = `${element}_POOL`, volatile }: Manner = {},
): DocumentType<Typed<S>> {
  // The one place where the type is asserted: `compile` and `Typed` say the same of the same shape.
  const finished = (draft: Draft): Typed<S> => draft as Typed<S>
  // Of most kinds a request reads nothing
  const plan = once(() => compile(shape, volatile))
  return {
    element,
    pool,
    get plan() {
      return plan()
    },
    remembered: volatile !== undefined,
    finished,
  }
}

/** What a kind of document reads. */
export type DocumentOf<D> = D extends DocumentType<infer T> ? T : never
