// Streams made of other streams, piece by piece: several such steps one behind the other cost no more than one.

/** What is made of the pieces of a stream. */
class Transformed<T, R> implements AsyncIterable<R> {
  readonly #source: AsyncIterable<T>
  readonly #make: (piece: T) => R | undefined

  constructor(source: AsyncIterable<T>, make: (piece: T) => R | undefined) {
    this.#source = source
    this.#make = make
  }

  /** The same with one more step. */
  with<S>(more: (piece: R) => S | undefined): Transformed<T, S> {
    const make = this.#make
    return new Transformed(this.#source, piece => {
      const made = make(piece)
      return made === undefined ? undefined : more(made)
    })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R> {
    for await (const piece of this.#source) {
      const made = this.#make(piece)
      if (made !== undefined) yield made
    }
  }
}

/**
 * A stream of what is made of each piece of another one, which is read as this one is, and once.
 * @param make gives undefined for a piece of which nothing comes
 */
export const transformed = <T, R>(source: AsyncIterable<T>, make: (piece: T) => R | undefined): AsyncIterable<R> =>
  source instanceof Transformed ? source.with(make) : new Transformed(source, make)
