// Work that is done at most once, and whose result everybody shares.

/** The same promise for everyone who asks, made when the first one does; a failure is kept as well. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
