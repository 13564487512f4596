// Streams whose pieces come in groups, as one chunk of an answer brings many objects. Whatever is made of such a stream comes in the
// same groups, so that a step of asynchronous iteration is made for each group: for each piece it costs as much as the work itself.

/** A stream that can be read piece by piece, and group by group (`groupsOf`). It is read once. */
export class Grouped<T> implements AsyncIterable<T> {
  readonly groups: AsyncIterable<readonly T[]>

  constructor(groups: AsyncIterable<readonly T[]>) {
    this.groups = groups
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for await (const group of this.groups) for (const piece of group) yield piece
  }
}

/** The pieces of a stream in the groups in which they come: one by one, where they come in none. */
export const groupsOf = <T>(stream: AsyncIterable<T>): AsyncIterable<readonly T[]> =>
  isGrouped(stream) ? stream.groups : singly(stream)

const isGrouped = <T>(stream: AsyncIterable<T>): stream is Grouped<T> => stream instanceof Grouped

async function* singly<T>(stream: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  for await (const piece of stream) yield [piece]
}

/** Pieces that are there already, as a stream. */
export const streamOf = <T>(pieces: Iterable<T>): AsyncIterable<T> => new Grouped(atOnce(pieces))

async function* atOnce<T>(pieces: Iterable<T>): AsyncGenerator<readonly T[]> {
  yield [...pieces]
}

/**
 * A stream of what is made of each piece of another one.
 * @param make gives undefined for a piece of which nothing comes
 */
export const transformed = <T, R>(source: AsyncIterable<T>, make: (piece: T) => R | undefined): AsyncIterable<R> =>
  new Grouped(transformedGroups(groupsOf(source), make))

async function* transformedGroups<T, R>(
  groups: AsyncIterable<readonly T[]>,
  make: (piece: T) => R | undefined,
): AsyncGenerator<readonly R[]> {
  for await (const group of groups) {
    const made: R[] = []
    for (const piece of group) {
      const one = make(piece)
      if (one !== undefined) made.push(one)
    }
    if (made.length > 0) yield made
  }
}

/** Streams one behind the other; what ends in pieces that are known only then is a function. */
export const chained = <T>(...streams: readonly (AsyncIterable<T> | (() => Iterable<T>))[]): AsyncIterable<T> =>
  new Grouped(chainedGroups(streams))

async function* chainedGroups<T>(
  streams: readonly (AsyncIterable<T> | (() => Iterable<T>))[],
): AsyncGenerator<readonly T[]> {
  for (const stream of streams) {
    if (typeof stream === 'function') yield [...stream()]
    else yield* groupsOf(stream)
  }
}
