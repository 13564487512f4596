// Streams that have begun before somebody waits for them.

/** The same stream, whose first piece is asked for at once. What fails fails where the stream is read. */
export function begun<T>(source: AsyncIterable<T>): AsyncIterable<T> {
  const pieces = source[Symbol.asyncIterator]()
  const first = pieces.next()
  first.catch(() => undefined)
  return { [Symbol.asyncIterator]: () => goOn(first, pieces) }
}

async function* goOn<T>(first: Promise<IteratorResult<T>>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (let piece = await first; !piece.done; piece = await rest.next()) yield piece.value
  } finally {
    await rest.return?.()
  }
}
