// Queues in memory, one a resource: what one request changes, no other request of the account changes meanwhile.
import { unavailable } from '../ec2/core/failures.ts'
import { within } from '../lib/within.ts'

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
   * @param deadline when there is no time left to wait; milliseconds since 1970
   * @throws Ec2Error Unavailable after it; `work` did not run
   */
  async hold<T>(names: Iterable<string>, work: () => Promise<T>, deadline?: number): Promise<T> {
    const wanted = new Set(names)
    const ahead = Promise.all([...wanted].flatMap(name => this.#tails.get(name) ?? []))
    const { promise: done, resolve: release } = Promise.withResolvers<void>()
    for (const name of wanted) this.#tails.set(name, done)
    const leave = () => {
      for (const name of wanted) if (this.#tails.get(name) === done) this.#tails.delete(name)
      release()
    }
    if (!(await isOverBy(ahead, deadline))) {
      // Those behind wait for those ahead all the same
      void ahead.then(leave)
      throw unavailable()
    }
    try {
      return await work()
    } finally {
      leave()
    }
  }
}

async function isOverBy(work: Promise<unknown>, deadline: number | undefined): Promise<boolean> {
  const over = work.then(() => true)
  if (deadline === undefined) return over
  return (await within(Math.max(0, deadline - Date.now()), over)) ?? false
}
