// Work that is done at most once, and whose result everybody shares.

/** The same value for everyone who asks, made when the first one does; of a promise a failure is kept as well. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
