// Queues in memory, one a resource: what one request changes, no other request of the account changes meanwhile.

/** Locks by name. Works because everything that changes an account runs in the account's one Durable Object. */
export class Locks {
  readonly #tails = new Map<string, Promise<void>>()

  /** Whether somebody holds `name`, or waits for it. */
  isHeld(name: string): boolean {
    return this.#tails.has(name)
  }

  /**
   * Runs `work` when everybody who asked for one of `names` before is done.
   *
   * All names are queued for at once, so two requests that share several cannot wait for each other.
   */
  async hold<T>(names: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const wanted = new Set(names)
    const ahead = [...wanted].flatMap(name => this.#tails.get(name) ?? [])
    const { promise: done, resolve: release } = Promise.withResolvers<void>()
    for (const name of wanted) this.#tails.set(name, done)
    await Promise.all(ahead)
    try {
      return await work()
    } finally {
      for (const name of wanted) if (this.#tails.get(name) === done) this.#tails.delete(name)
      release()
    }
  }
}
