// Waiting for something only so long.

/**
 * What a promise comes to within a time, or undefined after it. What it comes to later is dropped, but for a failure: whoever made
 * it looks after that.
 *
 * @param ms milliseconds
 * @throws what the promise fails with in time
 */
export function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(resolve, ms, undefined)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
